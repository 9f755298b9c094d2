"""The whole network: what is on, what the context changes, how tasks share units."""

import pytest
import torch
from torch import nn
from torch.nn.functional import relu

from neurolab.dendrites import DendriticNetwork, kwinners, subnetwork_overlap


def net(**changes):
    torch.manual_seed(0)
    settings = {"segments": 3, "context": 8, "density": 0.1, "connected": 0.5} | changes
    return DendriticNetwork(12, [40, 30], 5, **settings)


def test_by_hand():
    model, x, c = net(), torch.randn(6, 12), torch.randn(8)
    y = x
    for add, gate, k in zip(model.sums, model.dendrites, (4, 3), strict=True):
        y = y @ (add.weight * add.mask).T + add.bias
        d = (gate.segments.weight @ c).view(-1, 3)
        best = d.abs().argmax(1, keepdim=True)
        y = kwinners(y * torch.sigmoid(d.gather(1, best)[:, 0]), k)
    torch.testing.assert_close(model(x, c), y @ model.read_out.weight.T + model.read_out.bias)
    assert [(a != 0).sum(1).unique().tolist() for a in model.layers(x, c)] == [[4], [3]]


def test_other_contexts_use_other_units():
    model, x = net(), torch.randn(50, 12)
    with torch.no_grad():
        for gate in model.dendrites:
            gate.segments.weight *= 40  # contexts that speak clearly
    one, other = torch.randn(8), torch.randn(8)
    activity = [model.layers(x, c)[0] for c in (one, one, other)]
    overlap = subnetwork_overlap(activity)
    assert overlap[0, 1].item() == pytest.approx(1)
    assert overlap[0, 2] < 0.7


def test_overlap_of_rates_known_beforehand():
    ones = torch.ones(10, 4)
    left, half = ones * torch.tensor([1, 1, 0, 0]), ones.clone()
    half[5:, 2:] = 0  # two units always, two every other time
    right = ones * torch.tensor([0, 0, 1, 1])
    found = subnetwork_overlap([left, right, half])
    expected = 2 / (2**0.5 * 2.5**0.5)
    assert found[0, 1] == 0 and found[0, 2].item() == pytest.approx(expected)
    assert torch.equal(found, found.T)


def test_controls_without_segments_and_without_winners():
    x = torch.randn(3, 12)
    plain = net(segments=0, density=1, connected=1.0)
    y = x
    for add in plain.sums:
        y = relu(y @ add.weight.T + add.bias)
    torch.testing.assert_close(plain(x), y @ plain.read_out.weight.T + plain.read_out.bias)
    assert not any(isinstance(m, nn.ReLU) for m in net(segments=0).modules())
    with pytest.raises(ValueError, match="context: this network has dendrites"):
        net()(x)
    with pytest.raises(ValueError, match="hidden"):
        DendriticNetwork(3, [], 2)
