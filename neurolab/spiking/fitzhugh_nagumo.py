"""FitzHugh-Nagumo neuron: the action potential in two variables, one fast and one slow.

    tau dv/dt = v - v^3 / 3 - w + i
    tau dw/dt = epsilon (v + a - b w)
    z = 1 in the step in which v rises above the threshold

    symbol       meaning                                     shape       unit
    i            current                                     (T, B, N)   -
    v            fast: excitation, as the potential          (B, N)      -
    w            slow: recovery                              (B, N)      -
    u            v - threshold                               (B, N)      -
    z            spikes, 0 or 1                              (T, B, N)   -
    a, b         where the straight nullcline lies           ()          -
    epsilon      how much slower w is                        ()          -
    tau          one unit of the model's time                ()          ms
    dt           time step, at most 0.2 tau                  ()          ms

Heun's method with the current held: second order in dt. Nothing is reset.

What follows. The rest r solves r - r^3 / 3 - (r + a) / b + i = 0; one root if b < 1. It loses its
stability (Hopf) where 1 - r^2 = epsilon b: with the defaults between i = 0.3313 and i = 1.4187 the
neuron fires without end, outside it falls silent. Tested, with the roots from the closed form, and
the order of convergence against ``scipy``'s solution.

Where it differs from the papers: FitzHugh's x, y are v, w with signs as is usual today; his
constant c is in epsilon = 1 / c^2 and in the unit of time.

References: FitzHugh (1961), doi:10.1016/S0006-3495(61)86902-6; Nagumo, Arimoto & Yoshizawa (1962),
doi:10.1109/JRPROC.1962.288235
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, where
from neurolab.core.surrogate import Surrogate, spike


@dataclass(frozen=True)
class FitzHughNagumoParams:
    a: Value = 0.7
    b: Value = 0.8
    epsilon: Value = 0.08
    tau: Value = 1.0  # ms
    threshold: Value = 1.0  # where a rise is counted as a spike


class FitzHughNagumoState(NamedTuple):
    v: Value  # (B, N) excitation
    w: Value  # (B, N) recovery
    u: Value  # (B, N) v - threshold, above 0 while a spike lasts


def _slopes(
    v: Value, w: Value, current: Value, params: FitzHughNagumoParams
) -> tuple[Value, Value]:
    """dv/dt and dw/dt."""
    fast = v - v * v * v / 3 - w + current
    slow = params.epsilon * (v + params.a - params.b * w)
    return fast / params.tau, slow / params.tau


def fitzhugh_nagumo_step(
    current: Value,
    state: FitzHughNagumoState,
    params: FitzHughNagumoParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, FitzHughNagumoState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    v1, w1 = _slopes(state.v, state.w, current, params)
    v2, w2 = _slopes(state.v + dt * v1, state.w + dt * w1, current, params)
    v, w = state.v + dt / 2 * (v1 + v2), state.w + dt / 2 * (w1 + w2)
    u = v - params.threshold
    z = where(state.u > 0, 0.0 * u, spike(u, surrogate))
    return z, FitzHughNagumoState(v=v, w=w, u=u)


def fitzhugh_nagumo_start(params: FitzHughNagumoParams) -> FitzHughNagumoState:
    """The state at rest without current, by Newton's method; the slope has one sign if b < 1."""
    v = -params.a - 0.5
    for _ in range(40):
        miss = v - v * v * v / 3 - (v + params.a) / params.b
        v = v - miss / (1 - v * v - 1 / params.b)
    return FitzHughNagumoState(v=v, w=(v + params.a) / params.b, u=v - params.threshold)
