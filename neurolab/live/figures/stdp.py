"""The STDP window, measured with one pair of spikes for each delay."""

from neurolab.hebbian import STDPParams, STDPState, stdp_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider, zero_lines

DT = 1.0  # ms
REACH = 60  # ms


def change_of_pair(delay, params):
    """Weight change by one spike before and one after the synapse, ``delay`` steps later."""
    state = STDPState(0.0, 0.0)
    first, last = (0, delay) if delay >= 0 else (-delay, 0)
    total = 0.0
    for k in range(REACH + 1):
        pre = 1.0 if k == first else 0.0
        post = 1.0 if k == last else 0.0
        dw, state = stdp_step(pre, post, state, params, DT)
        total += dw
    return total


def simulate(delay, a_plus, a_minus, tau_plus, tau_minus):
    """The change at each delay, and at the reader's.

    Args:
        delay: post spike minus pre spike, in ms.
        a_plus, a_minus: largest strengthening and weakening, in percent of the full weight.
        tau_plus, tau_minus: how long a pre and a post spike are remembered, in ms.
    """
    params = STDPParams(a_plus, a_minus, tau_plus=tau_plus, tau_minus=tau_minus)
    delays = [d for d in range(-REACH, REACH + 1) if d != 0]
    change = [change_of_pair(d, params) for d in delays]
    own = change_of_pair(int(delay), params)
    if delay > 0:
        said = f"Pre leads by {delay:.0f} ms: the weight rises by {own:.3f} percent."
    elif delay < 0:
        said = f"Post leads by {-delay:.0f} ms: the weight falls by {-own:.3f} percent."
    else:
        said = "Both spikes fall into the same step: the weight does not change."
    return {
        "delay": delays,
        "change": change,
        "before": [d for d in delays if d < 0],
        "weaker": [c for d, c in zip(delays, change, strict=True) if d < 0],
        "after": [d for d in delays if d > 0],
        "stronger": [c for d, c in zip(delays, change, strict=True) if d > 0],
        "pre": [0.0],
        "post": [delay],
        "pre_row": [1.0],
        "post_row": [0.0],
        "own": [own],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="STDP: which spike came first?",
    caption="Pre before post strengthens the synapse, post before pre weakens it, and the more "
    "so the closer the two spikes are.",
    inputs=(
        slider("delay", "Post spike after pre spike", -REACH, REACH, 1, 10, "ms"),
        slider("a_plus", "Largest strengthening", 0, 1.2, 0.05, 1.0, "%"),
        slider("a_minus", "Largest weakening", 0, 1.2, 0.05, 0.5, "%"),
        slider("tau_plus", "Pre spike remembered for", 2, 40, 1, 17, "ms"),
        slider("tau_minus", "Post spike remembered for", 2, 40, 1, 34, "ms"),
    ),
    panels=(
        panel(
            "The two spikes",
            axis(None, -REACH, REACH),
            axis(None, -0.6, 1.6),
            mark("spikes", "a", label="pre spike", x="pre", y="pre_row",
                 options={"strokeWidth": 3}),
            mark("spikes", "b", label="post spike", dash="dashed", x="post", y="post_row",
                 options={"strokeWidth": 3}),
            height=76,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "Change of the weight by the delay",
            axis("post spike minus pre spike (ms)", -REACH, REACH),
            axis("change (% of the full weight)", -1.3, 1.3),
            *zero_lines(opacity=1),
            mark("line", "a", label="strengthens", x="after", y="stronger",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="weakens", dash="dashed", x="before", y="weaker",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="c", label="this pair", x="post", y="own", options={"r": 5.5}),
            height=260,
        ),
    ),
    handles=(handle("Post spike", "post", "post_row", drag_x="delay"),),
    table=(("delay", "delay (ms)"), ("change", "change (%)")),
)  # fmt: skip
