"""The population of lab kwta-noise: 120 cells on 48 inputs, 8 patterns, and segments that read.

    drive     how many of its inputs are on, less n / 240, so that no two cells tie
    code      1 for active cells, 0 for the others
    segment   of a pattern: answers if half of the cells that it knows are active

    symbol      meaning                                              shape
    x           inputs, 0 or 1                                       (B, I)
    drives      of the cells                                         (B, N)
    noise       part of the inputs that is turned on                 ()

A pattern is recognised if its own segment answers and no other does. The wiring and the patterns
are those of the live figure ``winners`` (tested).
"""

import functools
from collections.abc import Callable

import numpy as np

from neurolab.core.random import seeded, uniform

INPUTS, ON, CELLS, SYNAPSES, PATTERNS, SEED = 48, 14, 120, 14, 8, 3

Code = Callable[[np.ndarray], np.ndarray]  # drives (N,) to a code (N,)


def chosen(count: int, of: int, s: float) -> tuple[list[int], float]:
    """So many different whole numbers below ``of``, in rising order, and the next state."""
    found = []
    for k in range(of):
        u, s = uniform(s)
        if u * (of - k) < count - len(found):
            found.append(k)
    return found, s


@functools.cache
def population() -> tuple[np.ndarray, np.ndarray]:
    """Weights (N, I) and patterns (P, I) of 0 and 1."""
    s, parts = seeded(SEED), []
    for rows, size in ((CELLS, SYNAPSES), (PATTERNS, ON)):
        made = np.zeros((rows, INPUTS))
        for row in made:
            places, s = chosen(size, INPUTS, s)
            row[places] = 1
        parts.append(made)
    return parts[0], parts[1]


def drives(x: np.ndarray) -> np.ndarray:
    """Of all cells (B, N), for inputs x (B, I)."""
    return x @ population()[0].T - np.arange(CELLS) / (2 * CELLS)


def clean() -> np.ndarray:
    """Drives (8, 120) by the patterns as they are."""
    return drives(population()[1])


def noisy(noise: float, trials: int, seed: int = 0) -> np.ndarray:
    """Drives (trials, 8, 120) by the patterns with a part of all inputs turned on."""
    x = population()[1]
    on = np.random.default_rng(seed).random((trials, *x.shape)) < noise
    return drives(np.where(on, 1.0, x))


def coded(code: Code, rows: np.ndarray) -> np.ndarray:
    """Codes (..., N) of drives (..., N), one row after another."""
    flat = [np.asarray(code(row.copy()), float) > 0 for row in rows.reshape(-1, CELLS)]
    return np.array(flat, float).reshape(rows.shape)


def recognised(code: Code, noise: float = 0.0, trials: int = 20, seed: int = 0) -> float:
    """Which part of the noisy patterns is recognised from the codes that ``code`` makes."""
    known = coded(code, clean())
    found = coded(code, noisy(noise, trials, seed))
    told = found @ known.T >= 0.5 * known.sum(1) - 1e-9  # (trials, 8, 8)
    own = np.diagonal(told, axis1=1, axis2=2)
    return float((own & (told.sum(2) == 1)).mean())


def shared(k: int, pairs: int = 2000, seed: int = 0) -> float:
    """Cells that two random codes of k among 120 share, on average over so many pairs."""
    chance = np.random.default_rng(seed)
    rows = chance.random((2, pairs, CELLS)).argsort(2).argsort(2) < k
    return float((rows[0] & rows[1]).sum(1).mean())


def with_winners(k: int) -> Code:
    """A code of the k cells with the largest drives."""
    return lambda row: row >= np.sort(row)[len(row) - k]
