"""A dendrite learns to predict its soma: what crosses between them, and the error that is left."""

import math

from neurolab.core.ops import exp, sin, sqrt
from neurolab.core.random import normal, seeded, uniform
from neurolab.dendrites.urbanczik_senn import (
    UrbanczikSennParams,
    predicted_rate,
    predicted_soma_step,
    urbanczik_senn_step,
)
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider

INPUTS = 40
DT = 2.0  # ms
STEPS = 60  # of a period, after which inputs and teacher come again
PERIODS = 30
CHANCE = 0.05  # of a spike of an input in a step


def pattern(s):
    """Spikes of the inputs in each step of a period, as 0 and 1, and the random state."""
    found = []
    for _ in range(STEPS):
        row = []
        for _ in range(INPUTS):
            chance, s = uniform(s)
            row.append(1.0 if chance < CHANCE else 0.0)
        found.append(row)
    return found, s


def curve(k):
    """What the teacher pulls the soma to, at step k of a period."""
    return 0.7 + 0.5 * sin(4 * math.pi * k / STEPS)


def simulate(period: int, rate, teacher, spikes: int):
    """All periods, one after the other, of which one is drawn.

    Args:
        period: the one that is drawn, from 0.
        rate: of learning.
        teacher: all that it opens at the soma, in 1/ms.
        spikes: 1 if the dendrite is told the soma's spikes, 0 for its rate.
    """
    p = UrbanczikSennParams()
    x, s = pattern(seeded(5))
    w = []
    for _ in range(INPUTS):
        one, s = normal(s)
        w.append(one / sqrt(INPUTS))
    keep_fall, keep_rise = exp(-DT / p.tau_l), exp(-DT / p.tau_s)
    share = p.g_d / (p.g_d + p.g_l)
    fall, rise, d = [0.0 for _ in w], [0.0 for _ in w], [0.0 for _ in w]
    t, soma, told, goal, error, fired = [], [], [], [], [], []
    u, errors = 0.0, []
    for n in range(PERIODS + 1):
        total = 0.0
        for k in range(STEPS):
            fall = [keep_fall * a + b for a, b in zip(fall, x[k], strict=True)]
            rise = [keep_rise * a + b for a, b in zip(rise, x[k], strict=True)]
            psp = [(a - b) / (p.tau_l - p.tau_s) for a, b in zip(fall, rise, strict=True)]
            v = 0.0
            for a, b in zip(w, psp, strict=True):
                v += a * b
            g_e = teacher * (curve(k) - p.e_i) / (p.e_e - p.e_i)
            u = predicted_soma_step(v, g_e, teacher - g_e, u, p, DT)
            chance, s = uniform(s)
            hot, guess = predicted_rate(u, p), share * v
            z = 1.0 if chance < DT * hot else 0.0
            gap = hot - predicted_rate(guess, p)
            total += gap * gap / STEPS
            if n == period:
                t.append(k * DT)
                soma.append(u)
                told.append(guess)
                goal.append(curve(k))
                error.append(1000 * gap)
                if z > 0:
                    fired.append(k * DT)
            heard = z if spikes > 0 else DT * hot
            for i, q in enumerate(psp):
                dw, d[i] = urbanczik_senn_step(heard, guess, q, d[i], p, DT)
                w[i] += rate * dw
        errors.append(1000 * sqrt(total))
    at, first = errors[period], errors[0]
    if first < 0.1:
        said = "Without a teacher the soma does what its dendrite says: there is nothing to learn."
    else:
        said = (
            f"In period {period:d} the dendrite's rate is {at:.1f} Hz off that of the soma "
            f"(root mean square); in the first period it was {first:.1f} Hz."
        )
    return {
        "t": t,
        "soma": soma,
        "told": told,
        "goal": goal,
        "gap": error,
        "fired": fired,
        "fired_at": [1.5 for _ in fired],
        "n": [1.0 * n for n in range(PERIODS + 1)],
        "errors": errors,
        "period": [1.0 * period],
        "own": [at],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="A dendrite that learns what its soma will do",
    caption="A teacher pulls the soma along a curve. The dendrite, which hears other inputs, "
    "learns to predict the soma from them; what drives it is the difference of the two rates. In "
    "the end the dashed line lies on the solid one, and that is what the soma would do alone.",
    inputs=(
        slider("period", "Period that is drawn", 0, PERIODS, 1, PERIODS),
        slider("rate", "Learning rate", 0, 3, 0.1, 2),
        slider("teacher", "Strength of the teacher", 0, 10, 0.5, 5, "1/ms"),
        slider("spikes", "Dendrite hears (0 rate, 1 spikes)", 0, 1, 1, 0),
    ),
    panels=(
        panel(
            "Soma, and what the dendrite predicts of it",
            axis(None, 0, STEPS * DT),
            axis("potential", -0.4, 1.7, ticks=4),
            mark("line", "soft", label="where the teacher pulls", dash="dotted", x="t", y="goal",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="soma", x="t", y="soma", options={"strokeWidth": 3}),
            mark("line", "b", label="predicted by the dendrite", dash="dashed", x="t", y="told",
                 options={"strokeWidth": 2.5}),
            mark("dot", fill="c", label="spike of the soma", x="fired", y="fired_at",
                 options={"r": 4}),
            height=190,
            marginBottom=6,
        ),
        panel(
            "What is left to learn: rate of the soma less the predicted one",
            axis("time in the period (ms)", 0, STEPS * DT),
            axis("difference (Hz)", -80, 80, ticks=5),
            level("ruleY", 0),
            mark("line", "a", x="t", y="gap", options={"strokeWidth": 2.5}),
            height=140,
        ),
        panel(
            "The same, as root mean square of each period",
            axis("period", 0, PERIODS),
            axis("difference (Hz)", 0, 60, ticks=4),
            mark("line", "a", x="n", y="errors", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="c", label="period that is drawn", x="period", y="own",
                 options={"r": 6}),
            height=140,
        ),
    ),
    handles=(handle("Period that is drawn", "period", "own", 2, drag_x="period"),),
    table=(("t", "time (ms)"), ("soma", "soma"), ("told", "predicted"), ("gap", "difference (Hz)")),
)  # fmt: skip
