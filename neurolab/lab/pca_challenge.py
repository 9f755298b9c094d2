"""The challenge of lab pca: five passes, one schedule of rates, the smallest angle to PC1."""

import functools
import math
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from .digits import angles_to_pc1, digits, learn
from .values import Wrong, call, number

PASSES = 5  # 8985 digits seen
SEEDS = range(5)


class Score(NamedTuple):
    mean: float  # degrees to PC1 after five passes, over the seeds; lower is better
    angles: tuple[float, ...]  # one a seed
    seconds: float  # the runs took


def score(rate: Callable[[int], float], seeds: Iterable[int] = SEEDS) -> Score:
    """How near five passes come to PC1 when ``rate(seen)`` is the rate after ``seen`` digits.

    ``seen`` runs from 0 to 8984. Choose your schedule on other seeds, say ``range(100, 120)``.

    Raises:
        ValueError: no seeds, or a rate that is no finite number.
        Whatever ``rate`` raises.
    """
    seeds, started = tuple(seeds), time.perf_counter()
    if not seeds:
        raise ValueError("seeds must hold at least one seed")
    rates = np.array([rate(seen) for seen in range(PASSES * len(digits().x))], dtype=float)
    if rates.ndim != 1 or not np.isfinite(rates).all():
        raise ValueError("rate(seen) must return one finite number")
    angles = angles_to_pc1(learn(rates, seeds))
    return Score(float(angles.mean()), tuple(angles.tolist()), time.perf_counter() - started)


def our_rate(seen: int) -> float:
    """Ours: it falls exponentially. Best of 24 such schedules on seeds 100 to 119."""
    return 0.06 * math.exp(-4.5 * seen / (PASSES * len(digits().x)))


_our_score = functools.cache(lambda: score(our_rate))


def judge_schedule(rate: Any) -> tuple[str, float]:
    number(call(rate, 0), what="A rate for each number of digits seen")
    yours, ours = call(score, rate), _our_score()
    lost = sum(math.isnan(angle) for angle in yours.angles)
    if lost:
        raise Wrong(f"{lost} of {len(yours.angles)} runs overflow.")
    line = (
        f"{_text(yours)}. Ours: {_text(ours)}. Both: mean angle to PC1 after {PASSES} passes, "
        f"and its range over seeds 0 to {max(SEEDS)}."
    )
    return line, yours.mean


def _text(found: Score) -> str:
    low, high = min(found.angles), max(found.angles)
    return f"{found.mean:.2f}° ({low:.2f}° to {high:.2f}°, {found.seconds:.1f} s)"
