"""Ten tasks: places, rewards, and controllers written by hand that meet each of them."""

import pytest
import torch

from neurolab.tasks import reach
from neurolab.tasks import reach_rules as rules
from neurolab.tasks.reach import REACH_TASKS, Scene, met, missed, observed, scene_step, scenes

ROWS = 100


def all_tasks(rows=ROWS):
    return torch.arange(len(REACH_TASKS)).repeat_interleave(rows)


def is_(scene, *names):
    numbers = torch.tensor([REACH_TASKS.index(name) for name in names])
    return torch.isin(scene.task, numbers)[:, None]


def unit(x):
    return x / x.norm(dim=1, keepdim=True).clamp_min(1e-6)


def across(x):
    return torch.stack([-x[:, 1], x[:, 0]], 1)


def by_hand(scene: Scene) -> torch.Tensor:
    """Where the hand should be next, by task; then a spring and a damper pull it there."""
    hand, puck, goal, mark = scene.arena.hand, scene.arena.puck, scene.goal, scene.mark
    aim = torch.where(is_(scene, "mirror"), -goal, goal)
    aim = torch.where(is_(scene, "press") & (scene.flag[:, None] > 0), mark, aim)
    outward = unit(hand - goal)
    turn = goal + reach.RING * (0.9 * outward + 0.55 * across(outward))
    aim = torch.where(is_(scene, "circle"), turn, aim)
    ahead = unit(goal - hand)
    side, way = across(ahead), ((mark - hand) * ahead).sum(1, keepdim=True)
    off = ((hand - mark) * side).sum(1, keepdim=True)
    blocked = is_(scene, "around") & (way > -0.1) & (way < 0.45) & (off.abs() < 0.26)
    aim = torch.where(blocked, hand + 0.1 * ahead + 0.5 * side * off.sign(), aim)
    has = (puck - hand).norm(dim=1, keepdim=True) < 0.2
    moved = is_(scene, "push", "clear", "pull")
    wanted = torch.where(is_(scene, "clear"), hand - 0.5 * unit(goal), hand + goal - puck)
    aim = torch.where(moved, torch.where(has, wanted, puck), aim)
    force = (25 * (aim - hand) - 3 * scene.arena.hand_speed) / 4
    return torch.cat([force, torch.where(moved, 1.0, -1.0)], 1)


def episode(act, rows=ROWS, seed=0):
    scene = scenes(all_tasks(rows), torch.Generator().manual_seed(seed))
    total = torch.zeros(len(scene.task))
    while scene.left:
        scene, reward = scene_step(scene, act(scene))
        total += reward
    return scene, total


def shares(scene):
    return met(scene).view(len(REACH_TASKS), -1).float().mean(1)


def test_controllers_by_hand_meet_every_task():
    scene, _ = episode(by_hand)
    found = dict(zip(REACH_TASKS, shares(scene).tolist(), strict=True))
    assert min(found.values()) > 0.9, found


def test_standing_still_meets_nothing():
    scene, _ = episode(lambda s: torch.zeros(len(s.task), 3))
    assert shares(scene).max() == 0


def test_the_way_to_one_goal_is_wrong_for_another():
    """The same numbers, another task: the controller of reach in all of them."""

    def only_reach(scene):
        return by_hand(scene._replace(task=torch.zeros_like(scene.task)))

    scene, _ = episode(only_reach)
    found = dict(zip(REACH_TASKS, shares(scene).tolist(), strict=True))
    assert found["reach"] > 0.9 and found["far"] > 0.9
    assert max(found[name] for name in ("mirror", "press", "clear", "pull", "circle")) < 0.25


def test_places_keep_to_the_table():
    scene = scenes(all_tasks(500), torch.Generator().manual_seed(1))
    hand, puck, goal = scene.arena.hand, scene.arena.puck, scene.goal
    moved = is_(scene, "push", "clear", "pull")[:, 0]
    apart = torch.where(moved, (puck - goal).norm(dim=1), (hand - goal).norm(dim=1))
    for k in range(len(REACH_TASKS)):
        low, high = rules.NEAREST[k], rules.FARTHEST[k]
        assert apart[scene.task == k].min() >= low - 1e-6
        assert apart[scene.task == k].max() <= high + 1e-6
    assert max(x.abs().max() for x in (puck, goal, scene.mark)) <= reach.ROOM
    assert (hand - puck).norm(dim=1).min() > 0.25
    block = is_(scene, "around")[:, 0]
    assert torch.equal(scene.arena.block_radius[:, 0] > 0, block)
    gap = (hand - scene.mark).norm(dim=1)[block]
    assert gap.min() > reach.BLOCK + reach.PARAMS.hand_radius
    blown = scene.drift.norm(dim=1)
    assert torch.equal(blown > 0, is_(scene, "hold")[:, 0])


def test_all_tasks_see_the_same_numbers():
    scene = scenes(all_tasks(2), torch.Generator().manual_seed(2))
    seen = observed(scene)
    assert seen.shape == (2 * len(REACH_TASKS), reach.SEEN)
    other = scene._replace(task=scene.task.flip(0), drift=scene.drift.flip(0))
    assert torch.equal(observed(other), seen)
    assert torch.equal(seen[:, :2], scene.arena.hand) and (seen[:, -1] == 1).all()


def test_rewards_add_up():
    """The first part to the way from the first to the last scene, the second to a count."""
    counted, first = [], []

    def act(scene):
        if not first:
            first.append(missed(scene))
        counted.append(met(scene))
        return by_hand(scene)

    scene, total = episode(act, 10)
    times = torch.stack([*counted[1:], met(scene)]).sum(0)
    torch.testing.assert_close(
        total, rules.GAIN * (first[0] - missed(scene)) + rules.BONUS * times, atol=1e-4, rtol=0
    )


def test_flags():
    task = torch.tensor([REACH_TASKS.index(name) for name in ("circle", "press", "reach")])
    scene = scenes(task, torch.Generator().manual_seed(3))
    start = scene.goal + torch.tensor([reach.RING, 0.0])
    scene = scene._replace(arena=scene.arena._replace(hand=start))
    quarter = reach.flagged(scene, scene.goal + torch.tensor([0.0, reach.RING]))
    torch.testing.assert_close(quarter, torch.tensor([0.25, 0.0, 0.0]))
    assert reach.flagged(scene, scene.goal).tolist() == [0.0, 1.0, 0.0]
    done = scene._replace(flag=torch.tensor([1.0, 1.0, 0.0]))
    back = scene.goal + torch.tensor([0.0, -reach.RING])
    assert reach.flagged(done, back).tolist() == [1.0, 1.0, 0.0], "what is done stays done"


def test_one_seed_one_episode_and_a_batch_is_its_rows():
    first, total = episode(by_hand, 3)
    again, same = episode(by_hand, 3)
    assert torch.equal(total, same) and torch.equal(first.arena.hand, again.arena.hand)
    scene = scenes(all_tasks(1), torch.Generator().manual_seed(4))
    action = by_hand(scene)
    after, reward = scene_step(scene, action)
    for k in range(len(REACH_TASKS)):
        rows = slice(k, k + 1)
        part = Scene(
            type(scene.arena)(*(x[rows] for x in scene.arena)),
            *(x[rows] for x in scene[1:-1]),
            scene.left,
        )
        one, alone = scene_step(part, action[rows])
        torch.testing.assert_close(alone, reward[rows])
        torch.testing.assert_close(one.arena.puck, after.arena.puck[rows])


def test_bad_input():
    chance = torch.Generator()
    for wrong in (torch.zeros(3), torch.zeros(2, 2, dtype=torch.int64), torch.tensor([10])):
        with pytest.raises(ValueError, match="task"):
            scenes(wrong, chance)
    scene, _ = episode(by_hand, 1)
    with pytest.raises(ValueError, match="ended"):
        scene_step(scene, torch.zeros(len(scene.task), 3))
