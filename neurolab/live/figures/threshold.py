"""A bit kept in thresholds: the neurons are silent, and know."""

from neurolab.core.ops import exp
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking import ALIFParams, ALIFState, alif_step

DT = 2.0  # ms
TAU = 20.0  # ms, membranes
SHOWN = 200.0  # ms, of the store and of the question
LONGEST = 2500.0  # ms, delay
DRIVES = [2.0, 2.3, 2.6]  # currents of the neurons of a group, while they are driven


def simulate(delay, tau_a, beta, bit):
    """Six ALIF neurons, three for each bit: store, silence, question.

    Args:
        delay: from the end of the store to the question, in ms.
        tau_a: how long a threshold stays raised, in ms.
        beta: rise of the threshold by one spike.
        bit: what is stored, 0 or 1.
    """
    params = ALIFParams(tau=TAU, tau_a=tau_a, beta=beta)
    states = [ALIFState(v=0.0, a=0.0, u=-1.0) for _ in range(6)]
    time, zero, one, apart = [], [], [], []
    zero_t, zero_row, one_t, one_row = [], [], [], []
    count = [0, 0]
    steps = int((SHOWN + delay + SHOWN) / DT + 0.5)
    for k in range(steps):
        t = k * DT - SHOWN
        store, ask = t < 0, t >= delay
        after = []
        for n in range(6):
            group = 0 if n < 3 else 1
            on = ask or (store and group == bit)
            z, state = alif_step(DRIVES[n % 3] if on else 0.0, states[n], params, DT)
            after.append(state)
            if z > 0 and group == 0:
                zero_t.append(t)
                zero_row.append(n + 1.0)
            if z > 0 and group == 1:
                one_t.append(t)
                one_row.append(n + 2.0)
            if z > 0 and ask:
                count[group] += 1
        states = after
        time.append(t)
        zero.append(1 + beta * (states[0].a + states[1].a + states[2].a) / 3)
        one.append(1 + beta * (states[3].a + states[4].a + states[5].a) / 3)
        apart.append(count[0] - count[1])
    left = 100 * exp(-delay / tau_a)
    if count[0] == count[1]:
        said = f"Both groups fire {count[0]:.0f} times: the answer is lost."
    else:
        answer = 1 if count[0] > count[1] else 0
        right = "right" if answer == bit else "wrong"
        said = (
            f"Asked, the neurons of bit 0 fire {count[0]:.0f} times, those of bit 1 fire "
            f"{count[1]:.0f} times. Fewer means stored: the answer is {answer:.0f}, {right}."
        )
    return {
        "time": time,
        "zero": zero,
        "one": one,
        "apart": apart,
        "zero_t": zero_t,
        "zero_row": zero_row,
        "one_t": one_t,
        "one_row": one_row,
        "store_x": [-SHOWN, 0.0],
        "ask_x": [delay, delay + SHOWN],
        "top": [7.3, 7.3],
        "ask": [delay],
        "ask_y": [7.3],
        "summary": f"{left:.0f} percent of the raised threshold is left. {said}",
    }


FIGURE = Figure(
    simulate,
    title="A bit in the thresholds",
    caption="Three neurons of the bit are driven, then nothing happens. When all six are asked, "
    "those that have fired before fire less: their thresholds are still raised.",
    inputs=(
        slider("delay", "Silence before the question", 0, LONGEST, 50, 1000, "ms"),
        slider("tau_a", "Threshold stays raised for", 50, 3000, 50, 1200, "ms"),
        slider("beta", "Rise by one spike", 0, 1, 0.02, 0.3, "× thr."),
        slider("bit", "Bit to keep", 0, 1, 1, 1),
    ),
    panels=(
        panel(
            "Spikes: below neurons of 0, above neurons of 1",
            axis(None, -SHOWN, LONGEST + SHOWN),
            axis(None, 0.3, 7.7),
            mark("line", "c", label="store", x="store_x", y="top", options={"strokeWidth": 5}),
            mark("line", "ink", label="question", dash="dotted", x="ask_x", y="top",
                 options={"strokeWidth": 5}),
            mark("spikes", "b", label="neurons of 0", dash="dashed", x="zero_t", y="zero_row",
                 options={"strokeWidth": 1.5}),
            mark("spikes", "a", label="neurons of 1", x="one_t", y="one_row",
                 options={"strokeWidth": 1.5}),
            height=150,
            marginBottom=6,
        ),
        panel(
            "Thresholds, mean of each group",
            axis(None, -SHOWN, LONGEST + SHOWN),
            axis("threshold", 0.9, 2.9, ticks=4),
            level("ruleX", 0, options={"strokeOpacity": 1}),
            mark("ruleX", "ink", x="ask", options={"strokeDasharray": "1.5 3.5"}),
            mark("line", "b", label="of 0", dash="dashed", x="time", y="zero",
                 options={"strokeWidth": 2.5}),
            mark("line", "a", label="of 1", x="time", y="one", options={"strokeWidth": 2.5}),
            height=170,
            marginBottom=6,
        ),
        panel(
            "Read-out while asked: spikes of 0 less spikes of 1",
            axis("time after the store (ms)", -SHOWN, LONGEST + SHOWN),
            axis("spikes", -15, 15, ticks=3),
            level("ruleY", 0, options={"strokeOpacity": 1}),
            mark("line", "c", label="above zero says 1", x="time", y="apart",
                 options={"strokeWidth": 2.5}),
            height=120,
        ),
    ),
    handles=(handle("Question", "ask", "ask_y", drag_x="delay"),),
    table=(("time", "time (ms)"), ("zero", "threshold of 0"), ("one", "threshold of 1"),
           ("apart", "read-out (spikes)")),
)  # fmt: skip
