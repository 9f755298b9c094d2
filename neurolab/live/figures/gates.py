"""Gates along a sequence: an LSTM cell stores one number, a vanilla cell beside it forgets."""

from neurolab.core.ops import maximum, sigmoid, tanh
from neurolab.core.random import seeded, uniform
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.recurrent.cells import LSTMState, lstm_step, vanilla_step

STEPS = 100
ASK = 90  # from this step on the answer is asked
PUSH = 12.0  # what a mark, or a question, adds to the sum in a gate
FLOOR = 1e-12  # of the reach that is drawn


def simulate(mark_at: int, number, let_in, keep, let_out, loop):
    """One LSTM cell and one vanilla cell along a sequence of numbers, one of them marked.

    Args:
        mark_at: step of the number that is to be stored.
        number: that number.
        let_in, keep, let_out: biases of the gates i, f and o.
        loop: weight from the vanilla cell to itself.
    """
    s, numbers = seeded(7), []
    gate_i, gate_f, gate_o, memory, out, vanilla, slope = [], [], [], [], [], [], []
    state, h = LSTMState(0.0, 0.0), 0.0
    for t in range(STEPS):
        u, s = uniform(s)
        x, marked = 2 * u - 1, t == mark_at
        if marked:
            x = number
        i = let_in + (PUSH if marked else 0.0)
        o = let_out + (PUSH if t >= ASK else 0.0)
        state = lstm_step(i, keep, x, o, state)
        after = vanilla_step(loop * h + (x if marked else 0.0)).h
        h = after
        numbers.append(x)
        gate_i.append(sigmoid(i))
        gate_f.append(sigmoid(keep))
        gate_o.append(sigmoid(o))
        memory.append(state.c)
        out.append(state.h)
        vanilla.append(h)
        slope.append(loop * (1 - h * h))
    left_lstm, left_vanilla, back_lstm, back_vanilla = 1.0, 1.0, [1.0], [1.0]
    for k in range(1, STEPS):  # a change of the state so many steps before the last
        left_lstm = left_lstm * gate_f[STEPS - k]
        left_vanilla = left_vanilla * slope[STEPS - k]
        back_lstm.append(maximum(left_lstm, FLOOR))
        back_vanilla.append(maximum(left_vanilla, FLOOR))
    back_lstm = [back_lstm[STEPS - 1 - t] for t in range(STEPS)]
    back_vanilla = [back_vanilla[STEPS - 1 - t] for t in range(STEPS)]
    written, left = tanh(number), memory[STEPS - 1]
    return {
        "step": [1.0 * t for t in range(STEPS)],
        "numbers": numbers,
        "at": [1.0 * mark_at],
        "stored": [number],
        "ask": [1.0 * ASK],
        "i": gate_i,
        "f": gate_f,
        "o": gate_o,
        "memory": memory,
        "out": out,
        "vanilla": vanilla,
        "written": [written],
        "reach_lstm": back_lstm,
        "reach_vanilla": back_vanilla,
        "summary": f"Written {written:.2f} at step {mark_at:.0f}. At the end the memory holds "
        f"{left:.2f}, the vanilla cell {vanilla[STEPS - 1]:.2f}. Of a change at that step "
        f"{100 * back_lstm[mark_at]:.0f} % is left in the LSTM.",
    }


FIGURE = Figure(
    simulate,
    title="Three gates and a memory",
    caption="One number of the stream is marked, and asked for at the end. Gate i opens for it, "
    "gate f stays open to keep it, gate o opens when it is asked for. The vanilla cell is given "
    "the marked number alone, and has lost it long before the end.",
    inputs=(
        slider("mark_at", "Step of the marked number", 0, 85, 1, 20),
        slider("number", "The number", -1, 1, 0.05, 0.9),
        slider("let_in", "Bias of gate i (let in)", -8, 8, 0.5, -6),
        slider("keep", "Bias of gate f (keep)", -8, 8, 0.5, 7),
        slider("let_out", "Bias of gate o (let out)", -8, 8, 0.5, -6),
        slider("loop", "Vanilla cell: weight to itself", 0, 1.5, 0.05, 0.9),
    ),
    panels=(
        panel(
            "The stream of numbers; the marked one is large",
            axis(None, -1, STEPS),
            axis("number", -1.2, 1.2, ticks=3),
            level("ruleY", 0),
            mark("dot", fill="soft", x="step", y="numbers", options={"r": 2}),
            mark("ruleX", "soft", label="asked from here", dash="dashed", x="ask"),
            mark("dot", fill="a", x="at", y="stored", options={"r": 6}),
            height=120,
            marginBottom=6,
        ),
        panel(
            "Gates of the LSTM cell",
            axis(None, -1, STEPS),
            axis("how far open", -0.05, 1.05, ticks=3),
            mark("line", "a", label="i, let in", x="step", y="i"),
            mark("line", "b", label="f, keep", dash="dashed", x="step", y="f",
                 options={"strokeWidth": 2.5}),
            mark("line", "c", label="o, let out", dash="dotted", x="step", y="o",
                 options={"strokeWidth": 2.5}),
            height=130,
            marginBottom=6,
        ),
        panel(
            "What is remembered",
            axis(None, -1, STEPS),
            axis("state", -2, 2, ticks=5),
            mark("ruleY", "soft", y="written"),
            mark("line", "a", label="LSTM, memory c", x="step", y="memory",
                 options={"strokeWidth": 2.5}),
            mark("line", "ink", label="LSTM, output h", dash="dotted", x="step", y="out",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="vanilla cell, h", dash="dashed", x="step", y="vanilla"),
            height=150,
            marginBottom=6,
        ),
        panel(
            "Of a change of c, or of h, in a step: what is left at the end",
            axis("step", -1, STEPS),
            axis("share", 1e-12, 4, type="log", ticks=4, tickFormat="~e"),
            mark("line", "a", x="step", y="reach_lstm"),
            mark("line", "b", dash="dashed", x="step", y="reach_vanilla"),
            height=150,
        ),
    ),
    handles=(handle("The marked number", "at", "stored", drag_x="mark_at", drag_y="number"),),
    table=(("step", "step"), ("numbers", "number"), ("i", "gate i"), ("f", "gate f"),
           ("o", "gate o"), ("memory", "memory c"), ("vanilla", "vanilla cell")),
)  # fmt: skip
