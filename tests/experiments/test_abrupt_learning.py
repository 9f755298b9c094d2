"""Abrupt learning: how the plateau is counted, and what the price of change does."""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.experiments.abrupt_learning import Config, Learner

SMALL = Config(units=10, delay=4, batch=16, iterations=20, tested=100, starts=5, seed=100)


def test_without_a_factor_both_are_the_same_network():
    one, other = (Learner(replace(SMALL, factor=0.0), way) for way in ("plain", "consistent"))
    for k in range(4):
        one.learn(k)
        other.learn(k)
    for name, p in one.named.items():
        torch.testing.assert_close(p, other.named[name], msg=name)
    priced = Learner(replace(SMALL, factor=1.0), "consistent")
    for k in range(4):
        priced.learn(k)
    assert not torch.allclose(priced.net.weight_hh, one.net.weight_hh)


def test_the_price_is_on_the_delay_alone():
    """Of 2 + 4 + 2 + 1 steps those from the third to the sixth."""
    one = Learner(SMALL, "consistent")
    h = torch.zeros(9, 3, 10)
    h[:2], h[6:] = 7.0, -7.0
    assert one.change(h) == 0
    h[4] = 1.0
    assert one.change(h).item() == pytest.approx(2 / 3)


def test_the_plateau_ends_where_the_running_accuracy_passes_the_mark():
    one = Learner(replace(SMALL, learning=0.003), "plain")
    k = 0
    while one.running <= 0.75 and k < 400:
        assert one.plateau == 0
        one.learn(k)
        k += 1
    assert one.running > 0.75 and one.plateau == k
    one.learn(k)
    assert one.plateau == k  # counted once
    never = Learner(replace(SMALL, learning=0.0), "plain")
    for k in range(20):
        never.learn(k)
    found = never.measured()
    assert found["left_plain"] == 0 and found["plateau_plain"] == 20  # all there were


def test_the_fixed_points_are_those_of_the_network_without_input():
    one = Learner(SMALL, "plain")
    with torch.no_grad():
        one.net.weight_hh.zero_()
        one.net.bias_hh.fill_(0.3)
        one.net.bias_ih.fill_(0.2)
    torch.testing.assert_close(one.still(torch.randn(10)), torch.full((10,), 0.5).tanh())
    assert one.measured()["points_plain"] == 1


@pytest.mark.slow
def test_the_quick_run_leaves_the_plateau_and_the_price_lowers_the_change():
    found = experiments.run("abrupt-learning", seed=100)["metrics"]
    assert found["left_plain"]["mean"] == 1 and found["accuracy_plain"]["mean"] > 0.9
    assert found["change_consistent"]["mean"] < found["change_plain"]["mean"]
