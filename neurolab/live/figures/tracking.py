"""A spike-coding network follows a point; as many Poisson neurons do it worse."""

import math

from neurolab.core.ops import cos, exp, maximum, sin, sqrt
from neurolab.core.random import normal, seeded
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.figures.population import poisson
from neurolab.recurrent.spike_coding import coding_step

DT = 0.5  # ms
TAU = 20.0  # ms, of the reader
STEPS = 800
MOST = 10  # spikes of all in a step
SHORT = 360  # steps of the runs of other sizes
SETTLED = 160  # steps, from which on errors count
REACH = 3.0  # length of all decoding vectors of a network together
SIZES = [5, 10, 20, 40]
ENDS = [5, 80]


def place(k, turns):
    """The point at step k: it leaves the middle and goes round, ``turns`` a second."""
    t = (k + 1) * DT
    size, angle = 1 - exp(-t / TAU), 2 * math.pi * turns * t / 1000
    return size * cos(angle), size * sin(angle)


def network(cells, steps, turns, noise, price, share, s):
    """Times, rows, decoded points; half way a ``share`` of the cells falls silent, evenly."""
    decay, length = exp(-DT / TAU), REACH / cells
    east = [length * cos(2 * math.pi * n / cells) for n in range(cells)]
    north = [length * sin(2 * math.pi * n / cells) for n in range(cells)]
    fast = [length * length * cos(2 * math.pi * n / cells) for n in range(cells)]
    fast[0] = fast[0] + price * length * length
    threshold = fast[0] / 2
    lost = [int((n + 1) * share + 1e-9) > int(n * share + 1e-9) for n in range(cells)]
    v = [0.0 for _ in range(cells)]
    times, rows, told_x, told_y = [], [], [], []
    x, y, ahead_x, ahead_y = 0.0, 0.0, 0.0, 0.0
    for k in range(steps):
        to_x, to_y = place(k, turns)
        new_x, new_y = to_x - decay * ahead_x, to_y - decay * ahead_y
        ahead_x, ahead_y = to_x, to_y
        x, y = decay * x, decay * y
        v = [
            coding_step(v_n, e * new_x + n * new_y, TAU, DT)
            for v_n, e, n in zip(v, east, north, strict=True)
        ]
        if noise > 0:
            shaken = []
            for v_n in v:
                g, s = normal(s)
                shaken.append(v_n + noise * threshold * sqrt(DT) * g)
            v = shaken
        late = 2 * k >= steps
        more, fired = True, 0
        while more and fired < MOST:
            best, largest = -1, threshold
            for n in range(cells):
                if v[n] > largest and not (late and lost[n]):
                    best, largest = n, v[n]
            more = best >= 0
            if more:
                fired += 1
                v = [v_n - fast[n - best if n >= best else best - n] for n, v_n in enumerate(v)]
                x, y = x + east[best], y + north[best]
                times.append(k * DT)
                rows.append(best + 1.0)
        told_x.append(x)
        told_y.append(y)
    return times, rows, told_x, told_y, s


def poisson_cells(cells, turns, s):
    """Decoded points of cells that draw by chance what decodes to the point on average."""
    decay, length = exp(-DT / TAU), REACH / cells
    x, y, ahead_x, ahead_y = 0.0, 0.0, 0.0, 0.0
    told_x, told_y = [], []
    for k in range(STEPS):
        to_x, to_y = place(k, turns)
        new_x, new_y = to_x - decay * ahead_x, to_y - decay * ahead_y
        ahead_x, ahead_y = to_x, to_y
        x, y = decay * x, decay * y
        for n in range(cells):
            e, o = cos(2 * math.pi * n / cells), sin(2 * math.pi * n / cells)
            mean = 4 / (cells * length) * maximum(0.0, e * new_x + o * new_y)
            if mean > 0:
                count, s = poisson(mean, s)
                x, y = x + count * length * e, y + count * length * o
        told_x.append(x)
        told_y.append(y)
    return told_x, told_y


def off(told_x, told_y, turns):
    """Root of the mean squared distance from the point, once settled."""
    total = 0.0
    for k in range(SETTLED, len(told_x)):
        to_x, to_y = place(k, turns)
        total += (told_x[k] - to_x) * (told_x[k] - to_x) + (told_y[k] - to_y) * (told_y[k] - to_y)
    return sqrt(total / (len(told_x) - SETTLED))


def simulate(cells: int, turns, noise, price, silent):
    """A network and as many Poisson cells tell the same point; networks of other sizes beside.

    Args:
        cells: N.
        turns: of the point, a second.
        noise: of the potentials, in thresholds per root of a ms.
        price: of a spike, in squares of a decoding vector's length.
        silent: percent of the cells that fall silent half way.
    """
    share = silent / 100
    times, rows, told_x, told_y, s = network(cells, STEPS, turns, noise, price, share, seeded(1))
    chance_x, chance_y = poisson_cells(cells, turns, seeded(3))
    ours, theirs = off(told_x, told_y, turns), off(chance_x, chance_y, turns)
    errors = []  # of networks of other sizes, without noise and price
    for size in SIZES:
        _, _, a, b, s = network(size, SHORT, turns, 0.0, 0.0, 0.0, s)
        errors.append(off(a, b, turns))
    lag = 2 * math.pi * turns * TAU / 1000
    speed = sqrt(1 + lag * lag)  # of what must be added, in points a reader's time
    return {
        "time": [k * DT for k in range(STEPS)],
        "point": [place(k, turns)[0] for k in range(STEPS)],
        "told": [told_x[k] for k in range(STEPS)],
        "chance": [chance_x[k] for k in range(STEPS)],
        "spikes": times,
        "rows": rows,
        "size": [1.0 * size for size in SIZES],
        "error": errors,
        "ends": [1.0 * size for size in ENDS],
        "by_chance": [sqrt(2 * REACH * speed / math.pi / size) for size in ENDS],
        "cells_at": [1.0 * cells],
        "ours": [ours],
        "theirs": [theirs],
        "summary": f"{cells:.0f} cells, {len(times):.0f} spikes: off by {ours:.3f}. "
        f"As many Poisson cells are off by {theirs:.3f}.",
    }


FIGURE = Figure(
    simulate,
    title="Spikes that correct an error",
    caption="A point goes round. Each spike of the network takes away error that is there, so the "
    "decoded point stays close. Poisson cells with the same mean code wander. Twice the cells "
    "halve the network's error.",
    inputs=(
        slider("cells", "Cells", 5, 80, 1, 20),
        slider("turns", "Turns of the point", 0, 10, 0.5, 4, "/s"),
        slider("noise", "Noise of the potentials", 0, 0.5, 0.05, 0, "× thr."),
        slider("price", "Price of a spike", 0, 2, 0.1, 0, "× |D|²"),
        slider("silent", "Fall silent half way", 0, 60, 5, 0, "%"),
    ),
    panels=(
        panel(
            "Where the point is, across",
            axis(None, 0, 400),
            axis("across", -1.7, 1.7, ticks=3),
            mark("line", "b", label="as many Poisson cells", dash="dashed", x="time", y="chance"),
            mark("line", "ink", label="the point", dash="dotted", x="time", y="point",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="network", x="time", y="told"),
            height=150,
            marginBottom=6,
        ),
        panel(
            "Spikes of the network",
            axis("time (ms)", 0, 400),
            axis("cell", 0, 81, ticks=4),
            mark("spikes", "a", label="spike", dash="dashed", x="spikes", y="rows"),
            height=130,
        ),
        panel(
            "Error by number of cells",
            axis("cells", 4, 100, type="log", ticks=4),
            axis("error", 0.01, 2, type="log", ticks=3),
            mark("line", "b", label="Poisson cells, by theory", dash="dotted", x="ends",
                 y="by_chance"),
            mark("dot", "a", label="networks without noise and price", x="size", y="error"),
            height=170,
        ),
    ),
    handles=(handle("Cells", "cells_at", "ours", drag_x="cells"),),
    table=(("time", "time (ms)"), ("point", "the point"), ("told", "network"),
           ("chance", "Poisson cells")),
)  # fmt: skip
