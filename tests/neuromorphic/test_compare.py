"""Agreement of targets, read-outs from spikes, and ways between neurons."""

import pytest
import torch
from graph_nets import NETS, cells, louder
from torch import nn

from neurolab.neuromorphic import (
    GraphNet,
    Operations,
    Unsupported,
    costs_of,
    energy_step,
    from_nir,
    to_nir,
)
from neurolab.neuromorphic.compare import compare, measured, mismatch, on_torch, read_out
from neurolab.neuromorphic.graph_net import in_doubles
from neurolab.neuromorphic.paths import heard, synapses, ways
from neurolab.spiking import Chain, ExponentialParams, Neurons, Recurrent, Synapses


def net_and_input(seed: int = 0):
    torch.manual_seed(seed)
    read = Synapses(12, 3, params=ExponentialParams(10.0))
    net = Chain(Recurrent(6, 12), read)
    net.layers[0].weight.data *= 15
    return net, (torch.rand(30, 5, 6) < 0.3).float()


def test_mismatch_of_trains():
    a = {"one": torch.tensor([1.0, 0, 1, 0]), "two": torch.tensor([0.0, 1, 1, 1])}
    assert mismatch(a, a) == 0
    assert mismatch(a, {name: 1 - z for name, z in a.items()}) == 1
    b = {"one": torch.tensor([1.0, 0, 1, 0]), "two": torch.tensor([1.0, 1, 1, 0])}
    assert mismatch(a, b) == pytest.approx(2 / 4)
    silent = {name: torch.zeros(4) for name in a}
    assert mismatch(silent, silent) == 0


def test_a_read_out_from_spikes_is_that_of_the_module():
    net, x = net_and_input()
    graph = from_nir(to_nir(net))
    with torch.no_grad():
        expected = net(x)[0]
    spikes = on_torch(graph, x)
    assert spikes["0.lif"].mean() > 0
    torch.testing.assert_close(read_out(graph, spikes).float(), expected)


@pytest.mark.parametrize("name", NETS)
def test_by_the_numbers_of_its_ways_a_network_has_its_spikes(name):
    """All currents of a node, from the spikes before it, by w and bias alone."""
    make, size, shape = NETS[name]
    torch.manual_seed(1)
    net = from_nir(to_nir(louder(make()), shape))
    x = (torch.rand(40, 1, *shape) < 0.3).double()
    spikes = on_torch(net, size * x)
    for node in net.spiking:
        total = 0.0
        for way in ways(net, node):
            z = (size * x if way.origin == net.source else spikes[way.origin])[:, 0].flatten(1)
            found = heard(net, way, shape)
            if found.filters:
                pytest.skip("a synaptic filter is not in the numbers")
            late = torch.cat([torch.zeros(len(found.w), z.shape[1], dtype=z.dtype), z])
            start = len(found.w) - (1 if way.looped else 0)
            for k, w in enumerate(found.w):
                total = total + late[start - k : start - k + len(z)] @ w
            total = total + found.bias
        z, _ = in_doubles(net.of[node])(total[:, None])
        assert z.sum() > 0 and torch.equal(z[:, 0], spikes[node][:, 0])


def test_synapses_and_operations_are_counted():
    net, x = net_and_input()
    graph = GraphNet(to_nir(net))
    reach = synapses(graph, (6,))
    assert reach["input"].tolist() == [12.0] * 6 and reach["0.lif"].tolist() == [11.0] * 12
    spikes = on_torch(graph, x)
    row = measured("torch", graph, x, torch.zeros(5, dtype=torch.long), spikes, spikes)
    assert row.synops == pytest.approx(float(12 * x.sum() + 11 * spikes["0.lif"].sum()) / 5)
    assert row.energy > 0 and row.mismatch == 0


def test_currents_are_multiplied_and_ones_are_added_in_each_step():
    """A constant picture of 2 zeros, 3 ones and 1 other number, for 4 neurons and 7 steps."""
    net = Chain(nn.Linear(6, 4), Neurons(), nn.Linear(4, 3))
    picture = torch.tensor([0.0, 1.0, 0.3, 1.0, 0.0, 1.0])
    row = compare(to_nir(net), picture.expand(7, 2, 6), torch.zeros(2).long(), ())[0]
    macs, acs, updates = 7 * 4 * 1, 7 * 4 * 3, 7 * 4  # spikes go to the read-out alone
    assert row.synops == macs + acs
    expected = energy_step(Operations(macs, acs, updates), costs_of("float32", "SRAM"))
    assert row.energy == pytest.approx(expected / 1000)


def test_all_targets_in_one_table():
    pytest.importorskip("nengo_loihi")
    net, x = net_and_input()
    with torch.no_grad():
        y = net(x)[0].mean(0).argmax(1)
    rows = {row.target: row for row in compare(to_nir(net), x[:, :3], y[:3], ("nengo", "loihi"))}
    assert list(rows) == ["torch", "nengo", "chip", "loihi"]
    assert rows["torch"].accuracy == rows["nengo"].accuracy == 1
    assert rows["nengo"].mismatch == rows["loihi"].mismatch == 0 < rows["chip"].mismatch < 1
    assert rows["loihi"].energy < rows["torch"].energy


@pytest.mark.parametrize("target", ["nengo", "brian2"])
def test_a_target_leaves_the_network_as_it_was(target):
    module = pytest.importorskip(f"neurolab.neuromorphic.{target}")
    net, x = net_and_input()
    graph = GraphNet(to_nir(net))
    with torch.no_grad():
        before = graph(x)[0]
        module.run(graph, x[:, 0])
        read_out(graph, on_torch(graph, x))
        assert all(p.dtype == torch.float32 for p in graph.parameters())
        assert torch.equal(graph(x)[0], before)


def test_a_target_that_cannot_says_why():
    pytest.importorskip("nengo_loihi")
    net = Chain(nn.Linear(6, 4), Neurons(), nn.Linear(4, 4), nn.Linear(4, 4), cells())
    rows = compare(to_nir(net), torch.ones(5, 1, 6), torch.zeros(1, dtype=torch.long), ("loihi",))
    assert "sums of spikes are needed" in rows[1].note and rows[1].accuracy != rows[1].accuracy
    currents = Chain(nn.Linear(6, 4), Neurons())
    rows = compare(to_nir(currents), torch.full((5, 1, 6), 0.3), torch.zeros(1).long(), ("loihi",))
    assert "takes spikes" in rows[2].note
    with pytest.raises(Unsupported, match="linear needs more than spikes"):
        loop = from_nir(to_nir(nn.Linear(3, 2), dt=1.0))
        read_out(loop, {})
