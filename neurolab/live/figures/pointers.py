"""A scene of coloured shapes in one vector: added up or bound, and asked for one colour."""

import math
from typing import NamedTuple

from neurolab.core.ops import cos, sin, sqrt
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.nef.pointers import bind_step

SHAPES = ("square", "circle", "star", "cross", "ring", "arrow", "heart", "moon")
COLOURS = ("blue", "red", "green", "yellow", "black", "white", "pink", "grey")
KINDS = 8  # of each
STEP = 16  # dimensions that are tried: 16, 32, ... 256
MOST = 256
BIND = 1  # ways: 0 adds, 1 binds to pointers as they are drawn,
UNITARY = 2  # 2 to unitary ones


class Spectrum(NamedTuple):
    """A pointer by its spectrum, of which half is enough: binding multiplies it."""

    re: list
    im: list


def dot(a: Spectrum, b: Spectrum) -> float:
    """Inner product of two pointers: each frequency between the ends counts twice."""
    top, total = len(a.re) - 1, 0.0
    for f in range(top + 1):
        part = a.re[f] * b.re[f] + a.im[f] * b.im[f]
        total += part if f == 0 or f == top else 2 * part
    return total / (2 * top)


def pointer(d: int, s):
    """The spectrum of a random direction, and the next random state."""
    re, im = [], []
    for f in range(d // 2 + 1):
        x, s = normal(s)
        y, s = normal(s)
        if f == 0 or 2 * f == d:
            re.append(sqrt(2.0) * x)
            im.append(0.0)
        else:
            re.append(x)
            im.append(y)
    drawn = Spectrum(re, im)
    size = sqrt(dot(drawn, drawn))
    return Spectrum([x / size for x in re], [y / size for y in im]), s


def flat_pointer(d: int, s):
    """A unitary one: all lengths are 1, phases are random."""
    re, im = [], []
    for f in range(d // 2 + 1):
        u, s = uniform(s)
        if f == 0 or 2 * f == d:
            re.append(1.0 if u < 0.5 else -1.0)
            im.append(0.0)
        else:
            re.append(cos(2 * math.pi * u))
            im.append(sin(2 * math.pi * u))
    return Spectrum(re, im), s


def bound(a: Spectrum, b: Spectrum) -> Spectrum:
    """a * b: complex numbers multiply."""
    re, im = [], []
    for f in range(len(a.re)):
        x, y = bind_step(a.re[f], a.im[f], b.re[f], b.im[f])
        re.append(x)
        im.append(y)
    return Spectrum(re, im)


def inverted(a: Spectrum) -> Spectrum:
    """~a: phases change their sign."""
    return Spectrum(a.re, [-y for y in a.im])


def added(a: Spectrum, b: Spectrum) -> Spectrum:
    re = [x + y for x, y in zip(a.re, b.re, strict=True)]
    return Spectrum(re, [x + y for x, y in zip(a.im, b.im, strict=True)])


def scene(d: int, pairs: int, asked: int, way: int, draw: int):
    """Similarities of the answer to all shapes and colours."""
    s = seeded(1000 * draw + d)
    shapes, colours = [], []
    for _ in range(KINDS):
        colour, s = pointer(d, s)
        colours.append(colour)
    for _ in range(KINDS):
        shape, s = flat_pointer(d, s) if way == UNITARY else pointer(d, s)
        shapes.append(shape)
    none = [0.0 for _ in colours[0].re]
    trace = Spectrum(none, none)
    for k in range(pairs):
        part = bound(shapes[k], colours[k]) if way >= BIND else added(shapes[k], colours[k])
        trace = added(trace, part)
    answer = bound(trace, inverted(shapes[asked])) if way >= BIND else trace
    similar = [dot(answer, x) for x in shapes]
    for x in colours:
        similar.append(dot(answer, x))
    return similar


def first_and_next(similar: list):
    """Numbers of the two colours that are most similar."""
    first, other = 0, -1
    for k in range(1, KINDS):
        if similar[KINDS + k] > similar[KINDS + first]:
            first, other = k, first
        elif other < 0 or similar[KINDS + k] > similar[KINDS + other]:
            other = k
    return first, other


def simulate(asked: int, pairs: int, dimension: int, way: int, draw: int):
    """A scene of as many shapes, shape k in colour k, in one vector; one colour is asked for.

    Args:
        asked: number of the shape whose colour is asked for.
        pairs: shapes in the scene.
        dimension: entries of the vector.
        way: 0 adds shapes and colours, 1 binds them, 2 binds to unitary pointers.
        draw: number of the vocabulary that is drawn.
    """
    word = [1.0 * (k + 1) for k in range(2 * KINDS)]
    tried, right, wrong, spread = [], [], [], []
    at_d, at_word, at_value = [], [], []
    similar = [0.0 for _ in word]
    for n in range(MOST // STEP):
        d = STEP * (n + 1)
        found = scene(d, pairs, asked - 1, way, draw)
        best = -9.0
        for k in range(KINDS):
            if k != asked - 1 and found[KINDS + k] > best:
                best = found[KINDS + k]
        tried.append(1.0 * d)
        right.append(found[KINDS + asked - 1])
        wrong.append(best)
        spread.append(sqrt(pairs / d))
        for k, v in enumerate(found):
            at_d.append(1.0 * d)
            at_word.append(word[k])
            at_value.append(v)
        if d == dimension:
            similar = found
    first, other = first_and_next(similar)
    own, lead = similar[KINDS + asked - 1], similar[KINDS + first] - similar[KINDS + other]
    said = (
        f"The {SHAPES[asked - 1]} is {COLOURS[first]}, with a similarity of "
        f"{similar[KINDS + first]:.2f}; next is {COLOURS[other]}, {lead:.2f} below."
    )
    if asked > pairs:
        end = f"There is no {SHAPES[asked - 1]} in the scene."
    elif first == asked - 1 and way >= BIND:
        end = "That is right."
    elif way >= BIND:
        end = f"That is wrong: it is {COLOURS[asked - 1]}."
    else:
        end = "But every shape gets this answer: a sum does not know who is what."
    return {
        "word": word,
        "similar": similar,
        "zero": [0.0 for _ in word],
        "asked_at": [1.0 * asked],
        "asked_y": [similar[asked - 1]],
        "right_at": [1.0 * (KINDS + asked)],
        "right_y": [own],
        "none": [0.0],
        "answer_at": [1.0 * (KINDS + first + 1)],
        "answer_y": [similar[KINDS + first]],
        "d": tried,
        "right": right,
        "wrong": wrong,
        "spread": spread,
        "here": [1.0 * dimension],
        "here_y": [own],
        "lead": [lead],
        "at_d": at_d,
        "at_word": at_word,
        "at_value": at_value,
        "summary": f"{said} {end}",
    }


FIGURE = Figure(
    simulate,
    title="Who is what, in one vector?",
    caption="Two shapes in two colours make one vector of 64 numbers. Bound, the scene answers "
    "what colour the square is. Added up instead, blue and red are alike, whichever shape is "
    "asked for.",
    inputs=(
        slider("asked", "Shape that is asked for", 1, KINDS, 1, 1),
        slider("pairs", "Shapes in the scene", 1, KINDS, 1, 2),
        slider("dimension", "Numbers in the vector", STEP, MOST, STEP, 64),
        slider("way", "Shape and colour are (0 added, 1 bound, 2 bound, unitary)", 0, 2, 1, 2),
        slider("draw", "Vocabulary drawn", 1, 20, 1, 1),
    ),
    panels=(
        panel(
            "The answer, beside every word",
            axis("word (1 to 8 shapes, 9 to 16 colours)", 0.4, 16.6, ticks=[1, 4, 8, 12, 16],
                 tickFormat="d"),
            axis("similarity", -0.8, 2.2, ticks=4),
            level("ruleY", 0),
            level("ruleX", 8.5, dash="dotted"),
            mark("ruleX", "soft", x="word", y1="zero", y2="similar", options={"strokeWidth": 9}),
            mark("ruleX", "a", label="its colour", x="right_at", y1="none", y2="right_y",
                 options={"strokeWidth": 9}),
            mark("dot", "ink", fill="b", label="the answer", x="answer_at", y="answer_y",
                 options={"r": 4.5}),
            mark("dot", "ink", fill="c", label="shape asked for (square)", x="asked_at",
                 y="asked_y", options={"r": 4.5, "symbol": "square"}),
            height=210,
        ),
        panel(
            "The same question to longer and shorter vectors",
            axis("numbers in the vector", 8, MOST + 8, ticks=[16, 64, 128, 192, 256],
                 tickFormat="d"),
            axis("similarity", -0.4, 2.2, ticks=4),
            mark("line", "soft", label="spread of a wrong colour, by theory", dash="dotted",
                 x="d", y="spread", options={"strokeWidth": 2}),
            mark("line", "a", label="its colour", x="d", y="right", options={"strokeWidth": 2.5}),
            mark("line", "b", label="best of the others", dash="dashed", x="d", y="wrong",
                 options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", x="here", y="here_y", options={"r": 5}),
            height=210,
        ),
    ),
    handles=(
        handle("Shape asked for", "asked_at", "asked_y", drag_x="asked"),
        handle("Numbers in the vector", "here", "here_y", panel=1, drag_x="dimension"),
    ),
    table=(("at_d", "numbers in the vector"), ("at_word", "word"), ("at_value", "similarity")),
)  # fmt: skip
