"""A press on a fingertip: afferents fire in an order, and the order names the press."""

import math

from neurolab.core.ops import cos, sin
from neurolab.core.random import normal, seeded
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.skin import AFFERENTS, Skin, apart, finger, first_of, places, press

DIRECTIONS = 8
CURVATURES = [0.0, 100.0, 200.0]  # 1/m
APART = 13.5  # mm from the patch to its neighbour in the picture
FRESH = 2.0  # ms in which a spike counts as one of now
ARROW = 5.7  # mm, its tip
HAND = Skin(wide=4.0, bend=200.0, skew=0.3, tuning=0.3, rise=15.0, window=50.0)


def sizes(place, chosen):
    """Radii of dots in pixels: the sooner the larger."""
    return [8 - 5 * place[k] / (AFFERENTS - 1) for k in chosen]


def shades(place, chosen):
    """How solid a dot is: the first wholly."""
    return [1 - 0.6 * place[k] / (AFFERENTS - 1) for k in chosen]


def simulate(force, curvature, pace, jitter, elapsed):
    """One press, and how far the order of its spikes so far is from that of 24 others.

    Args:
        force: direction of the tangential force, in degrees.
        curvature: of the object, in 1/m.
        pace: how long the load takes to grow, in parts of the mean.
        jitter: standard deviation of a first spike, in ms.
        elapsed: time since contact, in ms.
    """
    afferents, s = finger(seeded(2))
    noise, still = [], []
    for _ in afferents:
        z, s = normal(s)
        noise.append(jitter * z)
        still.append(0.0)
    turned = force * math.pi / 180
    times = press(afferents, turned, curvature, pace, noise, HAND)
    fired = 0
    for t in times:
        fired += 1 if t <= elapsed else 0  # which is within the window
    place = places(times)
    told = first_of(place, fired)
    off, best, kind, nearest = [], 1e9, 0, place
    for c in CURVATURES:
        row = []
        for d in range(DIRECTIONS + 1):  # the last is the first again
            ideal = places(press(afferents, 2 * math.pi * d / DIRECTIONS, c, 1.0, still, HAND))
            gap = apart(told, first_of(ideal, fired))
            if d < DIRECTIONS and gap < best - 1e-9:
                best, kind, nearest = gap, DIRECTIONS * len(off) + d, ideal
            row.append(gap)
        off.append(row)
    flat = places(press(afferents, 0.0, 0.0, 1.0, still, HAND))
    before, fresh, later, unlit_x, unlit_y = [], [], [], [], []
    for k, t in enumerate(times):
        if t > elapsed:
            unlit_x.append(afferents[k].x)
            unlit_y.append(afferents[k].y)
        if nearest[k] >= fired:
            unlit_x.append(afferents[k].x + APART)
            unlit_y.append(afferents[k].y)
        if t <= elapsed - FRESH:
            before.append(k)
        elif t <= elapsed:
            fresh.append(k)
        elif t <= HAND.window:
            later.append(k)
    own = [k for k in range(AFFERENTS) if nearest[k] < fired]
    answers = [kind] if fired > 0 else []
    said = "No afferent has fired yet; the order tells nothing."
    if fired > 0:
        said = (
            f"After {elapsed:.0f} ms {fired:d} of {AFFERENTS:d} afferents have fired. The nearest "
            f"order of 24 says {360 / DIRECTIONS * (kind % DIRECTIONS):.0f}° at "
            f"{CURVATURES[kind // DIRECTIONS]:.0f} per m; it was pressed at {force:.0f}° and "
            f"{curvature:.0f} per m."
        )
    width = HAND.wide / (1 + curvature / HAND.bend)
    around = [2 * math.pi * k / 60 for k in range(61)]
    return {
        "x": [one.x for one in afferents],
        "y": [one.y for one in afferents],
        "unlit_x": unlit_x,
        "unlit_y": unlit_y,
        "before_x": [afferents[k].x for k in before],
        "before_y": [afferents[k].y for k in before],
        "before_r": sizes(place, before),
        "before_part": shades(place, before),
        "fresh_x": [afferents[k].x for k in fresh],
        "fresh_y": [afferents[k].y for k in fresh],
        "fresh_r": sizes(place, fresh),
        "nearest_x": [afferents[k].x + APART for k in own],
        "nearest_y": [afferents[k].y for k in own],
        "nearest_r": sizes(nearest, own),
        "nearest_part": shades(nearest, own),
        "contact_x": [width * cos(a) for a in around],
        "contact_y": [width * sin(a) for a in around],
        "zero": [0.0],
        "tip_x": [ARROW * cos(turned)],
        "tip_y": [ARROW * sin(turned)],
        "answer_zero": [APART for _ in answers],
        "answer_foot": [0.0 for _ in answers],
        "answer_x": [APART + ARROW * cos(2 * math.pi * k / DIRECTIONS) for k in answers],
        "answer_y": [ARROW * sin(2 * math.pi * k / DIRECTIONS) for k in answers],
        "time": times,
        "place": place,
        "before_t": [times[k] for k in before],
        "before_row": [flat[k] for k in before],
        "fresh_t": [times[k] for k in fresh],
        "fresh_row": [flat[k] for k in fresh],
        "later_t": [times[k] for k in later],
        "later_row": [flat[k] for k in later],
        "elapsed": [elapsed],
        "middle": [AFFERENTS / 2],
        "direction": [360 * d / DIRECTIONS for d in range(DIRECTIONS + 1)],
        "off_flat": off[0],
        "off_bent": off[1],
        "off_sharp": off[2],
        "kind": answers,
        "chosen": [360 / DIRECTIONS * (k % DIRECTIONS) for k in answers],
        "least": [best for _ in answers],
        "own": [force],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="A press, told by who fires first",
    caption="Left the skin under a press: the sooner an afferent fires, the larger its dot. Right "
    "the order, of 24 known ones, that comes nearest. Turn the force and the order changes; press "
    "more slowly and all spikes come later, in the same order but for jitter.",
    inputs=(
        slider("force", "Direction of the force", 0, 360, 5, 90, "°"),
        slider("curvature", "Curvature of the object", 0, 200, 10, 100, "/m"),
        slider("pace", "Time the load takes", 0.5, 2, 0.1, 1, "× mean"),
        slider("jitter", "Jitter of first spikes", 0, 4, 0.5, 2, "ms"),
        slider("elapsed", "Time since contact", 0, 50, 1, 18, "ms"),
    ),
    panels=(
        panel(
            "The press, and the nearest order of 24",
            axis(None, -6, APART + 6),
            axis(None, -6, 6),
            mark("line", "soft", dash="dotted", x="contact_x", y="contact_y"),
            mark("dot", "soft", x="unlit_x", y="unlit_y", options={"r": 2}),
            mark("dot", fill="a", label="has fired, the sooner the larger", x="before_x",
                 y="before_y", r="before_r", fillOpacity="before_part"),
            mark("dot", "ink", fill="b", label="fired in the last 2 ms", x="fresh_x", y="fresh_y",
                 r="fresh_r"),
            mark("dot", fill="c", label="the nearest order", x="nearest_x", y="nearest_y",
                 r="nearest_r", fillOpacity="nearest_part"),
            mark("arrow", "ink", label="direction of the force", x1="zero", y1="zero", x2="tip_x",
                 y2="tip_y", options={"strokeWidth": 2.5}),
            mark("arrow", "c", x1="answer_zero", y1="answer_foot", x2="answer_x", y2="answer_y",
                 options={"strokeWidth": 2.5}),
            aspectRatio=1,
            marginLeft=16,
            marginTop=6,
            marginBottom=6,
            r={"type": "identity"},
            opacity={"type": "identity"},
        ),
        panel(
            "First spikes; rows by their order on a flat object at 0°",
            axis("time since contact (ms)", 0, 50),
            axis("afferent, by its place there", -2, 65),
            mark("dot", "soft", x="later_t", y="later_row", options={"r": 2}),
            mark("dot", fill="a", x="before_t", y="before_row", options={"r": 3}),
            mark("dot", "ink", fill="b", x="fresh_t", y="fresh_row", options={"r": 3.5}),
            mark("ruleX", "ink", dash="dotted", x="elapsed"),
            height=180,
        ),
        panel(
            "How far the order so far is from each of 24",
            axis("direction of the force (°)", 0, 360, ticks=[0, 90, 180, 270, 360]),
            axis("off by (places)", 0, 24),
            mark("line", "a", label="flat", x="direction", y="off_flat",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="100 per m", dash="dashed", x="direction", y="off_bent",
                 options={"strokeWidth": 2}),
            mark("line", "c", label="200 per m", dash="dotted", x="direction", y="off_sharp",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", x="own", options={"strokeOpacity": 0.5}),
            mark("dot", "ink", fill="c", x="chosen", y="least", options={"r": 5}),
            height=180,
        ),
    ),
    handles=(
        handle("Direction of the force", "tip_x", "tip_y", angle="force"),
        handle("Time since contact", "elapsed", "middle", panel=1, drag_x="elapsed"),
    ),
    table=(("x", "across (mm)"), ("y", "up (mm)"), ("time", "first spike (ms)"),
           ("place", "place, from 0")),
)  # fmt: skip
