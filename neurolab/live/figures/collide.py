"""Two tasks that share two weights: their gradients, and what learning one does to the other."""

import math

from neurolab.continual.pcgrad import project_step
from neurolab.core.ops import cos, sin, sqrt
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot

RATE = 0.05
STEPS = 60
GOALS = [[-1.0, 0.0], [1.0, 0.0]]  # where each task's loss is least
REACH = 0.8  # length of the longest arrow
ALONE = 0  # what is followed: task 2 alone, 1 both added, or
PCGRAD = 2
WIDE = 2.2  # half the picture


def bowl(turn, narrow):
    """Curvatures (2 x 2): 1 along one axis, turned by so many degrees, and ``narrow`` across."""
    c, s = cos(turn * math.pi / 180), sin(turn * math.pi / 180)
    return [
        [c * c + narrow * s * s, (1 - narrow) * s * c],
        [(1 - narrow) * s * c, s * s + narrow * c * c],
    ]


def gradient(curve, goal, w):
    off = [w[0] - goal[0], w[1] - goal[1]]
    return [dot(row, off) for row in curve]


def loss(curve, goal, w):
    off = [w[0] - goal[0], w[1] - goal[1]]
    return dot(gradient(curve, goal, w), off) / 2


def without_conflict(g, other):
    """One gradient without what points against the other."""
    square = dot(other, other)
    if square < 1e-12:
        return g
    along = dot(g, other)
    return [project_step(a, b, along, square) for a, b in zip(g, other, strict=True)]


def followed(one, two, way: int):
    """What the weights go against, from the two gradients."""
    if way == ALONE:
        return two
    if way == PCGRAD:
        one, two = without_conflict(one, two), without_conflict(two, one)
    return [a + b for a, b in zip(one, two, strict=True)]


def contour(curve, goal, height):
    """Where the loss has one value: an ellipse, as a line."""
    xs, ys = [], []
    for k in range(49):
        angle = 2 * math.pi * k / 48
        x, y = cos(angle), sin(angle)
        far = sqrt(2 * height / dot([dot(row, [x, y]) for row in curve], [x, y]))
        xs.append(goal[0] + far * x)
        ys.append(goal[1] + far * y)
    return xs, ys


def simulate(w1, w2, turn, narrow, way: int):
    """Gradients of both losses at a place, and 60 steps from there.

    Args:
        w1, w2: the two weights.
        turn: of task 2's bowl against that of task 1, in degrees.
        narrow: how much steeper a bowl is across than along.
        way: what is followed: 0 task 2 alone, 1 both gradients added, 2 PCGrad.
    """
    curves = [bowl(0.0, narrow), bowl(turn, narrow)]
    w = [w1, w2]
    g = [gradient(c, goal, w) for c, goal in zip(curves, GOALS, strict=True)]
    size = [sqrt(dot(one, one)) for one in g]
    cosine = dot(g[0], g[1]) / (size[0] * size[1]) if size[0] * size[1] > 1e-9 else 0.0
    go = followed(g[0], g[1], way)
    longest = size[0] if size[0] > size[1] else size[1]
    length = sqrt(dot(go, go))
    longest = length if length > longest else longest
    scale = REACH / longest if longest > 1e-9 else 0.0
    tips = [[w[k] - scale * v[k] for k in range(2)] for v in (g[0], g[1], go)]
    first_x, first_y = contour(curves[0], GOALS[0], 0.5)
    second_x, second_y = contour(curves[1], GOALS[1], 0.5)
    time, one, two, path_x, path_y = [], [], [], [], []
    for t in range(STEPS + 1):
        time.append(t)
        path_x.append(w[0])
        path_y.append(w[1])
        one.append(loss(curves[0], GOALS[0], w))
        two.append(loss(curves[1], GOALS[1], w))
        g = [gradient(c, goal, w) for c, goal in zip(curves, GOALS, strict=True)]
        go = followed(g[0], g[1], way)
        w = [a - RATE / narrow * b for a, b in zip(w, go, strict=True)]
    rises = one[1] > one[0] + 1e-9
    if cosine < 0:
        said = "The gradients point against each other"
    else:
        said = "The gradients do not point against each other"
    what = "rises" if rises else "does not rise"
    return {
        "w1": [w1],
        "w2": [w2],
        "tip_one_x": [tips[0][0]],
        "tip_one_y": [tips[0][1]],
        "tip_two_x": [tips[1][0]],
        "tip_two_y": [tips[1][1]],
        "tip_x": [tips[2][0]],
        "tip_y": [tips[2][1]],
        "goal_one_x": [GOALS[0][0]],
        "goal_one_y": [GOALS[0][1]],
        "goal_two_x": [GOALS[1][0]],
        "goal_two_y": [GOALS[1][1]],
        "first_x": first_x,
        "first_y": first_y,
        "second_x": second_x,
        "second_y": second_y,
        "path_x": path_x,
        "path_y": path_y,
        "time": time,
        "one": one,
        "two": two,
        "cosine": [cosine],
        "summary": f"{said}: their cosine is {cosine:.2f}. In the first step the loss of task 1 "
        f"{what}; in {STEPS:d} steps it goes from {one[0]:.2f} to {one[STEPS]:.2f}, that of task 2 "
        f"from {two[0]:.2f} to {two[STEPS]:.2f}.",
    }


FIGURE = Figure(
    simulate,
    title="Two tasks, two weights",
    caption="Each task has a place where its loss is least. Between the two the gradients pull "
    "against each other, and whoever learns task 2 alone forgets task 1. Above or below them, "
    "outside, a step for one serves the other as well.",
    inputs=(
        slider("w1", "Weight 1", -2, 2, 0.1, -0.5),
        slider("w2", "Weight 2", -2, 2, 0.1, 0.6),
        slider("turn", "Turn of task 2's bowl", 0, 180, 5, 90, "°"),
        slider("narrow", "How much steeper across than along", 1, 10, 0.5, 3, "×"),
        slider("way", "Followed (0 task 2, 1 both, 2 PCGrad)", 0, 2, 1, 0),
    ),
    panels=(
        panel(
            "The plane of both weights, and ways down from here",
            axis("weight 1", -WIDE, WIDE),
            axis("weight 2", -WIDE, WIDE),
            mark("line", "a", x="first_x", y="first_y", options={"strokeWidth": 1.5}),
            mark("line", "b", dash="dashed", x="second_x", y="second_y",
                 options={"strokeWidth": 1.5}),
            mark("dot", "ink", fill="a", label="least loss of task 1", x="goal_one_x",
                 y="goal_one_y", options={"r": 5}),
            mark("dot", "ink", fill="b", label="least loss of task 2", x="goal_two_x",
                 y="goal_two_y", options={"r": 5, "symbol": "square"}),
            mark("line", "ink", dash="dotted", label="path", x="path_x", y="path_y",
                 options={"strokeWidth": 2}),
            mark("arrow", "ink", label="what is followed", x1="w1", y1="w2", x2="tip_x",
                 y2="tip_y", options={"strokeWidth": 5, "strokeOpacity": 0.35}),
            mark("arrow", "a", label="down for task 1", x1="w1", y1="w2", x2="tip_one_x",
                 y2="tip_one_y", options={"strokeWidth": 2.5}),
            mark("arrow", "b", label="down for task 2", x1="w1", y1="w2", x2="tip_two_x",
                 y2="tip_two_y", options={"strokeWidth": 2.5}),
            aspectRatio=1,
        ),
        panel(
            "Both losses, along the path",
            axis("steps", 0, STEPS),
            axis("loss", 0, 4, ticks=4),
            mark("line", "a", label="task 1", x="time", y="one", options={"strokeWidth": 2.5}),
            mark("line", "b", label="task 2", dash="dashed", x="time", y="two",
                 options={"strokeWidth": 2.5}),
            height=150,
        ),
    ),
    handles=(handle("Weights", "w1", "w2", drag_x="w1", drag_y="w2"),),
    table=(("time", "step"), ("one", "loss of task 1"), ("two", "loss of task 2")),
)  # fmt: skip
