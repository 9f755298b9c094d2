"""The two policies: of equal size, told their task in two ways, and they learn."""

from dataclasses import replace

import pytest
import torch

from neurolab.dendrites import DendriticNetwork
from neurolab.experiments import by_tasks
from neurolab.experiments import multitask_reach as experiment
from neurolab.tasks import reach

SMALL = replace(experiment.PRESETS["quick"], seed=10)


def count(net):
    """By walking through the weights: those that are or may become something."""
    total = 0
    for module in net.modules():
        own = dict(module.named_parameters(recurse=False))
        mask = getattr(module, "mask", None)
        for name, p in own.items():
            total += int(mask.sum()) if name == "weight" and mask is not None else p.numel()
    return total


@pytest.mark.parametrize("width", [32, 64, 128, 200])
def test_both_policies_are_of_equal_size(width):
    config = replace(experiment.Config(), width=width)
    sizes = []
    for make in (experiment.dendrites, experiment.mlp):
        net = make(config, reach.ACTIONS)
        assert experiment.learned(net) == count(net)
        sizes.append(count(net))
    assert abs(sizes[0] - sizes[1]) <= 0.02 * sizes[0], sizes


def test_the_class_is_the_one_that_learns_tasks_one_after_another():
    net = experiment.dendrites(SMALL, reach.ACTIONS).net
    assert type(net) is DendriticNetwork is by_tasks.DendriticNetwork


def test_first_weights_of_segments_are_those_of_the_released_networks():
    """Uniform within 1 / sqrt(contexts times the part of a context that is on), and one is on."""
    net = experiment.dendrites(experiment.Config(), reach.ACTIONS).net
    for layer in net.dendrites:
        weight = layer.segments.weight.detach()
        assert 0.97 < weight.abs().max() <= 1
        assert abs(weight.mean()) < 0.05 and abs(weight.std() - 3**-0.5) < 0.02


def test_the_mlp_sees_the_task_and_the_dendrites_are_told_by_context():
    told = experiment.dendrites(SMALL, reach.ACTIONS)
    assert told.by_context and told.net.sums[0].inputs == reach.SEEN
    beside = experiment.mlp(SMALL, reach.ACTIONS)
    assert not beside.by_context
    assert beside.net[0].in_features == reach.SEEN + len(reach.REACH_TASKS)


def test_success_is_that_of_playing_without_noise():
    one = experiment.One("mlp", SMALL)
    task = torch.tensor([0, 1, 7])
    alone = [experiment.played(one.policy, task[k : k + 1], 5) for k in range(3)]
    assert all(a.shape == (1,) for a in alone)
    assert torch.equal(
        experiment.played(one.policy, task, 5), experiment.played(one.policy, task, 5)
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", experiment.KINDS)
def test_reaching_is_learned(kind):
    """Twenty rounds: near nothing before, and far above after."""
    one = experiment.One(kind, replace(experiment.Config(), iterations=20, seed=10))
    before = one.measured()
    for k in range(20):
        one.learn(k)
    after = one.measured()
    assert before[f"success_{kind}"] < 0.1
    assert after[f"success_{kind}_reach"] > 0.5 and after[f"success_{kind}"] > 0.2
