"""How many spikes may an input send before a neuromorphic chip takes more than a dense network?"""

from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.neuromorphic.chips import spikes_step

POINTS = 80
MOST = 8.0  # spikes of an input, the right end of the picture


def simulate(spikes, each, mac, idle, wait, macs):
    """A network on a chip of spikes and the same on a dense accelerator, for one answer.

    Args:
        spikes: that an input of a layer sends for one answer, mean.
        each: energy of a synaptic operation, pJ.
        mac: energy of a multiply-accumulate, its memory included, pJ.
        idle: power that the chip of spikes takes while it waits, mW.
        wait: time for one answer, ms.
        macs: multiply-accumulates of the dense network, thousands.
    """
    number = 1000 * macs
    dense = number * mac / 1000
    still = 1000 * idle * wait
    at, spiking, level_of = [], [], []
    for k in range(POINTS + 1):
        at.append(MOST * k / POINTS)
        spiking.append((still + number * each * at[k] / 1000) / dense)
        level_of.append(1.0)
    meet = spikes_step(mac, each, idle, wait, number)
    bare = spikes_step(mac, each, 0.0, wait, number)
    now = (still + number * each * spikes / 1000) / dense
    where_it_is = (
        f"They cost the same at {meet:.2f} spikes of an input"
        if meet > 0
        else "Waiting alone costs more than the dense network"
    )
    return {
        "at": at,
        "spiking": spiking,
        "dense": level_of,
        "meet": [meet],
        "bare": [bare],
        "spikes": [spikes],
        "now": [now],
        "summary": f"An estimate: dense {dense:.0f} nJ, spikes {dense * now:.0f} nJ at "
        f"{spikes:.1f} spikes of an input. {where_it_is}; at {bare:.2f} if waiting took nothing.",
    }


FIGURE = Figure(
    simulate,
    title="How many spikes are cheaper than one number?",
    caption="With published 23.6 pJ for a synaptic operation and 9.6 pJ for a multiply-accumulate "
    "with its memory, an input may send less than one spike for an answer (dashed line); each "
    "further spike costs as much again. An estimate, nothing was measured.",
    inputs=(
        slider("spikes", "Spikes of an input", 0, 8, 0.1, 4),
        slider("each", "A synaptic operation", 0.2, 50, 0.2, 23.6, "pJ"),
        slider("mac", "A multiply-accumulate", 0.2, 100, 0.2, 9.6, "pJ"),
        slider("idle", "Power while waiting", 0, 0.2, 0.005, 0.005, "mW"),
        slider("wait", "Time for one answer", 1, 200, 1, 64, "ms"),
        slider("macs", "Size of the dense network", 10, 10000, 10, 260, "× 1000 MACs"),
    ),
    panels=(
        panel(
            "Energy for one answer, in parts of the dense network's",
            axis("spikes of an input for one answer", 0, MOST),
            axis("energy (× dense network)", 0, 20),
            mark("line", "ink", label="dense network", dash="dotted", x="at", y="dense",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="spikes", x="at", y="spiking", options={"strokeWidth": 2.5}),
            mark("ruleX", "a", x="meet", dash="dashed", options={"strokeOpacity": 0.6}),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("dot", fill="a", x="spikes", y="now", options={"r": 4}),
            height=300,
        ),
    ),
    handles=(handle("Spikes of an input", "spikes", "now", drag_x="spikes"),),
    table=(("at", "spikes of an input"), ("spiking", "energy (× dense)")),
)  # fmt: skip
