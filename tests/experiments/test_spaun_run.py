"""The recorded run of the page: how it is packed, and that its command makes it again."""

from dataclasses import replace

import numpy as np
import pytest
import torch

pytest.importorskip("nengo_spa")
from neurolab import tasks
from neurolab.experiments import mini_spaun
from neurolab.experiments import spaun_run as maker
from neurolab.experiments.spaun_trials import Exam
from neurolab.live import spaun_run as record
from neurolab.live.digits import pictures


def test_a_picture_survives_packing():
    picture = tasks.load("digits", split="test").x[3]
    (back,) = pictures([maker.pack(picture)])
    wanted = (picture * 8).floor().clamp(max=7).flatten() / 7
    torch.testing.assert_close(torch.tensor(back), wanted)


def test_the_best_of_a_row():
    assert maker.best(np.array([[0.1, 0.9], [0.2, 0.1], [0.4, 0.3]]), 0.3) == [1, -1, 0]


def test_the_pictures_are_those_of_the_exam():
    """First trial of each task, seed 0: made again without the network."""
    exam = Exam(replace(mini_spaun.PRESETS["full"], trials=1))
    for k in range(4):
        assert record.PICTURES[k] == [maker.pack(x) for x in exam.trial(k)[1]]


@pytest.mark.slow
def test_its_command_makes_the_trial_of_recognition_again():
    config = replace(mini_spaun.PRESETS["full"], trials=1)
    stages = mini_spaun.run(config)
    next(stages)
    state = next(stages).state
    kept = {name: x for name, x in state.items() if name not in ("done", "seen")}
    _, network = mini_spaun.built(config, kept, maker.WATCH)
    made = maker.recorded(Exam(config), network, 1)
    network.close()
    assert made["PICTURES"] == record.PICTURES[1]
    assert np.mean(np.array(made["SYMBOL"]) == record.SYMBOL[1]) > 0.95
    assert np.mean(np.array(made["ACTION"]) == record.ACTION[1]) > 0.9
    apart = np.array(made["PEN"])[:, :2] - np.array(record.PEN[1])[:, :2]
    assert np.sqrt((apart**2).mean()) < 15, "hundredths of half a picture"
