"""Oja's rule finds the direction in which a cloud of inputs varies most."""

import math

from neurolab.core.ops import cos, sin, sqrt
from neurolab.core.random import normal, seeded
from neurolab.hebbian import oja_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider, zero_lines
from neurolab.live.linear import direction, dot

INPUTS = 3000


def simulate(angle, stretch, start, length, rate):
    """One weight vector learns from 3000 inputs, shown once each.

    Args:
        angle: direction of the cloud's long axis, in degrees.
        stretch: standard deviation along the axis (1) over the one across it.
        start: angle of the first weight, in degrees.
        length: length of the first weight.
        rate: learning rate.
    """
    s = seeded(7)
    turn = angle * math.pi / 180
    c, d = cos(turn), sin(turn)
    first = [length * cos(start * math.pi / 180), length * sin(start * math.pi / 180)]
    w, x1, x2, step, w1, w2, size = first, [], [], [], [], [], []
    for k in range(INPUTS):
        if k % 10 == 0:
            step.append(k)
            w1.append(w[0])
            w2.append(w[1])
            size.append(sqrt(dot(w, w)))
        along, s = normal(s)
        across, s = normal(s)
        across = across / stretch
        x = [along * c - across * d, along * d + across * c]
        y = dot(w, x)
        w = [w_i + oja_step(x_i, y, w_i, rate) for x_i, w_i in zip(x, w, strict=True)]
        x1.append(x[0])
        x2.append(x[1])
    final = sqrt(dot(w, w))
    step.append(INPUTS)
    w1.append(w[0])
    w2.append(w[1])
    size.append(final)
    circle = [2 * math.pi * k / 60 for k in range(61)]
    return {
        "x1": x1,
        "x2": x2,
        "step": step,
        "w1": w1,
        "w2": w2,
        "length": size,
        "circle_x": [cos(a) for a in circle],
        "circle_y": [sin(a) for a in circle],
        "zero": [0.0],
        "start_x": [first[0]],
        "start_y": [first[1]],
        "end_x": [w[0]],
        "end_y": [w[1]],
        "axis_x": [2 * c],
        "axis_y": [2 * d],
        "summary": f"Weight at {direction(w[0], w[1]):.0f}°, length {final:.2f}, "
        f"after {INPUTS:.0f} inputs.",
    }


FIGURE = Figure(
    simulate,
    title="Oja's rule finds the long axis",
    caption="A weight that starts short and askew turns to the cloud's long axis and stops at "
    "length 1, on the circle.",
    inputs=(
        slider("angle", "Direction of the cloud", 0, 180, 5, 30, "°"),
        slider("stretch", "Stretch of the cloud", 1, 5, 0.1, 2.5, "×"),
        slider("start", "First angle", 0, 360, 5, 100, "°"),
        slider("length", "First length", 0.1, 2, 0.1, 0.2),
        slider("rate", "Learning rate", 0.001, 0.2, 0.001, 0.01),
    ),
    panels=(
        panel(
            "Inputs, and the path of the weight",
            axis("input 1, weight 1", -3, 3),
            axis("input 2, weight 2", -2.4, 2.4),
            mark("cloud", "soft", label="inputs", x="x1", y="x2", options={"strokeWidth": 2.2}),
            *zero_lines(),
            mark("line", "ink", label="length 1", dash="dotted", x="circle_x", y="circle_y"),
            mark("line", "b", label="path of the weight", x="w1", y="w2",
                 options={"strokeWidth": 2}),
            mark("arrow", "a", label="weight", x1="zero", y1="zero", x2="end_x", y2="end_y",
                 options={"strokeWidth": 3.5}),
            aspectRatio=1,
        ),
    ),
    handles=(
        handle("First weight", "start_x", "start_y", angle="start", length="length"),
        handle("Long axis of the cloud", "axis_x", "axis_y", angle="angle"),
    ),
    table=(("step", "input"), ("w1", "weight 1"), ("w2", "weight 2"), ("length", "length")),
)  # fmt: skip
