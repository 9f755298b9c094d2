"""Questions 3 to 5 of lab permuted-digits: what is forgotten, shared, and confused.

    end        mean of the last row of a table
    forgotten  mean over all tasks but the last of (best before the end) - (at the end)
    overlap    r_j . r_k / |r_j| |r_k|;  by chance, with k of N neurons always on: k / N
    confused   mean over tasks of the accuracy under the context of the next one

    symbol     meaning                                          shape
    table      accuracy after each task on each                 (K, K)
    r          how often each neuron is on                      (N,)

Functions are tried on drawn numbers, against loops; a miss is compared with known slips. Numbers
that are measured are held against what any such network can give, and against each other.

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .permuted_digits_network import KINDS, WIDTH, WINNERS
from .values import Blank, Wrong, array, call, is_blank, number


def parts(value: Any, names: tuple[str, ...]) -> tuple:
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Wrong(f"Pass {len(names)} things: ({', '.join(names)}).")
    if is_blank(value):
        raise Blank
    return tuple(value)


def by_name(found: Any, slips: dict[str, Callable], *given: Any) -> None:
    """Raise the reason whose slip gives the same."""
    for reason, slip in slips.items():
        try:
            other = np.asarray(slip(*given), dtype=float)
        except (IndexError, ValueError):
            continue
        if np.shape(found) == other.shape and np.allclose(found, other, rtol=1e-5, atol=1e-8):
            raise Wrong(reason)


# Question 3


def end_and_forgotten(table: np.ndarray) -> tuple[float, float]:
    last = len(table) - 1
    end = sum(table[last][k] for k in range(last + 1)) / (last + 1)
    lost = [max(table[j][k] for j in range(k, last)) - table[last][k] for k in range(last)]
    return end, sum(lost) / last


def _tables() -> list[np.ndarray]:
    chance = np.random.default_rng(7)
    return [np.tril(chance.uniform(0.2, 1, (k, k))) for k in (3, 5, 6)]


def _with_end(forgotten: Callable) -> Callable:
    return lambda t: (t[-1].mean(), forgotten(t))


SUMMARY_SLIPS: dict[str, Callable] = {
    "The mean at the end is that of the last row, not of the diagonal.": (
        lambda t: (np.diag(t).mean(), end_and_forgotten(t)[1])
    ),
    "The mean at the end is that of the last row, not of the last column.": (
        lambda t: (t[:, -1].mean(), end_and_forgotten(t)[1])
    ),
    "You count from right after learning. Count from the best each task ever was before the "
    "end.": _with_end(lambda t: (np.diag(t) - t[-1])[:-1].mean()),
    "The last task cannot be forgotten yet: leave it out of the mean.": (
        _with_end(lambda t: (t.max(0) - t[-1]).mean())
    ),
    "Forgotten is a loss, above zero: best minus last.": (
        _with_end(lambda t: -end_and_forgotten(t)[1])
    ),
    "You pass (forgotten, end). Turn them round.": lambda t: end_and_forgotten(t)[::-1],
}


def judge_forgotten(value: Any) -> str:
    summary, guesses, measured = parts(value, ("summary", "guesses", "measured"))
    for table in _tables():
        found = array(call(summary, table.copy()), shape=(2,))
        right = end_and_forgotten(table)
        if not np.allclose(found, right, atol=1e-6):
            by_name(found, SUMMARY_SLIPS, table)
            raise Wrong(
                f"A table of {len(table)} tasks gives {right[0]:.3f} at the end and "
                f"{right[1]:.3f} forgotten; yours {found[0]:.3f} and {found[1]:.3f}."
            )
    guessed = array(guesses, shape=(3,))
    if ((guessed < 0) | (guessed > 1)).any():
        raise Wrong("Guesses are parts, from 0 to 1.")
    there = array(measured, shape=(3, 2))
    if not ((there[:, 0] > 0.05) & (there[:, 0] <= 1)).all():
        raise Wrong("What you measured is no accuracy: summarise the table of each network.")
    if there[0, 1] < there[2, 1]:
        raise Wrong(
            "Your dense network forgets less than the one with dendrites. Is each table that of "
            "a fresh network?"
        )
    listed = ", ".join(
        f"{kind} {end:.2f} (guess {g:.2f})"
        for kind, g, (end, _) in zip(KINDS, guessed, there, strict=True)
    )
    return f"At the end: {listed}."


# Question 4


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5


OVERLAP_SLIPS: dict[str, Callable] = {
    "The product is not yet divided by the lengths.": lambda a, b: a @ b,
    "This is a correlation: leave the means in.": lambda a, b: np.corrcoef(a, b)[0, 1],
    "Divide by both lengths, not by their squares.": lambda a, b: a @ b / (a @ a * (b @ b)),
    "This counts shared neurons. The overlap weighs how often each is on.": (
        lambda a, b: ((a > 0) & (b > 0)).sum()
    ),
}


def judge_overlap(value: Any) -> str:
    overlap, predicted, measured = parts(value, ("overlap", "predicted", "measured"))
    chance = np.random.default_rng(9)
    for _ in range(4):
        one, other = chance.uniform(0, 1, (2, 20)) * (chance.uniform(size=(2, 20)) < 0.5)
        found, right = number(call(overlap, one, other)), cosine(one, other)
        if abs(found - right) > 1e-6:
            by_name(found, OVERLAP_SLIPS, one, other)
            raise Wrong(f"Two tasks overlap by {right:.3f}; yours says {found:.4g}.")
    given, right = number(predicted), WINNERS / WIDTH
    if abs(given - right) > 0.02 * right:
        known = {
            "You squared it. The numerator is k k / N, the lengths are the root of k.": right**2,
            "This is how many neurons are shared. Divide by the lengths.": WINNERS**2 / WIDTH,
            "This is how many neurons win.": WINNERS,
        }
        for reason, slip in known.items():
            if abs(given - slip) < 0.02 * slip:
                raise Wrong(reason)
        raise Wrong(f"{given:.4g} is too {'low' if given < right else 'high'}.")
    there = array(measured, shape=(3,))
    if not ((there > 0) & (there <= 1 + 1e-9)).all():
        raise Wrong("An overlap lies between 0 and 1.")
    if there[0] < max(there[1:]):
        raise Wrong("The dense network should overlap most. Did you take its own rates?")
    listed = ", ".join(f"{kind} {o:.2f}" for kind, o in zip(KINDS, there, strict=True))
    return f"Chance gives {right:.3f}. Measured: {listed}."


# Question 5


def judge_confused(value: Any) -> str:
    confused, guess, measured = parts(value, ("confused", "guess", "measured"))
    chance = np.random.default_rng(11)
    for count in (3, 5):
        table = chance.uniform(0.1, 1, (count, count))
        found = number(call(confused, lambda k, j, t=table: float(t[k, j]), count))
        right = sum(table[k][k + 1 if k + 1 < count else 0] for k in range(count)) / count
        if abs(found - right) > 1e-6:
            known: dict[str, Callable] = {
                "These are the right contexts. Give each task that of the next.": (
                    lambda t: np.diag(t).mean()
                ),
                "These are all contexts. Give each task that of the next alone.": (
                    lambda t: t.mean()
                ),
                "Each task has the context of the one before. accuracy(task, context) takes the "
                "task first.": (lambda t: np.mean([t[k, k - 1] for k in range(len(t))])),
                "The last task is left out: it gets the context of the first.": (
                    lambda t: np.mean([t[k, k + 1] for k in range(len(t) - 1)])
                ),
            }
            by_name(found, known, table)
            raise Wrong(f"For {count} tasks it should be {right:.3f}; yours is {found:.4g}.")
    guessed, (own, other) = number(guess), array(measured, shape=(2,))
    if not 0 <= guessed <= 1:
        raise Wrong("The guess is a part, from 0 to 1.")
    if not 0 < other < own <= 1:
        raise Wrong("Pass (own, confused): with its own contexts a network should do better.")
    return (
        f"{own:.2f} with its own contexts, {other:.2f} with those of the next task (guess "
        f"{guessed:.2f})."
    )
