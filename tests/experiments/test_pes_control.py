"""An arm that learns its weight: the arm and its controller by formula, and the learners."""

import math

import numpy as np
import pytest
import torch

from neurolab.experiments import pes_control as arm
from neurolab.experiments.pes_control import ARM, Config, World, moved


def test_the_path_repeats_and_its_speed_is_its_slope():
    world = World(Config(period=2.0, seed=3))
    for t in (0.0, 0.7, 1.9):
        (angle, speed), (before, _), (after, _) = (world.path(t + d) for d in (0, -1e-5, 1e-5))
        assert speed == pytest.approx((after - before) / 2e-5, abs=1e-6)
        assert world.path(t + 2.0)[0] == pytest.approx(angle)
    other = World(Config(period=2.0, seed=4))
    assert abs(other.path(0.0)[0] - world.path(0.0)[0]) > 0.01


@pytest.mark.slow
def test_a_slow_arm_is_off_by_what_the_controller_must_carry():
    """At each moment k_p (q* - q) holds gravity, which pulls away from upright."""
    config = Config(period=60.0, cycles=1)
    world = moved(config, "pd")
    for t in (5000, 20_000, 45_000):
        angle, off = world.path(t / 1000)[0], world.errors[t]
        weight = ARM.mass * ARM.gravity * ARM.length * math.sin(angle - off)
        assert config.stiffness * off == pytest.approx(-weight, abs=0.05)
    assert max(map(abs, moved(config, "known").errors[1000:])) < 0.05


def test_without_learning_it_is_the_controller_alone():
    config = Config(neurons=10, kappa=0.0, period=0.5, cycles=2)
    assert torch.equal(moved(config, "torch").by_cycle(), moved(config, "pd").by_cycle())


def test_errors_are_in_degrees():
    world = World(Config(period=0.1, cycles=2))
    world.errors = [0.1] * 100 + [-0.2] * 100
    np.testing.assert_allclose(world.by_cycle(), np.degrees([0.1, 0.2]))


def test_the_neurons_give_the_torque_that_the_controller_lacked():
    config = Config(neurons=60, kappa=1e-3, period=1.0, cycles=2)
    world = moved(config, "torch")
    assert world.by_cycle()[-1] < 0.8 * moved(config, "pd").by_cycle()[-1]
    assert np.abs(world.torques[-500:]).max() > 0.2


@pytest.mark.slow
def test_learning_takes_most_of_the_error_away():
    pytest.importorskip("nengo_loihi")
    *_, end = arm.run(Config(neurons=150, period=3.0, cycles=4, kappa=1e-3))
    found = end.metrics
    for name in arm.LEARNERS:
        assert found[f"error_{name}"] < found["error_pd"] / 3, name
        assert found[f"error_{name}"] < found[f"first_{name}"] / 2, name
        assert found[f"factor_{name}"] == pytest.approx(found["error_pd"] / found[f"error_{name}"])
    assert found["error_nengo"] == pytest.approx(found["error_torch"], rel=0.05)
    assert found["error_loihi"] < 1.5 * found["error_nengo"]


def test_settings_that_cannot_be_are_refused():
    assert Config(period=1.1).period == 1.1
    with pytest.raises(arm.Refused, match=r"period must be whole milliseconds, got 0\.1234"):
        Config(period=0.1234)
