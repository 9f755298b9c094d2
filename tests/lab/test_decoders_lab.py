"""Lab decoders: right answers of different make pass, known slips are answered by name."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import decoders as lab
from neurolab.lab import decoders_answers as answers
from neurolab.lab import decoders_challenge as challenge
from neurolab.lab import decoders_connect as connect
from neurolab.nef import dynamics, lif_rate_step, solve_decoders


def says(name, value):
    result = neurolab.check(f"decoders.{name}", value)
    return result.status, result.message


def test_warmup_counts_decoders():
    assert says("warmup", 50)[0] == "right" and says("warmup", 49)[0] == "wrong"


# Question 1


def by_the_package(x, e, gain, bias):
    return lif_rate_step(torch.tensor(gain * e * x + bias))


def by_a_list(x, e, gain, bias):
    currents = [g * s * x + b for g, s, b in zip(gain, e, bias, strict=True)]
    return [1000 / (2 - 20 * np.log(1 - 1 / j)) if j > 1 else 0.0 for j in currents]


@pytest.mark.parametrize("make", [by_the_package, by_a_list])
def test_q1_whatever_fires_so_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", answers.RATE_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", answers.RATE_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q1_other_mistakes():
    assert "The shape is" in says("q1", lambda x, e, g, b: np.ones(3))[1]
    assert "yours says" in says("q1", lambda *a: 1.1 * np.array(by_a_list(*a)))[1]
    assert "ZeroDivisionError" in says("q1", lambda *a: 1 / 0)[1]
    assert says("q1", lambda *a: None)[0] == "not yet"


# Question 2


def by_solve_decoders(a, y, sigma):
    noise = sigma / a.max()
    return solve_decoders(torch.tensor(a), torch.tensor(y)[:, None], noise).weights[:, 0]


def by_more_rows(a, y, sigma):
    """Least squares with a row of noise for each neuron."""
    more = np.sqrt(len(a)) * sigma * np.eye(a.shape[1])
    return np.linalg.lstsq(
        np.concatenate([a, more]), np.concatenate([y, np.zeros(len(more))]), rcond=None
    )[0]


@pytest.mark.parametrize("make", [by_solve_decoders, by_more_rows])
def test_q2_whatever_costs_least_passes(make):
    status, message = says("q2", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", answers.DECODER_SLIPS)
def test_q2_slips_are_answered_by_name(reason):
    status, message = says("q2", answers.DECODER_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q2_other_mistakes():
    assert "one decoder a neuron" in says("q2", lambda a, y, s: y)[1]
    assert "still falls" in says("q2", lambda a, y, s: np.ones(a.shape[1]))[1]


# Question 3


def measured(noise=0.1):
    found = []
    for n in (50, 200, 800):
        group = answers.cells(n, 0)
        x = np.linspace(-1, 1, 100)
        a = np.stack([by_the_package(v, *group).numpy() for v in x])
        d = by_more_rows(a, x, 0.1 * a.max())
        shaken = a + noise * a.max() * np.random.default_rng(0).normal(size=a.shape)
        found.append(np.sqrt(np.mean((shaken @ d - x) ** 2)))
    return found


def test_q3_the_law_passes_and_others_are_named():
    errors = measured()
    assert 0.03 < errors[0] < 0.05  # as the lab says
    assert says("q3", (800, errors))[0] == "right"
    assert "four times the neurons" in says("q3", (200, errors))[1]
    assert "squared too often" in says("q3", (12_800, errors))[1]
    assert "too few" in says("q3", (100, errors))[1] and "too many" in says("q3", (900, errors))[1]
    assert "Is the noise on the rates" in says("q3", (800, [0.04, 0.04, 0.04]))[1]
    assert says("q3", (..., errors))[0] == "not yet"


# Question 4


def by_loop(d, e, gain):
    return [[g * s * x for x in d] for g, s in zip(gain, e, strict=True)]


def test_q4_whatever_passes_the_value_on_passes():
    status, message = says("q4", (by_loop, 2e-13))
    assert status == "right" and "rank 1" in message
    assert "others" in says("q4", (by_loop, 0.01))[1]
    assert "must be (behind, before)" in says("q4", (lambda d, e, g: d, 0))[1]
    assert "not those" in says("q4", (lambda d, e, g: 2 * np.array(by_loop(d, e, g)), 0))[1]
    assert says("q4", (by_loop, None))[0] == "not yet"


@pytest.mark.parametrize("reason", connect.WEIGHT_SLIPS)
def test_q4_slips_are_answered_by_name(reason):
    status, message = says("q4", (connect.WEIGHT_SLIPS[reason], 0.0))
    assert status == "wrong" and reason in message


# Question 5


def by_dynamics(a, b, tau):
    one = torch.ones(1, 1).double()
    return [float(x) for x in dynamics(a * one, b * one, 1000 * tau)]


def test_q5_the_feedback_passes_and_leaks_are_named():
    status, message = says("q5", (by_dynamics, 5.0))
    assert status == "right" and "leaks with 5 s" in message
    for guess, reason in ((0.1, "without feedback"), (0.002, "Divide")):
        assert reason in says("q5", (by_dynamics, guess))[1]
    assert "too short" in says("q5", (by_dynamics, 1))[1]
    assert "should be" in says("q5", (lambda a, b, t: (0.0, 0.0), 5))[1]


@pytest.mark.parametrize("reason", connect.FEEDBACK_SLIPS)
def test_q5_slips_are_answered_by_name(reason):
    status, message = says("q5", (connect.FEEDBACK_SLIPS[reason], 5.0))
    assert status == "wrong" and reason in message


# The rest


def test_explain_is_compared():
    assert says("explain", "Many, as each is another sum.")[0] == "compared"
    assert says("explain", "many")[0] == says("explain", 7)[0] == "wrong"


def test_the_challenge_gives_a_score_and_ours_beats_the_first():
    status, message = says("challenge", (2.0, -1.0, 0.9, 200, 400))
    assert status == "score" and "Ours" in message
    assert challenge.score(*challenge.OURS).error < challenge.score(2, -1, 0.9, 200, 400).error
    assert "five numbers" in says("challenge", (1, 2))[1]
    assert "radius must be from" in says("challenge", (9, -1, 0.9, 200, 400))[1]
    assert "first must be at most last" in says("challenge", (1, 0.9, -1, 200, 400))[1]


def test_noise_in_the_score_is_that_of_drawn_noise():
    chosen = (1.5, -1.0, 0.9, 200.0, 400.0)
    made = lab.score(*chosen, seed=11)
    group = challenge.Ensemble(100, 2, 1.5, (200, 400), (-1, 0.9), seed=11).double()
    line = torch.linspace(-1, 1, 25).double()
    points = torch.cartesian_prod(line, line)
    a, wanted = group.rates(points), points.prod(1, keepdim=True)
    d = by_more_rows(a.numpy(), wanted[:, 0].numpy(), 20.0)
    chance = np.random.default_rng(0)
    off = [
        (a.numpy() + 20 * chance.normal(size=a.shape)) @ d - wanted[:, 0].numpy() for _ in range(40)
    ]
    assert made.error == pytest.approx(np.sqrt(np.mean(np.square(off))), rel=0.03)
