"""A neuron of three segments learns patterns one after another, by permanence."""

from neurolab.core.random import seeded
from neurolab.dendrites.segment import segment_active
from neurolab.live.coincidences import flags, moved, pattern
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.permanences import (
    ACTIVE,
    CELLS,
    CONNECTED,
    PLACES,
    SEGMENTS,
    THRESHOLD,
    Rates,
    begin,
    learn,
    met,
)

BINS = 20


def simulate(patterns: int, shows: int, noise, gain, loss):
    """Each pattern is shown some times, one pattern after another.

    Args:
        patterns: that are shown.
        shows: of each.
        noise: part of its cells that are silent in a show while others fire, in percent.
        gain: by which the permanence of an active synapse grows.
        loss: by which that of an inactive one shrinks.
    """
    rates, state = Rates(gain, loss), seeded(5)
    neuron, state = begin(state)
    wanted = []
    for _ in range(patterns):
        cells, state = pattern(CELLS, ACTIVE, state)
        wanted.append(cells)
    step, place, value, on_step, on_place, one = [], [], [], [], [], []
    time, grown, removed, total = [], [], [], 0
    for t in range(patterns * shows):
        on, state = moved(CELLS, wanted[t // shows], int(ACTIVE * noise / 100 + 0.5), state)
        neuron, told, state = learn(neuron, on, t, rates, state)
        time.append(t + 1)
        total += told[1]
        grown.append(told[2])
        removed.append(-told[3])
        for k in range(SEGMENTS):
            for j in range(PLACES):
                step.append(t + 1)
                place.append(1 + j + k * (PLACES + 1))
                value.append(neuron.permanence[k][j])
                if neuron.permanence[k][j] >= CONNECTED:
                    on_step.append(t + 1)
                    on_place.append(1 + j + k * (PLACES + 1))
                    one.append(1.0)
    known, connected, counts = 0, 0, [0 for _ in range(BINS)]
    for cells in wanted:
        on = flags(CELLS, cells)
        best = 0
        for k in range(SEGMENTS):
            best = met(neuron, on, k, CONNECTED) if met(neuron, on, k, CONNECTED) > best else best
        known += 1 if segment_active(best, THRESHOLD) > 0 else 0
    for k in range(SEGMENTS):
        for p in neuron.permanence[k]:
            connected += 1 if p >= CONNECTED else 0
            j = int(p * BINS + 1e-9)
            counts[j if j < BINS else BINS - 1] += 1
    return {
        "step": step,
        "place": place,
        "value": value,
        "on_step": on_step,
        "on_place": on_place,
        "one": one,
        "time": time,
        "none": [0 for _ in time],
        "grown": grown,
        "removed": removed,
        "bin": [(j + 0.5) / BINS for j in range(BINS)],
        "bottom": [0 for _ in range(BINS)],
        "counts": counts,
        "gain_x": [0.0, gain],
        "gain_y": [34.0, 34.0],
        "gain_at": [gain],
        "loss_x": [0.0, loss],
        "loss_y": [22.0, 22.0],
        "loss_at": [loss],
        "summary": f"{known:d} of {patterns:d} patterns are known at the end. A show touched "
        f"{total / (patterns * shows):.1f} synapses of {SEGMENTS * PLACES:d} on average, all on "
        f"one segment. {connected:d} transmit.",
    }


FIGURE = Figure(
    simulate,
    title="One segment learns at a time",
    caption="Three segments of twelve synapses, patterns shown one after another. At each show one "
    "segment changes (a band) and the others rest. Its synapses connect at the third show. The "
    "fourth pattern finds no free segment and takes the one that has rested longest.",
    inputs=(
        slider("patterns", "Patterns", 1, 5, 1, 4),
        slider("shows", "Shows of each", 1, 6, 1, 5),
        slider("noise", "Cells that move in a show", 0, 50, 5, 10, "%"),
        slider("gain", "Gain of an active synapse", 0.0, 0.4, 0.05, 0.15),
        slider("loss", "Loss of an inactive synapse", 0.0, 0.4, 0.05, 0.05),
    ),
    panels=(
        panel(
            "Permanence of all synapses, segment by segment",
            axis(None, 0, 31),
            axis("place", -1, 40, ticks=0),
            mark("heat", fill="a", label="permanence", x="step", y="place", value="value",
                 options={"size": 0.95}),
            mark("heat", fill="ink", label="transmits", x="on_step", y="on_place", value="one",
                 options={"size": 0.3}),
            height=260,
            marginBottom=6,
        ),
        panel(
            "Synapses grown and given up in each show",
            axis("show", 0, 31),
            axis("synapses", -13, 13, ticks=3),
            mark("ruleX", "a", label="grown", x="time", y1="none", y2="grown",
                 options={"strokeWidth": 7}),
            mark("ruleX", "b", label="given up", dash="dashed", x="time", y1="none", y2="removed",
                 options={"strokeWidth": 7}),
            level("ruleY", 0),
            height=130,
        ),
        panel(
            "Permanences at the end",
            axis("permanence", 0, 1),
            axis("synapses", 0, 36, ticks=4),
            mark("ruleX", "a", x="bin", y1="bottom", y2="counts", options={"strokeWidth": 10}),
            mark("line", "ink", label="gain of a show", x="gain_x", y="gain_y",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="loss", dash="dotted", x="loss_x", y="loss_y",
                 options={"strokeWidth": 2.5}),
            level("ruleX", CONNECTED, color="ink", label="transmits above", dash="dashed"),
            height=140,
        ),
    ),
    handles=(
        handle("Gain", "gain_at", 34.0, panel=2, drag_x="gain"),
        handle("Loss", "loss_at", 22.0, panel=2, drag_x="loss"),
    ),
    table=(("step", "show"), ("place", "place"), ("value", "permanence")),
)  # fmt: skip
