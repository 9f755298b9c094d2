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


def solve(a: list, b: list) -> list:
    """x of ``a`` x = ``b`` by elimination, for a diagonal that is large enough to divide by."""
    n = len(b)
    left, right = [[v for v in row] for row in a], [v for v in b]
    for k in range(n):
        for i in range(k + 1, n):
            part = left[i][k] / left[k][k]
            for j in range(k, n):
                left[i][j] = left[i][j] - part * left[k][j]
            right[i] = right[i] - part * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            right[k] = right[k] - left[k][j] * right[j]
        right[k] = right[k] / left[k][k]
    return right
