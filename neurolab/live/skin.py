"""A patch of fingertip for drivers, on lists of floats; the equations are those of ``coding``."""

import math
from typing import NamedTuple

from neurolab.coding.fingertip import drive_at, spike_after
from neurolab.core.ops import exp, sqrt
from neurolab.core.random import normal, uniform

SIDE = 8  # afferents in a row and in a column
AFFERENTS = SIDE * SIDE
SIZE = 10.0  # mm, of the patch
SPREAD = 0.3  # of the logarithm of an afferent's sensitivity


class Skin(NamedTuple):
    """What ``FingertipParams`` holds, and the drive needs."""

    wide: float
    bend: float
    skew: float
    tuning: float
    rise: float
    window: float


class Afferent(NamedTuple):
    x: float
    y: float
    prefer: float
    sensitivity: float


def finger(s):
    """Afferents on a grid, each with its own direction and sensitivity; the stream goes on."""
    found = []
    for i in range(SIDE):
        for j in range(SIDE):
            u, s = uniform(s)
            z, s = normal(s)
            x, y = SIZE * ((i + 0.5) / SIDE - 0.5), SIZE * ((j + 0.5) / SIDE - 0.5)
            found.append(Afferent(x, y, 2 * math.pi * u, exp(SPREAD * z)))
    return found, s


def press(afferents, force, curvature, pace, noise, skin):
    """First spikes, in ms after contact."""
    times = []
    for one, late in zip(afferents, noise, strict=True):
        drive = drive_at(one.x, one.y, one.prefer, one.sensitivity, force, curvature, skin)
        times.append(spike_after(drive, pace, late, skin))
    return times


def places(times):
    """Place of each afferent in the order of their spikes, from 0."""
    order = []
    for k, t in enumerate(times):
        order.append(k)
        j = k
        while j > 0 and times[order[j - 1]] > t:
            order[j] = order[j - 1]
            j -= 1
        order[j] = k
    place = [0 for _ in times]
    for p, k in enumerate(order):
        place[k] = p
    return place


def first_of(place, fired: int):
    """The first places as they are; all later ones share the middle of what is left."""
    left = (fired + AFFERENTS - 1) / 2
    return [1.0 * p if p < fired else left for p in place]


def apart(a, b):
    """Root of the mean squared difference, in places."""
    total = 0.0
    for p, q in zip(a, b, strict=True):
        total += (p - q) * (p - q)
    return sqrt(total / AFFERENTS)
