"""A segment and its threshold: false matches of random patterns, missed ones of a moved pattern."""

from neurolab.core.ops import log, maximum
from neurolab.core.random import seeded
from neurolab.dendrites.segment import segment_active
from neurolab.live.coincidences import drawn, law, power, tails
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

TRIALS = 1000  # patterns that are drawn, of each kind
FEWEST = 4  # synapses in the picture of all
MOST = 32
DEPTH = 16.0  # powers of ten over which the picture of all fades
LOWEST = -30.0  # power of ten at the foot of the curves


def simulate(cells: int, active: int, synapses: int, threshold: int, moved):
    """Chances by the formula for every threshold, and of patterns that were drawn.

    Args:
        cells: their number n.
        active: how many of them are active at a time, a.
        synapses: of the segment, s; all on cells of one stored pattern.
        threshold: active synapses that make the segment active.
        moved: part of the stored pattern's cells that are silent while others fire, in %.
    """
    gone = int(active * moved / 100 + 0.5)
    across, up, shade, miss, tens, percent = [], [], [], [], [], []
    theta, false, theta_missed, missed = [], [], [], []
    best, least, least_at = 1, 3.0, 0.0
    own_false, own_missed = 0.0, 1.0
    for s in range(FEWEST, MOST + 1):
        chance, lost = tails(law(cells, active, s)), tails(law(active, gone, s))
        for t in range(1, s + 1):
            short = s - t + 1  # synapses that must be lost for a miss
            away = power(lost[short]) if short < len(lost) else 0.0
            across.append(s)
            up.append(t)
            tens.append(chance[t])
            percent.append(100 * away)
            shade.append(maximum(0.0, 1 + chance[t] / DEPTH))
            miss.append(away)
            if s == synapses:
                theta.append(t)
                false.append(chance[t])
                if away > 0:
                    theta_missed.append(t)
                    missed.append(lost[short])
                both = power(chance[t]) + away
                if both < least * (1 - 1e-9):
                    best, least, least_at = t, both, maximum(log(both) / log(10), LOWEST)
                if t == threshold:
                    own_false, own_missed = chance[t], away
    state = seeded(7)
    reached, fell = [0 for _ in range(MOST + 2)], [0 for _ in range(MOST + 2)]
    woken = 0.0
    for _ in range(TRIALS):
        hits, state = drawn(cells, active, synapses, state)
        woken += segment_active(hits, threshold)
        for t in range(1, hits + 1):
            reached[t] += 1
        hits, state = drawn(active, active - gone, synapses, state)
        for t in range(hits + 1, synapses + 1):
            fell[t] += 1
    seen_t, seen, seen_missed_t, seen_missed = [], [], [], []
    for t in range(1, synapses + 1):
        if reached[t] > 0:
            seen_t.append(t)
            seen.append(log(reached[t] / TRIALS) / log(10))
        if fell[t] > 0:
            seen_missed_t.append(t)
            seen_missed.append(log(fell[t] / TRIALS) / log(10))
    if threshold > synapses:
        said = f"With {synapses:d} synapses the segment never reaches {threshold:d}."
    else:
        said = (
            f"A random pattern makes the segment active with a chance of 10 to the power "
            f"{own_false:.1f}; of {TRIALS:d} that were drawn {woken:.0f} did. With {gone:d} of "
            f"{active:d} cells moved the stored pattern is missed in {100 * own_missed:.1f} % of "
            f"all cases."
        )
    return {
        "across": across,
        "up": up,
        "shade": shade,
        "miss": miss,
        "tens": tens,
        "percent": percent,
        "theta": theta,
        "false": false,
        "theta_missed": theta_missed,
        "missed": missed,
        "seen_t": seen_t,
        "seen": seen,
        "seen_missed_t": seen_missed_t,
        "seen_missed": seen_missed,
        "s": [synapses],
        "t": [threshold],
        "best": [best],
        "best_y": [least_at],
        "summary": f"{said} Fewest errors of both kinds: threshold {best:d}.",
    }


FIGURE = Figure(
    simulate,
    title="How many synapses must agree?",
    caption="A segment has synapses on a few cells of a stored pattern. Raise the threshold, and "
    "random patterns stop to match long before anybody could count them; raise it too far, and the "
    "stored pattern itself is missed once some of its cells have moved.",
    inputs=(
        slider("cells", "Cells", 400, 20_000, 100, 2000),
        slider("active", "Active at a time", 64, 160, 8, 64),
        slider("synapses", "Synapses", FEWEST, MOST, 1, 24),
        slider("threshold", "Threshold", 1, MOST, 1, 12, "synapses"),
        slider("moved", "Moved cells of the stored pattern", 0, 50, 2, 30, "%"),
    ),
    panels=(
        panel(
            "Chance of both errors, by the threshold",
            axis("threshold (active synapses)", 0, MOST + 1),
            axis("chance (power of ten)", LOWEST, 1),
            mark("line", "a", label="false match, by the formula", x="theta", y="false",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", label="false, counted", x="seen_t", y="seen",
                 options={"r": 4.5}),
            mark("line", "b", label="missed match, by the formula", dash="dashed",
                 x="theta_missed", y="missed", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="b", label="missed, counted", x="seen_missed_t",
                 y="seen_missed", options={"r": 2.5}),
            mark("ruleX", "ink", label="threshold", dash="dotted", x="t"),
            mark("dot", "ink", fill="c", label="fewest errors", x="best", y="best_y",
                 options={"r": 6}),
            height=230,
        ),
        panel(
            "All segments: where false and where missed matches are likely",
            axis("synapses", FEWEST - 1, MOST + 1),
            axis("threshold", 0, MOST + 1),
            mark("heat", fill="a", label="false matches", x="across", y="up", value="shade"),
            mark("heat", fill="b", label="missed matches", x="across", y="up", value="miss",
                 options={"size": 0.6}),
            mark("dot", "ink", fill="c", label="this segment", x="s", y="t", options={"r": 5}),
            height=280,
        ),
    ),
    handles=(
        handle("Threshold", "t", 0.0, drag_x="threshold"),
        handle("Segment", "s", "t", panel=1, drag_x="synapses", drag_y="threshold"),
    ),
    table=(("across", "synapses"), ("up", "threshold"), ("tens", "false match (power of ten)"),
           ("percent", "missed match (%)")),
)  # fmt: skip
