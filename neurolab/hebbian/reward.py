"""Three factors: coincidence marks a synapse, reward decides what becomes of the mark.

    dc/dt = -c / tau_c + mark(t),     dd/dt = -d / tau_d + reward(t),     dw/dt = c d

    symbol      meaning                                                shape     unit
    mark        what a rule of two factors would change in this step   (B, ...)  weight
    reward      dopamine set free in this step, may be below 0         (B, ...)  1 / ms
    c           eligibility trace of the synapse                       (B, ...)  weight
    d           dopamine                                               (B, ...)  1 / ms
    tau_c       how long a synapse stays marked                        ()        ms
    tau_d       how long dopamine stays                                ()        ms
    dt          time step                                              ()        ms

``eligibility_step`` takes the mark of any rule; ``rstdp_step`` is the pair rule under it (R-STDP).
Conventions: marks and rewards of a step add before it; c d is integrated exactly over the step,
so results do not depend on dt, and reward in the step of the mark counts in full.

What follows, with T = tau_c tau_d / (tau_c + tau_d): a mark m followed after a delay D by a reward
R changes the weight by m R T exp(-D / tau_c), a reward before its mark by m R T exp(-D / tau_d). So
the mark bridges the delay (distal reward). Over trials the mean change is T times
<R><m> + cov(R, m) (both at one time): with the mean reward taken off only the covariance is left,
without it a rule of two factors runs along. All tested.

How long should a mark last? Other marks come by chance, nu of them in a ms, of the same size but
either sign. What they leave in the change has the standard deviation m R T sqrt(nu (tau_c + tau_d)
/ 2): those before the reward give tau_c / 2, those after it tau_d / 2. So one reward tells its mark
from chance by

    ratio = exp(-D / tau_c) / sqrt(nu (tau_c + tau_d) / 2),     largest at
    tau_c = D + sqrt(D^2 + 2 D tau_d),     for short dopamine 2 D

and n rewards by sqrt(n) times as much, however they overlap (``signal_to_noise``, ``best_tau_c``).
A short trace has forgotten the mark, a long one has gathered too many others. At D = 3 s a trace of
6 s has e^2.5 / sqrt(6), about five times the ratio of one of 1 s, tau_d left out. Tested as well.

Where it differs from the paper: there dopamine has a small constant inflow and weights are bounded;
here the caller gives both. Reward is in units in which the paper's release of 0.5 uM is 0.5.

References: Izhikevich (2007), doi:10.1093/cercor/bhl152; the covariance: Fremaux & Gerstner (2016),
doi:10.3389/fncir.2015.00085
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, sqrt

from .stdp import STDPParams, STDPState, stdp_step


@dataclass(frozen=True)
class EligibilityParams:
    tau_c: float = 1000.0  # ms
    tau_d: float = 200.0  # ms


class EligibilityState(NamedTuple):
    c: Value  # shape of w: eligibility
    d: Value  # shape of reward: dopamine


def eligibility_step(
    mark: Value,
    reward: Value,
    state: EligibilityState,
    params: EligibilityParams,
    dt: float,
) -> tuple[Value, EligibilityState]:
    """The change of w in the ``dt`` ms that follow, and both traces.

    ``mark`` is the change that a rule of two factors gives,
    ``reward`` e.g. (B, 1, 1). Elementwise.
    """
    c = state.c + mark
    d = state.d + reward
    both = params.tau_c * params.tau_d / (params.tau_c + params.tau_d)
    change = c * d * both * (1 - exp(-dt / both))
    c = exp(-dt / params.tau_c) * c
    d = exp(-dt / params.tau_d) * d
    return change, EligibilityState(c=c, d=d)


def signal_to_noise(delay: Value, nu: Value, params: EligibilityParams) -> Value:
    """What a mark ``delay`` ms before a reward changes, over the deviation by chance marks.

    ``nu`` chance marks in a ms are as large as it. With tau_d = 0 it is the ratio of c itself, at
    the time of the reward. Elementwise.
    """
    return exp(-delay / params.tau_c) / sqrt(nu * (params.tau_c + params.tau_d) / 2)


def best_tau_c(delay: Value, tau_d: Value) -> Value:
    """The tau_c (ms) at which ``signal_to_noise`` is largest, both arguments in ms. Elementwise."""
    return delay + sqrt(delay * (delay + 2 * tau_d))


@dataclass(frozen=True)
class RSTDPParams:
    a_plus: float = 0.01  # weight
    a_minus: float = 0.015  # weight; the window's negative area is half larger
    tau_plus: float = 20.0  # ms
    tau_minus: float = 20.0  # ms
    tau_c: float = 1000.0  # ms
    tau_d: float = 200.0  # ms


class RSTDPState(NamedTuple):
    p: Value  # shape of pre: what is left of recent pre spikes
    q: Value  # shape of post: what is left of recent post spikes
    c: Value  # shape of w: eligibility
    d: Value  # shape of reward: dopamine


def rstdp_step(
    pre: Value,
    post: Value,
    reward: Value,
    state: RSTDPState,
    params: RSTDPParams,
    dt: float,
) -> tuple[Value, RSTDPState]:
    """The change of w in ``dt`` ms, and the next traces. Elementwise.

    For a layer pre is (B, 1, I), post (B, N, 1), reward (B, 1, 1):
    the change is (B, N, I).
    """
    window = STDPParams(params.a_plus, params.a_minus, params.tau_plus, params.tau_minus)
    mark, pair = stdp_step(pre, post, STDPState(state.p, state.q), window, dt)
    times = EligibilityParams(params.tau_c, params.tau_d)
    change, slow = eligibility_step(mark, reward, EligibilityState(state.c, state.d), times, dt)
    return change, RSTDPState(p=pair.p, q=pair.q, c=slow.c, d=slow.d)
