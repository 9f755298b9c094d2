"""Two copies of a coupled assembly under the same input: do they forget where they started?"""

import math

from neurolab.core.ops import minimum, sin, sqrt, tanh
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import matvec
from neurolab.recurrent.contracting import assembly_step

TAU = 10.0  # ms
DT = 1.0  # ms
STEPS = 300
UNITS = 4  # two subnetworks of two neurons
ROOT = [1.0, 2.0, 1.0, 0.5]  # of the metric
INSIDE = [[0.6, 0.8], [0.8, -0.6]]  # of a subnetwork, in the metric: norm 1
ACROSS = [[0.8, 0.6], [-0.6, 0.8]]  # from the first to the second: norm 1
LEAST = 1e-7  # a distance below is drawn here
MOST = 1e3  # and one above here
PERIOD = 60.0  # ms, of the input


def weights(strength, coupled, back):
    """Within the subnetworks, and between them: B and ``back`` times its way back."""
    within = [[0.0 for _ in range(UNITS)] for _ in range(UNITS)]
    between = [[0.0 for _ in range(UNITS)] for _ in range(UNITS)]
    for j in range(2):
        for i in range(2):
            for k in range(2):
                to, source = 2 * k + j, 2 * k + i
                within[to][source] = strength * INSIDE[j][i] * ROOT[source] / ROOT[to]
            to, source = 2 + j, i
            free = coupled * ACROSS[j][i] * ROOT[source] / ROOT[to]
            between[to][source] = free
            square = ROOT[to] * ROOT[to] / (ROOT[source] * ROOT[source])
            between[source][to] = back * free * square
    return within, between


def inverse(a):
    """Of a matrix whose diagonal is large enough to divide by, by elimination."""
    n = len(a)
    left = [[v for v in row] for row in a]
    right = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
    for k in range(n):
        pivot = left[k][k]
        left[k] = [v / pivot for v in left[k]]
        right[k] = [v / pivot for v in right[k]]
        for i in range(n):
            if i != k:
                part = left[i][k]
                left[i] = [v - part * p for v, p in zip(left[i], left[k], strict=True)]
                right[i] = [v - part * p for v, p in zip(right[i], right[k], strict=True)]
    return right


def after(x, within, ends, u):
    """The state one step later: everything but leak and coupling, then those."""
    recurrent = matvec(within, [tanh(v) for v in x])
    pushed = [
        assembly_step(x_n, r_n, u if n % 2 == 0 else -u, TAU, DT)
        for n, (x_n, r_n) in enumerate(zip(x, recurrent, strict=True))
    ]
    return matvec(ends, pushed)


def apart(x, y):
    """Distance of two states in the metric."""
    total = 0.0
    for n in range(UNITS):
        total += ROOT[n] * ROOT[n] * (x[n] - y[n]) * (x[n] - y[n])
    return sqrt(total)


def simulate(strength, coupled, back, drive, start):
    """Two copies, one from -1 and one from ``start``, under the same input.

    Args:
        strength: s, of the weights inside a subnetwork.
        coupled: strength of the coupling.
        back: of the way back: -1 antisymmetric in the metric, 0 none, 1 symmetric.
        drive: size of the input.
        start: state of the second copy's neurons 1 and 3.
    """
    within, between = weights(strength, coupled, back)
    a = DT / TAU
    ends = inverse(
        [
            [(1 + a if i == j else 0.0) - a * between[i][j] for j in range(UNITS)]
            for i in range(UNITS)
        ]
    )
    x = [-1.0, 0.0, -1.0, 0.0]
    y = [start, 0.0, start, 0.0]
    shrink = (1 + strength * a) / (1 + a)
    time, first, second, gap, promised = [], [], [], [], []
    first_gap = apart(x, y)
    bound, far = first_gap, first_gap
    for k in range(STEPS + 1):
        time.append(k * DT)
        first.append(x[0])
        second.append(y[0])
        far = apart(x, y)
        gap.append(minimum(far if far > LEAST else LEAST, MOST))
        promised.append(minimum(bound if bound > LEAST else LEAST, MOST))
        u = drive * sin(2 * math.pi * k * DT / PERIOD)
        x = after(x, within, ends, u)
        y = after(y, within, ends, u)
        bound = bound * shrink
    kept = back == -1 and strength < 1
    if far < LEAST:
        ended = "below what is drawn"
    elif far > MOST:
        ended = "beyond what is drawn"
    else:
        ended = f"{far:.6f}"
    said = f"Promised is at most {bound / shrink:.4f}." if kept else "Nothing is promised here."
    return {
        "time": time,
        "first": first,
        "second": second,
        "gap": gap,
        "promised": promised if kept else [],
        "promised_at": time if kept else [],
        "at": [0.0],
        "start": [start],
        "summary": f"From {first_gap:.2f} the distance of the copies is {ended} after "
        f"{STEPS * DT:.0f} ms. {said}",
    }


FIGURE = Figure(
    simulate,
    title="Two copies under one input",
    caption="Two subnetworks that contract, coupled. However strong the coupling, with a way back "
    "of −1 (antisymmetric in their metric) the copies come together at least as fast as the dotted "
    "line promises.",
    inputs=(
        slider("strength", "Weights inside a subnetwork", 0, 1.4, 0.1, 0.8),
        slider("coupled", "Strength of the coupling", 0, 3, 0.1, 1.0),
        slider("back", "Way back of the coupling", -1, 1, 0.1, -1, "×"),
        slider("drive", "Input", 0, 2, 0.1, 0.5),
        slider("start", "Start of copy 2", -3, 3, 0.1, 2),
    ),
    panels=(
        panel(
            "Neuron 1 in both copies",
            axis(None, 0, STEPS * DT),
            axis("state", -3.2, 3.2, ticks=5),
            mark("line", "b", label="copy 2", dash="dashed", x="time", y="second",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="copy 1", x="time", y="first", options={"strokeWidth": 1.5}),
            height=170,
            marginBottom=6,
        ),
        panel(
            "Distance of the copies, in the metric",
            axis("time (ms)", 0, STEPS * DT),
            axis("distance", LEAST, MOST, type="log", ticks=5),
            mark("line", "ink", label="promised at most", dash="dotted", x="promised_at",
                 y="promised", options={"strokeWidth": 2.5}),
            mark("line", "b", label="distance", x="time", y="gap", options={"strokeWidth": 2}),
            height=190,
        ),
    ),
    handles=(handle("Start of copy 2", "at", "start", drag_y="start"),),
    table=(("time", "time (ms)"), ("first", "copy 1"), ("second", "copy 2"), ("gap", "distance")),
)  # fmt: skip
