"""Spike trains on a grid and spike times: from one to the other, and what an encoder refuses.

    z[k] = 1   if some time t has   k dt <= t < (k + 1) dt

    symbol   meaning                                          shape            unit
    t        spike times, inf for a cell that stays silent    (B, N) or more   ms
    z        spikes, 0 or 1                                   (T, B, N)        -
    dt       time step                                        ()               ms

A time is read back from a train as the middle of its step, so what is lost is at most dt / 2. Two
spikes of a cell in the same step are one. A time that lies on the border of two steps, up to a
ten-thousandth of a step, belongs to the later one. Tested.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 7, doi:10.1017/CBO9781107447615
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

BORDER = 1e-4  # of a step


def spikes_at(times: Tensor, steps: int, dt: float) -> Tensor:
    """Trains (steps, B, N), in the dtype of the times: (B, N), or (K, B, N) for K spikes a cell.

    Times before 0 and from ``steps`` dt on are left out.
    """
    times = times if times.ndim == 3 else times[None]
    bins = (times / dt + BORDER).floor()
    inside = (bins >= 0) & (bins < steps)
    bins = torch.where(inside, bins, steps).long()
    z = times.new_zeros(steps + 1, *times.shape[1:])
    return z.scatter_(0, bins, torch.ones_like(times))[:steps]


def first_times(z: Tensor, dt: float) -> Tensor:
    """Time of the first spike (...) of trains (T, ...): the middle of its step; inf if none."""
    when = (torch.arange(len(z), dtype=z.dtype, device=z.device) + 0.5) * dt
    when = when.view(-1, *[1] * (z.ndim - 1))
    late = z.new_full((1, *z.shape[1:]), math.inf)
    return torch.cat([torch.where(z != 0, when, math.inf), late]).amin(0)


def check_values(x: Tensor, name: str = "x", ndim: int = 2) -> Tensor:
    """``x``, if it is a floating tensor (B, N) (or with a time axis in front) within 0 .. 1.

    Raises:
        TypeError: it is no tensor of floats.
        ValueError: its shape, or a number that is nan or outside.
    """
    if not (isinstance(x, Tensor) and x.is_floating_point()):
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name}: a tensor of floats is needed, got {kind}")
    if x.ndim != ndim:
        shape = "(T, B, N)" if ndim == 3 else "(B, N)"
        raise ValueError(f"{name}: shape {shape} is needed, got {tuple(x.shape)}")
    if not x.is_meta and not bool(((x >= 0) & (x <= 1)).all()):  # nan is neither
        bad = int((~((x >= 0) & (x <= 1))).sum())
        raise ValueError(f"{name}: numbers from 0 to 1 are needed, got {bad} that are not")
    return x


def check_grid(steps: int, dt: float) -> None:
    """Refuse a number of steps or a time step that makes no sense.

    Raises:
        ValueError: ``steps`` is no whole number from 0, or ``dt`` no positive number.
    """
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 0:
        raise ValueError(f"steps: a whole number from 0 is needed, got {steps!r}")
    check_positive(dt=dt)


def check_positive(**numbers: float) -> None:
    """Refuse a number that is not above 0 and finite, by its name.

    Raises:
        ValueError: names it.
    """
    for name, value in numbers.items():
        if not (isinstance(value, int | float) and 0 < value < math.inf):
            raise ValueError(f"{name}: a positive number is needed, got {value!r}")


def check_from_zero(**numbers: float) -> None:
    """Refuse a number below 0 or not finite, by its name.

    Raises:
        ValueError: names it.
    """
    for name, value in numbers.items():
        if not (isinstance(value, int | float) and 0 <= value < math.inf):
            raise ValueError(f"{name}: a number from 0 is needed, got {value!r}")


def check_part(**numbers: float) -> None:
    """Refuse a number that is not within 0 .. 1, 1 left out, by its name.

    Raises:
        ValueError: names it.
    """
    for name, value in numbers.items():
        if not (isinstance(value, int | float) and 0 <= value < 1):
            raise ValueError(f"{name}: a number from 0 to below 1 is needed, got {value!r}")


def check_ordered(**numbers: float) -> None:
    """Refuse numbers that do not grow from one name to the next.

    Raises:
        ValueError: names the two.
    """
    for low, high in pairwise(numbers):
        if not numbers[low] < numbers[high]:
            raise ValueError(
                f"{high}: more than {low} = {numbers[low]!r} is needed, got {numbers[high]!r}"
            )


def uniform(shape: tuple[int, ...], like: Tensor, generator: torch.Generator) -> Tensor:
    """Draws from 0 .. 1, at least single precision, where ``like`` lies.

    Raises:
        TypeError: ``generator`` is no torch.Generator: chance is always given.
        ValueError: it belongs to another device.
    """
    if not isinstance(generator, torch.Generator):
        kind = type(generator).__name__
        raise TypeError(f"generator: a torch.Generator is needed, got {kind}")
    if generator.device.type != like.device.type:
        raise ValueError(
            f"generator: one of the device {like.device} is needed, got {generator.device}"
        )
    dtype = torch.promote_types(like.dtype, torch.float32)
    return torch.rand(shape, generator=generator, dtype=dtype, device=like.device)
