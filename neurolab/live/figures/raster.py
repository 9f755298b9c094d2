"""One digit through two networks: a dense pass at once, and spikes one after the other."""

from neurolab.core.ops import exp, maximum
from neurolab.core.trace import trace_step
from neurolab.live.digits import LABELS, unpacked
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot, matvec
from neurolab.live.small_nets import (
    DENSE_HIDDEN,
    DENSE_HIDDEN_SCALE,
    DENSE_OUT,
    DENSE_OUT_SCALE,
    SPIKING_HIDDEN,
    SPIKING_HIDDEN_SCALE,
    SPIKING_OUT,
    SPIKING_OUT_SCALE,
    weights,
)
from neurolab.spiking import LIFParams, LIFState, lif_step

PIXELS = 64
UNITS = 24  # hidden neurons
CLASSES = 10
STEPS = 60
DT = 0.5  # ms
WINDOW = 20.0  # ms over which the pixels fire
THRESHOLD = 0.1  # pixels at or below it are silent
TAU = 10.0  # ms, membranes
MACS = PIXELS * UNITS + UNITS * CLASSES
BETWEEN = 6  # empty rows of the raster


def dense(x: list) -> list:
    """Hidden activities and scores of the dense network, in one pass."""
    with_one = [v for v in x]
    with_one.append(1.0)  # its weight is the bias
    h = [maximum(v, 0.0) for v in matvec(weights(DENSE_HIDDEN, DENSE_HIDDEN_SCALE, 65), with_one)]
    with_one = [v for v in h]
    with_one.append(1.0)
    return [h, matvec(weights(DENSE_OUT, DENSE_OUT_SCALE, 25), with_one)]


def largest(values: list) -> int:
    """Place of the largest number."""
    best = 0
    for k, v in enumerate(values):
        if v > values[best]:
            best = k
    return best


def spiking(x: list) -> dict:
    """The spikes of pixels and hidden neurons, and the mean potentials so far, step by step."""
    w = weights(SPIKING_HIDDEN, SPIKING_HIDDEN_SCALE, PIXELS)
    out = weights(SPIKING_OUT, SPIKING_OUT_SCALE, UNITS)
    first = [int(WINDOW * (1 - v) / DT + 0.0001) if v > THRESHOLD else STEPS for v in x]
    state = [LIFState(v=0.0, u=-1.0) for _ in w]
    u, total = [0.0 for _ in out], [0.0 for _ in out]
    mean, pixel_t, pixel, hidden_t, hidden, synops = [], [], [], [], [], []
    acs = 0
    for k in range(STEPS):
        come = [i for i, at in enumerate(first) if at == k]
        for i in come:
            pixel_t.append(k * DT)
            pixel.append(i)
        acs += UNITS * len(come)
        fired, after = [], []
        for n, now in enumerate(state):
            current = 0.0
            for i in come:
                current += w[n][i]
            z, then = lif_step(current, now, LIFParams(tau=TAU), DT)
            after.append(then)
            fired.append(z)
            if z > 0:
                hidden_t.append(k * DT)
                hidden.append(n)
                acs += CLASSES
        state = after
        u = [trace_step(dot(row, fired), v, TAU, DT) for row, v in zip(out, u, strict=True)]
        total = [a + v for a, v in zip(total, u, strict=True)]
        mean.append([a / (k + 1) for a in total])
        synops.append(acs)
    return {"mean": mean, "pixel_t": pixel_t, "pixel": pixel, "hidden_t": hidden_t,
            "hidden": hidden, "synops": synops}  # fmt: skip


def simulate(digit, time):
    """A digit through both networks, the spiking one up to a moment.

    Args:
        digit: which of a hundred.
        time: up to which the spikes are shown, in ms.
    """
    x = unpacked()[int(digit)]
    h, score = dense(x)
    strongest, peak = 1e-9, score[largest(score)]
    for v in h:
        strongest = maximum(strongest, v)
    shared = 0.0
    for v in score:
        shared += exp(v - peak)
    across, layer, value = [], [], []
    for k, v in enumerate(x):
        across.append(k)
        layer.append(2)
        value.append(v)
    for k, v in enumerate(h):
        across.append(k)
        layer.append(1)
        value.append(v / strongest)
    for k, v in enumerate(score):
        across.append(k)
        layer.append(0)
        value.append(exp(v - peak) / shared)
    told = spiking(x)
    now = int(time / DT + 0.5) - 1
    answer, answers = largest(told["mean"][now]), largest(told["mean"][STEPS - 1])
    t, own, other = [], [], []
    for k, row in enumerate(told["mean"]):
        rest = [v for c, v in enumerate(row) if c != answers]
        t.append((k + 1) * DT)
        own.append(row[answers])
        other.append(rest[largest(rest)])
    settled = STEPS
    for k in range(STEPS - 1, -1, -1):
        if own[k] > other[k] and settled == k + 1:
            settled = k
    pixel_t = [s for s in told["pixel_t"] if s < time]
    hidden_t = [s for s in told["hidden_t"] if s < time]
    return {
        "column": [k % 8 for k in range(PIXELS)],
        "row": [-(k // 8) for k in range(PIXELS)],
        "ink": x,
        "across": across,
        "layer": layer,
        "value": value,
        "pixel_t": pixel_t,
        "pixel": [told["pixel"][k] for k in range(len(pixel_t))],
        "hidden_t": hidden_t,
        "hidden": [PIXELS + BETWEEN + told["hidden"][k] for k in range(len(hidden_t))],
        "at": [time],
        "middle": [45],
        "t": t,
        "own": own,
        "other": other,
        "synops": told["synops"],
        "settled": [(settled + 1) * DT],
        "answer": [answer],
        "dense_answer": [largest(score)],
        "label": [LABELS[int(digit)]],
        "summary": f"A {LABELS[int(digit)]:.0f}. Dense: {largest(score):.0f}, after {MACS:.0f} "
        f"multiply-accumulates. Spiking, after {time:.1f} ms: {answer:.0f}, with "
        f"{len(pixel_t):.0f} spikes of pixels, {len(hidden_t):.0f} of hidden neurons and "
        f"{told['synops'][now]:.0f} accumulates. It does not change its answer "
        f"after {(settled + 1) * DT:.1f} ms.",
    }


FIGURE = Figure(
    simulate,
    title="One digit, two networks",
    caption="The dense network has every number at once, with one multiplication for each weight. "
    "In the spiking one the dark pixels speak first; at 13 ms the class that is answered in the "
    "end takes the lead. Both learned from a thousand digits, these among them.",
    inputs=(
        slider("digit", "Digit, of a hundred", 0, 99, 1, 3),
        slider("time", "Time", 0.5, 30, 0.5, 20, "ms"),
    ),
    panels=(
        panel(
            "The digit",
            axis(None, -8, 15),
            axis(None, -7.6, 0.6),
            mark("heat", fill="ink", x="column", y="row", value="ink"),
            aspectRatio=1,
            marginTop=4,
            marginBottom=4,
        ),
        panel(
            "Dense: pixels (top), hidden (middle), classes 0 to 9 (bottom), all at once",
            axis(None, -1, 64),
            axis(None, -0.6, 2.6),
            mark("heat", fill="b", label="activity in the dense network", x="across", y="layer",
                 value="value", options={"size": 0.9}),
            height=90,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "Spiking: pixels below, hidden neurons above",
            axis(None, 0, 30),
            axis(None, -2, 96),
            mark("spikes", "ink", label="spike of a pixel", x="pixel_t", y="pixel",
                 options={"strokeWidth": 2.5}),
            mark("spikes", "a", label="spike of a hidden neuron", dash="dashed", x="hidden_t",
                 y="hidden", options={"strokeWidth": 3}),
            mark("ruleX", "soft", x="at"),
            height=240,
            marginBottom=10,
        ),
        panel(
            "Mean potential of an output since the start",
            axis("time (ms)", 0, 30),
            axis("× threshold", -6, 6),
            mark("line", "a", label="class answered in the end", x="t", y="own",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="best of the others", dash="dashed", x="t", y="other",
                 options={"strokeWidth": 2}),
            mark("ruleX", "soft", x="at"),
            height=170,
        ),
    ),
    handles=(handle("Time", "at", "middle", panel=2, drag_x="time"),),
    table=(("t", "time (ms)"), ("own", "class answered"), ("other", "best other"),
           ("synops", "accumulates so far")),
)  # fmt: skip
