"""A leaky loop that decides by the sign of what it added up, against the closed form."""

import math

import pytest
import torch
from torch.special import ndtr

from neurolab.recurrent import leaky


def decided(tau, steps, strength, trials=20_000):
    """Share of right decisions: evidence of mean +-strength and variance 1 in each step."""
    chance = torch.Generator().manual_seed(steps)
    side = torch.where(torch.rand(trials, generator=chance) < 0.5, -1.0, 1.0).double()
    x = strength * side + torch.randn(steps, trials, generator=chance).double()
    h = leaky(x, torch.zeros(trials).double(), tau, 1.0)[-1]
    return float(((h > 0) == (side > 0)).double().mean())


@pytest.mark.parametrize(("tau", "steps"), [(1.0, 30), (10.0, 30), (10.0, 130), (1000.0, 130)])
def test_a_leaky_loop_decides_as_often_rightly_as_the_closed_form(tau, steps):
    """Within four standard errors; both geometric sums, of the mean and of the noise, count."""
    a, strength = math.exp(-1 / tau), 0.15
    frames = (1 + a) * (1 - a**steps) / ((1 - a) * (1 + a**steps))
    wanted = float(ndtr(torch.tensor(strength * frames**0.5)))
    error = (wanted * (1 - wanted) / 20_000) ** 0.5
    assert abs(decided(tau, steps, strength) - wanted) < 4 * error
    assert 0.55 < wanted < 0.97, "neither chance nor certainty, or nothing is tested"


def test_a_long_loop_is_worth_a_window_of_twice_its_time_constant():
    a = math.exp(-1 / 40)
    assert (1 + a) / (1 - a) == pytest.approx(80, rel=1e-3)
    wanted = float(ndtr(torch.tensor(0.15 * 80**0.5)))
    assert decided(40.0, 400, 0.15) == pytest.approx(wanted, abs=0.01)
