"""The adding problem: how the two networks start, and that ours and torch's are one network."""

import math

import pytest
import torch

from neurolab.experiments import Refused, adding_problem
from neurolab.experiments.adding_problem import Config


def gates(cell, units):
    """Sums of the biases of gates i and f."""
    both = cell.bias_ih + cell.bias_hh
    return both[:units].detach(), both[units : 2 * units].detach()


def test_spread_biases_reach_from_one_step_to_all():
    """A gate f with bias ln u keeps u of u + 1: memories from 2 to T steps, i open by the rest."""
    torch.manual_seed(0)
    i, f = gates(adding_problem.started(Config(units=2000, steps=200), "lstm"), 2000)
    assert torch.equal(i, -f)
    u = f.exp()
    assert 1 <= u.min() < 3 and 196 < u.max() <= 199
    assert u.mean().item() == pytest.approx(100, abs=5)
    lasting = 1 / (1 - torch.sigmoid(f))  # steps until 1 / e is left, nearly
    torch.testing.assert_close(lasting, u + 1, rtol=1e-3, atol=1e-3)


def test_the_other_starts():
    i, f = gates(adding_problem.started(Config(units=4, start_lstm="one"), "lstm"), 4)
    assert f.tolist() == [1] * 4 and float(i.abs().max()) <= 0.5
    w = adding_problem.started(Config(units=8), "vanilla").weight_hh.detach()
    torch.testing.assert_close(w @ w.T, torch.eye(8), atol=1e-5, rtol=0)
    w = adding_problem.started(Config(units=8, start_vanilla="uniform"), "vanilla").weight_hh
    assert w.detach().abs().max() <= 1 / math.sqrt(8)


@pytest.mark.parametrize("way", adding_problem.WAYS)
def test_what_learns_and_what_is_reported_are_one_network(way):
    config = Config(units=8, steps=30, batch=16, iterations=20)
    one = adding_problem.learner(config, way)
    before = one.net.cell.weight_hh_l0.detach().clone()
    for k in range(3):
        seen = adding_problem.sequences(config, 16, 1 + k)
        one.step((one.net(seen.x) - seen.y).square().mean())
    assert not torch.equal(before, one.net.cell.weight_hh_l0)
    seen = adding_problem.sequences(config, 16, 0)
    torch.testing.assert_close(one.net.answers(seen.x), one.net(seen.x), atol=1e-5, rtol=0)


def test_sequences_are_fresh_and_the_seed_decides():
    config = Config(steps=20)
    a, b = (adding_problem.sequences(config, 5, draw).x for draw in (1, 2))
    other = adding_problem.sequences(Config(steps=20, seed=1), 5, 1).x
    assert not torch.equal(a, b) and not torch.equal(a, other)
    assert torch.equal(a, adding_problem.sequences(config, 5, 1).x)


def test_guessing_costs_a_sixth():
    nets = {
        way: adding_problem.learner(Config(units=2, steps=4), way) for way in ("lstm", "vanilla")
    }
    found = adding_problem.tested(nets, Config(units=2, steps=4, tested=20_000))
    assert found["mse_guess"] == pytest.approx(1 / 6, rel=0.03)


@pytest.mark.parametrize("wrong", [{"start_lstm": "two"}, {"start_vanilla": "spread"}], ids=str)
def test_unknown_starts_are_refused(wrong):
    ((name, given),) = wrong.items()
    with pytest.raises(Refused, match=f"{name} must be one of .*, got '{given}'"):
        Config(**wrong)


@pytest.mark.slow
def test_the_lstm_adds_over_thirty_steps_and_the_vanilla_network_does_not():
    config = Config(steps=30, iterations=1000, seed=10, tested=500)
    *_, last = adding_problem.run(config)
    assert last.metrics["mse_lstm"] < 0.01 < 0.1 < last.metrics["mse_vanilla"]
