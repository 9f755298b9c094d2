"""Lab sequence-memory: write which cells expect to be next and which fire, predict how often a tune
must be heard, measure it, break the memory with one cell a column, learn other tunes and see what
is left of the first.

Nothing here compares an answer with our own code: questions 1 and 2 are judged by counting, cell by
cell (``sequence_memory_cells.py``), question 3 by adding up gains and by a memory that hears the
tune, question 4 by a list of which note follows which; question 5 and the challenge run memories
(``sequence_memory_tunes.py``).

References: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023; Cui, Ahmad & Hawkins (2016),
doi:10.1162/NECO_a_00893
"""

import math
from itertools import pairwise
from typing import Any

from .checker import Question
from .sequence_memory_cells import judge_expecting, judge_firing
from .sequence_memory_tunes import NEW as NEW
from .sequence_memory_tunes import TUNES as TUNES
from .sequence_memory_tunes import Listener as Listener
from .sequence_memory_tunes import judge_choice
from .sequence_memory_tunes import keep as keep
from .sequence_memory_tunes import score as score
from .sequence_memory_tunes import times_needed as times_needed
from .sequence_memory_tunes import with_cells as with_cells
from .values import Blank, Wrong, array, is_blank, number

TITLE = "A memory for melodies"
INITIAL, GAIN, CONNECTED = 0.22, 0.06, 0.5  # of question 3


def judge_warmup(value: Any) -> str:
    if number(value) != 1:
        raise Wrong("16 columns of 256 are a sixteenth; of 16 that is one.")
    return "Two notes share one column of 16 on average. This is what passing looks like."


# Question 3


def judge_times(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (predicted, measured).")
    predicted, measured = (number(v, "For each, one number") for v in value)
    needed = 1 + math.ceil((CONNECTED - INITIAL) / GAIN)
    if predicted == needed - 1:
        raise Wrong("These are the gains; the first time makes the synapse, so one more.")
    if predicted == math.ceil(CONNECTED / GAIN):
        raise Wrong("A new synapse begins at its initial permanence, not at 0.")
    if predicted != needed:
        raise Wrong(f"Predicted {predicted:g}: too {'few' if predicted < needed else 'many'}.")
    if measured != needed:
        raise Wrong(f"Predicted right; measured {measured:g}, and a memory needs {needed}.")
    return f"Heard {needed} times, the first note is expected behind its title, as predicted."


# Question 4


def sure(tune: str) -> float:
    """Part of the notes that always follow the symbol before them."""
    notes, after = TUNES[tune], {}
    for before, note in pairwise(notes):
        after.setdefault(before, set()).add(note)
    return sum(len(after[before]) == 1 for before in notes[:-1]) / (len(notes) - 1)


def judge_first_order(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (predicted, measured).")
    predicted, measured = (number(v, "For each, one number") for v in value)
    wanted = sure("frere")
    if abs(predicted - 100 * wanted) < 1 < abs(predicted - wanted):
        raise Wrong("A part from 0 to 1 is asked; this is in per cent.")
    if abs(predicted - wanted) > 0.02:
        raise Wrong(
            f"Predicted {predicted:.2f}: for each note list all that follow it somewhere in the "
            "tune, and count the places where that list has one entry."
        )
    if not 0 <= measured <= 1:
        raise Wrong("Measured: a part from 0 to 1, by lab.with_cells(1).")
    return (
        f"With one cell {100 * wanted:.0f} % of the notes can be known, and {100 * measured:.0f} % "
        f"were; with twelve {100 * with_cells(12):.0f} %."
    )


# Question 5


def judge_kept(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your guess and what you measured: (guess, measured).")
    guess, measured = value
    if is_blank(guess) or is_blank(measured):
        raise Blank
    found = array(measured).reshape(-1)
    if found.size != 2 or found.min() < 0 or found.max() > 1:
        raise Wrong("Measured: two parts from 0 to 1, what is kept at the lower and the higher.")
    guessed = number(guess, "For the guess, one number")
    return (
        f"You guessed {guessed:.2f}; kept are {found[0]:.2f} at the lower punishment and "
        f"{found[1]:.2f} at the higher."
    )


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a new tune finds new cells and segments, so old synapses are left "
        "alone, except where they predict in vain and pay for it."
    )


QUESTIONS = {
    "warmup": Question(
        "how many columns two notes share",
        judge_warmup,
        ("16 columns of 256.", "16 times 16 / 256", "`16 * 16 / ...`"),
    ),
    "q1": Question(
        "write which cells are predicted",
        judge_expecting,
        (
            "A cell is predicted if any one of its segments is active.",
            "Mark the owners of the segments with threshold or more.",
            "`told = np.zeros(24)`, `told[owner[overlap >= ...]] = 1`, `return told`",
        ),
    ),
    "q2": Question(
        "write which cells fire",
        judge_firing,
        (
            "Two kinds of column that is on: with a predicted cell, and without.",
            "Where a row has none, put ones; then silence the rows that are off.",
            "`rows = np.where(told.any(1, keepdims=True), told, 1)`, `return rows * on[:, ...]`",
        ),
    ),
    "q3": Question(
        "predict how often a tune must be heard, and measure it",
        judge_times,
        (
            "The first time makes the synapse. How many gains does it need to transmit?",
            "One more than the gains, (0.5 - 0.22) / 0.06 rounded up.",
            "`predicted = 1 + math.ceil((0.5 - 0.22) / ...)`, `measured = "
            "lab.times_needed(0.22, 0.06)`",
        ),
    ),
    "q4": Question(
        "break it: one cell a column",
        judge_first_order,
        (
            "With one cell the memory knows the note, and nothing before it.",
            "Collect for each note the set of notes that follow it; count sets of one.",
            "`after.setdefault(a, set()).add(b)` for each pair, then the mean of `len(after[a]) == "
            "...` over `tune[:-1]`",
        ),
    ),
    "q5": Question(
        "learn other tunes: what is left of the first?",
        judge_kept,
        (
            "Which synapses of the first tune do the new ones touch?",
            "`lab.keep(punish).after` is what is left.",
            "`measured = [lab.keep(p).after for p in (0.0, ...)]`",
        ),
    ),
    "explain": Question(
        "say in one sentence why the old tune mostly stays",
        judge_sentence,
        (
            "Who learns when a new tune comes?",
            "New cells, new segments.",
            "A new tune finds new ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "keep the old and know the new, by three numbers",
        judge_choice,
        (
            "What takes from the old, and what gives to the new?",
            "A small punishment keeps; initial and gain decide how soon the new is known.",
            "`(0.02, 0.5, ...)`",
        ),
        passed="score",
    ),
}
