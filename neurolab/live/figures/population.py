"""Many cells with tuning curves tell one angle: two readers, and the bound for all."""

import math
from typing import NamedTuple

from neurolab.coding.population import von_mises_rate
from neurolab.core.ops import atan2, cos, exp, log, maximum, minimum, sin, sqrt
from neurolab.core.random import seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

GRID = 60  # angles tried before the steps of scoring
SCORINGS = 3
WINDOWS = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0]  # s
TRIALS = 100  # of each window
DEGREE = math.pi / 180


class Curve(NamedTuple):
    kappa: float
    peak: float
    base: float


def poisson(mean, s):
    """A count and the next state of the stream, by adding up chances until they pass a draw."""
    u, s = uniform(s)
    n, p = 0, exp(-mean)
    total = p
    while total < u and p > 1e-300:
        n += 1
        p = p * mean / n
        total += p
    return n, s


def score_and_information(n, angle, preferred, curve, seconds):
    """d log p(n | angle) / d angle, and the Fisher information at the angle."""
    score, information = 0.0, 0.0
    for n_j, c in zip(n, preferred, strict=True):
        f = von_mises_rate(angle, c, curve)
        slope = -curve.kappa * sin(angle - c) * (f - curve.base)
        score += (n_j / f - seconds) * slope
        information += seconds * slope * slope / f
    return score, information


def likeliest(n, preferred, logs, total, curve, seconds):
    """Maximum likelihood: the best angle of the grid, then steps of Fisher scoring."""
    best, largest = 0, -1e300
    for k, row in enumerate(logs):
        value = -seconds * total[k]
        for n_j, log_f in zip(n, row, strict=True):
            if n_j > 0:
                value += n_j * log_f
        if value > largest + 1e-9:  # of two that are alike the first
            best, largest = k, value
    angle, widest = best * 2 * math.pi / GRID, 2 * math.pi / GRID
    for _ in range(SCORINGS):
        score, information = score_and_information(n, angle, preferred, curve, seconds)
        angle += maximum(-widest, minimum(widest, score / information))
    return angle


def vector(n, preferred):
    """Population vector: the direction of all preferred angles, each with its count."""
    east, north = 0.0, 0.0
    for n_j, c in zip(n, preferred, strict=True):
        east += n_j * cos(c)
        north += n_j * sin(c)
    if north * north + east * east < 1e-18:  # no spike, or spikes that cancel
        return 0.0
    return atan2(north, east)


def away(a, b):
    """From b to a the short way round, in degrees."""
    return ((a - b) / DEGREE + 180) % 360 - 180


def simulate(angle, window, peak, cells, kappa):
    """One trial, and the errors of many at six windows.

    Args:
        angle: the stimulus, in degrees.
        window: time in which spikes are counted, in s.
        peak: rate of a cell at its preferred angle, above its base of 2, in 1/s.
        cells: their number.
        kappa: sharpness of the curves.
    """
    curve, s = Curve(kappa, peak, 2.0), seeded(12)
    preferred = [2 * math.pi * j / cells for j in range(int(cells))]
    logs, total = [], []
    for k in range(GRID):
        rates = [von_mises_rate(2 * math.pi * k / GRID, c, curve) for c in preferred]
        all_of_them = 0.0
        for f in rates:
            all_of_them += f
        total.append(all_of_them)
        logs.append([log(f) for f in rates])
    true = angle * DEGREE
    rates = [von_mises_rate(true, c, curve) for c in preferred]
    counts = []
    for f in rates:
        n, s = poisson(f * window, s)
        counts.append(n)
    own, arrow = likeliest(counts, preferred, logs, total, curve, window), vector(counts, preferred)
    by_likelihood, by_vector = [], []
    for seconds in WINDOWS:
        square, other = 0.0, 0.0
        for _ in range(TRIALS):
            u, s = uniform(s)
            turned = 2 * math.pi * u
            drawn = []
            for c in preferred:
                n, s = poisson(von_mises_rate(turned, c, curve) * seconds, s)
                drawn.append(n)
            off = away(likeliest(drawn, preferred, logs, total, curve, seconds), turned)
            square += off * off
            off = away(vector(drawn, preferred), turned)
            other += off * off
        by_likelihood.append(sqrt(square / TRIALS))
        by_vector.append(sqrt(other / TRIALS))
    _, information = score_and_information(counts, true, preferred, curve, 1.0)
    bound = 1 / (DEGREE * sqrt(information))  # degrees, for a window of 1 s
    length = [0.015 * exp(k / 60 * log(100)) for k in range(61)]
    return {
        "turn": [6 * k for k in range(61)],
        "expected": [von_mises_rate(true, 6 * k * DEGREE, curve) for k in range(61)],
        "preferred": [c / DEGREE for c in preferred],
        "counts": counts,
        "measured": [n / window for n in counts],
        "angle": [angle],
        "foot": [0.0],
        "own": [own / DEGREE % 360],
        "arrow": [arrow / DEGREE % 360],
        "length": length,
        "bound": [bound / sqrt(t) for t in length],
        "window": [window],
        "windows": WINDOWS,
        "by_likelihood": by_likelihood,
        "by_vector": by_vector,
        "summary": f"Maximum likelihood says {own / DEGREE % 360:.1f} degrees, the population "
        f"vector {arrow / DEGREE % 360:.1f}; no reader without bias is off by less than "
        f"{bound / sqrt(window):.1f} (root of the mean square).",
    }


FIGURE = Figure(
    simulate,
    title="Reading an angle from counts",
    caption="Sixteen cells, each with a preferred angle, count spikes for a tenth of a second. "
    "The error of the best reader falls as one over the root of the window, along the bound of "
    "Cramer and Rao; so do more cells and more gain help, by their roots.",
    inputs=(
        slider("angle", "Stimulus", 0, 360, 5, 130, "°"),
        slider("window", "Window", 0.02, 1, 0.01, 0.1, "s"),
        slider("peak", "Gain", 5, 100, 5, 50, "/s"),
        slider("cells", "Cells", 4, 48, 4, 16),
        slider("kappa", "Sharpness of the curves", 0.5, 12, 0.5, 2),
    ),
    panels=(
        panel(
            "One trial: what all cells fired",
            axis("preferred angle (degrees)", 0, 360),
            axis("spikes / window (1/s)", 0, 130),
            mark("line", "soft", label="expected rate", dash="dashed", x="turn", y="expected",
                 options={"strokeWidth": 2}),
            mark("dot", "ink", fill="a", label="a cell", x="preferred", y="measured",
                 options={"r": 3.5}),
            mark("ruleX", "ink", label="stimulus", x="angle"),
            mark("ruleX", "a", label="maximum likelihood", dash="dotted", x="own",
                 options={"strokeWidth": 2}),
            height=190,
        ),
        panel(
            "Error of many trials by the length of the window",
            axis("window (s)", 0.015, 1.5, type="log", ticks=4, tickFormat="~s"),
            axis("error (degrees)", 0.5, 100, type="log", ticks=4, tickFormat="~s"),
            mark("line", "ink", label="bound of Cramer and Rao", x="length", y="bound",
                 options={"strokeWidth": 2}),
            mark("dot", "ink", fill="b", label="population vector", x="windows", y="by_vector",
                 options={"r": 6}),
            mark("dot", "ink", fill="a", label="maximum likelihood", x="windows",
                 y="by_likelihood", options={"r": 3.5}),
            mark("ruleX", "soft", label="window of the trial above", dash="dotted", x="window"),
            height=230,
        ),
    ),
    handles=(
        handle("Stimulus", "angle", 122, drag_x="angle"),
        handle("Window", "window", 0.8, panel=1, drag_x="window"),
    ),
    table=(("turn", "preferred angle (degrees)"), ("expected", "expected rate (1/s)"),
           ("length", "window (s)"), ("bound", "bound (degrees)")),
)  # fmt: skip
