"""A synapse with short-term plasticity: spikes go in, a potential comes out."""

from neurolab.core.ops import exp, maximum
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.spiking import (
    ExponentialParams,
    ExponentialState,
    LIFParams,
    LIFState,
    TsodyksMarkramParams,
    TsodyksMarkramState,
    exponential_step,
    lif_step,
    tsodyks_markram_step,
)

LENGTH = 2000.0  # ms
FIRST = 100.0  # ms, first spike of the train; the last one comes 1000 ms later
TAU = 20.0  # ms, of the membrane
WEIGHT = 0.5  # thresholds that one fully open synapse would hold: the neuron never fires


def steady_state(gap, params):
    """What a spike uses and what it finds, after many spikes ``gap`` ms apart."""
    facil = exp(-gap / params.tau_facil) if params.tau_facil > 0 else 0.0
    u = params.use / (1 - (1 - params.use) * facil)
    kept = exp(-gap / params.tau_rec)
    return u, (1 - kept) / (1 - (1 - u) * kept)


def steady_peak(released, steps, tau_syn, dt):
    """Highest potential of a cycle of ``steps`` begun by a spike: the sum over all past ones."""
    a, b = exp(-dt / TAU), exp(-dt / tau_syn)
    all_a, all_b = 1 - exp(-steps * dt / TAU), 1 - exp(-steps * dt / tau_syn)
    slow, fast, highest = 1.0, 1.0, 0.0
    for _ in range(steps):
        slow, fast = slow * a, fast * b
        highest = maximum(highest, slow / all_a - fast / all_b)
    return WEIGHT * released * highest * (1 - a) / (a - b)


def potential(released, tau_syn, dt):
    """The membrane potential that an exponential synapse makes of what is released."""
    synapse, neuron = ExponentialState(0.0), LIFState(v=0.0, u=-1.0)
    v = []
    for x in released:
        g, synapse = exponential_step(x, synapse, ExponentialParams(tau=tau_syn), dt)
        _, neuron = lif_step(WEIGHT * g, neuron, LIFParams(tau=TAU), dt)
        v.append(neuron.v)
    return v


def simulate(rate, test, use, tau_rec, tau_facil, tau_syn):
    """Two seconds: a regular train of one second, a pause, and one spike of the reader's.

    Args:
        rate: of the train, in spikes a second.
        test: time of the reader's spike, in ms.
        use: part of the resources that a spike uses after a long rest.
        tau_rec, tau_facil: recovery of the resources and memory of the facilitation, in ms.
        tau_syn: time constant with which open synapses close, in ms.
    """
    gap = 1000 / rate
    steps = int(gap + 0.5)
    dt = gap / steps  # near 1 ms; the train falls on the grid, and the steps are exact
    first, own = int(FIRST / dt + 0.5), int(test / dt + 0.5)
    end = first + int(rate + 0.5) * steps
    params = TsodyksMarkramParams(use=use, tau_rec=tau_rec, tau_facil=tau_facil)
    state = TsodyksMarkramState(0.0, 1.0)
    t, r, x, released, spikes, times, used = [], [], [], [], [], [], []
    for k in range(int(LENGTH / dt) + 1):
        train = first <= k and k <= end and (k - first) % steps == 0
        x.append(1.0 if train or k == own else 0.0)
        out, state = tsodyks_markram_step(x[k], state, params, dt)
        t.append(k * dt)
        r.append(state.r)
        released.append(out)
        if train:
            spikes.append(k * dt)
        if x[k] > 0:
            times.append(k * dt)
            used.append(state.u)
    u, found = steady_state(gap, params)
    peak = steady_peak(u * found, steps, tau_syn, dt)
    return {
        "t": t,
        "r": r,
        "released": released,
        "v": potential(released, tau_syn, dt),
        "fixed": potential([use * one for one in x], tau_syn, dt),
        "spikes": spikes,
        "row": [0.0 for _ in spikes],
        "test": [test],
        "test_row": [0.0],
        "times": times,
        "used": used,
        "span": [t[first], t[end]],
        "steady_r": [found, found],
        "steady_u": [u, u],
        "peak": [peak, peak],
        "summary": f"{rate:.0f} spikes a second: the first releases {100 * released[first]:.1f} "
        f"percent, the last {100 * released[end]:.2f}; the formula says {100 * u * found:.2f}. "
        f"The test spike releases {100 * released[own]:.1f} percent.",
    }


FIGURE = Figure(
    simulate,
    title="A synapse that tires: spikes in, potential out",
    caption="The first spikes find full resources. Then use and recovery balance, and the response "
    "settles at the level the formula predicts (dashed). After a pause the synapse answers again.",
    inputs=(
        slider("rate", "Rate of the train", 2, 100, 1, 20, "1/s"),
        slider("test", "Test spike at", 0, 1980, 10, 1600, "ms"),
        slider("use", "Use by a first spike, U", 0.01, 1, 0.01, 0.5),
        slider("tau_rec", "Recovery time", 50, 1500, 10, 800, "ms"),
        slider("tau_facil", "Facilitation time", 0, 1000, 10, 0, "ms"),
        slider("tau_syn", "Synaptic decay", 1, 15, 1, 5, "ms"),
    ),
    panels=(
        panel(
            "Spikes before the synapse",
            axis(None, 0, 2000),
            axis(None, -0.6, 0.6),
            mark("spikes", "a", label="train", x="spikes", y="row", options={"strokeWidth": 2}),
            mark("spikes", "b", label="test spike", dash="dashed", x="test", y="test_row",
                 options={"strokeWidth": 3}),
            height=64,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "Resources of the synapse",
            axis(None, 0, 2000),
            axis("part of all", 0, 1.04),
            mark("line", "a", label="resources r", x="t", y="r", options={"strokeWidth": 2}),
            mark("line", "ink", label="predicted r at a spike", dash="dashed", x="span",
                 y="steady_r", options={"strokeWidth": 1.5}),
            mark("line", "soft", label="predicted use u", dash="dotted", x="span", y="steady_u",
                 options={"strokeWidth": 2}),
            mark("dot", fill="c", label="use u of a spike", x="times", y="used",
                 options={"r": 2.5}),
            height=150,
            marginBottom=10,
        ),
        panel(
            "Potential after the synapse",
            axis("time (ms)", 0, 2000),
            axis("potential (× threshold)", 0, 0.09),
            mark("line", "b", label="synapse of fixed strength", dash="dotted", x="t", y="fixed",
                 options={"strokeWidth": 1.2}),
            mark("line", "a", label="potential", x="t", y="v", options={"strokeWidth": 2}),
            mark("line", "ink", label="predicted peak", dash="dashed", x="span", y="peak",
                 options={"strokeWidth": 1.5}),
            height=230,
        ),
    ),
    handles=(handle("Test spike", "test", "test_row", drag_x="test"),),
    table=(("t", "time (ms)"), ("released", "released"), ("r", "resources"),
           ("v", "potential (× threshold)")),
)  # fmt: skip
