"""Digits by exact spike times: learned, by times and not by chance; slow and fast networks.

Settings were chosen on seeds from 10; here others are used.
"""

import math
from dataclasses import replace

import pytest
import torch

from neurolab.experiments import temporal_mnist
from neurolab.spiking.temporal_network import TemporalNetwork

QUICK = temporal_mnist.PRESETS["quick"]


def run(**changes):
    return [p.metrics for p in temporal_mnist.run(replace(QUICK, **({"seed": 3} | changes)))]


def test_digits_are_learned():
    found = run()
    assert found[-1]["held_out_accuracy"] >= 0.85 and found[-1]["test_accuracy"] >= 0.8
    assert found[-1]["held_out_accuracy"] > found[0]["held_out_accuracy"]
    assert all(f["test_accuracy"] == 0 for f in found[:-1]), "the test set is used once"


def test_without_learning_it_is_chance():
    found = run(rate=0.0, pulse_rate=0.0, epochs=3)
    assert found[-1]["held_out_accuracy"] < 0.3


def test_pulses_move_and_stay_at_zero_or_later():
    config = replace(QUICK, seed=3, epochs=3, pulse_rate=0.1)
    state = list(temporal_mnist.run(config))[-1].state
    moved = [state[f"layers.{k}.pulses"] for k in range(2)]
    first = TemporalNetwork((2, 2), pulses=10).layers[0].pulses.detach()
    for pulses in moved:
        assert (pulses >= 0).all() and (pulses - first).abs().max() > 0.05


def test_measures_by_hand():
    """One hidden neuron that repeats its input, and outputs that fire or do not."""
    net = TemporalNetwork((1, 2, 2), pulses=0)
    with torch.no_grad():
        net.layers[0].weight.copy_(torch.tensor([[9.0], [0.6]]))
        net.layers[1].weight.copy_(torch.tensor([[9.0, 0.0], [0.0, 9.0]]))
    t_in = torch.tensor([[0.0], [0.5], [math.inf]])
    found = temporal_mnist.measured(net, t_in, torch.tensor([0, 1, 0]))
    assert found["accuracy"] == pytest.approx(1 / 3)  # right, wrong, no answer
    assert found["hidden_before"] == 0.5 and found["decided_early"] == 0
    assert found["hidden_silent"] == pytest.approx(1 / 3)


@pytest.mark.slow
def test_learning_makes_a_slow_network_faster():
    """It begins by waiting for nearly all hidden neurons, and ends by waiting for fewer."""
    found = run(out_mean=0.05, epochs=16)
    assert found[0]["hidden_before"] > 0.95
    assert found[-1]["hidden_before"] < 0.8 * found[0]["hidden_before"]


@pytest.mark.slow
def test_strong_first_weights_to_the_outputs_make_it_fast():
    slow, fast = run(out_mean=0.2, epochs=16)[-1], run(out_mean=2.0, epochs=16)[-1]
    assert fast["hidden_before"] < 0.45 < 0.55 < slow["hidden_before"]
    assert fast["decided_early"] > 0.1 > slow["decided_early"]
    assert slow["held_out_accuracy"] >= 0.88 and fast["held_out_accuracy"] >= 0.8
