"""The challenge of lab decoders: the product of two values, by 100 neurons that fluctuate.

    score = root mean square of (decoded - x y) over the square, noise on the rates included

The learner chooses the radius, the ranges of intercepts and of rates; encoders are drawn. Noise
has a deviation of 20 Hz on each rate, whatever the largest is, and decoders are solved for it.
Seed 0 is judged.

Ours is the best of 200 drawn choices, by the mean of seeds 10 to 12: 0.044, where Nengo's own
ranges (radius root of 2, intercepts -1 to 0.9, 200 to 400 Hz) give 0.058.

Reference: Eliasmith & Anderson (2003), Neural Engineering; in short: Stewart & Eliasmith (2014),
doi:10.1109/JPROC.2014.2306061
"""

import functools
from typing import Any, NamedTuple

import torch

from neurolab.nef import Ensemble, solve_decoders

from .numbers_challenge import judge_numbers

SEED, NEURONS, NOISE = 0, 100, 20.0  # Hz
LIMITS = {
    "radius": (0.5, 5.0),
    "first": (-1.0, 0.9),
    "last": (-1.0, 0.95),
    "slowest": (20.0, 400.0),
    "fastest": (20.0, 400.0),
}


class Choice(NamedTuple):
    radius: float  # of the values
    first: float  # intercepts, from
    last: float  # and to
    slowest: float  # Hz, rates at the end, from
    fastest: float  # and to


class Score(NamedTuple):
    error: float


def score(
    radius: float, first: float, last: float, slowest: float, fastest: float, seed: int = SEED
) -> Score:
    """Error of the product. Choose on other seeds, say 10 and up.

    Raises:
        ValueError: one of the numbers is out of its range.
    """
    choice = Choice(radius, first, last, slowest, fastest)
    for name, value in choice._asdict().items():
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")
    if first > last or slowest > fastest:
        raise ValueError("first must be at most last, and slowest at most fastest")
    made = Ensemble(NEURONS, 2, radius, (slowest, fastest), (first, last), seed=seed).double()
    line = torch.linspace(-1, 1, 25, dtype=torch.float64)
    points = torch.cartesian_prod(line, line)
    wanted = points.prod(1, keepdim=True)
    rates = made.rates(points)
    if not rates.max() > 0:
        raise ValueError("no neuron fires inside the square with these ranges")
    found = solve_decoders(rates, wanted, NOISE / float(rates.max()))
    noise = (NOISE * found.weights).square().sum()
    return Score(float((found.rmse**2 + noise).sqrt()))


OURS = Choice(1.63, -0.2, 0.74, 372.0, 387.0)

_our_score = functools.cache(lambda: score(*OURS))


def judge_choice(value: Any) -> tuple[str, float]:
    both = f"error of the product, seed {SEED}; smaller is better"
    line, yours = judge_numbers(value, Choice._fields, score, _our_score, _text, both)
    return line, yours.error


def _text(got: Score) -> str:
    return f"{got.error:.4f}"
