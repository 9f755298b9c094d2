"""A spike-response neuron: its potential is a sum of answers to spikes."""

from neurolab.core.ops import exp, log
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking import SRM0Params, SRM0State, srm0_step

STEPS = 1000
DT = 0.2  # ms
ARRIVALS = [20.0, 24.0, 27.0, 60.0, 62.0, 64.0, 66.0, 68.0, 70.0, 120.0, 126.0, 132.0]  # ms


def answer(age, params):
    """The answer epsilon to a spike that came in ``age`` ms ago, of weight 1."""
    apart = params.tau - params.tau_syn
    if apart * apart < 1e-6:
        return age / params.tau * exp(-age / params.tau)
    return params.tau_syn / apart * (exp(-age / params.tau) - exp(-age / params.tau_syn))


def simulate(weight, tau, tau_syn, depth, tau_ref):
    """200 ms of one neuron, from rest, with the same twelve spikes coming in.

    Args:
        weight: of each spike that comes in, in units of the threshold.
        tau: membrane time constant, in ms.
        tau_syn: time constant of the synapse, in ms.
        depth: of the answer to the neuron's own spike, in units of the threshold.
        tau_ref: how long that lasts, in ms.
    """
    params = SRM0Params(tau=tau, tau_syn=tau_syn, tau_ref=tau_ref, depth=depth)
    state = SRM0State(v=0.0, i=0.0, h=0.0, eta=0.0, u=-1.0)
    t, v, h, spikes = [0.0], [0.0], [0.0], []
    following = 0
    for k in range(STEPS):
        came = 0.0
        while following < len(ARRIVALS) and ARRIVALS[following] <= k * DT + 1e-9:
            came = came + weight
            following += 1
        z, state = srm0_step(came, state, params, DT)
        t.append((k + 1) * DT)
        v.append(state.v)
        h.append(state.h)
        if z > 0:
            spikes.append((k + 1) * DT)
    ages = [0.5 * k for k in range(121)]
    apart = tau - tau_syn
    peak = tau if apart * apart < 1e-6 else tau * tau_syn / apart * log(tau / tau_syn)
    lift = weight * answer(peak, params)
    said = (
        f"A spike that comes in lifts the potential by at most {lift:.2f}, "
        f"{peak:.1f} ms later. Spikes fired: {len(spikes):.0f}."
    )
    return {
        "t": t,
        "v": v,
        "h": h,
        "spikes": spikes,
        "fired": [1.0 for _ in spikes],
        "came": [1.0 * time for time in ARRIVALS],
        "row": [0.0 for _ in ARRIVALS],
        "age": ages,
        "epsilon": [weight * answer(age, params) for age in ages],
        "eta": [-depth * exp(-age / tau_ref) for age in ages],
        "lasts": [tau_ref],
        "left": [-depth * exp(-1.0)],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="A neuron made of answers",
    caption="Every spike that comes in adds the same answer, wherever the potential is. Three are "
    "not enough, six soon after each other are. The neuron's own spike adds an answer, too, and "
    "holds it down: without that the sum (dashed) would stay above the threshold.",
    inputs=(
        slider("weight", "Weight of a spike", 0, 4, 0.1, 1.2, "× thr."),
        slider("tau", "Membrane time constant", 2, 50, 1, 20, "ms"),
        slider("tau_syn", "Time constant of the synapse", 1, 30, 1, 5, "ms"),
        slider("depth", "Depth after a spike", 0, 6, 0.5, 3, "× thr."),
        slider("tau_ref", "How long that lasts", 1, 60, 1, 10, "ms"),
    ),
    panels=(
        panel(
            "The two answers",
            axis("age of the spike (ms)", 0, 60),
            axis("× threshold", -3, 1.5, ticks=4),
            mark("line", "a", label="to a spike that came in", x="age", y="epsilon",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="to its own spike", dash="dashed", x="age", y="eta",
                 options={"strokeWidth": 2}),
            height=150,
        ),
        panel(
            "Spikes that come in",
            axis(None, 0, 200),
            axis(None, -0.5, 0.5),
            mark("spikes", "ink", label="comes in", x="came", y="row"),
            height=40,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "Potential",
            axis("time (ms)", 0, 200),
            axis("potential (× threshold)", -3, 3, ticks=4),
            level("ruleY", 1, color="ink", label="threshold", dash="dotted"),
            mark("line", "c", label="sum of the answers to what came in", dash="dashed", x="t",
                 y="h"),
            mark("line", "a", label="potential", x="t", y="v", options={"strokeWidth": 2}),
            mark("dot", "b", label="fires", x="spikes", y="fired"),
            height=230,
        ),
    ),
    handles=(handle("How long its own answer lasts", "lasts", "left", drag_x="tau_ref"),),
    table=(("t", "time (ms)"), ("v", "potential (× threshold)"), ("h", "sum of what came in")),
)  # fmt: skip
