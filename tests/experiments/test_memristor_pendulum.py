"""A pendulum held by a crossbar: the controller, and what faults do to it."""

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.memristor import Config, balance, controller, in_devices, riccati, run
from neurolab.neuromorphic.memristor import CrossbarParams
from neurolab.tasks.pendulum import PendulumParams, linear


def last(config: Config) -> dict[str, float]:
    *_, end = run(config)
    return end.metrics


def test_the_regulator_solves_its_equation():
    a, b = linear(PendulumParams(), 0.01)
    q, r = torch.diag(torch.tensor([10.0, 1.0]).double()), torch.ones(1, 1).double()
    gain = riccati(a, b, q, r)
    closed = a - b @ gain
    assert torch.linalg.eigvals(closed).abs().max() < 1 < torch.linalg.eigvals(a).abs().max()
    p = torch.zeros(2, 2).double()  # what it costs from here on, summed up
    step, power = q + gain.T @ r @ gain, torch.eye(2).double()
    for _ in range(20_000):
        p, power = p + power.T @ step @ power, closed @ power
    torch.testing.assert_close(p, q + a.T @ p @ (a - b @ gain), rtol=1e-6, atol=1e-6)


def test_fine_devices_hold_the_matrix():
    matrix = controller(Config(), PendulumParams())
    columns = in_devices(matrix, CrossbarParams(levels=100_000), range(2))
    torch.testing.assert_close(
        columns[0, :, ::2] - columns[0, :, 1::2], matrix.T, atol=1e-4, rtol=0
    )


def test_without_a_controller_it_falls_within_seconds():
    chance = torch.Generator().manual_seed(0)
    lasted, _ = balance(Config(seconds=10.0), torch.zeros(20, 3, 3).double(), 0.0, chance)
    assert lasted.max() < 5


def test_five_percent_do_no_harm_and_half_does():
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
