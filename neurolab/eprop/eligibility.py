"""Eligibility traces: what a synapse remembers of how it moved its neuron, computed forward.

    epsilon_v <- alpha epsilon_v + (1 - alpha) x            alpha = exp(-dt / tau)
    LIF    e = psi(u) epsilon_v
    ALIF   e = psi(u) (epsilon_v - beta epsilon_a)
           epsilon_a <- rho epsilon_a + e                   rho = exp(-dt / tau_a)

    symbol      meaning                                       shape       unit
    x           presynaptic spikes or inputs                  (B, 1, I)   -
    u           distance to threshold, before the reset       (B, N, 1)   threshold distances
    psi(u)      the surrogate's derivative                    (B, N, 1)   1 / threshold distance
    epsilon_v   dv/dw: what the synapse did to the membrane   (B, 1, I)   -
    epsilon_a   da/dw: what it did to the adaptation          (B, N, I)   1 / threshold distance
    e           eligibility, dz/dw through the neuron itself  (B, N, I)   1 / threshold distance

The eligibility vector is the derivative of the neuron's hidden state with respect to its weight,
along every path that stays inside the neuron; no path through another neuron counts. It needs
nothing of the future, so it runs beside the simulation. epsilon_v is the same for all neurons that
share a tau; with tau (N, 1) it grows to (B, N, I). epsilon_a decays as slowly as the adaptation,
which is how ALIF neurons bridge seconds.

Tested: e is the derivative of a spike that autograd finds through the unrolled neuron, for LIF and
ALIF, numbers or one constant for each neuron; on floats the steps give the same.

Where it differs from the paper: input is scaled by 1 - alpha, as in ``spiking.lif``. In the paper
epsilon_a <- psi epsilon_v + (rho - psi beta) epsilon_a, which is the same line with e put in.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

from dataclasses import fields, replace
from typing import Any, NamedTuple

from torch import Tensor

from neurolab.core.ops import Value, exp
from neurolab.core.surrogate import DEFAULT, Surrogate
from neurolab.spiking.adaptive_lif import ALIFParams, alif_step
from neurolab.spiking.lif import LIFParams, lif_step


class LIFTraces(NamedTuple):
    epsilon_v: Value  # (B, 1, I)


class ALIFTraces(NamedTuple):
    epsilon_v: Value  # (B, 1, I)
    epsilon_a: Value  # (B, N, I)


def lif_eligibility_step(
    x: Value,
    u: Value,
    traces: LIFTraces,
    params: LIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, LIFTraces]:
    """Eligibility in this step and the traces after it. Elementwise.

    ``x`` is what the neuron got in this step, ``u`` what it then was.
    """
    alpha = exp(-dt / params.tau)
    epsilon_v = alpha * traces.epsilon_v + (1 - alpha) * x
    return (surrogate or DEFAULT).derivative(u) * epsilon_v, LIFTraces(epsilon_v)


def alif_eligibility_step(
    x: Value,
    u: Value,
    traces: ALIFTraces,
    params: ALIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, ALIFTraces]:
    """Eligibility in this step and the traces after it. Elementwise.

    ``x`` is what the neuron got in this step, ``u`` what it then was.
    """
    alpha = exp(-dt / params.tau)
    epsilon_v = alpha * traces.epsilon_v + (1 - alpha) * x
    psi = (surrogate or DEFAULT).derivative(u)
    e = psi * (epsilon_v - params.beta * traces.epsilon_a)
    epsilon_a = exp(-dt / params.tau_a) * traces.epsilon_a + e
    return e, ALIFTraces(epsilon_v, epsilon_a)


def columns(params: Any) -> Any:
    """Constants of neurons beside arrays of synapses: every tensor (N,) as (N, 1)."""
    found = {f.name: getattr(params, f.name) for f in fields(params)}
    vectors = {k: x[:, None] for k, x in found.items() if isinstance(x, Tensor) and x.ndim == 1}
    return replace(params, **vectors) if vectors else params


# A neuron's step -> the step of its eligibility, and the traces that go with it.
ELIGIBILITIES = {
    lif_step: (lif_eligibility_step, LIFTraces),
    alif_step: (alif_eligibility_step, ALIFTraces),
}
