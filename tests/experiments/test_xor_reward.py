"""XOR from reward: a hidden layer learns it, a single layer and other controls do not.

Settings were chosen on seeds 10 to 59, and the record is of seeds 0 to 4; here others are used.
"""

import pytest

from neurolab import experiments
from neurolab.experiments import Refused, xor_reward

SMALL = {"hidden": 20, "networks": 4, "trials": 120, "shows": 20, "seed": 200}


def means(**options):
    record = experiments.run("xor-reward", **{**SMALL, **options})
    return {name: found["mean"] for name, found in record["metrics"].items()}


def test_chance_is_not_skill():
    """Weights that learned nothing: more inputs, more spikes, so (1, 1) is taken for a 1."""
    found = means(learning=0.0, trials=40, networks=1, length=250)
    assert found["accuracy"] <= 0.75 and found["solved"] == 0
    assert found["spikes_11"] > max(found["spikes_01"], found["spikes_10"]) > 0
    assert found["spikes_00"] == 0


def test_the_drive_of_the_output_does_not_grow_with_the_hidden_layer():
    for hidden in (5, 60):
        task = xor_reward.Config(hidden=hidden, drive=12.0).task()
        assert task.high[1] * hidden == pytest.approx(12.0)
        assert task.hidden == hidden and task.high[0] == 0.5


def test_too_few_trials_are_refused():
    with pytest.raises(Refused, match="trials"):
        xor_reward.Config(trials=39)


@pytest.mark.slow
def test_a_hidden_layer_learns_xor_from_reward():
    """At least three of four networks, at a third of the hidden neurons and half the trials."""
    found = means()
    assert found["solved"] >= 0.75
    assert found["accuracy"] >= 0.9
    limit = found["threshold"]
    assert min(found["spikes_01"], found["spikes_10"]) > limit > found["spikes_11"]
    assert found["reward"] > 0


@pytest.mark.slow
def test_a_single_layer_does_not():
    found = means(hidden=0)
    assert found["accuracy"] <= 0.75 and found["solved"] == 0


@pytest.mark.slow
def test_without_punishment_it_is_not_learned():
    """Praise alone makes the output fire at (1, 1), too."""
    found = means(punish=0.0)
    assert found["accuracy"] <= 0.75 and found["solved"] == 0
    assert found["spikes_11"] > found["threshold"]
