"""Energy of a dense layer and of a spiking one, and the firing rate at which they meet."""

from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.neuromorphic.energy import Costs, Operations, break_even, energy_step

POINTS = 120
HIGHEST = 60.0  # percent, the right end of the picture


def spiking_part(rate, steps, inputs, units, costs):
    """Energy of the spiking layer in parts of the dense one's."""
    acs = inputs * units * steps * rate
    spiking = energy_step(Operations(0.0, acs, units * steps), costs)
    return spiking / energy_step(Operations(inputs * units, 0.0, 0.0), costs)


def simulate(rate, steps, inputs, units, add, mult, word):
    """A layer, once dense and once spiking, with energies from a model.

    Args:
        rate: of an input, in percent: 100 is a spike in every step.
        steps: of time, for one picture.
        inputs: to each neuron.
        units: neurons, the fan-out of an input.
        add, mult: energy of one operation, in pJ.
        word: energy of one access to memory, in pJ.
    """
    costs, bare = Costs(add, mult, word), Costs(add, mult, 0.0)
    percent, whole, arithmetic, dense = [], [], [], []
    for k in range(POINTS + 1):
        at = HIGHEST * k / POINTS
        percent.append(at)
        whole.append(spiking_part(at / 100, steps, inputs, units, costs))
        arithmetic.append(spiking_part(at / 100, steps, inputs, units, bare))
        dense.append(1.0)
    meet = 100 * break_even(inputs, steps, costs)
    meet_bare = 100 * break_even(inputs, steps, bare)
    now = spiking_part(rate / 100, steps, inputs, units, costs)
    one = energy_step(Operations(inputs * units, 0.0, 0.0), costs) / 1000
    where_it_is = (
        f"They cost the same at {meet:.1f} percent"
        if meet > 0
        else "The updates alone cost more than the dense layer"
    )
    return {
        "percent": percent,
        "whole": whole,
        "arithmetic": arithmetic,
        "dense": dense,
        "meet": [meet],
        "meet_bare": [meet_bare],
        "at": [rate],
        "now": [now],
        "summary": f"An estimate: the dense layer takes {one:.1f} nJ for a picture, the spiking "
        f"one {one * now:.1f} nJ at {rate:.1f} percent. {where_it_is}; without memory at "
        f"{meet_bare:.1f} percent.",
    }


FIGURE = Figure(
    simulate,
    title="At which rate do spikes stop being cheaper?",
    caption="By arithmetic alone spikes stay cheaper up to a high rate (dotted). Once each "
    "operation must also fetch its weight, the lines meet at a third of that rate (dashed). An "
    "estimate from published energies of single operations at 45 nm, not a measurement.",
    inputs=(
        slider("rate", "Firing rate of an input", 0, 60, 0.5, 10, "% of steps"),
        slider("steps", "Time steps, T", 1, 50, 1, 10),
        slider("inputs", "Inputs to a neuron", 10, 1000, 10, 250),
        slider("units", "Neurons (fan-out)", 10, 1000, 10, 250),
        slider("add", "Addition", 0.01, 1, 0.01, 0.9, "pJ"),
        slider("mult", "Multiplication", 0.1, 4, 0.1, 3.7, "pJ"),
        slider("word", "Access to memory", 0, 50, 0.5, 5, "pJ"),
    ),
    panels=(
        panel(
            "Energy for one picture, in parts of the dense layer's",
            axis("firing rate of an input (% of steps)", 0, 60),
            axis("energy (× dense layer)", 0, 3),
            mark("line", "ink", label="dense layer", x="percent", y="dense",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="spiking, arithmetic and memory", dash="dashed", x="percent",
                 y="whole", options={"strokeWidth": 2.5}),
            mark("line", "b", label="spiking and dense by arithmetic alone", dash="dotted",
                 x="percent", y="arithmetic", options={"strokeWidth": 2}),
            mark("ruleX", "a", x="meet", options={"strokeOpacity": 0.5}),
            mark("ruleX", "b", x="meet_bare", options={"strokeOpacity": 0.5}),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("dot", fill="a", x="at", y="now", options={"r": 4}),
            height=300,
        ),
    ),
    handles=(handle("Firing rate", "at", "now", drag_x="rate"),),
    table=(("percent", "firing rate (%)"), ("whole", "with memory (× dense)"),
           ("arithmetic", "arithmetic alone (× dense)")),
)  # fmt: skip
