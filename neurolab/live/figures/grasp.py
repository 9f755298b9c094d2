"""Two fingers of spikes close on a disc that they do not know, and stop by touch."""

from neurolab.core.ops import cos, maximum, sin
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.spiking.grasp import (
    GraspParams,
    GraspSpikes,
    GraspState,
    activation_step,
    cells_step,
    currents,
    reflex_step,
)
from neurolab.spiking.lif import LIFState
from neurolab.tasks.gripper import Finger, GripperParams, contact_step, finger_step, joints

CELLS = 6  # of each group
STEPS = 3000
EVERY = 10  # steps between two points that are drawn
SLOW = 0.05  # s, in which a motor goes most of its way
OPEN = [-0.3, -0.2]  # rad
CLOSED = [0.7, 0.7]
ROUND = 48  # points of a drawn disc


def rest():
    """The groups before anything was touched, neuron by neuron."""
    start = LIFState(0.0, -1.0)
    return [GraspState(start, start, start, 0.0, 0.0) for _ in range(CELLS)]


def mean(values):
    total = 0.0
    for v in values:
        total += v
    return total / CELLS


def reflex(group, force, params: GraspParams):
    """A step of all neurons of a finger; s and a are kept in each of them alike."""
    s, a = group[0].s, group[0].a
    cells, fired = [], []
    for k in range(CELLS):
        gain = params.spread + (1 - params.spread) * k / (CELLS - 1)
        z, now = cells_step(currents(force, s, gain, params), group[k], params, 1.0)
        cells.append(now)
        fired.append(z)
    parts = GraspSpikes(
        mean([z.closing for z in fired]),
        mean([z.opening for z in fired]),
        mean([z.touched for z in fired]),
    )
    s = reflex_step(s, parts.touched, params, 1.0)
    a = activation_step(a, parts.closing, parts.opening, params)
    return [GraspState(now[0], now[1], now[2], s, a) for now in cells], a


def grasp(radius, stiffness, off, speed, world: GripperParams, feels):
    """Forces of both fingers over time, and how all of it ends."""
    params = GraspParams(speed=speed)
    fingers = [Finger(OPEN[0], OPEN[1]), Finger(OPEN[0], OPEN[1])]
    groups = [rest(), rest()]
    x, forces, most = off, [[], []], 0.0
    for t in range(STEPS):
        along = [0.0, 0.0]
        for k in range(2):
            at = x if k == 0 else -x
            contact = contact_step(fingers[k], at, radius, stiffness, world)
            groups[k], a = reflex(groups[k], contact.force if feels > 0 else 0.0, params)
            goals = [OPEN[j] + a * (CLOSED[j] - OPEN[j]) for j in range(2)]
            fingers[k] = finger_step(goals[0], goals[1], contact, fingers[k], world, 0.001)
            along[k] = contact.along
            most = maximum(most, contact.force)
            if t % EVERY == 0:
                forces[k].append(contact.force)
        x = x + 0.001 / world.drag * (along[1] - along[0])
    return forces, fingers, x, most


def outline(finger: Finger, side, world: GripperParams):
    """A finger from base to tip, in mm; ``side`` 1 is the right one."""
    x1, y1, x2, y2 = joints(finger, world)
    xs = [1000 * side * v for v in [world.base, x1, x2]]
    return xs, [0.0, 1000 * y1, 1000 * y2]


def simulate(stiffness, radius, speed, motor, off):
    """Two fingers close on a disc.

    Args:
        stiffness: of the disc's surface, N/m.
        radius: of the disc, mm.
        speed: of the primitive, in thousandths for a spike of every neuron.
        motor: stiffness of a joint, N m/rad.
        off: place of the disc, from the middle, mm.
    """
    world = GripperParams(motor=motor, friction=SLOW * motor)
    given = [radius / 1000, stiffness, off / 1000, speed / 1000]
    forces, fingers, x, most = grasp(given[0], given[1], given[2], given[3], world, 1.0)
    blind, _, _, hardest = grasp(given[0], given[1], given[2], given[3], world, 0.0)
    right_x, right_y = outline(fingers[0], 1.0, world)
    left_x, left_y = outline(fingers[1], -1.0, world)
    turns = [6.283185307179586 * k / ROUND for k in range(ROUND + 1)]
    count = len(forces[0])
    last = [forces[0][count - 1], forces[1][count - 1]]
    held = last[0] >= 1 and last[1] >= 1 and most <= 4
    verdict = "held softly" if held else "pressed too hard" if most > 4 else "not held"
    return {
        "times": [0.001 * EVERY * k for k in range(count)],
        "right": forces[0],
        "left": forces[1],
        "blind": blind[0],
        "right_x": right_x,
        "right_y": right_y,
        "left_x": left_x,
        "left_y": left_y,
        "disc_x": [1000 * x + radius * cos(turn) for turn in turns],
        "disc_y": [1000 * world.height + radius * sin(turn) for turn in turns],
        "start_x": [off + radius * cos(turn) for turn in turns],
        "off": [off],
        "height": [1000 * world.height],
        "summary": f"The fingers end at {last[0]:.2f} and {last[1]:.2f} N, at most {most:.2f} N: "
        f"{verdict}. Without touch they press with up to {hardest:.2f} N.",
    }


FIGURE = Figure(
    simulate,
    title="How hard does a finger press on what it does not know?",
    caption="Both fingers stop at about 2 N (solid): touch neurons silence those that close. "
    "Without touch the same fingers close all the way and press several times as hard (dashed). "
    "Between the two lines at 1 and 4 N the disc is held and not crushed.",
    inputs=(
        slider("stiffness", "Stiffness of the disc", 100, 4000, 50, 1000, "N/m"),
        slider("radius", "Radius of the disc", 15, 30, 0.5, 22, "mm"),
        slider("speed", "Speed of closing", 1, 20, 0.5, 2, "× 0.001"),
        slider("motor", "Stiffness of a joint", 1, 10, 0.5, 3, "N m/rad"),
        slider("off", "Place of the disc", -10, 10, 0.5, 6, "mm"),
    ),
    panels=(
        panel(
            "The gripper after 3 s",
            axis("across (mm)", -70, 70),
            axis("height (mm)", -5, 115),
            mark("line", "soft", label="the disc at first", dash="dotted", x="start_x", y="disc_y",
                 options={"strokeWidth": 1.5, "curve": "linear"}),
            mark("line", "b", label="the disc", dash="dashed", x="disc_x", y="disc_y",
                 options={"strokeWidth": 2, "curve": "linear"}),
            mark("line", "a", label="fingers", x="right_x", y="right_y",
                 options={"strokeWidth": 5, "curve": "linear"}),
            mark("line", "a", x="left_x", y="left_y",
                 options={"strokeWidth": 5, "curve": "linear"}),
            aspectRatio=1,
        ),
        panel(
            "Force of a finger",
            axis("time (s)", 0, 3),
            axis("force (N)", 0, 14),
            level("ruleY", 1, 4, options={"strokeOpacity": 0.7}),
            mark("line", "b", label="right, without touch", dash="dashed", x="times", y="blind",
                 options={"strokeWidth": 2}),
            mark("line", "a", label="right", x="times", y="right", options={"strokeWidth": 2.5}),
            mark("line", "c", label="left", dash="dotted", x="times", y="left",
                 options={"strokeWidth": 2}),
            height=240,
        ),
    ),
    handles=(handle("Place of the disc", "off", "height", drag_x="off"),),
    table=(("times", "time (s)"), ("right", "right finger (N)"), ("left", "left finger (N)"),
           ("blind", "right, without touch (N)")),
)  # fmt: skip
