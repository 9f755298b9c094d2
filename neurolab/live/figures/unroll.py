"""Unrolling: what a gradient over T steps has to keep, and how many bytes that is."""

from neurolab.core.ops import minimum
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.recurrent.gradient_bytes import (
    bytes_bptt,
    bytes_checkpointed,
    bytes_eprop,
    bytes_rtrl,
    bytes_truncated,
    segments_of,
)

EVERY = 20  # of the states kept in a row, one in so many is drawn
LONGEST = 2000
POINTS = 80


def simulate(steps, units, window):
    """What each way keeps at the end of a sequence, and the bytes.

    Args:
        steps: T, in ms.
        units: neurons.
        window: of truncated BPTT, in steps.
    """
    segments = segments_of(steps)
    found = [
        bytes_bptt(steps, units),
        bytes_checkpointed(steps, units),
        bytes_truncated(window, units),
        bytes_eprop(units),
        bytes_rtrl(units),
    ]
    kept = [k * EVERY for k in range(steps // EVERY + 1)]
    starts = [k * steps / segments for k in range(segments)]
    last = [steps - k * EVERY for k in range(window // EVERY + 1)]
    length, plain, segmented, online = [], [], [], []
    for k in range(1, POINTS + 1):
        t = LONGEST * k // POINTS
        length.append(t)
        plain.append(bytes_bptt(t, units) / 1e6)
        segmented.append(bytes_checkpointed(t, units) / 1e6)
        online.append(bytes_eprop(units) / 1e6)
    per_step = 12 * (units + 1)
    meet = (bytes_eprop(units) - bytes_bptt(0, units)) / per_step
    return {
        "kept": kept,
        "kept_row": [5.0 for _ in kept],
        "starts": starts,
        "starts_row": [4.0 for _ in starts],
        "last": last,
        "last_row": [3.0 for _ in last],
        "now": [steps],
        "eprop_row": [2.0],
        "rtrl_row": [1.0],
        "bar_bptt": [1e3, found[0]],
        "bar_checkpointed": [1e3, found[1]],
        "bar_truncated": [1e3, found[2]],
        "bar_eprop": [1e3, found[3]],
        "bar_rtrl": [1e3, found[4]],
        "row5": [5.0, 5.0],
        "row4": [4.0, 4.0],
        "row3": [3.0, 3.0],
        "row2": [2.0, 2.0],
        "row1": [1.0, 1.0],
        "length": length,
        "plain": plain,
        "segmented": segmented,
        "online": online,
        "at": [minimum(found[0] / 1e6, 2.95)],
        "meet": [meet],
        "bytes": found,
        "summary": f"At T = {steps:.0f} BPTT holds {found[0] / 1e6:.2f} MB, with checkpoints "
        f"{found[1] / 1e6:.2f}, truncated {found[2] / 1e6:.2f}, e-prop {found[3] / 1e6:.2f}, RTRL "
        f"{found[4] / 1e6:.1f}. Beyond T = {meet:.0f} e-prop holds less than BPTT.",
    }


FIGURE = Figure(
    simulate,
    title="Unrolled in time: what a gradient has to keep",
    caption="BPTT keeps a copy of the network for each step, so its memory grows with T. E-prop "
    "and RTRL keep only traces, as much at any length; those of RTRL are so many that it needs "
    "the most of all. Bytes of tensors as measured.",
    inputs=(
        slider("steps", "Steps of 1 ms, T", 200, LONGEST, 50, 2000),
        slider("units", "Neurons", 20, 100, 10, 100),
        slider("window", "Window of truncated BPTT", 20, 100, 20, 100, "steps"),
    ),
    panels=(
        panel(
            "States kept at the end (of copies in a row, one in twenty is drawn)",
            axis("step", -20, LONGEST + 20),
            axis(None, 0.4, 5.6),
            mark("dot", fill="a", label="BPTT", x="kept", y="kept_row", options={"r": 2.5}),
            mark("dot", fill="b", label="checkpointed", x="starts", y="starts_row",
                 options={"r": 3}),
            mark("dot", fill="soft", label="truncated", x="last", y="last_row",
                 options={"r": 2.5}),
            mark("dot", fill="c", label="e-prop", x="now", y="eprop_row", options={"r": 5}),
            mark("dot", fill="ink", label="RTRL", x="now", y="rtrl_row", options={"r": 6}),
            height=150,
        ),
        panel(
            "Memory, in the same order",
            axis("bytes", 1e3, 2e8, type="log", ticks=5, tickFormat="~s"),
            axis(None, 0.4, 5.6),
            mark("line", "a", x="bar_bptt", y="row5", options={"strokeWidth": 12}),
            mark("line", "b", x="bar_checkpointed", y="row4", options={"strokeWidth": 12}),
            mark("line", "soft", x="bar_truncated", y="row3", options={"strokeWidth": 12}),
            mark("line", "c", x="bar_eprop", y="row2", options={"strokeWidth": 12}),
            mark("line", "ink", x="bar_rtrl", y="row1", options={"strokeWidth": 12}),
            height=150,
        ),
        panel(
            "Memory by the length of the sequence",
            axis("steps, T", 0, LONGEST),
            axis("memory (MB)", 0, 3),
            mark("line", "a", label="BPTT, by T", x="length", y="plain",
                 options={"strokeWidth": 3}),
            mark("line", "b", label="checkpointed, by T", dash="dashed", x="length",
                 y="segmented", options={"strokeWidth": 2.5}),
            mark("line", "c", label="e-prop, by T", dash="dotted", x="length", y="online",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "soft", x="meet"),
            height=220,
        ),
    ),
    handles=(handle("Steps, T", "now", "at", panel=2, drag_x="steps"),),
    table=(("length", "steps, T"), ("plain", "BPTT (MB)"), ("segmented", "checkpointed (MB)"),
           ("online", "e-prop (MB)")),
)  # fmt: skip
