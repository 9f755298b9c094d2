"""The figure of ten tasks runs their world: scenes, steps, rewards and success of the package."""

import numpy as np
import pytest
import torch

from neurolab.core.random import seeded
from neurolab.live import hand
from neurolab.live.figures import reach as figure
from neurolab.tasks import reach_rules as rules
from neurolab.tasks.arena import Arena, ArenaNumbers, ArenaParams, arena_step
from neurolab.tasks.reach import REACH_TASKS, Scene, met, missed, scene_step
from tests.tasks.test_reach import by_hand


def shown(**moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def exact(x):
    return torch.tensor([x], dtype=torch.float64)


@pytest.mark.parametrize("block", [0.0, 0.15])
def test_a_step_is_that_of_the_package(block):
    """From worlds in which things touch, overlap and leave."""
    rng, rows = np.random.default_rng(0), 300
    hands, spots = rng.uniform(-1, 1, (2, rows, 2))
    pucks = np.where(rng.random((rows, 1)) < 0.7, hands + rng.normal(0, 0.1, (rows, 2)), spots)
    speeds, slides, blocks, force = rng.normal(0, 0.7, (4, rows, 2))
    grip, drift = rng.normal(size=rows), rng.normal(size=(rows, 2))
    parts = [hands, speeds, pucks, slides, blocks]
    arena = Arena(*map(torch.tensor, parts), torch.full((rows, 1), block, dtype=torch.float64))
    action = torch.tensor(np.concatenate([force, grip[:, None]], 1))
    after = arena_step(arena, action, ArenaParams(), torch.tensor(drift))
    alike = 0
    for k in range(rows):
        world = hand.World(*(part[k].tolist() for part in parts), block)
        push = force[k].tolist()
        new = hand.moved(world, push, grip[k], drift[k].tolist(), ArenaNumbers())
        np.testing.assert_allclose(new.hand, after.hand[k], atol=1e-12)
        np.testing.assert_allclose(new.puck, after.puck[k], atol=1e-12)
        speeds_too = (new.hand_speed, after.hand_speed[k]), (new.puck_speed, after.puck_speed[k])
        alike += all(np.allclose(one, other, atol=1e-12) for one, other in speeds_too)
    assert alike > 0.97 * rows  # what was moved apart touches, or not, by the last digit
    assert (after.hand - arena.hand).abs().amax() > 0.1


def as_scene(world, places):
    arena = Arena(*map(exact, world[:5]), exact([world.block_radius]))
    flag, task = exact(0.0), torch.tensor([places.task])
    goal, mark, drift = map(exact, places[1:])
    scene = Scene(arena, goal, mark, flag, drift, task, flag, rules.STEPS)
    return scene._replace(miss=missed(scene))


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("task", range(len(REACH_TASKS)))
def test_an_episode_is_that_of_the_package(task, told):
    """The same first scene, steps of tensors, and the controller of the tasks' own tests.

    Where the hand leans on a puck that a wall holds, the last digit decides whether they touch.
    """
    world, places, s = hand.scene(task, figure.begin(task))
    for _ in range(2):
        scene, ways, total, so_far = as_scene(world, places), [world.hand], 0.0, [0.0]
        while scene.left:
            asked = scene if told else scene._replace(task=torch.zeros_like(scene.task))
            scene, reward = scene_step(scene, by_hand(asked))
            ways.append(scene.arena.hand[0].tolist())
            total += reward.item()
            so_far.append(total)
        drawn = figure.episode(world, places, task if told else hand.REACH, 25.0, 3.0)
        found = [w.hand for w in drawn.worlds]
        np.testing.assert_allclose(found[:: rules.HELD], ways, atol=0.01)
        np.testing.assert_allclose(drawn.worlds[-1].puck, scene.arena.puck[0], atol=0.01)
        np.testing.assert_allclose(drawn.rewards[:: rules.HELD], so_far, atol=0.05)
        assert drawn.done == met(scene).item()
        assert drawn.miss == pytest.approx(scene.miss.item(), abs=0.02)
        world, places, s = hand.scene(task, s)


@pytest.mark.parametrize("task", range(len(REACH_TASKS)))
def test_scenes_are_drawn_from_the_tasks_own_ranges(task):
    s, apart = seeded(task), []
    for _ in range(60):
        world, places, s = hand.scene(task, s)
        carried = task >= REACH_TASKS.index("push")
        apart.append(np.hypot(*np.subtract(world.puck if carried else world.hand, places.goal)))
        assert np.abs([world.puck, places.goal, places.mark]).max() <= rules.ROOM
        assert np.hypot(*np.subtract(world.hand, world.puck)) > 0.25
        assert (world.block_radius > 0) == (REACH_TASKS[task] == "around")
        assert np.hypot(*places.drift) == pytest.approx(rules.DRIFT * (REACH_TASKS[task] == "hold"))
        assert (places.mark == world.hand) == (REACH_TASKS[task] == "press")
    low, high = rules.NEAREST[task], rules.FARTHEST[task]
    assert low - 1e-9 <= min(apart) < max(apart) <= high + 1e-9
    assert max(apart) - min(apart) > 0.4 * (high - low)


@pytest.mark.slow
def test_a_controller_that_is_told_the_task_does_all_and_another_four():
    told, untold = shown(told=1), shown(told=0)
    assert min(told["shares"]) > 85
    right = [name for name, x in zip(REACH_TASKS, untold["shares"], strict=True) if x > 85]
    assert right == ["reach", "far", "around", "hold"] and sorted(untold["shares"])[:6] == 6 * [0]
    assert shown(told=1, gain=1)["shares"][1] == 0
    for number in (1, 7):
        data = shown(told=1, task=2, number=number)
        assert data["done"] == [1] and "far, told the task: done" in data["summary"]


def test_the_edge_that_is_drawn_is_where_success_begins():
    """On both sides of it, with what should be there put there."""
    for task, name in enumerate(REACH_TASKS):
        if name == "circle":  # a ring to follow, not to be inside of
            continue
        world, places, _ = hand.scene(task, seeded(3))
        centre, radius = figure.edge(places)
        for part, inside in ((0.98, True), (1.02, False)):
            at = [centre[0] + part * radius, centre[1]]
            moved = world._replace(puck=at) if task >= hand.PUSH else world._replace(hand=at)
            assert figure.judged(moved, places, 1.0)[1] == (inside != (name == "clear"))
