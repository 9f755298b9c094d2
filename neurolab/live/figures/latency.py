"""A picture sent once by first spikes and once by counts, as both arrive."""

from typing import NamedTuple

from neurolab.coding.latency import linear_delay, linear_value
from neurolab.coding.rate import poisson_step
from neurolab.core.ops import maximum, minimum, sqrt
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.digits import unpacked
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

SIDE = 10  # pixels in a row: a digit of 8 and a margin
APART = SIDE + 1  # from one picture to the next
STEPS = 50  # of 1 ms
LAST = 20.0  # ms, when the darkest pixel that fires does
THRESHOLD = 0.05  # darker ones stay silent
THICK = 1.2  # pixels from the middle of a stroke to its edge


class Latency(NamedTuple):
    first: float
    last: float
    threshold: float


class Rate(NamedTuple):
    rate: float


def painted(digit, x1, y1, x2, y2):
    """Brightness of the pixels, 0 to 1, row by row from the top: a digit and a stroke."""
    images = unpacked()
    across, up = x2 - x1, y2 - y1
    square = across * across + up * up
    found = []
    for row in range(SIDE):
        for column in range(SIDE):
            x, y = column - x1, SIDE - 1 - row - y1
            part = (x * across + y * up) / square if square > 0 else 0.0
            part = maximum(0.0, minimum(1.0, part))
            away = sqrt((x - part * across) ** 2 + (y - part * up) ** 2)
            bright = maximum(0.0, minimum(1.0, (THICK - away) / 0.7))
            inside = 1 <= row <= 8 and 1 <= column <= 8
            if digit >= 0 and inside:
                bright = maximum(bright, images[int(digit)][8 * (row - 1) + column - 1])
            found.append(bright)
    return found


def error(found, wanted):
    """Root of the mean square."""
    total = 0.0
    for a, b in zip(found, wanted, strict=True):
        total += (a - b) * (a - b)
    return sqrt(total / len(found))


def simulate(digit, x1, y1, x2, y2, elapsed, jitter, contrast, rate):
    """What two readers have got of one picture, ms by ms.

    Args:
        digit: 0 to 9, below 0 for none.
        x1, y1, x2, y2: ends of a stroke of the pen, in pixels from the lower left.
        elapsed: time since the picture came on, in ms.
        jitter: standard deviation of the first spikes, in ms.
        contrast: of the picture, 0 to 1.
        rate: of a counted cell at full brightness, in 1/s.
    """
    params, counting, s = Latency(0.0, LAST, THRESHOLD), Rate(rate), seeded(3)
    x = [contrast * b for b in painted(digit, x1, y1, x2, y2)]
    times = []
    for v in x:
        z, s = normal(s)
        late = maximum(0.0, linear_delay(v, params) + jitter * z)
        times.append(late if v > THRESHOLD else 1e6)
    count = [0.0 for _ in x]
    by_time, by_count = [0.0 for _ in x], [0.0 for _ in x]
    seen_time, seen_count = by_time, by_count
    clock, time_error, count_error, firsts, counted = [], [], [], 0, 0.0
    for k in range(STEPS + 1):
        if k > 0:
            for i, v in enumerate(x):
                u, s = uniform(s)
                count[i] += poisson_step(v, u, counting, 1.0)
            by_count = [minimum(1.0, n / (rate * k / 1000)) for n in count]
        by_time = [minimum(1.0, linear_value(t, params)) if t <= k else 0.0 for t in times]
        clock.append(k)
        time_error.append(error(by_time, x))
        count_error.append(error(by_count, x))
        if k == elapsed:
            seen_time, seen_count = by_time, by_count
            for t, n in zip(times, count, strict=True):
                firsts += 1 if t <= k else 0
                counted += n
    across, down = [], []
    for i in range(SIDE * SIDE):
        across.append(i % SIDE)
        down.append(SIDE - 1 - i // SIDE)
    now = int(elapsed)
    return {
        "across": across,
        "down": down,
        "picture": x,
        "middle": [a + APART for a in across],
        "by_time": seen_time,
        "right": [a + 2 * APART for a in across],
        "by_count": seen_count,
        "x1": [x1],
        "y1": [y1],
        "x2": [x2],
        "y2": [y2],
        "clock": clock,
        "time_error": time_error,
        "count_error": count_error,
        "at": [elapsed],
        "summary": f"After {elapsed:.0f} ms {firsts:d} first spikes are off by "
        f"{time_error[now]:.2f}, {counted:.0f} counted spikes by {count_error[now]:.2f}.",
    }


FIGURE = Figure(
    simulate,
    title="A picture in first spikes",
    caption="Each pixel has a cell. Left the picture, in the middle what the first spikes have "
    "told so far, on the right what counts of the same cells have told. After 10 ms the strokes "
    "are there from one spike a cell; the counts still show noise.",
    inputs=(
        slider("digit", "Digit (-1: none)", -1, 9, 1, 3),
        slider("x1", "Stroke begins, across", 0, 9, 0.5, 1),
        slider("y1", "Stroke begins, up", 0, 9, 0.5, 0),
        slider("x2", "Stroke ends, across", 0, 9, 0.5, 8),
        slider("y2", "Stroke ends, up", 0, 9, 0.5, 0),
        slider("elapsed", "Time elapsed", 0, STEPS, 1, 10, "ms"),
        slider("jitter", "Jitter of first spikes", 0, 10, 0.5, 1, "ms"),
        slider("contrast", "Contrast", 0.1, 1, 0.1, 1),
        slider("rate", "Rate that is counted", 20, 400, 20, 100, "/s"),
    ),
    panels=(
        panel(
            "The picture, as told by first spikes, as told by counts",
            axis(None, -1, 3 * APART - 1),
            axis(None, -1, SIDE),
            mark("heat", fill="ink", label="picture", x="across", y="down", value="picture"),
            mark("heat", fill="a", label="from first spikes", x="middle", y="down",
                 value="by_time"),
            mark("heat", fill="b", label="from counts", x="right", y="down", value="by_count",
                 options={"size": 0.8}),
            aspectRatio=1,
            marginLeft=16,
            marginTop=8,
            marginBottom=8,
        ),
        panel(
            "How far each is off",
            axis("time since the picture came on (ms)", 0, STEPS),
            axis("error (full brightness = 1)", 0, 0.7),
            mark("line", "a", label="from first spikes", x="clock", y="time_error",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="from counts", dash="dashed", x="clock", y="count_error",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", label="the pictures above", dash="dotted", x="at"),
            height=200,
        ),
    ),
    handles=(
        handle("Stroke begins", "x1", "y1", drag_x="x1", drag_y="y1"),
        handle("Stroke ends", "x2", "y2", drag_x="x2", drag_y="y2"),
        handle("Time elapsed", "at", 0.65, panel=1, drag_x="elapsed"),
    ),
    table=(("clock", "time (ms)"), ("time_error", "error, first spikes"),
           ("count_error", "error, counts")),
)  # fmt: skip
