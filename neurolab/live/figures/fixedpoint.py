"""One neuron of Loihi in whole numbers, and the same neuron in floats: where do they part?"""

from neurolab.core.ops import exp, maximum, minimum
from neurolab.core.random import seeded, uniform
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.neuromorphic.cells import CellParams, CellState, cell_step
from neurolab.neuromorphic.chip import ChipParams, ChipState, chip_step

STEPS = 150  # of 1 ms
PART = 0.25  # of the steps in which a spike comes in
MOST = 254.0  # of a weight in whole numbers
STEP = 64.0  # of thresholds
UNIT = 4096.0  # of decays
GRID = 81  # points of the curve of weights
FARTHEST = 0.5  # of the difference that is drawn, in threshold distances
WIDEST = 0.6  # of the weights that are drawn, in threshold distances


def doubled(times: int):
    """1, doubled so many times."""
    x = 1.0
    for _ in range(times):
        x = 2 * x
    return x


def kept(w, bits: int, most):
    """The weight that the chip has, in whole numbers of MOST for ``most``."""
    step = doubled(9 - bits)
    x = (w * MOST / most / step + 0.5) // 1
    return step * minimum(maximum(x, -256 / step), 256 / step - 1)


def decay_of(tau) -> int:
    """What a step takes away, in 4096ths."""
    return int(UNIT * (1 - exp(-1 / tau)) + 0.5)


def simulate(bits: int, w, most, exponent: int, tau):
    """Random spikes into a neuron with a synaptic current, in whole numbers and in floats.

    Args:
        bits: of a weight.
        w: weight of the input, in threshold distances.
        most: the largest weight of the layer, which sets the scale of all.
        exponent: e, of the layer's weights.
        tau: time constant of the potential in ms; that of the current is 5 ms.
    """
    power = doubled(6 + exponent)
    scale = MOST * power / most  # a threshold distance in whole numbers
    threshold = STEP * maximum(1.0, (scale / STEP + 0.5) // 1)
    has = kept(w, bits, most) * power
    whole = ChipParams(
        decay_i=UNIT - 1 - int(UNIT * exp(-0.2) + 0.5),
        decay_v=decay_of(tau),
        threshold=threshold,
    )
    exact = CellParams(decay=exp(-1 / tau), gain=1.0, keep=exp(-0.2), reset=0.0, subtract=0.0)
    a, b = CellState(v=0.0, i=0.0, u=-1.0), ChipState(v=0.0, i=0.0, left=0.0, u=-1.0)
    s, ts, ins, v, v_chip, gap = seeded(4), [], [], [], [], []
    spikes, spikes_chip, fired, fired_chip, both, first = [], [], 0, 0, 0, 0
    for t in range(STEPS):
        u, s = uniform(s)
        x = 1.0 if u < PART else 0.0
        if x > 0:
            ins.append(t)
        z, a = cell_step(w * x, a, exact, 1.0)
        z_chip, b = chip_step(has * x, b, whole, 1.0)
        ts.append(t)
        v.append(1.0 if z > 0 else a.v)
        v_chip.append(1.0 if z_chip > 0 else b.v / threshold)
        gap.append(maximum(-FARTHEST, minimum(FARTHEST, v_chip[t] - v[t])))
        fired += 1 if z > 0 else 0
        fired_chip += 1 if z_chip > 0 else 0
        both += 1 if z > 0 and z_chip > 0 else 0
        if z > 0:
            spikes.append(t)
        if z_chip > 0:
            spikes_chip.append(t)
        if first == 0 and z != z_chip:
            first = t + 1
    union = fired + fired_chip - both
    apart = 100 * (union - both) / union if union > 0 else 0.0
    wanted = [minimum(most, WIDEST) * k / (GRID - 1) for k in range(GRID)]
    held = has / threshold
    said = "they fire alike" if first == 0 else f"they part in step {first:d}"
    return {
        "t": ts,
        "v": v,
        "v_chip": v_chip,
        "gap": gap,
        "spikes": spikes,
        "float_row": [2 for _ in spikes],
        "spikes_chip": spikes_chip,
        "chip_row": [1 for _ in spikes_chip],
        "ins": ins,
        "in_row": [3 for _ in ins],
        "wanted": wanted,
        "held": [minimum(kept(x, bits, most) * power / threshold, WIDEST) for x in wanted],
        "w": [w],
        "has": [minimum(held, WIDEST)],
        "span": [0.0, WIDEST],
        "threshold": [threshold],
        "weight": [has],
        "decay": [1.0 * decay_of(tau)],
        "apart": [apart],
        "summary": f"The weight {w:.2f} becomes {has:.0f}, which is {held:.3f} of the threshold "
        f"{threshold:.0f}; the potential loses {decay_of(tau):d} of 4096 in a step. Floats fire "
        f"{fired:d} times, the chip {fired_chip:d}; {said}, and {apart:.0f} % of the spikes "
        f"differ.",
    }


FIGURE = Figure(
    simulate,
    title="One neuron in whole numbers",
    caption="The same input spikes reach a neuron in floats and one of a chip. With weights of "
    "eight bits they fire alike. With seven a rounding moves one spike, and after it most others; "
    "the rate stays. With fewer bits, or one large weight elsewhere in the layer, the rate goes, "
    "too.",
    inputs=(
        slider("bits", "Bits of a weight", 2, 8, 1, 8),
        slider("w", "Weight of the input", 0.02, 0.4, 0.01, 0.18),
        slider("most", "Largest weight of the layer", 0.4, 4, 0.1, 0.4),
        slider("exponent", "Exponent of the layer", -6, 0, 1, 0),
        slider("tau", "Time constant of the potential", 5, 200, 5, 20, "ms"),
    ),
    panels=(
        panel(
            "Potential",
            axis("time (ms)", 0, STEPS),
            axis("threshold distances", 0, 1.1, ticks=4),
            level("ruleY", 1, dash="dotted"),
            mark("line", "a", label="floats", x="t", y="v", options={"strokeWidth": 2.5}),
            mark("line", "b", dash="dashed", label="chip", x="t", y="v_chip",
                 options={"strokeWidth": 2}),
            height=190,
        ),
        panel(
            "Spikes: in (3), floats (2), chip (1)",
            axis("time (ms)", 0, STEPS),
            axis(None, 0.4, 3.6),
            mark("spikes", "ink", x="ins", y="in_row", options={"strokeWidth": 1.5}),
            mark("spikes", "a", x="spikes", y="float_row", options={"strokeWidth": 2.5}),
            mark("spikes", "b", x="spikes_chip", y="chip_row", options={"strokeWidth": 2.5}),
            height=110,
        ),
        panel(
            "Chip minus floats",
            axis("time (ms)", 0, STEPS),
            axis("threshold distances", -FARTHEST, FARTHEST, ticks=2),
            level("ruleY", 0),
            mark("line", "ink", x="t", y="gap", options={"strokeWidth": 1.5}),
            height=120,
        ),
        panel(
            "The weight that the chip has",
            axis("weight wanted", 0, WIDEST),
            axis("weight held", 0, WIDEST, ticks=4),
            mark("line", "soft", dash="dashed", label="equal", x="span", y="span"),
            mark("line", "b", label="held", x="wanted", y="held", options={"strokeWidth": 2}),
            mark("dot", "ink", fill="c", label="this weight", x="w", y="has", options={"r": 6}),
            height=210,
        ),
    ),
    handles=(handle("Weight", "w", "has", 3, drag_x="w"),),
    table=(("t", "time (ms)"), ("v", "potential, floats"), ("v_chip", "potential, chip")),
)  # fmt: skip
