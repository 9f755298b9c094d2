"""The figures of dendrites run the package's neurons, and show what theory says."""

import numpy as np
import pytest
import torch

from neurolab.core.random import normal, seeded
from neurolab.dendrites import Compartmental, DCaAP, DCaAPParams, GlutamateParams, star
from neurolab.live import FIGURES
from neurolab.live.figures import tree


def shown(name, **moved):
    figure = FIGURES[name]
    return figure.simulate(**(figure.params | moved))


def noisy(size):
    """The inputs of the figure: 60 of each corner, from the same stream; and XOR of the corner."""
    s, x = seeded(3), []
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        for _ in range(60):
            one, s = normal(s)
            two, s = normal(s)
            x.append([corner[0] + size * one, corner[1] + size * two])
    return torch.tensor(x, dtype=torch.float64), torch.arange(240) // 60 % 3 > 0


@pytest.mark.parametrize(
    "moved", [{}, {"w1": 0.6, "bias": 0.3, "soma": 0.4}, {"reach": 4, "noise": 0.5}, {"w2": 0}]
)
def test_dcaap_answers_as_the_module_does(moved):
    settings = FIGURES["dcaap"].params | moved
    neuron = DCaAP(2, 1, DCaAPParams(settings["reach"] - 1, settings["rise"])).double()
    with torch.no_grad():
        neuron.weight[0, 0], neuron.weight[0, 1] = settings["w1"], settings["w2"]
        neuron.bias.fill_(settings["bias"])
        neuron.soma.fill_(settings["soma"])
    data = shown("dcaap", **moved)
    corners = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]).double()
    with torch.no_grad():
        assert data["truth"] == (neuron(corners)[:, 0] > 0).double().tolist()
        x, wanted = noisy(settings["noise"])
        right = (neuron(x)[:, 0] > 0) == wanted
        for kind, told in (("good", right), ("bad", ~right)):
            found = torch.tensor([data[f"{kind}_x"], data[f"{kind}_y"]], dtype=torch.float64).T
            torch.testing.assert_close(found, x[told], atol=1e-12, rtol=0)
        inside = torch.tensor([data["inside_x"], data["inside_y"]], dtype=torch.float64).T
        assert (neuron(inside) > 0).all() and 0 < len(inside) < 33 * 33
        for line in ("first", "second"):
            ends = torch.tensor([data[f"{line}_x"], data[f"{line}_y"]], dtype=torch.float64).T
            assert neuron(ends).abs().max() < 1e-9
    assert len(data["good_x"]) + len(data["bad_x"]) == 240
    assert len(data["good_x"]) == data["count"][0]


def test_dcaap_shows_xor_at_first_and_loses_it_when_the_curve_no_longer_falls():
    assert shown("dcaap")["truth"] == [0, 1, 1, 0]
    for w in np.arange(0, 2.01, 0.25):  # reach 4: as a threshold unit
        for bias in (-0.5, 0, 0.5, 1):
            for soma in (0.1, 0.2):
                told = shown("dcaap", reach=4, w1=w, w2=w, bias=bias, soma=soma)["truth"]
                assert told != [0, 1, 1, 0]


def test_tree_runs_the_neuron_of_the_package():
    """Another program: tensors, all compartments at once."""
    for count, spread, place, nmda, magnesium in ((12, 1, 2, 1.0, 1.0), (17, 5, 1, 2.0, 0.3)):
        data = shown(
            "tree", count=count, spread=spread, place=place, nmda=nmda, magnesium=magnesium
        )
        on = tree.placed(count, spread, place - 1)
        params = GlutamateParams(nmda=nmda, magnesium=magnesium)
        neuron = Compartmental(star(), range(17), params, dt=1.0).double()
        x = torch.zeros(100, 1, 17, dtype=torch.float64)
        x[0, 0] = torch.tensor(on)
        soma, _ = neuron(x)
        np.testing.assert_allclose(data["soma"][1:], soma.v[:, 0] + 70, atol=1e-9)
        assert sum(on) == count and max(on) == -(-count // spread)
        assert sum(n > 0 for n in on) == min(spread, count)
        assert data["own"][0] == pytest.approx(max(data["soma"]))
        assert len(data["on_x"]) == count


def test_tree_says_where_a_cluster_is_worth_more():
    together, apart = shown("tree"), shown("tree", spread=8)
    assert together["ratio"][0] > 1.5 and together["local"][0] > 40
    assert apart["ratio"][0] == pytest.approx(1, abs=0.05) and apart["local"][0] < 20
    full, wide = shown("tree", count=36), shown("tree", count=36, spread=8)
    assert wide["own"][0] > full["own"][0], "one branch is full"
    for moved in ({"nmda": 0}, {"magnesium": 0}):
        curve = np.array(shown("tree", **moved)["curve"])
        assert (np.diff(curve, 2) < 0).all(), "each synapse is worth less than the one before"
