"""Questions 3 and 4 of lab temporal: what moves a spike, and by how much?

    dt/dw_i, dt/dt_i     by moving each weight and each time a little, and searching again
    1 / |dt/dw|^2        rate at which a step down the gradient moves t by 1 ms, to first order

    symbol    meaning                                              shape    unit
    by_w      dt/dw_i                                              (I,)     ms^2 / threshold
    by_t      dt/dt_i                                              (I,)     -
    rate      of w - rate dt/dw                                    ()       threshold^2 / ms^3

The judge knows no formula for the derivatives: it takes central differences of the search in
``temporal_search.py``. An answer that misses is compared with known slips.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .temporal_search import DECAY, FIRING, Neuron, neurons, search
from .values import Blank, Wrong, array, call, is_blank, number

APART, NEAR = 1e-4, 2e-3
SOONER = 1.0  # ms, of question 4
NAMES = "derivatives by the weights", "derivatives by the times"


def differences(t_in: np.ndarray, w: np.ndarray, decay: float) -> tuple[np.ndarray, np.ndarray]:
    """dt/dw (I,) and dt/dt_in (I,), by central differences."""
    by_w, by_t = np.zeros_like(w), np.zeros_like(t_in)
    for k, unit in enumerate(np.eye(len(w)) * APART):
        by_w[k] = search(t_in, w + unit, decay) - search(t_in, w - unit, decay)
        by_t[k] = search(t_in + unit, w, decay) - search(t_in - unit, w, decay)
    return by_w / (2 * APART), by_t / (2 * APART)


@functools.cache
def cases() -> tuple[tuple[Neuron, np.ndarray, np.ndarray], ...]:
    """Three neurons with inputs before and after their spike, and their two derivatives."""
    some = [one for one in neurons()[:FIRING] if 2 <= (one.t_in < one.t).sum() < len(one.t_in)]
    return tuple((one, *differences(one.t_in, one.w, DECAY)) for one in some[:3])


def judge_gradient(function: Any) -> str:
    found = [_two(call(function, one.t, one.t_in, one.w, DECAY), one) for one, _, _ in cases()]
    right = [both for _, *both in cases()]
    if not _alike(found, right, NEAR):
        for reason, slip in SLIPS.items():
            if _alike(found, [slip(_parts(one)) for one, _, _ in cases()], 1e-5):
                raise Wrong(reason)
        _miss(found, right)
    total = ", ".join(f"{by_t.sum():.3f}" for _, by_t in found)
    return (
        "Both are what moving each input a little says. The derivatives by the times add up to "
        f"{total}: move all inputs by 1 ms, and the spike moves along."
    )


def _two(answer: Any, one: Neuron) -> list[np.ndarray]:
    if is_blank(answer):
        raise Blank
    if not isinstance(answer, list | tuple | np.ndarray) or len(answer) != 2:
        raise Wrong("Return two things: the derivatives by the weights and by the times.")
    found = []
    for part, name in zip(answer, NAMES, strict=True):
        part = array(part)
        if part.shape != one.w.shape:
            late = " Those after t count, with 0." if part.size < one.w.size else ""
            raise Wrong(f"The {name} are one for each of {one.w.size} inputs.{late}")
        found.append(part)
    return found


def _alike(found: list, right: list, near: float) -> bool:
    return all(
        np.allclose(part, asked, rtol=near, atol=near)
        for two, pair in zip(found, right, strict=True)
        for part, asked in zip(two, pair, strict=True)
    )


def _miss(found: list, right: list) -> None:
    """Say which of the two misses, and where."""
    for two, pair in zip(found, right, strict=True):
        for part, asked, name in zip(two, pair, NAMES, strict=True):
            off = np.abs(part - asked) > NEAR * (1 + np.abs(asked))
            if off.any() or not np.isfinite(part).all():
                k = int(off.argmax())
                raise Wrong(
                    f"Of the {name}, that of input {k} is {asked[k]:.4g} by moving it a little; "
                    f"yours {part[k]:.4g}."
                )
    raise Wrong("The derivatives miss.")


class Parts(NamedTuple):
    """What the two derivatives are made of, for each input."""

    on: np.ndarray  # 1 before t, 0 after it
    w: np.ndarray
    wave: np.ndarray  # what a weight of 1 adds to v at t, also where it would be below 0
    rise: np.ndarray  # its slope
    slope: float  # of v at t


def _parts(one: Neuron) -> Parts:
    since, on = one.t - one.t_in, (one.t_in < one.t).astype(float)
    fade = np.exp(-DECAY * since)
    rise = (1 - DECAY * since) * fade
    return Parts(on, one.w, since * fade, rise, float((on * one.w * rise).sum()))


def _late(one: Parts) -> float:
    """The slope of v with the inputs after t in it."""
    return float((one.w * one.rise).sum())


SLIPS: dict[str, Callable[[Parts], tuple[np.ndarray, np.ndarray]]] = {
    "The two are right, in the other order: first by the weights.": (
        lambda p: (p.on * p.w * p.rise / p.slope, -p.on * p.wave / p.slope)
    ),
    "The sign by the weights: more weight lifts v, and the spike comes sooner.": (
        lambda p: (p.on * p.wave / p.slope, p.on * p.w * p.rise / p.slope)
    ),
    "The sign by the times: move all inputs later, and the spike comes later.": (
        lambda p: (-p.on * p.wave / p.slope, -p.on * p.w * p.rise / p.slope)
    ),
    "Both signs are turned.": (lambda p: (p.on * p.wave / p.slope, -p.on * p.w * p.rise / p.slope)),
    "Divide by the slope of v at t: how far t must move depends on how steep v is.": (
        lambda p: (-p.on * p.wave, p.on * p.w * p.rise)
    ),
    "Multiplied by the slope of v; divide by it.": (
        lambda p: (-p.on * p.wave * p.slope, p.on * p.w * p.rise * p.slope)
    ),
    "Inputs after t have no say: their derivatives are 0.": (
        lambda p: (-p.wave / p.slope, p.w * p.rise / p.slope)
    ),
    "Inputs after t have no part in the slope of v either.": (
        lambda p: (-p.on * p.wave / _late(p), p.on * p.w * p.rise / _late(p))
    ),
    "Inputs after t have no say: 0 for them, and no part in the slope of v.": (
        lambda p: (-p.wave / _late(p), p.w * p.rise / _late(p))
    ),
    "The derivative by a time lacks its weight.": (
        lambda p: (-p.on * p.wave / p.slope, p.on * p.rise / p.slope)
    ),
    "The derivative by a weight has the weight in it: v changes by the wave alone.": (
        lambda p: (-p.on * p.w * p.wave / p.slope, p.on * p.w * p.rise / p.slope)
    ),
    "By the times you use the height of the wave; its slope is asked, 1 - decay (t - t_i) times "
    "the exponential.": lambda p: (-p.on * p.wave / p.slope, p.on * p.w * p.wave / p.slope),
}


# Question 4


class Step(NamedTuple):
    """The neuron of question 4, that of the live figure."""

    t_in: np.ndarray
    w: np.ndarray
    t: float
    by_w: np.ndarray

    def moved(self, rate: float) -> float:
        """By how much one step down the gradient moves the spike, in ms."""
        return search(self.t_in, self.w - rate * self.by_w, DECAY) - self.t


@functools.cache
def example() -> Step:
    t_in, w = np.array([2.0, 8.0, 15.0]), np.array([0.4, 0.3, 0.3])
    return Step(t_in, w, search(t_in, w, DECAY), differences(t_in, w, DECAY)[0])


def judge_step(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (rate, moved).")
    rate, moved = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, ("rate", "moved"), strict=True)
    )
    g = example().by_w
    right = SOONER / float(g @ g)
    if abs(rate - right) > 0.02 * right:
        length = math.sqrt(g @ g)
        known = {
            "The length of the gradient comes in twice: as the step and as its effect.": 1 / length,
            "This is the sum of squares itself; 1 ms over it.": 1 / right,
            "This divides by the sum; each weight's step times its derivative has a square.": (
                1 / float(abs(g).sum())
            ),
            "This divides by the largest derivative: all weights move.": 1 / float(abs(g).max()),
            "This moves the largest derivative's weight alone: all weights move.": (
                1 / float(abs(g).max()) ** 2
            ),
            "A rate is above 0: the minus is in w - rate g.": -right,
            "Half of it: there is no 1/2 here.": right / 2,
        }
        for reason, slip in known.items():
            if abs(rate - slip) < 0.02 * abs(slip):
                raise Wrong(reason)
        raise Wrong(f"{rate:.4g} is too {'small' if rate < right else 'large'}.")
    _judge_moved(moved, rate)
    tenth = example().moved(rate / 10)
    return (
        f"Predicted {-SOONER:.3f} ms, measured {moved:.3f}. A tenth of the rate: predicted "
        f"{-SOONER / 10:.3f}, measured {tenth:.3f}; the gradient is a tangent."
    )


def _judge_moved(moved: float, rate: float) -> None:
    there = example().moved(rate)
    if abs(moved - there) < 1e-3:
        return
    if abs(moved + SOONER) < 1e-6:
        raise Wrong("The second number is your prediction. What did the neuron do?")
    if abs(moved + there) < 1e-3:
        raise Wrong("The sign: after minus before, which is below 0 when it comes sooner.")
    if abs(moved - example().t - there) < 1e-3:
        raise Wrong("This is when it fires now; by how much has it moved?")
    up = example().moved(-rate)
    if abs(moved - up) < 1e-3 or not math.isfinite(moved):
        raise Wrong("You went up the gradient: w - rate g.")
    raise Wrong(f"You measured {moved:.4g} ms where a search says {there:.3f}.")
