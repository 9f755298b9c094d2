"""Quadratic integrate-and-fire neuron (QIF): the simplest one that makes its own upstroke.

    tau dv/dt = v (v - 1) + i         between spikes
    z = 1 if v > peak,  v <- reset    at a spike

    symbol   meaning                                     shape       unit
    i        current                                     (T, B, N)   threshold distances
    v        membrane potential, after the reset         (B, N)      threshold distances
    u        distance to the peak, before the reset      (B, N)      -1 at rest
    z        spikes, 0 or 1                              (T, B, N)   -
    peak     where the spike is cut off                  () or (N,)  threshold distances
    reset    where v starts again                        () or (N,)  threshold distances
    tau      time constant                               () or (N,)  ms
    dt       time step                                   ()          ms

Without current v rests at 0 and runs away from above 1. With x = v - 1/2 and j = i - 1/4 it is
tau dx/dt = x^2 + j, and a step with i held is exact:
    x(dt) = n / d,  n = x cos q + j s,  d = cos q - x s,  q = sqrt(j) dt / tau,  s = sin q / sqrt(j)
(with cosh and sinh if j < 0). d <= 0 says that x went to infinity within the step, so
u = (n - d x_peak) / (x_peak + 1/2) > 0 is a spike in any case.

What follows. It fires without end for i > 1/4, with the period
    tau / sqrt(j) (atan(x_peak / sqrt(j)) - atan(x_reset / sqrt(j))),
which is pi tau / sqrt(j) for a far peak and reset: the rate grows as the root of the current. In
steps of dt it is rounded up to the grid: a spike comes late by dt at most, and the reset forgets by
how much. The step is exact below the peak at any dt. All tested.

One step turns q by a quarter turn at most: for a current so large that it would turn further, the
neuron fires in every step or every other.

References: Ermentrout & Kopell (1986), doi:10.1137/0146017; Gerstner et al. (2014), Neuronal
Dynamics, ch. 5.3, doi:10.1017/CBO9781107447615
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, abs, cos, exp, maximum, minimum, sin, sqrt, where
from neurolab.core.surrogate import Surrogate, spike

from .exprel import exprel


@dataclass(frozen=True)
class QIFParams:
    tau: Value = 20.0  # ms
    peak: Value = 10.0  # threshold distances
    reset: Value = -9.0  # threshold distances


class QIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    u: Value  # (B, N) distance to the peak, before the reset


def qif_step(
    current: Value,
    state: QIFState,
    params: QIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, QIFState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    x, j = state.v - 0.5, current - 0.25
    step = dt / params.tau
    root = sqrt(maximum(abs(j), 1e-12))
    turn = minimum(root * step, math.pi / 2)
    fall = root * step
    # Above the rheobase cos and sin; below it cosh and sinh, both divided by exp(q).
    c = where(j > 0, cos(turn), (1 + exp(-2 * fall)) / 2)
    s = where(j > 0, sin(turn) / root, step * exprel(-2 * fall))
    n, d = x * c + j * s, c - x * s
    peak = params.peak - 0.5
    u = (n - d * peak) / (peak + 0.5)
    z = spike(u, surrogate)
    v = 0.5 + n / where(u > 0, 1.0 + 0.0 * d, d)
    return z, QIFState(v=where(u > 0, params.reset + 0.0 * v, v), u=u)


def qif_start(params: QIFParams) -> QIFState:
    """The state at rest without current."""
    return QIFState(v=0.0, u=-1.0)
