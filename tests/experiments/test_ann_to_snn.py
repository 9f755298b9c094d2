"""A convolutional network in rates and in spikes."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from neurolab.experiments import Refused
from neurolab.experiments.ann_to_snn import PRESETS, Config, Staircase, fan_outs, macs, network, run
from neurolab.neuromorphic import convert
from neurolab.neuromorphic.convert import shown
from neurolab.spiking import Neurons


def test_a_staircase_is_what_steps_can_tell_apart():
    """Integrate-and-fire neurons with that constant current give the same values."""
    x = torch.linspace(-0.5, 2.5, 61)[:, None]
    stairs = Staircase(1.5, 8)
    net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False))
    with torch.no_grad():
        net[0].weight.fill_(1.0)
        net[2].weight.fill_(1.0)
    made, (top,) = convert(net, torch.tensor([[1.5]]), 100.0)
    with torch.no_grad():
        rates = made(shown(x + 1e-5, 8))[0].mean(0)
    assert top == pytest.approx(1.5)
    torch.testing.assert_close(rates, stairs(x), atol=1e-4, rtol=0)
    x = torch.tensor([0.2, 3.0], requires_grad=True)
    stairs(x).sum().backward()
    assert x.grad.tolist() == pytest.approx([1.0, 0.0])


def test_operations_by_hand():
    net = network(Config(maps=(2, 3), kernel=3), 8)
    x = torch.zeros(1, 1, 8, 8)
    assert macs(net, x) == 64 * 2 * 9 + 16 * 3 * 18 + 10 * 12
    made, _ = convert(net, torch.rand(5, 1, 8, 8))
    places = [k for k, layer in enumerate(made.layers) if isinstance(layer, Neurons)]
    assert fan_outs(made) == {places[0]: 27, places[1]: 10}


@pytest.mark.slow
def test_spikes_answer_as_rates_do_and_tuning_helps_where_time_is_short():
    *_, end = run(replace(PRESETS["quick"], times=(4, 64), steps=4, epochs=12, cost=0.5))
    found = end.metrics
    assert found["accuracy_rate"] > 0.7
    assert found["plain_64"] > found["accuracy_rate"] - 0.05
    assert found["tuned_4"] > found["plain_4"]
    assert found["synops_cost"] < found["synops_plain"]


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(Refused, match="steps must be one of times"):
        Config(steps=5)
    with pytest.raises(Refused, match="maps must be two whole numbers"):
        Config(maps=(3,))
