"""Phase code: the value is where in the cycle of a common rhythm a cell fires, cycle after cycle.

    t_k = k period + (1 - x) range period,     k = 0, 1, ...

    symbol   meaning                                            shape    unit
    x        value, 0 to 1; 0 stays silent                      (B, N)   -
    t_k      time of the spike in cycle k                       (B, N)   ms
    period   of the rhythm (125 ms: theta, 8 / s)               ()       ms
    range    part of the cycle that is used, 0 to 1             ()       -

The larger the value, the earlier in the cycle. The reader takes the mean angle of a cell's spikes,

    angle = arg sum_k exp(2 pi i t_k / period),

so the error of one cycle's jitter shrinks as 1 / sqrt(cycles). Tested, with the closed form for a
jitter of Gaussian angles. At range 1 the values 0 and 1 lie at the same angle; below 1 a gap keeps
them apart.

Where it differs from the source: the place cell fires several spikes a cycle and its phase moves
with the animal; here one spike a cycle, for a value that stays.

References: O'Keefe & Recce (1993), doi:10.1002/hipo.450030307; Hopfield (1995),
doi:10.1038/376033a0
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, where

from .spikes import check_grid, check_positive, check_values, spikes_at


@dataclass(frozen=True)
class PhaseParams:
    period: float = 125.0  # ms
    range: float = 0.8  # of the cycle

    def __post_init__(self):
        check_positive(period=self.period, range=self.range)
        if self.range > 1:
            raise ValueError(f"range: a number above 0 and at most 1 is needed, got {self.range!r}")


def phase_time(x: Value, params: PhaseParams) -> Value:
    """When it fires in a cycle, in ms from the cycle's start. Elementwise."""
    return where(x > 0, (1 - x) * (params.range * params.period), math.inf)


def phase(x: Tensor, steps: int, params: PhaseParams = PhaseParams(), dt: float = 1.0) -> Tensor:
    """One spike a cell and cycle, (steps, B, N), from values (B, N)."""
    check_values(x)
    check_grid(steps, dt)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    cycles = torch.arange(math.ceil(steps * dt / params.period), device=x.device)
    times = phase_time(wide, params) + params.period * cycles[:, None, None]
    return spikes_at(times, steps, dt).to(x.dtype)


def mean_phase(times: Tensor, period: float) -> Tensor:
    """Angles 0 .. 2 pi (B, N), the mean over the spikes (K, B, N); spikes at inf do not count."""
    fired = times < math.inf
    angle = torch.where(fired, times, 0.0) * (2 * math.pi / period)
    south, east = (fired * angle.sin()).sum(0), (fired * angle.cos()).sum(0)
    return torch.atan2(south, east) % (2 * math.pi)


def phase_value(z: Tensor, params: PhaseParams = PhaseParams(), dt: float = 1.0) -> Tensor:
    """The values (B, N) that trains (T, B, N) stand for, 0 .. 1; 0 for a silent cell.

    What falls into the gap of the cycle that no value uses goes to the nearer end.
    """
    when = (torch.arange(len(z), dtype=z.dtype, device=z.device) + 0.5) * dt
    times = torch.where(z != 0, when[:, None, None], math.inf)
    part = mean_phase(times, params.period) / (2 * math.pi)
    part = torch.where(part > (1 + params.range) / 2, part - 1, part)
    return torch.where(z.sum(0) > 0, (1 - part / params.range).clamp(0, 1), 0.0)
