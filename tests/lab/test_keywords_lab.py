"""Lab keywords: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import neurolab
from neurolab.lab import keywords as lab
from neurolab.lab import keywords_answers as answers
from neurolab.lab import keywords_model as model
from neurolab.neuromorphic import convert
from neurolab.neuromorphic.energy import costs_of


def says(name, value):
    result = neurolab.check(f"keywords.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module", autouse=True)
def short_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEUROLAB_FAST", "1")
        yield


def test_warmup_rounds():
    assert says("warmup", 90)[0] == "right" and says("warmup", 90.05)[0] == "wrong"


# Question 1


def by_the_model(x, steps):
    return model.as_spikes(torch.tensor(x), steps)


def by_accumulating(x, steps):
    v, rows = np.zeros_like(x), []
    for _ in range(steps):
        v = v + x
        rows.append((v >= 1).astype(float))
        v = v - rows[-1]
    return np.stack(rows)


@pytest.mark.parametrize("make", [by_the_model, by_accumulating, answers.evenly])
def test_q1_whatever_spreads_them_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x, n: (np.arange(n)[:, None, None] < np.floor(n * x)) * 1.0, "come at the start"),
        (lambda x, n: answers.evenly(x, n)[::-1], "the steps are not"),
        (lambda x, n: np.repeat(x[None], n, 0), "0 or 1"),
        (lambda x, n: answers.evenly(1 - x, n), "16 x times"),
        (lambda x, n: np.concatenate([0 * x[None], answers.evenly(x, n - 1)]), "off by one"),
        (lambda x, n: answers.evenly(x, n)[1:], "The shape is"),
    ],
)
def test_q1_slips(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message, message


# Question 2

NEEDED = 8 * 0.93 * 0.07 / 1e-4


def scatter(p, n):
    return math.sqrt(p * (1 - p) / n)


def test_q2_the_scatter_is_that_of_draws():
    assert says("q2", (scatter, 1, NEEDED))[0] == "right"
    drawn = np.random.default_rng(0).binomial(96, 0.93, 20_000) / 96
    assert drawn.std() == pytest.approx(scatter(0.93, 96), rel=0.03)
    many = np.random.default_rng(1).binomial(round(NEEDED), 0.93, (2, 20_000)) / NEEDED
    assert 2 * (many[0] - many[1]).std() == pytest.approx(0.01, rel=0.03)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((lambda p, n: p * (1 - p) / n, 1, NEEDED), "take the root"),
        ((lambda p, n: (p * (1 - p) * n) ** 0.5, 1, NEEDED), "divide by n"),
        ((lambda p, n: (p / n) ** 0.5, 1, NEEDED), "p times 1 - p"),
        ((lambda p, n: 100 * scatter(p, n), 1, NEEDED), "a share is asked"),
        ((lambda p, n: 0.1, 1, NEEDED), "yours is"),
        ((scatter, 1.1, NEEDED), "whole items"),
        ((scatter, 1, NEEDED / 2), "twice the variance"),
        ((scatter, 1, NEEDED / 4), "two are asked"),
        ((scatter, 1, NEEDED / 1e4), "0.01, not 1"),
        ((scatter, 1, 96), "too few"),
    ],
)
def test_q2_slips(answer, reason):
    status, message = says("q2", answer)
    assert status == "wrong" and reason in message, message


# Question 3


def by_convert(w, b, before, after):
    """The package's own, for activities that are ``before`` and ``after`` at most."""
    first, second = nn.Linear(1, 4).double(), nn.Linear(4, 3).double()
    with torch.no_grad():
        first.weight.zero_()
        first.bias.fill_(before)
        # the largest activity of the second layer must be ``after``: scale, and scale back
        second.weight.copy_(torch.tensor(w))
        second.bias.copy_(torch.tensor(b))
        top = float(second(torch.full((1, 4), before).double()).max())
        factor = after / top
        second.weight.mul_(factor)
        second.bias.mul_(factor)
    last = nn.Linear(3, 2).double()
    made, (one, two) = convert(
        nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last), torch.zeros(2, 1).double(), 100
    )
    assert one == pytest.approx(before) and two == pytest.approx(after)
    layer = made.layers[2]
    return layer.weight.detach() / factor, layer.bias.detach() / factor


@pytest.mark.parametrize("make", [answers.balanced, by_convert])
def test_q3_whatever_balances_passes(make):
    status, message = says("q3", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", answers.BALANCE_SLIPS)
def test_q3_slips_are_answered_by_name(reason):
    status, message = says("q3", answers.BALANCE_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q3_other_mistakes():
    assert "two arrays" in says("q3", lambda w, b, s, t: w)[1]
    assert says("q3", lambda w, b, s, t: (w, 2 * b))[0] == "wrong"


# Questions 4 and 5


def test_q4_takes_counts():
    measured = [(92, 93, 91), (91, 93, 94), (93, 91, 93)]
    status, message = says("q4", (0, measured))
    assert status == "right" and "+0.7 of 96" in message and "from -1 to +3" in message
    assert "These are counts" in says("q4", (0, np.divide(measured, 96)))[1]
    assert "three counts" in says("q4", (0, measured[0]))[1]
    assert says("q4", (..., measured))[0] == says("q4", (0, ...))[0] == "not yet"


def test_q5_by_the_energies_of_the_package():
    costs = costs_of("float32")
    assert (costs.mult + costs.add, costs.add) == pytest.approx((answers.MAC, answers.AC))
    right = answers.MAC / (0.1 * answers.AC)
    assert says("q5", right)[0] == "right"
    for slip, reason in ((right / 10, "a tenth"), (10, "equal"), (1 / right, "Upside")):
        status, message = says("q5", slip)
        assert status == "wrong" and reason in message
    assert "too large" in says("q5", 300)[1]


# The networks


def test_sounds_are_96_with_the_keyword_and_96_without():
    for split in ("test", "held-out"):
        x, y = lab.sounds(split)
        assert int(y.sum()) == 96 and len(y) == 192
        assert x.min() >= 0 and x.max() <= 1 and x.std() > 0.1
    assert not torch.equal(lab.sounds("test")[0], lab.sounds("held-out")[0])


def test_three_machines_find_about_as_many():
    counts = lab.three(0)
    assert min(counts) > 70 and max(counts) - min(counts) < 12


def test_explain_is_compared():
    assert says("explain", "One item more is no evidence.")[0] == "compared"
    assert says("explain", "nothing")[0] == says("explain", 7)[0] == "wrong"


def test_the_challenge_gives_a_score():
    status, message = says("challenge", (8, 95.0, 4))
    assert status == "score" and "Ours" in message
    assert "three numbers" in says("challenge", (1, 2))[1]
    assert "steps must be a whole number" in says("challenge", (0.5, 90, 4))[1]
