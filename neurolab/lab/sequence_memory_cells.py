"""Questions 1 and 2 of lab sequence-memory: cells that are predicted, and cells that fire."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .values import Wrong, array, call


def segments() -> tuple[np.ndarray, np.ndarray]:
    """Active synapses of 40 segments, and the cells, of 24, that they belong to."""
    chance = np.random.default_rng(6)
    return chance.integers(0, 12, 40), chance.integers(0, 24, 40)


def expecting(overlap: np.ndarray, owner: np.ndarray, threshold: int) -> np.ndarray:
    """Cell by cell: has it a segment that reaches the threshold?"""
    told = [False] * 24
    for many, cell in zip(overlap.tolist(), owner.tolist(), strict=True):
        told[cell] = told[cell] or many >= threshold
    return np.array(told, float)


EXPECT_SLIPS: dict[str, Callable] = {
    "A segment with as many as the threshold is active too: >=.": (
        lambda o, w, t: expecting(o, w, t + 1)
    ),
    "One segment must reach the threshold by itself; yours are added up.": (
        lambda o, w, t: (np.bincount(w, o, 24) >= t) * 1.0
    ),
    "These are numbers of segments; a cell is predicted by one or by more, alike: 1.": (
        lambda o, w, t: np.bincount(w[o >= t], minlength=24) * 1.0
    ),
    "The others: these are the cells that are not predicted.": (
        lambda o, w, t: 1 - expecting(o, w, t)
    ),
    "This says which segments are active; the cells that own them are asked.": (
        lambda o, w, t: (o >= t) * 1.0
    ),
}


def judge_expecting(function: Any) -> str:
    overlap, owner = segments()
    found = [array(call(function, overlap.copy(), owner.copy(), t)) for t in (8, 10)]
    wanted = [expecting(overlap, owner, t) for t in (8, 10)]

    def same(made: list) -> bool:
        return all(
            a.shape == b.shape and np.array_equal(a, b) for a, b in zip(found, made, strict=True)
        )

    if same(wanted):
        counts = [int(w.sum()) for w in wanted]
        return f"At thresholds 8 and 10, {counts[0]} and {counts[1]} of 24 cells are predicted."
    for reason, slip in EXPECT_SLIPS.items():
        if same([np.asarray(slip(overlap, owner, t), float) for t in (8, 10)]):
            raise Wrong(reason)
    if found[0].shape != (24,):
        raise Wrong(f"The shape is {found[0].shape}; one number for each of 24 cells is asked.")
    at = int(np.argmax(found[0] != wanted[0]))
    raise Wrong(f"Cell {at} should be {wanted[0][at]:.0f} at threshold 8, and is {found[0][at]:g}.")


COLUMNS = (
    ([[1, 0, 0], [0, 0, 0], [0, 1, 1]], [1, 1, 0]),
    ([[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]], [1, 1, 1]),
)


def firing(told: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Column by column."""
    rows = [[0.0] * len(row) for row in told]
    for k, row in enumerate(told):
        if on[k]:
            rows[k] = [float(v) for v in row] if max(row) else [1.0] * len(row)
    return np.array(rows)


FIRE_SLIPS: dict[str, Callable] = {
    "A column that is on and has no predicted cell bursts: all of its cells fire.": (
        lambda told, on: told * on[:, None]
    ),
    "In a column with a predicted cell only the predicted ones fire.": (
        lambda told, on: np.ones_like(told) * on[:, None]
    ),
    "A column that is off stays silent, whatever was predicted.": (
        lambda told, on: firing(told, np.ones_like(on))
    ),
}


def judge_firing(function: Any) -> str:
    cases = [(np.array(told, float), np.array(on, float)) for told, on in COLUMNS]
    found = [array(call(function, told.copy(), on.copy()), told.shape) for told, on in cases]
    wanted = [firing(told, on) for told, on in cases]
    if all(np.array_equal(a, b) for a, b in zip(found, wanted, strict=True)):
        return "Predicted cells fire alone, a column without one bursts, one that is off is silent."
    for reason, slip in FIRE_SLIPS.items():
        made = [slip(*case) for case in cases]
        if all(np.array_equal(a, b) for a, b in zip(found, made, strict=True)):
            raise Wrong(reason)
    raise Wrong("Look at one column: off, silent; on with predicted cells, those; else all.")
