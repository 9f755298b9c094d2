"""Current-based leaky integrate-and-fire neuron: a synaptic filter before the membrane.

    tau_syn di/dt = -i,   tau dv/dt = -v + i        between spikes
    i <- i + x                                      at spikes that come in
    z = 1 if v > 1,  v <- v - z                     at a spike

    symbol    meaning                                        shape       unit
    x         weighted spikes that come in with this step    (T, B, N)   threshold distances
    i         synaptic current                               (B, N)      threshold distances
    v         membrane potential, after the reset            (B, N)      threshold distances
    u         v - 1 before the reset                         (B, N)      threshold distances
    z         spikes, 0 or 1                                 (T, B, N)   -
    tau       membrane time constant                         () or (N,)  ms
    tau_syn   time constant of the synapse                   () or (N,)  ms
    dt        time step                                      ()          ms

Conventions: those of LIF. x arrives at the beginning of the step and acts within it.

What follows: below threshold one spike of weight 1 makes the postsynaptic potential
    v(t) = tau_syn / (tau - tau_syn) (exp(-t / tau) - exp(-t / tau_syn)),
and t / tau exp(-t / tau) if both time constants are equal; its peak comes at
log(tau / tau_syn) tau tau_syn / (tau - tau_syn). Current and potential are solved together, so the
step is exact at any dt, without a hole where the time constants meet. All tested.

Where it differs from the source: there the height of the current is normed by 1 / tau_syn, so that
a spike carries the same charge at any tau_syn; here its height is x.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 1.3 and 3.1, doi:10.1017/CBO9781107447615;
the joint step: Rotter & Diesmann (1999), doi:10.1007/s004220050570
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, constant, exp
from neurolab.core.surrogate import Surrogate, spike

from .exprel import exprel


@dataclass(frozen=True)
class CurrentLIFParams:
    tau: Value = 20.0  # ms
    tau_syn: Value = 5.0  # ms


class CurrentLIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    i: Value  # (B, N) synaptic current
    u: Value  # (B, N) distance to threshold, v - 1, before the reset


def current_lif_step(
    current: Value,
    state: CurrentLIFState,
    params: CurrentLIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, CurrentLIFState]:
    """The spikes and the state ``dt`` ms later; ``current`` is x. Elementwise."""
    i = state.i + current
    decay = exp(-dt / params.tau)
    apart = dt / params.tau - dt / params.tau_syn
    v = decay * (state.v + dt / params.tau * exprel(apart) * i)
    u = v - 1
    z = spike(u, surrogate)
    return z, CurrentLIFState(v=v - constant(z), i=exp(-dt / params.tau_syn) * i, u=u)


def current_lif_constants(params: CurrentLIFParams, dt: float) -> tuple[Value, Value, Value]:
    """What a step multiplies by, for the fast core: decay, gain of the current, what it keeps."""
    apart = dt / params.tau - dt / params.tau_syn
    decay = exp(-dt / params.tau)
    return decay, dt / params.tau * exprel(apart), exp(-dt / params.tau_syn)


def current_lif_start(params: CurrentLIFParams) -> CurrentLIFState:
    """The state at rest."""
    return CurrentLIFState(v=0.0, i=0.0, u=-1.0)
