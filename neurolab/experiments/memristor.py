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

from neurolab.neuromorphic.memristor import CrossbarParams, in_devices
from neurolab.tasks.pendulum import PendulumParams
from neurolab.tasks.upright import Disturbed, balance, controller

from .contract import Progress, Refused, within

DATA = ()
ENOUGH = 30.0  # s


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


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    total, done = 1 + len(config.noises), 0
    names = ["seconds_ideal", "sway_ideal", "tolerance"]
    kinds = ("seconds", "upright", "sway")
    names += [f"{what}_{100 * x:g}" for what in kinds for x in config.noises]
    metrics = dict.fromkeys(names, 0.0)
    if state is not None:
        done = state["done"]
        metrics = dict(zip(names, state["measured"].tolist(), strict=True))
    world = Disturbed(config.dt, config.sensor, config.push)
    matrix = controller(PendulumParams(), world)
    enough = min(ENOUGH, config.seconds) - config.dt / 2
    while done < total:
        chance = torch.Generator().manual_seed(1000 * config.seed + done)
        if done == 0:
            ideal = matrix.T.expand(config.devices, 3, 3)
            lasted, metrics["sway_ideal"] = balance(ideal, config.seconds, chance, world=world)
            metrics["seconds_ideal"] = float(lasted.mean())
        else:
            noise = config.noises[done - 1]
            params = CrossbarParams(levels=config.levels, write=noise)
            first = (100 * config.seed + done) * 10_000
            held_by = in_devices(matrix, params, range(first, first + config.devices))
            lasted, metrics[f"sway_{100 * noise:g}"] = balance(
                held_by, config.seconds, chance, noise, world=world
            )
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
