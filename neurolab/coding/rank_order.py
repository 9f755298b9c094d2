"""Rank order: only who fires before whom counts, not when.

    the cell with the k-th largest value fires k-th, k = 0, 1, ..., at time k gap
    reader   a = sum_i w_i m^rank_i

    symbol   meaning                                              shape       unit
    x        value, 0 to 1; 0 stays silent                        (B, N)      -
    rank     0 for the first cell to fire; inf for a silent one   (B, N)      -
    gap      time between one rank and the next                   ()          ms
    m        what each spike leaves of the next one's effect      ()          0 to 1
    w        weights of a reader (to, from)                       (K, N)      -
    a        what a reader has collected                          (B, K)      -

What follows, and is tested: N cells have N! orders, so at most log2(N!) bits; every growing
function of the values leaves the order as it is; a reader is driven most by the order of its own
weights (no other of all the orders gives more, by the inequality of rearrangement). Cells of equal
value fire in the order of their numbers.

Where it differs from the source: spikes are spread evenly in time, so that a train shows the order
and nothing else; readers do not learn.

Reference: Thorpe & Gautrais (1998), doi:10.1007/978-1-4615-4831-7_19
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .spikes import check_grid, check_positive, check_values, first_times, spikes_at


@dataclass(frozen=True)
class RankOrderParams:
    gap: float = 1.0  # ms

    def __post_init__(self):
        check_positive(gap=self.gap)


def ranks(times: Tensor) -> Tensor:
    """Places (B, N) of the cells in the order of their times (B, N), from 0; inf where inf."""
    order = times.argsort(dim=-1, stable=True)
    places = torch.arange(times.shape[-1], dtype=times.dtype, device=times.device)
    rank = torch.empty_like(times).scatter_(-1, order, places.expand_as(times).contiguous())
    return torch.where(times < math.inf, rank, math.inf)


def rank_order(
    x: Tensor, steps: int, params: RankOrderParams = RankOrderParams(), dt: float = 1.0
) -> Tensor:
    """At most one spike a cell, (steps, B, N), from values (B, N); the largest fires first."""
    check_values(x)
    check_grid(steps, dt)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # a half counts only to 2048
    rank = ranks(torch.where(wide > 0, -wide, math.inf))
    return spikes_at(rank * params.gap, steps, dt).to(x.dtype)


def train_ranks(z: Tensor) -> Tensor:
    """Places (B, N) of the first spikes of trains (T, B, N)."""
    return ranks(first_times(z, 1.0))


def rank_readers(rank: Tensor, weight: Tensor, m: float = 0.9) -> Tensor:
    """What K readers (B, K) with weights (K, N) collect from places (B, N); m^inf is 0.

    Raises:
        ValueError: ``m`` does not lie between 0 and 1.
    """
    if not 0 < m < 1:
        raise ValueError(f"m: a number between 0 and 1 is needed, got {m!r}")
    return m**rank @ weight.T
