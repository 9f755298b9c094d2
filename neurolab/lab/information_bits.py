"""Question 1 of lab information: does a sum over a table give the bits that theory gives?

    I = H(answer) - H(answer | piece),    H(p) = - sum p log2 p

    symbol   meaning                                           shape     unit
    table    trials by piece and answer                        (S, R)    -
    I        what an answer tells about the piece, on average  ()        bits

What a learner writes is tried on tables whose information is known by pen and paper (a switch that
errs, answers that get lost, no relation, all told apart), and on one of random numbers, for which
it is the difference of two entropies, not the sum that is asked. One that misses is compared with
known slips.

Reference: Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .values import Blank, Wrong, array, call, describe, is_blank

ERRS = 0.1  # of the switch


def entropy(*p: float) -> float:
    """Bits; the p are made to sum to 1."""
    return -sum(q / sum(p) * math.log2(q / sum(p)) for q in p if q > 0)


def by_entropies(table: np.ndarray) -> float:
    """H(answer) - H(answer | piece) of a table (S, R)."""
    rows = sum(row.sum() / table.sum() * entropy(*row) for row in table)
    return entropy(*table.sum(0)) - rows


def cases() -> dict[str, tuple[np.ndarray, float]]:
    """Tables (S, R) and their bits, by name."""
    chance = np.random.default_rng(0)
    uneven = chance.integers(0, 9, (4, 6)) * np.array([[1], [2], [3], [6]])
    return {
        "an answer that errs one time in ten": (
            np.array([[9.0, 1.0], [1.0, 9.0]]),
            1 - entropy(ERRS, 1 - ERRS),
        ),
        "three pieces, one twice as often, and one answer in four lost": (
            np.array([[6.0, 0.0, 0.0, 2.0], [0.0, 3.0, 0.0, 1.0], [0.0, 0.0, 3.0, 1.0]]),
            0.75 * entropy(2, 1, 1),
        ),
        "answers without any relation to the piece": (np.outer([1.0, 2.0, 3.0], [4, 1, 5]), 0.0),
        "eight pieces that are always told apart": (5 * np.eye(8), 3.0),
        "random numbers": (uneven.astype(float), by_entropies(uneven)),
    }


def judge_bits(function: Any) -> str:
    found = {name: _number(call(function, torch.tensor(t))) for name, (t, _) in cases().items()}
    right = {name: bits for name, (_, bits) in cases().items()}
    if all(_near(found[name], right[name]) for name in found):
        first = next(iter(found))
        return f"An answer that errs one time in ten tells {found[first]:.3f} bits, as theory says."
    if any(math.isnan(bits) for bits in found.values()):
        raise Wrong(
            "Where a place of the table is empty your sum holds 0 times log of 0, which is no "
            "number. Such a place adds nothing: leave it out."
        )
    if any(math.isinf(bits) for bits in found.values()):
        raise Wrong("Your sum is infinite: is there a log of 0, or a division by 0?")
    for reason, slip in SLIPS.items():
        ran = _slipped(slip)
        if all(_near(found[name], ran[name]) for name in found):
            raise Wrong(reason)
    for name, bits in found.items():
        if not _near(bits, right[name]):
            raise Wrong(f"For {name} theory says {right[name]:.3f} bits; yours says {bits:.3f}.")
    raise Wrong("This is not the information.")


def _near(one: float, other: float) -> bool:
    return abs(one - other) < 1e-3


def _number(value: Any) -> float:
    """A float, which may be nan."""
    if is_blank(value):
        raise Blank
    if isinstance(value, str | bytes | bool):
        raise Wrong(f"Return one number; this is {describe(value)}.")
    found = array(value)
    if found.size != 1:
        raise Wrong(f"Return one number, the sum over the whole table; this is {describe(value)}.")
    return float(found.reshape(()))


def _slip(sum_of: Callable) -> Callable[[np.ndarray], float]:
    """From ``sum_of(p, a, b)``: places of the table, its row and column sums, all (S, R)."""

    def slip(table: np.ndarray) -> float:
        p = table / table.sum()
        a, b = p.sum(1, keepdims=True) + 0 * p, p.sum(0, keepdims=True) + 0 * p
        some = p > 0
        return float(sum_of(p[some], a[some], b[some]))

    return slip


@functools.cache
def _slipped(slip: Callable) -> dict[str, float]:
    return {name: slip(table) for name, (table, _) in cases().items()}


def _by_counts(table: np.ndarray) -> float:
    return float(table.sum()) * by_entropies(table)


def _even(table: np.ndarray) -> float:
    return by_entropies(table / table.sum(1, keepdims=True))


def _mean(table: np.ndarray) -> float:
    return by_entropies(table) / table.size


SLIPS: dict[str, Callable[[np.ndarray], float]] = {
    "This is in nats, by the natural logarithm. Bits take log2.": _slip(
        lambda p, a, b: (p * np.log(p / (a * b))).sum()
    ),
    "This is by log10. Bits take log2.": _slip(lambda p, a, b: (p * np.log10(p / (a * b))).sum()),
    "The sign is turned: how often both come together stands above the bar.": _slip(
        lambda p, a, b: (p * np.log2(a * b / p)).sum()
    ),
    "The weight before the log is missing: each place counts as often as it comes.": _slip(
        lambda p, a, b: np.log2(p / (a * b)).sum()
    ),
    "This compares with nothing: divide by what chance would give, P(piece) P(answer).": _slip(
        lambda p, a, b: (p * np.log2(p)).sum()
    ),
    "This is the entropy of piece and answer together. Divide by P(piece) P(answer).": _slip(
        lambda p, a, b: -(p * np.log2(p)).sum()
    ),
    "P(piece) is missing below the bar.": _slip(lambda p, a, b: (p * np.log2(p / b)).sum()),
    "P(answer) is missing below the bar.": _slip(lambda p, a, b: (p * np.log2(p / a)).sum()),
    "This is how much the answer varies for one piece, its noise. The bits are what is left of the "
    "answer's entropy without it.": _slip(lambda p, a, b: -(p * np.log2(p / a)).sum()),
    "This is what is still open about the piece when the answer is known. The bits are what is "
    "known by then.": _slip(lambda p, a, b: -(p * np.log2(p / b)).sum()),
    "This is the entropy of the answer: how much it varies, for whatever reason.": _slip(
        lambda p, a, b: -(p * np.log2(b)).sum()
    ),
    "This is the entropy of the piece: what an answer could tell at most.": _slip(
        lambda p, a, b: -(p * np.log2(a)).sum()
    ),
    "This sums over the pieces; weigh each with how often it comes, P(piece).": _slip(
        lambda p, a, b: (p / a * np.log2(p / (a * b))).sum()
    ),
    "These are trials, not frequencies: divide the table by its sum first.": _by_counts,
    "You take all pieces as equally frequent. Divide by the sum of the whole table.": _even,
    "This is the mean over the places of the table; the sum is asked.": _mean,
}
