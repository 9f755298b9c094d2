"""Distal reward: two spikes mark a synapse, dopamine comes later and finds the mark."""

from neurolab.core.ops import exp, maximum
from neurolab.hebbian import RSTDPParams, RSTDPState, rstdp_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider, zero_lines

DT = 5.0  # ms
BEFORE = 2.0  # s, of the time axis before its zero, the pre spike
AFTER = 6.0  # s
EVERY = 8  # steps between two drawn points
TRIED = 11  # delays for which the whole experiment is run again
SHORTEST = -1.0  # s, delay
LONGEST = 4.0  # s


def run(delay, order, tau_c, tau_d, dopamine):
    """Time (s), weight and eligibility (% of the full weight), dopamine (10/s)."""
    params = RSTDPParams(1.0, 1.0, 20.0, 20.0, 1000 * tau_c, 1000 * tau_d)
    state = RSTDPState(0.0, 0.0, 0.0, 0.0)
    pre_at = int(BEFORE * 1000 / DT + 0.5)
    post_at = int(BEFORE * 1000 / DT + order / DT + 0.5)
    reward_at = int(BEFORE * 1000 / DT + delay * 1000 / DT + 0.5)
    w, weight, eligibility, level, time = 0.0, [], [], [], []
    for k in range(int((BEFORE + AFTER) * 1000 / DT) + 1):
        pre = 1.0 if k == pre_at else 0.0
        post = 1.0 if k == post_at else 0.0
        reward = dopamine / 1000 if k == reward_at else 0.0
        if k % EVERY == 0:
            time.append(k * DT / 1000 - BEFORE)
            weight.append(w)
            eligibility.append(state.c)
            level.append(100 * state.d)
        dw, state = rstdp_step(pre, post, reward, state, params, DT)
        w += dw
    return time, weight, eligibility, level


def simulate(delay, order, tau_c, tau_d, dopamine):
    """One pair of spikes and one reward; then the same for other delays.

    Args:
        delay: reward minus pre spike, in s.
        order: post spike minus pre spike, in ms.
        tau_c: how long the synapse stays marked, in s.
        tau_d: how long dopamine stays, in s.
        dopamine: set free by the reward, in 1/s; below 0 for less than expected.
    """
    time, weight, eligibility, level = run(delay, order, tau_c, tau_d, dopamine)
    gain = weight[len(weight) - 1]
    tried = [SHORTEST + (LONGEST - SHORTEST) * k / (TRIED - 1) for k in range(TRIED)]
    found = []
    for d in tried:
        _, other, _, _ = run(d, order, tau_c, tau_d, dopamine)
        found.append(other[len(other) - 1])
    # What theory says: the mark times the dopamine, faded by whichever of the two came first.
    marked = exp(-order / 20.0) if order > 0 else -exp(order / 20.0) if order < 0 else 0.0
    first = maximum(0.0, order) / 1000  # the mark is set by the later of the two spikes
    both = tau_c * tau_d / (tau_c + tau_d)
    curve = [SHORTEST + (LONGEST - SHORTEST) * k / 120 for k in range(121)]
    theory = []
    for d in curve:
        wait = d - first
        fade = exp(-wait / tau_c) if wait > 0 else exp(wait / tau_d)
        theory.append(marked * dopamine * both * fade)
    if gain > 0.0005:
        said = f"the weight rises by {gain:.3f} percent."
    elif gain < -0.0005:
        said = f"the weight falls by {-gain:.3f} percent."
    else:
        said = "the weight hardly changes."
    return {
        "time": time,
        "weight": weight,
        "eligibility": eligibility,
        "level": level,
        "pre": [0.0],
        "post": [order / 1000],
        "reward": [delay],
        "high": [2.0],
        "middle": [1.0],
        "low": [0.0],
        "tried": tried,
        "found": found,
        "curve": curve,
        "theory": theory,
        "own_delay": [delay],
        "own": [gain],
        "summary": f"Reward {delay:.1f} s after the pre spike: {said}",
    }


FIGURE = Figure(
    simulate,
    title="Three factors: a reward that comes late",
    caption="Two spikes leave a mark on the synapse. Dopamine that comes seconds later still "
    "finds it, and changes the weight by as much of the mark as is left.",
    inputs=(
        slider("delay", "Reward after pre spike", SHORTEST, LONGEST, 0.1, 1.0, "s"),
        slider("order", "Post spike after pre spike", -50, 50, 5, 10, "ms"),
        slider("tau_c", "Synapse stays marked for", 0.2, 8, 0.1, 1.0, "s"),
        slider("tau_d", "Dopamine stays for", 0.05, 0.5, 0.05, 0.2, "s"),
        slider("dopamine", "Dopamine set free", -5, 5, 0.5, 5, "/s"),
    ),
    panels=(
        panel(
            "The two spikes and the reward",
            axis(None, -BEFORE, AFTER),
            axis(None, -0.6, 2.6),
            mark("spikes", "a", label="pre spike", x="pre", y="high",
                 options={"strokeWidth": 3}),
            mark("spikes", "b", label="post spike", dash="dashed", x="post", y="middle",
                 options={"strokeWidth": 3}),
            mark("spikes", "c", label="reward", dash="dotted", x="reward", y="low",
                 options={"strokeWidth": 4}),
            height=96,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "The mark, the dopamine, and the weight",
            axis("time after pre spike (s)", -BEFORE, AFTER),
            axis("mark, change (%), dopamine (10/s)", -0.6, 0.8),
            *zero_lines(opacity=1),
            mark("line", "b", label="mark (eligibility trace)", dash="dashed", x="time",
                 y="eligibility", options={"strokeWidth": 2.5}),
            mark("line", "c", label="dopamine", dash="dotted", x="time", y="level",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="change of the weight", x="time", y="weight",
                 options={"strokeWidth": 3}),
            height=200,
        ),
        panel(
            "Change of the weight by the delay of the reward",
            axis("reward after pre spike (s)", SHORTEST, LONGEST),
            axis("change (%)", -0.6, 0.6),
            *zero_lines(opacity=1),
            mark("line", "ink", label="theory", dash="dashed", x="curve", y="theory"),
            mark("dot", "a", label="runs", x="tried", y="found", options={"r": 4}),
            mark("dot", "ink", fill="c", label="this run", x="own_delay", y="own",
                 options={"r": 5.5}),
            height=200,
        ),
    ),
    handles=(handle("Reward", "reward", "low", drag_x="delay"),),
    table=(("time", "time (s)"), ("eligibility", "mark (%)"), ("level", "dopamine (10/s)"),
           ("weight", "change (%)")),
)  # fmt: skip
