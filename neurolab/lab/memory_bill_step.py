"""Question 1 of lab memory-bill: does one step back in time give the derivatives of that step?

    forward    h = tanh(W_in x + W before + b)
    asked      derivatives of r . h by W_in, W, b and before, at fixed r

    symbol    meaning                                      shape     unit
    x         input of the step                            (I,)      -
    before    state before it                              (N,)      -
    h         state after it                               (N,)      -
    r         what the loss owes to h, over all paths      (N,)      of the loss

The judge moves each number of W_in, W, b and before a little up and down and looks at r . h. It
knows no formula. Answers that miss are compared with known slips.

Reference: Werbos (1990), doi:10.1109/5.58337
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np
import torch

from .values import Blank, Wrong, array, call, is_blank

INPUTS, UNITS, APART, NEAR = 3, 5, 1e-5, 1e-4
NAMES = "derivative by W_in", "derivative by W", "derivative by b", "part carried back"


class Case:
    """One step of a small network: ``parts`` are W_in, W, b and before."""

    def __init__(self, seed: int):
        chance = np.random.default_rng(seed)
        shapes = (UNITS, INPUTS), (UNITS, UNITS), (UNITS,), (UNITS,)
        self.parts = [0.6 * chance.standard_normal(shape) for shape in shapes]
        self.x, self.r = chance.standard_normal(INPUTS), chance.standard_normal(UNITS)
        self.after = self.state(self.parts)

    def state(self, parts: list[np.ndarray]) -> np.ndarray:
        W_in, W, b, before = parts
        return np.tanh(W_in @ self.x + W @ before + b)

    def right(self) -> list[np.ndarray]:
        """Differences of r . h when one number of one part is moved."""
        return [np.array(list(self._moved(k))).reshape(p.shape) for k, p in enumerate(self.parts)]

    def _moved(self, k: int) -> Iterator[float]:
        for at in np.ndindex(self.parts[k].shape):
            ends = []
            for way in (APART, -APART):
                parts = [part.copy() for part in self.parts]
                parts[k][at] += way
                ends.append(self.r @ self.state(parts))
            yield (ends[0] - ends[1]) / (2 * APART)

    def given(self) -> list[torch.Tensor]:
        """What the learner's function gets: r, x, before, after, W."""
        found = self.r, self.x, self.parts[3], self.after, self.parts[1]
        return [torch.tensor(part) for part in found]


def judge_back(back: Any) -> str:
    cases = [Case(seed) for seed in (0, 1)]
    made = [_four(call(back, *case.given())) for case in cases]
    right = [case.right() for case in cases]
    for order in list(permutations(range(4)))[1:]:
        if all(_same([m[k] for k in order], r) for m, r in zip(made, right, strict=True)):
            raise Wrong(f"These are the right four in another order: {', '.join(NAMES)}.")
    for k in range(4):
        if all(_same(m[k : k + 1], r[k : k + 1]) for m, r in zip(made, right, strict=True)):
            continue
        for reason, slip in SLIPS[k].items():
            slips = [slip(*_of(case)) for case in cases]
            if all(_same([m[k]], [s]) for m, s in zip(made, slips, strict=True)):
                raise Wrong(reason)
        if made[0][k].shape != right[0][k].shape:
            raise Wrong(f"The {NAMES[k]} has shape {made[0][k].shape}, not {right[0][k].shape}.")
        off = max(np.abs(m[k] - r[k]).max() for m, r in zip(made, right, strict=True))
        raise Wrong(f"The {NAMES[k]} is off by up to {off:.2g}.")
    return "All four are what moving each number a little says."


def _four(answer: Any) -> list[np.ndarray]:
    if isinstance(answer, list | tuple) and any(is_blank(part) for part in answer):
        raise Blank
    if not isinstance(answer, list | tuple) or len(answer) != 4:
        count = len(answer) if isinstance(answer, list | tuple) else 1
        raise Wrong(f"Return four things, (by_W_in, by_W, by_b, carried); these are {count}.")
    return [array(part) for part in answer]


def _same(made: list[np.ndarray], right: list[np.ndarray]) -> bool:
    pairs = list(zip(made, right, strict=True))
    return all(m.shape == r.shape and np.allclose(m, r, rtol=0, atol=NEAR) for m, r in pairs)


def _of(case: Case) -> tuple[np.ndarray, ...]:
    return case.r, case.x, case.parts[3], case.after, case.parts[1]


def _outer(
    d: Callable[..., np.ndarray], source: Callable[..., np.ndarray]
) -> Callable[..., np.ndarray]:
    return lambda *given: np.outer(d(*given), source(*given))


def _right(r, x, before, after, W):
    return (1 - after**2) * r


def _flat(r, x, before, after, W):
    return r


# Of each of the four: why it is wrong, and what makes it so.
_SLOPES: dict[str, Callable[..., np.ndarray]] = {
    "The slope of tanh is missing: 1 - after ** 2.": _flat,
    "The slope of tanh is 1 - after ** 2: the square is missing.": (
        lambda r, x, before, after, W: (1 - after) * r
    ),
    "The slope is that of the state before; the step ends in `after`.": (
        lambda r, x, before, after, W: (1 - before**2) * r
    ),
    "`after` is tanh of the sum already: 1 - after ** 2, without another tanh.": (
        lambda r, x, before, after, W: (1 - np.tanh(after) ** 2) * r
    ),
    "The sign is turned.": lambda *given: -_right(*given),
}
_BY_X = {reason: _outer(d, lambda r, x, *_: x) for reason, d in _SLOPES.items()}
_BY_BEFORE = {reason: _outer(d, lambda r, x, before, *_: before) for reason, d in _SLOPES.items()}
_CARRIED = {
    reason: (lambda r, x, before, after, W, d=d: W.T @ d(r, x, before, after, W))
    for reason, d in _SLOPES.items()
}
SLIPS = (
    _BY_X
    | {
        "The derivative by W_in is transposed: rows are the units it goes to.": (
            lambda r, x, before, after, W: np.outer(x, (1 - after**2) * r)
        ),
    },
    _BY_BEFORE
    | {
        "The derivative by W is transposed: rows are the units it goes to.": (
            lambda r, x, before, after, W: np.outer(before, (1 - after**2) * r)
        ),
        "W met the state before the step, not the one after it.": (
            lambda r, x, before, after, W: np.outer((1 - after**2) * r, after)
        ),
    },
    _SLOPES,
    _CARRIED
    | {
        "Back through W goes W transposed: unit k gets what all units owe to it.": (
            lambda r, x, before, after, W: W @ ((1 - after**2) * r)
        ),
        "What is carried back has to pass W: transposed, times d.": _right,
        "What is carried back has to pass W; this is r unchanged.": _flat,
    },
)
