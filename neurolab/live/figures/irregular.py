"""A sine seen at random times, followed by a network that knows how long, and by one that counts.

The weights of both are in ``live.sine_nets``.
"""

import math

from neurolab.continuous.ctrnn import ctrnn_step
from neurolab.core.ops import abs, log, sin, sqrt, tanh
from neurolab.core.random import seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot
from neurolab.live.sine_nets import (
    CONTINUOUS_HIDDEN,
    CONTINUOUS_OUT,
    CONTINUOUS_TAU,
    DISCRETE_HIDDEN,
    DISCRETE_OUT,
    DISCRETE_TAU,
)

CELLS = 16  # of each network
GAP = 30.0  # mean time between two looks, ms
LENGTH = 1500.0  # ms
SETTLE = 400.0  # ms at first in which errors do not count
FINE = 5.0  # ms between two points of a curve


def looks(part, draw):
    """Times in ms that are left when a part is left out; a larger part leaves fewer of the same."""
    times, t, s = [], 0.0, seeded(draw)
    while t < LENGTH:
        u, s = uniform(s)
        t = t - GAP * log(1 - u)
        v, s = uniform(s)
        if v >= part and t < LENGTH:
            times.append(t)
    return times


def pulled(hidden, x, r):
    """Where a look that showed ``x`` pulls the rates."""
    found = []
    for row in hidden:
        drive = row[0] * x + row[1]
        for k in range(CELLS):
            drive += row[k + 2] * r[k]
        found.append(tanh(drive))
    return found


def moved(r, target, elapsed, tau):
    return [ctrnn_step(r[k], target[k], elapsed, tau[k]) for k in range(CELLS)]


def answer(out, r):
    """The read-out, its bias last."""
    return dot(out, [r[k] if k < CELLS else 1.0 for k in range(CELLS + 1)])


def follow(times, shown, fine, knows):
    """What a network answers at each fine time, and at each look just before it.

    ``knows``: whether its rates move for the time that has passed, or for the mean gap.
    """
    hidden = CONTINUOUS_HIDDEN if knows else DISCRETE_HIDDEN
    out = CONTINUOUS_OUT if knows else DISCRETE_OUT
    tau = CONTINUOUS_TAU if knows else DISCRETE_TAU
    r, target, at, k = [0.0 for _ in tau], [0.0 for _ in tau], 0.0, 0
    curve, before = [], []
    for s in fine:
        while k < len(times) and times[k] <= s:
            if k > 0:
                r = moved(r, target, times[k] - at if knows else GAP, tau)
            before.append(answer(out, r))
            target = pulled(hidden, shown[k], r)
            at = times[k]
            k += 1
        curve.append(answer(out, moved(r, target, s - at if knows else GAP, tau)))
    return curve, before


def error(before, times, shown):
    """Root of the mean squared error at looks after ``SETTLE``, and how many these are."""
    total, count = 0.0, 0
    for y, t, x in zip(before, times, shown, strict=True):
        if t > SETTLE:
            total += (y - x) * (y - x)
            count += 1
    return sqrt(total / count) if count > 0 else 0.0, count


def simulate(dropped, period, draw: int):
    """Both networks follow one sine; each answers what the next look will show.

    Args:
        dropped: part of the looks left out, in %.
        period: of the sine, in ms.
        draw: another number, other times of the looks.
    """
    times = looks(dropped / 100, draw)
    shown = [sin(2 * math.pi * t / period) for t in times]
    fine = [FINE * k for k in range(301)]  # LENGTH
    truth = [sin(2 * math.pi * t / period) for t in fine]
    continuous, before = follow(times, shown, fine, True)
    discrete, counted = follow(times, shown, fine, False)
    own, count = error(before, times, shown)
    other, _ = error(counted, times, shown)
    return {
        "t": fine,
        "truth": truth,
        "continuous": continuous,
        "discrete": discrete,
        "look_t": times,
        "look_x": shown,
        "off_continuous": [abs(y - x) for y, x in zip(continuous, truth, strict=True)],
        "off_discrete": [abs(y - x) for y, x in zip(discrete, truth, strict=True)],
        "rmse_continuous": [own],
        "rmse_discrete": [other],
        "turn": [1.0 * period],
        "level": [0.0],
        "summary": f"{dropped:.0f} % left out, {len(times):.0f} looks left: "
        f"of {count:.0f} counted ones the network that knows the time misses by {own:.2f}, "
        f"the one that counts looks by {other:.2f} (root mean square).",
    }


FIGURE = Figure(
    simulate,
    title="Time that passes, and looks that are counted",
    caption="A sine seen at random times. The network whose rates move for the time that passed "
    "follows it between the looks; the one that counts looks has one answer for each, whenever "
    "the next one comes. Leave out more looks, and both miss by more.",
    inputs=(
        slider("dropped", "Looks left out", 0, 80, 5, 50, "%"),
        slider("period", "Period", 500, 1000, 10, 750, "ms"),
        slider("draw", "Times of the looks", 1, 20, 1, 3),
    ),
    panels=(
        panel("The sine, as it is and as it is followed", axis("time (ms)", 0, LENGTH),
              axis("value", -1.6, 1.6),
              mark("line", "ink", x="t", y="truth", label="the sine", dash="dotted"),
              mark("dot", fill="ink", x="look_t", y="look_x", label="looks", options={"r": 3}),
              mark("line", "b", x="t", y="discrete", label="counts looks", dash="dashed"),
              mark("line", "a", x="t", y="continuous", label="knows the time"), height=280),
        panel("How far each is off", axis("time (ms)", 0, LENGTH), axis("distance", 0, 1.2),
              mark("line", "b", x="t", y="off_discrete", label="counts looks", dash="dashed"),
              mark("line", "a", x="t", y="off_continuous", label="knows the time"),
              mark("ruleX", "soft", at=(SETTLE,)), height=150),
    ),
    handles=(handle("One period", "turn", "level", drag_x="period"),),
    table=(("t", "time (ms)"), ("truth", "the sine"), ("continuous", "knows the time"),
           ("discrete", "counts looks")),
)  # fmt: skip
