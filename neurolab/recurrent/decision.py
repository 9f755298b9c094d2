"""Wong-Wang: a decision network reduced to two variables, one slow gate for each choice.

    dS_i/dt = -S_i / tau_S + gamma (1 - S_i) f(x_i)
    x_i = J_own S_i - J_other S_j + I_0 + I_i + n_i,     I_i = J_ext mu (1 + c) or (1 - c)
    f(x) = y / (1 - exp(-d y)),     y = a x - b
    tau_n dn_i/dt = -n_i + sqrt(tau_n) sigma xi_i(t)

    symbol    meaning                                              shape   unit
    S_i       open NMDA synapses of the population for choice i    (B,)    -
    x_i       input current of the population                      (B,)    nA
    f         its firing rate                                      (B,)    Hz
    I_i       stimulus: evidence for choice i                      (B,)    nA
    c         coherence, from -1 to 1; above 0 speaks for 1        (B,)    -
    n_i       noise of the background, standard deviation          (B,)    nA
              sigma / sqrt(2), forgotten in tau_n
    mu        rate of the stimulus at c = 0                        ()      Hz

Recurrent excitation keeps S_i up for longer than tau_S = 100 ms; shared inhibition makes the two
compete. With a stimulus the state in which both are alike is a saddle, and the states in which one
has won attract: a decision is a slide from the saddle to one of them.

What follows, and is tested: fixed points and eigenvalues against root finding and a numerical
Jacobian; accuracy rises with coherence from chance to 1; decision times fall.

Where it differs from the paper: the gates move by Euler steps in the mean current of a step; the
noise is exact on the grid, and its size is such that its integral over many steps has the variance
of continuous time. The rate that is compared with a threshold is averaged over about 20 ms, there
over a window of 50.

Reference: Wong & Wang (2006), doi:10.1523/JNEUROSCI.3733-05.2006 (constants: without AMPA between
the populations)
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, abs, exp, sqrt, where
from neurolab.spiking.exprel import exprel


@dataclass(frozen=True)
class DecisionParams:
    own: float = 0.2609  # nA, J_own
    other: float = 0.0497  # nA, J_other
    base: float = 0.3255  # nA, I_0
    ext: float = 5.2e-4  # nA / Hz, J_ext
    mu: float = 30.0  # Hz, of the stimulus
    sigma: float = 0.02  # nA, of the noise
    tau_n: float = 2.0  # ms, AMPA
    tau_s: float = 100.0  # ms, NMDA
    gamma: float = 0.641
    a: float = 270.0  # Hz / nA
    b: float = 108.0  # Hz
    d: float = 0.154  # s


class DecisionState(NamedTuple):
    s1: Value  # (B,) open synapses for choice 1
    s2: Value
    n1: Value  # (B,) noise in nA
    n2: Value


class Decisions(NamedTuple):
    choice: Tensor  # (B,) 1 or 2; where time ran out, that of the larger rate
    time: Tensor  # (B,) ms from the onset of the stimulus to the threshold; inf where time ran out


def decision_rate(current: Value, params: DecisionParams) -> Value:
    """The firing rate in Hz at a current in nA. Elementwise."""
    y = params.a * current - params.b
    return 1 / (params.d * exprel(-params.d * y))


def stimulus_current(coherence: Value, params: DecisionParams) -> Value:
    """The current in nA for the choice that ``coherence`` speaks for.

    The other choice gets ``stimulus_current(-coherence, params)``.
    """
    return params.ext * params.mu * (1 + coherence)


def decision_flow(
    s1: Value,
    s2: Value,
    i1: Value,
    i2: Value,
    params: DecisionParams,
) -> tuple[Value, Value, Value, Value]:
    """Both firing rates (Hz), and dS_1/dt, dS_2/dt (1/ms).

    Elementwise. i1, i2 (nA): what comes in from outside.
    """
    x1 = params.own * s1 - params.other * s2 + params.base + i1
    x2 = params.own * s2 - params.other * s1 + params.base + i2
    r1, r2 = decision_rate(x1, params), decision_rate(x2, params)
    gain = params.gamma / 1000  # rates are in Hz, times in ms
    ds1 = gain * (1 - s1) * r1 - s1 / params.tau_s
    ds2 = gain * (1 - s2) * r2 - s2 / params.tau_s
    return r1, r2, ds1, ds2


def decision_step(
    i1: Value,
    i2: Value,
    g1: Value,
    g2: Value,
    state: DecisionState,
    params: DecisionParams,
    dt: float,
) -> tuple[tuple[Value, Value], DecisionState]:
    """Both firing rates (Hz), and the state ``dt`` ms later.

    Elementwise. i1, i2 are stimuli in nA, g1, g2 normal draws.
    """
    fade = exp(-dt / params.tau_n)
    wide = dt / params.tau_n * (1 + fade) / (1 - fade) / 2
    size = params.sigma * sqrt((1 - fade * fade) / (2 * wide))
    n1 = fade * state.n1 + size * g1
    n2 = fade * state.n2 + size * g2
    s1, s2, in1, in2 = state.s1, state.s2, i1 + n1, i2 + n2
    r1, r2, ds1, ds2 = decision_flow(s1, s2, in1, in2, params)
    after = DecisionState(s1 + dt * ds1, s2 + dt * ds2, n1, n2)
    return (r1, r2), after


def nullcline(s: Value, i: Value, params: DecisionParams) -> Value:
    """Where the other gate must be for the gate ``s`` to rest.

    Elementwise, for s in (0, 1) and a stimulus ``i`` in nA; the
    answer may lie outside 0 .. 1.
    """
    rate = 1000 * s / (params.gamma * params.tau_s * (1 - s))  # Hz, that holds s
    low, high = -200.0 + 0 * rate, rate  # f(y) is above y
    for _ in range(32):  # halves the interval of y
        y = (low + high) / 2
        over = 1 / (params.d * exprel(-params.d * y)) > rate
        low, high = where(over, low, y), where(over, y, high)
    current = ((low + high) / 2 + params.b) / params.a
    return (params.own * s + params.base + i - current) / params.other


def slope(rate: Value, current: Value, params: DecisionParams) -> Value:
    """The derivative of ``decision_rate`` in Hz / nA, from the rate. Elementwise."""
    y = params.a * current - params.b
    near = abs(y) < 0.001
    safe = where(near, 1.0 + 0 * y, y)
    far = rate / safe * (1 - params.d * (rate - safe))
    return params.a * where(near, 0.5 + params.d * y / 6, far)


def jacobian_of_decision(
    s1: Value, s2: Value, i1: Value, i2: Value, params: DecisionParams
) -> tuple:
    """Derivatives (1/ms) of dS/dt without noise: of dS_1 in S_1, S_2, and of dS_2 in S_1, S_2."""
    x1 = params.own * s1 - params.other * s2 + params.base + i1
    x2 = params.own * s2 - params.other * s1 + params.base + i2
    r1, r2 = decision_rate(x1, params), decision_rate(x2, params)
    k1 = params.gamma * (1 - s1) * slope(r1, x1, params) / 1000
    k2 = params.gamma * (1 - s2) * slope(r2, x2, params) / 1000
    leave = 1 / params.tau_s
    a = k1 * params.own - leave - params.gamma * r1 / 1000
    d = k2 * params.own - leave - params.gamma * r2 / 1000
    return a, -k1 * params.other, -k2 * params.other, d


def resting_points(i1: float, i2: float, params: DecisionParams) -> list:
    """Rows [s1, s2, kind] by growing s1, of floats: kind 1 attracts, 0 is a saddle, -1 repels.

    Found along the first nullcline, where the second gate stops moving: by changes of sign on a
    grid of 200 points, each narrowed by halving. Points that lie closer are not told apart.
    """
    found, before = [], 0.0
    for k in range(200):
        high = (k + 0.5) / 200
        _, _, _, now = decision_flow(high, nullcline(high, i1, params), i1, i2, params)
        if before * now < 0:
            low = high - 1 / 200
            for _ in range(40):
                s = (low + high) / 2
                _, _, _, here = decision_flow(s, nullcline(s, i1, params), i1, i2, params)
                if here * now > 0:
                    high = s
                else:
                    low = s
            t = nullcline(low, i1, params)
            p, q, r, u = jacobian_of_decision(low, t, i1, i2, params)
            kind = 0.0 if p * u < q * r else 1.0 if p + u < 0 else -1.0
            found.append([low, t, kind])
        before = now
    return found


def decide(
    coherence: Tensor,
    generator: torch.Generator,
    params: DecisionParams = DecisionParams(),
    threshold: float = 15.0,
    longest: float = 2000.0,
    dt: float = 1.0,
) -> Decisions:
    """One trial for each coherence (B,), from the resting state, until one rate wins.

    Args:
        coherence: floats from -1 to 1; above 0 speaks for choice 1.
        threshold: Hz, of the rates averaged over 20 ms (exponentially).
        longest: ms after which the larger rate decides.
        dt: time step in ms.
    """
    if coherence.ndim != 1 or not coherence.is_floating_point() or (coherence.abs() > 1).any():
        raise ValueError(f"coherence: floats (B,) from -1 to 1 are needed, got {coherence!r:.80}")
    for name, value in (("threshold", threshold), ("longest", longest), ("dt", dt)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name}: a positive number is needed, got {value!r}")
    low = [s for s, t, kind in resting_points(0.0, 0.0, params) if abs(s - t) < 1e-4 and kind > 0]
    if not low:
        raise ValueError(f"params: without a stimulus nothing symmetric attracts, got {params}")
    zero = torch.zeros_like(coherence)
    state = DecisionState(zero + low[0], zero + low[0], zero, zero)
    i1, i2 = stimulus_current(coherence, params), stimulus_current(-coherence, params)
    rest = decision_rate((params.own - params.other) * state.s1 + params.base, params)
    told, keep = [rest, rest], math.exp(-dt / 20.0)
    time, first = torch.full_like(zero, math.inf), torch.zeros_like(zero, dtype=torch.bool)
    for k in range(math.ceil(longest / dt)):
        g1, g2 = torch.randn(2, len(zero), generator=generator, dtype=zero.dtype)
        rates, state = decision_step(i1, i2, g1, g2, state, params, dt)
        told = [keep * old + (1 - keep) * new for old, new in zip(told, rates, strict=True)]
        now = (torch.maximum(*told) > threshold) & time.isinf()
        time = torch.where(now, (k + 1) * dt, time)
        first = torch.where(time.isinf() | now, told[0] > told[1], first)
        if not time.isinf().any():
            break
    return Decisions(2 - first.long(), time)
