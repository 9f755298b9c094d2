"""Fixed points: those of networks in which they were planted."""

import math

import pytest
import torch

from neurolab.recurrent import fixed_points, speed


def planted(gain, size=8):
    """h' = tanh(W h) with W = gain v v^T / N, v of signs; and m with m = tanh(gain m)."""
    v = torch.tensor([1.0, -1.0] * (size // 2), dtype=torch.float64)
    w = gain * torch.outer(v, v) / size
    m = 1.0
    for _ in range(500):
        m = math.tanh(gain * m)
    return (lambda h: torch.tanh(h @ w.T)), v, m


def starts(step, count=8, size=8):
    """Some near rest, and some where the network comes to by itself."""
    chance = torch.Generator().manual_seed(0)
    h = torch.randn(count, size, generator=chance, dtype=torch.float64)
    return torch.cat([0.1 * h, step(step(step(h)))])


def test_finds_the_planted_points_and_no_other():
    step, v, m = planted(1.5)
    found = fixed_points(step, starts(step))
    along = sorted((found.h @ v / len(v)).tolist())
    assert along == pytest.approx([-m, 0.0, m], abs=1e-4)
    for h, a in zip(found.h, found.h @ v / len(v), strict=True):
        torch.testing.assert_close(h, a * v, atol=1e-4, rtol=0)
    assert found.speed.max() < 1e-10


def test_tells_stable_from_unstable():
    """At 0 the slope is the gain, at +-m it is gain (1 - m^2)."""
    step, _, m = planted(1.5)
    found = fixed_points(step, starts(step))
    for h, radius in zip(found.h, found.radius.tolist(), strict=True):
        at_rest = h.norm() < 0.1
        assert radius == pytest.approx(1.5 if at_rest else 1.5 * (1 - m * m), abs=1e-3)
        assert (radius < 1) != at_rest


def test_below_gain_one_rest_is_the_only_point():
    step, _, _ = planted(0.7)
    found = fixed_points(step, starts(step))
    assert len(found.h) == 1 and found.h.norm() < 1e-4
    assert found.radius.item() == pytest.approx(0.7, abs=1e-4)


def test_a_step_without_fixed_points_gives_none():
    starts = torch.zeros(5, 8, dtype=torch.float64)
    found = fixed_points(lambda h: h + 1.0, starts)
    assert found.h.shape == (0, 8) and found.radius.shape == (0,)
    assert speed(lambda h: h + 1.0, starts)[0].item() == pytest.approx(4.0)  # 8 / 2


def test_wrong_arguments_are_refused_by_name():
    with pytest.raises(ValueError, match="starts"):
        fixed_points(torch.tanh, torch.zeros(4))
    with pytest.raises(ValueError, match="iterations"):
        fixed_points(torch.tanh, torch.zeros(2, 4), iterations=0)
