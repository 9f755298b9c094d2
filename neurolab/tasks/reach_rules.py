"""What the ten tasks of ``reach`` ask, in distances: elementwise, on floats and tensors alike.

    reward   gain (miss before - miss after) + bonus met

    symbol    meaning                                                      shape   unit
    to_goal   from the hand to the goal; to_mirror, to_mark: to those      (B,)    length
    moved     from the puck to the goal                                    (B,)    length
    gap       from the hand to the puck                                    (B,)    length
    apart     from the goal to the mark                                    (B,)    length
    flag      circle: part of a turn done; press: 1 when touched; else 0   (B,)    -
    turned    angle about the goal that the hand swept in a step           (B,)    turns

Lists have one entry a task, in the order of ``REACH_TASKS``.
"""

from neurolab.core.ops import Value, abs, maximum, minimum, where

# fmt: off
REACH_TASKS = (
    "reach", "far", "around", "mirror", "hold",
    "circle", "press", "push", "clear", "pull",
)
# fmt: on
STEPS = 40  # actions of an episode
HELD = 2  # steps of 0.05 s that each is held
NEAR = 0.1  # what counts as there, of the hand
PUCK_NEAR = 0.12  # and of the puck
RING = 0.3  # of ``circle``: radius
WIDTH = 0.12  # and how far off it the hand may be
CLEAR = 0.6  # of ``clear``: distance of the puck from the goal
DRIFT = 2.0  # acceleration by the drift of ``hold``
BLOCK = 0.15  # radius of the block
GAIN = 2.0  # of the reward
BONUS = 0.1
# Distance from hand to goal, or where there is a puck to move, from puck to goal.
NEAREST = [0.2, 0.9, 0.8, 0.2, 0.0, 0.4, 0.4, 0.3, 0.0, 0.4]
FARTHEST = [0.6, 1.5, 1.3, 1.5, 0.3, 0.8, 0.8, 0.6, 0.1, 0.8]
PUCK_NEAREST = 0.35  # distance from hand to puck, where it is to be moved
PUCK_FARTHEST = 0.6
DRAWS = 64  # of a scene; the first that fits is taken
ROOM = 0.8  # largest coordinate of a place


def misses(
    to_goal: Value,
    to_mirror: Value,
    to_mark: Value,
    apart: Value,
    moved: Value,
    gap: Value,
    flag: Value,
) -> list[Value]:
    """How far each task is from done."""
    circle = abs(to_goal - RING) + 2 * (1 - flag)
    press = where(flag > 0, to_mark, to_goal + apart)
    push, clear = moved + gap / 2, maximum(CLEAR - moved, 0.0) + gap / 2
    return [to_goal, to_goal, to_goal, to_mirror, to_goal, circle, press, push, clear, push]


def mets(
    to_goal: Value, to_mirror: Value, to_mark: Value, moved: Value, flag: Value
) -> list[Value]:
    """Whether each task is done now."""
    there, mirror, circle = to_goal < NEAR, to_mirror < NEAR, flag >= 1
    press = where(flag > 0, to_mark, NEAR) < NEAR
    push, clear = moved < PUCK_NEAR, moved > CLEAR
    return [there, there, there, mirror, there, circle, press, push, clear, push]


def turn_step(flag: Value, turned: Value, to_goal: Value) -> Value:
    """The flag of ``circle`` after a step that ends so far from the goal; done stays done."""
    on = where(abs(to_goal - RING) < WIDTH, turned, 0.0)
    swept = minimum(maximum(flag + on, 0.0), 1.0)
    return where(flag >= 1, 1.0, swept)


def touch_step(flag: Value, to_goal: Value) -> Value:
    """The flag of ``press`` after a step that ends so far from the goal."""
    return where(to_goal < NEAR, 1.0, flag)


def reward_step(before: Value, after: Value, done: Value) -> Value:
    """The reward of a step, from what was missed before and is after it."""
    return GAIN * (before - after) + BONUS * done
