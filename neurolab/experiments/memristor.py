"""A controller in a crossbar of memristors: how faulty may the devices be?

A pendulum is to stand upright. Its angle is measured with noise; a Kalman filter estimates angle
and speed, and a linear quadratic regulator turns them into a torque. Both together are one matrix,

    [x_hat(t + 1), u(t)] = M [x_hat(t), y(t)],

which a crossbar multiplies in each step. Angles, speeds and torques are voltages in units of
``UNITS``, and each output has an amplifier that brings the largest entry of its row to the largest
conductance: so small entries are not lost among the levels. Devices are written and read with
relative errors of the same deviation (``noises``), each in many crossbars (``devices``).

Metrics: ``seconds_P`` (mean time upright with noise of P percent, at most ``seconds``),
``upright_P`` (part of the crossbars that balance at least half a minute, or the whole run if that
is shorter), ``tolerance`` (largest noise tried, in percent, up to which 90 % of the crossbars do),
``sway_P`` (root mean square of the angle while upright, in mrad), and ``seconds_ideal``,
``sway_ideal`` (the same controller in floats). All 0 until measured.

References: a controller of this kind in memristors: Chen et al. (2020),
doi:10.1126/scirobotics.abb6938
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.neuromorphic.memristor import Crossbar, CrossbarParams
from neurolab.tasks.pendulum import PendulumParams, PendulumState, linear, pendulum_step

from .contract import Progress, Refused, within

DATA = ()
FALLEN, ENOUGH = 0.5, 30.0  # rad, s
UNITS = (0.05, 0.5, 0.5)  # rad, rad / s, N m: what a volt stands for


@dataclass(frozen=True)
class Config:
    noises: tuple[float, ...] = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # relative, of each device
    devices: int = 50  # crossbars for each noise
    seconds: float = 60.0  # at most, of a run
    dt: float = 0.01  # s
    sensor: float = 0.005  # rad, deviation of a measured angle
    push: float = 0.02  # N m, deviation of the torque of the world in a step
    levels: int = 64  # conductances that can be written
    seed: int = 0  # the first seed

    def __post_init__(self):
        if not self.noises or not all(0 <= noise < 10 for noise in self.noises):
            raise Refused(f"noises must be some from 0 to below 10, got {self.noises}")
        if list(self.noises) != sorted(set(self.noises)):
            raise Refused(f"noises must rise, got {self.noises}")
        within(self, devices=(1, 10**4), seconds=(0.1, 3600), dt=(1e-4, 0.1), sensor=(0, 1))
        within(self, push=(0, 10), levels=(2, 10**6), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(noises=(0.0, 0.05, 0.2, 0.5), devices=10, seconds=10.0),
    "full": Config(),
}


def riccati(a: Tensor, b: Tensor, q: Tensor, r: Tensor) -> Tensor:
    """The gain (inputs, states) of the regulator that weighs states by q and inputs by r."""
    p = q
    for _ in range(5000):
        gain = torch.linalg.solve(r + b.T @ p @ b, b.T @ p @ a)
        p = q + a.T @ p @ (a - b @ gain)
    return gain


def controller(config: Config, params: PendulumParams) -> Tensor:
    """M (3, 3): estimate of the next step and torque, from estimate and measured angle."""
    a, b = linear(params, config.dt)
    one = torch.eye(2, dtype=torch.float64)
    regulator = riccati(a, b, torch.diag(torch.tensor([10.0, 1.0]).double()), one[:1, :1])
    c = one[:1]
    moved = (config.push + 1e-3) ** 2 * (b @ b.T)  # what the world does to the state in a step
    filter_ = riccati(a.T, c.T, moved, torch.full((1, 1), (config.sensor + 1e-4) ** 2).double())
    correct = torch.linalg.solve(a, filter_.T)  # from the predicted to the corrected state
    seen = torch.cat([one - correct @ c, correct], 1)  # corrected estimate from [x_hat, y]
    whole = torch.cat([(a - b @ regulator) @ seen, -regulator @ seen])
    angle, speed, torque = UNITS
    into, out = torch.tensor([angle, speed, angle]), torch.tensor([angle, speed, torque])
    return whole * into.double() / out.double()[:, None]


def in_devices(matrix: Tensor, params: CrossbarParams, seeds: range) -> Tensor:
    """The matrix as crossbars hold it, each output by two columns: (D, 3, 6)."""
    rows = matrix.abs().amax(1)
    bars = [Crossbar(matrix / rows[:, None], params, seed) for seed in seeds]
    return torch.stack([bar.g / bar.unit * rows.repeat_interleave(2) for bar in bars])


def balance(
    config: Config,
    matrices: Tensor,
    read: float | Tensor,
    chance: torch.Generator,
    params: PendulumParams | None = None,
) -> tuple[Tensor, float]:
    """Seconds for which each controller keeps upright (D,), and how far it sways (mrad).

    Args:
        matrices: (D, 3, 3), or (D, 3, 6) where two columns make an output.
    """
    params, count = params or PendulumParams(), len(matrices)
    angle, _, newton = UNITS
    theta = 0.02 * torch.randn(count, generator=chance, dtype=torch.float64)
    state = PendulumState(theta, torch.zeros_like(theta))
    estimate = torch.zeros(count, 2, dtype=torch.float64)
    sway = 0.0
    upright, lasted = torch.ones(count, dtype=torch.bool), torch.zeros(count, dtype=torch.float64)
    for _ in range(round(config.seconds / config.dt)):
        noise = torch.randn(2, count, generator=chance, dtype=torch.float64)
        seen = torch.cat([estimate, ((state.theta + config.sensor * noise[0]) / angle)[:, None]], 1)
        now = matrices
        if torch.as_tensor(read).any():
            now = now * (1 + read * torch.randn(now.shape, generator=chance, dtype=torch.float64))
        out = torch.einsum("di,dic->dc", seen, now)
        if out.shape[1] == 6:
            out = out[:, ::2] - out[:, 1::2]
        estimate = out[:, :2].clamp(-1e3, 1e3)
        torque = newton * out[:, 2]
        state = pendulum_step(torque, config.push * noise[1], state, params, config.dt)
        upright &= state.theta.abs() < FALLEN
        lasted += config.dt * upright
        sway += float((upright * state.theta.square()).sum()) * config.dt
        state = PendulumState(state.theta.clamp(-3, 3), state.omega.clamp(-50, 50))
        if not upright.any():
            break
    return lasted, 1000 * (sway / max(float(lasted.sum()), config.dt)) ** 0.5


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    total, done = 1 + len(config.noises), 0
    names = ["seconds_ideal", "sway_ideal", "tolerance"]
    kinds = ("seconds", "upright", "sway")
    names += [f"{what}_{100 * x:g}" for what in kinds for x in config.noises]
    metrics = dict.fromkeys(names, 0.0)
    if state is not None:
        done = state["done"]
        metrics = dict(zip(names, state["measured"].tolist(), strict=True))
    matrix = controller(config, PendulumParams())
    enough = min(ENOUGH, config.seconds) - config.dt / 2
    while done < total:
        chance = torch.Generator().manual_seed(1000 * config.seed + done)
        if done == 0:
            ideal = matrix.T.expand(config.devices, 3, 3)
            lasted, metrics["sway_ideal"] = balance(config, ideal, 0.0, chance)
            metrics["seconds_ideal"] = float(lasted.mean())
        else:
            noise = config.noises[done - 1]
            params = CrossbarParams(levels=config.levels, write=noise)
            first = (100 * config.seed + done) * 10_000
            held_by = in_devices(matrix, params, range(first, first + config.devices))
            lasted, metrics[f"sway_{100 * noise:g}"] = balance(config, held_by, noise, chance)
            metrics[f"seconds_{100 * noise:g}"] = float(lasted.mean())
            upright = float((lasted >= enough).double().mean())
            metrics[f"upright_{100 * noise:g}"] = upright
        done += 1
        held = [
            all(metrics[f"upright_{100 * y:g}"] >= 0.9 for y in config.noises[: k + 1])
            for k in range(done - 1)
        ]
        metrics["tolerance"] = max(
            (100 * config.noises[k] for k, ok in enumerate(held) if ok), default=0.0
        )
        kept = torch.tensor([metrics[name] for name in names], dtype=torch.float64)
        yield Progress(done, total, dict(metrics), {"done": done, "measured": kept})
