"""The figures of gates and of the timeline are the layers of the package, and autograd's reach."""

import copy
import math

import numpy as np
import pytest
import torch

from neurolab.live import FIGURES
from neurolab.live.figures import gates, timeline
from neurolab.recurrent import LSTM, Bidirectional, LSTMState


def unit(inputs, content, into, keep, out, biases):
    """An LSTM of one unit that does not hear itself, with these weights and biases (i, f, c, o)."""
    cell = LSTM(inputs, 1).double()
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor([into, keep, content, out], dtype=torch.float64))
        cell.weight_hh.zero_()
        cell.bias_ih.copy_(torch.tensor(biases, dtype=torch.float64))
        cell.bias_hh.zero_()
    return cell


@pytest.mark.parametrize("moved", [{}, {"keep": 2, "let_in": -1, "number": -0.4, "mark_at": 50}])
def test_gates_is_the_lstm_of_the_package_and_its_reach_is_the_gradient(moved):
    params = FIGURES["gates"].params | moved
    data, at = FIGURES["gates"].simulate(**params), params["mark_at"]
    t = torch.arange(gates.STEPS)
    numbers = torch.tensor(data["numbers"], dtype=torch.float64)
    x = torch.stack([numbers, (t == at).double(), (t >= gates.ASK).double()], -1)[:, None]
    biases = [params["let_in"], params["keep"], 0, params["let_out"]]
    weights = [1, 0, 0], [0, gates.PUSH, 0], [0, 0, 0], [0, 0, gates.PUSH]
    cell = unit(3, *weights, biases)
    h, last = cell(x)
    np.testing.assert_allclose(data["out"], h[:, 0, 0].detach(), rtol=1e-10)
    assert data["memory"][-1] == pytest.approx(last.c.item(), rel=1e-10)
    _, state = cell(x[: at + 1])
    start = state.c.detach().requires_grad_()
    _, last = cell(x[at + 1 :], LSTMState(state.h.detach(), start))
    last.c.backward()
    assert data["reach_lstm"][at] == pytest.approx(start.grad.item(), rel=1e-9)


def test_the_vanilla_cell_of_gates_by_its_definition():
    data, h, back = FIGURES["gates"].simulate(**FIGURES["gates"].params), 0.9, 0.0
    h = math.tanh(0.9)
    for _ in range(21, gates.STEPS):
        h = math.tanh(0.9 * h)
        back += math.log(0.9 * (1 - h * h))
    assert data["vanilla"][-1] == pytest.approx(h, rel=1e-12)
    assert data["reach_vanilla"][20] == pytest.approx(math.exp(back), rel=1e-9)


@pytest.mark.parametrize("year", [1997, 2000])
def test_reach_in_the_timeline_is_what_autograd_finds_in_both_directions(year):
    """Differences of 1e-4 against derivatives."""
    params = FIGURES["timeline"].params | {"year": year, "keep": 3, "at": 30}
    data = FIGURES["timeline"].simulate(**params)
    keep = timeline.OPEN if year == 1997 else 3
    weights = [1.5], [timeline.GATE], [0], [0]
    cell = unit(1, *weights, [-2, keep, 0, timeline.OPEN])
    x = torch.tensor(data["x"], dtype=torch.float64)[:, None, None].requires_grad_()
    h, _ = Bidirectional(cell, copy.deepcopy(cell))(x)
    np.testing.assert_allclose(data["h"], h[:, 0, 0].detach(), rtol=1e-9)
    np.testing.assert_allclose(data["behind"], h[:, 0, 1].detach(), rtol=1e-9)
    grads = [torch.autograd.grad(h[30, 0, k], x, retain_graph=True)[0][:, 0, 0] for k in (0, 1)]
    wanted = sum(g.abs() for g in grads).clamp_min(timeline.FLOOR)
    np.testing.assert_allclose(data["chosen"], wanted, rtol=1e-3)
    assert (wanted > 1e-5).all(), "nothing is tested"


def test_years_change_the_cell_and_one_direction_knows_nothing_of_what_comes():
    simulate, params = FIGURES["timeline"].simulate, FIGURES["timeline"].params
    told = {year: simulate(**params | {"year": year})["cell_at"][0] for year in range(1990, 2015)}
    changes = [year for year in told if told[year] != told.get(year - 1)]
    assert changes == [1990, 1997, 2000, 2014] == [told[year] for year in changes]
    alone = simulate(**params | {"both": 0})
    assert set(alone["chosen"][51:]) == {timeline.FLOOR} and alone["behind"] == []
