"""Questions 4 and 5 of lab spaun-exam: when a copy counts, and what so many trials can show.

    counts   the known picture most like the drawing is of the wanted digit, and the drawing is more
             like the picture shown than a rival is;  like: correlation of pixels
    Wilson   all p with |right / n - p| <= z sqrt(p (1 - p) / n)

    symbol    meaning                                   shape
    drawn     what the network drew                     (P,)
    shown     the picture it was shown                  (P,)
    mean      the rival: that digit without its hand    (P,)
    known     pictures of the reader, and their labels  (M, P), (M,)

The first is tried on real digits that are copied, swapped, blended and made faint; the second
against the bounds that bisection finds.

Reference: Wilson (1927), doi:10.1080/01621459.1927.10502953
"""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from neurolab import tasks

from .values import Blank, Wrong, array, call, is_blank, number

KNOWN, Z = 200, 1.96


class Case(NamedTuple):
    drawn: np.ndarray
    shown: np.ndarray
    mean: np.ndarray
    wanted: int
    told: str
    counts: bool


def like(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation: mean product less product of means, over the spreads."""
    over = math.sqrt((a @ a / len(a) - a.mean() ** 2) * (b @ b / len(b) - b.mean() ** 2))
    return float((a @ b / len(a) - a.mean() * b.mean()) / over) if over else 0.0


@functools.cache
def known() -> tuple[np.ndarray, np.ndarray]:
    """Pictures that the reader knows (M, 64), and their labels."""
    x, y = tasks.load("digits", split="train")
    return x[:KNOWN].flatten(1).double().numpy(), y[:KNOWN].numpy()


def read(drawn: np.ndarray) -> int:
    x, y = known()
    return int(y[max(range(len(x)), key=lambda k: like(drawn, x[k]))])


def counts(drawn: np.ndarray, shown: np.ndarray, mean: np.ndarray, wanted: int) -> bool:
    return read(drawn) == wanted and like(drawn, shown) > like(mean, shown)


@functools.cache
def cases() -> tuple[Case, ...]:
    """Drawings of every kind that a judge must tell apart."""
    x, y = known()
    new, labels = tasks.load("digits", split="test")
    new, labels = new.flatten(1).double().numpy()[:60], labels.numpy()[:60]
    means = [x[y == k].mean(0) for k in range(10)]
    found: list[Case] = []

    def add(drawn, at, told):
        mean, wanted = means[labels[at]], int(labels[at])
        right = counts(drawn, new[at], mean, wanted)
        found.append(Case(drawn, new[at], mean, wanted, told, right))

    for at in range(0, 12):
        mean = means[labels[at]]
        add(0.8 * new[at] + 0.2 * mean, at, "a near copy")
        add(0.3 * new[at] + 0.1, at, "a faint copy, on grey paper")
        add(0.5 * mean, at, "the mean drawing, faint")
        add(means[(labels[at] + 1) % 10], at, "the mean drawing of another digit")
        add(x[y == labels[at]][at], at, "that digit, in another hand")
    for at in range(60):  # read as another digit, and yet nearer to the picture than the mean is
        mean = means[labels[at]]
        near = max(range(len(x)), key=lambda k: -9.0 if y[k] == labels[at] else like(x[k], new[at]))
        if like(x[near], new[at]) > like(mean, new[at]):
            add(x[near], at, "another digit that is like the picture")
    return tuple(found)


def _best(drawn, x, y, far):
    return int(y[min(range(len(x)), key=lambda k: far(drawn, x[k]))])


def _apart(a, b):
    return float(((a - b) ** 2).sum())


COUNT_SLIPS: dict[str, Callable] = {
    "You only read: then recognising would pass as copying.": (
        lambda d, s, m, w, x, y: _best(d, x, y, lambda a, b: -like(a, b)) == w
    ),
    "You only ask for likeness: a drawing of another digit may be nearer than the rival.": (
        lambda d, s, m, w, x, y: like(d, s) > like(m, s)
    ),
    "One of the two is not enough: both must hold.": (
        lambda d, s, m, w, x, y: (
            _best(d, x, y, lambda a, b: -like(a, b)) == w or like(d, s) > like(m, s)
        )
    ),
    "Compare with how like the rival is to the picture, not to the drawing.": (
        lambda d, s, m, w, x, y: (
            _best(d, x, y, lambda a, b: -like(a, b)) == w and like(d, s) > like(d, m)
        )
    ),
    "Distances depend on how dark a drawing is; take the correlation of pixels.": (
        lambda d, s, m, w, x, y: _best(d, x, y, _apart) == w and _apart(d, s) < _apart(m, s)
    ),
    "This is the other way round: these are the drawings that do not count.": (
        lambda d, s, m, w, x, y: not counts(d, s, m, w)
    ),
}


def judge_counts(function: Any) -> str:
    x, y = known()
    found = []
    for case in cases():
        given = (case.drawn, case.shown, case.mean, case.wanted, x, y)
        answer = array(call(function, *(v.copy() if hasattr(v, "copy") else v for v in given)))
        if answer.size != 1 or float(answer.reshape(())) not in (0.0, 1.0):
            raise Wrong("Return True or False.")
        found.append(bool(answer.reshape(())))
    wrong = [k for k, case in enumerate(cases()) if found[k] != case.counts]
    if wrong:
        for reason, slip in COUNT_SLIPS.items():
            if found == [
                bool(slip(c.drawn, c.shown, c.mean, c.wanted, x, y)) for c in cases()
            ]:  # fmt: skip
                raise Wrong(reason)
        case = cases()[wrong[0]]
        said = "counts" if case.counts else "does not count"
        raise Wrong(
            f"{len(wrong)} of {len(found)} drawings are judged wrongly. One is {case.told}: it "
            f"is read as {read(case.drawn)} where {case.wanted} is wanted, it is "
            f"{like(case.drawn, case.shown):.2f} like the picture and the rival "
            f"{like(case.mean, case.shown):.2f}, so it {said}."
        )
    return f"{sum(found)} of {len(found)} drawings count, and they are the right ones."


# Question 5


def bounds(right: int, trials: int) -> tuple[float, float]:
    """Where a chance p just is Z standard errors away, by bisection."""
    share, ends = right / trials, []

    def far(p):
        return (share - p) ** 2 - Z * Z * p * (1 - p) / trials

    for outer in (0.0, 1.0):
        inside, outside = share, outer
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if far(middle) > 0 else (middle, outside)
        ends.append((inside + outside) / 2)
    return ends[0], ends[1]


def _wilson(right, trials, shift=2.0, over=True, share=None):
    p = right / trials if share is None else share
    middle = p + (Z * Z / (shift * trials) if shift else 0.0)
    half = Z * math.sqrt(max(0.0, p * (1 - p)) / trials + Z * Z / (4 * trials * trials))
    below = 1 + Z * Z / trials if over else 1.0
    return (middle - half) / below, (middle + half) / below


def _normal(right, trials):
    p = right / trials
    half = Z * math.sqrt(p * (1 - p) / trials)
    return p - half, p + half


WILSON_SLIPS: dict[str, Callable] = {
    "This is p -+ z sqrt(p (1 - p) / n): with all right it shrinks to a point. Take Wilson's.": (
        _normal
    ),
    "Divide both ends by 1 + z^2 / n.": lambda r, n: _wilson(r, n, over=False),
    "The middle is not p: z^2 / 2n is added to it.": lambda r, n: _wilson(r, n, shift=0.0),
    "What is added to p is z^2 / 2n, not z^2 / n.": lambda r, n: _wilson(r, n, shift=1.0),
    "`right` is how many were right; the share is right / trials.": (
        lambda r, n: _wilson(r, n, share=r)
    ),
    "The lower end comes first.": lambda r, n: _wilson(r, n)[::-1],
}
TRIED = ((20, 25), (25, 25), (0, 4), (3, 4), (60, 100))


def judge_wilson(value: Any) -> str:
    if callable(value) or not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your function and a number of trials: (wilson, fewest).")
    if any(is_blank(part) for part in value):
        raise Blank
    function, fewest = value
    found = np.array([array(call(function, r, n), shape=(2,)) for r, n in TRIED])
    wanted = np.array([bounds(r, n) for r, n in TRIED])
    if not np.allclose(found, wanted, atol=1e-3):
        for reason, slip in WILSON_SLIPS.items():
            if np.allclose(found, [slip(r, n) for r, n in TRIED], atol=1e-3):
                raise Wrong(reason)
        k = int(np.abs(found - wanted).max(1).argmax())
        (low, high), (r, n) = wanted[k], TRIED[k]
        raise Wrong(
            f"{r} of {n} right: chances from {low:.3f} to {high:.3f} would not surprise; yours "
            f"{found[k][0]:.3f} to {found[k][1]:.3f}."
        )
    least = next(n for n in range(1, 1000) if bounds(n, n)[0] >= 0.8)
    given = number(fewest, "For the trials, one number")
    if given != least:
        low = bounds(round(given), round(given))[0] if 1 <= given < 10_000 else 0.0
        why = "below 0.8" if given < least else "and fewer do, too"
        raise Wrong(f"The function is right. {given:g} of {given:g} has its lower end at {low:.3f}, {why}.")  # fmt: skip  # noqa: E501
    return f"Five intervals; {least} of {least} is the least that shows 80 %."
