"""Lab pca: write Oja's rule, predict how long it needs, measure it, break it,
change the data and add a second neuron.

Nothing here compares an answer with our own code: question 1 tests a property of the rule
(``pca_rule.py``), questions 2 and 3 a formula, question 4 runs the digits, question 5 is linear
algebra on the digits with their mean (``pca_data.py``), question 6 learns (``pca_layer.py``), and
the challenge measures an angle (``pca_challenge.py``).

Reference: Oja (1982), doi:10.1007/BF00275687
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .checker import Question
from .digits import digits, learn
from .pca_challenge import PASSES, SEEDS, judge_schedule
from .pca_challenge import score as score
from .pca_data import judge_mean
from .pca_layer import judge_second
from .pca_rule import judge_change
from .values import Wrong, array, number

TITLE = "PCA without linear algebra"
RATE = 0.001  # of questions 2 and 3


def judge_warmup(value: Any) -> str:
    if number(value) != 64:
        raise Wrong("Count the pixels of one digit: 8 times 8.")
    return "64 pixels, so 64 weights. This is what passing looks like."


# Questions 2 and 3: how many passes until the tangent has fallen tenfold?


def expected_passes() -> float:
    """Each digit multiplies the tangent by exp(-rate (variance 1 - variance 2)), on average."""
    data = digits()
    gap = data.variances[-1] - data.variances[-2]
    return math.log(10) / (RATE * gap * len(data.x))


def judge_prediction(value: Any) -> str:
    passes, right = number(value), expected_passes()
    count = len(digits().x)
    alone = math.log(10) / (RATE * digits().variances[-1] * count)
    if abs(passes - right) < 0.1 * right:
        return f"Theory says {right:.1f} passes. Question 3 asks the digits."
    known = {
        "This is a fall to 1/e. Tenfold needs the natural logarithm of 10.": right / math.log(10),
        "You have 10 where its natural logarithm belongs.": 10 * right / math.log(10),
        "This counts digits. One pass shows all 1797 of them.": right * count,
        "This counts digits, to a fall by 1/e: two steps are left.": right * count / math.log(10),
        "Not the largest variance alone: the gap to the second sets the pace.": alone,
        "The rate is missing.": right * RATE,
        "The sign is turned: the tangent falls, and time runs forward.": -right,
    }
    for reason, slip in known.items():
        if abs(passes - slip) < 0.03 * abs(slip):
            raise Wrong(reason)
    raise Wrong(f"{passes:.4g} passes are too {'few' if passes < right else 'many'}.")


def judge_measurement(value: Any) -> str:
    if not isinstance(value, list | tuple):
        value = array(value).ravel().tolist() if hasattr(value, "ndim") else [value]
    runs = list(value)
    if any(isinstance(run, float) and run == math.inf for run in runs):
        raise Wrong("Your number never falls to a tenth. Did you take the cosine? It rises to 1.")
    runs = [number(run, what="A number of passes") for run in runs]
    if all(abs(run - expected_passes()) < 0.01 for run in runs):
        raise Wrong("This is the prediction of question 2. What did you measure?")
    middle, right = sorted(runs)[len(runs) // 2], expected_passes()
    spread = f"{min(runs):.4g}" + (f" to {max(runs):.4g}" if max(runs) > min(runs) else "")
    if right - 1.5 < middle < right + 1.5:
        return f"You measured {spread} passes. Theory says {right:.1f}."
    known = {
        "This fits the tangent squared.": 0.5 * right,
        "This is a fall to 1/e; a tenth is asked.": right / math.log(10),
        "This fits 1 minus the cosine, which is no tangent.": _until(lambda a: 1 - math.cos(a)),
        "This is when the angle has fallen tenfold; the tangent is asked.": _until(lambda a: a),
        "This fits the sine: divide it by the cosine.": _until(math.sin),
        "This counts digits; divide by 1797.": right * len(digits().x),
    }
    reason, slip = min(known.items(), key=lambda pair: abs(math.log(pair[1] / max(middle, 1e-9))))
    if abs(middle - slip) < max(1.2, 0.03 * slip):
        raise Wrong(reason)
    raise Wrong(f"{spread} passes are too {'few' if middle < right else 'many'}.")


def _until(size: Callable[[float], float], start: float = math.radians(80)) -> float:
    """Whole passes until ``size(angle)`` is a tenth, by the theory of question 2."""
    fall = math.log(10) / expected_passes()
    angle = (math.atan(math.tan(start) * math.exp(-fall * n)) for n in range(1000))
    return next(n for n, a in enumerate(angle) if size(a) <= size(start) / 10)


# Question 4: between which two rates does learning break?


def judge_break(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two rates: (low, high).")
    low, high = (number(rate, what="A rate") for rate in value)
    if low > high:
        raise Wrong("Low and high are swapped.")
    if not 0 < low < high:
        raise Wrong("Both rates must be above 0, and high above low.")
    if high > 2 * low:
        raise Wrong(f"High is {high / low:.1f} times low; at most 2 is asked. Move them together.")
    limit = 2 / (digits().x ** 2).sum(1).mean()
    lost_low, lost_high = _overflows(low), _overflows(high)
    if lost_low:
        raise Wrong(f"At {low:g}, {lost_low} of our {len(SEEDS)} runs overflow. Take low lower.")
    if lost_high < len(SEEDS):
        alive = len(SEEDS) - lost_high
        raise Wrong(f"At {high:g}, {alive} of our {len(SEEDS)} runs survive. Take high higher.")
    inside = "inside" if low < limit < high else "outside"
    return f"0 of 5 runs overflow at {low:g}, 5 of 5 at {high:g}. Theory's {limit:.2f} is {inside}."


def _overflows(rate: float) -> int:
    """Of five runs at this rate, how many overflow within five passes."""
    last = learn(np.full(PASSES * len(digits().x), rate), SEEDS)
    return int((~np.isfinite(last).all(1)).sum())


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: each direction grows by its own variance and all are braked alike, "
        "so the one with the largest variance outgrows the rest."
    )


QUESTIONS = {
    "warmup": Question(
        "how many weights the neuron has",
        judge_warmup,
        ("One weight a pixel.", "`x.shape` holds both counts.", "`x.shape[...]`"),
    ),
    "q1": Question(
        "write Oja's rule",
        judge_change,
        (
            "What must each weight lose so that the length stays 1?",
            "Hebb adds `rate * y * x`; the brake is proportional to `w` and to y squared.",
            "`rate * y * (x - ... * w)`",
        ),
    ),
    "q2": Question(
        "predict the passes to a tenth",
        judge_prediction,
        (
            "Which exponential shrinks the tangent?",
            "Solve exp(-rate * gap * n) = 1/10 for n digits, then turn digits into passes.",
            "`math.log(10) / (0.001 * gap * ...)`",
        ),
    ),
    "q3": Question(
        "measure the passes to a tenth",
        judge_measurement,
        (
            "The tangent is the part of w across PC1, divided by the part along it.",
            "Along: `w @ pc1`. Across: what is left of w when `(w @ pc1) * pc1` is taken away.",
            "`(w - (w @ pc1) * pc1).norm() / abs(...)`",
        ),
    ),
    "q4": Question(
        "break it between two rates",
        judge_break,
        (
            "Length 1 is lost for good where rate times squared length of the input passes 2.",
            "Your limit is 2 / size; try one rate below it and one above.",
            "`limit = 2 / ...`, then `low, high = 0.7 * limit, 1.3 * limit`",
        ),
    ),
    "q5": Question(
        "predict what it finds with the mean left in, and when",
        judge_mean,
        (
            "Which picture do all digits share, and how much does y vary along it?",
            "m m^T adds the squared length of m to the variance along m; then as in question 2.",
            "`direction = raw.mean(0)` and `count = math.log(10) / (0.001 * (... @ direction))`",
        ),
    ),
    "q6": Question(
        "write what a second neuron learns",
        judge_second,
        (
            "Neuron 2 learns by Oja's rule, from what neuron 1 leaves over.",
            "Take y1 * w1 away from the input; the growth and the brake are neuron 2's own.",
            "`rate * y2 * (x - y1 * w1 - ... * w2)`",
        ),
    ),
    "explain": Question(
        "say in one sentence why PC1 wins",
        judge_sentence,
        (
            "Look at growth and brake for each direction by itself.",
            "Growth differs from direction to direction. Does the brake?",
            "The brake is the same for all, so what remains is the direction with the largest ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the smallest angle to PC1 in five passes",
        judge_schedule,
        (
            "A high rate travels fast, a low rate rests quietly.",
            "Let the rate fall while digits are seen.",
            "`start * math.exp(-seen / ...)`",
        ),
        passed="score",
    ),
}
