"""Layers of neurons that fire once: their gradient in a network, their loss, XOR, bad input."""

import math

import numpy as np
import pytest
import torch

from neurolab import kernels
from neurolab.spiking.temporal import TemporalParams, causal_spikes
from neurolab.spiking.temporal_network import (
    TemporalLayer,
    TemporalNetwork,
    fire,
    first_spike,
    first_spike_loss,
)

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))]
FREE = TemporalParams(penalty=0.0, limit=math.inf)


def network(sizes=(6, 9, 4), pulses=3, seed=0, params=FREE, **options):
    chance = torch.Generator().manual_seed(seed)
    options = {"mean": 1.0, "pulse_mean": 1.0} | options
    return TemporalNetwork(sizes, pulses=pulses, params=params, generator=chance, **options)


def examples(rows=5, inputs=6, seed=1):
    chance = torch.Generator().manual_seed(seed)
    t_in = torch.rand(rows, inputs, generator=chance, dtype=torch.float64)
    t_in[0, 0] = math.inf
    return t_in


# ---- the gradient through a network --------------------------------------------------------------


@pytest.mark.parametrize("way", [kernels.disable, kernels.enable])
def test_gradient_of_the_loss_equals_finite_differences(way):
    """By inputs, by all weights and by the times of the pulses; the fast core, too."""
    net = network((4, 5, 3), pulses=2).double()
    t_in, y = examples(3, 4).requires_grad_(), torch.tensor([0, 1, 2])

    def loss():
        return first_spike_loss(net(t_in), y)

    with way():
        times = net.all_times(t_in)
        assert all((t < math.inf).sum() >= 3 for t in times), "nothing fires, an empty test"
        parts = [t_in, *net.parameters()]
        found = torch.autograd.grad(loss(), parts)
        h = 1e-6
        for x, d in zip(parts, found, strict=True):
            assert d.abs().max() > 1e-3
            with torch.no_grad():
                for place in np.ndindex(*x.shape):
                    kept = x[place].item()
                    if kept == math.inf:
                        assert d[place] == 0
                        continue
                    values = []
                    for step in (h, -h):
                        x[place] = kept + step
                        values.append(loss().item())
                    x[place] = kept
                    slope = (values[0] - values[1]) / (2 * h)
                    assert d[place].item() == pytest.approx(slope, rel=1e-5, abs=1e-7)


def test_the_layer_is_causal_spikes_of_inputs_and_pulses():
    layer, t_in = network().layers[0].double(), examples()
    both = torch.cat([t_in, layer.pulses.expand(len(t_in), -1)], 1)
    wanted = causal_spikes(both, layer.weight, FREE).t
    torch.testing.assert_close(layer(t_in), wanted, atol=1e-10, rtol=0)


def test_first_weights_and_pulses_are_as_said():
    layer = TemporalLayer(300, 80, 20, mean=-2.0, pulse_mean=5.0)
    sigma = math.sqrt(2 / 400)
    inputs, pulses = layer.weight[:, :300] / sigma, layer.weight[:, 300:] / sigma
    assert inputs.mean().item() == pytest.approx(-2, abs=0.03)
    assert pulses.mean().item() == pytest.approx(5, abs=0.1)
    assert inputs.std().item() == pytest.approx(1, abs=0.03)
    assert TemporalLayer(3, 2, 4).pulses.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])
    net = network(pulse_mean=(0.0, 9.0), sizes=(3, 40, 40), pulses=20)
    first, second = (layer.weight[:, -20:].mean() for layer in net.layers)
    assert abs(first) < 0.1 < 1 < second


def test_vmap_and_func_grad_agree_with_one_by_one():
    net, t_in = network().double(), examples()
    w = net.layers[0].weight[:, :6].detach()
    many = torch.stack([t_in, t_in + 0.3])
    by_map = torch.func.vmap(lambda t: fire(t, w, FREE))(many)
    torch.testing.assert_close(by_map, torch.stack([fire(t, w, FREE) for t in many]))

    def total(w):
        t = fire(t_in, w, FREE)
        return torch.where(t < math.inf, t, 0.0).sum()

    w = w.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(total(w), w)
    assert wanted.abs().sum() > 0
    torch.testing.assert_close(torch.func.grad(total)(w.detach()), wanted)


# ---- the loss ------------------------------------------------------------------------------------


def test_the_loss_is_minus_log_softmax_of_minus_the_times():
    t = torch.tensor([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]]).double()
    chance = np.exp(-t.numpy())
    chance /= chance.sum(1, keepdims=True)
    wanted = -(math.log(chance[0, 2]) + math.log(1 / 3)) / 2
    assert first_spike_loss(t, torch.tensor([2, 0])).item() == pytest.approx(wanted, rel=1e-12)


def test_an_output_that_never_fires_is_late_and_has_no_gradient():
    t = torch.tensor([[1.0, math.inf]]).double().requires_grad_()
    loss = first_spike_loss(t, torch.tensor([1]), late=50.0)
    assert loss.item() == pytest.approx(49.0)
    loss.backward()
    assert t.grad.tolist() == [[-1.0, 0.0]]  # the wrong one is told to wait
    assert first_spike(torch.tensor([[3.0, 1.0], [math.inf, math.inf]])).tolist() == [1, -1]


# ---- learning ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 5))]
)
def test_xor_of_times_is_learned(seed):
    """Settings chosen on seeds 10 and up; all four answers, and with noise on the times."""
    t_in = torch.tensor([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    y = torch.tensor([0, 1, 1, 0])
    params = TemporalParams(decay=1.0, threshold=0.5, penalty=1.0, limit=10.0)
    net = network((2, 16, 2), pulses=0, seed=seed, params=params, mean=2.0)
    before = (first_spike(net(t_in)) == y).float().mean()
    adam = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(300):
        loss = first_spike_loss(net(t_in), y)
        adam.zero_grad()
        loss.backward()
        adam.step()
    assert before < 1
    assert torch.equal(first_spike(net(t_in)), y)
    noise = 0.1 * torch.randn(50, 4, 2, generator=torch.Generator().manual_seed(seed))
    found = first_spike(net((t_in + noise).flatten(0, 1))).view(50, 4)
    assert (found == y).float().mean() >= 0.95


def test_silent_neurons_come_back_by_the_penalty_alone():
    net = network((2, 5, 2), pulses=0, mean=-1.0, params=TemporalParams(penalty=1.0, limit=10.0))
    t_in, y = torch.rand(8, 2), torch.zeros(8, dtype=torch.long)
    silent = [(t == math.inf).float().mean() for t in net.all_times(t_in)]
    assert silent[1] == 1
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(100):
        adam.zero_grad()
        first_spike_loss(net(t_in), y).backward()
        adam.step()
    assert all((t < math.inf).float().mean() > 0.9 for t in net.all_times(t_in))


# ---- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("t_in", "w", "error", "name"),
    [
        (torch.zeros(2, 3).long(), torch.zeros(4, 3), TypeError, "t_in"),
        ([[0.0]], torch.zeros(1, 1), TypeError, "t_in"),
        (torch.zeros(2, 3), torch.zeros(4, 3).int(), TypeError, "w"),
        (torch.zeros(2, 3), torch.zeros(4, 2), ValueError, "t_in, w"),
        (torch.zeros(3), torch.zeros(4, 3), ValueError, "t_in, w"),
        (torch.zeros(2, 0), torch.zeros(4, 0), ValueError, "t_in, w"),
        (torch.zeros(2, 3), torch.zeros(4, 3).double(), ValueError, "dtype"),
        (torch.full((2, 3), math.nan), torch.zeros(4, 3), ValueError, "t_in"),
        (torch.full((2, 3), -math.inf), torch.zeros(4, 3), ValueError, "t_in"),
        (torch.full((2, 3), 1e4), torch.zeros(4, 3), ValueError, "t_in"),
        (torch.zeros(2, 3), torch.full((4, 3), math.inf), ValueError, "w"),
    ],
    ids=["whole", "list", "whole w", "sizes", "no batch", "no inputs", "dtypes", "nan", "minus inf",
         "far", "infinite w"],
)  # fmt: skip
def test_bad_input_is_refused_by_name(t_in, w, error, name):
    with pytest.raises(error, match=name):
        fire(t_in, w)


def test_bad_sizes_are_refused_by_name():
    for name, wrong in (("inputs", 0), ("units", 2.0), ("pulses", -1), ("units", True)):
        with pytest.raises(ValueError, match=name):
            TemporalLayer(**({"inputs": 3, "units": 2} | {name: wrong}))
    with pytest.raises(ValueError, match="sizes"):
        TemporalNetwork((3,))
    with pytest.raises(ValueError, match="mean"):
        TemporalNetwork((3, 2, 2), mean=(1.0,))
    with pytest.raises(ValueError, match="t_in"):
        TemporalLayer(3, 2)(torch.zeros(3))
    with pytest.raises(ValueError, match="t, y"):
        first_spike_loss(torch.zeros(2, 3), torch.zeros(3).long())


def test_an_empty_batch_goes_through():
    net = network()
    t = net(torch.zeros(0, 6))
    assert t.shape == (0, 4)
    t.sum().backward()
    assert not net.layers[0].weight.grad.any()
