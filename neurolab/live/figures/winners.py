"""Patterns told from a noisy population: a threshold in each cell, or the k cells that win."""

from neurolab.core.random import seeded, uniform
from neurolab.dendrites.segment import segment_active
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider

INPUTS = 48
ON = 14  # inputs of a pattern
CELLS = 120
SYNAPSES = 14  # of a cell, on inputs drawn by chance
PATTERNS = 8
TRIALS = 8  # of each pattern, at each level of noise
LEVELS = [-60, -40, -20, 0, 10, 20, 30, 40, 50, 60]  # percent: silenced, or turned on
SEED = 3


def chosen(count, of, s):
    """So many different whole numbers below ``of``, in rising order, and the next state."""
    found, left = [], count
    for k in range(of):
        u, s = uniform(s)
        if u * (of - k) < left:
            found.append(k)
            left -= 1
    return found, s


def drives(x, wiring):
    """How many of its inputs are on, for each cell; of equal cells the first counts as larger."""
    found = []
    for n, row in enumerate(wiring):
        total = 0.0
        for i in row:
            total += x[i]
        found.append(total - n / (2 * CELLS))
    return found


def least(values, k):
    """The k-th largest, by halving; values differ by 1 / (2 CELLS) or more."""
    low, high = -1.0, 1.0 + SYNAPSES
    while high - low > 0.1 / CELLS:
        middle, above = (low + high) / 2, 0
        for v in values:
            above += 1 if v > middle else 0
        if above >= k:
            low = middle
        else:
            high = middle
    return low


def active(values, bar):
    return [1.0 if v > bar else 0.0 for v in values]


def overlap(code, stored):
    total = 0.0
    for n in stored:
        total += code[n]
    return total


def told(code, patterns, share):
    """Which patterns' segments are active, if a segment needs this share of its synapses."""
    return [segment_active(overlap(code, p), share * len(p)) for p in patterns]


def right(answers, own):
    """1 if the own segment is active and no other."""
    others = 0.0
    for k, a in enumerate(answers):
        others += 0 if k == own else a
    return 1.0 if answers[own] > 0 and others < 1 else 0.0


def cells_on(code):
    return [n for n in range(CELLS) if code[n] > 0]


def simulate(k: int, share, noise: int):
    """Recognition at every level of noise, and what the populations look like at one.

    Args:
        k: cells that win; the thresholds are set so that as many are active on average, unmoved.
        share: part of its synapses that a segment needs, in percent.
        noise: level shown in percent; below 0 inputs are silenced, above turned on.
    """
    wiring, pictures, s = [], [], seeded(SEED)
    for _ in range(CELLS):
        row, s = chosen(SYNAPSES, INPUTS, s)
        wiring.append(row)
    for _ in range(PATTERNS):
        on, s = chosen(ON, INPUTS, s)
        x = [0.0 for _ in range(INPUTS)]
        for i in on:
            x[i] = 1.0
        pictures.append(x)
    clean = [drives(x, wiring) for x in pictures]
    every = []
    for row in clean:
        for v in row:
            every.append(v)
    bar = least(every, k * PATTERNS)
    known_bar = [cells_on(active(row, bar)) for row in clean]
    known_win = [cells_on(active(row, least(row, k))) for row in clean]
    draws = []
    for _ in range(TRIALS):
        row = []
        for _ in range(PATTERNS * INPUTS):
            u, s = uniform(s)
            row.append(u)
        draws.append(row)
    by_bar, by_win, on_bar, on_win = [], [], [], []
    for q in LEVELS:
        good_bar, good_win, many, few = 0.0, 0.0, 0, 0
        for row in draws:
            for p in range(PATTERNS):
                x = moved(pictures[p], row, p, q)
                h = drives(x, wiring)
                fixed, win = active(h, bar), active(h, least(h, k))
                good_bar += right(told(fixed, known_bar, share / 100), p)
                good_win += right(told(win, known_win, share / 100), p)
                many += len(cells_on(fixed))
                few += len(cells_on(win))
        each = TRIALS * PATTERNS
        by_bar.append(100 * good_bar / each)
        by_win.append(100 * good_win / each)
        on_bar.append(100 * many / (each * CELLS))
        on_win.append(100 * few / (each * CELLS))
    at = 0
    for j, q in enumerate(LEVELS):
        at = j if q <= noise else at
    h = drives(moved(pictures[0], draws[0], 0, LEVELS[at]), wiring)
    by_cell, win_cell = active(h, bar), active(h, least(h, k))
    lit_bar, lit_win = cells_on(by_cell), cells_on(win_cell)
    return {
        "level": [1.0 * q for q in LEVELS],
        "by_bar": by_bar,
        "by_win": by_win,
        "on_bar": on_bar,
        "on_win": on_win,
        "at": [1.0 * LEVELS[at]],
        "at_win": [by_win[at]],
        "bar_x": [1.0 * (n % 30) for n in lit_bar],
        "bar_y": [1.0 * (n // 30) for n in lit_bar],
        "win_x": [32.0 + n % 30 for n in lit_win],
        "win_y": [1.0 * (n // 30) for n in lit_win],
        "cell": [1.0 * n for n in range(CELLS)],
        "drive": [v + n / (2 * CELLS) for n, v in enumerate(h)],
        "lit_bar": by_cell,
        "lit_win": win_cell,
        "all_x": [1.0 * (j % 30) + 32 * (j // CELLS) for j in range(2 * CELLS)],
        "all_y": [1.0 * (j % CELLS // 30) for j in range(2 * CELLS)],
        "summary": f"At {LEVELS[at]:d} % noise {by_win[at]:.0f} % are recognised by winners and "
        f"{by_bar[at]:.0f} % by thresholds; {on_win[at]:.0f} % and {on_bar[at]:.0f} % of the cells "
        f"are active.",
    }


def moved(x, draws, p, q):
    """A pattern with a part of its inputs turned on (q > 0) or silenced, q in percent."""
    return [
        (1.0 if q > 0 else 0.0) if 100 * draws[p * INPUTS + i] < (q if q > 0 else -q) else x[i]
        for i in range(INPUTS)
    ]


FIGURE = Figure(
    simulate,
    title="Competition keeps a code sparse when the input is not",
    caption="Eight patterns, 120 cells. With a fixed threshold in each cell the code grows with "
    "the noise, and soon every segment answers. With 12 winners the code stays as sparse as it "
    "was, and recognition fails much later.",
    inputs=(
        slider("k", "Winners k, of 120", 2, 60, 2, 12),
        slider("share", "Synapses a segment needs", 30, 90, 5, 50, "%"),
        slider("noise", "Noise shown: silenced below 0, turned on above", -60, 60, 10, 20, "%"),
    ),
    panels=(
        panel(
            "The cells at this noise: thresholds left, winners right",
            axis(None, -1, 62),
            axis(None, -0.8, 3.8),
            mark("dot", "soft", x="all_x", y="all_y", options={"r": 1.5}),
            mark("dot", fill="b", x="bar_x", y="bar_y", options={"r": 4}),
            mark("dot", fill="a", x="win_x", y="win_y", options={"r": 4}),
            height=90,
            marginBottom=6,
        ),
        panel(
            "Patterns recognised: their segment answers, and no other",
            axis(None, -62, 62),
            axis("%", -3, 103, ticks=[0, 50, 100]),
            level("ruleX", 0, options={"strokeOpacity": 0.5}),
            mark("line", "a", label="k winners", x="level", y="by_win",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="a threshold in each cell", dash="dashed", x="level",
                 y="by_bar", options={"strokeWidth": 2.5}),
            mark("dot", fill="a", x="at", y="at_win", options={"r": 5}),
            height=170,
            marginBottom=6,
        ),
        panel(
            "Active cells",
            axis("noise (% of inputs silenced, or turned on)", -62, 62),
            axis("%", -3, 103, ticks=[0, 50, 100]),
            mark("line", "a", x="level", y="on_win", options={"strokeWidth": 2.5}),
            mark("line", "b", dash="dashed", x="level", y="on_bar", options={"strokeWidth": 2.5}),
            height=130,
        ),
    ),
    handles=(handle("Noise shown", "at", "at_win", panel=1, drag_x="noise"),),
    table=(("cell", "cell"), ("drive", "inputs that are on"), ("lit_win", "it wins"),
           ("lit_bar", "above its threshold")),
)  # fmt: skip
