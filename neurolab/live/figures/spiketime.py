"""Three input spikes, one output spike: when it comes, and what would move it."""

from neurolab.core.ops import exp, maximum
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking.temporal import alpha, crossing_gradient, crossing_time

DECAY = 0.2  # 1/ms
THRESHOLD = 1.0
END = 40.0  # ms
SLIDE = 25.0  # ms, range of the input times
POINTS = 100


def ordered(times, weights):
    """Times and weights in order of time."""
    t, w = [], []
    for one, strength in zip(times, weights, strict=True):
        t.append(one)
        w.append(strength)
        k = len(t) - 1
        while k > 0 and t[k - 1] > t[k]:
            t[k - 1], t[k] = t[k], t[k - 1]
            w[k - 1], w[k] = w[k], w[k - 1]
            k -= 1
    return t, w


def output(times, weights):
    """Whether it fires, when, and the sums a and b over the inputs before."""
    t, w = ordered(times, weights)
    a, b = 0.0, 0.0
    for k, start in enumerate(t):
        grown = w[k] * exp(DECAY * start)
        a += grown
        b += grown * start
        end = t[k + 1] if k + 1 < len(t) else 1e6
        if a > 1e-12 and start < end:
            top = b / a + 1 / DECAY
            if a / DECAY >= THRESHOLD * exp(DECAY * top):
                found = maximum(crossing_time(a, b, DECAY, THRESHOLD), start)
                if found <= end and start < top:
                    return True, found, a, b
    return False, 0.0, a, b


def potential(t, times, weights):
    total = 0.0
    for one, w in zip(times, weights, strict=True):
        total += w * alpha(t - one, DECAY)
    return total


def simulate(t1, t2, t3, w1, w2, w3):
    """The potential, the output spike, and the spike for other times of input 1.

    Args:
        t1, t2, t3: when the inputs fire, in ms.
        w1, w2, w3: their weights, in units of the threshold for each ms.
    """
    times, weights = [t1, t2, t3], [w1, w2, w3]
    fires, t_out, a, b = output(times, weights)
    slopes = []
    for t, w in zip(times, weights, strict=True):
        slope = 0.0
        if fires and t < t_out:
            _, slope = crossing_gradient(t_out, t, w, a, b, DECAY)
        slopes.append(slope)
    clock = [END * k / 200 for k in range(201)]
    tried, found = [], []
    for k in range(POINTS + 1):
        moved = SLIDE * k / POINTS
        there, when, _, _ = output([moved, t2, t3], weights)
        if there:
            tried.append(moved)
            found.append(when)
    tangent = [-4.0, 4.0] if fires else []
    said = "The potential stays below the threshold: no spike, and nothing to move."
    if fires:
        said = (
            f"It fires at {t_out:.2f} ms. A ms of input 1, 2 or 3 moves it by {slopes[0]:z.2f}, "
            f"{slopes[1]:z.2f} or {slopes[2]:z.2f} ms, all three together by "
            f"{slopes[0] + slopes[1] + slopes[2]:z.2f}."
        )
    return {
        "t1": [t1],
        "t2": [t2],
        "t3": [t3],
        "w1": [w1],
        "w2": [w2],
        "w3": [w3],
        "clock": clock,
        "v": [potential(t, times, weights) for t in clock],
        "spike": [t_out] if fires else [],
        "level": [THRESHOLD] if fires else [],
        "slopes": slopes,
        "tried": tried,
        "found": found,
        "own": [t1] if fires else [],
        "tangent_x": [t1 + d for d in tangent],
        "tangent_y": [t_out + slopes[0] * d for d in tangent],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="When does it fire, and what moves that?",
    caption="Three inputs lift the potential; where it reaches the threshold the neuron fires. "
    "The formula's derivative (dashed) touches the curve of output times: it is how much the "
    "output moves when input 1 does.",
    inputs=(
        slider("t1", "Input 1 at", 0, SLIDE, 0.5, 2, "ms"),
        slider("t2", "Input 2 at", 0, SLIDE, 0.5, 8, "ms"),
        slider("t3", "Input 3 at", 0, SLIDE, 0.5, 15, "ms"),
        slider("w1", "Weight 1", -1, 1, 0.05, 0.4),
        slider("w2", "Weight 2", -1, 1, 0.05, 0.3),
        slider("w3", "Weight 3", -1, 1, 0.05, 0.3),
    ),
    panels=(
        panel(
            "Inputs: time across, weight up",
            axis(None, 0, END),
            axis("weight (threshold/ms)", -1.2, 1.2, ticks=3),
            level("ruleY", 0, options={"strokeOpacity": 1}),
            mark("dot", "ink", fill="a", label="input 1", x="t1", y="w1", options={"r": 6}),
            mark("dot", "ink", fill="b", label="input 2", x="t2", y="w2", options={"r": 4.5}),
            mark("dot", "ink", fill="c", label="input 3", x="t3", y="w3", options={"r": 3}),
            height=110,
            marginBottom=8,
        ),
        panel(
            "Potential",
            axis("time (ms)", 0, END),
            axis("potential (× threshold)", -1, 2.5),
            level("ruleY", 1, color="ink", label="threshold", dash="dotted"),
            mark("line", "a", label="potential", x="clock", y="v", options={"strokeWidth": 2}),
            mark("ruleX", "ink", label="output spike", dash="dashed", x="spike"),
            height=190,
        ),
        panel(
            "Output time, if input 1 came at another time",
            axis("time of input 1 (ms)", 0, SLIDE),
            axis("output (ms)", 5, 30),
            mark("dot", fill="soft", label="output spike, input 1 moved", x="tried", y="found",
                 options={"r": 2}),
            mark("line", "b", label="slope by the formula", dash="dashed", x="tangent_x",
                 y="tangent_y", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", label="this setting", x="own", y="spike",
                 options={"r": 5}),
            height=190,
        ),
    ),
    handles=(
        handle("Input 1", "t1", "w1", drag_x="t1", drag_y="w1"),
        handle("Input 2", "t2", "w2", drag_x="t2", drag_y="w2"),
        handle("Input 3", "t3", "w3", drag_x="t3", drag_y="w3"),
    ),
    table=(("clock", "time (ms)"), ("v", "potential (× threshold)")),
)  # fmt: skip
