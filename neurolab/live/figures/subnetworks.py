"""Which neurons do eight tasks use? Their overlap, by contexts, gates and the part that wins."""

from neurolab.core.ops import abs, sqrt
from neurolab.core.random import normal, seeded
from neurolab.dendrites.active import gate_step
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.linear import dot

NEURONS = 40
TASKS = 8
SEGMENTS = 3  # on each neuron
ENTRIES = 32  # of a context
EXAMPLES = 6  # of each task
TRIED = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0]  # strengths, for the curve
COMMON = 0.8  # deviation of the neurons' sums: some are strong in all tasks
OWN = 0.5  # deviation of what a task, and of what an example, adds
STRONGEST = 8.0


def numbers(count: int, state):
    """So many normal draws, and the next state."""
    found = []
    for _ in range(count):
        x, state = normal(state)
        found.append(x)
    return found, state


def apart(count: int, state):
    """So many vectors at right angles, all of length sqrt(ENTRIES), and the next state."""
    found = []
    for _ in range(count):
        v, state = numbers(ENTRIES, state)
        for other in found:
            part = dot(v, other) / ENTRIES
            v = [a - part * b for a, b in zip(v, other, strict=True)]
        long = sqrt(dot(v, v) / ENTRIES)
        found.append([a / long for a in v])
    return found, state


def deviations(alike, state):
    """What each segment says to each context, (task, neuron, segment), and the next state.

    Two contexts have a cosine of ``alike``; before ``strength``, d has a deviation of 1.
    """
    axes, state = apart(TASKS + 1, state)
    contexts = []
    for k in range(TASKS):
        contexts.append(
            [
                sqrt(alike) * a + sqrt(1 - alike) * b
                for a, b in zip(axes[TASKS], axes[k], strict=True)
            ]
        )
    said = [[[0.0 for _ in range(SEGMENTS)] for _ in range(NEURONS)] for _ in range(TASKS)]
    for n in range(NEURONS):
        for s in range(SEGMENTS):
            weights, state = numbers(ENTRIES, state)
            for k in range(TASKS):
                said[k][n][s] = dot(weights, contexts[k]) / sqrt(ENTRIES)
    return said, state


def largest(d: list):
    """The one that is largest in size, with its sign."""
    best = d[0]
    for x in d:
        if abs(x) > abs(best):
            best = x
    return best


def sums_of(state):
    """Sums of the neurons for each example, (task, example, neuron): 2, and what varies."""
    common, state = numbers(NEURONS, state)
    found = []
    for _ in range(TASKS):
        own, state = numbers(NEURONS, state)
        rows = []
        for _ in range(EXAMPLES):
            here, state = numbers(NEURONS, state)
            rows.append(
                [2 + COMMON * a + OWN * (b + c) for a, b, c in zip(common, own, here, strict=True)]
            )
        found.append(rows)
    return found


def winning(y: list, k: int):
    """Which k of the numbers are largest, as ones and zeros."""
    found = []
    for n in range(len(y)):
        ahead = 0
        for m in range(len(y)):
            if y[m] > y[n] or (y[m] == y[n] and m < n):
                ahead += 1
        found.append(1.0 if ahead < k else 0.0)
    return found


def rates_of(sums, said, strength, shut, k: int):
    """How often each neuron wins in each task, (task, neuron)."""
    rates = []
    for t in range(TASKS):
        g = [strength * (largest(d) - shut) for d in said[t]]
        rate = [0.0 for _ in range(NEURONS)]
        for row in sums[t]:
            on = winning([gate_step(y, x) for y, x in zip(row, g, strict=True)], k)
            rate = [r + w / EXAMPLES for r, w in zip(rate, on, strict=True)]
        rates.append(rate)
    return rates


def overlaps(rates):
    """Cosines of all pairs of tasks; their mean, and the mean where neurons are dealt by chance."""
    length, total = [], []
    for rate in rates:
        square, sum_of = 0.0, 0.0
        for r in rate:
            square += r * r
            sum_of += r
        length.append(sqrt(square))
        total.append(sum_of)
    table, mean, chance, pairs = [], 0.0, 0.0, TASKS * (TASKS - 1)
    for i in range(TASKS):
        for j in range(TASKS):
            product = 0.0
            for a, b in zip(rates[i], rates[j], strict=True):
                product += a * b
            cosine = product / (length[i] * length[j])
            table.append(cosine)
            if i != j:
                mean += cosine / pairs
                chance += total[i] * total[j] / (NEURONS * length[i] * length[j] * pairs)
    return table, mean, chance


def simulate(strength, alike, shut, part):
    """Eight tasks, each with a context, in one layer of neurons with segments.

    Args:
        strength: of the segments' weights; 0 is no gating.
        alike: cosine of two contexts.
        shut: what a segment must say, in deviations, to open its gate by half.
        part: of the neurons that win, in %.
    """
    k = int(NEURONS * part / 100 + 0.5)
    said, state = deviations(alike, seeded(5))
    sums = sums_of(state)
    curve, by_chance = [], []
    for tried in TRIED:
        _, mean, chance = overlaps(rates_of(sums, said, tried, shut, k))
        curve.append(mean)
        by_chance.append(chance)
    rates = rates_of(sums, said, strength, shut, k)
    table, mean, chance = overlaps(rates)
    task, neuron, often, row, column = [], [], [], [], []
    for t in range(TASKS):
        for n in range(NEURONS):
            task.append(t + 1)
            neuron.append(n + 1)
            often.append(rates[t][n])
        for j in range(TASKS):
            row.append(t + 1)
            column.append(j + 1)
    return {
        "task": task,
        "neuron": neuron,
        "often": often,
        "row": row,
        "column": column,
        "table": table,
        "tried": TRIED,
        "curve": curve,
        "by_chance": by_chance,
        "strength": [strength],
        "mean": [mean],
        "chance": [chance],
        "summary": f"{k:d} of {NEURONS:d} neurons win. Two tasks overlap by {mean:.2f} on average; "
        f"if neurons were dealt to tasks by chance it would be {chance:.2f}.",
    }


FIGURE = Figure(
    simulate,
    title="Which neurons do the tasks use?",
    caption="Eight tasks in a layer of forty neurons. Without gates the tasks meet in the neurons "
    "that are strong anyway. Gates of which half are open bring their overlap about half-way down "
    "to chance. Gates that few contexts open bring it nearly all the way, and not below.",
    inputs=(
        slider("strength", "Strength of the gates", 0, STRONGEST, 0.5, 0),
        slider("alike", "How alike two contexts are (cosine)", 0, 1, 0.05, 0),
        slider("shut", "What opens a gate by half (deviations)", 0, 2.5, 0.5, 0),
        slider("part", "Part of the neurons that wins", 5, 50, 5, 10, "%"),
    ),
    panels=(
        panel(
            "How often each neuron wins, by task",
            axis("neuron", 0.4, NEURONS + 0.6),
            axis("task", 0.4, TASKS + 0.6, ticks=TASKS, reverse=True),
            mark("heat", fill="a", label="wins always", x="neuron", y="task", value="often",
                 options={"size": 0.9}),
            height=190,
        ),
        panel(
            "Overlap of the tasks",
            axis("task", 0.4, TASKS + 0.6, ticks=TASKS),
            axis("task", 0.4, TASKS + 0.6, ticks=TASKS, reverse=True),
            mark("heat", fill="b", label="overlap 1", x="column", y="row", value="table",
                 options={"size": 0.95}),
            aspectRatio=1,
            height=240,
        ),
        panel(
            "Mean overlap, by the strength of the gates",
            axis("strength", 0, STRONGEST),
            axis("overlap", 0, 1, ticks=5),
            level("ruleY", 0),
            mark("line", "b", label="overlap of two tasks", x="tried", y="curve",
                 options={"strokeWidth": 2.5}),
            mark("line", "ink", label="by chance", dash="dotted", x="tried", y="by_chance",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="c", label="now", x="strength", y="mean", options={"r": 6}),
            height=170,
        ),
    ),
    handles=(handle("Strength of the gates", "strength", "mean", 2, drag_x="strength"),),
    table=(("row", "task"), ("column", "other task"), ("table", "overlap")),
)  # fmt: skip
