"""Questions 1 and 2 of lab temporal: when does a neuron fire, and which inputs had a say?

    v(t) = (a t - b) exp(-decay t)             between two inputs
    a = sum of w_i exp(decay t_i),   b = sum of w_i t_i exp(decay t_i)       over those so far

Question 1 is judged by halving between the zero of v and its top, question 2 by the search of
``temporal_search.py``; neither knows Lambert's function. An answer that misses is compared with
known slips.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from neurolab.spiking.temporal import lambert_w

from .temporal_search import DECAY, FIRING, Neuron, crossing, neurons
from .values import Blank, Wrong, array, call, number

NEAR = 1e-3  # ms
RISING = ((0.9, 1.5, 0.2), (6.0, 3.0, 0.3), (1.4, -0.5, 0.4))  # a, b, decay
LOW = ((0.6, 1.0, 0.2), (1.0, 6.0, 0.3))


def moment(value: Any) -> float:
    """A time, which may be inf."""
    if isinstance(value, complex):
        raise Wrong("This is a complex number: scipy's lambertw needs `.real` behind it.")
    try:
        found = array(value)
    except Wrong:
        found = np.zeros(0)
    if found.size == 1 and found.item() == math.inf:
        return math.inf
    if found.size == 1 and math.isnan(found.item()):
        raise Wrong("nan is no time: return math.inf for never.")
    return number(value, what="For the time, one number")


def _asked(function: Any, *given: Any) -> float:
    """The answer for a neuron that never fires; nan where there is none."""
    try:
        return moment(call(function, *given))
    except Blank:
        return math.nan


# Question 1


def height(t: float, a: float, b: float, decay: float) -> float:
    return (a * t - b) * math.exp(-decay * t)


def rise(a: float, b: float, decay: float) -> float:
    """When v reaches 1 on its way up, by halving; inf: never."""
    low, high = b / a, b / a + 1 / decay
    if height(high, a, b, decay) < 1:
        return math.inf
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if height(middle, a, b, decay) >= 1 else (middle, high)
    return high


def fall(a: float, b: float, decay: float) -> float:
    """When v falls to 1 again."""
    low, high = b / a + 1 / decay, b / a + 50 / decay
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if height(middle, a, b, decay) >= 1 else (low, middle)
    return high


def judge_crossing(function: Any) -> str:
    found = [moment(call(function, *case)) for case in RISING]
    right = [rise(*case) for case in RISING]
    if not np.allclose(found, right, rtol=0, atol=NEAR):
        for reason, slip in CROSSING_SLIPS.items():
            for w in (lambert_w, _strict):
                made = [slip(*case, w) for case in RISING]
                if np.allclose(found, made, rtol=1e-4, atol=1e-6):
                    raise Wrong(reason)
        k = int(np.argmax(np.abs(np.subtract(found, right)) > NEAR))
        a, b, decay = RISING[k]
        raise Wrong(
            f"For a = {a}, b = {b} and decay {decay} the potential reaches 1 at {right[k]:.3f} ms; "
            f"yours at {found[k]:.4g} ms."
        )
    for a, b, decay in LOW:
        if _asked(function, a, b, decay) != math.inf:
            most = height(b / a + 1 / decay, a, b, decay)
            raise Wrong(
                f"For a = {a}, b = {b} and decay {decay} the potential never gets above "
                f"{most:.2f}: return math.inf where z is below -1/e."
            )
    listed = ", ".join(f"{t:.2f}" for t in found)
    return f"Three potentials reach 1 at {listed} ms, as halving finds; two never do."


def _strict(z: float) -> float:
    """W, and -inf where there is none, which makes the time inf."""
    return lambert_w(z) if z >= -1 / math.e else -math.inf


def _z(a: float, b: float, decay: float) -> float:
    return -decay / a * math.exp(decay * b / a)


CROSSING_SLIPS: dict[str, Callable] = {
    "This is when the potential falls to 1 again: the branch of W above -1 is the way up.": (
        lambda a, b, d, w: fall(a, b, d)
    ),
    "W counts in units of tau_s = 1 / decay: divide it by decay.": (
        lambda a, b, d, w: b / a - w(_z(a, b, d))
    ),
    "W is multiplied by decay; divide by it.": lambda a, b, d, w: b / a - d * w(_z(a, b, d)),
    "The sign before W: W is below 0 here, and t lies behind b / a.": (
        lambda a, b, d, w: b / a + w(_z(a, b, d)) / d
    ),
    "The sign of z: it is below 0.": lambda a, b, d, w: b / a - w(-_z(a, b, d)) / d,
    "The sign of the exponent: z grows with b / a.": (
        lambda a, b, d, w: b / a - w(_z(a, -b, d)) / d
    ),
    "The exponent lacks decay: it is decay b / a.": (
        lambda a, b, d, w: b / a - w(-d / a * math.exp(b / a)) / d
    ),
    "z lacks decay in front: it is -decay / a times the exponential.": (
        lambda a, b, d, w: b / a - w(_z(a, b, d) / d) / d
    ),
    "z lacks its exponential.": lambda a, b, d, w: b / a - w(-d / a) / d,
    "z lacks 1 / a.": lambda a, b, d, w: b / a - w(a * _z(a, b, d)) / d,
    "The first term is b / a: there the potential would be 0.": (
        lambda a, b, d, w: a / b - w(_z(a, b, d)) / d
    ),
    "The first term, b / a, is missing.": lambda a, b, d, w: -w(_z(a, b, d)) / d,
    "This is the top of the potential, which comes after it has reached 1.": (
        lambda a, b, d, w: b / a + 1 / d
    ),
}


# Question 2


def judge_time(function: Any) -> str:
    firing, silent = neurons()[:FIRING], neurons()[FIRING:]
    found = [moment(call(function, one.t_in, one.w, DECAY)) for one in firing]
    off = [abs(t - one.t) > NEAR for t, one in zip(found, firing, strict=True)]
    if any(off):
        for reason, slip in SET_SLIPS.items():
            made = [slip(one.t_in, one.w, DECAY) for one in firing]
            if np.allclose(found, made, rtol=1e-6, atol=1e-6):
                raise Wrong(reason)
        raise Wrong(_told(firing[off.index(True)], found[off.index(True)]))
    for one in silent:
        if _asked(function, one.t_in, one.w, DECAY) != math.inf:
            raise Wrong("A neuron whose potential stays below 1 never fires: return math.inf.")
    return (
        f"{len(firing)} neurons fire when a search finds them to, {len(silent)} never. "
        f"{sum(int((one.t_in > one.t).sum()) for one in firing)} inputs came too late to count."
    )


def _told(one: Neuron, t: float) -> str:
    times, weights = (", ".join(f"{x:.2f}" for x in part) for part in (one.t_in, one.w))
    return (
        f"Inputs at {times} ms with weights {weights}: the neuron fires at {one.t:.3f} ms; yours "
        f"at {t:.4g} ms."
    )


def _sums(t: float, w: float, decay: float) -> tuple[float, float]:
    return w * math.exp(decay * t), w * t * math.exp(decay * t)


def _walk(sums: Callable = _sums, accepts: Callable = lambda t, start, end: start <= t <= end):
    """The search for the causal set, with its sums or its condition changed."""

    def time(t_in: np.ndarray, w: np.ndarray, decay: float) -> float:
        a, b = 0.0, 0.0
        for t_i, w_i, end in zip(t_in, w, [*t_in[1:], math.inf], strict=True):
            more_a, more_b = sums(t_i, w_i, decay)
            a, b = a + more_a, b + more_b
            t = crossing(a, b, decay)
            if t < math.inf and accepts(t, t_i, end):
                return t
        return math.inf

    return time


def _at_once(t_in: np.ndarray, w: np.ndarray, decay: float) -> float:
    grown = w * np.exp(decay * t_in)
    return crossing(float(grown.sum()), float((grown * t_in).sum()), decay)


SET_SLIPS: dict[str, Callable] = {
    "All inputs are in your sums, those after the spike too: add them one by one.": _at_once,
    "A time behind the next input does not count: that input belongs to the set.": _walk(
        accepts=lambda t, start, end: start <= t
    ),
    "A time before the last input of the set does not count: that input was not there yet.": _walk(
        accepts=lambda t, start, end: t <= end
    ),
    "The first set that gives a time is not yet the causal one: t must lie behind its last input "
    "and before the next.": _walk(accepts=lambda t, start, end: True),
    "Your sums lack the factor exp(decay t_i).": _walk(sums=lambda t, w, d: (w, w * t)),
    "The exponent in your sums has the wrong sign: exp(decay t_i).": _walk(
        sums=lambda t, w, d: (w * math.exp(-d * t), w * t * math.exp(-d * t))
    ),
    "b lacks t_i: it sums w_i t_i exp(decay t_i).": _walk(
        sums=lambda t, w, d: (w * math.exp(d * t), w * math.exp(d * t))
    ),
    "b lacks w_i: it sums w_i t_i exp(decay t_i).": _walk(
        sums=lambda t, w, d: (w * math.exp(d * t), t * math.exp(d * t))
    ),
    "b lacks exp(decay t_i): it sums w_i t_i exp(decay t_i).": _walk(
        sums=lambda t, w, d: (w * math.exp(d * t), w * t)
    ),
}
