"""A pendulum held by a crossbar: what faults do to its controller."""

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.memristor import Config, run
from neurolab.neuromorphic.memristor import CrossbarParams, in_devices
from neurolab.tasks.pendulum import PendulumParams
from neurolab.tasks.upright import Disturbed, controller


def last(config: Config) -> dict[str, float]:
    *_, end = run(config)
    return end.metrics


def test_fine_devices_hold_the_matrix():
    matrix = controller(PendulumParams(), Disturbed())
    columns = in_devices(matrix, CrossbarParams(levels=100_000), range(2))
    torch.testing.assert_close(
        columns[0, :, ::2] - columns[0, :, 1::2], matrix.T, atol=1e-4, rtol=0
    )


@pytest.mark.slow
def test_five_percent_do_no_harm_and_a_hundred_do():
    found = last(Config(noises=(0.05, 1.0), devices=20, seconds=15.0))
    assert found["seconds_ideal"] == pytest.approx(15.0)
    assert found["upright_5"] >= 0.9 > 0.5 > found["upright_100"]
    assert found["tolerance"] == 5.0
    assert 0 < found["sway_ideal"] < found["sway_100"]


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(Refused, match="noises must rise"):
        Config(noises=(0.1, 0.05))
    with pytest.raises(Refused, match="noises must be some from 0"):
        Config(noises=())
