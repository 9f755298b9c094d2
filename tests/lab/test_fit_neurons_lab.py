"""Lab fit-neurons: right answers pass, known slips are answered by name."""

import math

import numpy as np
import pytest

import neurolab
from neurolab.lab import fit_neurons as lab
from neurolab.lab.fit_neurons_chance import chance_share
from neurolab.lab.fit_neurons_models import cell, noise_current, trace

COUNT = len(trace(0, 1000.0)[1])
CHANCE = 4 * COUNT / 1000
MET = math.erf(2**-0.5)  # within one standard deviation
RIGHT = (MET - CHANCE) / (1 - CHANCE)
EDGE = 10 * math.log(2)


def says(name, value):
    result = neurolab.check(f"fit-neurons.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 1000)[0] == "right"
    assert "20000 of 0.05" in says("warmup", 20000)[1]


def test_the_noise_has_the_mean_deviation_and_time_constant_it_says():
    current = noise_current(20_000.0, 4)
    assert current.mean() == pytest.approx(3, abs=0.5)
    assert current.std() == pytest.approx(6, rel=0.05)
    away = current - current.mean()
    kept = (away[60:] * away[:-60]).mean() / away.var()  # 3 ms later
    assert kept == pytest.approx(math.exp(-1), abs=0.05)


def test_a_cell_without_current_rests():
    spikes, v = cell(np.zeros(400))
    assert len(spikes) == 0 and np.ptp(v) < 0.01 and v[0] == pytest.approx(-65, abs=0.1)


def test_q2_right_and_slips():
    assert says("q2", RIGHT)[0] == "right"
    wide = math.erf(1)
    for gamma, reason in (
        (MET, "Chance is still in it"),
        (MET - CHANCE, "divide by 1 - c"),
        ((wide - CHANCE) / (1 - CHANCE), "root of 2"),
        (1 - MET, "part that is missed"),
        (CHANCE, "part met by chance"),
        ((math.erf(2**0.5) - CHANCE) / (1 - CHANCE), "worked case"),
        (1.4, "between 0 and 1"),
        (0.5, "too low"),
        (0.9, "too high"),
        ("0.6", "quotation marks"),
    ):
        status, message = says("q2", gamma)
        assert status == "wrong" and reason in message, message


def moved(spread, seed, together=False):
    spikes, chance = trace(0, 1000.0)[1], np.random.default_rng(seed)
    shift = chance.normal(0, spread, 1 if together else COUNT)
    return lab.coincidence_factor(spikes, np.sort(spikes + shift), 1000.0)


def test_q3_a_measurement_meets_the_closed_form():
    assert says("q3", [moved(2.0, seed) for seed in range(40)])[0] == "right"


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([moved(2.0, 1)] * 40, "the same"),
        ([moved(2.0, s, together=True) for s in range(40)], "number of its own"),
        ([moved(0.1, s) + 1e-3 * s for s in range(12)], "Nearly all"),
        ([moved(80.0, s) for s in range(40)], "chance"),
        ([moved(1.0, s) for s in range(40)], "worked case"),
        ([0.5, 0.6], "at least 10"),
    ],
)
def test_q3_slips_are_answered_by_name(runs, reason):
    status, message = says("q3", runs)
    assert status == "wrong" and reason in message, message


def test_q4_right_and_slips():
    assert chance_share(EDGE) == pytest.approx(0.5, abs=0.015)
    assert "6.93 ms is inside" in says("q4", (EDGE, 6.2, 7.8))[1]
    for answer, reason in (
        ((5, 6.2, 7.8), "Two random spikes"),
        ((2 * EDGE, 6.2, 7.8), "two sides"),
        ((10, 6.2, 7.8), "2 f D is 1"),
        ((EDGE / 1000, 6.2, 7.8), "in s; ms"),
        ((6, 6.2, 7.8), "too narrow"),
        ((8, 6.2, 7.8), "too wide"),
        ((EDGE, 7.8, 6.2), "swapped"),
        ((EDGE, 5, 9), "1.80 times"),
        ((EDGE, 7.5, 9), "Take low lower"),
        ((EDGE, 5, 6), "Take high higher"),
        ((EDGE, -1, 6), "above 0"),
        ((EDGE, 6), "three windows"),
    ):
        status, message = says("q4", answer)
        assert status == "wrong" and reason in message, message
    assert says("q4", (EDGE, ..., ...))[0] == "not yet"


def test_the_sentence_is_compared():
    assert says("explain", "Luck does not come twice.")[0] == "compared"
    assert says("explain", "Luck.")[0] == "wrong"
