"""Lab store-recall: write the step of an adaptive neuron, predict how long its threshold tells a
bit, measure it in an LSNN whose weights are set by hand, erase what keeps the bit, change the task.

Nothing here compares an answer with our own code: question 1 is a period from a closed form
(``store_recall_step.py``), questions 2, 3 and 5 are formulas, question 4 is tried on random numbers
(``store_recall_answers.py``), and the challenge runs networks (``store_recall_challenge.py``).

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from typing import Any

from .checker import Question
from .store_recall_answers import judge_erase, judge_left, judge_share, judge_time
from .store_recall_challenge import judge_choice
from .store_recall_challenge import score as score
from .store_recall_network import counts as counts
from .store_recall_network import trials as trials
from .store_recall_network import waits as waits
from .store_recall_network import wired as wired
from .store_recall_network import wrong as wrong
from .store_recall_step import judge_step
from .values import Wrong, number

TITLE = "Store and recall, with and without adaptation"


def judge_warmup(value: Any) -> str:
    if number(value) != 2400:
        raise Wrong("Multiply: 12 symbols of 200 ms each.")
    return "A trial lasts 2400 ms. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: the neurons that fired for the bit have raised their thresholds, so "
        "they fire less when all are driven alike."
    )


QUESTIONS = {
    "warmup": Question(
        "how long a trial lasts",
        judge_warmup,
        ("Symbols times their length.", "12 times 200.", "`12 * ...`"),
    ),
    "q1": Question(
        "write the step of an adaptive neuron",
        judge_step,
        (
            "A LIF neuron whose threshold is 1 + beta a, with a trace a of its own spikes.",
            "Leak toward i, compare with the threshold, take 1 off at a spike; then the trace "
            "fades by rho and a spike adds 1.",
            "`v = alpha * v + (1 - alpha) * i`, `z = float(v > 1 + beta * a)`, "
            "`return z, v - z, rho * a + ...`",
        ),
    ),
    "q2": Question(
        "predict how long a lead of five spikes lasts",
        judge_time,
        (
            "The trace fades as an exponential with tau_a, and the lead with it.",
            "5 e^(-t / 1200) = 1.",
            "`1200 * math.log(...)`",
        ),
    ),
    "q3": Question(
        "measure what is left of the lead",
        judge_left,
        (
            "The neurons of the kept bit fire less. By how many spikes, on average?",
            "Where the bit is 1 the lead is the spikes of group 0 minus those of group 1, where it "
            "is 0 the other way round.",
            "`(spikes[:, 0] - spikes[:, 1]) * (2 * bit - ...)`, and its mean",
        ),
    ),
    "q4": Question(
        "erase what keeps the bit",
        judge_erase,
        (
            "A state holds named fields; `_replace` gives a copy with one of them changed. And "
            "which of potential and trace lasts 200 ms?",
            "Zeros for the field in `state.layer.neurons`, that in `state.layer`, that in `state`. "
            "Guess nearly 0 where the traces stay, a coin's error where they do not.",
            "`kept = state.layer.neurons._replace(**{name: torch.zeros_like(old)})`, `return "
            "state._replace(layer=state.layer._replace(neurons=...))`, guesses `(0.05, 0.5, 0.5)`",
        ),
    ),
    "q5": Question(
        "predict how many bits must be kept for long",
        judge_share,
        (
            "In each symbol a recall comes with the chance 1 / delay.",
            "A bit kept for k symbols or longer has seen k - 1 symbols without a recall.",
            "`predicted = (1 - 1 / delay) ** (k - ...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence where the bit is",
        judge_sentence,
        (
            "What is different in the two groups when nothing is shown?",
            "The group of the bit has fired, and its thresholds know.",
            "The neurons that fired for the bit have raised ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the fewest wrong answers, by tau_a and beta",
        judge_choice,
        (
            "Too short forgets; too long holds the bits before.",
            "A smaller beta makes more spikes, and more spikes a finer count.",
            "`tau_a, beta = 1200.0, ...`",
        ),
        passed="score",
    ),
}
