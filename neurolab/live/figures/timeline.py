"""Cells of four years on one input: what each still knows of it, and how far a gradient reaches."""

from neurolab.core.ops import maximum
from neurolab.core.random import seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.recurrent.cells import (
    GRUState,
    LSTMState,
    gru_step,
    lstm_step,
    vanilla_step,
)

STEPS = 60
YEARS = [1990, 1997, 2000, 2014]
NAMES = ["vanilla cell", "LSTM without gate f", "LSTM with gate f", "GRU"]
OPEN = 50.0  # the sum in a gate that is always open
GATE = 4.0  # weight of an input to a gate
NUDGE = 1e-4
FLOOR = 1e-8


def states(kind: int, x, keep):
    """h (T,) of one cell with fixed weights along the inputs x (T,).

    Args:
        kind: place in YEARS.
        keep: bias of the gate that keeps.
    """
    h, lstm, gru = [], LSTMState(0.0, 0.0), GRUState(0.0)
    now = 0.0
    for value in x:
        if kind == 0:
            now = vanilla_step(1.5 * value + 0.9 * now).h
        elif kind == 3:
            gru = gru_step(OPEN, keep - GATE * value, 1.5 * value, 0.0, gru)
            now = gru.h
        else:
            kept = OPEN if kind == 1 else keep
            lstm = lstm_step(GATE * value - 2.0, kept, 1.5 * value, OPEN, lstm)
            now = lstm.h
        h.append(now)
    return h


def reach(kind: int, x, keep, at: int):
    """How much h(at) moves with each input up to it: |dh(at)/dx(t)| for t = 0 .. at."""
    told, found = states(kind, x, keep)[at], []
    for t in range(at + 1):
        moved = [x[k] + (NUDGE if k == t else 0.0) for k in range(at + 1)]
        off = states(kind, moved, keep)[at] - told
        found.append(maximum(maximum(off, -off) / NUDGE, FLOOR))
    return found


def simulate(year, keep, both: int, at: int):
    """The newest cell of a year, alone or with one that reads the sequence from its end.

    Args:
        year: of the timeline.
        keep: bias of the gate that keeps, f or u.
        both: 1 for both directions, known from 1997 on.
        at: step whose output is looked at.
    """
    s, x = seeded(4), []
    for t in range(STEPS):
        u, s = uniform(s)
        x.append(1.0 if t == 8 or t == 40 else 0.3 * u)
    kind = 0
    for k in range(len(YEARS)):
        if YEARS[k] <= year:
            kind = k
    two = both == 1 and year >= 1997
    h, first = states(kind, x, keep), states(0, x, keep)
    mirrored = [x[STEPS - 1 - t] for t in range(STEPS)]
    behind = states(kind, mirrored, keep)
    behind = [behind[STEPS - 1 - t] for t in range(STEPS)]
    chosen, vanilla = reach(kind, x, keep, at), reach(0, x, keep, at)
    early, late = chosen[0], FLOOR
    for _ in range(at + 1, STEPS):
        chosen.append(FLOOR)
        vanilla.append(FLOOR)
    if two:
        later = reach(kind, mirrored, keep, STEPS - 1 - at)
        for t in range(at, STEPS):
            own = later[STEPS - 1 - t]
            chosen[t] = chosen[t] + own if t == at else own
        late = later[0]
    return {
        "years": [1.0 * y for y in YEARS],
        "row": [1.0 for _ in YEARS],
        "year_at": [1.0 * year],
        "row_at": [1.0],
        "cell_at": [1.0 * YEARS[kind]],
        "step": [1.0 * t for t in range(STEPS)],
        "x": x,
        "h": h,
        "behind": behind if two else [],
        "behind_t": [1.0 * t for t in range(STEPS)] if two else [],
        "first": first,
        "now": [1.0 * at],
        "here": [h[at]],
        "chosen": chosen,
        "vanilla": vanilla,
        "summary": f"{NAMES[kind]} of {YEARS[kind]:.0f}, "
        f"{'both ways' if two else 'forward'}: the output at step {at:.0f} moves with the first "
        f"input by {early:.4f}, with the last by {late:.4f}.",
    }


FIGURE = Figure(
    simulate,
    title="What each cell added",
    caption="The same inputs into the cell of each year, fixed weights. Without a memory of its "
    "own the vanilla cell of 1990 soon forgets, and so does its gradient. Gates carry both to the "
    "far end; two directions let an output see what comes after it.",
    inputs=(
        slider("year", "Year", 1990, 2014, 1, 2000),
        slider("keep", "Bias of the gate that keeps", 0, 8, 0.5, 4),
        slider("both", "Read backward as well (from 1997): 0 no, 1 yes", 0, 1, 1, 1),
        slider("at", "Output looked at, step", 0, STEPS - 1, 1, 50),
    ),
    panels=(
        panel(
            "Years: vanilla, LSTM, its gate f, GRU",
            axis("year", 1987, 2017, tickFormat="d"),
            axis(None, 0, 2),
            mark("dot", fill="soft", x="years", y="row", options={"r": 4}),
            mark("dot", fill="a", x="cell_at", y="row_at", options={"r": 7}),
            height=75,
        ),
        panel(
            "Inputs, and the states",
            axis(None, -1, STEPS),
            axis("value", -0.1, 1.1, ticks=3),
            mark("dot", fill="soft", x="step", y="x", options={"r": 2.5}),
            mark("line", "b", label="vanilla cell of 1990", dash="dashed", x="step", y="first"),
            mark("line", "c", label="the cell, reading backward", dash="dotted",
                 x="behind_t", y="behind", options={"strokeWidth": 2.5}),
            mark("line", "a", label="the cell of the year", x="step", y="h",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "soft", x="now"),
            height=170,
            marginBottom=6,
        ),
        panel(
            "How much the output at the line moves with each input",
            axis("step of the input", -1, STEPS),
            axis("share", FLOOR, 10, type="log", ticks=4, tickFormat="~e"),
            mark("line", "b", dash="dashed", x="step", y="vanilla"),
            mark("line", "a", x="step", y="chosen", options={"strokeWidth": 2.5}),
            mark("ruleX", "soft", x="now"),
            height=170,
        ),
    ),
    handles=(
        handle("Year", "year_at", "row_at", panel=0, drag_x="year"),
        handle("Output looked at", "now", "here", panel=1, drag_x="at"),
    ),
    table=(("step", "step"), ("x", "input"), ("h", "the cell"), ("first", "vanilla cell"),
           ("chosen", "moves with the input"), ("vanilla", "vanilla moves")),
)  # fmt: skip
