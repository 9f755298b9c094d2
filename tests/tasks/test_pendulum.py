"""The standing pendulum against closed forms."""

import math

import pytest
import torch

from neurolab.tasks.pendulum import PendulumParams, PendulumState, linear, pendulum_step

FREE = PendulumParams(friction=0.0)


def run(state: PendulumState, steps: int, dt: float, params=FREE, torque=0.0) -> PendulumState:
    for _ in range(steps):
        state = pendulum_step(torque, 0.0, state, params, dt)
    return state


def test_near_upright_it_falls_as_an_exponential():
    """theta = theta_0 cosh(t sqrt(g / l)) where it starts at rest."""
    rate = math.sqrt(9.81 / 0.5)
    end = run(PendulumState(1e-6, 0.0), 1000, 0.001)
    assert end.theta == pytest.approx(1e-6 * math.cosh(rate), rel=1e-4)


def test_energy_stays_and_the_error_falls_with_the_square_of_the_step():
    def energy(s: PendulumState) -> float:
        return s.omega**2 / 2 + 9.81 / 0.5 * math.cos(s.theta)

    start = PendulumState(2.0, 0.0)
    errors = [abs(energy(run(start, n, 1 / n)) - energy(start)) for n in (1000, 2000)]
    assert errors[0] < 0.01 and math.log2(errors[0] / errors[1]) > 1.8


def test_linearised_it_is_the_matrix_exponential():
    params = PendulumParams()
    a, b = linear(params, 0.01)
    fine = run(PendulumState(1e-5, -2e-5), 100, 0.0001, params, 1e-6)
    x = a @ torch.tensor([1e-5, -2e-5]).double() + b[:, 0] * 1e-6
    assert x.tolist() == pytest.approx([fine.theta, fine.omega], rel=1e-5)


def test_a_controller_cannot_pull_more_than_it_can():
    strong, most = (run(PendulumState(0.1, 0.0), 10, 0.01, FREE, u) for u in (1e6, 1.0))
    assert strong == most
