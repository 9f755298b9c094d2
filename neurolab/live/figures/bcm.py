"""A BCM neuron becomes selective: of two patterns it comes to answer one."""

import math

from neurolab.core.ops import abs, cos, sin
from neurolab.hebbian import BCMState, bcm_step, oja_step
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider, zero_lines
from neurolab.live.linear import direction, dot

INPUTS = 2000
EVERY = 4  # inputs between two rows of the table
LIMIT = 20.0  # an answer beyond this ends the learning; at rest it is 2


def unit(degrees):
    return [cos(degrees * math.pi / 180), sin(degrees * math.pi / 180)]


def rests(a, b):
    """The two weights theory allows: 2 to one pattern, 0 to the other; none for one line."""
    across = a[0] * b[1] - a[1] * b[0]
    if abs(across) < 0.01:
        return []
    return [[2 * b[1] / across, -2 * b[0] / across], [-2 * a[1] / across, 2 * a[0] / across]]


def simulate(one, two, start, rate, tau):
    """A BCM neuron and an Oja neuron see two patterns in turn, 2000 inputs in all.

    Args:
        one, two: directions of the patterns, each of length 1, in degrees.
        start: angle of the first weight, of length 0.5, in degrees.
        rate: learning rate, of both neurons.
        tau: how many inputs the threshold looks back.
    """
    patterns = [unit(one), unit(two)]
    turn = unit(start)
    w, oja, state = [0.5 * turn[0], 0.5 * turn[1]], [0.5 * turn[0], 0.5 * turn[1]], BCMState(0.0)
    step, w1, w2, o1, o2, first, second, theta = [], [], [], [], [], [], [], []
    stopped = -1
    for k in range(INPUTS + 1):
        x = patterns[k % 2]
        if k % EVERY == 0:
            step.append(k)
            w1.append(w[0])
            w2.append(w[1])
            o1.append(oja[0])
            o2.append(oja[1])
            first.append(dot(w, patterns[0]))
            second.append(dot(w, patterns[1]))
            theta.append(state.theta)
        y = dot(w, x)
        if stopped < 0 and abs(y) > LIMIT:
            stopped = k
        if stopped < 0:
            moved = [bcm_step(x_i, y, state, rate, tau) for x_i in x]
            w = [w_i + change for w_i, (change, _) in zip(w, moved, strict=True)]
            state = moved[0][1]
        y = dot(oja, x)
        oja = [w_i + oja_step(x_i, y, w_i, rate) for x_i, w_i in zip(x, oja, strict=True)]
    last = len(step) - 1
    rest = rests(patterns[0], patterns[1])
    said = (
        f"After {INPUTS:.0f} inputs: answers {first[last]:.2f} and {second[last]:.2f}, "
        f"threshold {theta[last]:.2f}, weight at {direction(w[0], w[1]):.0f}°. "
        f"Oja's neuron answers {dot(oja, patterns[0]):.2f} and {dot(oja, patterns[1]):.2f}."
    )
    if stopped >= 0:
        said = f"After {stopped:.0f} inputs an answer passed {LIMIT:.0f}: learning was ended."
    return {
        "step": step,
        "w1": w1,
        "w2": w2,
        "oja1": o1,
        "oja2": o2,
        "first": first,
        "second": second,
        "theta": theta,
        "rest_x": [r[0] for r in rest],
        "rest_y": [r[1] for r in rest],
        "zero": [0.0],
        "one_x": [patterns[0][0]],
        "one_y": [patterns[0][1]],
        "two_x": [patterns[1][0]],
        "two_y": [patterns[1][1]],
        "start_x": [w1[0]],
        "start_y": [w2[0]],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="BCM: one neuron, one pattern",
    caption="The answer to pattern 1 rises until the threshold has slid up to it, and the answer "
    "to pattern 2 falls to 0. Oja's neuron, on the same inputs, ends between the two.",
    inputs=(
        slider("one", "Direction of pattern 1", 0, 360, 5, 15, "°"),
        slider("two", "Direction of pattern 2", 0, 360, 5, 75, "°"),
        slider("start", "First angle of the weight", 0, 360, 5, 30, "°"),
        slider("rate", "Learning rate", 0.005, 0.05, 0.005, 0.02),
        slider("tau", "The threshold looks back", 5, 200, 5, 20, "inputs"),
    ),
    panels=(
        panel(
            "Patterns, and the paths of two weights",
            axis("input 1, weight 1", -3, 3),
            axis("input 2, weight 2", -2.4, 2.4),
            *zero_lines(),
            mark("line", "soft", label="path of Oja's weight", dash="dashed", x="oja1", y="oja2",
                 options={"strokeWidth": 2.5}),
            mark("line", "c", label="path of the BCM weight", x="w1", y="w2",
                 options={"strokeWidth": 2.5}),
            mark("arrow", "a", label="pattern 1", x1="zero", y1="zero", x2="one_x", y2="one_y",
                 options={"strokeWidth": 3.5}),
            mark("arrow", "b", label="pattern 2", x1="zero", y1="zero", x2="two_x", y2="two_y",
                 options={"strokeWidth": 3.5, "strokeDasharray": "6 4"}),
            mark("dot", fill="ink", label="where it can rest, by theory", x="rest_x", y="rest_y",
                 options={"r": 4}),
            aspectRatio=1,
        ),
        panel(
            "Answers to the two patterns, and the threshold",
            axis("input", 0, INPUTS),
            axis("answer, threshold", -1, 5),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("line", "a", label="answer to pattern 1", x="step", y="first",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="answer to pattern 2", dash="dashed", x="step", y="second",
                 options={"strokeWidth": 2.5}),
            mark("line", "ink", label="threshold", dash="dotted", x="step", y="theta",
                 options={"strokeWidth": 2}),
            height=200,
        ),
    ),
    handles=(
        handle("Pattern 1", "one_x", "one_y", angle="one"),
        handle("Pattern 2", "two_x", "two_y", angle="two"),
        handle("First weight", "start_x", "start_y", angle="start"),
    ),
    table=(("step", "input"), ("first", "answer to pattern 1"), ("second", "answer to pattern 2"),
           ("theta", "threshold"), ("w1", "weight 1"), ("w2", "weight 2")),
)  # fmt: skip
