"""One neuron whose dendritic spike shrinks with its input, and the square of XOR."""

from neurolab.core.ops import abs, minimum, sqrt
from neurolab.core.random import normal, seeded
from neurolab.dendrites.dcaap import DCaAPParams, dcaap_band, dcaap_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

CORNERS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
WANTED = [0.0, 1.0, 1.0, 0.0]
SIDE = 33  # squares of the plane along an axis
LOW = -0.5  # of both axes of the plane
WIDE = 2.0  # their length
TRIALS = 60  # noisy inputs, of each corner
FAR = 4.0  # a boundary is drawn so far from the line of the weights on either side


def fires(x, y, w1, w2, bias, soma, params):
    """1 if the soma does, else 0."""
    return 1.0 if dcaap_step(w1 * x + w2 * y + bias, params) > soma else 0.0


def boundary(u, w1, w2, bias):
    """Three points of the line on which the depolarization is ``u``; nothing without weights."""
    size = w1 * w1 + w2 * w2
    if size < 1e-6:
        return [], []
    x, y, long = (u - bias) * w1 / size, (u - bias) * w2 / size, sqrt(size)
    across, along = -FAR * w2 / long, FAR * w1 / long
    return [x - across, x, x + across], [y - along, y, y + along]


def simulate(reach, rise, soma, w1, w2, bias, noise):
    """The answers of a neuron with two inputs.

    Args:
        reach: depolarization above threshold at which the dCaAP has fallen to 1/e.
        rise: softness of its threshold.
        soma: threshold of the soma, of the size of the dCaAP.
        w1, w2, bias: of the dendrite, in distances of its threshold.
        noise: standard deviation of each noisy input.
    """
    params = DCaAPParams(fall=reach - 1, rise=rise)
    low, high = dcaap_band(soma, params)
    u = [-0.5 + 0.02 * k for k in range(201)]
    inside_x, inside_y, shade = [], [], []
    for j in range(SIDE):
        for k in range(SIDE):
            x, y = LOW + WIDE * k / (SIDE - 1), LOW + WIDE * j / (SIDE - 1)
            if fires(x, y, w1, w2, bias, soma, params) > 0:
                inside_x.append(x)
                inside_y.append(y)
                shade.append(0.25)
    right, told, at, size = 0, [], [], []
    margin, length = 1e9, sqrt(w1 * w1 + w2 * w2)
    for (x, y), wanted in zip(CORNERS, WANTED, strict=True):
        here = w1 * x + w2 * y + bias
        answer = fires(x, y, w1, w2, bias, soma, params)
        right += 1 if answer == wanted else 0
        told.append(answer)
        at.append(here)
        size.append(dcaap_step(here, params))
        margin = minimum(margin, minimum(abs(here - low), abs(here - high)))
    s, count, good_x, good_y, bad_x, bad_y = seeded(3), 0, [], [], [], []
    for (x, y), wanted in zip(CORNERS, WANTED, strict=True):
        for _ in range(TRIALS):
            one, s = normal(s)
            two, s = normal(s)
            a, b = x + noise * one, y + noise * two
            if fires(a, b, w1, w2, bias, soma, params) == wanted:
                count += 1
                good_x.append(a)
                good_y.append(b)
            else:
                bad_x.append(a)
                bad_y.append(b)
    first_x, first_y = boundary(low, w1, w2, bias)
    second_x, second_y = boundary(high, w1, w2, bias)
    gap = f"{margin / length:.2f}" if length > 1e-3 else "0.00"
    return {
        "u": u,
        "a": [dcaap_step(x, params) for x in u],
        "corner_u": at,
        "corner_a": size,
        "inside_x": inside_x,
        "inside_y": inside_y,
        "shade": shade,
        "first_x": first_x,
        "first_y": first_y,
        "second_x": second_x,
        "second_y": second_y,
        "one_x": [0.0, 1.0],
        "one_y": [1.0, 0.0],
        "zero_x": [0.0, 1.0],
        "zero_y": [0.0, 1.0],
        "good_x": good_x,
        "good_y": good_y,
        "bad_x": bad_x,
        "bad_y": bad_y,
        "origin": [0.0],
        "reach": [reach],
        "fallen": [dcaap_step(reach, params)],
        "soma": [soma],
        "band": [high],
        "w1": [w1],
        "w2": [w2],
        "truth": told,
        "count": [1.0 * count],
        "summary": f"00 gives {told[0]:.0f}, 01 {told[1]:.0f}, 10 {told[2]:.0f}, "
        f"11 {told[3]:.0f}: {right:.0f} of 4 as XOR. A boundary is {gap} from the nearest corner; "
        f"of {4 * TRIALS:.0f} noisy inputs {count:.0f} are answered rightly.",
    }


FIGURE = Figure(
    simulate,
    title="XOR in one dendrite",
    caption="The spike of this dendrite is largest at its threshold and smaller for stronger "
    "input. The soma answers where it is large enough: between two lines, not on one side of one. "
    "Drag the point of the curve far to the right, and no line is left that solves XOR.",
    inputs=(
        slider("reach", "Fallen to 1/e at (thresholds)", 1.1, 4, 0.05, 1.3),
        slider("rise", "Softness of the threshold", 0.02, 0.5, 0.02, 0.1),
        slider("soma", "Threshold of the soma", 0.05, 0.95, 0.01, 0.1),
        slider("w1", "Weight 1", 0, 2, 0.05, 1.25),
        slider("w2", "Weight 2", 0, 2, 0.05, 1.25),
        slider("bias", "Depolarization without input", -0.5, 1, 0.05, 0),
        slider("noise", "Noise of the inputs", 0, 0.5, 0.01, 0.15),
    ),
    panels=(
        panel(
            "Size of the dendritic spike",
            axis("depolarization (thresholds)", -0.5, 3.5),
            axis("size", 0, 1.08, ticks=4),
            mark("ruleY", "b", label="threshold of the soma", dash="dashed", y="soma"),
            mark("line", "a", label="dendritic spike", x="u", y="a", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="c", label="the four inputs", x="corner_u", y="corner_a",
                 options={"r": 4}),
            height=180,
        ),
        panel(
            "The plane of both inputs",
            axis("input 1", LOW, LOW + WIDE),
            axis("input 2", LOW, LOW + WIDE),
            mark("heat", fill="a", x="inside_x", y="inside_y", value="shade",
                 options={"size": WIDE / (SIDE - 1)}),
            mark("line", "ink", label="edge of where the soma fires (shaded)", x="first_x",
                 y="first_y", options={"strokeWidth": 2}),
            mark("line", "ink", x="second_x", y="second_y", options={"strokeWidth": 2}),
            mark("arrow", "a", label="weights", x1="origin", y1="origin", x2="w1", y2="w2",
                 options={"strokeWidth": 2.5}),
            mark("cloud", "soft", label="noisy input, right", x="good_x", y="good_y"),
            mark("cloud", "b", label="noisy input, wrong", x="bad_x", y="bad_y",
                 options={"strokeWidth": 4}),
            mark("dot", "ink", fill="c", label="XOR is 1", x="one_x", y="one_y",
                 options={"r": 7}),
            mark("dot", "ink", label="XOR is 0", x="zero_x", y="zero_y",
                 options={"r": 7, "fill": "none"}),
            aspectRatio=1,
        ),
    ),
    handles=(
        handle("Where the spike has fallen to 1/e", "reach", "fallen", drag_x="reach"),
        handle("Threshold of the soma", "band", "soma", drag_y="soma"),
        handle("Weights", "w1", "w2", 1, drag_x="w1", drag_y="w2"),
    ),
    table=(("u", "depolarization"), ("a", "size of the spike")),
)  # fmt: skip
