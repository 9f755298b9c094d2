"""A retinal cell sees pieces of flicker: does its first spike or its count tell which?"""

from typing import NamedTuple

from neurolab.coding.retina import ganglion_step, kernel
from neurolab.core.ops import log, maximum, minimum
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

PIECES = 8
TRIALS = 60  # of each piece
DT = 1.0  # ms
BEFORE = 150  # ms of flicker ahead of the window
WINDOW = 100  # ms
FRAME = 15  # ms
WIDTH = 5.0  # ms, of the bins of the first spike
LEVELS = [0.5, 2.0, 4.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0]  # ms, of jitter
SHOWN = 20  # trials in the raster


class Cell(NamedTuple):
    tau_fast: float
    tau_slow: float
    undershoot: float
    absolute: float
    relative: float


def rates(gain, cell, s):
    """Free rates in 1/s over the window, for each piece, and the next state."""
    h = [kernel(k * DT, cell) * DT for k in range(BEFORE)]
    found = []
    for _ in range(PIECES):
        light = []
        for k in range(BEFORE + WINDOW):
            if k % FRAME == 0:
                z, s = normal(s)
            light.append(z)
        row = []
        for k in range(BEFORE, BEFORE + WINDOW):
            drive = 0.0
            for j, weight in enumerate(h):
                drive += weight * light[k - j]
            row.append(gain * maximum(drive - 0.1, 0.0))
        found.append(row)
    return found, s


def fired(rate, cell, s):
    """Times of the spikes of one trial, in ms, and the next state."""
    since, times = 1e6, []
    for k, r in enumerate(rate):
        u, s = uniform(s)
        z, since = ganglion_step(r, since, u, cell, DT)
        if z > 0:
            times.append((k + 0.5) * DT)
    return times, s


def bits(stimulus, response, start, step):
    """Plain information of every ``step``-th trial from ``start``; responses from 0."""
    many = 0
    for r in response:
        many = r + 1 if r + 1 > many else many
    table = [[0.0 for _ in range(many)] for _ in range(PIECES)]
    rows, columns, n = [0.0 for _ in range(PIECES)], [0.0 for _ in range(many)], 0.0
    for k in range(len(stimulus)):
        if k % step == start:
            table[stimulus[k]][response[k]] += 1
            rows[stimulus[k]] += 1
            columns[response[k]] += 1
            n += 1
    total = 0.0
    for row, a in zip(table, rows, strict=True):
        for x, b in zip(row, columns, strict=True):
            if x > 0:
                total += x / n * log(x * n / (a * b)) / log(2)
    return total


def extrapolated(stimulus, response):
    """Information from all, halves and quarters of the trials, carried on to many."""
    half, quarter = 0.0, 0.0
    for k in range(2):
        half += bits(stimulus, response, k, 2) / 2
    for k in range(4):
        quarter += bits(stimulus, response, k, 4) / 4
    return (8 * bits(stimulus, response, 0, 1) - 6 * half + quarter) / 3


def first_bins(trains, jitter, s):
    """Bin of each trial's first spike after jitter, the last bin for none; the next state."""
    last = int((WINDOW + 200.0) / WIDTH)
    found = []
    for times in trains:
        first = 1e6
        for t in times:
            z, s = normal(s)
            first = minimum(first, t + jitter * z)
        place = maximum(0.0, minimum(1.0 * last - 1, (first + 100.0) / WIDTH))
        found.append(int(place) if first < 1e5 else last)
    return found, s


def simulate(jitter, rest, gain):
    """Information of counts and of first spikes, over jitter.

    Args:
        jitter: standard deviation of every spike, in ms.
        rest: time without any spike after a spike, in ms.
        gain: spikes a second for each unit of drive.
    """
    cell, s = Cell(15.0, 25.0, 1.0, rest, 5.0), seeded(4)
    rate, s = rates(gain, cell, s)
    stimulus, trains, counts = [], [], []
    for piece in range(PIECES):
        for _ in range(TRIALS):
            times, s = fired(rate[piece], cell, s)
            stimulus.append(piece)
            trains.append(times)
            counts.append(len(times))
    by_count = extrapolated(stimulus, counts)
    by_time = []
    for level in LEVELS:
        bins, s = first_bins(trains, level, s)
        by_time.append(extrapolated(stimulus, bins))
    bins, s = first_bins(trains, jitter, s)
    own = extrapolated(stimulus, bins)
    x, y = [], []
    for piece in range(PIECES):
        for k in range(SHOWN):
            for t in trains[piece * TRIALS + k]:
                z, s = normal(s)
                x.append(t + jitter * z)
                y.append(-piece * (SHOWN + 4) - k)
    mean, square = 0.0, 0.0
    for piece in range(PIECES):
        average = 0.0
        for k in range(TRIALS):
            average += counts[piece * TRIALS + k] / TRIALS
        for k in range(TRIALS):
            away = counts[piece * TRIALS + k] - average
            square += away * away / (TRIALS - 1) / PIECES
        mean += average / PIECES
    fano = square / mean if mean > 0 else 0.0
    said = "first spike" if own > by_count else "count"
    return {
        "x": x,
        "y": y,
        "levels": LEVELS,
        "by_time": by_time,
        "ends": [0.0, 42.0],
        "by_count": [by_count, by_count],
        "jitter": [jitter],
        "own": [own],
        "time": [(k + 0.5) * DT for k in range(WINDOW)],
        "rate": rate[0],
        "fano": [fano],
        "summary": f"The first spike tells {own:z.2f} bits, the count {by_count:z.2f}: the {said} "
        f"tells more. Variance over mean of the counts: {fano:.2f}.",
    }


FIGURE = Figure(
    simulate,
    title="The moment or the number?",
    caption="Eight pieces of flicker, shown 60 times each to a model cell of the retina. Its "
    "first spike tells more about the piece than its count, until jitter washes the moment out.",
    inputs=(
        slider("jitter", "Jitter", 0.5, 40, 0.5, 2, "ms"),
        slider("rest", "Rest after a spike", 0, 15, 0.5, 3, "ms"),
        slider("gain", "Gain", 200, 2000, 100, 1000, "/s"),
    ),
    panels=(
        panel(
            "Spikes: 8 pieces, 20 trials each",
            axis("time (ms)", 0, WINDOW),
            axis(None, -PIECES * (SHOWN + 4) + 3, 2),
            mark("cloud", "ink", label="spike", x="x", y="y", options={"strokeWidth": 2.5}),
            height=230,
        ),
        panel(
            "What one answer tells about the piece",
            axis("jitter (ms)", 0, 42),
            axis("information (bits)", 0, 3),
            mark("line", "a", label="first spike", x="levels", y="by_time",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="count", dash="dashed", x="ends", y="by_count",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", label="at this jitter", x="jitter", y="own",
                 options={"r": 5}),
            height=200,
        ),
    ),
    handles=(handle("Jitter", "jitter", "own", panel=1, drag_x="jitter"),),
    table=(("time", "time (ms)"), ("rate", "rate of the first piece (1/s)")),
)  # fmt: skip
