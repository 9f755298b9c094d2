"""Digits by spike timing: nine spiking cells compete, the winner's synapses take its picture."""

from neurolab.core.ops import exp, maximum
from neurolab.core.random import seeded, uniform
from neurolab.hebbian import Cells, DigitsParams, digits_stdp_step, network_step
from neurolab.live.digits import unpacked
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

CELLS = 9
ACROSS = 3  # cells in a row of the picture
PIXELS = 8  # in a row of a digit
SHOWN = 60  # pictures, each once
STEPS = 100  # of a picture; steps of 1 ms
PEAK = 0.1  # spikes a ms of a white pixel, evenly spaced
TAU_TRACE = 20.0  # ms
MEAN = 0.2  # weight of a cell, kept by scaling
LONG_AGO = 1000  # ms since the last spike of a pixel that has not fired


def first_weights(s: int) -> tuple:
    """Weights (CELLS, 64) of the mean that scaling keeps, and the next state of the stream."""
    w = []
    for _ in range(CELLS):
        row = []
        for _ in range(PIXELS * PIXELS):
            u, s = uniform(s)
            row.append(0.5 + u)
        w.append(scaled_row(row))
    return w, s


def scaled_row(row: list) -> list:
    """The weights of a cell, brought back to their mean."""
    total = 0.0
    for v in row:
        total += v
    return [v * MEAN * len(row) / maximum(total, 1e-9) for v in row]


def shuffled(count: int, s: int) -> tuple:
    """The whole numbers below ``count`` in a random order, and the next state of the stream."""
    order = [k for k in range(count)]
    for k in range(count - 1, 0, -1):
        u, s = uniform(s)
        j = int(u * (k + 1))
        order[k], order[j] = order[j], order[k]
    return order, s


def at_rest(p: DigitsParams) -> Cells:
    rest, rest_h = p.excitatory.rest, p.inhibitory.rest
    return Cells(rest, 0.0, 0.0, 0.0, 0.0, rest_h, 0.0, 0.0, 0.0)


def present(x: list, phase: list, w: list, theta: list, p: DigitsParams) -> list:
    """One picture; ``w`` and ``theta`` change in place. Spikes of each cell."""
    since = [LONG_AGO for _ in x]
    cells = [at_rest(p) for _ in w]
    count = [0 for _ in w]
    for _ in range(STEPS):
        fired = []
        for i, v in enumerate(x):
            since[i] += 1
            phase[i] += v * PEAK
            if phase[i] >= 1:
                phase[i] -= 1
                since[i] = 0
                fired.append(i)
        total = 0.0
        for c in cells:
            total += c.k
        for n, c in enumerate(cells):
            drive, row = 0.0, w[n]
            for i in fired:
                drive += row[i]
            cells[n] = network_step(drive, c, total - c.k, theta[n], p)
        for n, c in enumerate(cells):
            if c.z > 0:
                count[n] += 1
                theta[n] += p.theta_plus
                trace = [exp(-t * p.dt / TAU_TRACE) for t in since]
                w[n] = [v + digits_stdp_step(r, v, p) for r, v in zip(trace, w[n], strict=True)]
    return count


def simulate(images, theta_plus, inhibition, rate):
    """Nine cells see sixty digits, one after another, each once.

    Args:
        images: how many the weights in the picture have seen.
        theta_plus: what a spike adds to its cell's threshold, in mV.
        inhibition: from the inhibitory cell of the one that fires to all others.
        rate: learning rate.
    """
    p = DigitsParams(
        gain=0.8, inhibition=inhibition, theta_plus=theta_plus, rate=rate, target=0.4, dt=1.0
    )
    digits = unpacked()
    w, s = first_weights(seeded(5))
    order, s = shuffled(len(digits), s)
    theta = [0.0 for _ in w]
    drawn = [row for row in w]
    picture, cell, wins, spikes = [], [], [0 for _ in w], 0
    for k in range(SHOWN):
        phase = []
        for _ in range(PIXELS * PIXELS):
            u, s = uniform(s)
            phase.append(u)
        count = present(digits[order[k]], phase, w, theta, p)
        first = 0
        for n, c in enumerate(count):
            w[n] = scaled_row(w[n])
            first = n if c > count[first] else first
        picture.append(k + 1)
        cell.append(first + 1 if count[first] > 0 else 0)
        if k < images:
            drawn = [row for row in w]
            for c in count:
                spikes += c
            if count[first] > 0:
                wins[first] += 1
    across, down, shade = [], [], []
    for n, row in enumerate(drawn):
        for i, v in enumerate(row):
            across.append((PIXELS + 1) * (n % ACROSS) + i % PIXELS)
            down.append(-(PIXELS + 1) * (n // ACROSS) - i // PIXELS)
            shade.append(v)
    busy, most = 0, 0
    for c in wins:
        busy += 1 if c > 0 else 0
        most = c if c > most else most
    return {
        "across": across,
        "down": down,
        "shade": shade,
        "picture": picture,
        "cell": cell,
        "at": [images],
        "wins": wins,
        "theta": theta,
        "spikes": [spikes],
        "summary": f"Of {images:.0f} pictures the busiest of nine cells won {most:.0f}; "
        f"{busy:.0f} cells won at least one.",
    }


EDGE = (PIXELS + 1) * ACROSS
FIGURE = Figure(
    simulate,
    title="Spiking cells share the digits out",
    caption="Nine cells began alike but for noise. After sixty pictures, each shown once, their "
    "weights look like different digits, since a cell that fires raises its own threshold.",
    inputs=(
        slider("images", "Pictures seen", 0, SHOWN, 1, 60),
        slider("theta_plus", "Threshold, up by a spike", 0, 2, 0.1, 1, "mV"),
        slider("inhibition", "Inhibition of the others", 0, 30, 1, 17),
        slider("rate", "Learning rate", 0.02, 0.5, 0.02, 0.3),
    ),
    panels=(
        panel(
            "Weights of the nine cells",
            axis(None, -1, EDGE - 1),
            axis(None, 1 - EDGE, 1),
            mark("heat", fill="a", label="weight from 0 to 1", x="across", y="down",
                 value="shade"),
            aspectRatio=1,
            marginLeft=16,
            marginTop=8,
            marginBottom=8,
        ),
        panel(
            "Which cell fires most (0: none fires)",
            axis("picture", 0, SHOWN + 1),
            axis("cell", -0.5, CELLS + 0.5),
            mark("dot", "b", label="the winner", x="picture", y="cell", options={"r": 3.5}),
            mark("ruleX", "ink", label="the weights above", dash="dotted", x="at"),
            height=200,
        ),
    ),
    handles=(handle("Pictures seen", "at", 0, panel=1, drag_x="images"),),
    table=(("picture", "picture"), ("cell", "winner")),
)  # fmt: skip
