"""Spoken digits: the splits keep speakers and recordings apart, and voices can be learned.

Settings were chosen on seed 10 and up, on recordings held out of the training split.
"""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.experiments import Refused
from neurolab.experiments import spoken_digits as spoken
from neurolab.tasks.speech import Recordings

SMALL = replace(spoken.PRESETS["quick"], seed=20)


def test_who_is_tested_was_never_heard():
    for number in range(1, 1 + spoken.SPEAKERS):
        (learned,), test = spoken.split(SMALL, number)
        assert set(learned.speaker.tolist()) == set(range(6)) - {number - 1}
        assert {int(s) for part in test for s in part.speaker} == {number - 1}
        assert sum(len(part.y) for part in test) == 60 and len(learned.y) == 200
    (learned,), (test,) = spoken.split(SMALL, 0)
    assert len(learned.y) == 240 and len(test.y) == 120


def test_held_out_recordings_are_of_the_training_split(monkeypatch):
    """Sounds that can be told apart: pitch is the digit's, and length the number of the sound."""

    def load(data, split):
        made = range(45) if split == "train" else range(5)
        keys = [(d, s, n) for d in range(2) for s in range(6) for n in made]
        x = tuple(torch.sin(torch.arange(400 + 40 * n) * 0.5) for _, _, n in keys)
        digits, speakers, _ = zip(*keys, strict=True)
        return Recordings(x, torch.tensor(digits), torch.tensor(speakers))

    monkeypatch.setattr(spoken.tasks, "load", load)
    spoken.heard.cache_clear()
    config = replace(SMALL, data="spoken-digits", held_out=1, longest=100)
    (learned,), (test,) = spoken.split(config, 0)
    assert set(test.frames.tolist()) == set(range(10, 15)), "the first five of each group"
    assert set(learned.frames.tolist()) == set(range(15, 55))
    assert len(test.y) == 60 and len(learned.y) == 480
    (learned,), test = spoken.split(config, 3)
    assert len(test) == 1 and len(test[0].y) == 90 and len(learned.y) == 450
    spoken.heard.cache_clear()


def test_frames_behind_the_end_do_not_count():
    (part,), _ = spoken.split(SMALL, 0)
    part.frames = part.frames.clone()
    part.frames[0], part.frames[1] = 7, 20
    z, when = part.of(torch.tensor([0, 1]))
    assert z.shape[:2] == (20, 2) and z.sum() > 5
    torch.testing.assert_close(when.sum(0), torch.ones(2))
    assert when[:7, 0].min() > 0 and not when[7:, 0].any()


def test_channels_are_shifted_and_what_leaves_is_lost():
    (part,), _ = spoken.split(SMALL, 0)
    chosen = torch.tensor([3, 60, 120])
    plain, _ = part.of(chosen)
    moved, _ = part.of(chosen, torch.tensor([0, 2, -1]))
    rows, shifted = (z.unflatten(2, (-1, part.channels)) for z in (plain, moved))
    assert plain.sum() > 20 and torch.equal(rows[:, 0], shifted[:, 0])
    assert torch.equal(shifted[:, 1, :, :-2], rows[:, 1, :, 2:])
    assert torch.equal(shifted[:, 2, :, 1:], rows[:, 2, :, :-1])
    assert not shifted[:, 1, :, -2:].any() and not shifted[:, 2, :, :1].any()


def test_wrong_data_are_refused():
    with pytest.raises(Refused, match="data must be"):
        spoken.Config(data="music")


@pytest.mark.slow
def test_sweeps_are_learned_and_without_learning_they_are_not():
    changes = {"units": 40, "channels": 16, "epochs": 25, "batch": 20, "learning": 0.01}
    made = experiments.run("spoken-digits", "quick", seeds=1, bar=False, **changes)["metrics"]
    assert made["accuracy_usual_split"]["mean"] > 0.8
    assert made["accuracy_new_speakers"]["mean"] > 0.4
    made = experiments.run("spoken-digits", "quick", seeds=1, bar=False, learning=0.0)["metrics"]
    assert made["accuracy_usual_split"]["mean"] < 0.4
