"""Mean and confidence interval of a metric over seeds.

    ci95 = mean -+ t(0.975, n - 1) s / sqrt(n)

    n   number of seeds            s   standard deviation with n - 1
    t   quantile of Student's t

The quantile is our own because scipy is no base dependency, and a record must not depend on what
else is installed. For whole degrees of freedom the distribution function is a finite sum, so it is
exact; the quantile is its inverse by bisection. Tested against scipy.

Reference: Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4
"""

import math
import statistics
from collections.abc import Sequence


def central_probability(angle: float, freedom: int) -> float:
    """P(|t| < sqrt(freedom) tan(angle)) of Student's t, angle from 0 to pi / 2."""
    c = math.cos(angle)
    odd = freedom % 2
    term = total = c if odd else 1.0  # c + 2/3 c^3 + ...  or  1 + 1/2 c^2 + ...
    for k in range(2 + odd, freedom - 1, 2):
        term *= c * c * (k - 1) / k
        total += term
    if not odd:
        return math.sin(angle) * total
    return 2 / math.pi * (angle + (math.sin(angle) * total if freedom > 1 else 0.0))


def t_quantile(probability: float, freedom: int) -> float:
    """The t below which Student's t with ``freedom`` degrees lies with ``probability``.

    Raises:
        ValueError: ``probability`` not in (0, 1), or ``freedom`` no whole number above 0.
    """
    if not 0 < probability < 1:
        raise ValueError(f"probability must lie between 0 and 1, got {probability!r}")
    if isinstance(freedom, bool) or not isinstance(freedom, int) or freedom < 1:
        raise ValueError(f"freedom must be a whole number above 0, got {freedom!r}")
    central = abs(2 * probability - 1)
    low, high = 0.0, math.pi / 2
    while low < (middle := (low + high) / 2) < high:  # until two neighbouring floats are left
        if central_probability(middle, freedom) < central:
            low = middle
        else:
            high = middle
    return math.copysign(math.sqrt(freedom) * math.tan(low), probability - 0.5)


def summary(values: Sequence[float]) -> dict:
    """``{"mean", "ci95": [low, high], "values"}`` of one metric, one value a seed.

    The interval is None for one seed; what is not finite becomes None, as JSON has no word for it.
    """
    shown = [value if math.isfinite(value) else None for value in values]
    if None in shown:
        return {"mean": None, "ci95": None, "values": shown}
    mean = statistics.fmean(values)
    if len(values) == 1:
        return {"mean": mean, "ci95": None, "values": shown}
    n = len(values)
    half = t_quantile(0.975, n - 1) * statistics.stdev(values) / math.sqrt(n)
    return {"mean": mean, "ci95": [mean - half, mean + half], "values": shown}
