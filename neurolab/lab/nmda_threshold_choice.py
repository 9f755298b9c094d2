"""Questions 2 to 5 of lab nmda-threshold: which threshold has the fewest errors of both kinds?

    false(theta)     the law of question 1, theta of s synapses met by a of n cells
    missed(theta)    1 - the same law with a in place of n and a - moved in place of a
    total            false + missed; best: its smallest theta, from 1 to s

    symbol        meaning                                             shape    unit
    false, missed parts of drawn patterns, for theta = 1 .. s         (s,)     -
    moved         cells of the stored pattern that have moved         ()       cells

All laws are exact fractions here. What is measured must lie within the error of chance.
"""

import math
from typing import Any

import numpy as np

from .nmda_threshold_drawn import A, M, N, S
from .nmda_threshold_law import exact
from .values import Blank, Wrong, array, is_blank, number

LIMIT = 0.01  # of both errors together, in question 4
FEWEST = 1000  # draws from which a measured share says something


def false_match(theta: int, n: int = N, a: int = A, s: int = S) -> float:
    return exact(theta, n, a, s)


def missed_match(theta: int, moved: int = M, a: int = A, s: int = S) -> float:
    return 1 - exact(theta, a, a - moved, s)


def total(theta: int, n: int = N, a: int = A, s: int = S, moved: int = M) -> float:
    return false_match(theta, n, a, s) + missed_match(theta, moved, a, s)


def best(n: int = N, a: int = A, s: int = S, moved: int = M) -> int:
    return min(range(1, s + 1), key=lambda theta: total(theta, n, a, s, moved))


def judge_threshold(value: Any) -> str:
    theta, right = number(value), best()
    if theta == right:
        return f"Both errors together are {100 * total(right):.2f} %, fewest of all thresholds."
    known = {
        S: "There no stranger is taken, and nearly every return is missed. Add both errors.",
        1: "There nothing is missed, and nearly every stranger is taken. Add both errors.",
        S // 2: "Half of the synapses is a guess. Add both errors for each threshold.",
        S * (A - M) // A: "So many are left on average: about half of the returns have fewer.",
        S * A // N: "So many a stranger meets on average: half of the strangers have more.",
        best(moved=15): "This is best with 15 cells moved; here 20 have.",
        best(moved=25): "This is best with 25 cells moved; here 20 have.",
    }
    if theta in known:
        raise Wrong(known[int(theta)])
    if not theta.is_integer() or not 1 <= theta <= S:
        raise Wrong(f"A threshold is a whole number of synapses, from 1 to {S}.")
    raise Wrong(
        f"At {theta:.0f} both errors together are {100 * total(int(theta)):.2f} %. There is a "
        f"better one."
    )


# Question 3


def judge_measured(value: Any) -> str:
    if isinstance(value, list | tuple) and any(is_blank(part) for part in value):
        raise Blank
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (false, missed, number of patterns of each kind).")
    count = number(value[2], "For the number of patterns, one number")
    false, missed = (array(part).ravel() for part in value[:2])
    if false.shape != (S,) or missed.shape != (S,):
        raise Wrong(f"Each of both holds {S} shares, for thresholds 1 to {S}.")
    if count < FEWEST:
        raise Wrong(f"Draw at least {FEWEST} patterns of each kind.")
    laws = [np.array([law(t) for t in range(1, S + 1)]) for law in (false_match, missed_match)]
    if _within(false, laws[0], count) and _within(missed, laws[1], count):
        found = int(np.argmin(false + missed)) + 1
        return (
            f"Of all thresholds {found} has the fewest errors, {100 * (false + missed).min():.2f} "
            f"%; the law says {best()}."
        )
    if false.max() > 1.5 or missed.max() > 1.5:
        raise Wrong("Shares are from 0 to 1, not per cent and not counts.")
    if _within(missed, laws[0], count) and _within(false, laws[1], count):
        raise Wrong("The two are exchanged: strangers that reach it come first.")
    if _within(1 - false, laws[0], count) or _within(1 - missed, laws[1], count):
        raise Wrong(
            "One of them counts the others: a stranger errs when it reaches the threshold, a "
            "return when it does not."
        )
    one_up = [np.append(law[1:], end) for law, end in zip(laws, (0.0, 1.0), strict=True)]
    if _within(false, one_up[0], count) or _within(missed, one_up[1], count):
        raise Wrong(
            "With theta active synapses the segment is active: >= for one, < for the other."
        )
    name, made, law = ("false", false, laws[0])
    if _within(false, laws[0], count):
        name, made, law = ("missed", missed, laws[1])
    k = int(np.argmax(abs(made - law)))
    raise Wrong(
        f"{name}: at threshold {k + 1} the law says {law[k]:.4f}, you measured {made[k]:.4f}."
    )


def _within(made: np.ndarray, law: np.ndarray, count: float) -> bool:
    error = np.sqrt(law * (1 - law) / count)
    return bool((abs(made - law) <= 5 * error + 2.5 / count).all())


# Question 4


def least(moved: int) -> float:
    """Both errors together, at the best threshold."""
    return total(best(moved=moved), moved=moved)


def edge() -> int:
    """The most cells that may move before no threshold keeps both errors below ``LIMIT``."""
    return max(m for m in range(A + 1) if least(m) < LIMIT)


def judge_edge(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Wrong("Pass four things: (low, high, measured at low, measured at high).")
    if any(is_blank(part) for part in value):
        raise Blank
    low, high, at_low, at_high = (
        number(part, "Four numbers; for each, one number") for part in value
    )
    for moved in (low, high):
        if not moved.is_integer() or not 0 <= moved <= A:
            raise Wrong(f"Moved cells are whole numbers from 0 to {A}.")
    if low >= high:
        raise Wrong("low must be below high.")
    if least(int(low)) >= LIMIT:
        raise Wrong(
            f"With {low:.0f} cells moved the best threshold still errs in "
            f"{100 * least(int(low)):.1f} %. Take low lower."
        )
    if least(int(high)) < LIMIT:
        raise Wrong(
            f"With {high:.0f} cells moved threshold {best(moved=int(high))} errs in "
            f"{100 * least(int(high)):.2f} %. Take high higher."
        )
    if high - low > 6:
        raise Wrong("The edge lies between them, but closer: at most 6 cells apart.")
    if at_low > 1 or at_high > 1:
        raise Wrong("Shares are from 0 to 1, not per cent.")
    if at_low >= at_high:
        raise Wrong(
            "You measured fewer errors where more cells moved. Draw the returns anew for each."
        )
    for moved, found in ((low, at_low), (high, at_high)):
        law = least(int(moved))
        if abs(found - law) > 0.5 * law + 0.002:
            raise Wrong(
                f"With {moved:.0f} cells moved the law says {100 * law:.2f} % at the best "
                f"threshold; you measured {100 * found:.2f} %."
            )
    return (
        f"With {low:.0f} moved {100 * at_low:.2f} %, with {high:.0f} {100 * at_high:.2f} %. By "
        f"the law the edge is at {edge()} cells, {100 * edge() / A:.0f} % of the pattern."
    )


# Question 5


def judge_own(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 6:
        raise Wrong("Pass six things: (n, a, s, moved, predicted, measured).")
    if any(is_blank(part) for part in value):
        raise Blank
    found = [number(part, "Six numbers; for each, one number") for part in value]
    limits = (("n", 300, 5000), ("a", 20, 100), ("s", 10, 40), ("moved", 2, 60))
    for (name, low, high), x in zip(limits, found, strict=False):
        if not x.is_integer() or not low <= x <= high:
            raise Wrong(f"{name}: a whole number from {low} to {high}.")
    n, a, s, moved, predicted, measured = (int(x) if x.is_integer() else x for x in found)
    if s > a or moved >= a:
        raise Wrong("The segment has at most a synapses, and less than a cells may move.")
    if (n, a, s, moved) == (N, A, S, M):
        raise Wrong("These are ours. Choose your own.")
    right = best(n, a, s, moved)
    if predicted != right:
        if predicted == best(n, a, s, min(M, a - 1)):
            raise Wrong("This would be best with 20 cells moved: put in your own number.")
        if predicted == best(N, a, s, moved) and s <= a <= N:
            raise Wrong("This would be best among 500 cells: put in your own n.")
        if not 1 <= predicted <= s:
            raise Wrong(f"The segment has {s} synapses: a threshold is from 1 to {s}.")
        raise Wrong(
            f"At {predicted:.0f} both errors together are "
            f"{100 * total(round(predicted), n, a, s, moved):.3g} %; another threshold has "
            f"{100 * total(right, n, a, s, moved):.3g} %."
        )
    if not 1 <= measured <= s or measured != int(measured):
        raise Wrong(f"Measured, too, is a threshold: a whole number from 1 to {s}.")
    least_of_all, there = (total(int(t), n, a, s, moved) for t in (right, measured))
    if there > 4 * least_of_all + 0.002:
        raise Wrong(
            f"Measured {measured:.0f} errs in {100 * there:.2g} % by the law, {right} in "
            f"{100 * least_of_all:.2g} %. Were strangers and returns drawn with your own sizes?"
        )
    near = "the same" if measured == right else "chance cannot tell them apart here"
    digits = max(0, 1 - math.floor(math.log10(max(least_of_all, 1e-12)) + 2))
    return (
        f"Predicted {right}, measured {measured:.0f}: {near}. Errors of both kinds: "
        f"{100 * least_of_all:.{digits}f} %."
    )
