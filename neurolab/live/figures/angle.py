"""E-prop's gradient beside that of BPTT: the angle between them, in small spiking networks."""

import math

from neurolab.core.ops import abs, atan2, cos, exp, sin, sqrt
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking import LIFParams, LIFState, lif_step

CUE = 40  # ms, after which the answer may be asked
ASKED = 20  # ms, for which it is asked
LONGEST = 120  # ms, a trial at most
INPUTS = 3  # the first is on all the time, the others are spike trains
RATE = 0.3  # of the trains, spikes a ms
SHARPNESS = 1.0  # of psi, the surrogate FastSigmoid
TAU_OUT = 20.0  # ms, read-out
TARGET = 1.0
STRONGEST = 3.0
TRIED = 11  # strengths between 0 and the strongest
NETWORKS = 3  # drawn at random, the first one is the dial's


def network(units, s):
    """Weights of the inputs, of the recurrence at strength 1 and of the read-out; next state."""
    w_in, w, out = [], [], []
    for j in range(units):
        first, s = normal(s)
        row = [1.2 + 0.2 * first]
        for _ in range(INPUTS - 1):
            drawn, s = normal(s)
            row.append(1.5 * drawn)
        w_in.append(row)
        row = []
        for i in range(units):
            drawn, s = normal(s)
            row.append(0.0 if i == j else 3 * drawn / sqrt(units))
        w.append(row)
        drawn, s = normal(s)
        out.append(drawn / sqrt(units))
    return w_in, w, out, s


def trains(steps, s):
    """Inputs of each step and the next state."""
    x = []
    for _ in range(steps):
        row = [1.0]
        for _ in range(INPUTS - 1):
            u, s = uniform(s)
            row.append(1.0 if u < RATE else 0.0)
        x.append(row)
    return x, s


def forward(w_in, w, out, x, delay, tau, frozen):
    """Sources, psi, error and read-out of each step; e-prop's gradient, made on the way.

    From the step ``frozen`` on the traces stay as they are.
    """
    units, alpha, kappa = len(w), exp(-1 / tau), exp(-1 / TAU_OUT)
    params = LIFParams(tau)
    states, z = [LIFState(0.0, -1.0) for _ in w], [0.0 for _ in w]
    z_bar, epsilon = [0.0 for _ in w], [0.0 for _ in range(INPUTS + units)]
    e_bar = [[0.0 for _ in range(INPUTS + units)] for _ in w]
    gradient = [[0.0 for _ in range(INPUTS + units)] for _ in w]
    sources, slopes, errors, drawn = [], [], [], []
    for t, now in enumerate(x):
        source = [v for v in now]
        for v in z:
            source.append(v)
        if t < frozen:
            epsilon = [alpha * e + (1 - alpha) * v for e, v in zip(epsilon, source, strict=True)]
        fired, slope, y = [], [], 0.0
        for j in range(units):
            current = 0.0
            for i in range(INPUTS):
                current += w_in[j][i] * now[i]
            for i in range(units):
                current += w[j][i] * z[i]
            spike, state = lif_step(current, states[j], params, 1.0)
            states[j] = state
            far = 1 + SHARPNESS * abs(state.u)
            slope.append(1 / (far * far))
            fired.append(spike)
            z_bar[j] = kappa * z_bar[j] + spike
            y += out[j] * z_bar[j]
        asked = t >= CUE + delay and t < CUE + delay + ASKED
        error = y - TARGET if asked else 0.0
        for j in range(units):
            for i in range(INPUTS + units):
                if t < frozen:
                    e_bar[j][i] = kappa * e_bar[j][i] + slope[j] * epsilon[i]
                gradient[j][i] += error * out[j] * e_bar[j][i]
        z = fired
        sources.append(source)
        slopes.append(slope)
        errors.append(error)
        drawn.append(y)
    return sources, slopes, errors, drawn, gradient


def backward(w, out, sources, slopes, errors, tau):
    """The gradient of BPTT: what is owed to each potential, from the last step to the first."""
    units, alpha, kappa = len(w), exp(-1 / tau), exp(-1 / TAU_OUT)
    owed_v, owed_bar = [0.0 for _ in w], 0.0
    gradient = [[0.0 for _ in range(INPUTS + units)] for _ in w]
    for t in range(len(sources) - 1, -1, -1):
        owed_bar = kappa * owed_bar + errors[t]
        before = []
        for j in range(units):
            owed_z = out[j] * owed_bar
            for k in range(units):
                owed_z += (1 - alpha) * w[k][j] * owed_v[k]
            before.append(alpha * owed_v[j] + slopes[t][j] * owed_z)
        owed_v = before
        for j in range(units):
            for i in range(INPUTS + units):
                gradient[j][i] += (1 - alpha) * owed_v[j] * sources[t][i]
    return gradient


def between(a, b):
    """Degrees between two gradients; a unit has no weight to itself."""
    ab, aa, bb = 0.0, 0.0, 0.0
    for j in range(len(a)):
        for i in range(len(a[j])):
            if i != INPUTS + j:
                ab += a[j][i] * b[j][i]
                aa += a[j][i] * a[j][i]
                bb += b[j][i] * b[j][i]
    left = aa * bb - ab * ab
    across = sqrt(left) if left > 1e-12 * aa * bb else 0.0  # less is rounding
    return atan2(across, ab) * 180 / math.pi


def angle(strength, units, delay, tau, frozen, seed):
    """Of one network, drawn from a seed, and its read-out at each step."""
    w_in, w, out, s = network(units, seeded(seed))
    x, s = trains(CUE + delay + ASKED, s)
    scaled = [[strength * v for v in row] for row in w]
    sources, slopes, errors, drawn, eprop = forward(w_in, scaled, out, x, delay, tau, frozen)
    return between(eprop, backward(scaled, out, sources, slopes, errors, tau)), drawn


def simulate(strength, units, delay, tau, frozen):
    """Both gradients at one strength of the recurrent weights, and at others.

    Args:
        strength: of the recurrent weights.
        units: neurons.
        delay: from the end of the cue to the answer, in ms.
        tau: membrane time constant, and so of the eligibility trace, in ms.
        frozen: from when on the eligibility traces stay as they are, in ms.
    """
    tried, mean, low, high = [], [], [], []
    for k in range(TRIED):
        g = STRONGEST * k / (TRIED - 1)
        total, least, most = 0.0, 180.0, 0.0
        for n in range(NETWORKS):
            found, _ = angle(g, units, delay, tau, frozen, n + 1)
            total += found
            least = found if found < least else least
            most = found if found > most else most
        tried.append(g)
        mean.append(total / NETWORKS)
        low.append(least)
        high.append(most)
    own, drawn = angle(strength, units, delay, tau, frozen, 1)
    turned = own * math.pi / 180
    if own < 1:
        said = "the same direction"
    elif own < 90:
        said = "it still has a part along BPTT's"
    else:
        said = "it points away from BPTT's"
    return {
        "own": [own],
        "tried": tried,
        "mean": mean,
        "low": low,
        "high": high,
        "strength": [strength],
        "t": [t + 1 for t in range(len(drawn))],
        "drawn": drawn,
        "asked": [CUE + delay, CUE + delay + ASKED],
        "wanted": [TARGET, TARGET],
        "zero": [0.0],
        "up": [1.0],
        "eprop_x": [sin(turned)],
        "eprop_y": [cos(turned)],
        "arc_x": [0.45 * sin(turned * k / 30) for k in range(31)],
        "arc_y": [0.45 * cos(turned * k / 30) for k in range(31)],
        "summary": f"At strength {strength:.1f} e-prop's gradient lies {own:.0f} degrees from that "
        f"of BPTT: {said}. At strength {STRONGEST:.0f} the mean of three networks is "
        f"{mean[TRIED - 1]:.0f} degrees.",
    }


FIGURE = Figure(
    simulate,
    title="How far e-prop's gradient points from that of BPTT",
    caption="Without recurrence the two gradients are one. Each recurrent path that e-prop leaves "
    "out turns it further away. Below 90 degrees (dotted) it still has a part along BPTT's.",
    inputs=(
        slider("strength", "Recurrent strength", 0, STRONGEST, 0.1, 1.0, "×"),
        slider("units", "Neurons", 2, 10, 1, 6),
        slider("delay", "Answer asked after", 0, LONGEST - CUE - ASKED, 5, 20, "ms"),
        slider("tau", "Trace and membrane", 5, 50, 5, 20, "ms"),
        slider("frozen", "Traces frozen from", 10, LONGEST, 10, LONGEST, "ms"),
    ),
    panels=(
        panel(
            "The two directions, in one network",
            axis(None, -1.25, 1.25),
            axis(None, -1.15, 1.15),
            mark("arrow", "a", label="gradient of BPTT", x1="zero", y1="zero", x2="zero", y2="up",
                 options={"strokeWidth": 3, "headLength": 8}),
            mark("arrow", "b", label="gradient of e-prop", dash="dashed", x1="zero", y1="zero",
                 x2="eprop_x", y2="eprop_y", options={"strokeWidth": 3, "headLength": 8}),
            mark("line", "ink", x="arc_x", y="arc_y", options={"strokeWidth": 1.5}),
            aspectRatio=1,
            marginTop=8,
            marginBottom=8,
        ),
        panel(
            "The angle by the strength of the recurrence",
            axis("recurrent strength (×)", 0, STRONGEST),
            axis("angle (degrees)", 0, 180),
            level("ruleY", 90, color="ink", label="90 degrees", dash="dotted"),
            mark("line", "b", label="mean of three networks", x="tried", y="mean",
                 options={"strokeWidth": 3}),
            mark("line", "soft", label="smallest and largest", dash="dashed", x="tried", y="low"),
            mark("line", "soft", dash="dashed", x="tried", y="high"),
            mark("dot", "ink", fill="b", label="this network", x="strength", y="own",
                 options={"r": 5.5}),
            height=220,
        ),
        panel(
            "Read-out of this network, and when the answer is asked",
            axis("time (ms)", 0, LONGEST),
            axis("read-out", -3, 3),
            mark("line", "ink", label="answer asked for", dash="dashed", x="asked", y="wanted",
                 options={"strokeWidth": 4}),
            mark("line", "a", label="read-out", x="t", y="drawn", options={"strokeWidth": 2}),
            height=150,
        ),
    ),
    handles=(handle("Recurrent strength", "strength", "own", panel=1, drag_x="strength"),),
    table=(("t", "time (ms)"), ("drawn", "read-out")),
)  # fmt: skip
