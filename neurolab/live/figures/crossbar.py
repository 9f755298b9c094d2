"""A pendulum held upright by a matrix in memristors, whose devices are wrong."""

from neurolab.core.ops import maximum, minimum, sqrt
from neurolab.core.random import normal, seeded
from neurolab.live.balance import DT, PUSH, SENSOR, UNITS, controller, product
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.tasks.pendulum import PendulumParams, PendulumState, pendulum_step

STEPS = 2000
EVERY = 5  # steps between two points that are drawn
SETTLED = 200  # steps, from which on the sway counts
FALLEN = 0.5  # rad
LOWEST = 0.01  # of the largest conductance: no device can hold less
FACE = 30.0  # degrees, ends of the picture


def held(matrix, noise, bits, s):
    """Two conductances for each entry, in parts of the largest, and the stream that drew them."""
    count = 1.0
    for _ in range(int(bits)):
        count *= 2
    steps = count - 1
    bars = []
    for row in matrix:
        most = 0.0
        for w in row:
            most = maximum(most, maximum(w, -w))
        pairs = []
        for w in row:
            pair = []
            for part in [maximum(w, 0.0), maximum(-w, 0.0)]:
                wanted = LOWEST + (1 - LOWEST) * int(part / most * steps + 0.5) / steps
                g, s = normal(s)
                written = minimum(maximum(wanted * (1 + noise * g), LOWEST), 1.0)
                pair.append(written * most / (1 - LOWEST))
            pairs.append(pair)
        bars.append(pairs)
    return bars, s


def told(bars, noise, s):
    """The matrix (3, 3) as the devices are read in this step."""
    rows = []
    for pairs in bars:
        row = []
        for pair in pairs:
            e, s = normal(s)
            f, s = normal(s)
            row.append(pair[0] * (1 + noise * e) - pair[1] * (1 + noise * f))
        rows.append(row)
    return rows, s


def stand(matrix, bars, noise, start, s):
    """Angles (degrees), and for how many steps it stood; fallen, it rests on a stop.

    Where noise is below 0 the matrix itself is used.
    """
    params = PendulumParams()
    state = PendulumState(start, 0.0)
    estimate = [0.0, 0.0]
    angles, squares, count = [57.29577951308232 * start], 0.0, 0
    worlds = seeded(7)
    for k in range(STEPS):
        e, worlds = normal(worlds)
        f, worlds = normal(worlds)
        now = matrix
        if noise >= 0:
            now, s = told(bars, noise, s)
        seen = [[estimate[0]], [estimate[1]], [(state.theta + SENSOR * e) / UNITS[0]]]
        out = product(now, seen)
        estimate = [minimum(maximum(out[k][0], -1000.0), 1000.0) for k in range(2)]
        state = pendulum_step(UNITS[2] * out[2][0], PUSH * f, state, params, DT)
        if state.theta > FALLEN or state.theta < -FALLEN:
            at = angles[count]
            while len(angles) <= STEPS:
                angles.append(at)
            return angles, squares, count
        count += 1
        squares += state.theta * state.theta if k >= SETTLED else 0.0
        angles.append(57.29577951308232 * state.theta)
    return angles, squares, count


def thinned(angles):
    """Every few of them, with their times in s."""
    times, drawn = [], []
    for k in range(len(angles)):
        if k % EVERY == 0:
            times.append(DT * k)
            drawn.append(angles[k])
    return times, drawn


def simulate(noise, bar, bits, start):
    """A pendulum under a controller of nine numbers.

    Args:
        noise: deviation of each device when written, and anew at each reading, in percent.
        bar: number of the crossbar; each has faults of its own.
        bits: of what can be written into a device.
        start: angle at the beginning, in degrees.
    """
    matrix = controller(PendulumParams())
    bars, s = held(matrix, noise / 100, bits, seeded(bar))
    lean = start / 57.29577951308232
    angles, squares, count = stand(matrix, bars, noise / 100, lean, s)
    exact, exact_squares, exact_count = stand(matrix, bars, -1.0, lean, s)
    times, drawn = thinned(angles)
    exact_times, exact_drawn = thinned(exact)
    sway = 1000 * sqrt(squares / maximum(count - SETTLED, 1))
    least = 1000 * sqrt(exact_squares / maximum(exact_count - SETTLED, 1))
    entries, asked, there = [], [], []
    for i in range(3):
        for j in range(3):
            entries.append(3.0 * i + j + 1)
            asked.append(matrix[i][j])
            there.append(bars[i][j][0] - bars[i][j][1])
    lasted = count * DT
    end = (
        f"upright for all of {lasted:.0f} s, swaying by {sway:.1f} mrad"
        if count == STEPS
        else f"fallen after {lasted:.1f} s"
    )
    return {
        "times": times,
        "angles": drawn,
        "exact_times": exact_times,
        "exact": exact_drawn,
        "entries": entries,
        "asked": asked,
        "there": there,
        "start": [start],
        "zero": [0.0],
        "lasted": [lasted],
        "summary": f"Crossbar {bar:.0f}, devices wrong by {noise:.1f} percent: {end}. The same "
        f"matrix in floats sways by {least:.1f} mrad.",
    }


FIGURE = Figure(
    simulate,
    title="How faulty may the devices be?",
    caption="Nine numbers in 18 memristors keep a pendulum upright although each device is wrong "
    "by 20 percent (solid); it sways more than four times as far as with exact numbers (dashed). "
    "The crossbar is drawn at random; others with the same noise do better or worse.",
    inputs=(
        slider("noise", "Noise of each device", 0, 50, 0.5, 20, "%"),
        slider("bar", "Number of the crossbar", 1, 30, 1, 2),
        slider("bits", "Bits of a device", 2, 8, 1, 6),
        slider("start", "Angle at the start", -25, 25, 0.5, 5, "°"),
    ),
    panels=(
        panel(
            "The pendulum: 0 is upright",
            axis("time (s)", 0, STEPS * DT),
            axis("angle (°)", -FACE, FACE),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("line", "b", label="exact numbers", dash="dashed", x="exact_times", y="exact",
                 options={"strokeWidth": 1.5}),
            mark("line", "a", label="in memristors", x="times", y="angles",
                 options={"strokeWidth": 2}),
            mark("dot", fill="a", x="zero", y="start", options={"r": 4}),
            height=260,
        ),
        panel(
            "The nine numbers, row by row",
            axis("number", 0, 10),
            axis("value", -1.5, 1.5),
            level("ruleY", 0, options={"strokeOpacity": 0.5}),
            mark("dot", "b", label="asked for", x="entries", y="asked",
                 options={"r": 6, "strokeWidth": 1.5}),
            mark("dot", fill="a", label="written", x="entries", y="there", options={"r": 3}),
            height=180,
        ),
    ),
    handles=(handle("Angle at the start", "zero", "start", drag_y="start"),),
    table=(("times", "time (s)"), ("angles", "angle (°)")),
)  # fmt: skip
