"""Lab pendulum: put a weight into two devices, predict what their noise does to a sum, predict a
fall, find the noise at which a controller in a crossbar fails, take a longer pendulum.

Nothing here compares an answer with our own code: question 1 is judged by what the two
conductances must fulfil, questions 2 and 3 by laws and by draws, questions 4 and 5 by many
crossbars (``pendulum_world.py``).

Reference: Chen et al. (2020), doi:10.1126/scirobotics.abb6938
"""

from functools import cache
from typing import Any

import numpy as np

from .checker import Question
from .numbers_challenge import judge_numbers
from .pendulum_world import error as error
from .pendulum_world import fall as fall
from .pendulum_world import fall_law, score
from .pendulum_world import upright as upright
from .values import Blank, Wrong, array, call, is_blank, number

TITLE = "An analog pendulum with device noise"
LEAST, MOST = 1e-6, 1e-4  # S, of question 1
NOISES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
OURS = (3, 6, 3)


def judge_warmup(value: Any) -> str:
    if number(value) != 18:
        raise Wrong("Nine numbers, two devices for each.")
    return "Nine numbers take 18 devices. This is what passing looks like."


# Question 1


def judge_pair(function: Any) -> str:
    for w in (1.0, -1.0, 0.25, -0.6, 0.0):
        found = array(call(function, w)).reshape(-1)
        if found.size != 2 or not np.isfinite(found).all():
            raise Wrong(f"Two conductances are asked, (plus, minus); for {w} came {found.size}.")
        plus, minus = found
        if min(plus, minus) < LEAST * (1 - 1e-9):
            raise Wrong(f"For {w} a conductance is {min(plus, minus):.3g} S, below the smallest.")
        if max(plus, minus) > MOST * (1 + 1e-9):
            raise Wrong(f"For {w} a conductance is {max(plus, minus):.3g} S, above the largest.")
        wanted = w * (MOST - LEAST)
        if abs(plus - minus + wanted) < 1e-9 * MOST and w:
            raise Wrong(f"For {w} plus and minus are the wrong way round.")
        if abs(plus - minus - w * MOST) < 1e-12 and w:
            raise Wrong("A weight of 1 is the whole range, from the smallest to the largest.")
        if abs(plus - minus - wanted) > 1e-9 * MOST:
            raise Wrong(f"For {w} plus - minus is {plus - minus:.4g} S, {wanted:.4g} S is needed.")
        if min(plus, minus) > LEAST * (1 + 1e-6):
            raise Wrong(f"For {w} both devices conduct: more current, more error, same weight.")
    return "Five weights: their difference is right, and one of the two is always at its smallest."


# Questions 2 and 3


def judge_error(value: Any) -> str:
    predicted, measured = both(value, "(predicted, measured)")
    if abs(predicted - 0.05) < 1e-9:
        raise Wrong("That would be so if all devices were off in the same direction.")
    if abs(predicted - 0.05 / 64) < 1e-9:
        raise Wrong("Errors of independent devices add by their squares, not at all to nothing.")
    if abs(predicted - 0.4) < 1e-9:
        raise Wrong("That is the error in units of one product; the sum is 64 of them.")
    wanted = 0.05 / 8
    if abs(predicted - wanted) > 0.02 * wanted:
        raise Wrong(f"Predicted {predicted:g}: too {'small' if predicted < wanted else 'large'}.")
    if abs(measured - wanted) > 0.1 * wanted:
        raise Wrong(f"Predicted right; measured {measured:g}, and many sums give {wanted:g}.")
    return f"A sum of 64 is off by {predicted:.2%}, measured {measured:.2%}."


def judge_fall(value: Any) -> str:
    predicted, measured = both(value, "(predicted, measured)")
    wanted = fall_law(0.001)
    if predicted > 100:
        raise Wrong("In seconds, please.")
    if abs(predicted - fall_law(0.001) / (9.81 / 0.5) ** 0.5) < 0.02:
        raise Wrong("The square root is missing: the rate is the root of g / l.")
    if abs(predicted - wanted) > 0.25:
        raise Wrong(f"Predicted {predicted:g} s: too {'short' if predicted < wanted else 'long'}.")
    if abs(measured - fall(0.001)) > 0.02:
        raise Wrong(f"Measured {measured:g} s: `lab.fall(0.001)` measures it.")
    return f"It leans by half a radian after {measured:.2f} s; you predicted {predicted:.2f} s."


# Questions 4 and 5


@cache
def breaking() -> float:
    """The first noise of the list at which fewer than half of the crossbars balance."""
    return next((noise for noise in NOISES if upright(noise) < 0.5), NOISES[-1])


def judge_break(value: Any) -> str:
    guess, found = both(value, "(guess, found)")
    wanted = breaking()
    if 2 <= found <= 100:
        raise Wrong("A part, please, not per cent.")
    if abs(found - wanted) > 1e-9:
        raise Wrong(
            f"Found {found:g}. Try lab.NOISES one after the other, until fewer than half of the "
            "crossbars balance."
        )
    return f"You guessed {guess:g}; from a noise of {wanted:.0%} on fewer than half balance."


def judge_long(value: Any) -> str:
    guess, found = both(value, "(guess, measured)")
    if found > 1:
        raise Wrong("A part from 0 to 1, please.")
    wanted = upright(0.2, length=2.0)
    if abs(found - wanted) > 1e-9:
        raise Wrong(f"Measured {found:g}: `lab.upright(0.2, length=2.0)` measures it.")
    return (
        f"You guessed {guess:.0%}; {found:.0%} of the crossbars hold the long one, "
        f"{upright(0.2):.0%} the short one. It falls more slowly, but its weight pulls with four "
        "times the torque, and the motor has no more than before."
    )


def both(value: Any, form: str) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong(f"Pass two numbers: {form}.")
    if any(is_blank(part) for part in value):
        raise Blank
    first, second = (number(part, "For each, one number") for part in value)
    return first, second


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a loop measures its own error again in each step, so it forgives wrong "
        "numbers until they change which way it pushes."
    )


def judge_copies(value: Any) -> tuple[str, float]:
    return judge_numbers(
        *(value, ("angle", "speed", "torque"), score, lambda: score(*OURS)),
        text=lambda share: f"{share:.0f} % of the crossbars balance",
        both="35 % noise, at most 12 copies, ours chosen on other crossbars",
    )


QUESTIONS = {
    "warmup": Question(
        "how many devices nine numbers take",
        judge_warmup,
        ("A weight may be negative, a conductance not.", "Two for each.", "`2 * ...`"),
    ),
    "q1": Question(
        "put a weight into two devices",
        judge_pair,
        (
            "Only one of the two needs to conduct more than the smallest conductance.",
            "plus = least + range * w for a positive w, and minus = least; else the other way.",
            "`plus = LEAST + max(w, 0) * ...`, `minus = LEAST + max(-w, 0) * (MOST - LEAST)`",
        ),
    ),
    "q2": Question(
        "predict the error of a sum of 64 products",
        judge_error,
        (
            "Independent errors add by their squares.",
            "8 errors of one product in a sum of 64 products.",
            "`predicted = 0.05 / ...`, `measured = lab.error(64, 0.05)`",
        ),
    ),
    "q3": Question(
        "predict how long an unheld pendulum takes to fall",
        judge_fall,
        (
            "Near upright the angle grows as cosh(t sqrt(g / l)).",
            "Solve 0.5 = 0.001 cosh(4.43 t).",
            "`predicted = math.acosh(0.5 / 0.001) / math.sqrt(9.81 / ...)`",
        ),
    ),
    "q4": Question(
        "find the noise at which half of the crossbars fail",
        judge_break,
        (
            "The loop measures the angle again in each step.",
            "`lab.upright(noise)` for one noise of lab.NOISES after the other.",
            "`found = next(n for n in lab.NOISES if lab.upright(n) < ...)`",
        ),
    ),
    "q5": Question(
        "take a longer pendulum",
        judge_long,
        (
            "It falls more slowly. What else is different?",
            "`lab.upright(0.2, length=...)` measures it.",
            "`longer = lab.upright(0.2, length=...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence why a loop forgives",
        judge_sentence,
        ("What happens to an error of one step?", "It is measured.", "A loop forgives because ..."),
        passed="compared",
    ),
    "challenge": Question(
        "spend twelve copies of devices on three rows",
        judge_copies,
        (
            "Which of the three rows holds large numbers of opposite effect?",
            "Try (10, 1, 1), (1, 10, 1) and (1, 1, 10) on seed 10.",
            "`(3, ..., 3)`",
        ),
        passed="score",
    ),
}
