"""The scan that runs steps again keeps less: the root of the length, not the length."""

import pytest
import torch
from torch.autograd import grad

from neurolab.core import checkpointed_scan, scan
from tests.core.live_bytes import LiveBytes

WEIGHT = torch.tensor([0.9, -1.3, 0.4, 1.1], dtype=torch.float64, requires_grad=True)


def cell(x, h):
    """One layer of a recurrent network; only the weight wants a gradient."""
    u = x + h.roll(1, -1) * WEIGHT
    return None, u / (1 + u * u)


def peak(length, loop, **options):
    """Bytes at once of forward and backward pass, without inputs, states and gradients given."""
    x, start = torch.randn(length, 32, 4).double(), torch.zeros(32, 4).double()
    with LiveBytes().before(x, start, WEIGHT) as bytes:
        _, last = loop(cell, x, start, **options)
        grad(last.sum(), WEIGHT)
    return bytes.peak


def exponent(lengths, sizes):
    """Slope of log size over log length, by least squares."""
    x, y = (torch.tensor(v, dtype=torch.float64).log() for v in (lengths, sizes))
    return float(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum())


LENGTHS = [64, 144, 256, 576, 1024]


@pytest.mark.slow
def test_memory_grows_as_the_root_of_the_length():
    plain = [peak(T, scan) for T in LENGTHS]
    ours = [peak(T, checkpointed_scan) for T in LENGTHS]
    assert exponent(LENGTHS, plain) == pytest.approx(1, abs=0.05)
    assert exponent(LENGTHS, ours) == pytest.approx(0.5, abs=0.05)
    assert ours[-1] < plain[-1] / 8


@pytest.mark.slow
def test_the_root_is_the_best_number_of_segments():
    """S states and T / S steps: the least of S + T / S is at S = sqrt(T)."""
    best = peak(256, checkpointed_scan)
    for segments in (1, 2, 4, 64, 128, 256):
        assert peak(256, checkpointed_scan, segments=segments) > best


def test_live_bytes_counts():
    """The measure itself: what is alive at once, a view with what it looks at, nothing twice."""
    given = torch.zeros(100)
    with LiveBytes().before(given) as bytes:
        a = given + 1  # 400 bytes
        del a
        b = given[:50]  # of what was there
        c = torch.zeros(10).double()  # 80 bytes
        d = c[2:] + 0  # 64 more
        del b, d
    assert (bytes.peak, bytes.now) == (400, 80)
    assert len(c) == 10
