"""Lab evidence: right answers of different make pass, known slips are answered by name."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

import neurolab
from neurolab import kernels
from neurolab.core import Triangular
from neurolab.eprop import ALIFTraces, alif_eligibility_step
from neurolab.lab import evidence_challenge as challenge
from neurolab.lab import evidence_counts as counts
from neurolab.lab import evidence_gradient as gradient
from neurolab.lab import evidence_trace as trace
from neurolab.spiking import ALIFParams


def says(name, value):
    result = neurolab.check(f"evidence.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 4)[0] == "right"
    assert "Four of the seven" in says("warmup", 3)[1]


# Question 1


def with_three_lines(x, psi, epsilon_v, epsilon_a, alpha, rho, beta):
    epsilon_v = alpha * epsilon_v + (1 - alpha) * x
    e = psi * (epsilon_v - beta * epsilon_a)
    return e, epsilon_v, rho * epsilon_a + e


def with_the_line_of_the_paper(x, psi, epsilon_v, epsilon_a, alpha, rho, beta):
    epsilon_v = epsilon_v + (1 - alpha) * (x - epsilon_v)
    later = psi * epsilon_v + (rho - psi * beta) * epsilon_a
    return np.array([psi * (epsilon_v - beta * epsilon_a), epsilon_v, later])


def with_the_package(x, psi, epsilon_v, epsilon_a, alpha, rho, beta):
    params = ALIFParams(-1 / math.log(alpha), -1 / math.log(rho), beta)
    flat = Triangular(psi)  # at u = 0 its derivative is its height
    e, after = alif_eligibility_step(x, 0.0, ALIFTraces(epsilon_v, epsilon_a), params, 1.0, flat)
    return [e, *after]


def with_torch(x, psi, *rest):
    return torch.tensor(with_three_lines(x, psi, *rest), dtype=torch.float64)


@pytest.mark.parametrize(
    "make", [with_three_lines, with_the_line_of_the_paper, with_the_package, with_torch]
)
def test_q1_whatever_follows_the_neuron_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", trace.SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", trace.SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *given: with_three_lines(*given)[::-1], "another order"),
        (lambda *given: with_three_lines(*given)[:2], "these are 2"),
        (lambda *given: with_three_lines(*given)[0], "these are 1"),
        (lambda *given: np.multiply(1.1, with_three_lines(*given)), "is off by up to"),
        (lambda *given: with_three_lines(*given[:-1], 2 * given[-1]), "Right for the LIF neuron"),
        (lambda *given: ("1", 0.0, 0.0), "quotation marks"),
        (lambda *given: (math.inf, 0.0, 0.0), "overflow"),
        (lambda *given: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("answer", [None, (None, 1.0, 1.0), ...])
def test_q1_half_filled_is_not_yet(answer):
    assert says("q1", lambda *_: answer)[0] == "not yet"


def test_the_neurons_of_the_judge_are_moved():
    """Else a trace of zeros would pass."""
    for case in (trace.PLAIN, *trace.ADAPTIVE):
        assert (np.abs(trace.moved(case)).max(0) > 0.1).all()


# Question 2


@pytest.mark.parametrize("ms", [900 / math.log(2), 1298, torch.tensor(1300.0)])
def test_q2_right(ms):
    assert says("q2", ms)[0] == "right"


@pytest.mark.parametrize(
    ("ms", "reason"),
    [
        (0.9 / math.log(2), "in s; ms"),
        (2000 / math.log(2), "half of the first cue at the question"),
        (1050 / math.log(2), "6 steps of 150 ms"),
        (900 * math.log(2), "so divide"),
        (900, "1/e is left"),
        (450, "half of the time"),
        (900 / math.log10(2), "natural logarithm"),
        (-900 / math.log(2), "above 0"),
        (1200, "too little"),
        (1400, "too much"),
        ("1298", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(ms, reason):
    status, message = says("q2", ms)
    assert status == "wrong" and reason in message


# Question 3


@pytest.fixture(scope="module")
def cosines():
    return list(gradient.cosines())


@pytest.mark.slow
def test_the_package_finds_the_gradient_that_autograd_finds_with_paths_cut():
    net, x, y = gradient.small(1.0)
    with kernels.disable():
        net.learn(x, y.expand(len(x), -1))
    found = net.layer.weight.grad.flatten() * len(y)
    torch.testing.assert_close(found, gradient.gradient(1.0, cut=True) * len(y))


def test_q3_right(cosines):
    assert all(a > b + 0.05 for a, b in pairwise(cosines)) and cosines[-1] > 0.2
    for found in (cosines, np.array(cosines) + 0.005, [torch.tensor(c) for c in cosines]):
        assert says("q3", (1.0, found))[0] == "right"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c**2, "squared"),
        (lambda c: 1 - c, "a distance"),
        (lambda c: math.degrees(math.acos(min(c, 1))), "in degrees"),
        (lambda c: math.acos(min(c, 1)), "in radians"),
        (lambda c: -c, "sign is turned"),
        (lambda c: 17 * c, "divide by both lengths"),
        (lambda c: 1.0, "with itself"),
        (lambda c: c**0.5, "autograd with the paths to other neurons cut says"),
    ],
)
def test_q3_slips_are_answered_by_name(change, reason, cosines):
    status, message = says("q3", (1, [change(c) for c in cosines]))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ((0, [1, 1, 1]), "share nothing"),
        ((0.8, [1, 1, 1]), "something is left out"),
        ((3, [1, 1, 1]), "from -1 to 1"),
        ((1, [1, 0.9]), "these are 2"),
        (1, "two things"),
    ],
)
def test_q3_looks_at_what_comes_in(value, reason):
    status, message = says("q3", value)
    assert status == "wrong" and reason in message


def test_q3_half_filled_is_not_yet():
    assert says("q3", (..., [1, 1, 1]))[0] == says("q3", (1, [None] * 3))[0] == "not yet"


def test_small_refuses():
    with pytest.raises(ValueError, match="among: a factor from 0"):
        gradient.small(-1)


# Question 4


def with_means(y, asked, answer):
    return (y[asked > 0].mean(0).argmax(-1) == answer).float().mean()


def with_numpy(y, asked, answer):
    lead = (asked.numpy()[:, None] * (y[..., 1] - y[..., 0]).numpy()).sum(0)
    return float(((lead > 0) == (answer.numpy() > 0)).mean())


MEASURED = [0.9, 0.5, 0.7]


@pytest.mark.parametrize("make", [with_means, with_numpy])
def test_q4_right(make):
    status, message = says("q4", (make, 0.5, MEASURED))
    assert status == "right" and "frozen traces 0.70" in message


ACCURACIES = {
    "fraction of wrong": lambda *given: 1 - with_means(*given),
    "divide by how many": lambda y, asked, a: (y[asked > 0].mean(0).argmax(-1) == a).sum(),
    "in per cent": lambda *given: 100 * with_means(*given),
    "averages over all steps": lambda y, asked, a: (y.mean(0).argmax(-1) == a).float().mean(),
    "takes the last step": lambda y, asked, a: (y[-1].argmax(-1) == a).float().mean(),
    "each step by itself": lambda y, asked, a: (y[asked > 0].argmax(-1) == a).float().mean(),
    "how often the network says right": (
        lambda y, asked, a: y[asked > 0].mean(0).argmax(-1).float().mean()
    ),
    "it must be 0.625": lambda y, asked, a: 0.6,
    "stopped with": lambda y, asked, a: y[asked].mean(),
}


@pytest.mark.parametrize("reason", ACCURACIES)
def test_q4_slips_are_answered_by_name(reason):
    status, message = says("q4", (ACCURACIES[reason], 0.5, MEASURED))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("guess", "measured", "reason"),
    [
        (50, MEASURED, "not per cent"),
        (0, MEASURED, "right by chance"),
        (0.8, MEASURED, "what in the network has kept"),
        (0.5, [0.9, 0.5], "three accuracies"),
        (0.5, [90, 50, 70], "three accuracies"),
        (0.5, [0.5] * 3, "your guess"),
    ],
)
def test_q4_looks_at_guess_and_measurement(guess, measured, reason):
    status, message = says("q4", (with_means, guess, measured))
    assert status == "wrong" and reason in message


def test_q4_half_filled_is_not_yet():
    assert says("q4", (lambda *_: None, 0.5, [None] * 3))[0] == "not yet"
    assert says("q4", (with_means, ..., [None] * 3))[0] == "not yet"
    assert "three things" in says("q4", (with_means, 0.5))[1]


# Question 5


def drawn(n, p, count=200_000):
    chance = np.random.default_rng(4)
    side = chance.random((count, n)) < np.where(chance.random((count, 1)) < 0.5, p, 1 - p)
    return ((2 * side.sum(1) > n) == side[:, -1]).mean()


@pytest.mark.parametrize(("n", "p"), [(5, 0.7), (9, 0.6), (15, 0.95), (7, 0.55)])
def test_q5_right(n, p):
    measured = drawn(n, p)
    assert counts.worth(n, p) == pytest.approx(measured, abs=0.004)
    status, message = says("q5", (n, p, counts.worth(n, p) + 0.001, measured))
    assert status == "right" and f"The last of {n} cues" in message


def binomial(n, p, ks):
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in ks)


MOST = binomial(9, 0.6, range(5, 10))


@pytest.mark.parametrize(
    ("predicted", "reason"),
    [
        (100 * counts.worth(9, 0.6), "per cent"),
        (0.6, "on the likely side"),
        (MOST, "among them"),
        (0.6 * MOST + 0.4 * (1 - MOST), "as independent"),
        (0.6 * binomial(8, 0.6, range(4, 9)), "The case is missing"),
        (
            0.6 * binomial(8, 0.6, range(5, 9)) + 0.4 * binomial(8, 0.6, range(4)),
            "half of the others are enough",
        ),
        (1 - counts.worth(9, 0.6), "side of fewer"),
        (counts.worth(9, 0.5), "fair coins"),
        (0.62, "too small"),
        (0.8, "too large"),
        ("0.7", "quotation marks"),
    ],
)
def test_q5_slips_are_answered_by_name(predicted, reason):
    status, message = says("q5", (9, 0.6, predicted, 0.66))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("n", "p", "measured", "reason"),
    [
        (4, 0.6, 0.6, "odd number"),
        (3, 0.6, 0.6, "from 5 to 15"),
        (7.5, 0.6, 0.6, "odd number"),
        (9, 0.5, 0.6, "likely from 0.55"),
        (9, 0.6, 0.6, "20,000 trials"),
        (9, 0.6, counts.worth(9, 0.6), "your prediction"),
    ],
)
def test_q5_settings_and_measurement_are_looked_at(n, p, measured, reason):
    predicted = counts.worth(9, 0.6)
    status, message = says("q5", (n, p, predicted, measured))
    assert status == "wrong" and reason in message


def test_q5_half_filled_is_not_yet():
    assert says("q5", (..., ..., ..., None))[0] == "not yet"
    assert "four things" in says("q5", (9, 0.6))[1]


def test_explain_is_compared():
    assert says("explain", "Only the thresholds still hold the cues.")[0] == "compared"
    assert says("explain", "thresholds")[0] == says("explain", 7)[0] == "wrong"


# Challenge


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ((0, 0.3, 0.02), "tau_a must be from 1"),
        ((500, -1, 0.02), "beta must be from 0"),
        ((500, 0.3, 2), "rate must be from"),
        ((500, 0.3), "three numbers"),
        (500, "three numbers"),
        ((500, "0.3", 0.02), "quotation marks"),
    ],
)
def test_a_wrong_choice_is_refused(choice, reason):
    status, message = says("challenge", choice)
    assert status == "wrong" and reason in message


@pytest.mark.slow
def test_thresholds_learn_what_membranes_do_not(monkeypatch):
    monkeypatch.setattr(challenge, "changes", lambda: 40)
    ours, without = challenge.score(*challenge.OURS, seed=0), challenge.score(500, 0, 0.02, seed=0)
    assert ours.right > 0.75 > 0.6 > without.right > 0.4
    status, message = says("challenge", challenge.OURS)
    assert status == "score" and message.count(f"{100 * ours.right:.1f} % (") == 2
