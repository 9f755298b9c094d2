"""A function read out of a few cells with tuning curves: decoders by least squares."""

import math

from neurolab.core.ops import minimum, sin, sqrt
from neurolab.core.random import normal, seeded
from neurolab.live.decoded import cells, decoders, largest, misses, rates
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.linear import dot

POWER = 0  # the functions: a power of the value,
WAVE = 1  # a sine,
SQUARE_WAVE = 2  # and its sign
END = 1.5  # of the values that are drawn
GRID = 61
POINTS = 50  # at which the function is to be met
SIZES = [5, 10, 20, 40]
DRAWS = 4  # ensembles of each size
LEAST = 0.004  # an error below is drawn here


def wanted(function: int, order: int, x):
    if function == WAVE:
        return sin(math.pi * order * x)
    if function == SQUARE_WAVE:
        return 1.0 if sin(math.pi * order * x) > 0 else -1.0
    y = 1.0
    for _ in range(order):
        y *= x
    return y


def points(radius):
    return [radius * (2 * k / (POINTS - 1) - 1) for k in range(POINTS)]


def solved(count: int, noise, radius, function: int, order: int, s):
    """The cells, their decoders, the error without noise and with it, and the next state."""
    group, s = cells(count, 1, s)
    a = [rates(group, [x], radius) for x in points(radius)]
    ys = [wanted(function, order, x) for x in points(radius)]
    d = decoders(a, [ys], noise)[0]
    still = misses(a, d, ys)
    shake = noise * largest(a)
    return group, d, still, sqrt(still * still + shake * shake * dot(d, d)), s


def simulate(neurons: int, noise, radius, function: int, order: int, value):
    """Decode a function from the rates of cells, with noise on each rate.

    Args:
        neurons: N.
        noise: deviation of a rate, in percent of the largest one; decoders are solved for it.
        radius: values that the cells are made for.
        function: 0 a power of the value, 1 a sine, 2 the sign of that sine.
        order: the exponent, or half waves from 0 to 1.
        value: where the cells are read.
    """
    part = noise / 100
    group, d, still, shaken, _ = solved(neurons, part, radius, function, order, seeded(4))
    s, xs = seeded(9), [END * (2 * k / (GRID - 1) - 1) for k in range(GRID)]
    a = [rates(group, [x], radius) for x in xs]
    top = largest(a)
    read, noisy = [], []
    for row in a:
        read.append(dot(row, d))
        total = 0.0
        for rate, weight in zip(row, d, strict=True):
            g, s = normal(s)
            total += (rate + part * top * g) * weight
        noisy.append(total)
    curve_x, curve_y, curve_n = [], [], []
    for n in range(neurons):
        for k in range(GRID):
            curve_x.append(xs[k])
            curve_y.append(a[k][n])
            curve_n.append(1.0 * n)
    sizes, errors, static = [], [], []
    s = seeded(21)
    for size in SIZES:
        squares, plain = 0.0, 0.0
        for _ in range(DRAWS):
            _, _, alone, whole, s = solved(size, part, radius, function, order, s)
            squares += whole * whole / DRAWS
            plain += alone * alone / DRAWS
        sizes.append(1.0 * size)
        errors.append(sqrt(squares) if sqrt(squares) > LEAST else LEAST)
        static.append(sqrt(plain) if sqrt(plain) > LEAST else LEAST)
    here = dot(rates(group, [value], radius), d)
    hope = wanted(function, order, value)
    return {
        "x": xs,
        "wanted": [wanted(function, order, x) for x in xs],
        "read": read,
        "noisy": noisy,
        "curve_x": curve_x,
        "curve_y": curve_y,
        "curve_n": curve_n,
        "edges": [-radius, radius],
        "value": [value],
        "here": [here],
        "sizes": sizes,
        "errors": errors,
        "static": static,
        "law_x": [SIZES[0] * 1.0, 40.0],
        "law_y": [errors[0], errors[0] * sqrt(SIZES[0] / 40)],
        "own_x": [1.0 * neurons],
        "own_y": [minimum(shaken, 2.0) if shaken > LEAST else LEAST],
        "rmse": [still],
        "rmse_noisy": [shaken],
        "summary": f"{neurons:d} neurons: root mean square error {still:.3f} without noise, "
        f"{shaken:.3f} with it. At {value:z.2f} the decoders say {here:z.2f}; {hope:z.2f} is "
        f"wanted.",
    }


FIGURE = Figure(
    simulate,
    title="One population, any function",
    caption="Twenty neurons with fixed tuning curves. The same rates give the value, its square or "
    "a wave, by other decoders. Inside the radius (dotted lines) the read-out follows; outside it "
    "nothing was asked. With noise on the rates the error falls at least as one over the root of "
    "their number.",
    inputs=(
        slider("neurons", "Neurons", 1, 60, 1, 20),
        slider("noise", "Noise, of the largest rate", 1, 50, 1, 10, "%"),
        slider("radius", "Radius", 0.5, 1.5, 0.05, 1),
        slider("function", "0 power, 1 sine, 2 its sign", 0, 2, 1, 0),
        slider("order", "Exponent, or half waves", 1, 5, 1, 2),
        slider("value", "Value that is read", -1.5, 1.5, 0.05, 0.6),
    ),
    panels=(
        panel(
            "Tuning curves",
            axis(None, -END, END),
            axis("rate (Hz)", 0, 450, ticks=3),
            mark("line", "a", x="curve_x", y="curve_y", z="curve_n", options={
                "strokeOpacity": 0.6}),
            mark("ruleX", "ink", dash="dotted", x="edges"),
            mark("ruleX", "b", x="value", options={"strokeWidth": 1.5}),
            height=150,
            marginBottom=6,
        ),
        panel(
            "What is decoded",
            axis("value x", -END, END),
            axis("f(x)", -1.6, 2.3, ticks=4),
            mark("dot", "soft", fill="soft", label="from rates with noise, one draw", x="x",
                 y="noisy", options={"r": 2}),
            mark("line", "ink", label="wanted", dash="dashed", x="x", y="wanted",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="decoded, without noise", x="x", y="read",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", dash="dotted", x="edges"),
            mark("dot", fill="b", x="value", y="here", options={"r": 5}),
            height=220,
        ),
        panel(
            "Error by number of neurons, mean of four draws",
            axis("neurons", 0.9, 70, type="log", ticks=[1, 5, 10, 20, 40], tickFormat="d"),
            axis("rms error", LEAST, 2, type="log", ticks=[0.01, 0.1, 1], tickFormat="~g"),
            mark("line", "ink", label="the law 1/√N", dash="dotted", x="law_x", y="law_y"),
            mark("line", "a", label="with noise", x="sizes", y="errors",
                 options={"strokeWidth": 2.5}),
            mark("line", "c", label="without", dash="dashed", x="sizes", y="static",
                 options={"strokeWidth": 2}),
            mark("dot", fill="b", x="own_x", y="own_y", options={"r": 5}),
            height=190,
        ),
    ),
    handles=(
        handle("Value that is read", "value", "here", 1, drag_x="value"),
        handle("Neurons", "own_x", "own_y", 2, drag_x="neurons"),
    ),
    table=(("x", "value"), ("wanted", "wanted"), ("read", "decoded"), ("noisy", "with noise")),
)  # fmt: skip
