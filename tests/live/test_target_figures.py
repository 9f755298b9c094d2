"""The figures of conversion and of whole numbers run the package, and say what the page says."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from neurolab.experiments.small_nets import in_levels
from neurolab.experiments.two_nets import images
from neurolab.live.digits import pictures
from neurolab.live.figures import conversion, fixedpoint
from neurolab.live.fresh_digits import FRESH_LABELS, FRESH_PACKED
from neurolab.live.small_nets import (
    DENSE_HIDDEN,
    DENSE_HIDDEN_SCALE,
    DENSE_OUT,
    DENSE_OUT_SCALE,
    weights,
)
from neurolab.neuromorphic import ChipNet, convert, to_nir
from neurolab.spiking import NEURONS, Chain, CurrentLIFParams, Neurons


@functools.cache  # a second each
def told(**moved):
    return conversion.simulate(**(conversion.FIGURE.params | moved))


def whole(**moved):
    return fixedpoint.simulate(**(fixedpoint.FIGURE.params | moved))


def test_fresh_digits_are_of_the_test_split():
    x, y = images("digits", 2)
    which = np.sort(np.random.default_rng(0).permutation(450)[:100])
    assert y[which].tolist() == FRESH_LABELS
    torch.testing.assert_close(
        torch.tensor(pictures(FRESH_PACKED)), in_levels(x[which]).flatten(1), atol=1e-6, rtol=0
    )


def network() -> nn.Sequential:
    net = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10)).double()
    first = torch.tensor(weights(DENSE_HIDDEN, DENSE_HIDDEN_SCALE, 65), dtype=torch.float64)
    second = torch.tensor(weights(DENSE_OUT, DENSE_OUT_SCALE, 25), dtype=torch.float64)
    for layer, w in ((net[0], first), (net[2], second)):
        layer.weight.data, layer.bias.data = w[:, :-1].clone(), w[:, -1].clone()
    return net


def test_the_conversion_is_that_of_the_package():
    """By ``convert``, with the largest activity of the digits that it learned from."""
    net, (x, _) = network(), images("digits", 0)
    made, (top,) = convert(net, in_levels(x).flatten(1).double(), 100)
    assert top == pytest.approx(conversion.LARGEST, abs=1e-3)
    fresh = torch.tensor(pictures(FRESH_PACKED), dtype=torch.float64)
    with torch.no_grad():
        out, _, seen = made(fresh.expand(conversion.LONGEST, -1, -1), record=True)
    y = torch.tensor(FRESH_LABELS)
    right = (out.cumsum(0).argmax(2) == y).sum(1)
    found = told()
    assert (
        np.abs(np.subtract(found["right"], right.numpy())).max() <= 1
    )  # a potential of 1, but for a digit
    assert found["spikes"][0] == pytest.approx(float(seen[1][:3].sum()) / 100, abs=0.1)
    with torch.no_grad():
        assert found["exact"] == [int((net(fresh).argmax(1) == y).sum())]
        np.testing.assert_allclose(found["wanted"], net(fresh)[0], atol=1e-9)
    coarse = conversion.rounded([[0.3, -1.0, 0.7, 9.0]], 3)  # to thirds; the bias stays
    np.testing.assert_allclose(coarse, [[1 / 3, -1, 2 / 3, 9]])


@pytest.mark.slow
def test_answer_of_conversion():
    assert told()["here"] == [82] and told()["exact"] == [92]
    assert told(steps=1)["here"][0] < 15 and told(steps=1)["spikes"][0] < 0.05
    assert told(scale=0.25, steps=12)["here"] == told()["here"]
    fast = told(scale=4, steps=32)["here"][0]
    assert fast < 92 and told(scale=4)["here"][0] > told()["here"][0]
    assert told(bits=3, steps=32)["here"][0] > 85 and told(bits=2, steps=32)["here"][0] < 30
    assert told(tau=1, steps=32)["here"][0] < 75 < 90 <= told(steps=32)["here"][0]
    rates = np.array(told(steps=32)["rates"]) - told(steps=32)["units"]
    assert (np.abs(rates) <= 1 / 32 + 1e-9).all() and (np.abs(rates) > 0).any()


def test_the_neuron_in_whole_numbers_is_that_of_a_chip_net():
    """A current-based LIF of two inputs: the one of the figure, and the layer's largest weight."""
    data = whole(bits=6, most=1.5)
    lif = Neurons(NEURONS["current_lif"], CurrentLIFParams(20.0, 5.0))
    net = Chain(nn.Linear(2, 1, bias=False), lif)
    graph = to_nir(net)
    chip = ChipNet(graph, bits=6)
    layer, cells = chip.of["0.linear"], chip.of["1.lif"]
    gain = float((layer.weight / net.layers[0].weight)[0, 0].detach())  # of a current
    with torch.no_grad():
        net.layers[0].weight[:] = torch.tensor([[0.18, 1.5]]) / gain
    chip = ChipNet(to_nir(net), bits=6)
    layer, cells = chip.of["0.linear"], chip.of["1.lif"]
    assert layer.whole[0].tolist() == pytest.approx([data["weight"][0], 254 * 64 - 254 * 64 % 512])
    assert float(cells.params.threshold) == data["threshold"][0]
    assert cells.params.decay_v.item() == data["decay"][0]
    x = torch.zeros(fixedpoint.STEPS, 1, 2)
    x[data["ins"], 0, 0] = 1
    with torch.no_grad():
        z = chip(x)[0].flatten()
    assert z.nonzero().flatten().tolist() == data["spikes_chip"] and 10 < z.sum() < 100


def test_answer_of_fixedpoint():
    eight, seven, four, most = whole(), whole(bits=7), whole(bits=4), whole(most=4)
    assert eight["spikes"] == eight["spikes_chip"] and eight["apart"] == [0]
    assert len(seven["spikes_chip"]) == len(seven["spikes"]) and seven["apart"][0] > 60
    assert four["has"][0] == pytest.approx(0.202, abs=1e-3)
    assert len(four["spikes_chip"]) > len(eight["spikes"])
    assert most["weight"] == [768] and most["apart"][0] > 60
    assert "they fire alike" in eight["summary"] and "they part in step" in seven["summary"]
