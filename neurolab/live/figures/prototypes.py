"""Whose task is this? Prototypes opened one after another, by batches that nobody labels."""

import math

from neurolab.continual.prototypes import surprise_step
from neurolab.core.ops import cos, sin, sqrt
from neurolab.core.random import normal, seeded
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider

TASKS = 3
BATCHES = 8  # of each task, one task after another
SHOWN = 40  # examples of each task that are tested, and drawn
REACH = 7.5  # half the picture
TOP = 20.0  # of the picture of surprise


def distance(x, y, point):
    return sqrt((x - point[0]) * (x - point[0]) + (y - point[1]) * (y - point[1]))


def nearest(x, y, points):
    """Number of the nearest of these points."""
    best, least = 0, distance(x, y, points[0])
    for k in range(len(points)):
        far = distance(x, y, points[k])
        if far < least:
            best, least = k, far
    return best


def examples(count: int, task: int, apart, state):
    """So many of a task: a cloud of deviation 1 around a place on a circle."""
    angle = 2 * math.pi * task / TASKS + math.pi / 2
    radius = apart / sqrt(3)  # so that two places are ``apart``
    xs, ys = [], []
    for _ in range(count):
        a, state = normal(state)
        b, state = normal(state)
        xs.append(radius * cos(angle) + a)
        ys.append(radius * sin(angle) + b)
    return xs, ys, state


def count_in(sums, far, xs, ys):
    """The sums of a prototype (x, y, examples), and of its distances, with a batch in them.

    ``far`` is count, mean and sum of squared deviations of the distances to the prototype.
    """
    n = len(xs)
    sums = [sums[0], sums[1], sums[2] + n]
    for x, y in zip(xs, ys, strict=True):
        sums = [sums[0] + x, sums[1] + y, sums[2]]
    point = [sums[0] / sums[2], sums[1] / sums[2]]
    there = [distance(x, y, point) for x, y in zip(xs, ys, strict=True)]
    mean = average(there)
    squares = 0.0
    for d in there:
        squares += (d - mean) * (d - mean)
    count = far[0] + n
    shift = mean - far[1]
    return sums, [
        count,
        far[1] + shift * n / count,
        far[2] + squares + shift * shift * far[0] * n / count,
    ]


def average(values):
    total = 0.0
    for v in values:
        total += v
    return total / len(values)


def surprise_of(xs, ys, points, fars):
    """Of a batch: the prototype whose examples it is nearest to, and how unusual that is."""
    best, least = 0, 0.0
    for k in range(len(points)):
        mean = average([distance(x, y, points[k]) for x, y in zip(xs, ys, strict=True)])
        if k == 0 or mean < least:
            best, least = k, mean
    count, mean, squares = fars[best]
    variance = squares / (count - 1 if count > 1 else 1)
    return best, surprise_step(least, mean, variance, len(xs))


def simulate(apart, batch: int, z):
    """Three tasks, one after another, in batches without a label.

    Args:
        apart: distance of the middles of two tasks, in deviations of a task's examples.
        batch: examples of a batch.
        z: standard errors from which a batch opens a new prototype.
    """
    state = seeded(4)
    sums, fars, points, number, surprise, opened_at, opened = [], [], [], [], [], [], []
    mixed, owner = 0, []
    for t in range(TASKS):
        for b in range(BATCHES):
            xs, ys, state = examples(batch, t, apart, state)
            at = 1.0 * (t * BATCHES + b + 1)
            here, fresh = 0, True
            if len(points) > 0:
                here, value = surprise_of(xs, ys, points, fars)
                fresh = value > z
                number.append(at)
                surprise.append(value if value < TOP else TOP)
                if fresh:
                    opened_at.append(at)
                    opened.append(value if value < TOP else TOP)
            if fresh:
                here = len(points)
                sums.append([0.0, 0.0, 0])
                fars.append([0, 0.0, 0.0])
                points.append([0.0, 0.0])
                owner.append(t)
            elif owner[here] != t:
                mixed += 1
            sums[here], fars[here] = count_in(sums[here], fars[here], xs, ys)
            points[here] = [sums[here][0] / sums[here][2], sums[here][1] / sums[here][2]]
    right, tests, at_x, at_y, task, given = 0, [], [], [], [], []
    for t in range(TASKS):
        xs, ys, state = examples(SHOWN, t, apart, state)
        tests.append([xs, ys])
        for x, y in zip(xs, ys, strict=True):
            here = nearest(x, y, points)
            right += 1 if owner[here] == t else 0
            at_x.append(x)
            at_y.append(y)
            task.append(t + 1)
            given.append(here + 1)
    part = 100 * right / (TASKS * SHOWN)
    return {
        "one_x": tests[0][0],
        "one_y": tests[0][1],
        "two_x": tests[1][0],
        "two_y": tests[1][1],
        "three_x": tests[2][0],
        "three_y": tests[2][1],
        "point_x": [p[0] for p in points],
        "point_y": [p[1] for p in points],
        "x": at_x,
        "y": at_y,
        "task": task,
        "given": given,
        "number": number,
        "surprise": surprise,
        "opened_at": opened_at,
        "opened": opened,
        "z": [z],
        "handle_x": [1.5],
        "found": [1.0 * len(points)],
        "mixed": [1.0 * mixed],
        "part": [part],
        "summary": f"{len(points):d} prototypes for {TASKS:d} tasks; {mixed:d} of "
        f"{TASKS * BATCHES:d} batches went to a prototype of another task. Of fresh examples "
        f"{part:.0f} % are nearest to a prototype of their own task.",
    }


FIGURE = Figure(
    simulate,
    title="Whose task is this?",
    caption="Batches of three tasks arrive one task after another, and nobody says which. A batch "
    "that is unusually far from every prototype opens a new one. One batch tells a change of task "
    "long before one example could.",
    inputs=(
        slider("apart", "Distance of two tasks (deviations)", 0, 8, 0.5, 5),
        slider("batch", "Examples of a batch", 2, 64, 2, 16),
        slider("z", "A batch is new from (standard errors)", 1, 12, 0.5, 6),
    ),
    panels=(
        panel(
            "Examples of three tasks, and the prototypes that were found",
            axis(None, -REACH, REACH),
            axis(None, -REACH, REACH),
            mark("dot", "a", label="task 1", x="one_x", y="one_y",
                 options={"r": 2.5, "strokeOpacity": 0.7}),
            mark("dot", "b", label="task 2", x="two_x", y="two_y",
                 options={"r": 2.5, "symbol": "square", "strokeOpacity": 0.7}),
            mark("dot", "c", label="task 3", x="three_x", y="three_y",
                 options={"r": 2.5, "symbol": "triangle", "strokeOpacity": 0.7}),
            mark("dot", "ink", fill="ink", label="prototype", x="point_x", y="point_y",
                 options={"r": 6, "symbol": "star"}),
            aspectRatio=1,
        ),
        panel(
            "How unusual each batch is, for the nearest prototype",
            axis("batch", 0, TASKS * BATCHES + 1),
            axis("standard errors", -5, TOP + 2, ticks=5),
            level("ruleY", 0),
            level("ruleX", BATCHES + 0.5, 2 * BATCHES + 0.5),
            mark("ruleY", "ink", label="new from here", dash="dotted", y="z"),
            mark("dot", "ink", fill="soft", label="batch", x="number", y="surprise",
                 options={"r": 3.5}),
            mark("dot", "ink", fill="c", label="opens a prototype", x="opened_at", y="opened",
                 options={"r": 5.5}),
            height=190,
        ),
    ),
    handles=(handle("New from", "handle_x", "z", 1, drag_y="z"),),
    table=(("x", "example, across"), ("y", "example, up"), ("task", "task"),
           ("given", "prototype")),
)  # fmt: skip
