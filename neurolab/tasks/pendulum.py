"""A pendulum that stands on its hinge, pushed by a torque: what a controller is to keep upright.

    d theta / dt = omega
    d omega / dt = (g / l) sin(theta) - friction omega + (u + push) / (m l^2)

    symbol     meaning                                     unit
    theta      angle from upright                          rad
    omega      its speed                                   rad / s
    u          torque of the controller, cut to +- most    N m
    push       torque of the world                         N m
    m, l       mass, and its distance from the hinge       kg, m

What follows, and is tested: left alone it falls, near upright as exp(t sqrt(g / l)); without
friction and torque its energy stays; linearised, a step is the matrix exponential.

Reference: Åström & Murray (2008), Feedback Systems, ch. 2
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, maximum, minimum, sin


@dataclass(frozen=True)
class PendulumParams:
    gravity: float = 9.81  # m / s^2
    length: float = 0.5  # m
    mass: float = 0.2  # kg
    friction: float = 0.1  # 1 / s
    most: float = 1.0  # N m


class PendulumState(NamedTuple):
    theta: Value  # (B,) rad
    omega: Value  # (B,) rad / s


def pull(theta: Value, omega: Value, torque: Value, params: PendulumParams) -> Value:
    """d omega / dt, in rad / s^2. Elementwise."""
    fall = params.gravity / params.length * sin(theta)
    return fall - params.friction * omega + torque / (params.mass * params.length**2)


def pendulum_step(
    torque: Value, push: Value, state: PendulumState, params: PendulumParams, dt: float
) -> PendulumState:
    """The state ``dt`` s later, by Heun's method, torques held. Elementwise."""
    total = minimum(maximum(torque, -params.most), params.most) + push
    first = pull(state.theta, state.omega, total, params)
    theta, omega = state.theta + dt * state.omega, state.omega + dt * first
    second = pull(theta, omega, total, params)
    return PendulumState(
        theta=state.theta + dt / 2 * (state.omega + omega),
        omega=state.omega + dt / 2 * (first + second),
    )


def linear(params: PendulumParams, dt: float) -> tuple[Tensor, Tensor]:
    """A (2, 2) and B (2, 1) of a step of ``dt`` s near upright, torque held."""
    inertia = params.mass * params.length**2
    whole = torch.zeros(3, 3, dtype=torch.float64)
    whole[0, 1] = 1.0
    whole[1] = torch.tensor([params.gravity / params.length, -params.friction, 1 / inertia])
    made = torch.linalg.matrix_exp(dt * whole)
    return made[:2, :2], made[:2, 2:]
