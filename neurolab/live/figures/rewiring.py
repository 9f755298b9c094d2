"""A sparse linear layer finds the wiring of its teacher, while DEEP R moves its connections."""

from typing import NamedTuple

from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.recurrent.deep_r import deep_r_step

SIDE = 12  # inputs, and outputs
SITES = SIDE * SIDE
TEACHER = 24  # connections of the teacher
STEPS = 300
RATE = 0.05
FLOOR = 0.1  # percent, the foot of the error


class Walk(NamedTuple):
    """What the step asks of ``DeepRParams``."""

    rate: float
    l1: float
    temperature: float


def free_site(taken, s):
    """A place without a connection, drawn by chance, and the next state."""
    u, s = uniform(s)
    at = int(u * SITES)
    while taken[at]:
        u, s = uniform(s)
        at = int(u * SITES)
    return at, s


def simulate(connections: int, temperature, l1, until: int):
    """Learn for so many steps, from the exact gradient for white inputs.

    Args:
        connections: K, that exist at any time.
        temperature: of the walk, in thousandths.
        l1: pull of all sizes to zero.
        until: the step that is shown.
    """
    s, params = seeded(5), Walk(RATE, l1, temperature / 1000)
    sign = []
    for _ in range(SIDE):  # of an input, as excitatory and inhibitory neurons have
        u, s = uniform(s)
        sign.append(1.0 if u < 0.6 else -1.0)
    teacher = [0.0 for _ in range(SITES)]
    there = [False for _ in range(SITES)]
    for _ in range(TEACHER):
        at, s = free_site(there, s)
        u, s = uniform(s)
        there[at] = True
        teacher[at] = 0.6 + 0.8 * u
    theta = [0.0 for _ in range(SITES)]
    active = [False for _ in range(SITES)]
    first = [False for _ in range(SITES)]
    for _ in range(connections):
        at, s = free_site(active, s)
        u, s = uniform(s)
        active[at] = True
        first[at] = True
        theta[at] = 0.3 * u
    squares = 0.0
    for w in teacher:
        squares += w * w
    survived, wrong, moves, moved, shown = [], [], [], 0, [0.0 for _ in range(SITES)]
    for step in range(STEPS + 1):
        left, error = 0, 0.0
        for k in range(SITES):
            left += 1 if first[k] else 0
            miss = theta[k] - teacher[k]
            error += miss * miss
        survived.append(100.0 * left / connections)
        wrong.append(100 * error / squares if 100 * error / squares > FLOOR else FLOOR)
        moves.append(1.0 * moved)
        if step == until:
            shown = [theta[k] if active[k] else -1.0 for k in range(SITES)]
        lost = 0
        for k in range(SITES):
            if active[k]:
                nu = 0.0
                if temperature > 0:
                    nu, s = normal(s)
                g = sign[k % SIDE]
                slope = g * (theta[k] - teacher[k])  # dE/dw for white inputs
                after = theta[k] + deep_r_step(slope, g, nu, params)
                theta[k] = after if after > 0 else 0.0
                if after < 0:
                    active[k] = False
                    first[k] = False
                    lost += 1
        for _ in range(lost):
            at, s = free_site(active, s)
            active[at] = True
        moved += lost
    hits = 0
    for k in range(SITES):
        hits += 1 if shown[k] > 0.1 and there[k] else 0
    return {
        "step": [1.0 * k for k in range(STEPS + 1)],
        "survived": survived,
        "wrong": wrong,
        "moves": moves,
        "teacher_x": [1.0 * (k % SIDE) for k in range(SITES) if there[k]],
        "teacher_y": [1.0 * (k // SIDE) for k in range(SITES) if there[k]],
        "x": [1.0 * (k % SIDE) for k in range(SITES) if shown[k] >= 0],
        "y": [1.0 * (k // SIDE) for k in range(SITES) if shown[k] >= 0],
        "r": [2 + 4 * shown[k] for k in range(SITES) if shown[k] >= 0],
        "until": [1.0 * until],
        "half": [50.0],
        "found": [1.0 * hits],
        "summary": f"After {until:d} steps {hits:d} of the teacher's {TEACHER:d} connections are "
        f"found, the error is {wrong[until]:.1f} % of its size. Of the first connections "
        f"{survived[until]:.0f} % are left; {moves[until]:.0f} moves so far, "
        f"{moves[STEPS] - moves[STEPS - 100]:.0f} of all {moves[STEPS]:.0f} in the last 100 steps.",
    }


FIGURE = Figure(
    simulate,
    title="As many connections at any time, and never the same",
    caption="Left to itself, a layer with 32 of 144 possible connections finds the 24 of its "
    "teacher (squares). Few of its first connections survive, the error falls all the same, and "
    "the connections that it does not need go on being tried elsewhere.",
    inputs=(
        slider("connections", "Connections, of 144", 4, 120, 4, 32),
        slider("temperature", "Temperature", 0, 40, 0.5, 0.5, "/1000"),
        slider("l1", "Pull to zero", 0, 0.3, 0.01, 0.05),
        slider("until", "Step shown", 0, 300, 5, 300),
    ),
    panels=(
        panel(
            "Connections of the layer, and of its teacher",
            axis("input", -0.7, 11.7, ticks=[0, 4, 8]),
            axis("output", -0.7, 11.7, ticks=[0, 4, 8]),
            mark("dot", "b", label="the teacher's", x="teacher_x", y="teacher_y",
                 options={"r": 9, "symbol": "square", "strokeWidth": 1.5}),
            mark("dot", fill="a", label="of the layer, larger if stronger", x="x", y="y", r="r"),
            aspectRatio=1,
            r={"type": "identity"},
        ),
        panel(
            "First connections that are left, and error",
            axis("step", 0, 300),
            axis("%", 0, 105, ticks=[0, 50, 100]),
            mark("line", "a", label="first connections left", x="step", y="survived",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="squared error, of the teacher's size", dash="dashed", x="step",
                 y="wrong", options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", dash="dotted", x="until"),
            height=180,
        ),
    ),
    handles=(handle("Step shown", "until", "half", panel=1, drag_x="until"),),
    table=(("step", "step"), ("survived", "first connections left (%)"), ("wrong", "error (%)"),
           ("moves", "moves so far")),
)  # fmt: skip
