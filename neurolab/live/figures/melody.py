"""A sequence memory in small hears a melody: cells that expect the next note, in context."""

from typing import NamedTuple

from neurolab.dendrites.permanence import permanence_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

# Steps of a major scale above the tonic, as in tasks.melodies, moved up so that none is below 0.
FRERE = [3, 4, 5, 3, 3, 4, 5, 3, 5, 6, 7, 5, 6, 7, 7, 8, 7, 6, 5, 3, 7, 8, 7, 6, 5, 3, 3, 0, 3, 3,
         0, 3]  # fmt: skip
JOY = [5, 5, 6, 7, 7, 6, 5, 4, 3, 3, 4, 5, 5, 4, 4, 5, 5, 6, 7, 7, 6, 5, 4, 3, 3, 4, 5, 4, 3, 3]
LOWEST = -3  # that note 0 stands for
NOTES = 9
MOST = 16  # cells of a note, at most
PASSES = 8
CONNECTED = 0.5  # permanence from which a synapse transmits
INITIAL = 0.3  # of a new one, which transmits at its third gain


class Steps(NamedTuple):
    """What the step asks of ``PermanenceParams``."""

    gain: float
    loss: float


def predicted(on, p):
    """For each cell whether a synapse from an active one transmits to it.

    Cell 0 is active in silence, and predicts nothing: a melody may begin at any time.
    """
    found = [False for _ in p]
    for i in on:
        for j, strength in enumerate(p[i]):
            if i > 0 and strength >= CONNECTED:
                found[j] = True
    return found


def cell(note, c, cells):
    return 1 + note * cells + c


def most_known(note, winner, p, cells):
    """The cell of a note with the strongest synapse from the winner, and that strength."""
    best, most = cell(note, 0, cells), -1.0
    for c in range(cells):
        j = cell(note, c, cells)
        if p[winner][j] > most:
            best = j
            most = p[winner][j]
    return best, most


def least_used(note, p, cells):
    """The cell of a note onto which the fewest synapses lead."""
    best, fewest = cell(note, 0, cells), len(p) + 1
    for c in range(cells):
        j, count = cell(note, c, cells), 0
        for row in p:
            count += 1 if row[j] > 0 else 0
        if count < fewest:
            best = j
            fewest = count
    return best


def hear(tune, p, cells, learns, punish):
    """One pass from silence, and what was heard and expected at each note.

    With ``learns`` the synapses p change, from cell to cell; ``punish`` is taken from those that
    predicted wrongly.
    """
    on, winner, heard = [0], 0, []
    for note in tune:
        expected = predicted(on, p)
        right = []
        for c in range(cells):
            if expected[cell(note, c, cells)]:
                right.append(cell(note, c, cells))
        others = 0
        for n in range(NOTES):
            any_of = [c for c in range(cells) if expected[cell(n, c, cells)]]
            others += 1 if n != note and len(any_of) > 0 else 0
        next_on = right
        if len(right) == 0:  # nobody expected it: all cells of the note fire
            next_on = [cell(note, c, cells) for c in range(cells)]
        chosen, strength = most_known(note, winner, p, cells)
        if strength <= 0:
            chosen = least_used(note, p, cells)
        if learns:
            for j in range(1, len(p)):
                its_note = (j - 1) // cells
                if expected[j] and its_note != note:
                    for i in on:
                        p[i][j] = p[i][j] - punish if p[i][j] > punish else 0.0
            grown = p[winner][chosen]
            if grown > 0:
                p[winner][chosen] = grown + permanence_step(1.0, grown, Steps(0.15, 0.1))
            else:
                p[winner][chosen] = INITIAL
        heard.append((len(right), others, next_on))
        on, winner = next_on, chosen
    return heard


def share(heard, alone):
    """Percent of the notes that were expected, and, if asked, no other."""
    good = [1 for right, others, _ in heard if right > 0 and (others == 0 or not alone)]
    return 100 * len(good) / len(heard)


def simulate(passes: int, cells: int, between: int, punish, at: int):
    """Learn a melody, then perhaps another one, and hear the first again.

    Args:
        passes: how often the melody was heard before.
        cells: of each note.
        between: how often another melody was heard after that.
        punish: taken from a synapse that predicted wrongly.
        at: the note that is shown, from 1 on.
    """
    p = [[0.0 for _ in range(1 + NOTES * cells)] for _ in range(1 + NOTES * cells)]
    told, alone, rows = [], [], []
    asked = p
    for k in range(PASSES + 1):
        heard = hear(FRERE, p, cells, False, punish)
        told.append(share(heard, False))
        alone.append(share(heard, True))
        for t, one in enumerate(heard):
            own = 1 if one[0] > 0 else 0
            rows.append([k, 1 + t, FRERE[t] + LOWEST, one[1] + own, own])
        if k == passes:
            asked = [[x for x in row] for row in p]
            for _ in range(between):
                hear(JOY, asked, cells, True, punish)
        hear(FRERE, p, cells, True, punish)
    heard = hear(FRERE, asked, cells, False, punish)
    known = share(heard, True)
    right, others, on = heard[at - 1]
    expected = predicted(on, asked)
    soon_x, soon_y, soon = [], [], 0
    for n in range(NOTES):
        some = 0
        for c in range(cells):
            if expected[cell(n, c, cells)]:
                soon_x.append(1.0 * (n + LOWEST))
                soon_y.append(1.0 * c)
                some = 1
        soon += some
    good, vague, missed = [], [], []
    for t, one in enumerate(heard):
        if one[0] == 0:
            missed.append(t)
        elif one[1] > 0:
            vague.append(t)
        else:
            good.append(t)
    how = "It came as a surprise, and all its cells fire"
    if right > 0:
        how = (
            "It was expected"
            if others == 0
            else (f"It was expected, with {others:d} {'other' if others == 1 else 'others'}")
        )
    return {
        "good_t": [1.0 + t for t in good],
        "good_n": [1.0 * (FRERE[t] + LOWEST) for t in good],
        "vague_t": [1.0 + t for t in vague],
        "vague_n": [1.0 * (FRERE[t] + LOWEST) for t in vague],
        "missed_t": [1.0 + t for t in missed],
        "missed_n": [1.0 * (FRERE[t] + LOWEST) for t in missed],
        "at": [1.0 * at],
        "at_n": [1.0 * (FRERE[at - 1] + LOWEST)],
        "all_x": [1.0 * (j // cells + LOWEST) for j in range(NOTES * cells)],
        "all_y": [1.0 * (j % cells) for j in range(NOTES * cells)],
        "on_x": [1.0 * ((j - 1) // cells + LOWEST) for j in on],
        "on_y": [1.0 * ((j - 1) % cells) for j in on],
        "soon_x": soon_x,
        "soon_y": soon_y,
        "when": [1.0 * row[0] for row in rows],
        "number": [1.0 * row[1] for row in rows],
        "note": [1.0 * row[2] for row in rows],
        "count": [1.0 * row[3] for row in rows],
        "came": [1.0 * row[4] for row in rows],
        "passes": [1.0 * passes],
        "pass": [1.0 * k for k in range(len(told))],
        "told": told,
        "alone": alone,
        "known": [known],
        "summary": f"Note {at:d} of {len(FRERE):d}. {how}. Cells of {soon:d} "
        f"{'note' if soon == 1 else 'notes'} expect to be next. In all {known:.0f} % of the notes "
        f"are expected, and no other with them.",
    }


FIGURE = Figure(
    simulate,
    title="The same note, another cell",
    caption="Heard four times before, the melody is expected but for its first note, and at most "
    "of its notes nothing else is. A note that comes again in another place fires another cell of "
    "its column, so the cell tells what comes next. One cell for each note cannot.",
    inputs=(
        slider("passes", "Times heard before", 0, 8, 1, 4),
        slider("cells", "Cells for each note", 1, 16, 1, 8),
        slider("between", "Then another melody, so often", 0, 8, 1, 0),
        slider("punish", "Taken for a wrong prediction", 0, 0.05, 0.005, 0.005),
        slider("at", "Note shown", 1, 32, 1, 9),
    ),
    panels=(
        panel(
            "Frère Jacques: which notes were expected",
            axis("note", 0.3, 32.7),
            axis("step of the scale", -3.8, 6.2, ticks=[-3, 0, 4]),
            mark("dot", fill="a", label="expected, no other", x="good_t", y="good_n",
                 options={"r": 5}),
            mark("dot", "b", fill="soft", label="expected among others", x="vague_t", y="vague_n",
                 options={"r": 5, "symbol": "square"}),
            mark("dot", "b", label="a surprise", x="missed_t", y="missed_n",
                 options={"r": 5, "symbol": "diamond", "strokeWidth": 1.5}),
            mark("ruleX", "ink", dash="dotted", x="at"),
            height=150,
        ),
        panel(
            "Cells while this note sounds; a column for each note",
            axis("step of the scale", -3.7, 5.7, ticks=[-3, 0, 4]),
            axis("cell", -0.8, 15.8, ticks=[0, 5, 10, 15]),
            mark("dot", "soft", x="all_x", y="all_y", options={"r": 3}),
            mark("dot", fill="a", label="active", x="on_x", y="on_y", options={"r": 5}),
            mark("dot", "c", label="expects to be next", x="soon_x", y="soon_y",
                 options={"r": 6, "strokeWidth": 2.5}),
            height=230,
        ),
        panel(
            "Notes expected, by the times it was heard before",
            axis("times heard", -0.3, 8.3, ticks=[0, 2, 4, 6, 8]),
            axis("%", -3, 103, ticks=[0, 50, 100]),
            mark("line", "a", label="and no other", x="pass", y="alone",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="at all", dash="dashed", x="pass", y="told",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "ink", dash="dotted", x="passes"),
            height=130,
        ),
    ),
    handles=(handle("Note shown", "at", "at_n", drag_x="at"),),
    table=(("when", "times heard"), ("number", "note"), ("note", "step of the scale"),
           ("count", "notes expected"), ("came", "it among them")),
)  # fmt: skip
