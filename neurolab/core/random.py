"""Random numbers that Python and JavaScript draw alike, for live figures.

    s <- 16807 s mod (2^31 - 1),   u = s / (2^31 - 1),   x = sqrt(-2 log u) cos(2 pi u')

    symbol   meaning                                  range
    s        state of the stream, a whole number      1 .. 2^31 - 2
    u, u'    two uniform draws, one after the other   (0, 1), ends excluded
    x        a normal draw (Box & Muller)             mean 0, variance 1

The state is a plain number which every draw takes and gives back, so nothing is hidden and a
figure draws the same cloud for the same seed: ``u, s = uniform(s)``. All products stay below
2^46, so floats hold them exactly. For figures and small examples; experiments use torch.

Tested: the state after 10,000 draws from 1 is the published 1043618065; moments and
distribution of both draws; neighbouring seeds are uncorrelated; node draws the same (in the
tests of the translator).

References: Park & Miller (1988), doi:10.1145/63039.63042; Box & Muller (1958),
doi:10.1214/aoms/1177706645
"""

import math

from .ops import cos, log, sqrt

MODULUS = 2147483647  # 2^31 - 1, a prime


def seeded(seed):
    """The state to begin with; neighbouring whole seeds give unlike streams."""
    s = (seed * 48271 + 11) % MODULUS
    s = (s * 16807 + 12345) % MODULUS
    return s if s > 0 else 1


def uniform(s):
    """A number in (0, 1) and the next ``s``."""
    s = s * 16807 % MODULUS
    return s / MODULUS, s


def normal(s):
    """A number with mean 0 and variance 1, and the next ``s`` (takes two uniform draws)."""
    u, s = uniform(s)
    phase, s = uniform(s)
    return sqrt(-2 * log(u)) * cos(2 * math.pi * phase), s
