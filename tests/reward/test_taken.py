"""Episodes of a world in which all values are known."""

from typing import NamedTuple

import pytest
import torch
from torch import nn

from neurolab.reward import GaussianPolicy, take

STEPS = 6


class Counting(NamedTuple):
    """The reward is the task's number plus one, times the first action; seen is the time."""

    task: torch.Tensor
    left: int


class World:
    @staticmethod
    def scenes(task, chance):
        return Counting(task, STEPS)

    @staticmethod
    def observed(scene):
        return torch.full((len(scene.task), 1), float(scene.left))

    @staticmethod
    def scene_step(scene, action):
        after = scene._replace(left=scene.left - 1)
        return after, (scene.task + 1) * action[:, 0]


class Still(nn.Module):
    """mu = 0."""

    def forward(self, seen, task):
        return torch.zeros(len(seen), 2)


def nothing(seen, task):
    return torch.zeros(len(seen), 1)


def taken(value=nothing, seed=0, task=None, **options):
    task = torch.arange(3).repeat_interleave(50) if task is None else task
    policy, chance = GaussianPolicy(Still(), 2), torch.Generator().manual_seed(seed)
    return take(policy, value, World, task, chance, **options)


def test_targets_are_the_rewards_to_come():
    found = taken(gamma=1.0, trace=1.0)
    reward = ((found.task + 1) * found.action[:, 0]).view(STEPS, -1)
    to_come = reward.flip(0).cumsum(0).flip(0)
    torch.testing.assert_close(found.target, to_come.flatten())
    assert torch.equal(found.seen[:, 0], torch.arange(6.0, 0, -1).repeat_interleave(150))


def test_each_task_s_advantages_have_mean_0_and_deviation_1():
    found = taken(gamma=0.9)
    for k in range(3):
        mine = found.better[found.task == k]
        assert mine.mean().abs() < 1e-5 and (mine.std() - 1).abs() < 1e-5


def test_a_value_known_beforehand_leaves_the_target_and_takes_from_the_advantage():
    """With lambda 0 and gamma 0 the target is the reward, whatever the value said."""

    def some(seen, task):
        return 5.0 * seen

    plain, informed = taken(gamma=0.0, trace=0.0), taken(some, gamma=0.0, trace=0.0)
    torch.testing.assert_close(plain.target, informed.target)
    assert not torch.allclose(plain.better, informed.better)


def test_a_seed_decides():
    assert torch.equal(taken(seed=1).action, taken(seed=1).action)
    assert not torch.equal(taken(seed=1).action, taken(seed=2).action)


def test_rows_and_bad_input():
    found, which = taken(), torch.tensor([3, 1])
    assert all(torch.equal(a, b[which]) for a, b in zip(found.rows(which), found, strict=True))
    for wrong in (torch.tensor([0, 1, 0]), torch.tensor([0, 0, 1])):
        with pytest.raises(ValueError, match="task"):
            taken(task=wrong)
