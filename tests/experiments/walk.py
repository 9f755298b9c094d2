"""A cheap experiment for the tests of the runner: a random walk that can be slow, or break."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.experiments.contract import Progress, within

DATA = ()
CALLS = []  # (seed, done before the first step) of every run of the generator


@dataclass(frozen=True)
class Config:
    steps: int = 20  # of the walk
    pause: float = 0.0  # seconds a step
    breaks: int = -1  # after this many steps it fails
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, steps=(1, 10**6), pause=(0, 1), breaks=(-1, 10**6), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(), "full": Config(steps=100)}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    chance = torch.Generator().manual_seed(config.seed)
    x, path, done = torch.zeros(3, dtype=torch.float64), [], 0
    if state is not None:
        chance.set_state(state["chance"])
        x, path, done = state["x"], list(state["path"]), state["done"]
    CALLS.append((config.seed, done))
    while done < config.steps:
        time.sleep(config.pause)
        if done == config.breaks:
            raise ArithmeticError("as asked")
        x += torch.randn(3, generator=chance, dtype=torch.float64)  # in place, on purpose
        path, done = [*path, x.norm().item()], done + 1
        metrics = {"distance": x.norm().item(), "farthest": max(path)}
        kept = {"x": x, "path": path, "done": done, "chance": chance.get_state()}
        yield Progress(done, config.steps, metrics, kept)
