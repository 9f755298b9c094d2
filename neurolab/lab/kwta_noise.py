"""Lab kwta-noise: write k winners, predict how many cells two codes share, measure what noise does
to codes by competition and by threshold, break them with a dense code, change the data to digits.

Nothing here compares an answer with our own code: question 1 is judged by a stable sort
(``kwta_noise_winners.py``), question 2
by the law of the mean and by draws, question 3 by counting active cells, question 4 by trying every
k; question 5 and the challenge train networks (``kwta_noise_nets.py``).

Reference: Ahmad & Scheinkman (2019), arXiv:1903.11257
"""

from typing import Any

import numpy as np

from .checker import Question
from .kwta_noise_cells import CELLS as CELLS
from .kwta_noise_cells import clean as clean
from .kwta_noise_cells import noisy as noisy
from .kwta_noise_cells import recognised as recognised
from .kwta_noise_cells import shared as shared
from .kwta_noise_cells import with_winners as with_winners
from .kwta_noise_nets import judge_choice
from .kwta_noise_nets import lead as lead
from .kwta_noise_nets import network as network
from .kwta_noise_nets import read_rightly as read_rightly
from .kwta_noise_nets import score as score
from .kwta_noise_winners import judge_winners
from .values import Blank, Wrong, array, call, is_blank, number

TITLE = "k winners under noise"


def judge_warmup(value: Any) -> str:
    if number(value) != 12:
        raise Wrong("A tenth of 120 cells.")
    return "A tenth of 120 cells are 12 winners. This is what passing looks like."


# Question 2


def judge_shared(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (predicted, measured).")
    predicted, measured = (number(v, "For each, one number") for v in value)
    slips = {
        "That is k: two codes share so many if they are the same.": 12,
        "That is the chance for one cell to be in both; there are 120 cells.": 0.01,
        "That is k over N, the part that is active.": 0.1,
        "Upside down.": 120 / 144,
    }
    for reason, slip in slips.items():
        if abs(predicted - slip) < 1e-9 * max(1, slip):
            raise Wrong(reason)
    if abs(predicted - 1.2) > 0.02:
        raise Wrong(f"Predicted {predicted:g}: too {'small' if predicted < 1.2 else 'large'}.")
    if abs(measured - 1.2) > 0.15:
        raise Wrong(f"Predicted right; measured {measured:g}, and many pairs give about 1.2.")
    return f"Two codes share {predicted:.1f} cells on average, measured {measured:.2f}."


# Question 3


def judge_bar(function: Any) -> str:
    rows, bars = clean(), {}
    for k in (12, 24):
        bars[k] = bar = number(call(function, clean(), k), "One threshold")
        many = float((rows >= bar).sum(1).mean())
        if abs(many - k) > 0.5:
            if abs(bar - np.sort(rows[0])[CELLS - k]) < 1e-9:
                raise Wrong("This fits the first pattern alone: take the drives of all patterns.")
            if abs((rows < bar).sum(1).mean() - k) < 1:
                raise Wrong("So many are below it: the threshold belongs near the largest drives.")
            raise Wrong(f"For k = {k} your threshold lets {many:.1f} cells fire on average.")
    won = recognised(with_winners(12), 0.2)
    kept = recognised(lambda row: row >= bars[12], 0.2)
    return (
        f"As sparse as winners, without noise. At 20 % noise winners are recognised in "
        f"{100 * won:.0f} %, thresholds in {100 * kept:.0f} %."
    )


# Question 4


def first_failure() -> int:
    """The smallest even k at which fewer than half are recognised without noise."""
    return next(k for k in range(2, CELLS, 2) if k > 12 and recognised(with_winners(k)) < 0.5)


def judge_dense(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two numbers: (guess, found).")
    guess, found = (number(v, "For each, one number") for v in value)
    wanted = first_failure()
    if abs(found - wanted) > 2:
        raise Wrong(
            f"Found {found:g}. Try even k from 14 on, without noise, until fewer than half of the "
            "patterns are recognised."
        )
    return f"You guessed {guess:g}; from k = {wanted} on fewer than half are told, without noise."


# Question 5


def judge_lead(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your guess and what you measured: (guess, measured).")
    guess, measured = value
    if is_blank(guess) or is_blank(measured):
        raise Blank
    found = array(measured).reshape(-1)
    if found.size < 1 or not np.isfinite(found).all() or abs(found).max() > 100:
        raise Wrong("Measured: points by which winners lead, one number for each seed.")
    if found.max() <= 1 and found.min() >= -1 and np.any(found):
        raise Wrong("Points are per cent: multiply the difference of the parts by 100.")
    return (
        f"You guessed {number(guess, 'For the guess, one number'):+.0f} points; winners lead by "
        f"{found.mean():+.1f} ({found.min():+.1f} to {found.max():+.1f})."
    )


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: competition keeps the number of active cells, whatever the input adds; "
        "it does not keep who they are."
    )


QUESTIONS = {
    "warmup": Question(
        "how many cells win",
        judge_warmup,
        ("A tenth of all cells.", "120 / 10", "`120 * ...`"),
    ),
    "q1": Question(
        "write k winners",
        judge_winners,
        (
            "Which places hold the k largest numbers, and what stands in the others?",
            "Sort the places by minus their value, stably, keep the first k, copy their values.",
            "`kept = np.zeros_like(x)`, `first = np.argsort(-x, kind='stable')[:k]`, "
            "`kept[first] = ...`, `return kept`",
        ),
    ),
    "q2": Question(
        "predict how many cells two codes share",
        judge_shared,
        (
            "Each of the k cells of one code is in the other with which chance?",
            "k times k / N.",
            "`predicted = 12 * 12 / ...`, `measured = lab.shared(12)`",
        ),
    ),
    "q3": Question(
        "write a threshold that is as sparse",
        judge_bar,
        (
            "Of all drives by all patterns together, how many should reach it?",
            "k for each of the 8 patterns: the (8 k)-th largest of all drives.",
            "`every = np.sort(clean.reshape(-1))`, `return every[len(every) - ... * k]`",
        ),
    ),
    "q4": Question(
        "find where a dense code breaks, without noise",
        judge_dense,
        (
            "What does a segment of half of its cells say to a code that shares half of them?",
            "`lab.recognised(lab.with_winners(k))` for one even k after another.",
            "`found = next(k for k in range(14, 120, 2) if lab.recognised(lab.with_winners(k)) < "
            "...)`",
        ),
    ),
    "q5": Question(
        "change the data: digits, read by a network that learned",
        judge_lead,
        (
            "Who reads here: a counter, or weights that were trained?",
            "`lab.lead()` gives the points by which winners lead, of each seed.",
            "`measured = lab.lead(seeds=...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence what competition keeps",
        judge_sentence,
        (
            "What is the same before and after the noise?",
            "A number, not a set.",
            "Competition keeps the number of ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "right answers on noisy digits, by three settings",
        judge_choice,
        (
            "Is it the units or the weights that should be few?",
            "Try both ends of each on seeds 10 and 11, one at a time.",
            "`(1.0, ..., 0.0)`",
        ),
        passed="score",
    ),
}
