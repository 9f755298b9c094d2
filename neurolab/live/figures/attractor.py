"""A value that holds itself, or turns: recurrent decoders of few cells, and how they drift."""

import math

from neurolab.core.ops import atan2, cos, exp, sin, sqrt
from neurolab.core.random import seeded
from neurolab.live.decoded import cells, currents, decoders, rates
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.linear import dot
from neurolab.nef.tuning import lif_rate_step
from neurolab.spiking.conventions import lif_nengo_step
from neurolab.spiking.refractory import RefractoryLIFParams, RefractoryLIFState

DT = 2.0  # ms
STEPS = 1000
NOISE = 0.1  # that decoders are solved for
RINGS = 6  # of points in the plane
SPOKES = 16
LINE = 49  # points on a line
FIELD = 81  # values at which the drift is drawn
TURNS = 12  # directions over which it is averaged
FINE = 1e11  # numbers are kept in parts of this: their last digits, which a network of spikes
# would blow up, differ between machines


def points(dimensions: int):
    """Where the value is to be decoded as it is."""
    if dimensions == 1:
        return [[2 * k / (LINE - 1) - 1] for k in range(LINE)]
    found = []
    for r in range(RINGS):
        for k in range(SPOKES):
            angle = 2 * math.pi * (k + 0.5 * r) / SPOKES
            size = sqrt((r + 1) / RINGS)
            found.append([size * cos(angle), size * sin(angle)])
    return found


def fed(x, turn):
    """What of the value goes back in: tau A + I times x."""
    if len(x) == 1:
        return [x[0]]
    return [x[0] - turn * x[1], turn * x[0] + x[1]]


def kept(x):
    return int(x * FINE) / FINE


def decoded(group, d, x, turn):
    """What the rates say of the value that is fed back."""
    a = rates(group, fed(x, turn), 1.0)
    return [dot(a, one) for one in d]


def pull(group, d, at, turn, tau):
    """How fast a value grows by itself, or the radius of a turning one, a second."""
    if len(d) == 1:
        return (decoded(group, d, [at], turn)[0] - at) * 1000 / tau
    total = 0.0
    for k in range(TURNS):
        angle = 2 * math.pi * k / TURNS
        to = decoded(group, d, [at * cos(angle), at * sin(angle)], turn)
        total += (cos(angle) * to[0] + sin(angle) * to[1] - at) / TURNS
    return total * 1000 / tau


def run(group, d, start, turn, tau, spiking: int):
    """The value after each step."""
    keep, x, values = exp(-DT / tau), [v for v in start], [[v for v in start]]
    params = RefractoryLIFParams(20.0, 2.0)
    state = [RefractoryLIFState(0.0, 0.0, -1.0) for _ in group.gain]
    for _ in range(STEPS):
        a, after = [], []
        for j, now in zip(currents(group, fed(x, turn), 1.0), state, strict=True):
            if spiking == 1:
                z, now = lif_nengo_step(j, now, params, DT)
                a.append(z * 1000 / DT)
            else:
                a.append(lif_rate_step(j))
            after.append(now)
        state = after
        x = [kept(keep * v + (1 - keep) * dot(a, one)) for v, one in zip(x, d, strict=True)]
        values.append(x)
    return values


def turned(values):
    """Turns of a point about the middle."""
    total, before = 0.0, atan2(values[0][1], values[0][0])
    for x in values:
        now = atan2(x[1], x[0])
        step = now - before
        if step > math.pi:
            step -= 2 * math.pi
        if step < -math.pi:
            step += 2 * math.pi
        total += step / (2 * math.pi)
        before = now
    return total


def simulate(neurons: int, hertz, spiking: int, start, tau):
    """Two seconds of a network that feeds its own decoded value back to itself.

    Args:
        neurons: N.
        hertz: turns a second, of two values (oscillator); 0 holds one value (integrator).
        spiking: 1 LIF spikes, 0 their rates.
        start: the value at the beginning; of the oscillator its first coordinate.
        tau: of the synapses, in ms.
    """
    dimensions = 2 if hertz > 0 else 1
    turn = 2 * math.pi * hertz * tau / 1000
    group, _ = cells(neurons, dimensions, seeded(12))
    spots = points(dimensions)
    a = [rates(group, x, 1.0) for x in spots]
    exact = decoders(a, [[x[k] for x in spots] for k in range(dimensions)], NOISE)
    d = [[kept(weight) for weight in one] for one in exact]
    first = [start, 0.0] if hertz > 0 else [start]
    values = run(group, d, first, turn, tau, spiking)
    t = [DT * k / 1000 for k in range(STEPS + 1)]
    ideal = [start * cos(2 * math.pi * hertz * s) if hertz > 0 else start for s in t]
    at = [2 * k / (FIELD - 1) - 1 for k in range(FIELD)]
    field = [pull(group, d, x, turn, tau) for x in at]
    holds = []
    for k in range(FIELD - 1):
        if field[k] > 0 and field[k + 1] <= 0:
            part = field[k] / (field[k] - field[k + 1])
            holds.append(at[k] + part * (at[k + 1] - at[k]))
    end = values[STEPS]
    if hertz == 0:
        now = f"after 2 s the value is {end[0]:z.2f} in place of {start:z.2f}"
        rest = f"Values that hold themselves: {len(holds):d}"
    else:
        radius = sqrt(dot(end, end))
        now = (
            f"after 2 s it has turned {turned(values):z.2f} times in place of {2 * hertz:.2f}, "
            f"and its radius is {radius:.2f}"
        )
        most = 0.0
        for x in holds:
            most = x if x > most else most
        rest = f"The radius that holds itself is {most:.2f}"
    kind = "spiking neurons" if spiking == 1 else "neurons with rates"
    return {
        "t": t,
        "x": [v[0] for v in values],
        "ideal": ideal,
        "at": at,
        "field": field,
        "holds": holds,
        "holds_at": [0.0 for _ in holds],
        "zero": [0.0],
        "start": [start],
        "own": [pull(group, d, start, turn, tau)],
        "end": [end[0]],
        "summary": f"{neurons:d} {kind}: {now}. {rest}.",
    }


FIGURE = Figure(
    simulate,
    title="A value that should stay",
    caption="A network feeds its decoded value back to itself and should hold it. The read-out of "
    "few neurons bends about the value, so it drifts to the nearest place where the bend crosses "
    "zero downward (dots). A longer synapse drifts more slowly.",
    inputs=(
        slider("neurons", "Neurons", 4, 40, 2, 12),
        slider("hertz", "Turns a second (0 holds)", 0, 2, 0.25, 0, "Hz"),
        slider("spiking", "Neurons fire (0 rates, 1 spikes)", 0, 1, 1, 0),
        slider("start", "Value at the start", -0.9, 0.9, 0.05, 0.3),
        slider("tau", "Synapse", 10, 200, 10, 100, "ms"),
    ),
    panels=(
        panel(
            "The value over two seconds",
            axis("time (s)", 0, 2),
            axis("value", -1.3, 1.3, ticks=5),
            mark("ruleY", "soft", y="holds"),
            mark("line", "ink", label="wanted", dash="dashed", x="t", y="ideal",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="the network", x="t", y="x", options={"strokeWidth": 2.5}),
            mark("dot", fill="b", x="zero", y="start", options={"r": 5}),
            height=220,
        ),
        panel(
            "How fast it moves by itself",
            axis("value, or radius of the turn", -1, 1),
            axis("a second", -2, 2, ticks=5),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("line", "a", label="drift", dash="dotted", x="at", y="field",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", label="holds itself", x="holds", y="holds_at",
                 options={"r": 4}),
            mark("dot", fill="b", x="start", y="own", options={"r": 5}),
            height=190,
        ),
    ),
    handles=(
        handle("Value at the start", "zero", "start", drag_y="start"),
        handle("Start, on the drift", "start", "own", 1, drag_x="start"),
    ),
    table=(("t", "time (s)"), ("x", "the network"), ("ideal", "wanted")),
)  # fmt: skip
