"""Steps inside a loop: quick where nothing is learned, and with the spikes they have otherwise."""

from itertools import pairwise

import nir
import numpy as np
import pytest
import torch
from torch import nn

from neurolab import kernels
from neurolab.neuromorphic import from_nir, graph_net, loop_steps
from neurolab.spiking import NEURONS, LIFParams, Neurons

KINDS = ["LIF", "of its own", "CubaLIF", "with a core", "CubaLIF with a core"]


def looped(neurons: int, kind: str = "LIF"):
    """Input, neurons, a few others, and back."""
    chance = np.random.default_rng(0)
    few = 10

    def weight(to, source, size):
        return nir.Linear(size * chance.standard_normal((to, source)))

    def cells(count):
        ones = np.ones(count)
        if kind == "of its own":
            own = np.linspace(0.015, 0.025, count)  # of each neuron
            return nir.LIF(own, ones, 0 * ones, ones, 0 * ones)
        if kind == "LIF":
            return nir.LIF(0.02 * ones, ones, 0 * ones, ones, 0 * ones)
        if kind == "with a core":
            own = np.linspace(0.015, 0.025, count)
            made = nir.LIF(own, ones, 0 * ones, ones, 0 * ones)
        else:
            into = ones / (1 - np.exp(-0.001 / 0.005)) if kind == "CubaLIF with a core" else ones
            made = nir.CubaLIF(0.005 * ones, 0.02 * ones, ones, 0 * ones, ones, 0 * ones, into)
        if "core" in kind:
            made.metadata["neurolab"] = {"reset": "subtract"}
        return made

    nodes = {"input": nir.Input(np.array([20])), "in": weight(neurons, 20, 6.0)}
    nodes |= {"many": cells(neurons), "on": weight(few, neurons, 3.0), "few": cells(few)}
    nodes |= {"back": weight(neurons, few, 2.0), "output": nir.Output(np.array([few]))}
    way = ["input", "in", "many", "on", "few", "output"]
    edges = [*pairwise(way), ("few", "back"), ("back", "many")]
    return from_nir(nir.NIRGraph(nodes, edges), dt=1.0).double()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("core", [True, False])
def test_a_loop_has_the_spikes_that_it_has_with_gradients(kind, batch, core):
    net = looped(60, kind)
    x = (torch.rand(120, batch, 20, generator=torch.Generator().manual_seed(1)) < 0.2).double()
    out, state, seen = net(x, keep=("many", "few"))
    with torch.no_grad(), kernels.enable() if core else kernels.disable():
        out_quick, state_quick, seen_quick = net(x, keep=("many", "few"))
        first, between = net(x[:50])
        before = [part.clone() for part in between.nodes["many"]]
        second, _ = net(x[50:], between)
        for part, now in zip(before, between.nodes["many"], strict=True):
            assert torch.equal(part, now), "a state that is given stays as it is"
    assert torch.equal(out, out_quick) and torch.equal(torch.cat([first, second]), out)
    for name, z in seen.items():
        assert torch.equal(z, seen_quick[name]) and 0.01 < z.mean() < 0.6
        for a, b in zip(state.nodes[name], state_quick.nodes[name], strict=True):
            torch.testing.assert_close(a.detach(), b)


@pytest.mark.parametrize("part", [0.0, 0.05, 0.9])
@pytest.mark.parametrize("bias", [False, True])
def test_a_sum_of_events_is_the_product(part, bias):
    layer = nn.Linear(80, 7, bias).double()
    z = (torch.rand(3, 80, generator=torch.Generator().manual_seed(2)) < part).double()
    run = loop_steps.stepper(layer, 100, of_spikes=True)
    with torch.no_grad():
        torch.testing.assert_close(run(z, None)[0], layer(z))


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("bias", [False, True])
def test_many_steps_of_events_are_the_product(part, bias):
    """At 0.3 by torch's product, else column by column; the second call as the first."""
    layer = nn.Linear(80, 7, bias).double()
    z = (torch.rand(70, 2, 80, generator=torch.Generator().manual_seed(2)) < part).double()
    run = loop_steps.over_time(layer, dense=False)
    with torch.no_grad():
        for x in (z, z[:60]):
            torch.testing.assert_close(run(x, None)[0], layer(x))


@pytest.mark.parametrize("kind", ["LIF", "with a core"])
def test_blocks_of_time_change_nothing(kind, monkeypatch):
    net = looped(60, kind)
    x = (torch.rand(317, 2, 20, generator=torch.Generator().manual_seed(3)) < 0.07).double()
    assert len(x) > graph_net.MANY * 3, "three blocks of one length, and a rest"
    out, after, seen = net(x, keep=("in", "many"))  # as one learns: by torch, in one piece
    with torch.no_grad():
        monkeypatch.setattr(graph_net, "BLOCK", 60 * 2 * 25)
        cut, after_cut, seen_cut = net(x, keep=("in", "many"))
        assert torch.equal(net(x)[0], out)
    assert torch.equal(out, cut) and seen["many"].mean() > 0.002
    for name, y in seen.items():
        torch.testing.assert_close(y, seen_cut[name])
    for a, b in zip(after.nodes["many"], after_cut.nodes["many"], strict=True):
        torch.testing.assert_close(a, b)


def test_a_loop_says_which_way_it_went():
    net, x = looped(60, "with a core"), torch.zeros(30, 1, 20).double()
    with torch.no_grad():
        assert kernels.explain(net, x).count("lif: fast core") == 2
        assert not any("lif" in line for line in kernels.explain(looped(60), x)), "resets to 0"
        with kernels.disable():
            assert "lif: scan, since the fast cores are switched off" in kernels.explain(net, x)


def test_who_watches_a_layer_is_called():
    net, seen = looped(60, "with a core"), []
    for layer in net.layers:
        layer.register_forward_hook(lambda layer, _, y: seen.append(layer))
    with torch.no_grad():
        net((torch.rand(120, 1, 20) < 0.1).double())
    assert {*net.layers} == {*seen}


def test_another_number_of_spikes_is_refused():
    run = loop_steps.over_time(nn.Linear(80, 7), dense=False)
    with torch.no_grad(), pytest.raises(ValueError, match=r"z: spikes of 80 inputs .*120, 79"):
        run(torch.zeros(120, 1, 79), None)


def test_what_cannot_be_run_is_refused_by_name():
    net = looped(30)
    x = torch.zeros(30, 1, 20).double()
    x[7, 0, 3] = float("nan")
    with torch.no_grad(), pytest.raises(ValueError, match="x: many: finite numbers"):
        net(x)
    cells = loop_steps.stepper(Neurons(NEURONS["lif"], LIFParams(torch.ones(5))), 30, False)
    with pytest.raises(ValueError, match="as many neurons as constants"):
        cells(torch.zeros(1, 4), None)
