"""Patterns added to one neuron one by one: when does it take others for its own?"""

from neurolab.core.ops import exp, log
from neurolab.core.random import seeded
from neurolab.dendrites.segment import segment_active
from neurolab.live.coincidences import law, moved, pattern, stranger
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider

ACTIVE = 50  # cells of a pattern
MOST = 150  # patterns
TESTS = 500  # strangers: random patterns that were never stored
MOVED = 10  # cells of a stored pattern that fall silent when it is asked again, while others fire
ERROR = 0.01
LOWEST = -8.0  # power of ten at the foot of the picture
NEVER = -99.0  # stands for a chance of 0


def moves(n: int, s: int):
    """Chance of h more of ACTIVE tested cells to be met, when k are and s synapses are added."""
    return [[exp(x) for x in law(n, ACTIVE - k, s)] for k in range(ACTIVE + 1)]


def segment_matches(n: int, s: int, threshold: int, most: int):
    """False match of a segment that holds the synapses of q patterns, for q = 0 .. most."""
    move = moves(n, s)
    row, found = [1.0 if k == 0 else 0.0 for k in range(ACTIVE + 1)], [0.0]
    for _ in range(most):
        new = [0.0 for _ in row]
        for k in range(ACTIVE + 1):
            if row[k] > 0:
                for h in range(len(move[k])):
                    new[k + h] += row[k] * move[k][h]
        row, total = new, 0.0
        for k in range(ACTIVE, threshold - 1, -1):
            total += row[k]
        found.append(total if total < 1 else 1.0)
    return found


def neuron_matches(alone, patterns: int, segments: int):
    """1 - (1 - p_q)^(K - r) (1 - p_(q + 1))^r, for patterns = q K + r."""
    q, r = patterns // segments, patterns % segments
    if alone[q + 1 if r > 0 else q] >= 1:
        return 1.0
    after = alone[q + 1] if r > 0 else 0.0
    quiet = (segments - r) * log(1 - alone[q]) + r * log(1 - after)
    if quiet > -1e-9:  # 1 - exp(quiet) would lose its digits
        return (segments - r) * alone[q] + r * after
    return 1 - exp(quiet)


def stored(n: int, s: int, segments: int, state):
    """Each pattern, the synapses that it adds to its segment, and the next state."""
    held = [[False for _ in range(n)] for _ in range(segments)]
    shown, found = [], []
    for m in range(MOST):
        cells, state = pattern(n, ACTIVE, state)
        mine = held[m % segments]
        new = []
        for j in range(s):
            if not mine[cells[j]]:
                mine[cells[j]] = True
                new.append(cells[j])
        shown.append(cells)
        found.append(new)
    return shown, found, state


def synapses_met(added, on, patterns: int, segments: int):
    """Active synapses of each segment once that many patterns are stored."""
    met = [0 for _ in range(segments)]
    for m in range(patterns):
        for cell in added[m]:
            if on[cell]:
                met[m % segments] += 1
    return met


def most_of(met) -> int:
    most = 0
    for count in met:
        most = count if count > most else most
    return most


def answered(added, on, threshold: int, segments: int, patterns: int):
    """How many patterns are stored when ``on`` is first taken for one of them (MOST + 1: never).

    Also the active synapses of each segment once ``patterns`` are stored.
    """
    met, then, first = [0 for _ in range(segments)], [0 for _ in range(segments)], MOST + 1
    for m in range(MOST):
        k = m % segments
        for cell in added[m]:
            if on[cell]:
                met[k] += 1
        if first > MOST and segment_active(met[k], threshold) > 0:
            first = m + 1
        if m + 1 == patterns:
            then = [count for count in met]
        if first <= MOST and m + 1 >= patterns:
            break
    return first, then


def simulate(patterns: int, segments: int, synapses: int, threshold: int, cells: int):
    """False matches of the neuron after 1, 2, ... patterns, by the law and counted.

    Args:
        patterns: stored so far, M.
        segments: of the neuron, K; patterns go to them in turn.
        synapses: drawn from each pattern, s.
        threshold: active synapses that make a segment active.
        cells: their number n; 50 are active at a time.
    """
    alone = segment_matches(cells, synapses, threshold, MOST // segments + 1)
    count, chance, false, capacity = [], [], [], 0
    for m in range(1, MOST + 1):
        p = neuron_matches(alone, m, segments)
        capacity = m if p <= ERROR else capacity
        count.append(m)
        chance.append(p)
        false.append(log(p) / log(10) if p > 0 else NEVER)
    state = seeded(11)
    shown, added, state = stored(cells, synapses, segments, state)
    fails = [0 for _ in range(MOST + 2)]
    most, nearest, taken, known = 0, [0 for _ in range(segments)], 0, 0
    for _ in range(TESTS):
        _, on, state = stranger(cells, ACTIVE, state)
        first, met = answered(added, on, threshold, segments, patterns)
        fails[first] += 1
        taken += 1 if first <= patterns else 0
        if most_of(met) > most:
            most, nearest = most_of(met), met
    for m in range(patterns):
        on, state = moved(cells, shown[m], MOVED, state)
        met = synapses_met(added, on, patterns, segments)
        known += 1 if segment_active(most_of(met), threshold) > 0 else 0
    seen_m, seen, total = [], [], 0
    for m in range(1, MOST + 1):
        total += fails[m]
        if total > 0 and m % 5 == 0:
            seen_m.append(m)
            seen.append(log(total / TESTS) / log(10))
    own = false[patterns - 1]
    likely = (
        f"with a chance of 10 to the power {own:.1f}"
        if own > NEVER
        else "never, since no segment has that many synapses"
    )
    said = f"{capacity:d}" if capacity < MOST else f"{MOST:d} and more"
    return {
        "count": count,
        "chance": chance,
        "false": false,
        "seen_m": seen_m,
        "seen": seen,
        "now": [patterns],
        "now_y": [own if own > LOWEST else LOWEST],
        "capacity": [capacity if capacity < MOST else -5],
        "capacity_y": [log(ERROR) / log(10)],
        "segment": [k + 1 for k in range(segments)],
        "nearest": nearest,
        "bottom": [0 for _ in range(segments)],
        "limit": [threshold],
        "summary": f"{patterns:d} stored: a stranger is taken for one of them {likely}; of "
        f"{TESTS:d} drawn {taken:d} are, and the nearest meets {most:d} synapses. One in a hundred "
        f"holds up to {said} patterns. With a fifth of their cells moved, {known:d} of the "
        f"{patterns:d} are still known.",
    }


FIGURE = Figure(
    simulate,
    title="Add patterns to one neuron until it fails",
    caption="Patterns go to the segments of a neuron in turn; a segment that holds several mixes "
    "their synapses. For a long while no stranger is taken for one of them. Then every further "
    "pattern makes matters worse, and one in a hundred is soon passed.",
    inputs=(
        slider("patterns", "Patterns stored", 1, MOST, 1, 40),
        slider("segments", "Segments", 1, 64, 1, 16),
        slider("synapses", "Synapses for each pattern", 8, 24, 1, 16),
        slider("threshold", "Threshold", 4, 16, 1, 10, "synapses"),
        slider("cells", "Cells, 50 of them active", 500, 3000, 100, 1000),
    ),
    panels=(
        panel(
            "Strangers taken for a stored pattern",
            axis("patterns stored", 0, MOST + 2),
            axis("chance (power of ten)", LOWEST, 0.5),
            mark("line", "a", label="by the law", x="count", y="false",
                 options={"strokeWidth": 2.5, "clip": True}),
            mark("dot", "ink", fill="b", label="counted, of 500 strangers", x="seen_m", y="seen",
                 options={"r": 3}),
            level("ruleY", -2, color="ink", label="one in a hundred", dash="dashed"),
            mark("ruleX", "ink", label="stored now", dash="dotted", x="now"),
            mark("dot", "ink", fill="c", label="capacity", x="capacity", y="capacity_y",
                 options={"r": 6, "clip": True}),
            height=230,
        ),
        panel(
            "Synapses that the nearest stranger meets, by segment",
            axis("segment", 0, 65),
            axis("synapses met", 0, 20, ticks=4),
            mark("ruleX", "a", label="met", x="segment", y1="bottom", y2="nearest",
                 options={"strokeWidth": 6}),
            mark("ruleY", "b", label="threshold", dash="dotted", y="limit",
                 options={"strokeWidth": 2.5}),
            height=160,
        ),
    ),
    handles=(
        handle("Patterns stored", "now", "now_y", drag_x="patterns"),
        handle("Threshold", 63.0, "limit", panel=1, drag_y="threshold"),
    ),
    table=(("count", "patterns stored"), ("chance", "chance of a false match")),
)  # fmt: skip
