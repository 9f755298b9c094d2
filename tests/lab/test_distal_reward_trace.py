"""Questions 4 and 5 of lab distal-reward: theory and measurement agree, slips have names."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

import neurolab
from neurolab.hebbian import EligibilityParams, best_tau_c, signal_to_noise
from neurolab.lab import distal_reward_trace as trace


def says(name, value):
    result = neurolab.check(f"distal-reward.{name}", value)
    return result.status, result.message


def exact(shortest, longest, tau_z):
    """The ratio, its mean over delays by quadrature."""
    left = quad(lambda t: math.exp(-t / tau_z), shortest, longest)[0] / (longest - shortest)
    return left / math.sqrt(0.001 * (tau_z + 200))


def peak(shortest, longest):
    def lost(log):
        return -exact(shortest, longest, math.exp(log))

    found = minimize_scalar(lost, bounds=(math.log(50), math.log(5e4)), method="bounded")
    return math.exp(found.x), -found.fun


TOP = best_tau_c(3000.0, 200.0)
HALF = signal_to_noise(3000.0, 0.002, EligibilityParams(TOP, 200.0)) / 2


def above_half(tau_z):
    return signal_to_noise(3000.0, 0.002, EligibilityParams(tau_z, 200.0)) - HALF


EDGE, FAR = brentq(above_half, 500, 6000), brentq(above_half, 7000, 200_000)


def test_edges_and_best_mark_are_those_of_a_root_finder():
    assert trace.edges() == pytest.approx((EDGE, FAR), rel=2e-3)
    assert trace.best(3000.0) == pytest.approx(TOP, rel=2e-3)
    for delays in ((500, 5000), (0, 1000), (2000, 10_000)):
        assert trace.best(np.linspace(*delays, 501)) == pytest.approx(peak(*delays)[0], rel=5e-3)


@pytest.mark.parametrize("tau_z", [200.0, 1675.0, 6194.0])
def test_what_the_judge_measures_is_what_theory_says(tau_z):
    assert trace.measured(tau_z, trials=40_000) == pytest.approx(
        signal_to_noise(3000.0, 0.002, EligibilityParams(tau_z, 200.0)), rel=0.02
    )


# Question 4


@pytest.mark.parametrize(
    "answer",
    [
        (EDGE, 1450, 2000),
        [1.04 * EDGE, 0.8 * EDGE, 1.2 * EDGE],
        (torch.tensor(EDGE), np.float64(1500), 2200.0),
    ],
)
def test_q4_right(answer):
    status, message = says("q4", answer)
    assert status == "right" and "Theory's 1675 ms is inside" in message


@pytest.mark.parametrize(
    ("edge", "reason"),
    [
        (FAR, "far side"),
        (TOP / 2, "This is half of the best tau_z"),
        (TOP, "the best tau_z itself"),
        (EDGE / 1000, "in s; ms"),
        (3000 / (math.log(2) + 3000 / TOP), "halves what is left"),
        (3000 / math.log(2), "half of the mark is left"),
        (HALF, "This is the ratio"),
        (1500, "too short"),
        (1900, "too long"),
        ("1675", "quotation marks"),
        (np.array([1.0, 2.0]), "A time in ms is asked"),
    ],
)
def test_q4_a_wrong_edge_is_named(edge, reason):
    status, message = says("q4", (edge, 1450, 2000))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        (2000, 1450, "swapped"),
        (-1, 1450, "above 0"),
        (1500, 1500, "high above low"),
        (1000, 2000, "2.00 times low"),
        (2000, 2900, "Take low lower"),
        (1000, 1400, "Take high higher"),
        (50_000, 70_000, "short side"),
        (5e-324, 5.1e-324, "high above low"),
        (1e-3, 1.2e-3, "Take high higher"),
    ],
)
def test_q4_wrong_times_are_named(low, high, reason):
    status, message = says("q4", (EDGE, low, high))
    assert status == "wrong" and reason in message


def test_q4_needs_three():
    assert "three times" in says("q4", (1450, 2000))[1]
    assert says("q4", (..., 1450, 2000))[0] == "not yet"


# Question 5


def measures(shortest, longest, stay):
    """A learner's three ratios, off by a little."""
    ratios = [exact(shortest, longest, k * stay) for k in (0.5, 1, 2)]
    return np.add(ratios, [0.012, -0.008, 0.006]).tolist()


def answer(shortest, longest, factor=1.0):
    stay = factor * peak(shortest, longest)[0]
    return (
        shortest,
        longest,
        stay,
        exact(shortest, longest, stay),
        measures(shortest, longest, stay),
    )


@pytest.mark.parametrize("delays", [(500, 5000), (0, 4000), (1000, 5000), (0, 200), (0, 1e4)])
@pytest.mark.parametrize("factor", [1, 0.95, 1.05])
def test_q5_right(delays, factor):
    status, message = says("q5", answer(*delays, factor))
    assert status == "right" and "theory says" in message


def test_q5_takes_arrays_and_tensors():
    *first, found = answer(500, 5000)
    assert says("q5", [*map(torch.tensor, first), np.array(found)])[0] == "right"


MEAN, RANGE = 2750.0, (500, 5000)


@pytest.mark.parametrize(
    ("stay", "reason"),
    [
        (peak(*RANGE)[0] / 1000, "in s; ms"),
        (best_tau_c(MEAN, 200.0), "best for the mean delay"),
        (best_tau_c(5000.0, 200.0), "longest delay alone"),
        (best_tau_c(500.0, 200.0), "shortest delay alone"),
        (2 * MEAN, "twice the mean delay"),
        (MEAN, "This is the mean delay"),
        (4000, "stays too short"),
        (7000, "stays too long"),
    ],
)
def test_q5_a_wrong_stay_is_named(stay, reason):
    status, message = says("q5", (*RANGE, stay, 0.2, [math.nan] * 3))
    assert status == "wrong" and reason in message


BEST = peak(*RANGE)[0]
ROOT = math.sqrt(0.001 * (BEST + 200))


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (exact(*RANGE, BEST) * ROOT, "divide by the deviation"),
        (exact(*RANGE, BEST) / ROOT, "divides by the variance"),
        (math.exp(-5000 / BEST) / ROOT, "longest delay alone"),
        (math.exp(-500 / BEST) / ROOT, "shortest delay alone"),
        (0.2, "too small"),
        (0.3, "too large"),
    ],
)
def test_q5_a_wrong_ratio_is_named(expected, reason):
    status, message = says("q5", (*RANGE, BEST, expected, measures(*RANGE, BEST)))
    assert status == "wrong" and reason in message


def test_q5_the_ratio_at_the_mean_delay_is_named_where_it_differs():
    delays = 0, 10_000
    stay = peak(*delays)[0]
    at_mean = math.exp(-5000 / stay) / math.sqrt(0.001 * (stay + 200))
    assert "at the mean delay" in says("q5", (*delays, stay, at_mean, [0.1] * 3))[1]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({0: 2000}, "five times shortest"),
        ({0: -1}, "0 or more"),
        ({0: 6000}, "0 or more"),
        ({1: 20_000}, "100 to 10000 ms"),
        ({0: 1, 1: 5}, "100 to 10000 ms"),
        ({4: [0.2, 0.2]}, "three ratios"),
        ({4: [0.2, math.nan, 0.2]}, "three ratios"),
        ({4: [exact(*RANGE, k * BEST) for k in (0.5, 1, 2)]}, "your prediction"),
        ({4: [0.1, 0.1, 0.1]}, "delays drawn"),
        ({0: "500"}, "quotation marks"),
    ],
)
def test_q5_delays_and_measurement_are_looked_at(changed, reason):
    given = list(answer(*RANGE))
    for k, value in changed.items():
        given[k] = value
    status, message = says("q5", given)
    assert status == "wrong" and reason in message


def test_q5_needs_all_five():
    assert "five things" in says("q5", answer(*RANGE)[:4])[1]
    assert says("q5", (500, 5000, ..., ..., [math.nan] * 3))[0] == "not yet"
