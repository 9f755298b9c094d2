"""Competition by spike timing, as experiments: an earlier answer, weights at both ends."""

from dataclasses import replace

import numpy as np
import pytest

from neurolab import experiments
from neurolab.experiments import stdp_competition, stdp_latency
from neurolab.hebbian.competition import Bursts, compete, latency


def means(name, **options):
    return {m: found["mean"] for m, found in experiments.run(name, **options)["metrics"].items()}


@pytest.mark.slow
def test_early_inputs_win_and_the_answer_comes_sooner():
    found = means("stdp-latency")
    assert found["latency_reduction"] > 10
    assert found["latency_reduction"] == pytest.approx(
        found["latency_before"] - found["latency_after"]
    )
    assert found["weight_early"] > 0.4 > 0.05 > found["weight_late"]


def test_without_learning_nothing_comes_sooner():
    found = means("stdp-latency", speed=0.0, seconds=1.0)
    assert found["latency_reduction"] == 0
    assert found["weight_early"] == pytest.approx(0.2) == found["weight_late"]


@pytest.mark.slow
def test_the_gain_is_in_who_is_strong_not_in_how_many():
    """The same weights at other inputs answer later; so does a neuron whose inputs hardly differ,
    which gains within the rise of the burst alone."""
    found = means("stdp-latency")
    assert found["latency_shuffled"] > found["latency_after"] + 10
    assert means("stdp-latency", spread=1.0)["latency_reduction"] < found["latency_reduction"] / 2


def test_the_latency_is_that_of_the_weights_at_hand():
    config = replace(stdp_latency.PRESETS["quick"], seconds=5.0, listen=2.0, seed=3)
    bursts = Bursts(spread=config.spread)
    rates, late = bursts.rates(1000, 3), bursts.latencies(1000, 3)
    for progress in stdp_latency.run(config):
        w = progress.state["w"].numpy()
        heard = compete(rates, 2.0, 3, w, speed=0).spikes
        assert progress.metrics["latency_after"] == latency(heard, 200)
        assert progress.metrics["latency_shuffled"] != progress.metrics["latency_after"]
        assert progress.metrics["weight_early"] == pytest.approx(w[late < 65].mean())
        assert progress.metrics["weight_late"] == pytest.approx(w[late > 95].mean())


def test_a_silent_neuron_answers_after_the_whole_period():
    found = means("stdp-latency", start=0.0, seconds=1.0, listen=1.0)
    assert found["latency_before"] == found["latency_after"] == 200


def test_firing_tells_a_clock_from_chance():
    assert stdp_competition.firing(np.tile([0, 0, 0, 0, 1], 200)) == (200, 0)
    chance = np.random.default_rng(0).random(100_000) < 0.02
    rate, irregular = stdp_competition.firing(chance)
    assert rate == pytest.approx(20, rel=0.1) and irregular == pytest.approx(1, abs=0.1)
    assert stdp_competition.firing(np.zeros(100)) == (0, 0)


def test_learning_calms_the_neuron_and_makes_it_irregular():
    found = means("stdp-competition")
    assert found["rate_after"] < found["rate_before"] / 5
    assert found["cv_before"] < 0.4 and found["cv"] > 0.6


def test_without_learning_the_neuron_stays_fast_and_regular():
    found = means("stdp-competition", speed=0.0, seconds=20.0)
    assert found["rate_after"] == pytest.approx(found["rate_before"], rel=0.1)
    assert found["cv"] < 0.4 and found["high_fraction"] == 1 and found["low_fraction"] == 0


@pytest.mark.slow
def test_a_tenth_of_the_stored_run_is_enough_to_answer_sooner():
    """Seeds 10 to 12 gave 19.3, 19.9 and 21.3 ms."""
    found = means("stdp-latency", preset="full", seconds=20.0)
    assert 15 < found["latency_reduction"] < 25
    assert found["weight_early"] > 0.7 and found["weight_late"] < 0.01


@pytest.mark.slow
def test_slow_learning_drives_the_weights_to_both_ends():
    """Half of the stored record's time; even weights would give 0.1 and 0.1. Fast learning does
    not do it: its steps are so large that chance spreads the weights again."""
    found = means("stdp-competition", preset="full", seconds=1000.0)
    assert found["low_fraction"] > 0.15 and found["high_fraction"] > 0.15
    fast = means("stdp-competition")
    for end in ("low_fraction", "high_fraction"):
        assert found[end] > fast[end]
