"""A chain is its layers called one after the other."""

import pytest
import torch
from torch import nn

from neurolab.spiking import LIF, Chain, Neurons, Recurrent


def test_it_is_the_layers_by_hand_and_may_be_cut():
    torch.manual_seed(0)
    lif, linear, recurrent = LIF(4, 6), nn.Linear(6, 5), Recurrent(5, 3)
    x = 20 * torch.rand(40, 2, 4)
    chain = Chain(lif, linear, recurrent)
    z, _ = lif(x)
    current = torch.stack([linear(now) for now in z])
    expected, _ = recurrent(5 * current)
    chain.layers[1].weight.data *= 5
    chain.layers[1].bias.data *= 5
    found, state, seen = chain(x, record=True)
    assert 0 < expected.mean() < 1
    assert torch.equal(found, expected) and torch.equal(seen[0], z) and seen[-1] is found
    first, state = chain(x[:17])
    second, _ = chain(x[17:], state)
    assert torch.equal(torch.cat([first, second]), expected)


def test_neurons_see_maps_as_one_axis():
    torch.manual_seed(0)
    conv, cells = nn.Conv2d(1, 2, 3), Neurons()
    conv.weight.data.abs_()
    x = 20 * torch.rand(30, 2, 1, 6, 6)
    found, _ = Chain(conv, cells)(x)
    current = torch.stack([conv(now) for now in x])
    expected, _ = Neurons()(current.flatten(2))
    assert 0 < found.mean() < 1 and torch.equal(found.flatten(2), expected)


def test_gradients_go_through():
    torch.manual_seed(0)
    chain = Chain(nn.Linear(4, 6), Neurons(), nn.Linear(6, 2))
    chain(20 * torch.rand(20, 3, 4))[0].sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in chain.parameters())


def test_what_is_no_layer_is_refused():
    with pytest.raises(TypeError, match="layers: a layer without time"):
        Chain(nn.LSTM(2, 2))
    chain = Chain(nn.Linear(2, 2), Neurons())
    with pytest.raises(ValueError, match="state: 2 are needed, one a layer, got 1"):
        chain(torch.zeros(3, 1, 2), [None])
    with pytest.raises(ValueError, match=r"x: axes \(T, B, ...\) are needed"):
        chain(torch.zeros(3, 2))
