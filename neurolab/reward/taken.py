"""Whole episodes of many tasks, taken side by side: what a policy learns from.

    A'_kb = (A_kb - mean_k) / deviation_k        over all steps and episodes of task k

    symbol    meaning                                                    shape
    seen      what the policy saw before each action                     (T B, I)
    task      which task that was                                        (T B,)
    action    what it drew                                               (T B, A)
    old       logarithm of the density with which it drew it             (T B,)
    better    A', its advantage among those of its own task              (T B,)
    target    A + V, what the value should have been                     (T B,)

A task whose rewards are large would otherwise decide alone where a common policy goes.

A world is three functions: ``scenes(task, chance)`` draws first scenes, ``observed(scene)`` is what
a policy sees of them, ``scene_step(scene, action)`` the next ones and the rewards; a scene knows
how many actions are ``left``. ``neurolab.tasks.reach`` is one.

What follows, and is tested: on a world whose values are known, targets are the sums of rewards to
come; each task's advantages have mean 0 and deviation 1; a seed decides everything.

References: Schulman et al. (2015), arXiv:1506.02438; advantages by task: Hessel et al. (2019),
arXiv:1809.04474 (there by a running mean of values)
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from .advantage import advantages
from .gaussian import GaussianPolicy


class World(Protocol):
    scenes: Callable[[Tensor, torch.Generator], Any]
    observed: Callable[[Any], Tensor]
    scene_step: Callable[[Any, Tensor], tuple[Any, Tensor]]


class Taken(NamedTuple):
    seen: Tensor
    task: Tensor
    action: Tensor
    old: Tensor
    better: Tensor
    target: Tensor

    def rows(self, which: Tensor) -> "Taken":
        return Taken(*(x[which] for x in self))


def take(
    policy: GaussianPolicy,
    value: Callable[[Tensor, Tensor], Tensor],
    world: World,
    task: Tensor,
    chance: torch.Generator,
    gamma: float = 0.99,
    trace: float = 0.95,
) -> Taken:
    """One episode for each of ``task`` (B,), which must hold the same number of each, in order.

    Args:
        policy: from what is seen and the task to an action.
        value: from the same to what is expected, (B, 1).
        world, task, chance: see above.
        gamma, trace: see ``advantages``.
    """
    kinds, count = torch.unique_consecutive(task, return_counts=True)
    if len(set(kinds.tolist())) != len(kinds) or len(set(count.tolist())) > 1:
        raise ValueError("task: the same number of each task is needed, one task after the other")
    scene, kept = world.scenes(task, chance), []
    while scene.left:
        seen = world.observed(scene)
        action, old = policy.draw(chance, seen, task)
        scene, reward = world.scene_step(scene, action)
        kept.append((seen, action, old, reward))
    seen, action, old, reward = (torch.stack(x) for x in zip(*kept, strict=True))
    steps = len(reward)
    with torch.no_grad():
        expected = value(seen.flatten(0, 1), task.repeat(steps))[:, 0].view(steps, -1)
    last = torch.zeros_like(expected[0])  # an episode ends here
    better = advantages(reward, expected, last, gamma, trace)
    target, each = better + expected, better.view(steps, len(kinds), -1)
    each = (each - each.mean((0, 2), keepdim=True)) / each.std((0, 2), keepdim=True)
    flat = (seen, task.expand(steps, -1), action, old, each.reshape(steps, -1), target)
    return Taken(*(x.flatten(0, 1) for x in flat))
