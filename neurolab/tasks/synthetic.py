"""Synthetic tasks: clouds, bars, moving bars, Poisson trains. The same seed gives the same data.

Each says what must hold of it, and the tests count it: moments, chances, speeds, rates.

References: Foldiak (1990), doi:10.1007/BF02331346 (bars); Foldiak (1991),
doi:10.1162/neco.1991.3.2.194 (moving bars)
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .images import Labelled


class MovingBars(NamedTuple):
    x: Tensor  # (T, B, size, size), float32, 0 or 1
    orientation: Tensor  # (B,), int64, 0 lying, 1 standing
    direction: Tensor  # (B,), int64, +1 or -1: down or up, right or left


def _chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _positive(**arguments: float) -> None:
    for name, value in arguments.items():
        if not value > 0:
            raise ValueError(f"{name}: got {value}, must be above 0")


def gaussian_clouds(
    count: int,
    centres: Sequence[Sequence[float]] = ((-1.0, 0.0), (1.0, 0.0)),
    spread: float | Sequence[Sequence[float]] = 0.5,
    seed: int = 0,
) -> Labelled:
    """Points of normal clouds, each as likely: x (count, I) float32, y (count,) the cloud.

    Args:
        count: How many points in all.
        centres: Mean of each cloud, (C, I).
        spread: Standard deviation in every direction, or one covariance (I, I) for all clouds.
        seed: Of this draw.

    Raises:
        ValueError: ``count`` or ``spread`` is not positive (a covariance: not positive definite),
            or the shapes do not fit.
    """
    _positive(count=count)
    mean = torch.tensor(centres, dtype=torch.float64)
    if mean.ndim != 2 or not mean.numel():
        raise ValueError(f"centres: got shape {tuple(mean.shape)}, (clouds, dimensions) is allowed")
    size = mean.shape[1]
    if isinstance(spread, (int, float)):
        _positive(spread=spread)
        root = spread * torch.eye(size, dtype=torch.float64)
    else:
        covariance = torch.tensor(spread, dtype=torch.float64)
        if covariance.shape != (size, size) or not torch.equal(covariance, covariance.T):
            raise ValueError(f"spread: a symmetric covariance must be ({size}, {size})")
        root, failed = torch.linalg.cholesky_ex(covariance)
        if failed:
            raise ValueError("spread: the covariance is not positive definite")
    chance = _chance(seed)
    y = torch.randint(len(mean), (count,), generator=chance)
    noise = torch.randn(count, size, generator=chance, dtype=torch.float64)
    return Labelled((mean[y] + noise @ root.T).float(), y)


def bars(count: int, size: int = 8, chance: float = 0.125, seed: int = 0) -> Labelled:
    """Pictures of lying and standing bars: x (count, size, size) of 0 and 1, y (count, 2 size).

    Each of the 2 ``size`` bars is there with probability ``chance``, whatever the others do; where
    two cross, the pixel is 1, not 2. ``y`` says which are there: rows first, then columns.

    Raises:
        ValueError: ``count`` or ``size`` is not positive, or ``chance`` is not from 0 to 1.
    """
    _positive(count=count, size=size)
    if not 0 <= chance <= 1:
        raise ValueError(f"chance: got {chance}, 0 to 1 is allowed")
    there = torch.rand(count, 2 * size, generator=_chance(seed)) < chance
    rows, columns = there[:, :size], there[:, size:]
    return Labelled((rows[:, :, None] | columns[:, None, :]).float(), there.long())


def moving_bars(
    count: int, size: int = 8, steps: int = 8, speed: int = 1, seed: int = 0
) -> MovingBars:
    """One bar a film, lying or standing, that moves ``speed`` pixels a step and comes back.

    The border is joined to the opposite one, so every place is as likely at every time.

    Raises:
        ValueError: an argument is not positive, or ``speed`` is not below ``size``.
    """
    _positive(count=count, size=size, steps=steps, speed=speed)
    if speed >= size:
        raise ValueError(f"speed: got {speed}, must be below size, {size}")
    chance = _chance(seed)
    orientation, forward = torch.randint(2, (2, count), generator=chance)
    start = torch.randint(size, (count,), generator=chance)
    direction = 2 * forward - 1
    place = (start + speed * direction * torch.arange(steps)[:, None]) % size  # (T, B)
    line = torch.nn.functional.one_hot(place, size).float()  # (T, B, size)
    lying = line[..., :, None].expand(-1, -1, size, size)
    x = torch.where(orientation[:, None, None] == 0, lying, lying.transpose(-1, -2))
    return MovingBars(x.contiguous(), orientation, direction)


def poisson_trains(rate: Tensor | float, steps: int, dt: float = 1.0, seed: int = 0) -> Tensor:
    """Spikes of 0 and 1, (T, *shape of rate) float32, independent from step to step.

    A step has a spike with probability 1 - exp(-rate dt): the chance that a Poisson process of
    this rate has at least one.

    Args:
        rate: Hz, not negative; a number or a tensor of any shape.
        steps: T.
        dt: Length of a step, ms.
        seed: Of this draw.

    Raises:
        ValueError: ``rate`` is negative or not finite, ``steps`` or ``dt`` is not positive.
    """
    _positive(steps=steps, dt=dt)
    rate = torch.as_tensor(rate, dtype=torch.float32)
    if not bool((torch.isfinite(rate) & (rate >= 0)).all()):
        raise ValueError("rate: must be finite and not negative")
    chance = -torch.expm1(-rate.cpu() * dt / 1000)
    spikes = torch.rand(steps, *rate.shape, generator=_chance(seed)) < chance
    return spikes.to(rate.device, torch.float32)
