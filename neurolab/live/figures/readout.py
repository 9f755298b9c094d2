"""What a reader tells of a stimulus from a neuron's spikes, or from its potential."""

from neurolab.core.ops import maximum, sqrt
from neurolab.core.random import seeded, uniform
from neurolab.core.surrogate import spike
from neurolab.dendrites.compartmental import GlutamateParams
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot, solve
from neurolab.live.star import BRANCHES, REST, Cell, at_rest, cell_step, tree

DT = 2.0  # ms
BEFORE = 10  # steps of background alone
STEPS = 50  # of the answer
BINS = 10
SPREADS = [1, 2, 4, 8]  # branches, of the four stimuli
SYNAPSES = 12  # of a volley
LEARNED = 64  # trials of the reader, a quarter of each stimulus; and as many fresh ones
AHEAD = 1  # steps in front of a spike that are cut out with it
BEHIND = 4
RIDGE = 1e-3
SPIKES = 0  # what is read; 1 is the potential below threshold, and
WHOLE = 2


def spikes_in(which: int, background, s):
    """Spikes to each branch in each step of a trial, and the next random state."""
    u, s = uniform(s)
    first, xs = int(u * BRANCHES), []
    for t in range(BEFORE + STEPS):
        x = []
        for _ in range(BRANCHES):
            u, s = uniform(s)
            x.append(1.0 if u < background * DT / 1000 else 0.0)
        if t == BEFORE:
            for k in range(SYNAPSES):
                x[(first + k % SPREADS[which]) % BRANCHES] += 1.0
        xs.append(x)
    return xs, s


def trial(xs, threshold, grown):
    """The soma above rest from the volley on, and its spikes (1 or 0)."""
    params, cell, v, z = GlutamateParams(), at_rest(), [], []
    for t, x in enumerate(xs):
        cell = cell_step(x, cell, grown, params, DT)
        soma = cell.v[0] - REST
        fired = spike(soma - threshold)
        if fired > 0:
            back = [REST if k == 0 else other for k, other in enumerate(cell.v)]
            cell = Cell(back, cell.synapses, cell.reached)
        if t >= BEFORE:
            v.append(soma)
            z.append(fired)
    return v, z


def without_spikes(v, z):
    """The potential, held over each spike and its surroundings."""
    cut = [0.0 for _ in z]
    for t, fired in enumerate(z):
        if fired > 0:
            for k in range(-AHEAD, BEHIND + 1):
                if t + k >= 0 and t + k < len(z):
                    cut[t + k] = 1.0
    held, last, found = [], 0.0, 0
    for t in range(len(z)):
        if cut[t] == 0:
            if found == 0:  # what is cut at the start is held at what comes behind it
                held = [v[t] for _ in held]
            last, found = v[t], 1
        held.append(last)
    if found == 0:
        return [mean(v) for _ in v]
    return held


def mean(xs):
    total = 0.0
    for x in xs:
        total += x
    return total / len(xs)


def binned(x):
    size = STEPS // BINS
    return [mean([x[b * size + k] for k in range(size)]) for b in range(BINS)]


def told(learned, fresh):
    """What a linear reader says of fresh features; trial n of both is of stimulus n mod 4."""
    middle, size = [], []
    for b in range(BINS):
        column = [f[b] for f in learned]
        m = mean(column)
        square = dot([x - m for x in column], [x - m for x in column])
        middle.append(m)
        size.append(maximum(sqrt(square / (len(column) - 1)), 1e-9))
    f = [[(row[b] - middle[b]) / size[b] for b in range(BINS)] for row in learned]
    new = [[(row[b] - middle[b]) / size[b] for b in range(BINS)] for row in fresh]
    a = [[dot([r[i] for r in f], [r[j] for r in f]) for j in range(BINS)] for i in range(BINS)]
    for i in range(BINS):
        a[i][i] += RIDGE * len(f)
    count, weights = len(SPREADS), []
    for c in range(count):
        wanted = [(1.0 if n % count == c else 0.0) - 1.0 / count for n, _ in enumerate(f)]
        weights.append(solve(a, [dot([r[i] for r in f], wanted) for i in range(BINS)]))
    said = []
    for row in new:
        best, most = 0, dot(row, weights[0])
        for c in range(1, count):
            score = dot(row, weights[c])
            if score > most:
                best, most = c, score
        said.append(best)
    return said


def features(way: int, v, z):
    if way == SPIKES:
        return binned(z)
    if way == WHOLE:
        return binned(v)
    return binned(without_spikes(v, z))


def simulate(reader: int, background, threshold, shown: int):
    """Trials of four stimuli, half of them to learn from, read in three ways.

    Args:
        reader: 0 spikes, 1 the potential below threshold, 2 the whole potential.
        background: synapses that are reached at random, a second, on each branch.
        threshold: of the soma, in mV above rest.
        shown: stimulus of the trial that is drawn; 1 one branch, 4 all eight.
    """
    grown, s, count = tree(), seeded(3), len(SPREADS)
    vs, zs, fired = [], [], 0.0
    for n in range(2 * LEARNED):
        xs, s = spikes_in(n % count, background, s)
        v, z = trial(xs, threshold, grown)
        vs.append(v)
        zs.append(z)
        fired += STEPS * mean(z) / (2 * LEARNED)
    right, answers, hits = [], [], [[0.0 for _ in SPREADS] for _ in SPREADS]
    for way in range(WHOLE + 1):
        f = [features(way, v, z) for v, z in zip(vs, zs, strict=True)]
        half = [f[n] for n in range(LEARNED)]
        said = told(half, [f[LEARNED + n] for n in range(LEARNED)])
        good = 0.0
        for n, one in enumerate(said):
            good += 100 / LEARNED if one == n % count else 0.0
            if way == reader:
                answers.append(1.0 * SPREADS[one])
                hits[n % count][one] += count / LEARNED
        right.append(good)
    drawn = LEARNED + shown - 1  # a fresh trial
    v, z = vs[drawn], zs[drawn]
    below = without_spikes(v, z)
    given, name = [threshold * fire for fire in z], "spikes"
    if reader > SPIKES:
        given = v if reader == WHOLE else below
        name = "the potential below threshold" if reader < WHOLE else "the whole potential"
    return {
        "t": [k * DT for k in range(STEPS)],
        "v": v,
        "given": given,
        "spikes": [k * DT for k, fire in enumerate(z) if fire > 0],
        "limit_t": [0.0, (STEPS - 1) * DT],
        "limit": [threshold, threshold],
        "told": [1.0 + k % count for k in range(count * count)],
        "asked": [1.0 + k // count for k in range(count * count)],
        "part": [hits[k // count][k % count] for k in range(count * count)],
        "ways": [1.0 * k for k in range(WHOLE + 1)],
        "right": right,
        "reader": [1.0 * reader],
        "here": [right[reader]],
        "chance_x": [-0.4, WHOLE + 0.4],
        "chance": [100.0 / count, 100.0 / count],
        "rate": [fired],
        "trial": [n + 1.0 for n in range(LEARNED)],
        "was": [1.0 * SPREADS[n % count] for n in range(LEARNED)],
        "said": answers,
        "summary": f"From {name} the reader is right in {right[reader]:.0f} % of the fresh "
        f"trials; by chance it would be 25 %. A trial has {fired:.2f} spikes.",
    }


FIGURE = Figure(
    simulate,
    title="Read the spikes, or the potential",
    caption="Twelve synapses on one, two, four or eight branches of a neuron, and others at "
    "random. Which of the four was it? While spikes are rare, the potential below threshold tells "
    "much of it and they tell next to nothing.",
    inputs=(
        slider("reader", "Read-out (0 spikes, 1 below threshold, 2 whole)", 0, WHOLE, 1, 0),
        slider("background", "Synapses reached at random", 0, 60, 5, 10, "/s"),
        slider("threshold", "Threshold above rest", 5, 15, 0.5, 9, "mV"),
        slider("shown", "Stimulus drawn (1 one branch, 4 eight)", 1, 4, 1, 1),
    ),
    panels=(
        panel(
            "One fresh trial; spikes are upright lines",
            axis("time after the volley (ms)", 0, STEPS * DT),
            axis("soma above rest (mV)", -1, 16, ticks=4),
            mark("line", "ink", dash="dotted", label="threshold", x="limit_t", y="limit"),
            mark("line", "soft", label="potential", x="t", y="v", options={"strokeWidth": 1.5}),
            mark("line", "a", dash="dashed", label="what is read of it", x="t", y="given",
                 options={"strokeWidth": 3}),
            mark("ruleX", "b", x="spikes", options={"strokeWidth": 2}),
            height=190,
        ),
        panel(
            "Right answers about fresh trials",
            axis("read-out", -0.4, WHOLE + 0.4, ticks=WHOLE),
            axis("right (%)", 0, 100, ticks=4),
            mark("line", "soft", dash="dashed", label="chance", x="chance_x", y="chance",
                 options={"strokeWidth": 2}),
            mark("dot", "ink", fill="a", label="read-out", x="ways", y="right",
                 options={"r": 5}),
            mark("dot", "ink", fill="b", label="the chosen one", x="reader", y="here",
                 options={"r": 8}),
            height=170,
        ),
        panel(
            "Answers (across) to each stimulus (up)",
            axis("told (1 one branch to 4 eight)", 0.5, 4.5, ticks=4),
            axis("stimulus", 0.5, 4.5, ticks=4),
            mark("heat", fill="a", label="part of the trials", x="told", y="asked", value="part"),
            height=170,
        ),
    ),
    handles=(handle("Read-out", "reader", "here", 1, drag_x="reader"),),
    table=(("trial", "fresh trial"), ("was", "branches reached"), ("said", "branches told")),
)  # fmt: skip
