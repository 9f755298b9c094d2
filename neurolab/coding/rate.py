"""Rate codes: the value is how often a cell fires, by chance (Poisson) or by a clock (regular).

    Poisson   z = 1 if u < x rate dt,               u uniform in 0 .. 1, drawn anew in each step
    regular   p <- p + x rate dt;   if p >= 1: z = 1, p <- p - 1

    symbol   meaning                                      shape       unit
    x        value, 0 to 1                                (B, N)      -
    rate     firing rate at x = 1                         ()          1 / s
    p        phase of the regular cell, from ``start``    (B, N)      -
    z        spikes, 0 or 1                               (T, B, N)   -
    n        spikes in T steps of dt                      (B, N)      -

What follows, and is tested: both have <n> = x rate T dt. By chance the count is binomial, so its
Fano factor var(n) / <n> is 1 - x rate dt, which tends to 1, that of a Poisson process, as dt
shrinks; by the clock n is within 1 of its mean. So a value read as n / (rate T dt) is wrong by
1 / sqrt(T) with chance and by 1 / T without.

Where it differs from the source: a step holds at most one spike, so rate dt may not pass 1.

References: Adrian & Zotterman (1926), doi:10.1113/jphysiol.1926.sp002281; Gerstner et al. (2014),
Neuronal Dynamics, ch. 7, doi:10.1017/CBO9781107447615
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, where
from neurolab.core.scan import scan

from .spikes import check_grid, check_part, check_positive, check_values, uniform


@dataclass(frozen=True)
class RateParams:
    rate: float = 100.0  # 1 / s, at x = 1
    start: float = 0.5  # phase of a regular cell at time 0

    def __post_init__(self):
        check_positive(rate=self.rate)
        check_part(start=self.start)


DEFAULT = RateParams()


def poisson_step(x: Value, u: Value, params: RateParams, dt: float) -> Value:
    """1 where the draw ``u`` lies below the chance of a spike, else 0. Elementwise."""
    return where(u < x * (params.rate * dt / 1000), 1.0, 0.0 * x)


def regular_step(x: Value, p: Value, params: RateParams, dt: float) -> tuple[Value, Value]:
    """The spike of this step and the next phase. Elementwise."""
    p = p + x * (params.rate * dt / 1000)
    z = where(p >= 1, 1.0, 0.0 * p)
    return z, p - z


def poisson(
    x: Tensor,
    steps: int,
    generator: torch.Generator,
    params: RateParams = DEFAULT,
    dt: float = 1.0,
) -> Tensor:
    """Spikes (steps, B, N) by chance from values (B, N).

    Raises:
        ValueError: the values, the grid, or a rate at which more than one spike falls in a step.
    """
    _check(x, steps, params, dt)
    u = uniform((steps, *x.shape), x, generator)
    return poisson_step(x, u, params, dt).to(x.dtype)


def regular(x: Tensor, steps: int, params: RateParams = DEFAULT, dt: float = 1.0) -> Tensor:
    """Spikes (steps, B, N) by the clock from values (B, N); refuses what ``poisson`` refuses."""
    _check(x, steps, params, dt)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # phases add up over the steps
    start = torch.full_like(wide, params.start)
    z, _ = scan(
        lambda x_t, p: regular_step(x_t, p, params, dt), wide.expand(steps, *x.shape), start
    )
    return z.to(x.dtype)


def rate_value(z: Tensor, params: RateParams = DEFAULT, dt: float = 1.0) -> Tensor:
    """The value (B, N) that the counts of trains (T, B, N) stand for; not a number at T = 0."""
    return z.sum(0) / (params.rate * len(z) * dt / 1000)


def _check(x: Tensor, steps: int, params: RateParams, dt: float) -> None:
    check_values(x)
    check_grid(steps, dt)
    if params.rate * dt > 1000:
        raise ValueError(
            f"rate: at most one spike a step is possible, {1000 / dt:g} / s, got {params.rate!r}"
        )
