"""Patterns that lab nmda-threshold draws: strangers, and the stored pattern with some cells moved.

    symbol      meaning                                              value     shape
    N, A        cells; those that are active at a time               500, 50   ()
    S           synapses of the segment, on cells of the pattern     20        ()
    M           cells of the pattern that are silent; M others fire  20        ()
    x           patterns                                             0 or 1    (count, N)

The stored pattern is cells 0 to A - 1, the segment has its synapses on cells 0 to S - 1. Which
cells these are makes no difference, since all sets of cells are drawn alike.
"""

import torch
from torch import Tensor

from neurolab.dendrites import patterns_of, subsets

N, A, S, M = 500, 50, 20, 20


def _sizes(n: int, a: int, moved: int = 0) -> None:
    for name, value, low, high in (("a", a, 1, n), ("moved", moved, 0, min(a, n - a))):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")


def strangers(count: int, n: int = N, a: int = A, seed: int = 0) -> Tensor:
    """Random patterns (count, n) of a active cells, booleans."""
    _sizes(n, a)
    return patterns_of(subsets(count, a, n, torch.Generator().manual_seed(seed)), n)


def returns(count: int, moved: int = M, n: int = N, a: int = A, seed: int = 0) -> Tensor:
    """The stored pattern, each time with ``moved`` of its cells silent and others active."""
    _sizes(n, a, moved)
    chance = torch.Generator().manual_seed(seed + 2**31)
    stay = subsets(count, a - moved, a, chance)
    new = a + subsets(count, moved, n - a, chance)
    return patterns_of(torch.cat([stay, new], 1), n)
