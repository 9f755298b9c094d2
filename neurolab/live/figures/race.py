"""A race: few gains of trunks learn, or the many links behind them, from one teacher."""

from neurolab.core.ops import exp, log, maximum, sqrt
from neurolab.core.random import normal, seeded
from neurolab.dendrites.nodal_adaptation import answer_error, normalized_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

PRESENTATIONS = 300
STUDENTS = 3  # of each kind, each with a teacher of its own; their errors are averaged
ENOUGH = 0.05  # of the error at the beginning
LEAST = 1e-3  # that is drawn


def dots(xs, ys):
    return total([x * y for x, y in zip(xs, ys, strict=True)])


def total(xs):
    found = 0.0
    for x in xs:
        found += x
    return found


def drawn(n, s):
    """That many normal numbers, and the next random state."""
    found = []
    for _ in range(n):
        x, s = normal(s)
        found.append(x)
    return found, s


def scaled(gains, w, m):
    """What each synapse counts: its link times the gain of its trunk."""
    return [gains[i // m] * x for i, x in enumerate(w)]


def trunk_sums(w, x, m):
    """What each trunk gets."""
    k = len(w) // m
    return [total([w[i * m + j] * x[i * m + j] for j in range(m)]) for i in range(k)]


def off(effective, target):
    """Mean squared difference of answers to normal inputs, by that of the teacher's."""
    gap = [a - b for a, b in zip(effective, target, strict=True)]
    return dots(gap, gap) / dots(target, target)


def gap_of(gains, along, power, whole):
    """The same for gains on links with these sums of squares, and products with the target."""
    found = whole
    for g, p, q in zip(gains, along, power, strict=True):
        found += g * g * q - 2 * g * p
    return maximum(found, 0.0) / whole


def one(seed, k: int, m: int, mixed, rate):
    """Errors of a student of each kind at each presentation, and the least that gains can have."""
    s = seeded(seed)
    own, s = drawn(k * m, s)
    other, s = drawn(k * m, s)
    wanted, s = drawn(k, s)
    a, b = sqrt(1 - mixed), sqrt(mixed)
    target = scaled(wanted, [a * x + b * y for x, y in zip(own, other, strict=True)], m)
    along = trunk_sums(own, target, m)
    power = trunk_sums(own, own, m)
    whole = dots(target, target)
    reached = total([p * p / q for p, q in zip(along, power, strict=True)])
    reach = maximum(0.0, 1 - reached / whole)
    gains, links = [1.0 for _ in range(k)], [w for w in own]
    nodes_off, links_off = [off(own, target)], [off(own, target)]
    for _ in range(PRESENTATIONS):
        x, s = drawn(k * m, s)
        t = dots(target, x)
        h = trunk_sums(own, x, m)
        error, size = answer_error(t, dots(gains, h)), dots(h, h)
        gains = [g + normalized_step(error, v, size, rate) for g, v in zip(gains, h, strict=True)]
        error, size = answer_error(t, dots(links, x)), dots(x, x)  # the gains of links stay 1
        links = [w + normalized_step(error, v, size, rate) for w, v in zip(links, x, strict=True)]
        nodes_off.append(gap_of(gains, along, power, whole))
        links_off.append(off(links, target))
    return nodes_off, links_off, reach


def soonest(errors):
    """The first presentation with an error below 5 % of the first; -1 for none."""
    for n in range(len(errors)):
        if errors[n] < ENOUGH * errors[0]:
            return n
    return -1


def simulate(trunks: int, links: int, mixed, rate):
    """Students of each kind, side by side on the same examples.

    Args:
        trunks: gains of a neuron.
        links: synapses of a trunk.
        mixed: part of the teacher's links that has nothing to do with the students'.
        rate: of the normalized rule.
    """
    by_nodes = [0.0 for _ in range(PRESENTATIONS + 1)]
    by_links = [0.0 for _ in range(PRESENTATIONS + 1)]
    floor = 0.0
    for k in range(STUDENTS):
        first, second, reach = one(11 + k, trunks, links, mixed, rate)
        by_nodes = [a + b / STUDENTS for a, b in zip(by_nodes, first, strict=True)]
        by_links = [a + b / STUDENTS for a, b in zip(by_links, second, strict=True)]
        floor += reach / STUDENTS
    n, last = [1.0 * k for k in range(PRESENTATIONS + 1)], PRESENTATIONS
    slow = 1 - rate * (2 - rate) / (trunks * links)
    node_time, link_time = soonest(by_nodes), soonest(by_links)
    crossed = 0  # from here on links are better
    for k in range(PRESENTATIONS + 1):
        if maximum(by_links[k], LEAST) >= by_nodes[k]:
            crossed = k + 1
    if node_time < 0:
        told = f"Gains do not get to 5 % of their first error; they end at {by_nodes[last]:.2f}."
    else:
        told = f"Gains get to 5 % of their first error after {node_time:d} examples."
    more = f"Links do not within {last:d}." if link_time < 0 else f"Links do after {link_time:d}."
    if crossed > last:
        end = "Gains stay ahead to the end."
    else:
        end = f"From example {crossed:d} on links are ahead."
    return {
        "n": n,
        "nodes": [maximum(x, LEAST) for x in by_nodes],
        "links": [maximum(x, LEAST) for x in by_links],
        "theory": [maximum(by_links[0] * exp(k * log(slow)), LEAST) for k in n],
        "floor": [maximum(floor, LEAST)],
        "knob": [0.92 * last],
        "reach": [floor],
        "times": [1.0 * node_time, 1.0 * link_time, 1.0 * crossed],
        "summary": f"{trunks:d} gains against {trunks * links:d} links. {told} {more} {end}",
    }


FIGURE = Figure(
    simulate,
    title="Few gains against many links",
    caption="Two kinds of students learn from the same examples: one adapts a gain for each trunk, "
    "the other each of its links. Where the teacher differs in its gains alone, gains win by far. "
    "Mix other links into the teacher, and gains stop above the floor.",
    inputs=(
        slider("trunks", "Trunks (gains)", 2, 6, 1, 4),
        slider("links", "Links of a trunk", 2, 20, 1, 16),
        slider("mixed", "Other links in the teacher", 0, 1, 0.01, 0),
        slider("rate", "Learning rate", 0.1, 1.5, 0.1, 1),
    ),
    panels=(
        panel(
            "Error on fresh inputs, as a part of the teacher's answers",
            axis("examples shown", 0, PRESENTATIONS),
            axis("error", LEAST, 10, type="log", ticks=4, tickFormat="~g"),
            mark("line", "c", label="theory for links", dash="dotted", x="n", y="theory",
                 options={"strokeWidth": 2}),
            mark("ruleY", "soft", label="least that gains can reach", y="floor",
                 options={"strokeWidth": 2, "strokeDasharray": "9 3 2 3"}),
            mark("line", "b", label="links learn", dash="dashed", x="n", y="links",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="gains learn", x="n", y="nodes",
                 options={"strokeWidth": 3}),
            height=300,
        ),
    ),
    handles=(handle("Other links in the teacher", "knob", "floor", drag_y="mixed"),),
    table=(("n", "examples"), ("nodes", "error, gains learn"), ("links", "error, links learn")),
)  # fmt: skip
