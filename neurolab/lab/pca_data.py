"""Question 5 of lab pca: what does the neuron find in digits whose mean is left in, and how fast?

    <x x^T> = C + m m^T,     tangent after n digits = tangent at the start * exp(-rate gap n)

    symbol    meaning                                                     shape
    x         digits, 0 to 1, the mean left in                            (64,)
    m, C      their mean, and their covariance                            (64,), (64, 64)
    gap       between the two largest variances of <x x^T>                ()

The judge takes direction and gap from <x x^T> by linear algebra and never asks how a learner came
to them: |m|^2, or |m|^2 minus the variance along PC1, is near enough.

Reference: Oja (1982), doi:10.1007/BF00275687
"""

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from .digits import digits
from .values import Wrong, array, number

RATE = 0.001
DEGREES = 10  # how far a direction may be off
SHARE = 0.1  # how far a number of digits may be off


class Raw(NamedTuple):
    x: np.ndarray  # (1797, 64), mean left in
    direction: np.ndarray  # (64,), of the largest <y^2>
    count: float  # digits until the tangent to it has fallen tenfold


@functools.cache
def raw() -> Raw:
    from sklearn.datasets import load_digits

    x = load_digits().data / 16
    size, axes = np.linalg.eigh(x.T @ x / len(x))
    return Raw(x, axes[:, -1], math.log(10) / (RATE * (size[-1] - size[-2])))


def judge_mean(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (direction, count, runs).")
    direction, count, runs = value
    _judge_direction(direction)
    count, right = number(count, what="A number of digits"), raw().count
    _judge_count(count)
    runs = np.ravel(array(runs))
    if not np.isfinite(runs).all():
        raise Wrong("A run never fell to a tenth. Did it learn from `raw`, at rate 0.001?")
    if np.allclose(runs, count, atol=0.01):
        raise Wrong("The runs are your prediction. What did the digits say?")
    spread = " to ".join(dict.fromkeys(f"{run:.0f}" for run in (runs.min(), runs.max())))
    if abs(np.median(runs) - right) > SHARE * right:
        raise Wrong(
            f"Your runs took {spread} digits, far from {right:.0f}: from 80°, at rate 0.001?"
        )
    return (
        f"The neuron finds the mean image. You predicted {count:.0f} digits, "
        f"theory says {right:.0f}, and you measured {spread}."
    )


def _judge_direction(value: Any) -> None:
    if isinstance(value, str):
        raise Wrong("The direction itself is asked: 64 numbers, no text.")
    given = array(value).ravel()
    if given.size != 64:
        raise Wrong(f"A direction has 64 numbers, one a pixel; yours has {given.size}.")
    if not np.isfinite(given).all():
        raise Wrong("Your direction holds inf or nan.")
    if np.linalg.norm(given) < 1e-6:
        raise Wrong("This is zero, no direction. Did you average x? Its mean was removed; use raw.")

    def off(other: np.ndarray) -> float:
        cosine = abs(given @ other) / np.linalg.norm(given) / np.linalg.norm(other)
        return math.degrees(math.acos(min(cosine, 1)))

    if off(raw().direction) < DEGREES:
        return
    pc1, pc2 = digits().components.T[-1], digits().components.T[-2]
    known = {
        "PC1 is what it finds when the mean is gone. Which is larger here, C or m m^T?": pc1,
        "This is PC2, the rival of question 2. What does m m^T add to C?": pc2,
        "All pixels alike: the digits share more than that. Average them.": np.ones(64),
    }
    for reason, slip in known.items():
        if off(slip) < DEGREES:
            raise Wrong(reason)
    raise Wrong(
        f"Your direction is {off(raw().direction):.0f}° from what the neuron finds. "
        "What do all digits share?"
    )


def _judge_count(count: float) -> None:
    x, right, tenfold = raw().x, raw().count, math.log(10)
    if abs(count - right) < SHARE * right:
        return
    mean, lined = np.linalg.norm(x.mean(0)), digits().variances
    centred = tenfold / (RATE * (lined[-1] - lined[-2]))
    known = {
        "This is a fall to 1/e. Tenfold needs the natural logarithm of 10.": right / tenfold,
        "This is a fall to a half; a tenth is asked.": right * math.log(2) / tenfold,
        "You have 10 where its natural logarithm belongs.": right * 10 / tenfold,
        "This counts passes; here digits are asked.": right / len(x),
        "This is the gap of question 2. With the mean in, the largest is another.": centred,
        "These are the passes of question 2; here the mean is left in.": centred / len(x),
        "This takes the length of the mean; its square is a variance.": tenfold / (RATE * mean),
        "This takes the mean of the squared lengths; m m^T has the squared length of the mean.": (
            tenfold / (RATE * (x**2).sum(1).mean())
        ),
        "The rate is missing.": right * RATE,
        "The sign is turned: the tangent falls, and time runs forward.": -right,
    }
    for reason, slip in known.items():
        if abs(count - slip) < 0.06 * abs(slip):
            raise Wrong(reason)
    raise Wrong(f"{count:.4g} digits are too {'few' if count < right else 'many'}.")
