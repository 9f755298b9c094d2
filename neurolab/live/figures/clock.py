"""A small network run by a clock and by its events: the same spikes, other work."""

from neurolab.core.ops import abs
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.live.ring import LENGTH, by_clock, by_events, trains

NEAR = 6.0  # ms, within which a spike of the clock may belong to one of the events
BAR = {"strokeWidth": 14, "strokeLinecap": "butt"}


def lateness(exact, clock):
    """Mean distance from a spike to the nearest of the clock, and how many have none near."""
    total, count, lost = 0.0, 0, 0
    for t, n in zip(exact["times"], exact["neurons"], strict=True):
        least = NEAR
        for other, m in zip(clock["times"], clock["neurons"], strict=True):
            if m == n and abs(other - t) < least:
                least = abs(other - t)
        if least < NEAR:
            total += least
            count += 1
        else:
            lost += 1
    return total / count if count > 0 else 0.0, lost


def simulate(dt, rate):
    """The network both ways.

    Args:
        dt: step of the clock, in ms.
        rate: of the inputs from outside to each neuron, in 1/s.
    """
    given = trains(rate)
    exact, compared = by_events(given)
    clock = by_clock(given, dt)
    late, lost = lateness(exact, clock)
    return {
        "t": exact["t"],
        "v": exact["v"],
        "clock_t": clock["t"],
        "clock_v": clock["v"],
        "times": exact["times"],
        "neurons": [n + 1 for n in exact["neurons"]],
        "clock_times": clock["times"],
        "clock_neurons": [n + 1 for n in clock["neurons"]],
        "updates": [10.0, clock["moved"]],
        "events": [10.0, exact["moved"]],
        "queue": [10.0, compared],
        "row3": [3.0, 3.0],
        "row2": [2.0, 2.0],
        "row1": [1.0, 1.0],
        "step": [0.0, dt],
        "step_row": [13.6, 13.6],
        "step_end": [dt],
        "late": [late],
        "lost": [lost],
        "summary": f"The clock moves a neuron {clock['moved']:d} times, events do "
        f"{exact['moved']:d} times (ratio {clock['moved'] / exact['moved']:.1f}), with "
        f"{compared:d} comparisons in their queue. Of {len(exact['times']):d} exact "
        f"spikes {len(exact['times']) - lost:d} have one of the clock within {NEAR:.0f} ms, "
        f"{late:.2f} ms off on average.",
    }


FIGURE = Figure(
    simulate,
    title="By the clock, and from event to event",
    caption="Twelve neurons, run twice. Events give each spike at its exact moment and move a "
    "neuron only when something arrives; the clock moves all neurons in each step and is late by "
    "a part of it. Shrink the step and the clock works more; raise the rate and the events do.",
    inputs=(
        slider("dt", "Step of the clock, dt", 0.1, 5, 0.1, 0.5, "ms"),
        slider("rate", "Rate of the inputs to a neuron", 20, 800, 20, 240, "/s"),
    ),
    panels=(
        panel(
            "Potential of neuron 7",
            axis(None, 0, LENGTH + 1),
            axis("× threshold", -0.1, 1.3, ticks=3),
            level("ruleY", 1, options={"strokeOpacity": 0.8}),
            mark("line", "a", x="t", y="v", options={"strokeWidth": 1.5}),
            mark("cloud", "b", x="clock_t", y="clock_v", options={"strokeWidth": 4}),
            height=130,
            marginBottom=8,
        ),
        panel(
            "Spikes of all twelve; on top one step of the clock",
            axis("time (ms)", 0, LENGTH + 1),
            axis("neuron", 0, 14.4, ticks=[1, 4, 8, 12], tickFormat="d"),
            mark("spikes", "a", label="from event to event", x="times", y="neurons",
                 options={"strokeWidth": 2}),
            mark("dot", "ink", fill="b", label="by the clock", x="clock_times",
                 y="clock_neurons", options={"r": 3}),
            mark("line", "b", x="step", y="step_row",
                 options={"strokeWidth": 4, "strokeLinecap": "butt"}),
            height=240,
        ),
        panel(
            "Neurons moved by each; comparisons in the queue (gray)",
            axis("times in all", 10, 1e5, type="log", ticks=4, tickFormat="~s"),
            axis(None, 0.4, 3.6),
            mark("line", "b", x="updates", y="row3", options=BAR),
            mark("line", "a", x="events", y="row2", options=BAR),
            mark("line", "soft", x="queue", y="row1", options=BAR),
            height=115,
        ),
    ),
    handles=(handle("Step of the clock", "step_end", "step_row", panel=1, drag_x="dt"),),
    table=(("t", "time (ms)"), ("v", "potential of neuron 7, by events")),
)  # fmt: skip
