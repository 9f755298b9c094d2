"""Spike response model (SRM0): the potential is a sum of answers to spikes.

    v(t) = eta(t - last own spike) + sum over spikes that come in of weight * epsilon(t - t_in)
    epsilon(s) = tau_syn / (tau - tau_syn) (exp(-s / tau) - exp(-s / tau_syn))
    eta(s) = -depth exp(-s / tau_ref)
    z = 1 if v > 1

    symbol     meaning                                        shape       unit
    x          weighted spikes that come in with this step    (T, B, N)   threshold distances
    v          membrane potential, h + eta                    (B, N)      threshold distances
    i, h       the two stages of the sum over epsilon         (B, N)      threshold distances
    eta        answer to the last own spike                   (B, N)      threshold distances
    u          v - 1 before eta starts again                  (B, N)      threshold distances
    z          spikes, 0 or 1                                 (T, B, N)   -
    tau        membrane time constant                         () or (N,)  ms
    tau_syn    time constant of the synapse                   () or (N,)  ms
    tau_ref    time constant of the own answer                () or (N,)  ms
    depth      how deep it begins                             () or (N,)  threshold distances
    dt         time step                                      ()          ms

Only the last own spike counts: eta starts again at -depth, it does not add up. A spike takes
nothing from h: what came in before goes on acting, and if h is above 1 + depth the neuron fires in
every step. x arrives at the beginning of the step.

What follows: v is a sum of three exponentials between events, so the step is exact at any dt and
the time of a spike can be found without steps (``EventDrivenSRM0``). Tested: that one equals a
numerical integration to 1e-6 ms, and the spikes of this step come to it with dt.

Where it differs from the source: there the kernels are free; these belong to a membrane behind an
exponential synapse, as ``current_lif`` has them.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 6.4, doi:10.1017/CBO9781107447615
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, where
from neurolab.core.surrogate import Surrogate, spike

from .exprel import exprel


@dataclass(frozen=True)
class SRM0Params:
    tau: Value = 20.0  # ms
    tau_syn: Value = 5.0  # ms
    tau_ref: Value = 10.0  # ms
    depth: Value = 3.0  # threshold distances


class SRM0State(NamedTuple):
    v: Value  # (B, N) potential, with the answer to a spike of this step
    i: Value  # (B, N) synaptic current
    h: Value  # (B, N) potential from what came in
    eta: Value  # (B, N) answer to the last own spike
    u: Value  # (B, N) distance to threshold, before eta starts again


def srm0_step(
    current: Value,
    state: SRM0State,
    params: SRM0Params,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, SRM0State]:
    """The spikes and the state ``dt`` ms later; ``current`` is x. Elementwise."""
    i = state.i + current
    decay = exp(-dt / params.tau)
    apart = dt / params.tau - dt / params.tau_syn
    h = decay * (state.h + dt / params.tau * exprel(apart) * i)
    eta = exp(-dt / params.tau_ref) * state.eta
    u = h + eta - 1
    z = spike(u, surrogate)
    eta = where(u > 0, 0.0 * u - params.depth, eta)
    return z, SRM0State(v=h + eta, i=exp(-dt / params.tau_syn) * i, h=h, eta=eta, u=u)


def srm0_start(params: SRM0Params) -> SRM0State:
    """The state at rest."""
    return SRM0State(v=0.0, i=0.0, h=0.0, eta=0.0, u=-1.0)
