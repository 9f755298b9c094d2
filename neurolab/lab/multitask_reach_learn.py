"""Policies of lab multitask-reach: two tasks, learned by PPO in seconds, and the challenge.

    score = share of fresh episodes of both tasks that end where they should, after so many rounds

    symbol    meaning                                                 shape
    reach     the hand ends at the goal                               share
    mirror    the hand ends at the goal's mirror image                share

A round is ``EPISODES`` episodes of each task, learned from ``PASSES`` times. The rate falls to zero
as half a cosine.

References: Schulman et al. (2017), arXiv:1707.06347; Iyer et al. (2022), arXiv:2201.00042
"""

import functools
import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from neurolab.dendrites import DendriticNetwork
from neurolab.reward import GaussianPolicy, Told, ppo_loss, take
from neurolab.tasks import reach

from .numbers_challenge import judge_numbers
from .start import fast

TASKS = len(reach.REACH_TASKS)
PAIR = (reach.REACH_TASKS.index("reach"), reach.REACH_TASKS.index("mirror"))
WIDTH, SEGMENTS, DENSITY, CONNECTED = 64, 2, 0.25, 0.5
EPISODES, PASSES, BATCHES = 24, 4, 4
RATE = 2e-2


def rounds() -> int:
    return 3 if fast() else 40


def dendrites(outputs: int, segments: int = SEGMENTS, density: float = DENSITY) -> Told:
    net = DendriticNetwork(
        *(reach.SEEN, [WIDTH, WIDTH], outputs, segments, TASKS, density, CONNECTED)
    )
    return Told(net, TASKS, by_context=True)


def mlp(outputs: int, width: int = 60) -> Told:
    first = [nn.Linear(reach.SEEN + TASKS, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return Told(nn.Sequential(*first, nn.Linear(width, outputs)), TASKS, by_context=False)


def both(count: int) -> Tensor:
    """The two tasks, ``count`` of each, one after the other."""
    return torch.tensor(PAIR).repeat_interleave(count)


def learned(make: Any, many: int, rate: float = RATE, seed: int = 0) -> GaussianPolicy:
    """A policy after so many rounds; ``make(outputs)`` makes a network told its task."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        policy, value = GaussianPolicy(make(reach.ACTIONS), reach.ACTIONS), make(1)
    learn = [*policy.parameters(), *value.parameters()]
    adam, chance, task = torch.optim.Adam(learn, rate), torch.Generator(), both(EPISODES)
    chance.manual_seed(seed)
    for k in range(many):
        adam.param_groups[0]["lr"] = rate * (1 + math.cos(math.pi * k / many)) / 2
        taken = take(policy, value, reach, task, chance, 0.98)
        for _ in range(PASSES):
            order = torch.randperm(len(taken.seen), generator=chance)
            for rows in order.tensor_split(BATCHES):
                now = taken.rows(rows)
                said = policy.log_prob(now.action, now.seen, now.task)
                worth = value(now.seen, now.task)[:, 0]
                adam.zero_grad()
                ppo_loss(said, now.old, now.better, worth, now.target).backward()
                nn.utils.clip_grad_norm_(learn, 1.0)
                adam.step()
    return policy


@torch.no_grad()
def ends(
    policy: GaussianPolicy, told: Tensor | None = None, count: int = 100
) -> tuple[Tensor, Tensor]:
    """Where hands end and where goals are, (2, count, 2) each: of reach, then of mirror.

    ``told`` (2 count,) is what the policy is told, where that is not the truth.
    """
    task = both(count)
    scene = reach.scenes(task, torch.Generator().manual_seed(99))
    said = task if told is None else told
    while scene.left:
        scene, _ = reach.scene_step(scene, policy(reach.observed(scene), said))
    return scene.arena.hand.view(2, count, 2), scene.goal.view(2, count, 2)


@torch.no_grad()
def ways(policy: GaussianPolicy, told: int, count: int) -> tuple[Tensor, Tensor]:
    """Where hands were, (steps + 1, count, 2), and goals (count, 2), in scenes of reach."""
    task = torch.full((count,), PAIR[0])
    scene = reach.scenes(task, torch.Generator().manual_seed(97))
    found = [scene.arena.hand]
    while scene.left:
        action = policy(reach.observed(scene), torch.full_like(task, told))
        scene, _ = reach.scene_step(scene, action)
        found.append(scene.arena.hand)
    return torch.stack(found), scene.goal


@torch.no_grad()
def activities(policy: GaussianPolicy, count: int = 100) -> Tensor:
    """Hidden units (2, count, 2 WIDTH) of the same scenes, told reach and told mirror."""
    scene = reach.scenes(both(count // 2), torch.Generator().manual_seed(98))
    seen, told = reach.observed(scene), policy.net
    found = []
    for k in PAIR:
        layers = told.net.layers(seen, told.table, torch.full((len(seen),), k))
        found.append(torch.cat(layers, 1))
    return torch.stack(found)


class Choice(NamedTuple):
    segments: float  # on a unit, a whole number
    density: float  # part of the units that win
    rate: float  # of learning


def _few() -> int:
    """Rounds of the challenge: half of the usual ones."""
    return max(2, rounds() // 2)


def score(segments: float, density: float, rate: float) -> float:
    """Share of both tasks' episodes that end well, after half of the usual rounds.

    Raises:
        ValueError: one of them is out of its range.
    """
    if segments != int(segments) or not 1 <= segments <= 20:
        raise ValueError(f"segments must be a whole number from 1 to 20, got {segments:g}")
    if not 1 / WIDTH <= density < 1:
        raise ValueError(f"density must be from {1 / WIDTH:.3f} to below 1, got {density:g}")
    if not 0 < rate <= 0.2:
        raise ValueError(f"rate must be above 0 and at most 0.2, got {rate:g}")
    policy = learned(lambda out: dendrites(out, int(segments), density), _few(), rate)
    hand, goal = ends(policy)
    aim = torch.stack([goal[0], -goal[1]])
    return ((hand - aim).norm(dim=-1) < reach.NEAR).float().mean().item()


OURS = Choice(segments=1, density=0.5, rate=2e-2)

_our_score = functools.cache(lambda: score(*OURS))


def judge_choice(value: Any) -> tuple[str, float]:
    both = f"of the episodes end well after {_few()} rounds"
    return judge_numbers(value, Choice._fields, score, _our_score, _text, both)


def _text(found: float) -> str:
    return f"{100 * found:.0f} %"
