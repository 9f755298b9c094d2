"""Two tasks that ask for one number at the end of a long sequence: N-parity and adding.

    parity   x(t) = 0 or 1, a fair coin            y = (x(1) + ... + x(N)) mod 2
    adding   x(t) = (number in [0, 1), marker)     y = sum of the two numbers that are marked

    symbol   meaning                            shape       unit
    x        inputs                             (T, B, I)   -    parity: I = 1; adding: I = 2
    y        what is asked after the last step  (B,)        -    parity: 0 or 1; adding: 0 to 2

Of parity every single bit decides: any N - 1 of them tell nothing about y. In the adding problem
one marker stands in the first half and one in the second, so whoever always answers 1, the mean,
has a squared error of 1 / 6, the variance of the sum of two uniform numbers; it is solved if the
error is far below.

References: Hochreiter & Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735 (adding); Minsky &
Papert (1969), Perceptrons (parity)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .images import Labelled

GUESS = 1 / 6  # squared error of adding, of who always answers the mean


class Adding(NamedTuple):
    x: Tensor  # (T, B, 2) float32
    y: Tensor  # (B,) float32


def parity(count: int, bits: int = 10, seed: int = 0) -> Labelled:
    """``count`` sequences: x (``bits``, count, 1) float32, y (count,) int64, 1 if odd.

    Raises:
        ValueError: an argument is not a whole number of at least 1.
    """
    _whole(1, count=count, bits=bits)
    chance = torch.Generator().manual_seed(seed)
    x = (torch.rand(bits, count, 1, generator=chance) < 0.5).float()
    return Labelled(x, x.sum((0, 2)).long() % 2)


def adding(count: int, steps: int = 200, seed: int = 0) -> Adding:
    """``count`` sequences of ``steps`` steps.

    Raises:
        ValueError: ``count`` is not a whole number of at least 1, or ``steps`` of at least 2.
    """
    _whole(1, count=count)
    _whole(2, steps=steps)
    chance = torch.Generator().manual_seed(seed)
    numbers = torch.rand(steps, count, generator=chance)
    half, marks = steps // 2, torch.zeros(steps, count)
    for low, high in ((0, half), (half, steps)):
        where = torch.randint(low, high, (count,), generator=chance)
        marks[where, torch.arange(count)] = 1
    return Adding(torch.stack([numbers, marks], -1), (numbers * marks).sum(0))


def _whole(least: int, **sizes: int) -> None:
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")
