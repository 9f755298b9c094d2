"""Adaptive exponential integrate-and-fire neuron (AdEx).

    C dv/dt = -g_leak (v - e_leak) + g_leak delta_t exp((v - v_t) / delta_t) - w + i
    tau_w dw/dt = a (v - e_leak) - w
    z = 1 if v > v_peak,  v <- v_reset,  w <- w + b     at a spike

    symbol    meaning                                      shape       unit
    i         current into the cell                        (T, B, N)   pA
    v         membrane potential, after the reset          (B, N)      mV
    w         adaptation current                           (B, N)      pA
    u         (v - v_peak) / (v_peak - e_leak), before     (B, N)      threshold distances
    z         spikes, 0 or 1                               (T, B, N)   -
    C         ``capacitance``                              () or (N,)  pF
    g_leak    leak                                         () or (N,)  nS
    e_leak    rest, but for a trace of the exponential     () or (N,)  mV
    v_t       where the spike begins                       () or (N,)  mV
    delta_t   how sharply it begins                        () or (N,)  mV
    a, b      adaptation below threshold, at a spike       () or (N,)  nS, pA
    tau_w     time constant of the adaptation              () or (N,)  ms
    dt        time step, at most 1                         ()          ms

Euler's method for both at once, first order in dt. The exponent is bounded by the peak, so one step
cannot overflow; what it overshoots is lost at the reset.

What follows. Without a (then the rest vanishes in a fold) the neuron fires without end for
    i > g_leak (v_t - e_leak - delta_t),
and a spike adds b to w, so the rate adapts. Small currents move v by i / (g_leak + a) at last.
Tested: these, and the spike times against ``scipy``'s solution, with order 1 in dt.

Where it differs from the paper: there a spike ends at 20 mV and v returns to e_leak, as here; the
method of integration is ours.

Reference: Brette & Gerstner (2005), doi:10.1152/jn.00686.2005
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, minimum, where
from neurolab.core.surrogate import Surrogate, spike


@dataclass(frozen=True)
class AdExParams:
    capacitance: Value = 281.0  # pF
    g_leak: Value = 30.0  # nS
    e_leak: Value = -70.6  # mV
    v_t: Value = -50.4  # mV
    delta_t: Value = 2.0  # mV
    a: Value = 4.0  # nS
    b: Value = 80.5  # pA
    tau_w: Value = 144.0  # ms
    v_peak: Value = 20.0  # mV
    v_reset: Value = -70.6  # mV


class AdExState(NamedTuple):
    v: Value  # (B, N) mV, after the reset
    w: Value  # (B, N) pA
    u: Value  # (B, N) distance to the peak, before the reset


def adex_step(
    current: Value,
    state: AdExState,
    params: AdExParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, AdExState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    away = state.v - params.e_leak
    sharp = exp((minimum(state.v, params.v_peak) - params.v_t) / params.delta_t)
    inward = params.g_leak * (params.delta_t * sharp - away) - state.w + current
    v = state.v + dt / params.capacitance * inward
    w = state.w + dt / params.tau_w * (params.a * away - state.w)
    u = (v - params.v_peak) / (params.v_peak - params.e_leak)
    z = spike(u, surrogate)
    return z, AdExState(
        v=where(u > 0, params.v_reset + 0.0 * u, v),
        w=where(u > 0, w + params.b, w),
        u=u,
    )


def adex_start(params: AdExParams) -> AdExState:
    """The state at rest without current: e_leak and what the exponential adds to it."""
    v = params.e_leak
    for _ in range(40):
        sharp = params.delta_t * exp((v - params.v_t) / params.delta_t)
        v = params.e_leak + params.g_leak * sharp / (params.g_leak + params.a)
    u = (v - params.v_peak) / (params.v_peak - params.e_leak)
    return AdExState(v=v, w=params.a * (v - params.e_leak), u=u)
