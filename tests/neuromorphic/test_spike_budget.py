"""The budget is used up, the best part solves its equation, and the reported numbers fit."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from neurolab.neuromorphic.spike_budget import affordable, bits_for_energy, thriftiest


def test_the_affordable_part_uses_the_supply_up():
    supply, rest, spike, rate = torch.tensor([3.3, 0.8]), 0.4, 0.7, 40.0
    p = affordable(supply, rest, spike, rate)
    torch.testing.assert_close(rest + p * spike * rate, supply)
    assert affordable(0.3, rest, spike, rate) == 0 and affordable(99.0, rest, spike, rate) == 1


def test_bits_are_those_of_a_coin():
    p = np.array([0.0, 0.25, 0.5, 1.0])
    found = bits_for_energy(p, 1.0, 0.0, 1.0)
    np.testing.assert_allclose(found, [0, 2 - 0.75 * np.log2(3), 1, 0], atol=1e-9)


@pytest.mark.parametrize("ratio", [0.0, 1.0, 70.0, 1000.0])
def test_the_thriftiest_part_is_found_by_a_search_too(ratio):
    best = minimize_scalar(
        lambda p: -bits_for_energy(p, 1.0, ratio, 1.0), bounds=(1e-6, 0.9), method="bounded"
    )
    assert thriftiest(ratio) == pytest.approx(best.x, abs=2e-5)
    p = thriftiest(ratio)
    assert p == pytest.approx((1 - p) ** (1 + ratio), rel=1e-6)


def test_costs_of_a_spike_follow_from_the_reported_shares():
    """Rodents, Attwell & Laughlin: 3.29e9 ATP a second at 4 Hz, 13 % of it at rest."""
    spike = 0.87 * 3.29 / 4
    assert affordable(3.29, 0.13 * 3.29, spike, 4.0) == pytest.approx(1)
    assert round(spike, 1) == 0.7
