"""Questions of lab keywords: even spikes, the scatter of a count, scaled weights, energy.

    spikes      after t steps an input x has fired floor(t x) times
    scatter     of the share of n items, each found with chance p:  sqrt(p (1 - p) / n)
    needed      n at which a difference of d of two shares is two deviations of it:
                8 p (1 - p) / d^2
    balance     W' = W before / after,  b' = b / after
    break even  steps at which spikes cost what multiply-accumulates do

    symbol          meaning                                            shape
    x               inputs from 0 to 1                                 (B, I)
    W, b            weights and biases of a layer                      (N, I), (N,)
    before, after   activity that a spike in every step stands for     ()

Functions are tried on drawn numbers against loops; a miss is compared with known slips.

References: Blouw et al. (2018), arXiv:1812.01739; Rueckauer et al. (2017),
doi:10.3389/fnins.2017.00682; Horowitz (2014), doi:10.1109/ISSCC.2014.6757323
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .keywords_model import ITEMS
from .values import Blank, Wrong, array, call, is_blank, number


def parts(value: Any, names: tuple[str, ...]) -> tuple:
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Wrong(f"Pass {len(names)} things: ({', '.join(names)}).")
    if is_blank(value):
        raise Blank
    return tuple(value)


# Question 1


def evenly(x: np.ndarray, steps: int) -> np.ndarray:
    fired = np.zeros((steps, *x.shape))
    for t in range(steps):
        for at in np.ndindex(x.shape):
            fired[(t, *at)] = math.floor((t + 1) * x[at]) - math.floor(t * x[at])
    return fired


def judge_spikes(function: Any) -> str:
    chance = np.random.default_rng(1)
    x = chance.integers(0, 9, (3, 5)) / 8  # eighths: no rounding decides
    found, right = array(call(function, x.copy(), 16), shape=(16, 3, 5)), evenly(x, 16)
    if np.array_equal(found, right):
        return "Each input fires as often as it says, evenly, in 16 steps."
    if not np.isin(found, (0, 1)).all():
        raise Wrong("Spikes are 0 or 1.")
    counts = found.sum(0)
    if np.array_equal(counts, right.sum(0)):
        first = np.array_equal(np.sort(found, 0)[::-1], found)
        raise Wrong(
            "All spikes come at the start: spread them evenly."
            if first
            else "The counts are right, the steps are not: after t steps floor(t x) spikes."
        )
    if np.abs(counts - right.sum(0)).max() <= 1:
        raise Wrong("Some counts are off by one: round t x down, and begin with t = 0.")
    raise Wrong("After 16 steps an input x should have fired 16 x times.")


# Question 2


def judge_scatter(value: Any) -> str:
    scatter, items, needed = parts(value, ("scatter", "items", "needed"))
    for p, n in ((0.5, 4), (0.93, 96), (0.8, 1000)):
        found, right = number(call(scatter, p, n)), math.sqrt(p * (1 - p) / n)
        if abs(found - right) > 1e-9:
            slips = {
                "This is the variance: take the root.": p * (1 - p) / n,
                "This is the scatter of the number of items: divide by n.": (
                    math.sqrt(p * (1 - p) * n)
                ),
                "Both, found and not found, vary: p times 1 - p.": math.sqrt(p / n),
                "In per cent; a share is asked.": 100 * right,
            }
            for reason, slip in slips.items():
                if abs(found - slip) < 1e-9:
                    raise Wrong(reason)
            raise Wrong(f"For p = {p} and n = {n} it is {right:.4f}; yours is {found:.4g}.")
    if number(items) != 1:
        raise Wrong("92.7 and 93.8 % of 96: round both to whole items, and subtract.")
    given, right = number(needed), 8 * 0.93 * 0.07 / 0.01**2
    if abs(given / right - 1) > 0.02:
        slips = {
            "That is for one share. The difference of two scatters more: twice the variance.": (
                right / 2
            ),
            "That makes a point one deviation; two are asked.": right / 4,
            "A point is 0.01, not 1.": right / 1e4,
        }
        for reason, slip in slips.items():
            if abs(given / slip - 1) < 0.02:
                raise Wrong(reason)
        raise Wrong(f"{given:,.0f} is too {'few' if given < right else 'many'}.")
    return f"One item of 96 apart; {right:,.0f} items would tell a point."


# Question 3


def balanced(w: np.ndarray, b: np.ndarray, before: float, after: float):
    return [[x * before / after for x in row] for row in w.tolist()], [x / after for x in b]


BALANCE_SLIPS: dict[str, Callable] = {
    "Upside down: a spike of the layer before stands for `before`.": (
        lambda w, b, s, t: (w * t / s, b / t)
    ),
    "The biases are not scaled like weights: they meet no spike of the layer before.": (
        lambda w, b, s, t: (w * s / t, b * s / t)
    ),
    "The biases stayed as they were; they, too, are in units of `after`.": (
        lambda w, b, s, t: (w * s / t, b)
    ),
    "A spike of the layer before stands for `before`, not for 1.": (
        lambda w, b, s, t: (w / t, b / t)
    ),
}


def judge_balance(function: Any) -> str:
    chance = np.random.default_rng(2)
    w, b = chance.normal(size=(3, 4)), chance.normal(size=3)

    def flat(pair) -> np.ndarray:
        return np.concatenate([np.ravel(array(part)) for part in pair])

    answer = call(function, w.copy(), b.copy(), 2.5, 7.0)
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong("Return two arrays: (weights, biases).")
    found, right = flat(answer), flat(balanced(w, b, 2.5, 7.0))
    if found.shape == right.shape and np.allclose(found, right):
        return "Weights by before over after, biases by one over after."
    for reason, slip in BALANCE_SLIPS.items():
        other = flat(slip(w, b, 2.5, 7.0))
        if found.shape == other.shape and np.allclose(found, other):
            raise Wrong(reason)
    raise Wrong("For a bias alone, after 1 step, the potential should be b / after.")


# Question 4


def judge_gap(value: Any) -> str:
    guess, measured = parts(value, ("guess", "measured"))
    there, guessed = array(measured), number(guess, "For the guess, one number")
    if there.ndim != 2 or there.shape[1] != 3 or len(there) < 3:
        raise Wrong("Measured: three counts for each of at least three seeds.")
    if (there < ITEMS / 3).any() or (there > ITEMS).any() or (there != there.round()).any():
        raise Wrong(f"These are counts of {ITEMS} sounds: take `lab.three(seed)`.")
    gap = there[:, 2] - there[:, 0]
    return (
        f"Whole numbers find {gap.mean():+.1f} of {ITEMS} more than rates do, seeds from "
        f"{gap.min():+.0f} to {gap.max():+.0f} (guess {guessed:+.0f})."
    )


# Question 5

WEIGHTS, RATE, FANOUT, MAC, AC = 5000, 0.1, 5000, 4.6, 0.9  # pJ, without memory


def judge_steps(value: Any) -> str:
    given, right = number(value), WEIGHTS * MAC / (RATE * FANOUT * AC)
    if abs(given / right - 1) < 0.02:
        return f"At {right:.0f} steps both cost the same; with more, spikes cost more."
    slips = {
        "That is at a spike in every step; a tenth of the inputs fire.": right * RATE,
        "That is with equal energies: a multiply-accumulate costs more.": 1 / RATE,
        "That is the ratio of the energies; a tenth of the inputs fire.": MAC / AC,
        "Upside down.": 1 / right,
    }
    for reason, slip in slips.items():
        if abs(given / slip - 1) < 0.02:
            raise Wrong(reason)
    raise Wrong(f"{given:.4g} is too {'small' if given < right else 'large'}.")
