"""The parts of a pyramidal cell, one lit at a time, and what a synapse there means to the soma."""

from neurolab.core.ops import maximum
from neurolab.dendrites.cable import CableParams, cable_step, cable_tree
from neurolab.dendrites.compartmental import GlutamateParams, GlutamateState, glutamate_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.spiking.exponential import ExponentialState
from neurolab.spiking.nmda import NMDAState

AXON = 1  # the parts, from below
BASAL = 2
SOMA = 3
TRUNK = 4
TUFT = 5
BRANCHES = 8  # of the basal dendrites
TIPS = 4  # branches of the tuft
PIECES = 2  # compartments of a branch
RISE = 5  # compartments of the trunk
FIRST_TRUNK = 1 + BRANCHES * PIECES
FIRST_TUFT = FIRST_TRUNK + RISE
DT = 0.5  # ms
STEPS = 120
FAST = GlutamateParams(nmda=0.0)  # AMPA receptors alone

# The picture: a line from (x1, y1) to (x2, y2), and the part it belongs to; heights are the parts'
# numbers and no lengths.
LINES = [
    (0.0, 2.8, 0.0, 0.45, AXON),
    (0.0, 1.1, 0.3, 0.6, AXON),
    (0.0, 0.85, -0.25, 0.5, AXON),
    (-0.1, 2.85, -0.5, 2.3, BASAL),
    (-0.5, 2.3, -0.9, 2.1, BASAL),
    (-0.5, 2.3, -0.6, 1.75, BASAL),
    (0.1, 2.85, 0.5, 2.3, BASAL),
    (0.5, 2.3, 0.9, 2.1, BASAL),
    (0.5, 2.3, 0.6, 1.75, BASAL),
    (0.0, 3.2, 0.0, 4.6, TRUNK),
    (0.0, 4.6, -0.4, 4.95, TUFT),
    (-0.4, 4.95, -0.8, 5.15, TUFT),
    (-0.4, 4.95, -0.45, 5.5, TUFT),
    (0.0, 4.6, 0.4, 4.95, TUFT),
    (0.4, 4.95, 0.8, 5.15, TUFT),
    (0.4, 4.95, 0.45, 5.5, TUFT),
]
NAME_X = [0.4, 1.0, 0.25, 0.15, 0.95]  # where the parts' names begin
NAME_Y = [0.75, 2.1, 3.0, 3.85, 5.15]
SPOTS = 5  # of a line or a name, that a click finds


def cell(trunk, params):
    """The soma, its basal branches, a trunk and the branches of the tuft."""
    parent, length, diameter = [-1], [20.0], [20.0]
    for b in range(BRANCHES):
        for p in range(PIECES):
            parent.append(0 if p == 0 else b * PIECES + p)
            length.append(80.0)
            diameter.append(1.2)
    for p in range(RISE):
        parent.append(0 if p == 0 else FIRST_TRUNK + p - 1)
        length.append(100.0)
        diameter.append(trunk)
    for b in range(TIPS):
        for p in range(PIECES):
            before = FIRST_TUFT + b * PIECES + p - 1
            parent.append(FIRST_TRUNK + RISE - 1 if p == 0 else before)
            length.append(80.0)
            diameter.append(0.9)
    return cable_tree(parent, length, diameter, params)


def site(part: int):
    """The compartment that synapses on this part are on."""
    if part == BASAL:
        return PIECES
    if part == TRUNK:
        return FIRST_TRUNK + 2
    if part == TUFT:
        return FIRST_TUFT + PIECES - 1
    return 0


def volley(at: int, count, tree):
    """What synapses at one place make of it and of the soma, in mV above rest in each step."""
    v = [tree.e_leak for _ in tree.parent]
    quiet, none = [0.0 for _ in v], [0.0 for _ in v]
    state = GlutamateState(ExponentialState(0.0), NMDAState(0.0, 0.0))
    here, soma = [0.0], [0.0]
    for t in range(STEPS):
        x = count if t == 0 else 0.0
        opened, state = glutamate_step(x, v[at], state, FAST, DT)
        g = [opened if k == at else 0.0 for k, _ in enumerate(quiet)]
        v = cable_step(v, g, none, tree, DT)  # what synapses pull to is at 0 mV
        here.append(v[at] - tree.e_leak)
        soma.append(v[0] - tree.e_leak)
    return here, soma


def largest(xs):
    found = 0.0
    for x in xs:
        found = maximum(found, x)
    return found


def spots():
    """Points of the picture, and the part that each belongs to."""
    xs, ys, parts = [0.0], [3.0], [1.0 * SOMA]
    for x1, y1, x2, y2, part in LINES:
        for k in range(SPOTS):
            xs.append(x1 + (x2 - x1) * k / (SPOTS - 1))
            ys.append(y1 + (y2 - y1) * k / (SPOTS - 1))
            parts.append(1.0 * part)
    for n, x in enumerate(NAME_X):
        for k in range(SPOTS):
            xs.append(x + 0.15 * k)
            ys.append(NAME_Y[n])
            parts.append(n + 1.0)
    return xs, ys, parts


def simulate(part: int, count: int, trunk, leak):
    """Light a part; synapses there are reached once.

    Args:
        part: 1 axon, 2 basal dendrites, 3 soma, 4 apical trunk, 5 apical tuft.
        count: synapses.
        trunk: its diameter in um.
        leak: resistance of the membrane in kOhm cm2.
    """
    tree = cell(trunk, CableParams(r_m=leak))
    here, soma = volley(site(part), 0.0 if part == AXON else 1.0 * count, tree)
    there, at_soma = largest(here), largest(soma)
    spot_x, spot_y, spot_part = spots()
    x1, y1, x2, y2, lit_x1, lit_y1, lit_x2, lit_y2 = [], [], [], [], [], [], [], []
    for a, b, c, d, of in LINES:
        x1.append(a)
        y1.append(b)
        x2.append(c)
        y2.append(d)
        if of == part:
            lit_x1.append(a)
            lit_y1.append(b)
            lit_x2.append(c)
            lit_y2.append(d)
    if part == AXON:
        said = (
            "Axon: spikes leave the cell by it, and synapses of this kind do not end on it. What "
            "the soma makes of its dendrites is sent from here to other cells."
        )
    else:
        many = f"{count:d} synapses lift" if count > 1 else "One synapse lifts"
        reached = f"{many} the place by {there:.1f} mV and the soma by {at_soma:.1f} mV."
        if part == BASAL:
            said = f"Basal dendrites: short, around the soma. {reached}"
        elif part == SOMA:
            said = f"Soma: all dendrites meet here. {many} it by {there:.1f} mV."
        elif part == TRUNK:
            said = f"Apical trunk: the thick dendrite, no axon. {reached}"
        else:
            said = f"Apical tuft: the far end of the apical dendrite. {reached}"
    return {
        "x1": x1,
        "y1": y1,
        "x2": x2,
        "y2": y2,
        "lit_x1": lit_x1,
        "lit_y1": lit_y1,
        "lit_x2": lit_x2,
        "lit_y2": lit_y2,
        "soma_x": [0.0],
        "soma_y": [3.0],
        "name_x": NAME_X,
        "name_y": NAME_Y,
        "spot_x": spot_x,
        "spot_y": spot_y,
        "spot_part": spot_part,
        "knob_x": [0.55 if part == BASAL else 0.6 if part == TUFT else 0.0],
        "knob_y": [1.0 * part],
        "t": [k * DT for k in range(STEPS + 1)],
        "here": here,
        "soma": soma,
        "peaks": [there, at_soma],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="The parts of a pyramidal cell",
    caption="Spikes leave by the axon, below. The long process upwards is the apical dendrite. "
    "Synapses far out, on its tuft, make a large local change and little of it reaches the soma. "
    "The picture is not to scale.",
    inputs=(
        slider("part", "Part (1 axon to 5 tuft)", AXON, TUFT, 1, TUFT),
        slider("count", "Synapses there", 1, 30, 1, 10),
        slider("trunk", "Diameter of the trunk", 1, 4, 0.1, 2.5, "µm"),
        slider("leak", "Resistance of the membrane", 5, 40, 1, 15, "kΩ cm²"),
    ),
    panels=(
        panel(
            "The cell; the thick part is lit",
            axis(None, -1.1, 2.25),
            axis(None, 0.3, 5.7),
            mark("link", "soft", x1="x1", y1="y1", x2="x2", y2="y2",
                 options={"strokeWidth": 3, "strokeLinecap": "round"}),
            mark("link", "b", x1="lit_x1", y1="lit_y1", x2="lit_x2", y2="lit_y2",
                 options={"strokeWidth": 7, "strokeLinecap": "round"}),
            mark("dot", "soft", fill="soft", x="soma_x", y="soma_y",
                 options={"r": 13, "symbol": "triangle"}),
            mark("dot", "ink", fill="b", label="lit part", x="knob_x", y="knob_y",
                 options={"r": 8}),
            mark("text", fill="ink", x="name_x", y="name_y", options={
                "text": ["axon", "basal dendrites", "soma", "apical trunk", "apical tuft"],
                "textAnchor": "start", "fontSize": 13}),
            height=330,
        ),
        panel(
            "After a spike to all synapses on the lit part",
            axis("time (ms)", 0, STEPS * DT),
            axis("above rest (mV)", 0, 60, ticks=4),
            mark("line", "b", label="at the lit part", x="t", y="here",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="at the soma", dash="dashed", x="t", y="soma",
                 options={"strokeWidth": 2.5}),
            height=170,
        ),
    ),
    handles=(
        handle("Part", "knob_x", "knob_y", drag_y="part", spots=("spot_x", "spot_y", "spot_part")),
    ),
    table=(("t", "time (ms)"), ("here", "at the lit part (mV)"), ("soma", "at the soma (mV)")),
)  # fmt: skip
