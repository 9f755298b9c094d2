"""A context, entry by entry: which segment of each neuron wins, how far it turns its neuron down,
and which neurons win then."""

from neurolab.core.ops import abs, exp, maximum
from neurolab.core.random import normal, seeded, uniform
from neurolab.dendrites.active import gate_step
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.linear import dot

NEURONS = 12
SEGMENTS = 5  # on each
ENTRIES = 4  # of the context
SIDE = 0.14  # between two segments of a neuron in the picture
IN_SIZE = 1  # ways to choose: 0 the largest, the largest in size, or
SOFT = 2  # all
MOST = 6.0  # d that is drawn


def drawn():
    """Weights of the segments, (neuron, segment, entry), and the sums of the neurons."""
    state, weights, sums = seeded(11), [], []
    for _ in range(NEURONS):
        rows = []
        for _ in range(SEGMENTS):
            row = []
            for _ in range(ENTRIES):
                x, state = normal(state)
                row.append(x / 2)
            rows.append(row)
        weights.append(rows)
        u, state = uniform(state)
        sums.append(0.5 + u)
    return weights, sums


def softmax(d: list) -> list:
    """Shares that add up to 1, larger where d is larger."""
    top = d[0]
    for x in d:
        top = maximum(top, x)
    shares, total = [], 0.0
    for x in d:
        share = exp(x - top)
        shares.append(share)
        total += share
    return [share / total for share in shares]


def chosen(d: list, way: int):
    """What a neuron's segments say together, and the number of the one that counts most."""
    best = 0
    for s in range(len(d)):
        ahead = abs(d[s]) > abs(d[best]) if way == IN_SIZE else d[s] > d[best]
        if ahead:
            best = s
    return (dot(softmax(d), d) if way == SOFT else d[best]), best


def simulate(c1, c2, c3, c4, strength, way: int, winners: int):
    """One layer and one example, under a context.

    Args:
        c1, c2, c3, c4: entries of the context.
        strength: of the weights of all segments.
        way: who decides: 0 the largest segment, 1 the largest in size, 2 all, by softmax.
        winners: neurons that stay on, k.
    """
    weights, sums = drawn()
    context, number = [c1, c2, c3, c4], [1.0 * (n + 1) for n in range(NEURONS)]
    at, said, neuron, segment, decides = [], [], [], [], []
    at_best, decided, part, passed = [], [], [], []
    for n in range(NEURONS):
        d = [strength * dot(row, context) for row in weights[n]]
        g, best = chosen(d, way)
        for s in range(SEGMENTS):
            neuron.append(number[n])
            segment.append(s + 1)
            at.append(number[n] + SIDE * (s - 2))
            said.append(d[s])
            decides.append(1 if s == best and way != SOFT else 0)
        decided.append(g)
        at_best.append(number[n] + (0.0 if way == SOFT else SIDE * (best - 2)))
        part.append(100 * gate_step(1.0, g))
        passed.append(gate_step(sums[n], g))
    won_at, won, who = [], [], ""
    for n in range(NEURONS):
        ahead = 0
        for m in range(NEURONS):
            if passed[m] > passed[n] or (passed[m] == passed[n] and m < n):
                ahead += 1
        if ahead < winners:
            won_at.append(number[n])
            won.append(passed[n])
            who = f"{who} {n + 1:d}"
    negative = 0
    for g in decided:
        negative += 1 if g < 0 else 0
    return {
        "entry": [1, 2, 3, 4],
        "context": context,
        "none": [0.0, 0.0, 0.0, 0.0],
        "number": number,
        "neuron": neuron,
        "segment": segment,
        "at": at,
        "said": said,
        "decides": decides,
        "at_best": at_best,
        "decided": decided,
        "part": part,
        "sums": sums,
        "passed": passed,
        "zero": [0.0 for _ in number],
        "won_at": won_at,
        "won": won,
        "c1": [c1],
        "c2": [c2],
        "c3": [c3],
        "c4": [c4],
        "summary": f"Winning neurons:{who}. {negative:d} of {NEURONS:d} neurons are turned down to "
        f"less than half.",
    }


FIGURE = Figure(
    simulate,
    title="A context, entry by entry",
    caption="Each of twelve neurons has five segments that read the context and nothing else. One "
    "of them decides how far its neuron is turned down, and the three neurons with most left win. "
    "The input is the same all the time: turn the context round, and others answer it.",
    inputs=(
        slider("c1", "Context, entry 1", -2, 2, 0.1, 1),
        slider("c2", "Context, entry 2", -2, 2, 0.1, -1),
        slider("c3", "Context, entry 3", -2, 2, 0.1, 1),
        slider("c4", "Context, entry 4", -2, 2, 0.1, -1),
        slider("strength", "Strength of the segments", 0, 4, 0.1, 2),
        slider("way", "Who decides (0 largest, 1 largest in size, 2 softmax)", 0, 2, 1, 1),
        slider("winners", "Neurons that win", 1, NEURONS, 1, 3),
    ),
    panels=(
        panel(
            "The context",
            axis("entry", 0.5, 4.5, ticks=4),
            axis("value", -2.2, 2.2, ticks=4),
            level("ruleY", 0),
            mark("ruleX", "soft", x="entry", y1="none", y2="context", options={"strokeWidth": 3}),
            mark("dot", "ink", fill="soft", x="entry", y="context", options={"r": 4}),
            height=130,
        ),
        panel(
            "What the segments say of it",
            axis(None, 0.4, NEURONS + 0.6),
            axis("d", -MOST, MOST, ticks=5),
            level("ruleY", 0),
            mark("dot", "soft", label="segment", x="at", y="said", options={"r": 2.5}),
            mark("dot", "ink", fill="b", label="what decides", x="at_best", y="decided",
                 options={"r": 4.5}),
            height=170,
            marginBottom=6,
        ),
        panel(
            "What it leaves of each neuron's sum",
            axis("neuron", 0.4, NEURONS + 0.6, ticks=NEURONS),
            axis("output", 0, 1.7, ticks=4),
            mark("ruleX", "a", label="left of it", x="number", y1="zero", y2="passed",
                 options={"strokeWidth": 12}),
            mark("dot", "ink", label="sum", x="number", y="sums", options={"r": 4}),
            mark("dot", "ink", fill="c", label="winner", x="won_at", y="won",
                 options={"r": 5, "symbol": "square"}),
            height=170,
        ),
    ),
    handles=tuple(
        handle(f"Entry {k}", float(k), f"c{k}", 0, drag_y=f"c{k}") for k in (1, 2, 3, 4)
    ),
    table=(("neuron", "neuron"), ("segment", "segment"), ("said", "it says"),
           ("decides", "decides (1) or not")),
)  # fmt: skip
