"""Questions 3 and 5 and the challenge of lab four-targets: what targets did, how few bits do.

    score = right answers in % - synaptic operations of a digit / 1000 - bits of a weight

The learner chooses steps, percentile and bits; the test digits judge, held-out ones are to choose
by. Ours is the best of 72 (steps 2 to 12, percentiles 50 to 99, 2 to 4 bits), tried on the digits
held out. Scores there:

    8 steps, percentile 99, 8 bits: 80.0
    4 steps, percentile 90: 2 bits 85.4, 3 bits 86.7, 4 bits 85.4; 6 steps, 70, 3 bits: 86.6
"""

import functools
import math
from typing import Any

from .four_targets_model import on_chip, operations
from .numbers_challenge import judge_numbers
from .spikes_choice import Choice, Score, checked, text
from .values import Blank, Wrong, array, is_blank, number

NAMES = ("nengo", "brian2", "chip", "loihi")


def judge_targets(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your guesses and what you measured: (guesses, measured).")
    guesses, measured = value
    if is_blank(guesses) or is_blank(measured):
        raise Blank
    guessed = array(guesses, shape=(4,))
    if ((guessed < 0) | (guessed > 1)).any():
        raise Wrong("Guesses are parts, from 0 to 1.")
    if not isinstance(measured, dict) or not set(NAMES) <= set(measured):
        raise Wrong(f"Measured: a dict with {', '.join(NAMES)}, the mismatch of each.")
    found = {name: float(array(measured[name], shape=())) for name in NAMES}
    there = {name: x for name, x in found.items() if not math.isnan(x)}
    for name in ("nengo", "brian2", "loihi"):
        if there.get(name, 0) > 0:
            raise Wrong(f"{name} should fire the very same spikes. Did you take its own row?")
    if not 0 < there.get("chip", 1) <= 1:
        raise Wrong("Whole numbers change some spikes: take the row of the chip.")
    listed = ", ".join(
        f"{name} {found[name]:.2f} (guess {g:.2f})"
        if name in there
        else f"{name} not installed here"
        for name, g in zip(NAMES, guessed, strict=True)
    )
    return f"Mismatch: {listed}."


# Question 5


@functools.cache
def fewest() -> int:
    """The fewest bits that read no more than 3 points less than 8 do, on held-out digits."""
    best = on_chip(8)
    return min(bits for bits in range(2, 9) if on_chip(bits) >= best - 0.03)


def judge_bits(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (guess, found).")
    guess, found = (number(v, "For each, one number") for v in value)
    if not 2 <= guess <= 8:
        raise Wrong("A weight has 2 to 8 bits.")
    if found != fewest():
        low = "it reads more than 3 points less than with 8"
        said = low if found < fewest() else "it reads well, but fewer do, too"
        raise Wrong(f"With {found:g} bits {said}: try all from 2 to 8.")
    return f"You guessed {guess:g}; {found:g} bits are within 3 points of 8."


# The challenge


def score(steps: float, percentile: float, bits: float, split: str = "test") -> Score:
    """Choose by split="held-out"; the check takes the test digits.

    Raises:
        ValueError: one of the numbers is out of its range.
    """
    asked = checked(steps, percentile, bits)
    right = 100 * on_chip(asked.bits, asked.steps, asked.percentile, split)
    synops = operations(asked.steps, asked.percentile, split)
    return Score(right - synops / 1000 - asked.bits, right, synops)


OURS = Choice(steps=4, percentile=90.0, bits=3)

_our_score = functools.cache(lambda: score(*OURS))


def judge_choice(value: Any) -> tuple[str, float]:
    both = "right answers less a point for 1000 operations and for a bit, test digits"
    line, yours = judge_numbers(value, Choice._fields, score, _our_score, text, both)
    return line, yours.points
