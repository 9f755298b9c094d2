"""What drivers need of linear algebra, on lists of floats."""

import math

from neurolab.core.ops import atan2


def dot(a: list, b: list) -> float:
    total = 0.0
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def matvec(w: list, x: list) -> list:
    """Rows of ``w`` times ``x``."""
    return [dot(row, x) for row in w]


def direction(x: float, y: float) -> float:
    """Angle of the vector (x, y) in degrees, from 0 up to 360."""
    return atan2(y, x) * 180 / math.pi % 360
