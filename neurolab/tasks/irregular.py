"""Sines that are looked at now and then: what will the next look show?

    x(t) = sin(2 pi (t / P + p)),    seen at times t_1 < t_2 < ...,    t_(k+1) - t_k ~ exp(mean gap)

    symbol   meaning                                                     shape       unit
    x        what each look shows                                        (T, B, 1)   -
    t        when                                                        (T, B)      ms
    P        period; 1 / P is uniform between those of the ends          (B,)        ms
    p        phase, uniform                                              (B,)        periods

Looks come at random, as the clicks of a counter do: how long ago the last one was says nothing
about when the next will come. If each is left out with chance q, what is left comes at random
again, with a mean gap of ``gap`` / (1 - q): ``thinned`` streams are the same task, looked at less.

Who knows the sine, and its value at the last look, but not how long the gap is, has at best a mean
squared error of

    1/2 a^2 / (1 + a^2),    a = 2 pi gap / P

(``blind_rmse``, tested by drawing gaps): no network that counts looks in place of time does better.

Reference: Rubanova, Chen & Duvenaud (2019), arXiv:1907.03907 (periodic signals seen at irregular
times, as a task for networks)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Sines(NamedTuple):
    x: Tensor  # (T, B, 1) float32
    t: Tensor  # (T, B) float32, ms
    period: Tensor  # (B,) float32, ms
    phase: Tensor  # (B,) float32, in periods


def irregular_sines(
    count: int,
    samples: int = 40,
    gap: float = 40.0,
    shortest: float = 500.0,
    longest: float = 1000.0,
    seed: int = 0,
) -> Sines:
    """``count`` sines, each seen ``samples`` times.

    Raises:
        ValueError: a size is not a whole number of at least 1 (``samples``: 2), ``gap`` is not
            above 0, or the periods are not 0 < ``shortest`` <= ``longest``.
    """
    for name, value, least in (("count", count, 1), ("samples", samples, 2)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")
    if not 0 < gap < math.inf:
        raise ValueError(f"gap: a positive number of ms is needed, got {gap!r}")
    if not 0 < shortest <= longest < math.inf:
        given = f"{shortest!r} and {longest!r}"
        raise ValueError(f"shortest, longest: 0 < shortest <= longest is needed, got {given}")
    chance = torch.Generator().manual_seed(seed)
    part = torch.rand(count, generator=chance)
    period = 1 / (part / longest + (1 - part) / shortest)
    phase = torch.rand(count, generator=chance)
    waits = -gap * torch.log1p(-torch.rand(samples, count, generator=chance))
    t = waits.cumsum(0)
    return Sines(torch.sin(2 * math.pi * (t / period + phase))[..., None], t, period, phase)


def thinned(stream: Sines, dropped: float, seed: int = 0) -> Sines:
    """The same sines with a part ``dropped`` of the looks left out at random, other ones in each.

    Raises:
        ValueError: ``dropped`` is not from 0 to 1, or fewer than two looks are left.
    """
    samples = len(stream.t)
    if not 0 <= dropped <= 1 or (left := round((1 - dropped) * samples)) < 2:
        raise ValueError(f"dropped: a part that leaves 2 of {samples} is needed, got {dropped!r}")
    chance = torch.Generator().manual_seed(seed)
    order = torch.rand(stream.t.shape, generator=chance).argsort(0)
    kept = order[:left].sort(0).values
    return stream._replace(x=stream.x.gather(0, kept[..., None]), t=stream.t.gather(0, kept))


def blind_rmse(period: Tensor | float, gap: float) -> float:
    """Root of the mean squared error, over sines of these periods, of who knows all but the gap."""
    a = 2 * math.pi * gap / torch.as_tensor(period, dtype=torch.float64)
    return float((a**2 / (1 + a**2) / 2).mean().sqrt())
