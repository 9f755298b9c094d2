"""Models of no, one, two and three hidden layers, fitted to a neuron's answers in the page."""

from neurolab.core.ops import exp, maximum, minimum, sigmoid
from neurolab.core.random import seeded, uniform
from neurolab.dendrites.compartmental import GlutamateParams
from neurolab.dendrites.two_layer import branch_step
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.linear import solve
from neurolab.live.star import BRANCHES, at_rest, cell_step, dealt, tree

DT = 2.0  # ms
STEPS = 50  # over which the answer is averaged
MIDDLE = 20  # synapses of a volley
WIDEST = 16  # how far from it their number may be
FRESH = 60  # volleys that no model has learned from
DEEPEST = 3
ROUNDS = 25  # of a fit
GRID = 1 / 1048576  # of the models' numbers, so that no last digit decides where a fit ends
LEAST = 0.01  # per cent: less is drawn here
MOST = 200.0  # and more here
NUMBERS = [4, 6, 11, 17]  # of each model: floor, height, bias, strength, then the branches'


def volleys(count: int, spread: int, seed: int, params):
    """Synapses of each branch, and the mean answer of the soma in mV above rest."""
    s, grown, xs, ys = seeded(seed), tree(), [], []
    for _ in range(count):
        u, s = uniform(s)
        on, s = dealt(MIDDLE + int(u * (2 * spread + 1)) - spread, s)
        cell, total = at_rest(), 0.0
        for t in range(STEPS):
            cell = cell_step([1.0 * n if t == 0 else 0.0 for n in on], cell, grown, params, DT)
            total += cell.v[0] - grown.e_leak
        xs.append(on)
        ys.append(total / STEPS)
    return xs, ys


def unit(n, p, at: int):
    """A sigmoid of the number of synapses, and its derivatives by the branches' numbers."""
    width = exp(p[at + 1])
    a = branch_step(n, p[at], width)
    bend = [0.0 for _ in p]
    bend[at], bend[at + 1] = -a * (1 - a) / width, -a * (1 - a) * (n - p[at]) / width
    return a, bend


def mixed(a, bend_a, b, bend_b, p, at: int):
    """A sigmoid of two units, and its derivatives."""
    c = sigmoid(p[at] + p[at + 1] * a + p[at + 2] * b)
    steep = c * (1 - c)
    bend = [steep * (p[at + 1] * x + p[at + 2] * y) for x, y in zip(bend_a, bend_b, strict=True)]
    bend[at] = steep
    bend[at + 1], bend[at + 2] = steep * a, steep * b
    return c, bend


def passed(p, depth: int):
    """What a branch passes on, for each number of synapses that it may get; and derivatives."""
    told, bent = [], []
    for n in range(MIDDLE + WIDEST + 1):
        a, bend = 1.0 * n, [0.0 for _ in p]
        if depth > 0:
            a, bend = unit(n, p, 4)
        if depth > 1:
            b, other = unit(n, p, 6)
            at = 8
            for _ in range(depth - 2):
                c, new = mixed(a, bend, b, other, p, at)
                b, other = mixed(a, bend, b, other, p, at + 3)
                a, bend, at = c, new, at + 6
            a, bend = mixed(a, bend, b, other, p, at)
        told.append(a)
        bent.append(bend)
    return told, bent


def added(told, x):
    total = 0.0
    for n in x:
        total += told[n]
    return total


def answers(p, depth: int, xs):
    told, _ = passed(p, depth)
    return [p[0] + p[1] * sigmoid(p[2] + p[3] * added(told, x)) for x in xs]


def squares(said, ys):
    total = 0.0
    for a, y in zip(said, ys, strict=True):
        total += (a - y) * (a - y)
    return total


def slopes(p, depth: int, xs):
    """Derivatives of the answer to each volley by each number of the model."""
    told, bent = passed(p, depth)
    found = []
    for x in xs:
        whole = added(told, x)
        soft = sigmoid(p[2] + p[3] * whole)
        steep = p[1] * soft * (1 - soft)
        row = [1.0, soft, steep, steep * whole]
        for k in range(4, len(p)):
            bend = 0.0
            for n in x:
                bend += bent[n][k]
            row.append(steep * p[3] * bend)
        found.append(row)
    return found


def begun(depth: int, p):
    """Where a fit begins: one layer more does nearly what the fitted ``p`` without it does.

    For that the new sigmoids are used where they are nearly straight: sigmoid(2 a - 1) is about
    a / 2 + 1 / 4.
    """
    if depth == 0:
        return [0.0, 8.0, -1.0, 0.05]
    if depth == 1:
        return [0.0, 8.0, -2.0, 1.0, 5.0, 0.7]
    if depth == 2:
        straight = [p[0], p[1], p[2] - BRANCHES * p[3] / 2, 2 * p[3], p[4], p[5]]
        for v in [2 * p[4], p[5], -1.0, 2.0, 0.0]:
            straight.append(v)
        return straight
    kept = [p[k] for k in range(8)]
    for v in [-1.0, 2.0, 0.0, -1.0, 0.0, 2.0, p[8] - (p[9] + p[10]) / 2, 2 * p[9], 2 * p[10]]:
        kept.append(v)
    return kept


def fitted(depth: int, start, xs, ys):
    """The numbers of a model after so many steps of Levenberg and Marquardt."""
    p, damping = start, 0.01
    said = answers(p, depth, xs)
    loss = squares(said, ys)
    for _ in range(ROUNDS):
        rows, size = slopes(p, depth, xs), len(p)
        a = [[0.0 for _ in p] for _ in p]
        b = [0.0 for _ in p]
        for row, told, y in zip(rows, said, ys, strict=True):
            for i in range(size):
                b[i] += row[i] * (y - told)
                for j in range(i + 1):
                    a[i][j] += row[i] * row[j]
        for i in range(size):
            for j in range(i):
                a[j][i] = a[i][j]
        for i in range(size):
            a[i][i] += damping * (a[i][i] + 1e-3)
        tried = [(v + w + GRID / 2) // GRID * GRID for v, w in zip(p, solve(a, b), strict=True)]
        new = answers(tried, depth, xs)
        other = squares(new, ys)
        if other < loss:
            p, said, loss, damping = tried, new, other, maximum(0.3 * damping, 1e-6)
        else:
            damping = 4 * damping
    return p


def missed(said, ys):
    """Per cent of the variance that is not explained."""
    mean = 0.0
    for y in ys:
        mean += y / len(ys)
    return 100 * squares(said, ys) / squares([mean for _ in ys], ys)


def simulate(depth: int, spread: int, learned: int, nmda):
    """Fit all depths to volleys of one neuron, and try them on others.

    Args:
        depth: hidden layers of the model that is drawn.
        spread: how far the number of synapses may be from 20.
        learned: volleys to learn from.
        nmda: conductance of a synapse's NMDA receptors in nS.
    """
    params = GlutamateParams(nmda=nmda)
    xs, ys = volleys(learned, spread, 1, params)
    fresh, asked = volleys(FRESH, spread, 2, params)
    own, new, drawn, p = [], [], [], []
    for d in range(DEEPEST + 1):
        p = fitted(d, begun(d, p), xs, ys)
        said = answers(p, d, fresh)
        own.append(missed(answers(p, d, xs), ys))
        new.append(missed(said, asked))
        if d == depth:
            drawn = said
    kind = "a point neuron" if depth == 0 else "two layers" if depth == 1 else "more layers"
    return {
        "asked": asked,
        "said": drawn,
        "line": [0.0, 16.0],
        "depths": [1.0 * d for d in range(DEEPEST + 1)],
        "new": [minimum(maximum(x, LEAST), MOST) for x in new],
        "own": [minimum(maximum(x, LEAST), MOST) for x in own],
        "depth": [1.0 * depth],
        "here": [minimum(maximum(new[depth], LEAST), MOST)],
        "parameters": [1.0 * n for n in NUMBERS],
        "summary": f"{depth:d} hidden layers, {kind} of {NUMBERS[depth]:d} numbers: on fresh "
        f"volleys R² is {1 - new[depth] / 100:.3f}, so {new[depth]:.1f} % of the variance is "
        f"missed.",
    }


FIGURE = Figure(
    simulate,
    title="How deep must a model of a neuron be?",
    caption="Models with branches that are alike, fitted to a neuron's mean answers to volleys of "
    "synapses. A model without a hidden layer hears the number of synapses alone. One hidden "
    "layer, a sigmoid for each branch, finds nearly all of what is left; more layers add little.",
    inputs=(
        slider("depth", "Hidden layers", 0, DEEPEST, 1, 0),
        slider("spread", "Synapses: 20, more or less", 0, WIDEST, 1, 8),
        slider("learned", "Volleys learned from", 12, 48, 4, 48),
        slider("nmda", "NMDA receptors of a synapse", 0, 1.5, 0.1, 1, "nS"),
    ),
    panels=(
        panel(
            "Answers to fresh volleys",
            axis("neuron (mV)", 0, 16, ticks=4),
            axis("model (mV)", 0, 16, ticks=4),
            mark("line", "soft", dash="dashed", label="equal", x="line", y="line"),
            mark("dot", "ink", fill="a", label="volley", x="asked", y="said", options={"r": 3}),
            height=250,
        ),
        panel(
            "Part of the variance that is missed",
            axis("hidden layers", -0.3, DEEPEST + 0.3, ticks=DEEPEST),
            axis("missed (%)", LEAST, MOST, type="log", ticks=4, tickFormat="~g"),
            level("ruleY", 100),
            mark("line", "soft", dash="dotted", label="of volleys learned from", x="depths",
                 y="own", options={"strokeWidth": 2}),
            mark("line", "a", label="of fresh ones", x="depths", y="new",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="b", label="model that is drawn", x="depth", y="here",
                 options={"r": 7}),
            height=200,
        ),
    ),
    handles=(handle("Hidden layers", "depth", "here", 1, drag_x="depth"),),
    table=(("asked", "neuron (mV)"), ("said", "model (mV)")),
)  # fmt: skip
