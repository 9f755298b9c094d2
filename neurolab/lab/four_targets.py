"""Lab four-targets: write a step of another tool and the mismatch of trains, predict what four
targets do with one network, write its weights in few bits, find where they break it.

Nothing here compares an answer with our own code: functions are tried on drawn numbers against
loops (``four_targets_steps.py``); what was measured is held against what a target must do, and the
challenge runs networks (``four_targets_choice.py``).

References: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from typing import Any

from .checker import Question
from .four_targets_choice import judge_bits, judge_choice, judge_targets
from .four_targets_choice import score as score
from .four_targets_model import as_spikes as as_spikes
from .four_targets_model import network as network
from .four_targets_model import on_chip as on_chip
from .four_targets_model import on_targets as on_targets
from .four_targets_steps import judge_mismatch, judge_step, judge_whole
from .values import Wrong, number

TITLE = "Take a model to four targets"


def judge_warmup(value: Any) -> str:
    if number(value) != 4:
        raise Wrong("In 3 steps a neuron fires 0, 1, 2 or 3 times.")
    return "Three steps tell 4 rates apart. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: an answer is a sum of many spikes, and which step each falls on hardly "
        "changes the sum."
    )


QUESTIONS = {
    "warmup": Question(
        "how many rates three steps tell apart",
        judge_warmup,
        ("Count the possible counts.", "From 0 to 3.", "`3 + ...`"),
    ),
    "q1": Question(
        "write a step as another tool takes it",
        judge_step,
        (
            "Which part of v is gone after a step, by Euler's method?",
            "dt / tau of it goes, dt / tau of the current comes; above 1 it fires and starts at 0.",
            "`v = v + dt / tau * (current - ...)`, `return (1, 0.0) if v > 1 else (0, v)`",
        ),
    ),
    "q2": Question(
        "write how far two trains differ",
        judge_mismatch,
        (
            "At which steps has one a spike alone, and at which has any?",
            "Count a != b, divide by the places where a or b is above 0, 0 if there are none.",
            "`both = ((a > 0) | (b > 0)).sum()`, `return (a != b).sum() / ... if both else 0.0`",
        ),
    ),
    "q3": Question(
        "predict and measure four targets",
        judge_targets,
        (
            "Who is given our constants, and who rounds them?",
            "Nengo and Brian2 compute in floats what torch does; the emulator is held against "
            "whole numbers.",
            "`measured = {row.target: row.mismatch for row in lab.on_targets(...)}`",
        ),
    ),
    "q4": Question(
        "write weights in a few bits",
        judge_whole,
        (
            "The largest weight in size becomes 254 * 64; what is the distance of two levels?",
            "Divide by u = 64 * 2**(9 - bits), take the nearest whole number, cut, multiply by u.",
            "`x = np.round(w * 254 * 64 / np.abs(w).max() / u)`, `return u * np.clip(x, -16384 / "
            "u, 16384 / u - ...)`",
        ),
    ),
    "q5": Question(
        "find the fewest bits that do",
        judge_bits,
        (
            "Compare each with what 8 bits read.",
            "`lab.on_chip(bits)` for bits from 2 to 8; the smallest within 0.03 of 8.",
            "`found = min(b for b in range(2, 9) if reads[b] >= reads[8] - ...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence why other spikes give the same answer",
        judge_sentence,
        (
            "What does the read-out do with spikes?",
            "It adds them up.",
            "An answer is a sum of many spikes, and ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "right answers for few operations and bits",
        judge_choice,
        (
            "Fewer steps need fewer operations; which percentile helps where time is short?",
            "Try 4 steps, and percentiles below 95.",
            "`mine = (4, ..., 3)`",
        ),
        passed="score",
    ),
}
