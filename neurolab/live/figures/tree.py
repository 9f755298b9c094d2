"""Synapses on the branches of a neuron: close together, or spread out."""

import math

from neurolab.core.ops import cos, maximum, sin
from neurolab.dendrites.cable import CableParams, cable_step
from neurolab.dendrites.compartmental import GlutamateParams, GlutamateState, glutamate_step, star
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.spiking.exponential import ExponentialState
from neurolab.spiking.nmda import NMDAState

BRANCHES = 8
PIECES = 2  # compartments of a branch
DT = 1.0  # ms
STEPS = 100
MOST = 36  # synapses
COUNTS = [4 * k for k in range(10)]  # tried for the curve


def placed(count: int, spread: int, place: int):
    """How many of ``count`` synapses are on each branch, at piece ``place`` of it, as floats."""
    on = [0.0 for _ in range(1 + BRANCHES * PIECES)]
    for k in range(count):
        on[1 + k % spread * PIECES + place] += 1.0
    return on


def volley(on, tree, params):
    """The soma's potential above rest in each step, and the highest of each compartment."""
    size = len(on)
    quiet = GlutamateState(ExponentialState(0.0), NMDAState(0.0, 0.0))
    v, states = [tree.e_leak for _ in on], [quiet for _ in on]
    none, soma, peak = [0.0 for _ in on], [0.0], [0.0 for _ in on]
    for t in range(STEPS):
        g = [0.0 for _ in on]
        for k in range(size):
            if on[k] > 0:
                x = on[k] if t == 0 else 0.0
                g[k], states[k] = glutamate_step(x, v[k], states[k], params, DT)
        v = cable_step(v, g, none, tree, DT)  # what synapses pull to is at 0 mV
        soma.append(v[0] - tree.e_leak)
        peak = [maximum(p, x - tree.e_leak) for p, x in zip(peak, v, strict=True)]
    return soma, peak


def simulate(count: int, spread: int, place: int, nmda, magnesium):
    """A volley of spikes to some synapses of a neuron at rest.

    Args:
        count: synapses.
        spread: branches among which they are dealt.
        place: 1 near the soma, 2 at the end of a branch.
        nmda: conductance of a synapse's NMDA receptors, in nS.
        magnesium: outside, in mM.
    """
    params = GlutamateParams(nmda=nmda, magnesium=magnesium)
    tree = star(BRANCHES, PIECES, 150.0, 0.8, 80.0, CableParams())
    at = place - 1
    on = placed(count, spread, at)
    soma, peak = volley(on, tree, params)
    lone, alone = volley(placed(1, 1, at), tree, params)
    curve = []
    for n in COUNTS:
        _, there = volley(placed(n, spread, at), tree, params)
        curve.append(there[0])
    out_x, out_y, on_x, on_y, hot_x, hot_y, heat = [], [], [], [], [], [], []
    for b in range(BRANCHES):
        angle = math.pi * (b + 0.5) / BRANCHES
        x, y = -cos(angle), sin(angle)
        out_x.append(0.0)
        out_y.append(0.0)
        out_x.append(x)
        out_y.append(y)
        for p in range(PIECES):
            k, far = 1 + b * PIECES + p, (p + 0.75) / PIECES
            hot_x.append(0.9 * far * x)
            hot_y.append(0.9 * far * y)
            heat.append(peak[k] / 70)
            for j in range(int(on[k])):
                side = 0.05 * (1.0 if j % 2 == 0 else -1.0)
                along = far * (1.0 - 0.035 * (j // 2))
                on_x.append(along * x - side * y)
                on_y.append(along * y + side * x)
    hot_x.append(0.0)
    hot_y.append(0.0)
    heat.append(peak[0] / 70)
    ratio = peak[0] / (count * alone[0])
    local = 0.0
    for p in peak:
        local = maximum(local, p)
    kind = "more than" if ratio > 1.02 else "less than" if ratio < 0.98 else "as much as"
    return {
        "t": [k * DT for k in range(STEPS + 1)],
        "soma": soma,
        "sum": [count * x for x in lone],
        "counts": COUNTS,
        "curve": curve,
        "straight": [n * alone[0] for n in COUNTS],
        "count": [count],
        "own": [peak[0]],
        "out_x": out_x,
        "out_y": out_y,
        "on_x": on_x,
        "on_y": on_y,
        "hot_x": hot_x,
        "hot_y": hot_y,
        "heat": heat,
        "ratio": [ratio],
        "local": [local],
        "summary": f"{count:.0f} synapses on {spread:.0f} of {BRANCHES:.0f} branches: "
        f"{peak[0]:.1f} mV at the soma, {kind} their sum of {count * alone[0]:.1f} mV. "
        f"The most depolarized branch rises by {local:.0f} mV.",
    }


FIGURE = Figure(
    simulate,
    title="Close together, or spread out",
    caption="Synapses on the eight branches of a neuron, all reached by a spike at once. On one "
    "branch twelve of them cross a threshold, and the soma sees more than their sum; spread over "
    "all branches they add up. With still more the one branch is full, and spreading wins.",
    inputs=(
        slider("count", "Synapses", 1, MOST, 1, 12),
        slider("spread", "Branches they are on", 1, BRANCHES, 1, 1),
        slider("place", "Place (1 near the soma, 2 at the end)", 1, PIECES, 1, 2),
        slider("nmda", "NMDA receptors of a synapse", 0, 2, 0.1, 1, "nS"),
        slider("magnesium", "Magnesium", 0, 2, 0.1, 1, "mM"),
    ),
    panels=(
        panel(
            "The neuron, shaded by its highest depolarization, and the synapses",
            axis(None, -1.15, 1.15),
            axis(None, -0.15, 1.15),
            mark("heat", fill="b", x="hot_x", y="hot_y", value="heat", options={"size": 0.16}),
            mark("line", "soft", x="out_x", y="out_y", options={"strokeWidth": 4}),
            mark("dot", "ink", fill="a", label="synapse", x="on_x", y="on_y", options={"r": 3.5}),
            aspectRatio=1,
        ),
        panel(
            "Potential of the soma",
            axis("time (ms)", 0, STEPS * DT),
            axis("above rest (mV)", 0, 14, ticks=4),
            mark("line", "b", label="sum of lone synapses", dash="dashed", x="t", y="sum",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="all together", x="t", y="soma", options={"strokeWidth": 2.5}),
            height=170,
        ),
        panel(
            "Highest potential of the soma, by the number of synapses",
            axis("synapses", 0, MOST),
            axis("above rest (mV)", 0, 14, ticks=4),
            mark("line", "b", dash="dashed", x="counts", y="straight",
                 options={"strokeWidth": 2}),
            mark("line", "a", x="counts", y="curve", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="c", label="these synapses", x="count", y="own",
                 options={"r": 6}),
            height=170,
        ),
    ),
    handles=(handle("Number of synapses", "count", "own", 2, drag_x="count"),),
    table=(("t", "time (ms)"), ("soma", "all together (mV)"), ("sum", "sum of lone ones (mV)")),
)  # fmt: skip
