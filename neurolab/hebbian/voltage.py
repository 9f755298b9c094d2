"""The voltage-based rule: the synapse sees the neuron's potential, not its spikes.

    dw/dt = -a_ltd pre(t) [minus - theta_minus]+  +  a_ltp x [v - theta_plus]+ [plus - theta_minus]+
    tau_x dx/dt = -x + pre(t),     tau_minus dminus/dt = v - minus,     tau_plus dplus/dt = v - plus

    symbol        meaning                                            shape     unit
    pre           spikes in this step, 0 or 1; pre(t) is pre / dt    (B, ...)  -
    v             postsynaptic potential, spikes included            (B, ...)  mV
    x             trace of pre spikes, each of area 1                (B, ...)  1 / ms
    minus, plus   slow and fast average of v                         (B, ...)  mV
    theta_minus   below it an average of v has no effect             ()        mV
    theta_plus    below it v does not strengthen                     ()        mV
    a_ltd         weakening                                          ()        weight / mV
    a_ltp         strengthening                                      ()        weight / mV^2
    [..]+         the positive part, else 0
    dt            time step                                          ()        ms

Conventions: v is held during a step; x and both averages are exact for that; x counts the spikes of
the step, since transmission is under way; the averages are read before the v of this step enters.

What follows for a potential clamped at v: between the thresholds each pre spike weakens by
a_ltd (v - theta_minus), above theta_plus it changes w by
(v - theta_minus) (a_ltp (v - theta_plus) - a_ltd), so the sign turns at
theta_plus + a_ltd / a_ltp; below theta_minus nothing happens. On spikes it has the window of STDP,
and the change by pairs rises with their frequency. All tested.

Where it differs from the paper: there, in networks, a_ltd rises with the mean square of v
(homeostasis); here it is constant, as in the fits to slices. The window and its frequency
dependence rest on the shape of the spike and of what follows it, which the caller gives. The
defaults are the paper's for visual cortex, where theta_minus is the resting potential.

Reference: Clopath, Buesing, Vasilaki & Gerstner (2010), doi:10.1038/nn.2479
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, maximum


@dataclass(frozen=True)
class VoltageParams:
    a_ltd: float = 14e-5  # weight / mV
    a_ltp: float = 8e-5  # weight / mV^2
    theta_minus: float = -70.6  # mV
    theta_plus: float = -45.3  # mV
    tau_x: float = 15.0  # ms
    tau_minus: float = 10.0  # ms
    tau_plus: float = 7.0  # ms


class VoltageState(NamedTuple):
    x: Value  # shape of pre: trace of pre spikes, 1 / ms
    minus: Value  # shape of v: slow average, mV
    plus: Value  # shape of v: fast average, mV


def voltage_step(
    pre: Value,
    v: Value,
    state: VoltageState,
    params: VoltageParams,
    dt: float,
) -> tuple[Value, VoltageState]:
    """The change of w in ``dt`` ms, and the next traces. Elementwise.

    For a layer pre is (B, 1, I) and v (B, N, 1): the change is (B, N, I).
    """
    x = state.x + pre / params.tau_x
    fall = params.a_ltd * pre * maximum(state.minus - params.theta_minus, 0.0)
    above = maximum(v - params.theta_plus, 0.0) * maximum(state.plus - params.theta_minus, 0.0)
    kept = exp(-dt / params.tau_x)
    rise = params.a_ltp * above * x * params.tau_x * (1 - kept)  # x falls during the step
    minus = v + exp(-dt / params.tau_minus) * (state.minus - v)
    plus = v + exp(-dt / params.tau_plus) * (state.plus - v)
    return rise - fall, VoltageState(x=kept * x, minus=minus, plus=plus)
