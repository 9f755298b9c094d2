"""Cells with tuning curves and their decoders, on lists of floats, for figures of ensembles."""

import math
from typing import NamedTuple

from neurolab.core.ops import cos, maximum, sin, sqrt
from neurolab.core.random import uniform
from neurolab.live.linear import dot, matvec, solve
from neurolab.nef.tuning import gain_bias, lif_rate_step

SLOWEST = 200.0  # Hz, range of the rates at the end of a cell's axis
FASTEST = 400.0
FIRST = -1.0  # range of the places where cells begin to fire
LAST = 0.9


class Cells(NamedTuple):
    encoders: list  # of each cell, D numbers of length 1
    gain: list
    bias: list


def cells(count: int, dimensions: int, s):
    """Cells drawn as an ensemble draws them, and the next state of the stream."""
    encoders, gain, bias = [], [], []
    for _ in range(count):
        turn, s = uniform(s)
        rate, s = uniform(s)
        begin, s = uniform(s)
        if dimensions == 1:
            encoders.append([1.0 if turn < 0.5 else -1.0])
        else:
            encoders.append([cos(2 * math.pi * turn), sin(2 * math.pi * turn)])
        g, b = gain_bias(SLOWEST + (FASTEST - SLOWEST) * rate, FIRST + (LAST - FIRST) * begin)
        gain.append(g)
        bias.append(b)
    return Cells(encoders, gain, bias), s


def currents(group: Cells, x, radius):
    """Of each cell, for a value of D numbers."""
    along = matvec(group.encoders, x)
    return [g * a / radius + b for g, a, b in zip(group.gain, along, group.bias, strict=True)]


def rates(group: Cells, x, radius):
    """Of each cell in Hz, for a value of D numbers."""
    return [lif_rate_step(j) for j in currents(group, x, radius)]


def decoders(a, wanted, noise):
    """Least squares: K lists of N numbers.

    Args:
        a: rates at M points, a list of N for each.
        wanted: K lists of the M values there.
        noise: expected on each rate, in parts of the largest one.
    """
    size, top = len(a[0]), largest(a)
    columns = [[row[n] for row in a] for n in range(size)]
    gram = [[0.0 for _ in range(size)] for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            product = dot(columns[i], columns[j])
            gram[i][j] = product
            gram[j][i] = product
        gram[i][i] = gram[i][i] + len(a) * noise * noise * top * top
    return [solve(gram, [dot(column, y) for column in columns]) for y in wanted]


def largest(a):
    """The highest rate at any point."""
    top = 0.0
    for row in a:
        for rate in row:
            top = maximum(top, rate)
    return top


def misses(a, d, wanted):
    """Root mean square of what is decoded less what is wanted."""
    total = 0.0
    for row, y in zip(a, wanted, strict=True):
        off = dot(row, d) - y
        total += off * off
    return sqrt(total / len(a))
