"""Ten tasks of one hand in one flat world; what is to be done is not to be seen.

    reach    to the goal, near by               circle   once around the goal, against the clock
    far      to the goal, far away              press    touch the goal, return to the mark
    around   to the goal, a block between       push     the puck to a goal behind it
    mirror   to the goal's mirror image         clear    the puck away from the goal
    hold     at the goal, against a drift       pull     the puck to a goal on this side of it

    reward   gain (miss before - miss after) + bonus met
    success  met after the last step

    symbol    meaning                                                      shape
    task      which of ``REACH_TASKS``                                     (B,)
    seen      hand, its velocity, puck, its velocity, goal, mark, flag,    (B, 14)
              and the part of the time that is left
    action    force along both axes, and grip                              (B, 3)
    flag      circle: part of a turn done; press: 1 when touched; else 0   (B,)
    miss      how far the task is from done                                (B,)
    met       whether it is done, now                                      (B,)

All tasks have a hand, a puck, a goal and a mark, and see the same numbers: which of them matter
must come from outside, as a one-hot code of the task say. The mark is the block's centre in
``around``, the starting place in ``press``, and anywhere in the others, where it means nothing. The
drift is not seen. The first part of the reward adds up to the change of ``miss`` over an episode,
so that it favours no detour.

What follows, and is tested: places keep the distances of the table; the parts of a reward add up;
controllers written by hand meet each task; standing still meets none but where it must; a batch is
its rows.

Reference: Yu et al. (2019), arXiv:1910.10897 (ten tasks of one arm, with success as a threshold);
Ng, Harada & Russell (1999), Policy invariance under reward transformations, ICML
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from .arena import Arena, ArenaParams, arena_step
from .reach_rules import (
    BLOCK,
    DRAWS,
    DRIFT,
    FARTHEST,
    HELD,
    NEAREST,
    PUCK_FARTHEST,
    PUCK_NEAREST,
    REACH_TASKS,
    RING,
    ROOM,
    STEPS,
    mets,
    misses,
    reward_step,
    touch_step,
    turn_step,
)
from .reach_rules import NEAR as NEAR  # what a lab asks for

SEEN, ACTIONS = 14, 3
PARAMS = ArenaParams()


class Scene(NamedTuple):
    arena: Arena
    goal: Tensor  # (B, 2)
    mark: Tensor  # (B, 2)
    flag: Tensor  # (B,)
    drift: Tensor  # (B, 2)
    task: Tensor  # (B,) int64
    miss: Tensor  # (B,), now
    left: int  # actions


def _is(task: Tensor, *names: str) -> Tensor:
    """Whether each is one of these tasks: (B,) booleans."""
    found = task == REACH_TASKS.index(names[0])
    for name in names[1:]:
        found = found | (task == REACH_TASKS.index(name))
    return found


def _far(a: Tensor, b: Tensor) -> Tensor:
    return torch.linalg.vector_norm(a - b, dim=-1)


def scenes(task: Tensor, chance: torch.Generator) -> Scene:
    """First scenes of these tasks (B,), drawn by a generator."""
    if task.ndim != 1 or task.dtype != torch.int64:
        raise ValueError(f"task: whole numbers (B,) are needed, got {tuple(task.shape)}")
    if len(task) and not 0 <= int(task.min()) <= int(task.max()) < len(REACH_TASKS):
        last = len(REACH_TASKS) - 1
        raise ValueError(f"task: 0 to {last} is allowed, got {int(task.min())}..{int(task.max())}")
    size = (len(task), DRAWS)

    def between(low, high, *more):
        return low + (high - low) * torch.rand(*size, *more, generator=chance)

    def step(apart, angle):
        return apart[..., None] * torch.stack([angle.cos(), angle.sin()], -1)

    low, high = (torch.tensor(ends)[task, None] for ends in (NEAREST, FARTHEST))  # (B, 1)
    moved, around = _is(task, "push", "clear", "pull")[:, None], _is(task, "around")[:, None]
    hand, angle = between(-ROOM, ROOM, 2), between(-math.pi, math.pi)
    apart, bent, free = between(0, 1), between(-0.4, 0.4), between(-ROOM, ROOM, 2)
    to_puck = step(between(PUCK_NEAREST, PUCK_FARTHEST), angle)
    puck = torch.where(moved[..., None], hand + to_puck, free)
    onward = angle + bent + torch.where(_is(task, "pull")[:, None], math.pi, 0.0)
    goal = torch.where(moved[..., None], puck, hand) + step(low + (high - low) * apart, onward)
    across = step(between(-0.1, 0.1), onward + math.pi / 2)
    mark = torch.where(around[..., None], (hand + goal) / 2 + across, between(-ROOM, ROOM, 2))
    mark = torch.where(_is(task, "press")[:, None, None], hand, mark)
    clear = _is(task, "circle").float()[:, None] * RING  # a whole ring must fit in
    fits = (goal.abs().amax(-1) < ROOM - clear) & (puck.abs().amax(-1) < ROOM)
    fits &= (mark.abs().amax(-1) < ROOM) & (_far(hand, puck) > 0.25)
    fits &= ~around | ((_far(puck, mark) > BLOCK + 0.15) & (_far(puck, goal) > 0.25))
    chosen = fits.int().argmax(1)  # the first that fits
    rows = torch.arange(len(task))
    hand, puck, goal, mark = (x[rows, chosen] for x in (hand, puck, goal, mark))
    blown = step(torch.full(size, DRIFT), between(-math.pi, math.pi))[:, 0]
    still = torch.zeros_like(hand)
    arena = Arena(hand, still, puck, still, mark, around * BLOCK)
    drift = blown * _is(task, "hold")[:, None]
    flag = torch.zeros(len(task))
    scene = Scene(arena, goal, mark, flag, drift, task, flag, STEPS)
    return scene._replace(miss=missed(scene))


def observed(scene: Scene) -> Tensor:
    """What all tasks see, (B, 14)."""
    a = scene.arena
    left = torch.full_like(scene.flag, scene.left / STEPS)
    parts = [a.hand, a.hand_speed, a.puck, a.puck_speed, scene.goal, scene.mark]
    return torch.cat([*parts, scene.flag[:, None], left[:, None]], 1)


def missed(scene: Scene) -> Tensor:
    """How far each is from done, (B,)."""
    hand, puck, goal, mark = scene.arena.hand, scene.arena.puck, scene.goal, scene.mark
    places = _far(hand, goal), _far(hand, -goal), _far(hand, mark), _far(goal, mark)
    return _by_task(misses(*places, _far(puck, goal), _far(hand, puck), scene.flag), scene.task)


def met(scene: Scene) -> Tensor:
    """Whether each is done now, (B,) booleans."""
    hand, goal = scene.arena.hand, scene.goal
    places = _far(hand, goal), _far(hand, -goal), _far(hand, scene.mark)
    return _by_task(mets(*places, _far(scene.arena.puck, goal), scene.flag), scene.task)


def _by_task(each: list[Tensor], task: Tensor) -> Tensor:
    return torch.stack(each, 1).gather(1, task[:, None])[:, 0]


def flagged(before: Scene, hand: Tensor) -> Tensor:
    """The flags (B,) after the hand has moved to ``hand``."""
    old, new = before.arena.hand - before.goal, hand - before.goal
    cross = old[:, 0] * new[:, 1] - old[:, 1] * new[:, 0]
    turned = torch.atan2(cross, (old * new).sum(1)) / (2 * math.pi)
    far = torch.linalg.vector_norm(new, dim=1)
    circle, press = _is(before.task, "circle"), _is(before.task, "press")
    touched = torch.where(press, touch_step(before.flag, far), before.flag)
    return torch.where(circle, turn_step(before.flag, turned, far), touched)


def scene_step(scene: Scene, action: Tensor, params: ArenaParams = PARAMS) -> tuple[Scene, Tensor]:
    """The next scene and the reward (B,)."""
    if scene.left < 1:
        raise ValueError(f"scene: an episode ends after {STEPS} actions, and this one has ended")
    arena = scene.arena
    for _ in range(HELD):
        arena = arena_step(arena, action, params, scene.drift)
    after = scene._replace(arena=arena, flag=flagged(scene, arena.hand), left=scene.left - 1)
    after = after._replace(miss=missed(after))
    return after, reward_step(scene.miss, after.miss, met(after))
