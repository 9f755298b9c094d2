"""Conductance-based integrate-and-fire neuron: synapses pull toward a potential, they do not push.

    tau dv/dt = rest - v + g_exc (e_exc - v) + g_inh (e_inh - v)
    z = 1 if v > threshold,  v <- reset  at a spike

    symbol         meaning                                        shape    unit
    g_exc, g_inh   open synapses, in units of the leak            (B, N)   -
    v              membrane potential, after the reset            (B, N)   mV
    z              spikes, 0 or 1                                 (B, N)   -
    e_exc, e_inh   potentials to which synapses pull              ()       mV
    tau            membrane time constant at rest                 ()       ms
    dt             time step                                      ()       ms

What follows: held conductances settle v at the mean of the three potentials, weighted by 1, g_exc
and g_inh, with the time constant tau / (1 + g_exc + g_inh): input makes the neuron faster. The
update is exact for that, and a constant g_exc gives the period of the closed form. Tested.

The defaults are those of Song, Miller & Abbott, doi:10.1038/78829.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 1.3 and 3.1, doi:10.1017/CBO9781107447615
"""

from dataclasses import dataclass

from neurolab.core.ops import Value, exp
from neurolab.core.surrogate import spike


@dataclass(frozen=True)
class ConductanceParams:
    tau: float = 20.0  # ms
    rest: float = -70.0  # mV
    threshold: float = -54.0  # mV
    reset: float = -60.0  # mV
    e_exc: float = 0.0  # mV
    e_inh: float = -70.0  # mV


def conductance_step(
    g_exc: Value,
    g_inh: Value,
    v: Value,
    params: ConductanceParams,
    dt: float,
) -> tuple[Value, Value]:
    """The spikes and the potential ``dt`` ms later. Elementwise."""
    total = 1 + g_exc + g_inh
    settle = (params.rest + g_exc * params.e_exc + g_inh * params.e_inh) / total
    v = settle + (v - settle) * exp(-dt * total / params.tau)
    z = spike(v - params.threshold)
    return z, v + z * (params.reset - v)
