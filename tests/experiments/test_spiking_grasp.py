"""Discs between two fingers: what the reflex does to them, against its equations."""

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.spiking_grasp import Config, Discs, draw, grasp, middle, run, success

FEW = Config(discs=12, seconds=3.0)


def some() -> Discs:
    return draw(FEW, torch.Generator().manual_seed(3))


@pytest.mark.slow
def test_forces_end_in_the_band_whatever_the_disc():
    config = Config(
        discs=12, seconds=3.0, motors=(1.0,), choices=2, speeds=(0.003, 0.02), curve=(500.0,)
    )
    *_, end = run(config)
    found = end.metrics
    assert found["speed_1"] == pytest.approx(0.003)
    assert found["in_band_1"] >= 0.9 and found["success_1"] >= 0.9
    assert found["success_closed_1"] <= 0.5


@pytest.mark.slow
def test_a_hasty_reflex_presses_harder_than_a_slow_one():
    slow = grasp(FEW, some(), 3.0, "reflex", 0.003)
    hasty = grasp(FEW, some(), 3.0, "reflex", 0.02)
    assert hasty.forces.amax(0).mean() > 1.5 * slow.forces.amax(0).mean()
    assert success(FEW, slow) > success(FEW, hasty)


def test_blind_forces_grow_with_stiffness_and_stay_zero_where_nothing_is_touched():
    short = Config(seconds=1.0)
    blind = grasp(short, middle(short), 3.0, "blind", 0.8)
    assert (blind.forces[-1].mean(0).diff() > 0).all()
    assert grasp(short, middle(short), 3.0, "blind", 0.0).forces.eq(0).all()


def test_what_cannot_be_is_refused_by_name():
    for wrong, words in (
        ({"hold": 5.0}, "hold must be below crush, got 5.0 and 4.0"),
        ({"motors": (0.0,)}, "motors must be numbers from 0.1 to 100"),
        ({"radii": (0.03, 0.01)}, "radii must be two numbers above 0 that rise"),
    ):
        with pytest.raises(Refused, match=words):
            Config(**wrong)
