"""Bounds: nothing gets out, and soft ones settle where the closed form says."""

import numpy as np
import pytest
import torch

from neurolab.hebbian import BOUNDS, BoundsParams, hard_bounds_step, soft_bounds_step

WIDE = BoundsParams(low=-0.5, high=2.0)


@pytest.mark.parametrize("name", ["hard", "soft"])
def test_no_weight_gets_out(name):
    rng, w = np.random.default_rng(0), np.linspace(-0.5, 2.0, 1000)
    for _ in range(300):
        w = w + BOUNDS[name](rng.normal(scale=2.0, size=1000), w, WIDE)
        assert w.min() >= -0.5 - 1e-12 and w.max() <= 2 + 1e-12
    assert w.std() > 0.1


def test_hard_bounds_leave_alone_what_fits():
    w = torch.tensor([0.1, 0.5, 0.9]).double()
    dw = torch.tensor([-0.3, 0.2, 0.3]).double()
    want = torch.tensor([-0.1, 0.2, 0.1]).double()
    torch.testing.assert_close(hard_bounds_step(dw, w, BoundsParams()), want)


def test_soft_bounds_are_the_formula():
    assert soft_bounds_step(0.1, 0.5, WIDE) == pytest.approx(0.1 * 1.5 / 2.5)
    assert soft_bounds_step(-0.1, 0.5, WIDE) == pytest.approx(-0.1 * 1.0 / 2.5)
    assert soft_bounds_step(0.1, 2.0, WIDE) == soft_bounds_step(-0.1, -0.5, WIDE) == 0


def test_none_is_none():
    assert BOUNDS["none"](3.0, 1.0, BoundsParams()) == 3.0


@pytest.mark.parametrize("start", [-0.5, 0.3, 2.0])
def test_soft_bounds_settle_at_the_balance_of_rise_and_fall(start):
    """Mean after n steps: target + (start - target) (1 - (P + D) / width)^n, random steps."""
    rise, fall, rng = 0.03, 0.01, np.random.default_rng(0)  # in the mean, P and D
    w = np.full(20_000, start)
    target = -0.5 + 2.5 * rise / (rise + fall)
    for n in range(1, 201):
        up = rng.random(20_000) < 0.5
        w = w + soft_bounds_step(np.where(up, 2 * rise, -2 * fall), w, WIDE)
        if n in (20, 200):
            want = target + (start - target) * (1 - (rise + fall) / 2.5) ** n
            assert w.mean() == pytest.approx(want, abs=4 * w.std() / np.sqrt(20_000) + 1e-9)
