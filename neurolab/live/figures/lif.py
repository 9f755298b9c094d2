"""A leaky neuron under a constant current."""

from neurolab.core.ops import log
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking import LIFParams, LIFState, lif_step

STEPS = 2000
DT = 0.1  # ms


def simulate(current, tau):
    """200 ms of one neuron, from rest.

    Args:
        current: constant input, in units of the threshold.
        tau: membrane time constant, in ms.
    """
    params = LIFParams(tau=tau)
    state = LIFState(v=0.0, u=-1.0)
    t, v, spikes = [0.0], [0.0], []
    for k in range(STEPS):
        z, state = lif_step(current, state, params, DT)
        t.append((k + 1) * DT)
        v.append(state.v)
        if z > 0:
            spikes.append((k + 1) * DT)
    count = len(spikes)
    if count == 0:
        said = "No spike: the current cannot lift the potential above the threshold."
        said = said if current <= 1 else "No spike within 200 ms."
    elif count == 1:
        said = "1 spike in 200 ms."
    else:
        measured = 1000 * (count - 1) / (spikes[count - 1] - spikes[0])
        formula = 1000 / (tau * log(current / (current - 1)))
        said = (
            f"{count:.0f} spikes in 200 ms: {measured:.1f} per second; "
            f"the formula says {formula:.1f}."
        )
    return {
        "t": t,
        "v": v,
        "spikes": spikes,
        "row": [0.0 for _ in spikes],
        "ends": [0.0, STEPS * DT],
        "drive": [current, current],
        "summary": said,
    }


FIGURE = Figure(
    simulate,
    title="Leaky integrate-and-fire neuron",
    caption="The potential climbs toward the level the current would hold it at (dashed). If that "
    "level lies above the threshold, the neuron fires and starts again; more current gives more "
    "spikes, not larger ones.",
    inputs=(
        slider("current", "Input current", 0, 3, 0.05, 1.2, "× thr."),
        slider("tau", "Membrane time constant", 2, 50, 1, 20, "ms"),
    ),
    panels=(
        panel(
            "Spikes",
            axis(None, 0, 200),
            axis(None, -0.5, 0.5),
            mark("spikes", "b", label="spike", x="spikes", y="row", options={"strokeWidth": 2.5}),
            height=44,
            marginTop=6,
            marginBottom=6,
        ),
        panel(
            "Membrane potential",
            axis("time (ms)", 0, 200),
            axis("potential (× threshold)", -0.1, 3.1),
            level("ruleY", 1, color="ink", label="threshold", dash="dotted",
                  options={"strokeWidth": 1.5}),
            mark("line", "c", label="level held by the current", dash="dashed", x="ends",
                 y="drive", options={"strokeWidth": 2}),
            mark("line", "a", label="potential", x="t", y="v", options={"strokeWidth": 2}),
            height=260,
        ),
    ),
    handles=(handle("Input current", 190, "drive", 1, drag_y="current"),),
    table=(("t", "time (ms)"), ("v", "potential (× threshold)")),
)  # fmt: skip
