"""Two sparse patterns by chance: how many cells they share, drawn and by the law."""

from neurolab.core.ops import exp, sqrt
from neurolab.core.random import seeded
from neurolab.live.coincidences import drawn, law, pattern, tails
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

PAIRS = 1000  # that are drawn and counted
WIDE = 40.0  # of the field of cells, in the width of a mark
HIGH = 25.0
FAINTEST = 0.002  # of the likeliest overlap; what is rarer is left out of the histogram
LOWEST = -40.0  # power of ten at the foot of the lower picture


def field(cells, columns: int, rows: int):
    """Where the cells lie: across, and up."""
    across = [WIDE * (k % columns + 0.5) / columns for k in cells]
    return across, [HIGH * (1 - (k // columns + 0.5) / rows) for k in cells]


def needed(active: int, alike: int) -> int:
    """The least whole number of shared cells that is ``alike`` percent of the active ones."""
    return (active * alike + 99) // 100


def simulate(cells: int, density: int, alike: int):
    """Pairs of random patterns, counted, and the law of their overlap.

    Args:
        cells: their number n.
        density: how many of them are active in a pattern, in percent.
        alike: from which part of the active cells on two patterns are called alike, in percent.
    """
    a = int(cells * density / 100 + 0.5)
    state = seeded(3)
    one, state = pattern(cells, a, state)
    two, state = pattern(cells, a, state)
    logs = law(cells, a, a)
    counts, total, same = [0 for _ in logs], 0, 0
    for _ in range(PAIRS):
        hits, state = drawn(cells, a, a, state)
        counts[hits] += 1
        total += hits
        same += 1 if hits >= needed(a, alike) else 0
    top = logs[0]
    for value in logs:
        top = value if value > top else top
    share, expected, bars, bar_share, zero = [], [], [], [], []
    for b in range(a + 1):
        if exp(logs[b] - top) > FAINTEST:
            share.append(100 * b / a)
            expected.append(exp(logs[b] - top))
        if counts[b] > 0:
            bar_share.append(100 * b / a)
            bars.append(counts[b] / (PAIRS * exp(top)))
            zero.append(0.0)
    more = 4 * cells
    more_active = int(more * density / 100 + 0.5)
    own, wide = tails(logs), tails(law(more, more_active, more_active))
    percent, chance, chance_more = [], [], []
    for x in range(101):
        percent.append(x)
        chance.append(own[needed(a, x)])
        chance_more.append(wide[needed(more_active, x)])
    limit = needed(a, alike)
    columns = int(sqrt(cells * WIDE / HIGH) + 0.5)
    rows = (cells + columns - 1) // columns
    all_x, all_y = field([k for k in range(cells)], columns, rows)
    one_x, one_y = field(one, columns, rows)
    two_x, two_y = field(two, columns, rows)
    return {
        "all_x": all_x,
        "all_y": all_y,
        "on": [1.0 for _ in all_x],
        "one_x": one_x,
        "one_y": one_y,
        "one": [1.0 for _ in one],
        "two_x": two_x,
        "two_y": two_y,
        "two": [1.0 for _ in two],
        "share": share,
        "expected": expected,
        "bar_share": bar_share,
        "bars": bars,
        "zero": zero,
        "percent": percent,
        "chance": chance,
        "chance_more": chance_more,
        "limit": [alike],
        "limit_y": [chance[alike]],
        "summary": f"Each pattern has {a:d} of {cells:d} cells. Two share {a * a / cells:.2f} by "
        f"the law; {PAIRS:d} drawn pairs shared {total / PAIRS:.2f} on average. To share {limit:d} "
        f"or more has a chance of 10 to the power {own[limit]:.1f}; {same:d} of the pairs did.",
    }


FIGURE = Figure(
    simulate,
    title="How much do two patterns share by chance?",
    caption="Two patterns in which few of many cells are active share next to nothing: what 1000 "
    "drawn pairs share (bars) follows the law (dots). At the same density, more cells make a large "
    "overlap rarer by many powers of ten. With half of the cells active this is lost: two patterns "
    "then share about half, whatever the number of cells.",
    inputs=(
        slider("cells", "Cells", 100, 1000, 20, 400),
        slider("density", "Active cells", 2, 50, 1, 5, "%"),
        slider("alike", "Alike if they share", 20, 100, 5, 50, "%"),
    ),
    panels=(
        panel(
            "Two of the patterns, on a field of all cells",
            axis(None, 0, WIDE),
            axis(None, 0, HIGH),
            mark("heat", fill="soft", x="all_x", y="all_y", value="on", options={"size": 0.2}),
            mark("heat", fill="a", label="one pattern", x="one_x", y="one_y", value="one",
                 options={"size": 0.95}),
            mark("heat", fill="b", label="the other (inside: shared)", x="two_x", y="two_y",
                 value="two", options={"size": 0.5}),
            height=225,
        ),
        panel(
            "Overlaps of 1000 pairs",
            axis("shared (% of the active cells)", -2, 102),
            axis("how often (likeliest = 1)", 0, 1.3, ticks=4),
            mark("ruleX", "a", label="counted", x="bar_share", y1="zero", y2="bars",
                 options={"strokeWidth": 6}),
            mark("dot", "ink", fill="b", label="by the law", x="share", y="expected",
                 options={"r": 3.5}),
            height=170,
        ),
        panel(
            "Chance to share so much or more, by the law",
            axis("shared (% of the active cells)", -2, 102),
            axis("chance (power of ten)", LOWEST, 1, ticks=5),
            mark("line", "a", label="these cells", x="percent", y="chance",
                 options={"strokeWidth": 2.5, "clip": True}),
            mark("line", "b", label="four times the cells", dash="dashed", x="percent",
                 y="chance_more", options={"strokeWidth": 2.5, "clip": True}),
            mark("ruleX", "ink", label="alike", dash="dotted", x="limit"),
            mark("dot", "ink", fill="c", x="limit", y="limit_y", options={"r": 5, "clip": True}),
            height=190,
        ),
    ),
    handles=(handle("Alike from", "limit", 0.0, panel=2, drag_x="alike"),),
    table=(("percent", "shared (% of the active cells)"),
           ("chance", "chance of so much or more (power of ten)"),
           ("chance_more", "with four times the cells")),
)  # fmt: skip
