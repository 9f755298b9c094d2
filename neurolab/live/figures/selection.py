"""Basal ganglia without neurons: three uses to drag, which action is let through, and when."""

from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.nef.basal_ganglia import (
    BasalGangliaParams,
    BasalGangliaState,
    activity,
    basal_ganglia_step,
    thalamus,
)

BEFORE = (0.8, 0.4, 0.3)  # uses until the change
SETTLE = 300  # ms that are not drawn
SHOWN = 40  # ms before the change that are
AFTER = 160  # ms after it
HALF = 0.5  # a thalamus above it is on


def on(passed: list) -> int:
    """Number of the only action that is on; -1 where there is none, or another one too."""
    found, count = -1, 0
    for k in range(3):
        if passed[k] > HALF:
            found = k
            count += 1
    return found if count == 1 else -1


def simulate(use1, use2, use3, dopamine):
    """Uses change at time 0 from 0.8, 0.4, 0.3 to those that are given.

    Args:
        use1, use2, use3: of the three actions, from time 0 on.
        dopamine: what it adds to D1, and takes from D2.
    """
    params = BasalGangliaParams(more_d1=dopamine, less_d2=dopamine)
    states = [BasalGangliaState(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0) for _ in range(3)]
    given = [use1, use2, use3]
    best = 0
    for k in range(3):
        best = k if given[k] > given[best] else best
    t, held, passed = [], [[], [], []], [[], [], []]
    late, last = 0, -1
    for n in range(SETTLE + SHOWN + AFTER + 1):
        now = n - SETTLE - SHOWN
        total = 0.0
        for state in states:
            total += activity(state, params).stn
        states = [
            basal_ganglia_step(given[k] if now >= 0 else BEFORE[k], total, states[k], params, 1.0)
            for k in range(3)
        ]
        gpi = [activity(state, params).gpi for state in states]
        through = [thalamus(g, params) for g in gpi]
        if n >= SETTLE:
            t.append(1.0 * now)
            for k in range(3):
                held[k].append(gpi[k])
                passed[k].append(through[k])
        last = on(through)
        if now >= 0 and last != best:
            late = now + 1
    ends = [passed[k][len(t) - 1] for k in range(3)]
    weaker = 0.0
    for k in range(3):
        weaker = ends[k] if k != best and ends[k] > weaker else weaker
    if last == best and late == 0:
        said = f"Action {best + 1:d} stays selected."
    elif last == best:
        said = f"Action {best + 1:d} is selected alone after {late:d} ms."
    elif ends[best] > HALF:
        said = "More than one action is let through: none is selected."
    else:
        said = "No action is let through to more than a half."
    return {
        "number": [1.0, 2.0, 3.0],
        "use": given,
        "before": [BEFORE[0], BEFORE[1], BEFORE[2]],
        "zero": [0.0, 0.0, 0.0],
        "use1": [use1],
        "use2": [use2],
        "use3": [use3],
        "t": t,
        "gpi1": held[0],
        "gpi2": held[1],
        "gpi3": held[2],
        "passed1": passed[0],
        "passed2": passed[1],
        "passed3": passed[2],
        "ends": ends,
        "best": [best + 1.0],
        "late": [1.0 * late if last == best and late > 0 else -999.0],
        "summary": f"{said} The thalamus ends at {ends[best]:.2f} for the action of most use, and "
        f"at {weaker:.2f} for the next.",
    }


FIGURE = Figure(
    simulate,
    title="One action of three",
    caption="At time 0 the second action becomes the most useful. The internal pallidum lets it "
    "go, holds the others back, and a few milliseconds later it alone is let through. Make two "
    "uses alike, or all small, and none is selected.",
    inputs=(
        slider("use1", "Use of action 1", 0, 1, 0.05, 0.4),
        slider("use2", "Use of action 2", 0, 1, 0.05, 0.8),
        slider("use3", "Use of action 3", 0, 1, 0.05, 0.3),
        slider("dopamine", "Dopamine", 0, 0.5, 0.05, 0.2),
    ),
    panels=(
        panel(
            "Uses before and after time 0",
            axis("action", 0.4, 3.6, ticks=[1, 2, 3], tickFormat="d"),
            axis("use", -0.05, 1.1, ticks=3),
            mark("ruleX", "soft", x="number", y1="zero", y2="use", options={"strokeWidth": 22}),
            mark("dot", "ink", label="after (drag)", fill="c", x="number", y="use",
                 options={"r": 6}),
            mark("dot", "ink", label="before (square)", x="number", y="before",
                 options={"r": 5, "symbol": "square"}),
            height=150,
        ),
        panel(
            "Internal pallidum: what holds each action back",
            axis(None, -SHOWN, AFTER),
            axis("activity", -0.05, 0.9, ticks=3),
            level("ruleX", 0),
            mark("line", "a", label="action 1", x="t", y="gpi1", options={"strokeWidth": 2.5}),
            mark("line", "b", label="action 2", dash="dashed", x="t", y="gpi2",
                 options={"strokeWidth": 2.5}),
            mark("line", "c", label="action 3", dash="dotted", x="t", y="gpi3",
                 options={"strokeWidth": 2.5}),
            height=150,
            marginBottom=6,
        ),
        panel(
            "Thalamus: what is let through",
            axis("time after the change (ms)", -SHOWN, AFTER),
            axis("part", -0.05, 1.1, ticks=3),
            level("ruleX", 0),
            level("ruleY", HALF, dash="dotted"),
            mark("ruleX", "ink", label="selected alone", x="late", dash="dashed"),
            mark("line", "a", x="t", y="passed1", options={"strokeWidth": 2.5}),
            mark("line", "b", dash="dashed", x="t", y="passed2", options={"strokeWidth": 2.5}),
            mark("line", "c", dash="dotted", x="t", y="passed3", options={"strokeWidth": 2.5}),
            height=170,
        ),
    ),
    handles=(
        handle("Use of action 1", 1.0, "use1", drag_y="use1"),
        handle("Use of action 2", 2.0, "use2", drag_y="use2"),
        handle("Use of action 3", 3.0, "use3", drag_y="use3"),
    ),
    table=(("t", "time (ms)"), ("passed1", "let through, action 1"), ("passed2", "action 2"),
           ("passed3", "action 3")),
)  # fmt: skip
