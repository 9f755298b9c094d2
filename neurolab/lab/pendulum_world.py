"""The pendulum of lab pendulum: its fall, its controller in faulty crossbars, and spare devices.

Tested: without noise every crossbar balances; more copies of a device are as good as one with less
noise; the fall is that of the exponential.

Reference: Chen et al. (2020), doi:10.1126/scirobotics.abb6938
"""

import math
from functools import cache

import numpy as np
import torch

from neurolab.neuromorphic.memristor import CrossbarParams, in_devices
from neurolab.tasks.pendulum import PendulumParams, PendulumState, pendulum_step
from neurolab.tasks.upright import Disturbed, balance, controller

from .start import fast

FALLEN = 0.5  # rad
MOST = 12  # copies in all three rows
HARD = 0.35  # noise of the challenge


def bars() -> int:
    """How many crossbars a share is taken over."""
    return 8 if fast() else 40


def error(inputs: int, noise: float, trials: int = 2000, seed: int = 0) -> float:
    """Deviation of a sum of so many equal products, in parts of the sum."""
    chance = np.random.default_rng(seed)
    return float((1 + noise * chance.normal(size=(trials, inputs))).mean(1).std())


def fall(start: float, length: float = 0.5, dt: float = 1e-3) -> float:
    """Seconds until a pendulum that nobody holds leans by half a radian."""
    params = PendulumParams(length=length)
    state, steps = PendulumState(start, 0.0), 0
    while abs(state.theta) < FALLEN and steps < 100_000:
        state, steps = pendulum_step(0.0, 0.0, state, params, dt), steps + 1
    return steps * dt


def fall_law(start: float, length: float = 0.5) -> float:
    """The same by the linear law: theta = start cosh(t sqrt(g / l)), without friction."""
    return math.acosh(FALLEN / start) / math.sqrt(PendulumParams().gravity / length)


@cache
def upright(
    noise: float,
    length: float = 0.5,
    copies: tuple[int, int, int] = (1, 1, 1),
    seed: int = 0,
    many: int | None = None,
) -> float:
    """Which part of the crossbars holds a pendulum of this length upright for ten seconds.

    Args:
        noise: of a device, relative, written and read.
        copies: devices side by side in the place of one, for each of the three rows.
    """
    count = bars() if many is None else many
    params, world = PendulumParams(length=length), Disturbed()
    matrix = controller(params, world)
    chance = torch.Generator().manual_seed(seed)
    row = torch.tensor(copies).repeat_interleave(2)  # of the six columns
    made = []
    for k in range(count):
        first = 1_000_000 * seed + 1000 * k
        drawn = in_devices(matrix, CrossbarParams(write=noise), range(first, first + max(copies)))
        made.append(torch.stack([drawn[: int(n), :, c].mean(0) for c, n in enumerate(row)], 1))
    read = noise / row.double().sqrt()
    lasted, _ = balance(torch.stack(made), 10.0, chance, read, params, world)
    return float((lasted > 10.0 - 1.5 * world.dt).double().mean())


def score(first: float, second: float, third: float, seed: int = 0) -> float:
    """Upright crossbars, in percent, with so many copies in the rows of angle, speed and torque.

    Raises:
        ValueError: copies that are not whole, below 1, or too many.
    """
    copies = (first, second, third)
    if not all(n == int(n) and n >= 1 for n in copies):
        raise ValueError(f"Copies must be whole numbers from 1, got {copies}")
    if sum(copies) > MOST:
        raise ValueError(f"Copies of all rows together must be at most {MOST}, got {sum(copies)}")
    return 100 * upright(HARD, copies=tuple(int(n) for n in copies), seed=seed)
