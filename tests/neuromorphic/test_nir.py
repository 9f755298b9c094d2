"""Networks written to NIR and read again, and those that Norse and snnTorch wrote."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from neurolab.neuromorphic import Unsupported, from_nir, to_nir
from neurolab.spiking import (
    LIF,
    NEURONS,
    ALIFParams,
    Chain,
    CurrentLIFParams,
    Delays,
    LIFParams,
    Neurons,
    Recurrent,
    RefractoryLIFParams,
    Synapses,
)
from neurolab.spiking.family import CONVENTIONS

nir = pytest.importorskip("nir")
GRAPHS = Path(__file__).parent / "graphs"
TAUS = torch.linspace(3, 30, 8)


def cells(kind: str = "lif", params: object | None = None) -> Neurons:
    return Neurons(NEURONS[kind], params)


def hard() -> Neurons:
    return Neurons(CONVENTIONS["brian2"], RefractoryLIFParams(7.0, 0.0))


NETS = {
    "layers": (lambda: Chain(LIF(6, 8, LIFParams(7.3)), LIF(8, 5)), 20.0),
    "own times": (lambda: Chain(nn.Linear(6, 8), cells("lif", LIFParams(TAUS))), 15.0),
    "reset to 0": (lambda: Chain(nn.Linear(6, 8), hard(), nn.Linear(8, 5), hard()), 15.0),
    "current": (
        lambda: Chain(nn.Linear(6, 8), cells("current_lif", CurrentLIFParams(TAUS, 4.0))),
        4.0,
    ),
    "recurrent": (lambda: Recurrent(6, 8), 15.0),
    "recurrent current": (lambda: Recurrent(6, 8, cells("current_lif")), 4.0),
    "two loops": (
        lambda: Chain(Recurrent(6, 8), nn.Linear(8, 8), Recurrent(8, 5)),
        15.0,
    ),
    "delay an input": (lambda: Chain(Delays(6, 8, 4, torch.arange(6) / 1.5), cells()), 15.0),
    "delay a synapse": (lambda: Chain(Delays(6, 8, 4), cells()), 15.0),
    "synapses": (lambda: Chain(Synapses(6, 8), cells()), 8.0),
}


def louder(net: nn.Module) -> nn.Module:
    """Weights behind spikes, so that the last layer fires, too."""
    weights = [p for n, p in net.named_parameters() if n.endswith("weight")]
    for weight in weights[1:]:
        weight.data *= 12
    return net


def spikes(net, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return net(x)[0]


@pytest.mark.parametrize("name", NETS)
def test_written_and_read_again_it_has_the_same_spikes(name, tmp_path):
    make, size = NETS[name]
    torch.manual_seed(1)
    net = louder(make())
    x = size * (torch.rand(60, 3, 6) < 0.3).float()
    nir.write(tmp_path / "net.nir", to_nir(net))
    again = from_nir(tmp_path / "net.nir")
    before, after = spikes(net, x), spikes(again, x)
    assert 0 < (before != 0).float().mean() < 1 and torch.equal(before, after)
    with torch.no_grad():
        first, state = again(x[:23])
        second, _ = again(x[23:], state)
    assert torch.equal(torch.cat([first, second]), after)


@pytest.mark.parametrize("flat", [False, True])
def test_convolutions_too(flat, tmp_path):
    torch.manual_seed(2)
    if flat:
        parts, shape = [nn.Conv1d(2, 4, 3, 2, 1), cells(), nn.Flatten(), nn.Linear(20, 5)], (2, 9)
    else:
        shape = (1, 8, 8)
        parts = [nn.Conv2d(1, 4, 3), cells(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(36, 5)]
    net = Chain(*parts, cells())
    for weight in (p for n, p in net.named_parameters() if n.endswith("weight")):
        weight.data = 4 * weight.data.abs() - 0.2
    x = 8 * (torch.rand(50, 2, *shape) < 0.4).float()
    nir.write(tmp_path / "net.nir", to_nir(net, shape))
    before, after = spikes(net, x), spikes(from_nir(tmp_path / "net.nir"), x)
    assert 0 < before.mean() < 1 and torch.equal(before, after)


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
