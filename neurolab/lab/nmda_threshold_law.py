"""Question 1 of lab nmda-threshold: is a function the chance to meet so many cells, or more?

    sum over b >= theta of C(s, b) C(n - s, a - b) / C(n, a)

What a learner writes is compared with exact fractions: whole patterns are counted, in whole
numbers, for populations from 6 to 500 cells. One that misses is compared with known slips.
"""

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

from .values import Wrong, call, number

CASES = ((1, 6, 3, 3), (2, 30, 8, 6), (4, 100, 20, 10), (7, 500, 50, 20), (3, 40, 20, 12))


def ways(theta: int, n: int, a: int, s: int) -> int:
    """Patterns of a of n cells that have theta or more of s marked ones."""
    return sum(comb(s, b) * comb(n - s, a - b) for b in range(theta, min(s, a) + 1))


def exact(theta: int, n: int, a: int, s: int) -> float:
    return float(Fraction(ways(theta, n, a, s), comb(n, a)))


def judge_law(law: Any) -> str:
    made = [number(call(law, *case), "For each case, one number") for case in CASES]
    right = [exact(*case) for case in CASES]
    if all(map(_near, made, right)):
        theta, n, a, s = CASES[3]
        return (
            f"A stranger meets {theta} of {s} synapses or more in {100 * made[3]:.3f} % of all "
            f"cases ({n} cells, {a} active)."
        )
    for reason, slip in SLIPS.items():
        if all(map(_near, made, [slip(*case) for case in CASES])):
            raise Wrong(reason)
    theta, n, a, s = next(c for c, m in zip(CASES, made, strict=True) if not _near(m, exact(*c)))
    found = made[CASES.index((theta, n, a, s))]
    raise Wrong(
        f"Of {n} cells {a} are active, and {s} are marked: {theta} or more of these are met with a "
        f"chance of {exact(theta, n, a, s):.4g}; yours says {found:.4g}."
    )


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * abs(other) + 1e-15


def _coins(theta: int, n: int, a: int, s: int) -> float:
    p = a / n
    return sum(comb(s, b) * p**b * (1 - p) ** (s - b) for b in range(theta, s + 1))


SLIPS: dict[str, Callable[..., float]] = {
    "This is the chance of exactly theta; add up all b from theta on.": lambda t, n, a, s: (
        exact(t, n, a, s) - exact(t + 1, n, a, s)
    ),
    "Your sum begins at theta + 1: with theta active synapses the segment is active.": (
        lambda t, n, a, s: exact(t + 1, n, a, s)
    ),
    "This is the chance of less than theta, of a silent segment.": lambda t, n, a, s: (
        1 - exact(t, n, a, s)
    ),
    "These are ways, not a chance: divide by all patterns, C(n, a).": lambda t, n, a, s: float(
        ways(t, n, a, s)
    ),
    "This is a sum over coins: a cell that has fired cannot fire again, so count patterns.": _coins,
    "One power of a / n leaves out which of the synapses are met.": lambda t, n, a, s: (a / n) ** t,
    "The other active cells come from the n - s cells without a synapse, not from all n.": (
        lambda t, n, a, s: (
            sum(comb(s, b) * comb(n, a - b) for b in range(t, min(s, a) + 1)) / comb(n, a)
        )
    ),
    "Your sum ends at s - 1: in Python range(theta, s) leaves out s.": lambda t, n, a, s: (
        exact(t, n, a, s) - exact(s, n, a, s)
    ),
}
