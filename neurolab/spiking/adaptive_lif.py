"""Adaptive leaky integrate-and-fire neuron (ALIF): each spike raises the threshold for a while.

    tau dv/dt = -v + i,   tau_a da/dt = -a          between spikes
    z = 1 if v > A = 1 + beta a
    v <- v - z,  a <- a + z                         at a spike

    symbol   meaning                                        shape       unit
    i        current, as the potential it would settle at   (T, B, N)   threshold distances
    v        membrane potential, after the reset            (B, N)      threshold distances
    a        trace of the neuron's own spikes               (B, N)      -
    A        threshold                                      (B, N)      threshold distances
    u        v - A before the reset                         (B, N)      threshold distances
    z        spikes, 0 or 1                                 (T, B, N)   -
    beta     rise of the threshold by one spike             () or (N,)  threshold distances
    tau      membrane time constant                         () or (N,)  ms
    tau_a    time constant of the adaptation                () or (N,)  ms
    dt       time step                                      ()          ms

Conventions: those of LIF. The reset subtracts the resting threshold 1, not A. As in the paper a
spike is in the trace from the next step on. The reset is hidden from the gradient, the trace is
not: that a spike raises the threshold is what is learned through.

What follows. After many spikes a is the same at each, E / (1 - E) with E = exp(-T / tau_a), and the
period T solves
    (i - beta E / (1 - E)) (1 - exp(-T / tau)) = 1.
If adaptation is slow (tau and T much shorter than tau_a, beta small) it acts as a current that is
taken away: a is tau_a times the rate f, and f = g(i - beta tau_a f), where g is the rate of LIF. So
with g' the slope of g there
    slope of the adapted rate    g' / (1 + beta tau_a g')
    time constant of adapting    tau_a / (1 + beta tau_a g'),
both smaller by the same factor, and right up to a share of about beta. Tested: the period within
1 %, at beta = 0.01 the two within 3 %.

Where it differs from the papers: the resting threshold is 1 and the input is scaled by
1 - exp(-dt / tau), as for LIF. In Bellec et al. (2018) a spike adds 1 - exp(-dt / tau_a), so their
beta is ours divided by that; and their reset subtracts A.

References: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y; Bellec et al. (2018),
arXiv:1803.09574; the two formulas: Benda & Herz (2003), doi:10.1162/089976603322385063
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, constant, exp
from neurolab.core.surrogate import Surrogate, spike


@dataclass(frozen=True)
class ALIFParams:
    tau: Value = 20.0  # ms
    tau_a: Value = 200.0  # ms
    beta: Value = 0.2  # threshold distances


class ALIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    a: Value  # (B, N) trace of the spikes
    u: Value  # (B, N) distance to the threshold, v - 1 - beta a, before the reset


def alif_step(
    current: Value,
    state: ALIFState,
    params: ALIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, ALIFState]:
    """The spikes and the state ``dt`` ms later. Elementwise.

    ``surrogate`` is what the gradient of the spike sees;
    None means ``FastSigmoid()``.
    """
    decay = exp(-dt / params.tau)
    v = decay * state.v + (1 - decay) * current
    u = v - 1 - params.beta * state.a
    z = spike(u, surrogate)
    a = exp(-dt / params.tau_a) * state.a + z
    return z, ALIFState(v=v - constant(z), a=a, u=u)


def alif_constants(params: ALIFParams, dt: float) -> tuple[Value, Value, Value, Value]:
    """What a step multiplies by, for the fast core: those of LIF, what the trace keeps, beta."""
    decay = exp(-dt / params.tau)
    return decay, 1 - decay, exp(-dt / params.tau_a), params.beta


def alif_start(params: ALIFParams) -> ALIFState:
    """The state at rest."""
    return ALIFState(v=0.0, a=0.0, u=-1.0)
