"""Plain Hebb turns the weight to the main direction of its inputs, and never stops growing."""

import math

from neurolab.core.ops import cos, exp, log, sin, sqrt
from neurolab.core.random import normal, seeded
from neurolab.hebbian import hebb_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider, zero_lines
from neurolab.live.linear import direction, dot

INPUTS = 500


def said(length):
    """A length for the sentence: many digits would say more than the figure knows."""
    return f"{length:.1f}" if length < 1e5 else f"10 to the power {log(length) / log(10):.1f}"


def simulate(correlation, start, rate):
    """One weight vector of length 1 learns by Hebb's rule from 500 inputs.

    Args:
        correlation: of the two inputs, each with mean 0 and variance 1.
        start: angle of the first weight, in degrees.
        rate: learning rate.
    """
    s = seeded(3)
    rest = sqrt(1 - correlation * correlation)
    turn = start * math.pi / 180
    first = [cos(turn), sin(turn)]
    w, x1, x2, w1, w2, step, size = first, [], [], [], [], [], []
    for k in range(INPUTS + 1):
        step.append(k)
        w1.append(w[0])
        w2.append(w[1])
        size.append(sqrt(dot(w, w)))
        one, s = normal(s)
        two, s = normal(s)
        x = [one, correlation * one + rest * two]
        if k < INPUTS:
            y = dot(w, x)
            w = [w_i + hebb_step(x_i, y, rate) for x_i, w_i in zip(x, w, strict=True)]
            x1.append(x[0])
            x2.append(x[1])
    # The average rule: each part along an eigenvector (45°, 135°) grows with its eigenvalue.
    shared, opposed = (first[0] + first[1]) / sqrt(2.0), (first[0] - first[1]) / sqrt(2.0)
    predicted = []
    for k in step:
        one = shared * exp(rate * (1 + correlation) * k)
        two = opposed * exp(rate * (1 - correlation) * k)
        predicted.append(sqrt(one * one + two * two))
    return {
        "x1": x1,
        "x2": x2,
        "step": step,
        "w1": w1,
        "w2": w2,
        "length": size,
        "predicted": predicted,
        "zero": [0.0],
        "start_x": [first[0]],
        "start_y": [first[1]],
        "summary": f"Weight at {direction(w[0], w[1]):.0f}°, length {said(size[INPUTS])}, "
        f"after {INPUTS:.0f} inputs; the average rule predicts {said(predicted[INPUTS])}.",
    }


FIGURE = Figure(
    simulate,
    title="Plain Hebb: right direction, no limit",
    caption="The weight turns to the direction the two inputs share, and its length grows "
    "exponentially: a straight line on the logarithmic axis.",
    inputs=(
        slider("correlation", "Correlation of the inputs", -0.95, 0.95, 0.05, 0.6),
        slider("start", "First angle", 0, 360, 5, 100, "°"),
        slider("rate", "Learning rate", 0.001, 0.05, 0.001, 0.01),
    ),
    panels=(
        panel(
            "Inputs, and the path of the weight out of the frame",
            axis("input 1, weight 1", -4, 4),
            axis("input 2, weight 2", -3, 3),
            mark("cloud", "soft", label="inputs", x="x1", y="x2", options={"strokeWidth": 3}),
            *zero_lines(),
            mark("line", "b", label="path of the weight", x="w1", y="w2",
                 options={"strokeWidth": 2.5}),
            mark("arrow", "a", label="first weight", x1="zero", y1="zero", x2="start_x",
                 y2="start_y", options={"strokeWidth": 3.5}),
            aspectRatio=1,
        ),
        panel(
            "Length of the weight after each input",
            axis("input", 0, INPUTS),
            axis("length", 0.1, 1e6, type="log", ticks=4, tickFormat="~s"),
            mark("line", "ink", label="length predicted by the average rule", dash="dashed",
                 x="step", y="predicted"),
            mark("line", "c", label="length", x="step", y="length", options={"strokeWidth": 2.5}),
            height=200,
        ),
    ),
    handles=(handle("First weight", "start_x", "start_y", angle="start"),),
    table=(("step", "input"), ("w1", "weight 1"), ("w2", "weight 2"), ("length", "length"),
           ("predicted", "predicted length")),
)  # fmt: skip
