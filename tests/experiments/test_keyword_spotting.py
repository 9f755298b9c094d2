"""Spoken digits in rates, in spikes and in whole numbers."""

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.keyword_spotting import PRESETS, Config, heard, parts, run, spikes


def test_an_input_fires_as_often_as_it_says_and_evenly():
    x = torch.tensor([[0.0, 0.25, 0.5, 1.0]])
    z = spikes(x, 8)
    assert z[:, 0].sum(0).tolist() == [0, 2, 4, 8] and set(z.unique().tolist()) <= {0.0, 1.0}
    assert z[:, 0, 1].nonzero()[:, 0].diff().tolist() == [4]


def test_pictures_of_sounds_are_from_0_to_1():
    x, y = heard("sweeps", "test", 8, 5)
    assert x.shape == (120, 40) and x.min() >= 0 and x.amax(1).eq(1).all() and len(y) == 120


def test_held_out_recordings_are_of_the_training_split():
    (_, y), (_, y_test) = parts(Config(data="sweeps", channels=4, frames=3, held_out=1))
    assert len(y) + len(y_test) == 240 and len(y_test) > 0


def test_spikes_and_whole_numbers_tell_what_rates_tell():
    pytest.importorskip("nengo_loihi")
    *_, end = run(PRESETS["quick"])
    found = end.metrics
    assert found["accuracy_ann"] > 0.75
    assert found["accuracy_snn"] > found["accuracy_ann"] - 0.06
    assert found["accuracy_loihi"] > found["accuracy_ann"] - 0.08
    assert found["emulator_mismatch"] == 0
    assert found["macs_ann"] == 128 * 32 + 32 * 32 + 32 * 10
    assert found["energy_loihi"] == pytest.approx(23.6e-3 * found["synops_loihi"])


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(Refused, match="data must be spoken-digits or sweeps"):
        Config(data="speech")
