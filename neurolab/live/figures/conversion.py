"""A trained network of rectified units, converted to spikes: bits, steps, rates and a synapse."""

from neurolab.core.ops import abs, exp, maximum, minimum
from neurolab.live.digits import pictures
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.fresh_digits import FRESH_LABELS, FRESH_PACKED
from neurolab.live.linear import matvec
from neurolab.live.small_nets import (
    DENSE_HIDDEN,
    DENSE_HIDDEN_SCALE,
    DENSE_OUT,
    DENSE_OUT_SCALE,
    weights,
)
from neurolab.neuromorphic.cells import CellParams, CellState, cell_step

PIXELS = 64
UNITS = 24
CLASSES = 10
LONGEST = 32  # steps
FULL = 6  # bits in which the weights are stored
LARGEST = 8.783  # activity of a hidden unit on the thousand digits that it learned from
BEHIND = 1.0  # what is left of a count in a step


def rounded(rows: list, bits: int) -> list:
    """Weights in ``bits`` bits, the last column (biases) as it is."""
    most = 0.0
    for row in rows:
        for k in range(len(row) - 1):
            most = maximum(most, abs(row[k]))
    levels = 1.0
    for _ in range(bits - 1):
        levels = 2 * levels
    unit = most / (levels - 1)
    found = []
    for row in rows:
        new = [int(abs(x) / unit + 0.5) * (unit if x > 0 else -unit) for x in row]
        new[len(row) - 1] = row[len(row) - 1]
        found.append(new)
    return found


def with_one(x: list) -> list:
    """The weight of the 1 is the bias."""
    found = [v for v in x]
    found.append(1.0)
    return found


def largest(values: list) -> int:
    """Place of the largest number."""
    best = 0
    for k, v in enumerate(values):
        if v > values[best]:
            best = k
    return best


def simulate(steps: int, bits: int, scale, tau, shown: int):
    """A hundred digits that were not learned from, as a constant current for some steps each.

    Args:
        steps: for which a digit is shown, T.
        bits: of a weight.
        scale: of firing rates; at 1 the largest activity is a spike in every step.
        tau: of the synapse behind the read-out, in steps; 0 for the mean of all steps.
        shown: digit that is drawn.
    """
    top = LARGEST / scale
    first = weights(DENSE_HIDDEN, DENSE_HIDDEN_SCALE, PIXELS + 1)
    second = weights(DENSE_OUT, DENSE_OUT_SCALE, UNITS + 1)
    coarse_first = rounded(first, bits) if bits < FULL else first
    coarse = rounded(second, bits) if bits < FULL else second
    keep = exp(-1 / tau) if tau > 0 else BEHIND
    params = CellParams(decay=1.0, gain=1.0)
    right = [0.0 for _ in range(LONGEST)]
    exact, fired, t_of, unit_of, both, answer = 0.0, 0.0, [], [], [], 0
    told, wanted, rates, read, read_units = [], [], [], [], []
    for n, x in enumerate(pictures(FRESH_PACKED)):
        units = [maximum(v, 0.0) for v in matvec(first, with_one(x))]
        scores = matvec(second, with_one(units))
        read_units.append(largest(scores))
        exact += 1.0 if read_units[n] == FRESH_LABELS[n] else 0.0
        drive = [v / top for v in matvec(coarse_first, with_one(x))]
        live = [k for k, v in enumerate(drive) if v > 0]  # the others can never fire
        state = [CellState(v=0.0, i=0.0, u=-1.0) for _ in drive]
        y, count, sizes = [0.0 for _ in scores], [0.0 for _ in drive], 0.0
        for t in range(LONGEST):
            for c, row in enumerate(coarse):
                y[c] = keep * y[c] + row[UNITS]
            sizes = keep * sizes + 1
            for k in live:
                z, state[k] = cell_step(drive[k], state[k], params, 1.0)
                if z > 0:
                    for c, row in enumerate(coarse):
                        y[c] += top * row[k]
                    if t < steps:
                        fired += 0.01
                        count[k] += 1
                        if n == shown - 1:
                            t_of.append(t + 1)
                            unit_of.append(k + 1)
            best = largest(y)
            right[t] += 1.0 if best == FRESH_LABELS[n] else 0.0
            if t == steps - 1:
                read.append(best)
                if n == shown - 1:
                    answer, told, wanted = best, [v / sizes for v in y], scores
        if n == shown - 1:
            rates = [k / steps for k in count]
            both = [minimum(v / top, 1.2) for v in units]
    here = right[steps - 1]
    label = FRESH_LABELS[shown - 1]
    return {
        "t": [k + 1 for k in range(LONGEST)],
        "right": right,
        "steps": [steps],
        "here": [here],
        "exact": [exact],
        "span": [1, LONGEST],
        "level": [exact, exact],
        "spike_t": t_of,
        "spike_unit": unit_of,
        "line": [0.0, 1.2],
        "rates": rates,
        "units": both,
        "digit": [k for k in range(CLASSES)],
        "told": told,
        "wanted": wanted,
        "spikes": [fired],
        "number": [n + 1 for n in range(len(read))],
        "label": FRESH_LABELS,
        "read": read,
        "read_units": read_units,
        "summary": f"After {steps:d} steps with weights of {bits:d} bits {here:.0f} of 100 digits "
        f"are read rightly, with {fired:.0f} spikes a digit; rectified units read {exact:.0f}. "
        f"Digit {shown:d} is a {label:d}, read as {answer:d}.",
    }


FIGURE = Figure(
    simulate,
    title="From rectified units to spikes",
    caption="A network of 24 rectified units, trained on digits, runs as integrate-and-fire "
    "neurons. In three steps a neuron fires 0 to 3 times, so it tells four rates apart, and some "
    "digits are misread. Ten times the steps say what the activities said.",
    inputs=(
        slider("steps", "Steps that a digit is shown", 1, LONGEST, 1, 3),
        slider("bits", "Bits of a weight (6: as stored)", 2, FULL, 1, FULL),
        slider("scale", "Scale of firing rates", 0.25, 4, 0.25, 1),
        slider("tau", "Synapse behind the read-out (0: mean)", 0, 20, 1, 0, "steps"),
        slider("shown", "Digit drawn", 1, 100, 1, 1),
    ),
    panels=(
        panel(
            "Right answers, by the steps that a digit is shown",
            axis("steps", 0, LONGEST + 1),
            axis("of 100 digits", 0, 105, ticks=4),
            mark("line", "ink", dash="dashed", label="rectified units", x="span", y="level"),
            mark("line", "a", label="spikes", x="t", y="right", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="b", label="now", x="steps", y="here", options={"r": 6}),
            height=190,
        ),
        panel(
            "One digit: spikes of the hidden neurons",
            axis("step", 0, LONGEST + 1),
            axis("neuron", 0.4, UNITS + 0.6, ticks=4),
            mark("spikes", "a", x="spike_t", y="spike_unit", options={"strokeWidth": 1.5}),
            mark("ruleX", "ink", dash="dotted", x="steps"),
            height=180,
        ),
        panel(
            "The same digit: rate of each hidden neuron by its activity",
            axis("activity, in spikes a step", 0, 1.22, ticks=5),
            axis("spikes a step", -0.05, 1.22, ticks=5),
            mark("line", "soft", dash="dashed", label="equal", x="line", y="line"),
            mark("dot", "ink", fill="a", label="neuron", x="units", y="rates",
                 options={"r": 4}),
            height=210,
        ),
        panel(
            "The same digit: scores",
            axis("digit", -0.5, CLASSES - 0.5, ticks=CLASSES),
            axis("score", -40, 30, ticks=4),
            level("ruleY", 0),
            mark("dot", "ink", label="rectified units", x="digit", y="wanted",
                 options={"r": 6}),
            mark("dot", "ink", fill="a", label="spikes", x="digit", y="told",
                 options={"r": 3.5}),
            height=170,
        ),
    ),
    handles=(handle("Steps", "steps", "here", 0, drag_x="steps"),),
    table=(("number", "number"), ("label", "digit"), ("read", "read from spikes"),
           ("read_units", "by rectified units")),
)  # fmt: skip
