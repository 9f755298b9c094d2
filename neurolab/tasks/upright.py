"""A controller of the pendulum as one small matrix, and how long it keeps it upright.

    [x_hat(t + 1), u(t)] = M [x_hat(t), y(t)]

    symbol    meaning                                                  shape     unit
    x_hat     estimate of angle and speed, of a Kalman filter          (2,)      V
    u         torque, of a linear quadratic regulator                  ()        V
    y         measured angle                                           ()        V
    M         both together                                            (3, 3)    -

A volt stands for ``UNITS``.

What follows, and is tested: the gain of the regulator makes the summed cost smallest, by summing
it; without a controller the pendulum falls.

References: Kalman (1960), doi:10.1115/1.3662552; a controller of this kind in memristors: Chen et
al. (2020), doi:10.1126/scirobotics.abb6938
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .pendulum import PendulumParams, PendulumState, linear, pendulum_step

FALLEN = 0.5  # rad
UNITS = (0.05, 0.5, 0.5)  # rad, rad / s, N m: what a volt stands for


@dataclass(frozen=True)
class Disturbed:
    """What is uncertain about the world."""

    dt: float = 0.01  # s
    sensor: float = 0.005  # rad, deviation of a measured angle
    push: float = 0.02  # N m, deviation of the torque of the world in a step


def riccati(a: Tensor, b: Tensor, q: Tensor, r: Tensor) -> Tensor:
    """The gain (inputs, states) of the regulator that weighs states by q and inputs by r."""
    p = q
    for _ in range(5000):
        gain = torch.linalg.solve(r + b.T @ p @ b, b.T @ p @ a)
        p = q + a.T @ p @ (a - b @ gain)
    return gain


def controller(params: PendulumParams, world: Disturbed) -> Tensor:
    """M (3, 3): estimate of the next step and torque, from estimate and measured angle."""
    a, b = linear(params, world.dt)
    one = torch.eye(2, dtype=torch.float64)
    regulator = riccati(a, b, torch.diag(torch.tensor([10.0, 1.0]).double()), one[:1, :1])
    c = one[:1]
    moved = (world.push + 1e-3) ** 2 * (b @ b.T)  # what the world does to the state in a step
    filter_ = riccati(a.T, c.T, moved, torch.full((1, 1), (world.sensor + 1e-4) ** 2).double())
    correct = torch.linalg.solve(a, filter_.T)  # from the predicted to the corrected state
    seen = torch.cat([one - correct @ c, correct], 1)  # corrected estimate from [x_hat, y]
    whole = torch.cat([(a - b @ regulator) @ seen, -regulator @ seen])
    angle, speed, torque = UNITS
    into, out = torch.tensor([angle, speed, angle]), torch.tensor([angle, speed, torque])
    return whole * into.double() / out.double()[:, None]


def balance(
    matrices: Tensor,
    seconds: float,
    chance: torch.Generator,
    read: float | Tensor = 0.0,
    params: PendulumParams | None = None,
    world: Disturbed | None = None,
) -> tuple[Tensor, float]:
    """Seconds for which each controller keeps upright (D,), and how far it sways (mrad).

    Args:
        matrices: (D, 3, 3) of ``controller``, turned; or (D, 3, 6), two columns for an output.
        seconds: at most.
        read: deviation of an entry at each reading, relative.
    """
    params, world = params or PendulumParams(), world or Disturbed()
    count, dt = len(matrices), world.dt
    angle, _, newton = UNITS
    theta = 0.02 * torch.randn(count, generator=chance, dtype=torch.float64)
    state = PendulumState(theta, torch.zeros_like(theta))
    estimate = torch.zeros(count, 2, dtype=torch.float64)
    sway = 0.0
    upright, lasted = torch.ones(count, dtype=torch.bool), torch.zeros(count, dtype=torch.float64)
    for _ in range(round(seconds / dt)):
        noise = torch.randn(2, count, generator=chance, dtype=torch.float64)
        seen = torch.cat([estimate, ((state.theta + world.sensor * noise[0]) / angle)[:, None]], 1)
        now = matrices
        if torch.as_tensor(read).any():
            now = now * (1 + read * torch.randn(now.shape, generator=chance, dtype=torch.float64))
        out = torch.einsum("di,dic->dc", seen, now)
        if out.shape[1] == 6:
            out = out[:, ::2] - out[:, 1::2]
        estimate = out[:, :2].clamp(-1e3, 1e3)
        torque = newton * out[:, 2]
        state = pendulum_step(torque, world.push * noise[1], state, params, dt)
        upright &= state.theta.abs() < FALLEN
        lasted += dt * upright
        sway += float((upright * state.theta.square()).sum()) * dt
        state = PendulumState(state.theta.clamp(-3, 3), state.omega.clamp(-50, 50))
        if not upright.any():
            break
    return lasted, 1000 * (sway / max(float(lasted.sum()), dt)) ** 0.5
