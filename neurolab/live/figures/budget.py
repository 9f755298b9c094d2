"""An energy budget: which part of the neurons can be active, and which part tells most for it."""

from neurolab.core.ops import exp, log
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.neuromorphic.spike_budget import affordable, bits_for_energy, thriftiest

POINTS = 100
LOWEST = 0.1  # percent active, the left end of the picture
HIGHEST = 50.0


def steps(low, high):
    """Numbers from low to high, each a fixed factor larger than the one before."""
    return [low * exp(log(high / low) * k / POINTS) for k in range(POINTS + 1)]


def simulate(supply, rest, spike, rate):
    """What the supply can pay for.

    Args:
        supply: energy for a neuron, in 10^9 ATP a second.
        rest: of it, what a silent neuron takes.
        spike: energy of a spike, in 10^9 ATP.
        rate: of an active neuron, in spikes a second.
    """
    rates, part = steps(5.0, 200.0), []
    for r in rates:
        part.append(100 * affordable(supply, rest, spike, r))
    percent = steps(LOWEST, HIGHEST)
    worth = [bits_for_energy(p / 100, rest, spike, rate) for p in percent]
    now = affordable(supply, rest, spike, rate)
    best = thriftiest(spike * rate / rest)
    most = bits_for_energy(best, rest, spike, rate)
    return {
        "rate": rates,
        "part": part,
        "at": [rate],
        "now": [100 * now],
        "percent": percent,
        "worth": worth,
        "worth_now": [bits_for_energy(now, rest, spike, rate)],
        "best": [100 * best],
        "most": [most],
        "summary": f"The supply pays for {100 * now:.1f} % of the neurons at {rate:.0f} spikes a "
        f"second, or for {now * rate:.2f} spikes a second of each on average. Most bits for their "
        f"energy tell codes with {100 * best:.1f} % active.",
    }


FIGURE = Figure(
    simulate,
    title="Which part of the neurons can the supply pay for?",
    caption="At rodent costs the supply pays for about one neuron in ten at 40 spikes a second. "
    "Fewer still would tell more for their energy. An estimate from published costs, not a "
    "measurement.",
    inputs=(
        slider("supply", "Supply for a neuron", 0.5, 8, 0.1, 3.3, "10⁹ ATP/s"),
        slider("rest", "Of it, at rest", 0.1, 2, 0.1, 0.4, "10⁹ ATP/s"),
        slider("spike", "Cost of a spike", 0.1, 4, 0.1, 0.7, "10⁹ ATP"),
        slider("rate", "Rate of an active neuron", 5, 200, 5, 40, "Hz"),
    ),
    panels=(
        panel(
            "Part of the neurons that can be active",
            axis("rate of an active neuron (Hz)", 5, 200, type="log", tickFormat="d",
                 ticks=[5, 10, 20, 50, 100, 200]),
            axis("active (%)", 0.1, 100, type="log", ticks=[0.1, 1, 10, 100], tickFormat="~g"),
            mark("line", "a", label="the supply pays for", x="rate", y="part",
                 options={"strokeWidth": 2.5}),
            level("ruleY", 15, label="at most, reported for rodents: 15 %", dash="dashed"),
            level("ruleY", 1, label="reported for humans: below 1 %", dash="dotted"),
            mark("dot", fill="a", x="at", y="now", options={"r": 5}),
            height=210,
        ),
        panel(
            "Bits for their energy",
            axis("active (%)", 0.1, 50, type="log", ticks=[0.1, 1, 10, 50], tickFormat="~g"),
            axis("bits for 10⁹ ATP", 0, 0.35, ticks=4),
            mark("line", "b", x="percent", y="worth", options={"strokeWidth": 2.5}),
            mark("ruleX", "b", label="most bits for the energy", dash="dashed", x="best"),
            mark("dot", fill="a", label="what the supply pays for", x="now", y="worth_now",
                 options={"r": 5}),
            height=180,
        ),
    ),
    handles=(handle("Rate of an active neuron", "at", "now", drag_x="rate"),),
    table=(("rate", "rate of an active neuron (Hz)"), ("part", "active (%)"),
           ("percent", "active (%), second picture"), ("worth", "bits for 10⁹ ATP")),
)  # fmt: skip
