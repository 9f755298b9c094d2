"""Dopamine that comes 3 s late still finds the synapse that earned it, by its trace.

``networks`` networks of ten neurons onto ten live side by side (``hebbian/distal_reward.py``): when
neuron 0 fires and then its target 0, dopamine follows ``delay_low`` to ``delay_high`` seconds
later. All weights start equal. A network has solved it if the rewarded weight is above one half and
above its 99 others.

Metrics: ``success_rate`` (fraction of the networks that have solved it at the end),
``weight_rewarded``, ``weight_others`` and ``weight_largest_other`` (means over networks),
``solved_after`` (s: when the last unbroken stretch of being solved began, mean over networks; one
that is not solved at the end counts with the whole run; to a hundredth of the run).

What to expect: with a trace of twice the delay all 50 networks of seeds 0 to 4 solve a delay of 3 s
(the full preset, ``book/results/distal-reward.json``). A trace of 1 s has forgotten too much by
then (``signal_to_noise``): in as long a time 16 of 50 do, at the best rate of learning found for it
(``--preset full --tau-c 1000 --learning 0.0005``, ``book/results/distal-reward-short-trace.json``).
Not ruled out: that it does better at a lower rate in a longer time, since the ratio grows with the
root of the number of rewards. Chance goes on after success: in trials at a higher rate (0.0001 with
a memory of 30 s, to 2400 s) networks lost again what they had solved.

The settings were chosen on seeds 10 to 14, for each of the two traces among six rates of learning
and memories of 15 to 100 s, not in every pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from neurolab.hebbian.distal_reward import (
    DistalReward,
    DistalState,
    distal_start,
    distal_steps,
    wins,
)

from .contract import Progress, Refused, within

DATA = ()
PARTS = 100  # of a run, with a Progress after each


@dataclass(frozen=True)
class Config:
    delay_low: float = 3.0  # s, the shortest delay of the dopamine
    delay_high: float = 3.0  # s, the longest
    tau_c: float = 6000.0  # ms, how long a synapse stays marked
    tau_d: float = 200.0  # ms, how long dopamine stays
    seconds: float = 1800.0  # length of a run in the networks' time
    networks: int = 10  # side by side, in one seed
    rate: float = 1.0  # spontaneous spikes of a neuron in a second
    drive: float = 0.6  # probability that a spike over a weight of 1 gives one
    start: float = 0.1  # weight of all synapses at the start
    reward: float = 0.5  # dopamine set free
    learning: float = 0.00007  # mark of a spike right after another; the other order half more
    memory: float = 15.0  # s, over which the usual reward is averaged
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, delay_low=(0, 60), delay_high=(0, 60), tau_c=(10, 1e6), tau_d=(10, 1e5))
        within(self, seconds=(1, 1e5), networks=(1, 1000), rate=(0.01, 20), drive=(0, 1))
        within(self, start=(0, 1), reward=(0, 100), learning=(0, 0.1), memory=(1, 1e5))
        within(self, seed=(0, 2**32 - 1))
        if self.delay_low > self.delay_high:
            raise Refused(
                f"delay_low must be at most delay_high = {self.delay_high}, got {self.delay_low}"
            )


NEAR = {"delay_low": 1.0, "delay_high": 1.0, "tau_c": 2200.0, "seconds": 240.0}
FAST = {"networks": 5, "start": 0.3, "learning": 0.0002}
PRESETS = {"quick": Config(**NEAR, **FAST), "full": Config()}


def task(config: Config) -> DistalReward:
    return DistalReward(
        seconds=config.seconds,
        delay=(config.delay_low, config.delay_high),
        rate=config.rate,
        drive=config.drive,
        start=config.start,
        reward=config.reward,
        learning=config.learning,
        memory=config.memory,
        tau_c=config.tau_c,
        tau_d=config.tau_d,
    )


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    world, chance = task(config), np.random.default_rng(config.seed)
    if state is None:
        live = distal_start(world, config.networks)
        since, done = np.full(config.networks, np.inf), 0  # solved since, s
    else:
        chance.bit_generator.state = state["generator"]
        arrays = (state[name].numpy() for name in DistalState._fields[:-1])
        live = DistalState(*arrays, step=state["step"])
        since, done = state["since"].numpy(), state["done"]
    while done < PARTS:
        steps = world.steps * (done + 1) // PARTS - live.step
        live = distal_steps(world, live, steps, chance)
        done += 1
        solved, now = wins(live.w), config.seconds * done / PARTS
        since = np.where(solved, np.minimum(since, now), np.inf)
        others = live.w.reshape(config.networks, -1)[:, 1:]
        metrics = {
            "success_rate": float(solved.mean()),
            "weight_rewarded": float(live.w[:, 0, 0].mean()),
            "weight_others": float(others.mean()),
            "weight_largest_other": float(others.max(1).mean()),
            "solved_after": float(np.minimum(since, config.seconds).mean()),
        }
        kept = {name: torch.from_numpy(a) for name, a in live._asdict().items() if name != "step"}
        kept |= {"since": torch.from_numpy(since), "step": live.step, "done": done}
        yield Progress(done, PARTS, metrics, kept | {"generator": chance.bit_generator.state})
