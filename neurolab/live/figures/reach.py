"""Ten tasks of one hand, by a controller written by hand that is told the task, or is not."""

import math
from typing import NamedTuple

from neurolab.core.ops import cos, sin
from neurolab.core.random import seeded
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.hand import (
    CIRCLE,
    CLEAR,
    MIRROR,
    PRESS,
    PUSH,
    REACH,
    Places,
    World,
    aim,
    far,
    flagged,
    moved,
    scene,
)
from neurolab.tasks.arena import ArenaNumbers
from neurolab.tasks.reach_rules import CLEAR as AWAY
from neurolab.tasks.reach_rules import (
    HELD,
    NEAR,
    PUCK_NEAR,
    REACH_TASKS,
    RING,
    STEPS,
    mets,
    misses,
    reward_step,
)

TASKS = 10
EPISODES = 10  # of each task, for the shares


class Episode(NamedTuple):
    worlds: list  # after each step
    rewards: list  # so far
    miss: float  # at the end
    done: float  # 1 or 0


def judged(world, places, flag):
    """What is missed of the task now, and whether it is done, 1 or 0."""
    hand, goal = world.hand, places.goal
    to_goal, to_mirror = far(hand, goal), far(hand, [-goal[0], -goal[1]])
    to_mark, apart = far(hand, places.mark), far(goal, places.mark)
    shoved, gap = far(world.puck, goal), far(hand, world.puck)
    left = misses(to_goal, to_mirror, to_mark, apart, shoved, gap, flag)
    done = mets(to_goal, to_mirror, to_mark, shoved, flag)
    return left[places.task], 1.0 if done[places.task] else 0.0


def episode(world: World, places, told: int, gain, brake):
    """All worlds of an episode, under a controller that believes in the task ``told``."""
    params, flag = ArenaNumbers(), 0.0
    miss, done = judged(world, places, flag)
    worlds, rewards, reward = [world], [0.0], 0.0
    for _ in range(STEPS):
        to, hand, v = aim(told, world, places, flag), world.hand, world.hand_speed
        force = [(gain * (to[k] - hand[k]) - brake * v[k]) / params.force for k in range(2)]
        for k in range(HELD):
            world = moved(world, force, 1.0 if told >= PUSH else -1.0, places.drift, params)
            if k == HELD - 1:  # the action ends
                flag, before = flagged(flag, places, hand, world.hand), miss
                miss, done = judged(world, places, flag)
                reward += reward_step(before, miss, done)
            worlds.append(world)
            rewards.append(reward)
    return Episode(worlds, rewards, miss, done)


def begin(task: int):
    """The random state from which a task's episodes are drawn."""
    return seeded(100 * task + 7)


def ring(centre, radius):
    xs, ys = [], []
    for k in range(37):
        xs.append(centre[0] + radius * cos(2 * math.pi * k / 36))
        ys.append(centre[1] + radius * sin(2 * math.pi * k / 36))
    return xs, ys


def edge(places: Places):
    """Centre and radius of where the hand, or the puck, should end; in ``clear`` outside of it."""
    goal, task = places.goal, places.task
    if task == MIRROR:
        return [-goal[0], -goal[1]], NEAR
    if task == CIRCLE:
        return goal, RING
    if task == PRESS:
        return places.mark, NEAR
    if task == CLEAR:
        return goal, AWAY
    return goal, PUCK_NEAR if task >= PUSH else NEAR


def simulate(task: int, told: int, gain, brake, number: int):
    """One episode of a task, and the share of ten episodes of each that end well.

    Args:
        task: 1 reach to 10 pull, what is rewarded.
        told: 1 where the controller is told the task, 0 where it always reaches for the goal.
        gain: acceleration by a distance, in 1/s2.
        brake: acceleration against a velocity, in 1/s.
        number: of the episode that is drawn.
    """
    asked = task - 1
    at, places, s = scene(asked, begin(asked))
    for _ in range(number - 1):
        at, places, s = scene(asked, s)
    drawn = episode(at, places, asked if told == 1 else REACH, gain, brake)
    shares, whole = [], 0.0
    for which in range(TASKS):
        s, good = begin(which), 0.0
        for _ in range(EPISODES):
            world, spots, s = scene(which, s)
            good += episode(world, spots, which if told == 1 else REACH, gain, brake).done
        shares.append(100 * good / EPISODES)
        whole += 100 * good / (EPISODES * TASKS)
    centre, radius = edge(places)
    near_x, near_y = ring(centre, radius)
    block_x, block_y = ring(at.block if at.block_radius > 0 else [-1.0, -1.0], at.block_radius)
    worlds, rewards = drawn.worlds, drawn.rewards
    last = worlds[len(worlds) - 1]
    puck_x, puck_y = ring(last.puck, ArenaNumbers().puck_radius)
    hand_x, hand_y = ring(last.hand, ArenaNumbers().hand_radius)
    end = "done" if drawn.done > 0 else f"not done, {drawn.miss:.2f} missed"
    who = "told the task" if told == 1 else "not told"
    return {
        "x": [w.hand[0] for w in worlds],
        "y": [w.hand[1] for w in worlds],
        "puck_way_x": [w.puck[0] for w in worlds],
        "puck_way_y": [w.puck[1] for w in worlds],
        "hand_x": hand_x,
        "hand_y": hand_y,
        "puck_x": puck_x,
        "puck_y": puck_y,
        "block_x": block_x,
        "block_y": block_y,
        "wall_x": [-1.0, 1.0, 1.0, -1.0, -1.0],
        "wall_y": [-1.0, -1.0, 1.0, 1.0, -1.0],
        "near_x": near_x,
        "near_y": near_y,
        "goal_x": [places.goal[0]],
        "goal_y": [places.goal[1]],
        "mark_x": [places.mark[0]],
        "mark_y": [places.mark[1]],
        "t": [0.05 * k for k in range(STEPS * HELD + 1)],
        "reward": rewards,
        "done": [drawn.done],
        "miss": [drawn.miss],
        "tasks": [k + 1.0 for k in range(TASKS)],
        "shares": shares,
        "task": [1.0 * task],
        "here": [shares[asked]],
        "whole": [whole],
        "summary": f"Task {REACH_TASKS[asked]}, {who}: {end}; reward "
        f"{rewards[len(rewards) - 1]:.2f}. Of ten episodes {shares[asked]:.0f} % end well, and of "
        f"all tasks {whole:.0f} %.",
    }


FIGURE = Figure(
    simulate,
    title="One hand, ten tasks",
    caption="A spring and a damper pull the hand to where the task wants it. All tasks show the "
    "same numbers. A controller that is told the task does nearly all of them; one that always "
    "reaches for the goal fails in most.",
    inputs=(
        slider("task", "Task (1 reach to 10 pull)", 1, TASKS, 1, 4),
        slider("told", "Controller is told the task (0 no, 1 yes)", 0, 1, 1, 0),
        slider("gain", "Spring", 1, 60, 1, 25, "1/s²"),
        slider("brake", "Damper", 0, 10, 0.5, 3, "1/s"),
        slider("number", "Episode drawn", 1, EPISODES, 1, 1),
    ),
    panels=(
        panel(
            "The world after four seconds, and the ways there",
            axis("across", -1, 1, ticks=4),
            axis("up", -1, 1, ticks=4),
            mark("line", "soft", x="wall_x", y="wall_y", options={"strokeWidth": 6}),
            mark("line", "soft", x="block_x", y="block_y", options={"strokeWidth": 6}),
            mark("line", "c", dash="dashed", label="edge of where it should end", x="near_x",
                 y="near_y", options={"strokeWidth": 2}),
            mark("line", "b", dash="dotted", label="way of the puck", x="puck_way_x",
                 y="puck_way_y", options={"strokeWidth": 2}),
            mark("line", "b", x="puck_x", y="puck_y", options={"strokeWidth": 2}),
            mark("line", "a", label="way of the hand", x="x", y="y", options={"strokeWidth": 2}),
            mark("line", "a", x="hand_x", y="hand_y", options={"strokeWidth": 2}),
            mark("dot", "ink", fill="c", label="goal", x="goal_x", y="goal_y",
                 options={"r": 5}),
            mark("dot", "ink", label="mark (square)", x="mark_x", y="mark_y",
                 options={"r": 5, "symbol": "square"}),
            aspectRatio=1,
        ),
        panel(
            "Reward so far",
            axis("time (s)", 0, 4),
            axis("reward", -2, 7, ticks=4),
            mark("line", "a", x="t", y="reward", options={"strokeWidth": 2.5}),
            height=150,
        ),
        panel(
            "Episodes that end well",
            axis("task", 0.5, TASKS + 0.5),
            axis("of ten (%)", -8, 118, ticks=4),
            mark("dot", "ink", fill="a", x="tasks", y="shares", options={"r": 4}),
            mark("text", fill="ink", x="tasks", y="shares", options={
                "text": list(REACH_TASKS), "dy": -12, "fontSize": 11}),
            mark("dot", "ink", fill="b", label="the task that is drawn", x="task", y="here",
                 options={"r": 7}),
            height=170,
        ),
    ),
    handles=(handle("Task", "task", "here", 2, drag_x="task"),),
    table=(("t", "time (s)"), ("x", "hand, across"), ("y", "hand, up"), ("reward", "reward")),
)  # fmt: skip
