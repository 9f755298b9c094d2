"""A recorded run of the mini-Spaun, moment by moment: picture, memory, uses, action, pen.

What the registers held is recorded; the uses follow from it, by the conditions of each action.
"""

from neurolab.live.digits import pictures
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.live.spaun_run import (
    ACTION,
    ACTIONS,
    ANSWERS,
    HELD,
    LEFT,
    NEEDS,
    PEN,
    PHASE,
    PICTURES,
    PLACE,
    SYMBOL,
    SYMBOLS,
    TASK,
    UNLESS,
)
from neurolab.neuromorphic.spaun_use import WAIT, use_step

FRAME = 0.05  # s between two rows of the record
FINE = 0.01  # s between two rows of the pen
PER = 5  # rows of the pen for each of the others
SHOWN = 0.25  # s of a picture
GAP = 0.15  # s of a pause
TASKS = ["Copy", "Recognise", "List", "Count"]
LONGEST = 10.2  # s
NAMES = -3.2  # where the names of the actions stand, in s
USE_NAMES = -5  # and on the axis of uses
DOWN = len(ACTIONS)
SIDE = 8
HALF = 0.5  # an activity above it counts as held


def levels(packed: int):
    """The ten activities of the digit register, from 0 to 1."""
    found, place = [], 134217728  # 8^9
    for _ in range(10):
        found.append(packed // place % 8 / 7)
        place = place // 8
    return found


def agreement(held, words):
    """Registers with a condition, and those of them that hold one of its words."""
    conditions = 0
    fulfilled = 0
    for r in range(len(words)):
        if len(words[r]) > 0:
            conditions += 1
            for word in words[r]:
                if held[r] == word:
                    fulfilled += 1
    return conditions, fulfilled


def uses_of(held, lit: int):
    """Use of each action, ``wait`` last, for what the registers hold and whether one sees."""
    found = []
    for m in range(len(NEEDS)):
        conditions, fulfilled = agreement(held, NEEDS[m])
        _, forbidden = agreement(held, UNLESS[m])
        found.append(use_step(fulfilled, conditions, forbidden + lit * ANSWERS[m]))
    found.append(WAIT)
    return found


def simulate(task: int, time):
    """What the network sees, holds, does and has drawn at a moment of a recorded trial.

    Args:
        task: 1 copy, 2 recognise, 3 list, 4 count.
        time: into the trial, in s.
    """
    k = task - 1
    frames = len(SYMBOL[k])
    now = int(time / FRAME + 0.5) - 1
    if now > frames - 1:
        now = frames - 1
    moment = FRAME * (now + 1)
    which = int((moment - 1e-6) / (SHOWN + GAP))
    lit = moment - which * (SHOWN + GAP) <= SHOWN + 1e-6
    across, up, dark = [], [], []
    image = [0.0 for _ in range(SIDE * SIDE)]
    if lit and which < len(PICTURES[k]):
        image = pictures([PICTURES[k][which]])[0]
    for p in range(SIDE * SIDE):
        across.append(p % SIDE + 0.5)
        up.append(SIDE - 0.5 - p // SIDE)
        dark.append(image[p])
    when, digit, act_when, act = [], [], [], []
    for j in range(frames):
        held = levels(HELD[k][j])
        for d in range(10):
            if held[d] > HALF:
                when.append(FRAME * (j + 1))
                digit.append(d)
        if ACTION[k][j] >= 0:
            act_when.append(FRAME * (j + 1))
            act.append(DOWN - 1 - ACTION[k][j])
    now_in = [SYMBOL[k][now], TASK[k][now], PHASE[k][now], PLACE[k][now], LEFT[k][now]]
    use = uses_of(now_in, 1 if lit and which < len(PICTURES[k]) else 0)
    largest = 0
    for m in range(len(use)):
        if use[m] > use[largest]:
            largest = m
    path_x, path_y = [], []  # the last drawing so far, its strokes apart
    drawn, resting = 0, 100
    for j in range(int(moment / FINE + 0.5)):
        if j < len(PEN[k]):
            x, y, ink = PEN[k][j]
            if ink == 1:
                if resting > 10:
                    drawn += 1
                    path_x, path_y = [], []
                resting = 0
                path_x.append(x / 100)
                path_y.append(y / 100)
            else:
                resting += 1
    if drawn == 0:  # the pen is nowhere yet
        path_x, path_y = [0.0], [0.0]
    seen = "nothing" if SYMBOL[k][now] < 0 else SYMBOLS[SYMBOL[k][now]]
    does = "none" if ACTION[k][now] < 0 else ACTIONS[ACTION[k][now]]
    best, most = 0, 0.0
    now_held = levels(HELD[k][now])
    for d in range(10):
        if now_held[d] > most:
            best, most = d, now_held[d]
    holds = f"the digit {best:d}" if most > HALF else "no digit"
    left = f", steps left {LEFT[k][now]:d}" if LEFT[k][now] >= 0 else ""
    return {
        "across": across,
        "up": up,
        "dark": dark,
        "when": when,
        "digit": digit,
        "act_when": act_when,
        "act": act,
        "path_x": path_x,
        "path_y": path_y,
        "edge_x": [0, SIDE, SIDE, 0, 0],
        "edge_y": [0, 0, SIDE, SIDE, 0],
        "wall_x": [-1.0, 1.0, 1.0, -1.0, -1.0],
        "wall_y": [-1.0, -1.0, 1.0, 1.0, -1.0],
        "now": [moment],
        "pen_t": [FINE * (j + 1) for j in range(len(PEN[k]))],
        "pen_x": [row[0] / 100 for row in PEN[k]],
        "pen_y": [row[1] / 100 for row in PEN[k]],
        "pen_action": [ACTION[k][j // PER] for j in range(len(PEN[k]))],
        "name_x": [NAMES for _ in range(DOWN)],
        "name_y": [DOWN - 1 - j for j in range(DOWN)],
        "use": use,
        "use_y": [DOWN - 1 - j for j in range(DOWN)],
        "largest": [largest],
        "top_x": [use[largest]],
        "top_y": [DOWN - 1 - largest],
        "wait": [WAIT],
        "use_name": [USE_NAMES for _ in range(DOWN)],
        "drawn": [drawn],
        "summary": f"{TASKS[k]}, at {moment:.2f} s: the eye says {seen}, the action is {does} "
        f"(largest use: {ACTIONS[largest]}), the register holds {holds}{left}; drawings begun "
        f"{drawn:d}.",
    }


FIGURE = Figure(
    simulate,
    title="A mini-Spaun at work",
    caption="Replay of one trial of each task, as the spiking network ran it. A letter names the "
    "task, a question mark asks for the answer. Whatever happens in between is an action that the "
    "basal ganglia let through, one at a time.",
    inputs=(
        slider("task", "Task (1 copy, 2 recognise, 3 list, 4 count)", 1, 4, 1, 3),
        slider("time", "Time", 0.05, LONGEST, 0.05, LONGEST, "s"),
    ),
    panels=(
        panel(
            "On the retina now",
            axis(None, -SIDE, 2 * SIDE),  # wide, so that it does not become tall
            axis(None, 0, SIDE),
            mark("line", "soft", x="edge_x", y="edge_y", options={"strokeWidth": 2}),
            mark("heat", fill="ink", x="across", y="up", value="dark"),
            aspectRatio=1,
        ),
        panel(
            "The pen: what is being drawn",
            axis(None, -3.3, 3.3),
            axis(None, -1.1, 1.1),
            mark("line", "soft", x="wall_x", y="wall_y", options={"strokeWidth": 2}),
            mark("line", "a", x="path_x", y="path_y",
                 options={"strokeWidth": 7, "strokeLinecap": "round", "strokeLinejoin": "round"}),
            aspectRatio=1,
        ),
        panel(
            "The digit held in working memory",
            axis("time (s)", NAMES, LONGEST, ticks=5),
            axis("digit", -0.7, 9.7, ticks=5),
            mark("spikes", "a", label="held", x="when", y="digit",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", label="now", dash="dashed", x="now"),
            height=190,
        ),
        panel(
            "The action that is let through",
            axis("time (s)", NAMES, LONGEST, ticks=5),
            axis(None, -0.7, DOWN - 0.3),
            mark("spikes", "b", x="act_when", y="act", options={"strokeWidth": 2.5}),
            mark("text", fill="ink", x="name_x", y="name_y", options={
                "text": ACTIONS, "textAnchor": "start", "fontSize": 11}),
            mark("ruleX", "ink", dash="dashed", x="now"),
            height=220,
        ),
        panel(
            "Use of each action now, from what is held",
            axis("use", USE_NAMES, 1.3, ticks=5),
            axis(None, -0.7, DOWN - 0.3),
            mark("ruleX", "soft", label="use of waiting", dash="dashed", x="wait"),
            mark("dot", "b", x="use", y="use_y", options={"r": 3.5}),
            mark("dot", "ink", fill="b", label="largest", x="top_x", y="top_y", options={"r": 6}),
            mark("text", fill="ink", x="use_name", y="use_y", options={
                "text": ACTIONS, "textAnchor": "start", "fontSize": 11}),
            height=220,
        ),
    ),
    handles=(handle("Time", "now", 4.5, 2, drag_x="time"),),
    table=(("pen_t", "time (s)"), ("pen_x", "pen, to the right"), ("pen_y", "pen, up"),
           ("pen_action", "action")),
)  # fmt: skip
