"""Exponential synapse: a spike opens it at once, then it closes.

    dg/dt = -g / tau + x(t)

    symbol   meaning                                       shape    unit
    x        spikes in this step, 0 or 1 (or released)     (B, I)   -
    g        open synapses, 1 after a lone spike           (B, I)   -
    tau      time constant of closing                      ()       ms
    dt       time step                                     ()       ms

What follows: a spike at time 0 gives the kernel exp(-t / tau): height 1, at once; area tau. It is
exact on the grid at any dt. Added up over the grid the area is too large by dt / 2 (to first
order), since the jump falls on a grid point. All tested.

Where it differs from the source: there the height is a parameter, here it is 1 and the weight
carries it.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 3.1, doi:10.1017/CBO9781107447615
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class ExponentialParams:
    tau: float = 5.0  # ms


class ExponentialState(NamedTuple):
    g: Value  # (B, I) open synapses


def exponential_step(
    x: Value,
    state: ExponentialState,
    params: ExponentialParams,
    dt: float,
) -> tuple[Value, ExponentialState]:
    """The open synapses, spikes of this step included, and the state. Elementwise."""
    g = exp(-dt / params.tau) * state.g + x
    return g, ExponentialState(g=g)
