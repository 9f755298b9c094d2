"""Krotov and Hopfield's rule: units compete for digits, and their filters become prototypes."""

from neurolab.core.ops import abs, maximum, sqrt
from neurolab.core.random import normal, seeded, uniform
from neurolab.hebbian import krotov_hopfield_step
from neurolab.live.digits import LABELS, unpacked
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot, matvec

UNITS = 16
ACROSS = 4  # units in a row of the picture
PIXELS = 8  # in a row of a digit
SHOWN = 2000  # digits in all
EVERY = 25  # digits between two points of the curves
FIRST = 0.3  # size of the first weights
HUGE = 1e6  # a weight beyond this is not followed any further


def two_largest(h: list) -> list:
    """Places of the largest number and of the second largest."""
    first, second = 0, 1
    if h[1] > h[0]:
        first, second = 1, 0
    for n in range(2, len(h)):
        if h[n] > h[first]:
            first, second = n, first
        elif h[n] > h[second]:
            second = n
    return [first, second]


def learned(x: list, h: float, g: float, w: list, rate: float) -> list:
    """The weights of one unit after one digit."""
    return [
        w_i + krotov_hopfield_step(x_i, h, g, w_i, 1.0, rate) for x_i, w_i in zip(x, w, strict=True)
    ]


def recognised(digits: list, w: list) -> list:
    """How many units win one of the digits, and the fraction of digits whose winner is right.

    A unit stands for the digit that it wins most often.
    """
    winner, count = [], [[0 for _ in range(10)] for _ in w]
    for x, label in zip(digits, LABELS, strict=True):
        n = two_largest(matvec(w, x))[0]
        winner.append(n)
        count[n][label] += 1
    right, busy = 0, 0
    for row in count:
        most, wins = 0, 0
        for c in row:
            wins += c
            if c > most:
                most = c
        right += most
        busy += 1 if wins > 0 else 0
    return [busy, right / len(digits)]


def simulate(images, delta, rate):
    """Sixteen units see digits, drawn at random from a hundred.

    Args:
        images: how many digits the weights in the picture have seen.
        delta: strength of unlearning, of the second in each competition.
        rate: learning rate.
    """
    s = seeded(5)
    digits = unpacked()
    lengths = [sqrt(dot(x, x)) for x in digits]
    w = []
    for _ in range(UNITS):
        row = []
        for _ in range(PIXELS * PIXELS):
            z, s = normal(s)
            row.append(FIRST * abs(z))
        w.append(row)
    drawn, recent = [row for row in w], 0.0
    seen, fit, size = [], [], []
    for k in range(SHOWN + 1):
        if k == images:
            drawn = [row for row in w]
        if k % EVERY == 0 and k > 0:
            length = 0.0
            for row in w:
                length += sqrt(dot(row, row))
            seen.append(k)
            fit.append(recent / EVERY)
            size.append(length / UNITS)
            recent = 0.0
        u, s = uniform(s)
        x, length = digits[int(100 * u)], lengths[int(100 * u)]
        h = matvec(w, x)
        first, second = two_largest(h)
        recent += h[first] / (length * maximum(sqrt(dot(w[first], w[first])), 1e-9))
        if abs(h[first]) + abs(h[second]) < HUGE:
            w[first] = learned(x, h[first], 1.0, w[first], rate)
            w[second] = learned(x, h[second], -delta, w[second], rate)
    largest = 1e-9
    for row in drawn:
        for v in row:
            largest = maximum(largest, abs(v))
    across, down, plus, minus = [], [], [], []
    for n, row in enumerate(drawn):
        for i, v in enumerate(row):
            across.append((PIXELS + 1) * (n % ACROSS) + i % PIXELS)
            down.append(-(PIXELS + 1) * (n // ACROSS) - i // PIXELS)
            plus.append(maximum(v, 0.0) / largest)
            minus.append(maximum(-v, 0.0) / largest)
    busy, right = recognised(digits, drawn)
    return {
        "across": across,
        "down": down,
        "plus": plus,
        "minus": minus,
        "seen": seen,
        "fit": fit,
        "size": size,
        "at": [images],
        "busy": [busy],
        "right": [right],
        "summary": f"After {images:.0f} digits {busy:.0f} of {UNITS:.0f} units win, and "
        f"{100 * right:.0f} of the 100 digits go to a unit that stands for them.",
    }


EDGE = (PIXELS + 1) * ACROSS
FIGURE = Figure(
    simulate,
    title="Units that compete become prototypes",
    caption="Sixteen units that began as noise have come to look like digits. No label was shown; "
    "labels only count, at the end, how many digits go to a unit that stands for them.",
    inputs=(
        slider("images", "Digits seen", 0, SHOWN, EVERY, 2000),
        slider("delta", "Unlearning, delta", 0, 0.6, 0.05, 0.2),
        slider("rate", "Learning rate", 0.01, 0.4, 0.01, 0.05),
    ),
    panels=(
        panel(
            "Weights of the sixteen units",
            axis(None, -1, EDGE - 1),
            axis(None, 1 - EDGE, 1),
            mark("heat", fill="a", label="positive weight", x="across", y="down", value="plus"),
            mark("heat", fill="b", label="negative weight", x="across", y="down", value="minus",
                 options={"size": 0.6}),
            aspectRatio=1,
            marginLeft=16,
            marginTop=8,
            marginBottom=8,
        ),
        panel(
            "While they learn",
            axis("digits seen", 0, SHOWN),
            axis("overlap, length", 0, 2.6),
            mark("line", "a", label="overlap of the winner with its digit", x="seen", y="fit",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="mean length of the weights", dash="dashed",
                 x="seen", y="size", options={"strokeWidth": 2}),
            mark("ruleX", "ink", label="the picture above", dash="dotted", x="at"),
            height=200,
        ),
    ),
    handles=(handle("Digits seen", "at", 0.3, panel=1, drag_x="images"),),
    table=(("seen", "digits seen"), ("fit", "overlap"), ("size", "mean length")),
)  # fmt: skip
