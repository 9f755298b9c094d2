"""Latency codes: the value is how soon a cell fires, once.

    linear   t = first + (last - first) (1 - x)
    RC       t = tau log(x / (x - threshold))      a capacitor charged by x reaches the threshold
    log      t = tau log(1 / x)

    symbol      meaning                                          shape    unit
    x           value, 0 to 1; at or below threshold silent      (B, N)   -
    t           time of the spike, inf for a silent cell         (B, N)   ms
    first       time of the spike at x = 1                       ()       ms
    last        where it would be at x = 0                       ()       ms
    tau         time constant                                    ()       ms
    threshold   smallest value that fires (x must be larger)     ()       -

What follows, and is tested: each is undone by its inverse (``linear_value``, ...), up to half a
step when the times are read from a train; RC is the first spike of a leaky integrate-and-fire
neuron with threshold 1 and current x / threshold; under log a change of contrast, x -> c x, shifts
all times by the same tau log(1 / c), so that differences of latencies do not feel it. This is the
form of Hopfield; the linear form does not have it.

Where it differs from the source: a cell fires once and has no background.

References: Gollisch & Meister (2008), doi:10.1126/science.1149639; Hopfield (1995),
doi:10.1038/376033a0; RC: Gerstner et al. (2014), ch. 1.3, doi:10.1017/CBO9781107447615
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from neurolab.core.ops import Value, exp, log, maximum, where

from .spikes import (
    check_from_zero,
    check_grid,
    check_ordered,
    check_part,
    check_positive,
    check_values,
    first_times,
    spikes_at,
)

TINY = 1e-30  # in place of 0 where it would be divided by, and the answer is not used


@dataclass(frozen=True)
class LinearLatencyParams:
    first: float = 0.0  # ms
    last: float = 50.0  # ms
    threshold: float = 0.0

    def __post_init__(self):
        check_from_zero(first=self.first)
        check_positive(last=self.last)
        check_ordered(first=self.first, last=self.last)
        check_part(threshold=self.threshold)


@dataclass(frozen=True)
class RCLatencyParams:
    tau: float = 20.0  # ms
    threshold: float = 0.1

    def __post_init__(self):
        check_positive(tau=self.tau, threshold=self.threshold)
        check_part(threshold=self.threshold)


@dataclass(frozen=True)
class LogLatencyParams:
    tau: float = 10.0  # ms
    threshold: float = 0.01

    def __post_init__(self):
        check_positive(tau=self.tau)
        check_part(threshold=self.threshold)


def linear_delay(x: Value, params: LinearLatencyParams) -> Value:
    """When it fires if it does. Elementwise."""
    return params.first + (params.last - params.first) * (1 - x)


def linear_time(x: Value, params: LinearLatencyParams) -> Value:
    """When it fires. Elementwise."""
    return where(x > params.threshold, linear_delay(x, params), math.inf)


def linear_value(t: Value, params: LinearLatencyParams) -> Value:
    """What fired at ``t``; 0 for a silent cell and for one later than ``last``. Elementwise."""
    return maximum((params.last - t) / (params.last - params.first), 0.0)


def rc_time(x: Value, params: RCLatencyParams) -> Value:
    """When it fires. Elementwise."""
    above = maximum(x - params.threshold, TINY)
    return where(x > params.threshold, params.tau * log(maximum(x, TINY) / above), math.inf)


def rc_value(t: Value, params: RCLatencyParams) -> Value:
    """What fired at ``t``; 0 for a silent cell, and ``t`` must not be 0. Elementwise."""
    charged = maximum(1 - exp(-t / params.tau), TINY)
    return where(t < math.inf, params.threshold / charged, 0.0)


def log_time(x: Value, params: LogLatencyParams) -> Value:
    """When it fires. Elementwise."""
    return where(x > params.threshold, -params.tau * log(maximum(x, TINY)), math.inf)


def log_value(t: Value, params: LogLatencyParams) -> Value:
    """What fired at ``t``; 0 for a silent cell. Elementwise."""
    return exp(-t / params.tau)


def linear_latency(
    x: Tensor, steps: int, params: LinearLatencyParams = LinearLatencyParams(), dt: float = 1.0
) -> Tensor:
    """At most one spike a cell, (steps, B, N), from values (B, N)."""
    return _train(linear_time, x, steps, params, dt)


def rc_latency(
    x: Tensor, steps: int, params: RCLatencyParams = RCLatencyParams(), dt: float = 1.0
) -> Tensor:
    """At most one spike a cell, (steps, B, N), from values (B, N)."""
    return _train(rc_time, x, steps, params, dt)


def log_latency(
    x: Tensor, steps: int, params: LogLatencyParams = LogLatencyParams(), dt: float = 1.0
) -> Tensor:
    """At most one spike a cell, (steps, B, N), from values (B, N)."""
    return _train(log_time, x, steps, params, dt)


def reconstruct(z: Tensor, value: Callable, params, dt: float = 1.0) -> Tensor:
    """The values (B, N) that the first spikes of trains (T, B, N) stand for, 0 .. 1.

    Args:
        value: ``linear_value``, ``rc_value`` or ``log_value``.
    """
    return value(first_times(z, dt), params).clamp(0, 1)


def _train(time: Callable, x: Tensor, steps: int, params, dt: float) -> Tensor:
    check_values(x)
    check_grid(steps, dt)
    return spikes_at(time(x, params), steps, dt)
