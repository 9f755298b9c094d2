"""The controller of the pendulum: its gain against a sum of costs, and that it is needed."""

import pytest
import torch

from neurolab.tasks.pendulum import PendulumParams, linear
from neurolab.tasks.upright import Disturbed, balance, controller, riccati


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


def test_without_a_controller_it_falls_within_seconds():
    chance = torch.Generator().manual_seed(0)
    lasted, _ = balance(torch.zeros(20, 3, 3).double(), 10.0, chance)
    assert lasted.max() < 5


@pytest.mark.slow
def test_with_it_all_stand_and_sway_less_in_a_calmer_world():
    sways = []
    for part in (1.0, 0.1):
        chance = torch.Generator().manual_seed(0)
        world = Disturbed(sensor=0.005 * part, push=0.02 * part)
        matrix = controller(PendulumParams(), world)
        lasted, sway = balance(matrix.T.expand(20, 3, 3), 10.0, chance, world=world)
        assert lasted.min() > 9.9
        sways.append(sway)
    assert sways[1] < 0.7 * sways[0]
