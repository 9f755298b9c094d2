"""Ten tasks of reaching and pushing with one policy: active dendrites against an MLP of equal size.

A policy sees the same numbers in all tasks, and is told which one it is in: the dendritic one by
the context of its segments, the MLP by numbers beside what it sees. Both learn by PPO from whole
episodes of all tasks at once, each with a network for actions and one for values, of the same kind
and size. ``DendriticNetwork`` is the class that also learns tasks one after another in
``permuted-mnist-dendrites``.

Metrics, for ``dendrites`` and ``mlp``: ``success_KIND`` (of fresh episodes, actions without noise,
mean over the tasks), ``success_KIND_TASK``, ``parameters_KIND`` (numbers that learn in the network
for actions; those of weights that do not exist are left out), ``overlap_dendrites`` (mean cosine of
how often the hidden units of two tasks are on).

Rates of learning were chosen for each of the two out of RATES, with seed 10; for dendrites twice,
since the first weights of their segments were changed after the first round. Two segments a neuron
hold about a third of the dendritic network's numbers; with ten, as in the paper, a network of this
size would have few others. ``strength`` multiplies the first weights of segments: the square root
of 10 is that of the released networks, which reckon with contexts of which a tenth is on.

Where it differs from the paper: PPO, not SAC, since whole batches of episodes cost little here;
tasks of our own; networks of equal numbers, not of equal width; both hidden layers have dendrites;
one half of the weights exist.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.dendrites import DendriticNetwork, subnetwork_overlap
from neurolab.reward import GaussianPolicy, Told, ppo_loss, take
from neurolab.tasks import reach

from .by_bptt import Learner, side_by_side
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
RATES = (4e-3, 8e-3, 1.6e-2, 3.2e-2)
KINDS = ("dendrites", "mlp")
TASKS = len(reach.REACH_TASKS)


@dataclass(frozen=True)
class Config:
    width: int = 128  # units of each of the two hidden layers of dendrites
    segments: int = 2  # on each of them
    density: float = 0.25  # part of the units that win
    connected: float = 0.5  # part of the weights that exist
    strength: float = 10**0.5  # of the first weights of segments
    episodes: int = 16  # of each task between two rounds of learning
    iterations: int = 80  # rounds
    passes: int = 4  # over the episodes of a round
    batches: int = 4  # that a pass is cut into
    rate_dendrites: float = 1.6e-2  # of learning, at first; falls to 0 as a cosine
    rate_mlp: float = 8e-3  # the same
    gamma: float = 0.98  # what a reward one step later is worth
    trace: float = 0.95  # lambda of the advantages
    clip: float = 1.0  # longest gradient
    tested: int = 100  # episodes of each task
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, width=(4, 10**4), segments=(1, 1000), density=(0.01, 1), connected=(0.01, 1))
        within(self, episodes=(1, 10**4), iterations=(PARTS, 10**6), passes=(1, 100))
        within(self, batches=(1, 1000), rate_dendrites=(0, 1), rate_mlp=(0, 1), gamma=(0, 1))
        within(self, trace=(0, 1), clip=(1e-9, 1e9), tested=(1, 10**5), seed=(0, 2**31 - 1))
        within(self, strength=(0, 1e3))


PRESETS = {
    "quick": Config(**{"width": 32, "episodes": 6, "iterations": 10, "passes": 2, "tested": 10}),
    "full": Config(),
}


def learned(net: nn.Module) -> int:
    """How many numbers learn: those of weights that do not exist are left out."""
    masks = (b for name, b in net.named_buffers() if name.endswith("mask"))
    return sum(p.numel() for p in net.parameters()) - sum(int((~m).sum()) for m in masks)


def dendrites(config: Config, outputs: int) -> Told:
    net = DendriticNetwork(
        *(reach.SEEN, [config.width] * 2, outputs, config.segments, TASKS),
        *(config.density, config.connected),
    )
    with torch.no_grad():
        for layer in net.dendrites:
            layer.segments.weight *= config.strength
    return Told(net, TASKS, by_context=True)


def equal_width(parameters: int, inputs: int, outputs: int) -> int:
    """Units of each of two hidden layers of an MLP with about so many parameters."""
    b = inputs + outputs + 2  # w^2 + b w + outputs
    return max(1, round((math.sqrt(b * b + 4 * (parameters - outputs)) - b) / 2))


def mlp(config: Config, outputs: int) -> Told:
    """As large as the dendritic network."""
    inputs = reach.SEEN + TASKS
    width = equal_width(learned(dendrites(config, outputs)), inputs, outputs)
    layers = [nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return Told(nn.Sequential(*layers, nn.Linear(width, outputs)), TASKS, by_context=False)


@torch.no_grad()
def played(policy: GaussianPolicy, task: Tensor, seed: int) -> Tensor:
    """Whether each episode of these tasks ends in success, (B,), with actions without noise."""
    scene = reach.scenes(task, torch.Generator().manual_seed(seed))
    while scene.left:
        scene, _ = reach.scene_step(scene, policy(reach.observed(scene), task))
    return reach.met(scene)


class One:
    """One policy with its values, and how it learns."""

    def __init__(self, kind: str, config: Config):
        make = dendrites if kind == "dendrites" else mlp
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.policy = GaussianPolicy(make(config, reach.ACTIONS), reach.ACTIONS)
            self.value = make(config, 1)
        both = nn.ModuleDict({"policy": self.policy, "value": self.value})
        rate, rounds = getattr(config, f"rate_{kind}"), config.passes * config.batches
        steps = config.iterations * rounds
        self.learner = Learner(kind, both, {}, rate, steps, config.clip)
        self.kind, self.config = kind, config
        self.state, self.restore = self.learner.state, self.learner.restore

    def learn(self, k: int) -> None:
        config, task = self.config, torch.arange(TASKS).repeat_interleave(self.config.episodes)
        chance = torch.Generator().manual_seed(config.seed * 10**7 + 10 + k)
        worth = config.gamma, config.trace
        taken = take(self.policy, self.value, reach, task, chance, *worth)
        for _ in range(config.passes):
            order = torch.randperm(len(taken.seen), generator=chance)
            for rows in order.tensor_split(config.batches):
                now = taken.rows(rows)
                said = self.policy.log_prob(now.action, now.seen, now.task)
                value = self.value(now.seen, now.task)[:, 0]
                self.learner.step(ppo_loss(said, now.old, now.better, value, now.target))

    def measured(self) -> dict[str, float]:
        task = torch.arange(TASKS).repeat_interleave(self.config.tested)
        good = played(self.policy, task, self.config.seed * 10**7).view(TASKS, -1).float().mean(1)
        found = {f"success_{self.kind}": good.mean().item()}
        for name, share in zip(reach.REACH_TASKS, good.tolist(), strict=True):
            found[f"success_{self.kind}_{name}"] = share
        found[f"parameters_{self.kind}"] = float(learned(self.policy))
        if self.kind == "dendrites":
            found["overlap_dendrites"] = self.overlap(task)
        return found

    @torch.no_grad()
    def overlap(self, task: Tensor) -> float:
        """Mean cosine of two tasks' hidden units, all shown the same first scenes."""
        seen = reach.observed(reach.scenes(task, torch.Generator().manual_seed(self.config.seed)))
        told, on = self.policy.net, []
        for k in range(TASKS):
            which = torch.full((len(seen),), k)
            on.append(torch.cat(told.net.layers(seen, told.table, which), 1))
        cosine = subnetwork_overlap(on)
        return ((cosine.sum() - cosine.trace()) / (TASKS * (TASKS - 1))).item()


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    both = [One(kind, config) for kind in KINDS]
    yield from side_by_side(both, config.iterations, PARTS, state)
