"""Questions 1 and 2 of lab permuted-digits: the gate of a neuron, and the context it reads.

    g_n = the d_ns that is largest in size, with its sign;  y_n = yhat_n / (1 + exp(-g_n))
    p_k = mean of the examples of task k;  k*(x) = the k with the smallest |x - p_k|

    symbol    meaning                               shape
    yhat      sums of the neurons                   (N,)
    d         what their segments say               (N, S)
    x         examples                              (B, I)
    p         prototypes                            (K, I)

Functions are tried on drawn numbers, against loops; a miss is compared with known slips.

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .values import Blank, Wrong, array, call, is_blank

NEURONS, SEGMENTS, CLOUDS, EXAMPLES, ENTRIES = 40, 4, 5, 12, 6


@functools.cache
def cases() -> tuple[np.ndarray, np.ndarray]:
    """Sums, some below zero, and what segments say; the two gates differ in about half."""
    chance = np.random.default_rng(3)
    return chance.normal(size=NEURONS), 2 * chance.normal(size=(NEURONS, SEGMENTS))


def by_loop(y_hat: np.ndarray, d: np.ndarray) -> np.ndarray:
    found = []
    for y, said in zip(y_hat.tolist(), d.tolist(), strict=True):
        g = max(said, key=abs)
        found.append(y / (1 + math.exp(-g)))
    return np.array(found)


def _sigmoid(g):
    return 1 / (1 + np.exp(-g))


GATE_SLIPS: dict[str, Callable] = {
    "You take the largest, as the paper's text does. The released networks take the largest in "
    "size and keep its sign.": lambda y, d: y * _sigmoid(d.max(1)),
    "You lost the sign: the size decides who wins, what it says keeps its sign.": (
        lambda y, d: y * _sigmoid(np.abs(d).max(1))
    ),
    "You add the segments up. One of them decides.": lambda y, d: y * _sigmoid(d.sum(1)),
    "You take the mean of the segments. One of them decides.": (
        lambda y, d: y * _sigmoid(d.mean(1))
    ),
    "This is the gate alone: multiply the sum by it.": (
        lambda y, d: _sigmoid(np.take_along_axis(d, np.abs(d).argmax(1)[:, None], 1)[:, 0])
    ),
    "The logistic function is missing: a gate lies between 0 and 1.": (
        lambda y, d: y * np.take_along_axis(d, np.abs(d).argmax(1)[:, None], 1)[:, 0]
    ),
    "The sign in the exponent is turned: a segment that says yes must open the gate.": (
        lambda y, d: y * _sigmoid(-np.take_along_axis(d, np.abs(d).argmax(1)[:, None], 1)[:, 0])
    ),
}


def judge_gate(gate: Any) -> str:
    y_hat, d = cases()
    found = array(call(gate, y_hat.copy(), d.copy()), shape=(NEURONS,))
    right = by_loop(y_hat, d)
    if np.allclose(found, right, rtol=1e-5, atol=1e-7):
        return f"{NEURONS} neurons are turned down as a loop over their segments says."
    _name(found, {reason: slip(y_hat, d) for reason, slip in GATE_SLIPS.items()})
    n = int(np.abs(found - right).argmax())
    listed = ", ".join(f"{x:.2f}" for x in d[n])
    raise Wrong(
        f"A neuron with the sum {y_hat[n]:.2f} whose segments say {listed} should give "
        f"{right[n]:.3f}; yours gives {found[n]:.4g}."
    )


# Question 2


@functools.cache
def clouds() -> tuple[np.ndarray, np.ndarray]:
    """Examples of tasks (K, M, I), whose means are of unlike lengths, and fresh ones (B, I)."""
    chance = np.random.default_rng(5)
    middle = chance.normal(size=(CLOUDS, ENTRIES)) * np.linspace(0.5, 4, CLOUDS)[:, None]
    examples = middle[:, None] + chance.normal(size=(CLOUDS, EXAMPLES, ENTRIES)) ** 3
    fresh = middle[:, None] + chance.normal(size=(CLOUDS, EXAMPLES, ENTRIES))
    return examples, fresh.reshape(-1, ENTRIES)


def nearest_by_loop(x: np.ndarray, p: np.ndarray) -> list[int]:
    def far(one, k):
        return sum((a - b) ** 2 for a, b in zip(one.tolist(), p[k].tolist(), strict=True))

    return [min(range(len(p)), key=lambda k, one=one: far(one, k)) for one in x]


PROTOTYPE_SLIPS: dict[str, Callable] = {
    "You add the examples up. A prototype is their mean.": lambda x: x.sum(0),
    "You take the median. A prototype is the mean.": lambda x: np.median(x, 0),
    "You average over the pixels. Average over the examples, so that 64 numbers stay.": (
        lambda x: x.mean(1)
    ),
    "You take one example. A prototype is the mean of all.": lambda x: x[0],
    "You scaled the mean. Leave it as it is.": lambda x: x.mean(0) / np.linalg.norm(x.mean(0)),
}
NEAREST_SLIPS: dict[str, Callable] = {
    "You take the largest product. A long prototype wins it from afar: compare distances.": (
        lambda x, p: (x @ p.T).argmax(1)
    ),
    "You take the farthest: argmin, not argmax.": (
        lambda x, p: ((x[:, None] - p) ** 2).sum(2).argmax(1)
    ),
    "You compare directions alone. Distances tell more.": (
        lambda x, p: (x @ p.T / np.linalg.norm(p, axis=1)).argmax(1)
    ),
    "You add up differences with their signs: square them first.": (
        lambda x, p: np.abs((x[:, None] - p).sum(2)).argmin(1)
    ),
}


def judge_context(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two functions: (prototype, nearest).")
    if is_blank(value):
        raise Blank
    prototype, nearest = value
    examples, fresh = clouds()
    for x in examples:
        found, right = array(call(prototype, x.copy())), x.mean(0)
        if found.shape != right.shape or not np.allclose(found, right, atol=1e-6):
            _name(found, {r: slip(x) for r, slip in PROTOTYPE_SLIPS.items()})
            raise Wrong("Your prototype is not the mean of the examples.")
    p = examples.mean(1)
    found = array(call(nearest, fresh.copy(), p.copy()), shape=(len(fresh),))
    right = np.array(nearest_by_loop(fresh, p))
    if not np.array_equal(found, right):
        _name(found, {r: slip(fresh, p) for r, slip in NEAREST_SLIPS.items()})
        raise Wrong(f"{int((found != right).sum())} of {len(fresh)} examples go to a farther one.")
    return f"{len(fresh)} examples get the prototype that a loop finds nearest."


def _name(found: np.ndarray, slips: dict[str, np.ndarray]) -> None:
    """Raise the reason whose slip gives the same."""
    for reason, slip in slips.items():
        if found.shape == np.shape(slip) and np.allclose(found, slip, rtol=1e-5, atol=1e-6):
            raise Wrong(reason)
