"""The flat world of ``tasks.reach`` for one hand, on floats: scenes, steps, and a controller."""

import math
from typing import NamedTuple

from neurolab.core.ops import abs, atan2, cos, exp, maximum, minimum, sin, sqrt
from neurolab.core.random import uniform
from neurolab.tasks.arena import (
    ArenaNumbers,
    common_step,
    impulse_step,
    off_step,
    speed_step,
    wall_step,
)
from neurolab.tasks.reach_rules import (
    BLOCK,
    DRAWS,
    DRIFT,
    FARTHEST,
    NEAREST,
    PUCK_FARTHEST,
    PUCK_NEAREST,
    RING,
    ROOM,
    touch_step,
    turn_step,
)

REACH = 0  # the tasks that are told apart here, by their places in ``REACH_TASKS``
AROUND = 2
MIRROR = 3
HOLD = 4
CIRCLE = 5
PRESS = 6
PUSH = 7  # from here on there is a puck to move
CLEAR = 8
PULL = 9


class World(NamedTuple):
    hand: list  # x and y
    hand_speed: list
    puck: list
    puck_speed: list
    block: list
    block_radius: float  # 0 for none


class Places(NamedTuple):
    task: int
    goal: list
    mark: list
    drift: list


def plus(a, b, part=1.0):
    return [a[0] + part * b[0], a[1] + part * b[1]]


def far(a, b):
    x, y = a[0] - b[0], a[1] - b[1]
    return sqrt(x * x + y * y)


def toward(a, b):
    """Distance of b from a, and the direction from a to b; (1, 0) where they coincide."""
    d = far(a, b)
    if d == 0:
        return d, [1.0, 0.0]
    return d, [(b[0] - a[0]) / d, (b[1] - a[1]) / d]


def out(length, angle):
    return [length * cos(angle), length * sin(angle)]


def between(low, high, s):
    u, s = uniform(s)
    return low + (high - low) * u, s


def place(reach, s):
    x, s = between(-reach, reach, s)
    y, s = between(-reach, reach, s)
    return [x, y], s


def largest(a):
    return maximum(abs(a[0]), abs(a[1]))


def scene(task: int, s):
    """A first scene of a task, drawn as the suite draws it: world, places, next random state."""
    around, carried = task == AROUND, task >= PUSH
    ring = RING if task == CIRCLE else 0.0
    world, places = World([], [], [], [], [], 0.0), Places(task, [], [], [])
    for n in range(DRAWS):
        hand, s = place(ROOM, s)
        angle, s = between(-math.pi, math.pi, s)
        apart, s = between(NEAREST[task], FARTHEST[task], s)
        bent, s = between(-0.4, 0.4, s)
        free, s = place(ROOM, s)
        gap, s = between(PUCK_NEAREST, PUCK_FARTHEST, s)
        aside, s = between(-0.1, 0.1, s)
        mark, s = place(ROOM, s)
        blown, s = between(-math.pi, math.pi, s)
        puck = plus(hand, out(gap, angle)) if carried else free
        onward = angle + bent + (math.pi if task == PULL else 0.0)
        goal = plus(puck if carried else hand, out(apart, onward))
        if around:
            middle = [(hand[0] + goal[0]) / 2, (hand[1] + goal[1]) / 2]
            mark = plus(middle, out(aside, onward + math.pi / 2))
        if task == PRESS:
            mark = hand
        fits = largest(goal) < ROOM - ring and largest(puck) < ROOM and largest(mark) < ROOM
        fits = fits and far(hand, puck) > 0.25
        if around:
            fits = fits and far(puck, mark) > BLOCK + 0.15 and far(puck, goal) > 0.25
        if n == 0 or fits:
            still = [0.0, 0.0]
            world = World(hand, still, puck, still, mark, BLOCK if around else 0.0)
            places = Places(task, goal, mark, out(DRIFT if task == HOLD else 0.0, blown))
        if fits:
            break
    return world, places, s


def off_disc(x, v, centre, least):
    """A place at least so far from a centre, and its velocity without the part towards it."""
    d, along = toward(centre, x)
    deep = maximum(least - d, 0.0)
    towards = v[0] * along[0] + v[1] * along[1]
    left = [off_step(v[0], towards, deep, along[0]), off_step(v[1], towards, deep, along[1])]
    return plus(x, along, deep), left


def off_walls(x, v, radius):
    x0, v0 = wall_step(x[0], v[0], 1 - radius)
    x1, v1 = wall_step(x[1], v[1], 1 - radius)
    return [x0, x1], [v0, v1]


def meeting(hand, v, puck, w, p):
    """Hand and puck apart, with the impulse that they exchange where they overlap."""
    d, along = toward(puck, hand)
    m, n = p.hand_mass, p.puck_mass
    deep = maximum(p.hand_radius + p.puck_radius - d, 0.0)
    apart = (v[0] - w[0]) * along[0] + (v[1] - w[1]) * along[1]
    impulse = impulse_step(apart, deep, m, n, p.bounce)
    hand, puck = plus(hand, along, deep * n / (m + n)), plus(puck, along, -deep * m / (m + n))
    return hand, plus(v, along, impulse / m), puck, plus(w, along, -impulse / n)


def moved(world: World, force, grip, drift, p: ArenaNumbers) -> World:
    """The world a step later, as ``arena_step`` has it, for a force that is a part of the whole."""
    kept, slow = exp(-p.damping * p.dt), exp(-p.puck_damping * p.dt)
    push = [minimum(maximum(f, -1.0), 1.0) for f in force]
    old, slid = world.hand_speed, world.puck_speed
    v = [speed_step(old[k], p.force * push[k] + drift[k], kept, p.dt) for k in range(2)]
    w = [speed_step(slid[k], 0.0, slow, p.dt) for k in range(2)]
    gap = far(world.hand, world.puck) - p.hand_radius - p.puck_radius
    if grip > 0 and gap < p.reach:
        both = [common_step(v[k], w[k], p.hand_mass, p.puck_mass) for k in range(2)]
        v, w = both, both
    hand, puck = plus(world.hand, v, p.dt), plus(world.puck, w, p.dt)
    hand, v, puck, w = meeting(hand, v, puck, w, p)
    block, solid = world.block, world.block_radius > 0
    hand, v = off_walls(hand, v, p.hand_radius)
    puck, w = off_disc(puck, w, hand, p.hand_radius + p.puck_radius)
    puck, w = off_disc(puck, w, block, world.block_radius + p.puck_radius if solid else 0.0)
    puck, w = off_walls(puck, w, p.puck_radius)
    hand, v = off_disc(hand, v, block, world.block_radius + p.hand_radius if solid else 0.0)
    hand, v = off_disc(hand, v, puck, p.hand_radius + p.puck_radius)
    hand, v = off_walls(hand, v, p.hand_radius)
    return World(hand, v, puck, w, block, world.block_radius)


def flagged(flag, places: Places, before, hand):
    """The flag after the hand went from ``before`` to ``hand``."""
    d = far(hand, places.goal)
    if places.task == PRESS:
        return touch_step(flag, d)
    if places.task != CIRCLE:
        return flag
    old, new = plus(before, places.goal, -1.0), plus(hand, places.goal, -1.0)
    cross, along = old[0] * new[1] - old[1] * new[0], old[0] * new[0] + old[1] * new[1]
    return turn_step(flag, atan2(cross, along) / (2 * math.pi), d)


def aim(told: int, world: World, places: Places, flag):
    """Where a controller that believes in task ``told`` wants the hand to be next."""
    hand, puck, goal = world.hand, world.puck, places.goal
    if told == MIRROR:
        return [-goal[0], -goal[1]]
    if told == PRESS and flag > 0:
        return places.mark
    _, ahead = toward(hand, goal)
    if told == CIRCLE:
        turned = plus([-0.9 * ahead[0], -0.9 * ahead[1]], [ahead[1], -ahead[0]], 0.55)
        return plus(goal, turned, RING)
    if told == AROUND:
        side, to = [-ahead[1], ahead[0]], plus(places.mark, hand, -1.0)
        way, off = to[0] * ahead[0] + to[1] * ahead[1], -to[0] * side[0] - to[1] * side[1]
        if way > -0.1 and way < 0.45 and abs(off) < 0.26:
            return plus(plus(hand, ahead, 0.1), side, 0.5 if off > 0 else -0.5)
    if told >= PUSH:
        if far(puck, hand) >= 0.2:
            return puck
        if told == CLEAR:
            _, outward = toward([0.0, 0.0], goal)
            return plus(hand, outward, -0.5)
        return plus(plus(hand, goal), puck, -1.0)
    return goal
