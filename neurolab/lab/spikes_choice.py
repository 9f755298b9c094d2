"""What two labs share that turn a network into spikes: inputs as spikes, and three numbers that
their challenges ask for."""

from typing import NamedTuple

import torch
from torch import Tensor


def as_spikes(x: Tensor, steps: int) -> Tensor:
    """x (B, I) from 0 to 1 as spikes (T, B, I), evenly spaced."""
    t = torch.arange(steps + 1)[:, None, None]
    return torch.floor(t * x.clamp(0, 1) + 1e-6).diff(dim=0)


class Choice(NamedTuple):
    steps: int
    percentile: float
    bits: int


class Score(NamedTuple):
    points: float
    right: float  # %
    synops: float


def checked(steps: float, percentile: float, bits: float) -> Choice:
    """The three, if they can be.

    Raises:
        ValueError: one of the numbers is out of its range.
    """
    limits = {"steps": (steps, 1, 64), "percentile": (percentile, 20, 100), "bits": (bits, 2, 8)}
    for name, (value, low, high) in limits.items():
        if not low <= value <= high or (name != "percentile" and value != int(value)):
            kind = "a number" if name == "percentile" else "a whole number"
            raise ValueError(f"{name} must be {kind} from {low} to {high}, got {value:g}")
    return Choice(int(steps), float(percentile), int(bits))


def text(got: Score) -> str:
    """A score in words."""
    return f"{got.points:.1f} ({got.right:.1f} % with {got.synops:,.0f} operations)"
