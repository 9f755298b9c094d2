"""Learned patterns as an experiment: the target of the row, the formula, and the pieces."""

from dataclasses import replace

import pytest
import torch

from neurolab.dendrites import patterns_of, subsets
from neurolab.experiments import Refused
from neurolab.experiments.permanence_capacity import PRESETS, Config, Study, crossing, run, shifted

SMALL = replace(PRESETS["quick"], tests=3000)


@pytest.fixture(scope="module")
def found():
    *_, last = run(replace(SMALL, seed=10))
    return last.metrics


@pytest.mark.slow
def test_dozens_of_patterns_with_one_percent_and_few_synapses_touched(found):
    """S07: dozens stored, below 1 % false matches, below 0.5 % of the synapses a step."""
    assert found["stored"] >= 60
    assert 0 < found["touched"] <= found["touched_most"] < 0.005
    assert found["recalled"] > 0.95 and found["recalled_moved"] > 0.95
    assert found["synapses"] > 5000 and 15.5 < found["connected"] < 17


def test_false_matches_follow_the_formula(found):
    """S10b: along the curve, and where it passes 1 %; 3,000 tests are a coarse measure."""
    for part in ("_1of2", "_3of4", ""):
        p = found[f"false_match_formula{part}"]
        error = (p / 3000) ** 0.5
        assert found[f"false_match{part}"] == pytest.approx(p, abs=5 * error)
    assert found["capacity"] == pytest.approx(found["capacity_formula"], rel=0.4)
    assert found["capacity_mixed"] == pytest.approx(found["capacity_mixed_formula"], rel=0.2)
    assert found["capacity_formula"] == 159 and found["capacity_mixed_formula"] == 64


def test_with_fewer_segments_than_patterns_the_first_are_forgotten():
    *_, last = run(replace(SMALL, segments=40, patterns=80, seed=11))
    assert 0.3 < last.metrics["recalled"] < 0.7
    assert last.metrics["touched_most"] == pytest.approx(1 / 40, rel=0.01)


def test_noise_moves_as_many_cells_as_it_says_and_others_fire():
    chance = torch.Generator().manual_seed(0)
    x = patterns_of(subsets(200, 20, 100, chance), 100)
    moved = shifted(x, 0.3, chance)
    assert (moved.sum(1) == 20).all() and ((moved & x).sum(1) == 14).all()
    lost = (x & ~moved).double().sum(0) / x.double().sum(0)
    assert lost.mean() == pytest.approx(0.3, abs=0.03) and lost.min() > 0
    assert torch.equal(shifted(x, 0.02, chance), x)


def test_crossing_is_where_logarithms_meet_one_percent():
    assert crossing([10, 20, 30], [0.0, 0.005, 0.02]) == pytest.approx(25)
    assert crossing([10, 20], [0.0, 0.04]) == pytest.approx(12.5), "no logarithm of 0"
    assert crossing([10, 20], [0.002, 0.01]) == 20


def test_shows_without_noise_leave_as_many_connections_as_were_wanted():
    study = Study(replace(SMALL, noise=0.0, patterns=80, tests=10), None)
    study.block()
    connected = study.learner.connected.sum(1)
    assert connected[connected > 0].tolist() == [16] * 20


def test_settings_that_cannot_be_are_refused():
    for changes, word in (
        ({"active": 600}, "active"),
        ({"sample": 51, "room": 60}, "sample must be at most active"),
        ({"room": 15}, "sample must be at most room"),
        ({"threshold": 17}, "threshold must be at most sample"),
        ({"mixed_threshold": 17}, "mixed_threshold"),
        ({"patterns": 100}, "patterns must be a multiple of 4 x every"),
    ):
        with pytest.raises(Refused, match=word):
            replace(Config(), **changes)
