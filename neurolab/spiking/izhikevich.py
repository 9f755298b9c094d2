"""Izhikevich's neuron: two equations that fire as many kinds of cells do.

    dv/dt = 0.04 v^2 + 5 v + 140 - w + i
    dw/dt = a (b v - w)
    z = 1 if v > 30,  v <- c,  w <- w + d     at a spike

    symbol   meaning                                     shape       unit
    i        current                                     (T, B, N)   mV / ms
    v        membrane potential, after the reset         (B, N)      mV
    w        recovery, the paper's u                     (B, N)      mV / ms
    u        (v - 30) / 100 before the reset             (B, N)      about threshold distances
    z        spikes, 0 or 1                              (T, B, N)   -
    a        rate of the recovery                        () or (N,)  1 / ms
    b        how much recovery follows the potential     () or (N,)  1 / ms
    c        where the potential is reset to             () or (N,)  mV
    d        step of the recovery at a spike             () or (N,)  mV / ms
    dt       time step, at most 0.5                      ()          ms

Euler's method for both at once, first order in dt. A spike is counted when v has passed 30, its
peak, and v is reset in the same step.

What follows. Rest and threshold are the roots of 0.04 v^2 + (5 - b) v + 140 = 0: with b = 0.2, -70
and -50 mV. The four letters make the kinds of cells: ``REGULAR_SPIKING`` (the defaults; slows
down), ``FAST_SPIKING`` (hardly does), ``CHATTERING`` (bursts). Tested: these words, in numbers; the
order of convergence against ``scipy``'s solution; spike times are those of Brian2.

Where it differs from the paper: there v makes two half steps and w one step of 1 ms; and w is
called u, which here is the distance to the threshold, as in every neuron of this room.

Reference: Izhikevich (2003), doi:10.1109/TNN.2003.820440
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, sqrt, where
from neurolab.core.surrogate import Surrogate, spike

PEAK = 30.0  # mV


@dataclass(frozen=True)
class IzhikevichParams:
    a: Value = 0.02  # 1 / ms
    b: Value = 0.2  # 1 / ms
    c: Value = -65.0  # mV
    d: Value = 8.0  # mV / ms


REGULAR_SPIKING = IzhikevichParams()
FAST_SPIKING = IzhikevichParams(a=0.1, d=2.0)
CHATTERING = IzhikevichParams(c=-50.0, d=2.0)


class IzhikevichState(NamedTuple):
    v: Value  # (B, N) mV, after the reset
    w: Value  # (B, N) recovery
    u: Value  # (B, N) distance to the peak, before the reset


def izhikevich_step(
    current: Value,
    state: IzhikevichState,
    params: IzhikevichParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, IzhikevichState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    v = state.v + dt * (0.04 * state.v * state.v + 5 * state.v + 140 - state.w + current)
    w = state.w + dt * params.a * (params.b * state.v - state.w)
    u = (v - PEAK) / 100
    z = spike(u, surrogate)
    return z, IzhikevichState(
        v=where(u > 0, params.c + 0.0 * u, v),
        w=where(u > 0, w + params.d, w),
        u=u,
    )


def izhikevich_start(params: IzhikevichParams) -> IzhikevichState:
    """The state at rest without current; nan if b is so large that there is none."""
    slope = 5 - params.b
    v = (-slope - sqrt(slope * slope - 4 * 0.04 * 140)) / (2 * 0.04)
    return IzhikevichState(v=v, w=params.b * v, u=(v - PEAK) / 100)
