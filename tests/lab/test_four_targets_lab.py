"""Lab four-targets: right answers of different make pass, known slips are answered by name."""

import numpy as np
import pytest
import torch
from torch import nn

import neurolab
from neurolab.lab import four_targets as lab
from neurolab.lab import four_targets_choice as choice
from neurolab.lab import four_targets_model as model
from neurolab.lab import four_targets_steps as steps
from neurolab.live.figures import conversion
from neurolab.neuromorphic import ChipNet, to_nir
from neurolab.neuromorphic.cells import CELL, CellParams, CellState, cell_step
from neurolab.neuromorphic.compare import mismatch
from neurolab.spiking import Chain, Neurons


def says(name, value):
    result = neurolab.check(f"four-targets.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module", autouse=True)
def short_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEUROLAB_FAST", "1")
        yield


def test_warmup_is_what_the_figure_says():
    assert says("warmup", 4)[0] == "right" and says("warmup", 3)[0] == "wrong"
    shown = conversion.simulate(**conversion.FIGURE.params)
    assert conversion.FIGURE.params["steps"] == 3
    assert {round(3 * r) for r in shown["rates"]} <= {0, 1, 2, 3}


# Question 1


def by_the_package(v, current, tau, dt):
    params = CellParams(decay=1 - dt / tau, gain=dt / tau, subtract=0.0)
    z, state = cell_step(current, CellState(v, 0.0, 0.0), params, dt)
    return z, state.v


def by_numpy(v, current, tau, dt):
    v = (1 - dt / tau) * v + dt / tau * current
    return np.array([v > 1, np.where(v > 1, 0.0, v)], dtype=float)


@pytest.mark.parametrize("make", [by_the_package, by_numpy, steps.euler])
def test_q1_whatever_steps_by_euler_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", steps.STEP_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", steps.STEP_SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda v, i, tau, dt: (0, 0.0), "should fire 1 times"),
        (lambda v, i, tau, dt: steps.euler(v, i, tau, dt)[::-1], "in this order"),
        (lambda v, i, tau, dt: v, "The shape is"),
        (lambda v, i, tau, dt: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


# Question 2


def by_compare(a, b):
    return mismatch({"n": torch.tensor(a)}, {"n": torch.tensor(b)})


@pytest.mark.parametrize("make", [by_compare, steps.apart])
def test_q2_whatever_counts_them_passes(make):
    status, message = says("q2", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", steps.MISMATCH_SLIPS)
def test_q2_slips_are_answered_by_name(reason):
    status, message = says("q2", steps.MISMATCH_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q2_other_mistakes():
    assert "yours says" in says("q2", lambda a, b: 0.5)[1]
    silent = says("q2", lambda a, b: (a != b).sum() / ((a > 0) | (b > 0)).sum())
    assert silent[0] == "wrong"


# Question 3

MEASURED = {"torch": 0.0, "nengo": 0.0, "brian2": 0.0, "chip": 0.4, "loihi": 0.0}


def test_q3_is_held_against_what_targets_must_do():
    status, message = says("q3", ((0, 0, 0.2, 0), MEASURED))
    assert status == "right" and "chip 0.40 (guess 0.20)" in message
    missing = MEASURED | {"brian2": float("nan")}
    assert "brian2 not installed here" in says("q3", ((0, 0, 0, 0), missing))[1]
    assert "very same spikes" in says("q3", ((0, 0, 0, 0), MEASURED | {"nengo": 0.1}))[1]
    assert "row of the chip" in says("q3", ((0, 0, 0, 0), MEASURED | {"chip": 0.0}))[1]
    assert "from 0 to 1" in says("q3", ((0, 0, 20, 0), MEASURED))[1]
    assert "a dict with" in says("q3", ((0, 0, 0, 0), [0, 0, 0.4, 0]))[1]
    assert says("q3", ((..., 0, 0, 0), MEASURED))[0] == "not yet"


@pytest.mark.slow
def test_the_targets_do_what_the_question_says():
    rows = {row.target: row.mismatch for row in lab.on_targets(1)}
    assert says("q3", ((0, 0, 0.2, 0), rows))[0] == "right"


# Question 4


def by_the_chip(w, bits):
    """Weights of a ``ChipNet`` whose neurons add up what they get."""
    cells = Neurons(CELL, CellParams(decay=0.5, gain=1.0))
    net = Chain(nn.Linear(w.shape[1], w.shape[0], bias=False), cells)
    net.layers[0].weight.data = torch.tensor(w)
    return ChipNet(to_nir(net), bits=bits).of["0.linear"].whole.detach().numpy()


@pytest.mark.parametrize("make", [by_the_chip, steps.whole])
def test_q4_whatever_rounds_them_passes(make):
    status, message = says("q4", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", steps.WHOLE_SLIPS)
def test_q4_slips_are_answered_by_name(reason):
    status, message = says("q4", steps.WHOLE_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q4_other_mistakes():
    assert "becomes" in says("q4", lambda w, bits: w * 0)[1]
    assert "The shape is" in says("q4", lambda w, bits: w[0])[1]


# Question 5, the sentence, the challenge


def test_q5_takes_the_fewest_and_no_other():
    found = choice.fewest()
    reads = {bits: lab.on_chip(bits) for bits in range(2, 9)}
    assert reads[found] >= reads[8] - 0.03 and 2 <= found < 8
    assert all(reads[bits] < reads[8] - 0.03 for bits in range(2, found))
    assert says("q5", (4, found))[0] == "right"
    assert "fewer do, too" in says("q5", (4, 8))[1]
    assert "2 to 8" in says("q5", (16, found))[1]
    assert says("q5", (..., found))[0] == "not yet"


def test_operations_are_counted_spike_by_spike():
    x, _ = model.digits("held-out")
    z = lab.as_spikes(x, 4)
    torch.testing.assert_close(z.sum(0), torch.floor(4 * x + 1e-5))
    hidden = model.spiking(90.0)(z, record=True)[2][1].detach()
    by_hand = sum(float(z[t].sum()) * 48 + float(hidden[t].sum()) * 10 for t in range(4))
    assert model.operations(4, 90.0) == pytest.approx(by_hand / len(x))


def test_explain_is_compared():
    assert says("explain", "Spikes are summed, whenever they come.")[0] == "compared"
    assert says("explain", "sums")[0] == says("explain", 7)[0] == "wrong"


def test_the_challenge_gives_a_score():
    status, message = says("challenge", (6, 95.0, 4))
    assert status == "score" and "Ours" in message
    assert "three numbers" in says("challenge", (1, 2))[1]
    assert "bits must be a whole number" in says("challenge", (4, 90, 2.5))[1]
