"""Our networks in Brian2 itself."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from graph_nets import NETS, cells, louder
from torch import nn

from neurolab.neuromorphic import Unsupported, from_nir, to_nir
from neurolab.spiking import Chain, CurrentLIFParams, Synapses

pytest.importorskip("brian2", reason="Brian2 is not installed")
from neurolab.neuromorphic import brian2 as target


def both(name: str, as_spikes: bool) -> tuple:
    """A network and its input, given as spikes or as currents."""
    make, size, shape = NETS[name]
    torch.manual_seed(1)
    net = from_nir(to_nir(louder(make()), shape)).double()
    x = (torch.rand(60, *shape) < 0.3).double()
    if not as_spikes:
        return net, size * x
    first = next(p for n, p in net.named_parameters() if n.endswith("weight"))
    first.data *= size
    return net, x


def ours(net, x: torch.Tensor) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        _, _, kept = net(x[:, None], keep=tuple(net.spiking))
    assert all(0 < z.mean() < 1 for z in kept.values())
    return {name: z[:, 0].flatten(1) for name, z in kept.items()}


QUICK = ("recurrent current", "delay a synapse")  # Brian2 writes code for each network


@pytest.mark.parametrize(
    ("name", "as_spikes"),
    [
        pytest.param(name, kind, marks=() if name in QUICK and kind else pytest.mark.slow)
        for name in NETS
        for kind in (True, False)
    ],
)
def test_a_network_has_the_spikes_of_the_module(name, as_spikes):
    net, x = both(name, as_spikes)
    theirs = target.run(net, x)
    for node, z in ours(net, x).items():
        assert torch.equal(z, theirs[node])


@pytest.mark.slow
def test_many_inputs_at_once_are_as_one_by_one():
    for as_spikes in (True, False):
        net, x = both("recurrent", as_spikes)
        batch = torch.stack([x, x.flip(0), 0 * x], 1)
        with torch.no_grad():
            _, _, kept = net(batch, keep=tuple(net.spiking))
        theirs = target.run_all(net, batch)
        assert all(torch.equal(z, theirs[node]) for node, z in kept.items())
        assert kept["lif"][:, 0].sum() > 0 and not torch.equal(kept["lif"][:, 0], kept["lif"][:, 1])


@pytest.mark.slow
@pytest.mark.parametrize("code", ["cython", "cpp_standalone"])
def test_compiled_too(code, tmp_path):
    net, x = both("recurrent current", True)
    theirs = target.run(net, x, code, str(tmp_path / "program"))
    for node, z in ours(net, x).items():
        assert torch.equal(z, theirs[node])


@pytest.mark.slow
def test_what_is_exported_runs_without_neurolab(tmp_path):
    net, x = both("two loops", True)
    target.export(net, x, tmp_path / "network.py")
    command = [sys.executable, "network.py", "network.npz"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    for node, z in ours(net, x).items():
        name = "cells_" + node.replace(".", "_")
        assert f"{name}: {int(z.sum())} spikes of {z.shape[1]} cells in 60 steps" in said
    assert "neurolab" not in (tmp_path / "network.py").read_text().split('"""', 2)[2]


def test_what_has_no_place_is_refused(tmp_path):
    filters = Chain(Synapses(6, 6), Synapses(6, 4), cells())
    with pytest.raises(Unsupported, match="one synaptic filter before a neuron"):
        target.run(from_nir(to_nir(filters)), torch.ones(5, 6))
    both_kinds = Chain(Synapses(6, 4), cells("current_lif", CurrentLIFParams(5.0, 3.0)))
    with pytest.raises(Unsupported, match="one synaptic filter before a neuron"):
        target.run(from_nir(to_nir(both_kinds)), torch.ones(5, 6))
    net = from_nir(to_nir(Chain(nn.Linear(6, 4), cells())))
    with pytest.raises(ValueError, match=r"file: a name that ends in \.py is needed"):
        target.export(net, torch.ones(5, 6), tmp_path / "network.txt")
    with pytest.raises(ValueError, match="target: numpy, cython or cpp_standalone"):
        target.run(net, torch.ones(5, 6), "opencl")
    assert np.isfinite(target.spec(net, torch.ones(5, 1, 6))["cells_1_lif.decay"]).all()
