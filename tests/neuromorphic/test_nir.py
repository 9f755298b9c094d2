"""Networks written to NIR and read again, and those that Norse and snnTorch wrote."""

from pathlib import Path

import numpy as np
import pytest
import torch
from graph_nets import NETS, TAUS, cells, louder
from torch import nn

from neurolab.neuromorphic import Unsupported, from_nir, to_nir
from neurolab.spiking import (
    LIF,
    NEURONS,
    ALIFParams,
    Chain,
    Delays,
    LIFParams,
    Neurons,
    Recurrent,
    RefractoryLIFParams,
)
from neurolab.spiking.family import CONVENTIONS

nir = pytest.importorskip("nir")
GRAPHS = Path(__file__).parent / "graphs"


def spikes(net, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return net(x)[0]


@pytest.mark.parametrize("name", NETS)
def test_written_and_read_again_it_has_the_same_spikes(name, tmp_path):
    make, size, shape = NETS[name]
    torch.manual_seed(1)
    net = louder(make())
    x = size * (torch.rand(60, 3, *shape) < 0.3).float()
    nir.write(tmp_path / "net.nir", to_nir(net, shape))
    again = from_nir(tmp_path / "net.nir")
    before, after = spikes(net, x), spikes(again, x)
    assert 0 < (before != 0).float().mean() < 1 and torch.equal(before, after)
    with torch.no_grad():
        first, state = again(x[:23])
        second, _ = again(x[23:], state)
    assert torch.equal(torch.cat([first, second]), after)


def test_weights_and_times_come_back_as_they_were(tmp_path):
    net = Chain(nn.Linear(6, 8), cells("lif", LIFParams(TAUS)))
    nir.write(tmp_path / "net.nir", to_nir(net))
    again = from_nir(tmp_path / "net.nir")
    linear, lif = again.layers
    assert torch.equal(linear.weight, net.layers[0].weight)
    torch.testing.assert_close(lif.params.tau, TAUS, rtol=1e-7, atol=0)
    assert nir.read(tmp_path / "net.nir").nodes["1.lif"].tau[0] == pytest.approx(0.003)


FOREIGN = {
    "norse_box": (1.0, "norse"),
    "norse_cell": (1.0, "norse"),
    "snntorch_leaky": (0.1, "snntorch"),
    "snntorch_synaptic": (0.1, "snntorch"),
    "snntorch_recurrent": (0.1, "snntorch"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_graphs_of_others_have_the_spikes_they_had_there(name):
    kept = np.load(GRAPHS / "spikes.npz")
    x, z = (torch.from_numpy(kept[f"{name}.{end}"]) for end in ("in", "out"))
    found = spikes(from_nir(GRAPHS / f"{name}.nir", *FOREIGN[name]), x[:, None])[:, 0]
    assert 0.05 < z.mean() < 0.95 and torch.equal(found, z)


@pytest.mark.parametrize("name", FOREIGN)
def test_by_another_convention_it_is_another_network(name):
    kept = np.load(GRAPHS / "spikes.npz")
    x, z = (torch.from_numpy(kept[f"{name}.{end}"]) for end in ("in", "out"))
    found = spikes(from_nir(GRAPHS / f"{name}.nir", FOREIGN[name][0], "neurolab"), x[:, None])
    assert not torch.equal(found[:, 0], z)


@pytest.mark.parametrize("name", ["ours_for_norse", "ours_for_snntorch"])
def test_ours_have_our_spikes_there(name):
    kept = np.load(GRAPHS / "spikes.npz")
    x, z = (torch.from_numpy(kept[f"{name}.{end}"]) for end in ("in", "out"))
    dt = {"ours_for_norse": 1.0, "ours_for_snntorch": 0.1}[name]
    found = spikes(from_nir(GRAPHS / f"{name}.nir", dt, "euler"), x[:, None])[:, 0]
    assert 0.05 < z.mean() < 0.95 and torch.equal(found, z)


def test_what_nir_cannot_say_is_refused():
    with pytest.raises(Unsupported, match="adaptive thresholds, got alif"):
        to_nir(Chain(nn.Linear(3, 2), cells("alif", ALIFParams())))
    with pytest.raises(Unsupported, match="such neurons, got izhikevich"):
        to_nir(Chain(nn.Linear(3, 2), cells("izhikevich")))
    with pytest.raises(Unsupported, match="no node for LSTM"):
        to_nir(nn.LSTM(3, 2), 3)
    with pytest.raises(ValueError, match=r"dt: the module has steps of 1\.0 ms, got 2\.0"):
        to_nir(LIF(3, 2), dt=2.0)
    with pytest.raises(ValueError, match="dt: a time step in ms is needed"):
        to_nir(Delays(3, 2, 4))
    with pytest.raises(ValueError, match="shape: that of an input is needed"):
        to_nir(Chain(nn.Conv2d(1, 2, 3), cells()))
    with pytest.raises(Unsupported, match="one time step for all layers"):
        to_nir(Chain(LIF(3, 2), LIF(2, 2, dt=0.5)))


@pytest.mark.parametrize("kind", ["brian2", "nengo", "refractory_lif", "refractory_alif"])
def test_a_refractory_time_is_refused_whatever_neuron_has_it(kind):
    """The neuron says which; a graph without it would fire more."""
    waiting = Neurons({**NEURONS, **CONVENTIONS}[kind])
    assert waiting.params.t_ref > 0
    for net in (Chain(nn.Linear(3, 2), waiting), Recurrent(3, 2, waiting)):
        with pytest.raises(Unsupported, match=waiting.kind.step.__name__.removesuffix("_step")):
            to_nir(net)


def test_one_neuron_that_waits_is_enough_and_none_is_written():
    def made(t_ref) -> Chain:
        params = RefractoryLIFParams(7.0, torch.tensor(t_ref))
        return Chain(nn.Linear(3, 2), Neurons(CONVENTIONS["brian2"], params))

    with pytest.raises(Unsupported, match="such neurons, got lif_brian2"):
        to_nir(made([0.0, 2.0]))
    assert to_nir(made([0.0, 0.0])).nodes["1.lif"].tau.tolist() == pytest.approx([0.007, 0.007])


def test_what_cannot_be_run_is_refused():
    graph = to_nir(LIF(3, 2))
    with pytest.raises(ValueError, match="convention: one of neurolab, euler, norse, snntorch"):
        from_nir(graph, convention="lava")
    with pytest.raises(ValueError, match="keep: 'nobody' is not a node"):
        from_nir(graph)(torch.zeros(1, 1, 3), keep=("nobody",))
    graph.metadata = {}
    with pytest.raises(ValueError, match="dt: this graph does not say its time step"):
        from_nir(graph)
    graph.nodes["lif"].v_threshold = graph.nodes["lif"].v_threshold - 1
    with pytest.raises(Unsupported, match="v_threshold above v_leak"):
        from_nir(graph, 1.0)
