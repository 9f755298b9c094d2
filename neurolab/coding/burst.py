"""Burst code: the value is how many spikes follow each other, and how closely.

    spike k comes at t_k = k gap(x), if k < most x,     k = 0, 1, ..., most - 1
    gap(x) = slow - (slow - fast) x

    symbol   meaning                                    shape    unit
    x        value, 0 to 1; 0 stays silent              (B, N)   -
    most     spikes of the longest burst, at x = 1      ()       -
    fast     gap between spikes at x = 1                ()       ms
    slow     gap towards x = 0                          ()       ms

What follows, and is tested: the number of spikes is ceil(most x), so the count alone is wrong by
less than 1 / most; the gap, where there are two spikes, tells x up to the step of time,
dt / (slow - fast) for one gap and the less the more gaps there are. A burst is over after the
largest of (ceil(most x) - 1) gap(x), long before a rate could be counted.

Where it differs from the source: there the gap is rounded up to whole steps, here it is not.

Reference: Guo, Fouda, Eltawil & Salama (2021), doi:10.3389/fnins.2021.638474
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, where

from .spikes import check_grid, check_ordered, check_positive, check_values, spikes_at


@dataclass(frozen=True)
class BurstParams:
    most: int = 5  # spikes
    fast: float = 2.0  # ms
    slow: float = 10.0  # ms

    def __post_init__(self):
        if not isinstance(self.most, int) or self.most < 1:
            raise ValueError(f"most: a whole number from 1 is needed, got {self.most!r}")
        check_positive(fast=self.fast, slow=self.slow)
        check_ordered(fast=self.fast, slow=self.slow)


def burst_time(x: Value, k: Value, params: BurstParams) -> Value:
    """Time of spike ``k`` of a burst in ms from its start, inf if it has none. Elementwise."""
    gap = params.slow - (params.slow - params.fast) * x
    return where(k < params.most * x, k * gap, math.inf)


def burst(x: Tensor, steps: int, params: BurstParams = BurstParams(), dt: float = 1.0) -> Tensor:
    """One burst a cell at the start, (steps, B, N), from values (B, N).

    Raises:
        ValueError: the values, the grid, or a step in which two spikes would fall.
    """
    check_values(x)
    check_grid(steps, dt)
    if dt > params.fast:
        raise ValueError(f"dt: at most fast = {params.fast!r} ms is needed, got {dt!r}")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    k = torch.arange(params.most, dtype=wide.dtype, device=x.device)[:, None, None]
    return spikes_at(burst_time(wide, k, params), steps, dt).to(x.dtype)


def burst_value(z: Tensor, params: BurstParams = BurstParams(), dt: float = 1.0) -> Tensor:
    """The values (B, N) that bursts in trains (T, B, N) stand for.

    From the mean gap where there are two spikes or more, kept within what the count allows; else
    the middle of what the count allows.
    """
    n = z.sum(0)
    steps = torch.arange(len(z), dtype=z.dtype, device=z.device)[:, None, None]
    last = torch.cat([torch.where(z != 0, steps, 0.0), z.new_zeros(1, *z.shape[1:])]).amax(0)
    gap = last * dt / (n - 1).clamp(min=1)  # the first spike stands in step 0
    by_gap = (params.slow - gap) / (params.slow - params.fast)
    low, high = (n - 1).clamp(min=0) / params.most, n / params.most
    return torch.where(n > 1, by_gap.clamp(low, high), (low + high) / 2)
