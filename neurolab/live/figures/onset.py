"""One set of spikes, three readers: who has the onset, who has not, and who needs none."""

from typing import NamedTuple

from neurolab.coding.latency import linear_delay
from neurolab.core.ops import minimum
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider

PICTURES = 4
LAST = 15.0  # ms, the latest of the latencies 0, 5, 10 and 15
TRIALS = 100  # of each picture
SHOWN = 8  # of them in the raster
WIDEST = 100  # ms, the range of onsets
EVERY = 2  # ms between two points of a curve
SEED = 71  # of the latencies; no two pictures have the same mean, at any number of cells
EDGE = 76.0  # ms, where the marks of the answers stand


class Latency(NamedTuple):
    first: float
    last: float


def latencies(cells: int, s):
    """A row for each picture: the first cell has all four latencies, the others what is drawn."""
    span, rows = Latency(0.0, LAST), [[] for _ in range(PICTURES)]
    for c in range(cells):
        for p in range(PICTURES):
            u, s = uniform(s)
            step = p if c == 0 else int(PICTURES * u)
            rows[p].append(linear_delay(1 - step / (PICTURES - 1), span))
    return rows, s


def nearest(times, rows) -> int:
    """Number of the row that is nearest to the times; of two alike the first."""
    best, least = 0, 1e300
    for p, row in enumerate(rows):
        total = 0.0
        for t, late in zip(times, row, strict=True):
            total += (t - late) * (t - late)
        if total < least - 1e-9:
            best, least = p, total
    return best


def moved(times, by):
    return [t - by for t in times]


def from_first(times):
    """Times counted from the first of them."""
    first = 1e300
    for t in times:
        first = minimum(first, t)
    return moved(times, first)


def simulate(spread, knows, cells: int, jitter):
    """How many pictures three readers tell, by how uncertain the onset is.

    Args:
        spread: range in which the onset lies, in ms.
        knows: whether the reader of the raster has the onset, 1, or takes the middle of the
            range for it, 0.
        cells: that fire once each.
        jitter: standard deviation of a spike, in ms.
    """
    rows, s = latencies(cells, seeded(SEED))
    own_rows = [from_first(row) for row in rows]
    shown, spikes, part = [], [], []
    by_onset, by_first = 0, 0
    for p in range(PICTURES):
        for _ in range(TRIALS):
            late = []
            for c in range(cells):
                z, s = normal(s)
                late.append(rows[p][c] + jitter * z)
            u, s = uniform(s)
            shown.append(p)
            spikes.append(late)
            part.append(u - 0.5)
            by_onset += 1 if nearest(late, rows) == p else 0
            by_first += 1 if nearest(from_first(late), own_rows) == p else 0
    count = PICTURES * TRIALS
    ranges, unknown = [], []
    for k in range(WIDEST // EVERY + 1):
        right = 0
        for p, late, u in zip(shown, spikes, part, strict=True):
            right += 1 if nearest(moved(late, -EVERY * k * u), rows) == p else 0
        ranges.append(EVERY * k)
        unknown.append(100 * right / count)
    first_t, first_row, other_t, other_row = [], [], [], []
    right_t, right_row, wrong_t, wrong_row = [], [], [], []
    for k, late in enumerate(spikes):
        if k % TRIALS < SHOWN:
            row = shown[k] + 1 + 0.8 * (k % TRIALS) / (SHOWN - 1) - 0.4
            read = late if knows > 0 else moved(late, -spread * part[k])
            for c, t in enumerate(read):
                if c == 0:
                    first_t.append(t)
                    first_row.append(row)
                else:
                    other_t.append(t)
                    other_row.append(row)
            if nearest(read, rows) == shown[k]:
                right_t.append(EDGE)
                right_row.append(row)
            else:
                wrong_t.append(EDGE)
                wrong_row.append(row)
    known, own = 100 * by_onset / count, 100 * by_first / count
    now = unknown[int(spread / EVERY + 0.5)]
    return {
        "first_t": first_t,
        "first_row": first_row,
        "other_t": other_t,
        "other_row": other_row,
        "right_t": right_t,
        "right_row": right_row,
        "wrong_t": wrong_t,
        "wrong_row": wrong_row,
        "range": ranges,
        "known": [known for _ in ranges],
        "unknown": unknown,
        "own": [own for _ in ranges],
        "spread": [spread],
        "read": [known if knows > 0 else now],
        "summary": f"Onset within {spread:.0f} ms, {cells:d} cell{'s' if cells > 1 else ''}: "
        f"with the onset {known:.0f} % are read rightly, without it {now:.0f} %, from the first "
        f"spike on {own:.0f} %. Chance is {100 / PICTURES:.0f} %.",
    }


FIGURE = Figure(
    simulate,
    title="Take away the onset",
    caption="Three cells fire once each, and their latencies tell the picture. A reader without "
    "the onset takes the middle of its range for it and soon knows little more than chance. One "
    "that counts from the first spike of the three needs no onset, and loses nearly nothing.",
    inputs=(
        slider("spread", "Range of the onset", 0, WIDEST, EVERY, 60, "ms"),
        slider("knows", "Reader above has the onset: 0 no, 1 yes", 0, 1, 1, 0),
        slider("cells", "Cells", 1, 8, 1, 3),
        slider("jitter", "Jitter", 0, 5, 0.5, 1.5, "ms"),
    ),
    panels=(
        panel(
            "Trials as their reader sees them, eight of each picture",
            axis("time since the onset, as the reader has it (ms)", -55, 80),
            axis("picture", 0.4, 4.6, ticks=[1, 2, 3, 4], tickFormat="d"),
            level("ruleX", 0, LAST / 3, 2 * LAST / 3, LAST, options={"strokeOpacity": 0.45}),
            mark("dot", "b", label="spike of another cell", x="other_t", y="other_row",
                 options={"r": 2}),
            mark("dot", fill="a", label="spike of the first cell", x="first_t", y="first_row",
                 options={"r": 2.8}),
            mark("dot", fill="ink", label="read rightly", x="right_t", y="right_row",
                 options={"r": 2.5}),
            mark("dot", "soft", label="read wrongly", x="wrong_t", y="wrong_row",
                 options={"r": 2.5}),
            height=270,
        ),
        panel(
            "Pictures read rightly, of 400 (thin line: by chance)",
            axis("range of the onset (ms)", 0, WIDEST),
            axis("right (%)", 0, 104),
            level("ruleY", 100 / PICTURES),
            mark("line", "a", label="has the onset", x="range", y="known",
                 options={"strokeWidth": 5, "strokeOpacity": 0.55}),
            mark("line", "c", label="counts from the first spike", dash="dotted", x="range",
                 y="own", options={"strokeWidth": 2.5}),
            mark("line", "b", label="has no onset", dash="dashed", x="range", y="unknown",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", x="spread", options={"strokeOpacity": 0.5}),
            mark("dot", fill="ink", x="spread", y="read", options={"r": 4.5}),
            height=200,
        ),
    ),
    handles=(handle("Range of the onset", "spread", "read", panel=1, drag_x="spread"),),
    table=(("range", "range of the onset (ms)"), ("known", "has the onset (%)"),
           ("unknown", "has no onset (%)"), ("own", "from the first spike (%)")),
)  # fmt: skip
