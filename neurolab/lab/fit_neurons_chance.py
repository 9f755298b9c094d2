"""Questions 2 to 4 of lab fit-neurons: closed forms of moved and of random spikes.

    Gamma = (p - c) / (1 - c),     p = erf(D / (SPREAD sqrt 2)),     c = 2 f D
    part met by random spikes = 1 - exp(-2 RATE D)

    symbol    meaning                                                 shape    unit
    p         part of the spikes met after a jitter of SPREAD ms      ()       -
    c         part met by chance, at rate f of the data               ()       -
    D         window on either side                                   ()       ms

Reference: Kistler, Gerstner & van Hemmen (1997), doi:10.1162/neco.1997.9.5.1015
"""

import functools
import math
from typing import Any

import numpy as np

from .fit_neurons_gamma import WINDOW
from .fit_neurons_models import trace
from .fit_neurons_search import DURATION, FIT
from .values import Wrong, array, number

SPREAD, RATE = 2.0, 0.05  # ms of jitter in questions 2 and 3; random spikes in a ms, question 4


# Questions 2 and 3: the factor of a train whose spikes were moved


def _parts() -> tuple[float, float]:
    """Part of the spikes that is met after the jitter, and by chance."""
    count = len(trace(FIT, DURATION)[1])
    return math.erf(WINDOW / (SPREAD * math.sqrt(2))), 2 * count / DURATION * WINDOW


def expected_gamma() -> float:
    met, chance = _parts()
    return (met - chance) / (1 - chance)


def _slips() -> dict[str, float]:
    met, chance = _parts()
    wide = math.erf(WINDOW / SPREAD)
    return {
        "This is the part that is met. Chance is still in it.": met,
        "Chance is taken off, but a perfect train must make 1: divide by 1 - c.": met - chance,
        "Chance is taken off below but not above.": met / (1 - chance),
        "A root of 2 is missing: within D of a Gaussian lies erf(D / (spread sqrt 2)).": (
            (wide - chance) / (1 - chance)
        ),
        "This counts one side; a spike may move either way.": (met / 2 - chance) / (1 - chance),
        "Chance has two sides: c is 2 f D.": (met - chance / 2) / (1 - chance / 2),
        "This is the part that is missed.": 1 - met,
        "This is the part met by chance.": chance,
        "This is the jitter of the worked case; 2 ms is asked.": (
            (math.erf(WINDOW / math.sqrt(2)) - chance) / (1 - chance)
        ),
    }


def _named(given: float, known: dict[str, float], near: float) -> None:
    """Raise the reason whose slip is nearest, if it is within ``near`` of its value."""
    reason, slip = min(known.items(), key=lambda pair: abs(given / pair[1] - 1))
    if abs(given / slip - 1) < near:
        raise Wrong(reason)


def judge_prediction(value: Any) -> str:
    given, right = number(value), expected_gamma()
    if abs(given - right) < 0.015:
        return f"Theory says {right:.3f}. Question 3 asks the spikes."
    _named(given, _slips(), 0.01)
    if not 0 < given < 1:
        raise Wrong("Better than chance and not perfect: Gamma lies between 0 and 1.")
    raise Wrong(f"{given:.3f} is too {'low' if given < right else 'high'}.")


def judge_measurement(value: Any) -> str:
    runs, right = array(value).ravel(), expected_gamma()
    if len(runs) < 10 or not np.isfinite(runs).all():
        raise Wrong("A list of at least 10 Gammas is asked, one a seed.")
    mean, spread = float(runs.mean()), float(runs.std())
    if spread < 1e-9:
        raise Wrong("All runs are the same: draw new jitter for each seed.")
    if spread > 0.25:
        raise Wrong("Runs differ too much: was every spike moved by a number of its own?")
    if abs(mean - right) < 0.05:
        return f"You measured {mean:.3f} on average of {len(runs)}. Theory says {right:.3f}."
    if abs(mean - 1) < 0.02:
        raise Wrong("Nearly all are met: a Gaussian of 2 ms moves a third of them farther.")
    if abs(mean) < 0.08:
        raise Wrong("This is chance: move the spikes by 2 ms, do not draw them anew.")
    _named(mean, _slips(), 0.04)
    raise Wrong(f"{mean:.3f} on average is too {'low' if mean < right else 'high'}.")


# Question 4: a window that is too wide


@functools.cache
def chance_share(window: float) -> float:
    """Part of the data spikes that a random train meets, measured: distances in 400 s."""
    chance, duration = np.random.default_rng(9), 400_000.0
    model = np.sort(chance.uniform(0, duration, chance.poisson(RATE * duration)))
    data = chance.uniform(100, duration - 100, 20_000)
    after = np.searchsorted(model, data)
    near = np.minimum(np.abs(model[after] - data), np.abs(model[after - 1] - data))
    return float((near <= window).mean())


def judge_break(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three windows: (edge, low, high).")
    edge, low, high = (number(part, what="A window in ms") for part in value)
    right = math.log(2) / (2 * RATE)
    if abs(edge - right) > 0.03 * right:
        known = {
            "This takes 2 f D for the part. Two random spikes may fall on one: 1 - e^(-2 f D).": (
                1 / (4 * RATE)
            ),
            "The window has two sides: 2 D long.": 2 * right,
            "Here 2 f D is 1; half of the spikes is asked.": 1 / (2 * RATE),
            "This is in s; ms are asked.": right / 1000,
            "This solves e^(-2 f D) = 1/e; half is asked.": 1 / RATE,
        }
        _named(edge, known, 0.03)
        raise Wrong(f"An edge at {edge:.4g} ms is too {'narrow' if edge < right else 'wide'}.")
    if low > high:
        raise Wrong("Low and high are swapped.")
    if not 0 < low < high:
        raise Wrong("Low must be above 0, and high above low.")
    if high > 1.3 * low:
        raise Wrong(f"High is {high / low:.2f} times low; at most 1.3 is asked.")
    shares = chance_share(low), chance_share(high)
    if shares[0] >= 0.5:
        raise Wrong(f"At {low:g} ms we measure {shares[0]:.2f} by chance. Take low lower.")
    if shares[1] < 0.5:
        raise Wrong(f"At {high:g} ms we measure {shares[1]:.2f} by chance. Take high higher.")
    inside = "inside" if low < right < high else "outside"
    return (
        f"By chance {shares[0]:.2f} are met at {low:g} ms and {shares[1]:.2f} at {high:g} ms. "
        f"Theory's {right:.2f} ms is {inside}."
    )
