"""Question 1 of lab kwta-noise: k winners, judged by a stable sort."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .values import Wrong, array, call


def stable(x: np.ndarray, k: int) -> np.ndarray:
    """x where it is among the k largest; of equal ones the first."""
    kept = np.zeros_like(x)
    first = np.argsort(-x, kind="stable")[:k]
    kept[first] = x[first]
    return kept


def cases() -> list[tuple[np.ndarray, int]]:
    chance = np.random.default_rng(4)
    made = [(chance.normal(size=n), k) for n, k in ((6, 2), (20, 5), (9, 9))]
    return [*made, (np.array([2.0, 5, 2, 2, 1]), 2), (np.array([1.0, 1, 1, 1]), 3)]


WINNER_SLIPS: dict[str, Callable] = {
    "These are the smallest; sort the other way.": lambda x, k: -stable(-x, k),
    "These are the largest in size; a strongly negative one is no winner.": (
        lambda x, k: np.where(stable(abs(x), k) > 0, x, 0)
    ),
    "Winners keep their values; yours became 1.": lambda x, k: (stable(x, k) != 0) * 1.0,
    "With ties more than k win: of equal ones the first should.": (
        lambda x, k: np.where(x >= np.sort(x)[len(x) - k], x, 0)
    ),
    "One too few wins: the k-th largest is a winner too.": lambda x, k: stable(x, k - 1),
    "The winners are silent and the others stay: the other way round.": (
        lambda x, k: x - stable(x, k)
    ),
    "The winners alone, without the zeros of the others: the shape must be that of x.": (
        lambda x, k: np.sort(x)[::-1][:k]
    ),
}


def _same(a: Any, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, atol=1e-9))


def judge_winners(function: Any) -> str:
    found = [array(call(function, x.copy(), k)) for x, k in cases()]
    wanted = [stable(x, k) for x, k in cases()]
    if not all(map(_same, found, wanted)):
        for reason, slip in WINNER_SLIPS.items():
            if all(map(_same, found, [np.asarray(slip(x, k), float) for x, k in cases()])):
                raise Wrong(reason)
        at = [_same(a, b) for a, b in zip(found, wanted, strict=True)].index(False)
        x, k = cases()[at]
        shown = ", ".join(f"{v:.2g}" for v in x)
        raise Wrong(f"For x = [{shown}] and k = {k} the winners are others.")
    return "Five vectors keep the k that a stable sort puts first, two of them with ties."
