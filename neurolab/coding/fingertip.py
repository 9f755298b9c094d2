"""A patch of fingertip: touch told by the order in which afferents fire first.

    pressure_i = (wide / a)^2 exp(-|q_i|^2 / (2 a^2)),     a = wide / (1 + curvature / bend)
    drive_i    = sensitivity_i pressure_i (1 + skew q_i . d / wide + tuning cos(force - prefer_i))
    t_i        = pace rise / drive_i + jitter,             silent if later than ``window``

    symbol       meaning                                                  shape    unit
    q            places of the afferents, around the middle of contact    (N, 2)   mm
    d, force     direction of the tangential force, and its angle         (2,)     -, rad
    curvature    of the object                                            ()       1 / m
    a            width of the contact: the more curved, the narrower      ()       mm
    prefer       direction that an afferent prefers                       (N,)     rad
    sensitivity  of an afferent, log-normal                               (N,)     -
    pace         of a trial, the same for all afferents, log-normal       (B,)     -
    t            first spike, inf for a silent one                        (B, N)   ms

A load that grows evenly reaches the threshold of a strongly driven afferent first. What follows,
and is tested: the pace, which a hand does not know, scales all times and leaves the order; the
nearest template of mean places, made from other trials, tells 8 directions and 3 curvatures apart
in at least 90 % of trials within 50 ms; which afferents fired, without their order, tells less; and
with the places dealt out at random the answer is chance.

Where it differs from the paper: one spike an afferent, a smooth synthetic patch, 8 directions in
place of 5, and all afferents of one kind.

Reference: Johansson & Birznieks (2004), doi:10.1038/nn1177
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, cos, exp, maximum, sin

from .rank_order import ranks
from .spikes import check_from_zero, check_part, check_positive

DIRECTIONS, CURVATURES = 8, (0.0, 100.0, 200.0)  # 1 / m


@dataclass(frozen=True)
class FingertipParams:
    side: int = 8  # afferents in a row and in a column
    size: float = 10.0  # mm, of the patch
    wide: float = 4.0  # mm, contact of a flat object
    bend: float = 200.0  # 1 / m, curvature that halves the contact
    skew: float = 0.3  # of the pressure, towards the force
    tuning: float = 0.3  # of an afferent, to its own direction
    spread: float = 0.3  # of log sensitivity
    rise: float = 15.0  # ms to the threshold at drive 1
    pace: float = 0.3  # standard deviation of its logarithm over trials
    jitter: float = 2.0  # ms
    window: float = 50.0  # ms

    def __post_init__(self):
        if not isinstance(self.side, int) or self.side < 2:
            raise ValueError(f"side: a whole number from 2 is needed, got {self.side!r}")
        check_positive(size=self.size, wide=self.wide, bend=self.bend)
        check_positive(rise=self.rise, window=self.window)
        check_part(skew=self.skew, tuning=self.tuning)
        check_from_zero(spread=self.spread, pace=self.pace, jitter=self.jitter)


class Patch(NamedTuple):
    """The afferents of one finger."""

    place: Tensor  # (N, 2) mm
    prefer: Tensor  # (N,) rad
    sensitivity: Tensor  # (N,)


def patch(generator: torch.Generator, params: FingertipParams = FingertipParams()) -> Patch:
    """Afferents on a grid, with preferred directions and sensitivities drawn at random."""
    along = (torch.arange(params.side).double() + 0.5) / params.side - 0.5
    place = torch.cartesian_prod(along, along) * params.size
    u, x = (f(len(place), generator=generator).double() for f in (torch.rand, torch.randn))
    return Patch(place, 2 * math.pi * u, torch.exp(params.spread * x))


def drive_at(
    x: Value,
    y: Value,
    prefer: Value,
    sensitivity: Value,
    force: Value,
    curvature: Value,
    params: FingertipParams,
) -> Value:
    """Drive of an afferent at (x, y) by one touch. Elementwise."""
    a = params.wide / (1 + curvature / params.bend)
    pressure = (params.wide / a) ** 2 * exp(-(x * x + y * y) / (2 * a**2))
    towards = (x * cos(force) + y * sin(force)) / params.wide
    lean = 1 + params.skew * towards + params.tuning * cos(force - prefer)
    return sensitivity * pressure * maximum(lean, 0.0)


def spike_after(drive: Value, pace: Value, noise: Value, params: FingertipParams) -> Value:
    """When it fires first, in ms after contact, if that is in the window. Elementwise."""
    return pace * params.rise / drive + noise


def afferent_drive(
    finger: Patch, force: Tensor, curvature: Tensor, params: FingertipParams
) -> Tensor:
    """Drives (B, N) by forces (B,) of some direction, in rad, and curvatures (B,), in 1 / m."""
    x, y = finger.place.T
    own = (x, y, finger.prefer, finger.sensitivity)
    return drive_at(*own, force[:, None], curvature[:, None], params)


def touch(
    finger: Patch,
    kind: Tensor,
    generator: torch.Generator,
    params: FingertipParams = FingertipParams(),
) -> Tensor:
    """First spikes (B, N) in ms of touches of the kinds (B,): direction + 8 (number of curvature).

    Raises:
        ValueError: a kind that is not from 0 to 23.
    """
    kinds = DIRECTIONS * len(CURVATURES)
    if not bool(((kind >= 0) & (kind < kinds)).all()):
        raise ValueError(f"kind: numbers from 0 to {kinds - 1} are needed, got {kind.unique()}")
    force = 2 * math.pi / DIRECTIONS * (kind % DIRECTIONS).double()
    curvature = torch.tensor(CURVATURES, dtype=torch.float64)[kind // DIRECTIONS]
    drive = afferent_drive(finger, force, curvature, params)
    pace = torch.exp(params.pace * torch.randn(len(kind), 1, generator=generator).double())
    noise = params.jitter * torch.randn(drive.shape, generator=generator).double()
    t = spike_after(drive, pace, noise, params)
    return torch.where(t <= params.window, t, math.inf)


def places(t: Tensor) -> Tensor:
    """Places (B, N) of first spikes (B, N); silent afferents share the middle of what is left."""
    fired = t < math.inf
    left = (fired.sum(1, keepdim=True) + t.shape[1] - 1) / 2
    return torch.where(fired, ranks(t).nan_to_num(posinf=0.0), left)


def templates(x: Tensor, kind: Tensor, kinds: int) -> Tensor:
    """Mean of the rows (B, N) of each kind: (kinds, N)."""
    return torch.stack([x[kind == k].mean(0) for k in range(kinds)])


def nearest_template(x: Tensor, template: Tensor) -> Tensor:
    """Kinds (B,) whose templates (K, N) are nearest to the rows (B, N), by Euclid's distance."""
    return torch.cdist(x, template).argmin(1)
