"""Questions 1 to 3 of lab stdp-digits: one weight at the spikes of its cell.

    dw = max(rate (p - target) (1 - w), -w)          at each spike of the cell
    1 - w = (1 - w_0) (1 - rate (p - target))^n     after n spikes at one trace, while w is above 0
    p = f tau / (1 + f tau)     mean, of an input that fires at random, f spikes a ms

    symbol    meaning                                              shape    unit
    w         weight, from 0 to 1                                  ()       -
    p         trace of its input; 1 at a spike of it               ()       -
    target    trace at which a weight stays                        ()       -
    n         spikes of the cell                                   ()       -

What a learner writes for question 1 is run for many spikes at one trace and compared with the
closed form; a rule that misses is compared with known slips, which run likewise. Question 2 is the
closed form solved for n. For question 3 the check shows the picture to cells of its own.

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .stdp_digits_network import one_cell
from .values import Wrong, array, call, number

CASES = (  # trace, first weight, rate, target, spikes
    (0.9, 0.2, 0.05, 0.3, 40),
    (0.1, 0.6, 0.05, 0.4, 20),
    (0.0, 0.1, 0.1, 0.5, 20),
)
RATE, TARGET, TAU, PEAK = 0.01, 0.3, 20.0, 0.06375  # of questions 2 and 3; ms, spikes a ms
START, GOAL = 0.1, 0.5  # weights


def after(trace: float, w: float, rate: float, target: float, spikes: int) -> float:
    """The weight after so many spikes, by the closed form; once at 0 it stays there."""
    factor = 1 - rate * (trace - target)
    return max(1 - (1 - w) * factor**spikes, 0.0)


def judge_change(change: Any) -> str:
    made = [_run(change, case) for case in CASES]
    found, right = [run[-1] for run in made], [after(*case) for case in CASES]
    if np.allclose(found, right, rtol=0, atol=1e-6):
        listed, said = (", ".join(f"{w:.3f}" for w in ends) for ends in (found, right))
        return f"Three weights end at {listed}; the closed form says {said}."
    for reason, slip in SLIPS.items():
        if all(
            np.allclose(run, _run(slip, case), rtol=1e-6, atol=1e-9)
            for run, case in zip(made, CASES, strict=True)
        ):
            raise Wrong(reason)
    for w, theory, case in zip(found, right, CASES, strict=True):
        if abs(w - theory) > 1e-6:
            trace, first, rate, target, spikes = case
            raise Wrong(
                f"At a trace of {trace}, with rate {rate} and target {target}, {spikes} spikes "
                f"bring a weight from {first} to {theory:.3f}; yours to {w:.4g}."
            )
    raise AssertionError("allclose and the loop above disagree")


def _run(change: Any, case: tuple) -> list[float]:
    """The weight after each spike; from 1e6 on it counts as lost and stays."""
    trace, w, rate, target, spikes = case
    found = []
    for _ in range(spikes):
        change_now = number(
            call(change, trace, w, rate, target), what="For the change of one weight, one number"
        )
        w = w + change_now if abs(w) < 1e6 else w
        found.append(w)
    return found


SLIPS: dict[str, Callable] = {
    "Nothing holds the weight above 0: it may lose at most itself, -w.": (
        lambda p, w, rate, target: rate * (p - target) * (1 - w)
    ),
    "The step does not shrink toward the largest weight: multiply by 1 - w.": (
        lambda p, w, rate, target: max(rate * (p - target), -w)
    ),
    "The target is missing: a weight must fall where the trace is below it.": (
        lambda p, w, rate, target: max(rate * p * (1 - w), -w)
    ),
    "This is the new weight. The change is asked: leave out the w + in front.": (
        lambda p, w, rate, target: max(w + rate * (p - target) * (1 - w), 0.0)
    ),
    "The sign is turned: a trace above the target makes the weight grow.": (
        lambda p, w, rate, target: max(rate * (target - p) * (1 - w), -w)
    ),
    "The step grows with w; it must shrink as w nears 1: multiply by 1 - w.": (
        lambda p, w, rate, target: max(rate * (p - target) * w, -w)
    ),
    "Your weights fall in proportion to w. Here gain and loss have the same factor, 1 - w.": (
        lambda p, w, rate, target: rate * (p - target) * ((1 - w) if p > target else w)
    ),
    "rate is missing.": lambda p, w, rate, target: max((p - target) * (1 - w), -w),
    "Your weights never fall: hold the change above -w, not above 0.": (
        lambda p, w, rate, target: max(rate * (p - target) * (1 - w), 0.0)
    ),
}


# Questions 2 and 3


def mean_trace(spikes_a_ms: float = PEAK) -> float:
    return spikes_a_ms * TAU / (1 + spikes_a_ms * TAU)


def spikes_to_goal(trace: float) -> float:
    """Spikes of the cell that bring a weight from ``START`` to ``GOAL``."""
    return math.log((1 - START) / (1 - GOAL)) / -math.log(1 - RATE * (trace - TARGET))


def trace_behind(spikes: float) -> float:
    """The trace that would bring a weight from ``START`` to ``GOAL`` in so many spikes."""
    return TARGET + (1 - ((1 - GOAL) / (1 - START)) ** (1 / spikes)) / RATE


def judge_spikes(value: Any) -> str:
    given, p = number(value), mean_trace()
    right = spikes_to_goal(p)
    if abs(given - right) < 0.04 * right:
        return f"Theory says {right:.0f} spikes, at a mean trace of {p:.2f}."
    known = {
        "The mean trace is f tau / (1 + f tau); you left out the division.": (
            spikes_to_goal(PEAK * TAU)
        ),
        "You took a trace of 1. That is a trace right at a spike (or f in spikes a second); its "
        "mean is f tau / (1 + f tau), with f in spikes a ms.": spikes_to_goal(1.0),
        "The target is left out: what counts is by how much the trace is above it.": (
            spikes_to_goal(p + TARGET)
        ),
        "You added equal steps. Each is in proportion to 1 - w, so they shrink.": (
            (GOAL - START) / (RATE * (p - TARGET))
        ),
        "You let w grow by a factor. It is 1 - w that shrinks by one.": (
            math.log(GOAL / START) / (RATE * (p - TARGET))
        ),
        "This halves 1 - w; from 0.1 to 0.5 it falls from 0.9 to 0.5.": (
            math.log(2) / (RATE * (p - TARGET))
        ),
        "This is log10; an exponential wants the natural logarithm.": (right * math.log10(math.e)),
        "The rate is left out: it is 0.01.": RATE * right,
        "The sign is turned: spikes are counted from 0 up.": -right,
    }
    name_slip(given, known)
    raise Wrong(f"{given:.4g} spikes are too {'few' if given < right else 'many'}.")


@functools.cache
def measured() -> float:
    """Spikes to the goal, mean of three cells of our own; read between two pieces."""
    found = []
    for seed in (100, 101, 102):
        shown = one_cell(seed)
        total = np.concatenate([[0], shown.spikes.cumsum()])
        found.append(np.interp(GOAL, shown.weights, total))
    return float(np.mean(found))


def judge_measured(value: Any) -> str:
    given, theory, own = array(value).ravel(), spikes_to_goal(mean_trace()), measured()
    if not np.isfinite(given).all():
        raise Wrong("Some of these are no finite numbers.")
    if np.allclose(given, theory, rtol=1e-3):
        raise Wrong("This is the prediction. What did the cells say?")
    mean = float(given.mean())
    if abs(mean - own) > 0.07 * own:
        shown = one_cell(100)
        pieces = int(np.argmax(shown.weights > GOAL))
        known = {
            "This counts pieces of 100 ms. Add up the spikes in them.": float(pieces),
            "These are all spikes of the run. Stop where the weight passes 0.5.": (
                float(shown.spikes.sum())
            ),
        }
        name_slip(mean, known, near=0.1)
        if 0 <= mean < 3 * shown.spikes.max():
            raise Wrong("These are the spikes of one piece. Add up those of all before.")
        raise Wrong(
            f"You need {mean:.4g} spikes; cells of our own needed {own:.0f}. Add up the spikes "
            "until the weight passes 0.5."
        )
    return (
        f"Your cells need {mean:.0f} spikes; theory says {theory:.0f}. At its spikes a cell sees a "
        f"mean trace of {trace_behind(mean):.2f}, not {mean_trace():.2f}."
    )


def name_slip(given: float, known: dict[str, float], near: float = 0.02) -> None:
    """Raise the reason whose slip is nearest, if one is as near as that."""

    def off(reason: str) -> float:
        return abs(given - known[reason]) / max(abs(known[reason]), 1e-9)

    reason = min(known, key=off)
    if off(reason) < near:
        raise Wrong(reason)
