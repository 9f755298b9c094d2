"""Alpha synapse: it opens and closes with one time constant.

    dg/dt = -g / tau + e h / tau,     dh/dt = -h / tau + x(t)

    symbol   meaning                                       shape    unit
    x        spikes in this step, 0 or 1 (or released)     (B, I)   -
    h        transmitter, what is left of the spikes       (B, I)   -
    g        open synapses                                 (B, I)   -
    tau      time from spike to peak                       ()       ms
    dt       time step                                     ()       ms
    e        2.718..., so that the peak of g is 1

What follows: a spike at time 0 gives the kernel (t / tau) exp(1 - t / tau): peak 1 at t = tau, area
e tau. The update is the exact solution, so it does not depend on dt; g is 0 in the step of the
spike. Added up over the grid the area errs by e dt^2 / (12 tau), second order. All tested.

Reference: Rall (1967), doi:10.1152/jn.1967.30.5.1138; as two stages: Gerstner et al. (2014),
Neuronal Dynamics, ch. 3.1, doi:10.1017/CBO9781107447615
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class AlphaParams:
    tau: float = 5.0  # ms


class AlphaState(NamedTuple):
    g: Value  # (B, I) open synapses
    h: Value  # (B, I) what is left of the spikes


def alpha_step(
    x: Value,
    state: AlphaState,
    params: AlphaParams,
    dt: float,
) -> tuple[Value, AlphaState]:
    """The open synapses and the state ``dt`` ms later. Elementwise."""
    decay = exp(-dt / params.tau)
    g = decay * (state.g + math.e * dt / params.tau * state.h)
    return g, AlphaState(g=g, h=decay * state.h + x)
