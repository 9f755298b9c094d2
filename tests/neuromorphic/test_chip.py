"""The chip's whole numbers against the emulator of nengo-loihi, and what fits on it."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from neurolab.core import FastSigmoid
from neurolab.neuromorphic import Unsupported, to_nir
from neurolab.neuromorphic.cells import CELL, CellParams
from neurolab.neuromorphic.chip import CHIP, ChipParams, to_nearest, toward_zero
from neurolab.neuromorphic.chip_limits import fits, synapse_bits
from neurolab.neuromorphic.chip_net import ChipNet, Whole
from neurolab.spiking import NEURONS, Chain, CurrentLIFParams, LIFParams, Neurons, Recurrent

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # "not tested with this version of nengo"
    pytest.importorskip("nengo_loihi")
    from neurolab.neuromorphic import loihi


def lif(tau: float = 5.0) -> Neurons:
    return Neurons(NEURONS["lif"], LIFParams(tau))


def current(tau: float = 9.0, tau_syn: float = 4.0) -> Neurons:
    return Neurons(NEURONS["current_lif"], CurrentLIFParams(tau, tau_syn))


def loud(net: nn.Module, size: float) -> nn.Module:
    torch.manual_seed(4)
    for p in net.parameters():
        p.data = size * (torch.randn(p.shape) + 0.3) / max(p[0].numel(), 1) ** 0.5
    return net


NETS = {
    "lif": (lambda: loud(Chain(nn.Linear(12, 20), lif(), nn.Linear(20, 8), lif(12.0)), 6.0), (12,)),
    "current": (
        lambda: loud(Chain(nn.Linear(12, 20), current(), nn.Linear(20, 8), current()), 1.5),
        (12,),
    ),
    "recurrent": (lambda: loud(Recurrent(12, 20, lif()), 6.0), (12,)),
    "recurrent current": (
        lambda: loud(Chain(Recurrent(12, 20, current()), nn.Linear(20, 5), current()), 1.8),
        (12,),
    ),
    "convolution": (
        lambda: loud(
            Chain(
                *(nn.Conv2d(1, 3, 3), lif(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(27, 6)),
                *(lif(), nn.Linear(6, 3)),
            ),
            6.0,
        ),
        (1, 8, 8),
    ),
}


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("name", NETS)
def test_spikes_and_potentials_are_those_of_the_emulator(name, bits):
    make, shape = NETS[name]
    net = ChipNet(to_nir(make(), shape), bits=bits, hops=True)
    torch.manual_seed(0)
    x = (torch.rand(80, *shape) < 0.3).float()
    with torch.no_grad():
        _, _, ours = net(x[:, None], keep=tuple(net.spiking))
    theirs = loihi.run(net, x, keep=("voltage",))
    for node in net.spiking:
        z = ours[node][:, 0].flatten(1)
        assert 0.02 < z.mean() < 0.9 and torch.equal(z, theirs[node])
        assert theirs[f"{node}.voltage"].abs().max() > 1000


def test_numbers_are_whole_and_in_range():
    make, shape = NETS["convolution"]
    net = ChipNet(to_nir(make(), shape))
    for layer in net.layers:
        if isinstance(layer, Whole):
            mantissa = layer.whole / layer.unit
            assert torch.equal(mantissa, mantissa.round()) and torch.equal(
                mantissa % 2, mantissa * 0
            )
            assert mantissa.min() >= -256 and 250 <= mantissa.abs().max() <= 256
        if isinstance(layer, Neurons):
            params = layer.params
            assert params.threshold % 64 == 0 and 0 < params.threshold < 2**23
            assert torch.equal(params.decay_v, params.decay_v.round())


def test_with_large_numbers_it_is_the_cell_with_floats():
    drive = 0.6 * torch.rand(200, 2, 5, dtype=torch.float64)
    scale = 2.0**22
    floats, _ = Neurons(CELL, CellParams(1 - 200 / 4096, 1.0, 0.5, subtract=0.0))(drive)
    params = ChipParams(decay_i=2047.0, decay_v=200.0, threshold=scale)
    whole, _ = Neurons(CHIP, params)(torch.round(scale * drive))
    assert 0.05 < floats.mean() < 0.9
    assert (floats != whole).double().mean() < 0.002


def test_a_neuron_is_held_as_long_as_it_should():
    drive = torch.full((12, 1, 1), 1000.0, dtype=torch.float64)
    z, _ = Neurons(CHIP, ChipParams(decay_v=0.0, threshold=640.0, t_ref=3.0))(drive)
    assert z.flatten().tolist() == [1, 0, 0] * 4


@pytest.mark.parametrize("t_ref", [1.0, 2.0, 5.0])
def test_a_refractory_time_is_that_of_the_emulator(t_ref):
    make, shape = NETS["recurrent"]
    net = ChipNet(to_nir(make(), shape), hops=True)
    for node in net.spiking:
        net.of[node].given = replace(net.of[node].given, t_ref=t_ref)
    torch.manual_seed(0)
    x = (torch.rand(80, *shape) < 0.3).float()
    with torch.no_grad():
        _, _, ours = net(x[:, None], keep=tuple(net.spiking))
    theirs = loihi.run(net, x, keep=("voltage",))
    closest = []
    for node in net.spiking:
        z = ours[node][:, 0].flatten(1)
        assert z.mean() > 0.02 and torch.equal(z, theirs[node])
        closest += [t.nonzero().flatten().diff().min() for t in z.T if t.sum() > 1]
    assert min(closest) == t_ref


def test_rounding_is_invisible_to_the_gradient():
    x = torch.tensor([-1.5, -0.2, 0.7, 2.5], dtype=torch.float64, requires_grad=True)
    assert toward_zero(x).tolist() == [-1, 0, 0, 2] and to_nearest(x).tolist() == [-1, 0, 1, 3]
    (toward_zero(x) + 2 * to_nearest(x)).sum().backward()
    assert x.grad.tolist() == [3.0] * 4


def test_it_learns_in_the_arithmetic_of_the_chip():
    """Four bits a weight: which of two groups of inputs fires more often?"""
    torch.manual_seed(0)
    net = Chain(nn.Linear(10, 16), lif(10.0), nn.Linear(16, 2))
    for layer in (net.layers[0], net.layers[2]):
        nn.init.normal_(layer.weight, 0.5, 2.0)
    chip = ChipNet(to_nir(net), bits=4, surrogate=FastSigmoid())
    rate = 0.2 + 0.2 * torch.eye(2).repeat_interleave(5, 1)[torch.arange(40) % 2]
    x, y = (torch.rand(30, 40, 10) < rate).double(), torch.arange(40) % 2
    optimizer = torch.optim.Adam(chip.parameters(), 0.02)
    losses = []
    for _ in range(60):
        loss = nn.functional.cross_entropy(chip(x)[0].mean(0), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]
    assert torch.equal(chip.layers[0].whole % chip.layers[0].unit, 0 * chip.layers[0].whole)


def test_what_a_core_needs_is_what_nengo_loihi_reckons():
    for name in ("lif", "recurrent"):
        make, shape = NETS[name]
        net = ChipNet(to_nir(make(), shape))
        block = loihi.build(net, shape).blocks[net.spiking[0]]
        row, used = fits(net, shape).layers[0], block.utilization()
        assert (row.neurons, 1024) == used["compartments"] and row.cores == 1
        assert (row.bits, 2**20) == used["synapses"] and (row.in_axons, 4096) == used["in-axons"]
    assert synapse_bits(64) == 64 * 9 and synapse_bits(65) == 64 * 10 and synapse_bits(0) == 0


def test_what_does_not_fit_is_told():
    small = ChipNet(to_nir(Chain(nn.Linear(12, 20), lif())))
    assert not fits(small, (12,)).problems and "1 of 128 cores" in fits(small, (12,)).table()
    wide = ChipNet(to_nir(Chain(nn.Linear(5000, 20), lif(), nn.Linear(20, 3000), lif())))
    found = fits(wide, (5000,))
    assert found.problems == ["1.lif: 5,000 neurons before, a core listens to 4,096"]
    assert found.layers[1].cores == 3 and "It does not fit:" in found.table()


def test_what_the_chip_cannot_do_is_refused():
    with pytest.raises(Unsupported, match="weights are needed before lif, got the input itself"):
        ChipNet(to_nir(lif(), 3))
    with pytest.raises(Unsupported, match="a node that spikes is needed"):
        ChipNet(to_nir(nn.Linear(3, 2), dt=1.0))
    with pytest.raises(ValueError, match="bits: a whole number from 2 to 8 is needed, got 9"):
        ChipNet(to_nir(Chain(nn.Linear(3, 2), lif())), bits=9)
    sums = Chain(nn.Linear(3, 2), lif(), nn.Linear(2, 2), nn.Linear(2, 2), lif())
    with pytest.raises(Unsupported, match=r"sums of spikes are needed before 3\.linear, got"):
        ChipNet(to_nir(sums))
    with pytest.raises(ValueError, match=r"x: spikes \(T, \.\.\.\) of 0 and 1"):
        loihi.run(ChipNet(to_nir(Chain(nn.Linear(3, 2), lif()))), torch.full((4, 3), 0.5))
    full = Chain(nn.Linear(20_000, 2), lif())
    full.layers[0].weight.data.fill_(1.0)
    with pytest.raises(Unsupported, match=r"must stay below 2\^21 on a chip"):
        ChipNet(to_nir(full))


def test_numpy_of_the_shim_copies_only_if_asked():
    loihi.ready()
    module = loihi.nengo_loihi.block.np
    x = np.arange(3.0)
    assert module.array(x, copy=False) is x and module.array(x) is not x and module.pi == np.pi
