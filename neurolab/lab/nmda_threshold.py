"""Lab nmda-threshold: write the chance that a stranger matches, predict the best threshold of a
dendritic segment, measure it, find the noise that no threshold stands, change all sizes.

Nothing here compares an answer with our own code: question 1 counts patterns in exact fractions
(``nmda_threshold_law.py``), questions 2 to 5 follow from these and from the error of chance
(``nmda_threshold_choice.py``), and the challenge tries any wiring
(``nmda_threshold_challenge.py``).

References: Ahmad & Hawkins (2016), arXiv:1601.00720; Hawkins & Ahmad (2016),
doi:10.3389/fncir.2016.00023
"""

from typing import Any

from .checker import Question
from .nmda_threshold_challenge import in_turn as in_turn
from .nmda_threshold_challenge import judge_wiring
from .nmda_threshold_challenge import score as score
from .nmda_threshold_choice import judge_edge, judge_measured, judge_own, judge_threshold
from .nmda_threshold_drawn import returns as returns
from .nmda_threshold_drawn import strangers as strangers
from .nmda_threshold_law import judge_law
from .values import Wrong, number

TITLE = "Predict the NMDA threshold"


def judge_warmup(value: Any) -> str:
    if abs(number(value) - 2) > 1e-6:
        raise Wrong("Each of 20 synapses is met in one of ten cases: 50 of 500 cells are active.")
    return "A stranger meets 2 of 20 synapses on average. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a higher threshold keeps strangers out by powers of ten, until the "
        "stored pattern itself, with some of its cells moved, no longer reaches it."
    )


QUESTIONS = {
    "warmup": Question(
        "how many synapses a stranger meets",
        judge_warmup,
        ("How likely is one synapse to be met?", "50 of 500, for each of 20.", "`20 * 50 / ...`"),
    ),
    "q1": Question(
        "write the chance to meet theta synapses or more",
        judge_law,
        (
            "Count patterns: those that meet exactly b, for each b, over all there are.",
            "C(s, b) ways to meet b synapses, C(n - s, a - b) for the rest of the pattern; sum "
            "over b from theta on, divide by C(n, a).",
            "`sum(comb(s, b) * comb(n - s, a - b) for b in range(theta, s + 1)) / comb(n, ...)`",
        ),
    ),
    "q2": Question(
        "predict the best threshold",
        judge_threshold,
        (
            "One error falls with the threshold, the other grows. Add them.",
            "For each theta from 1 to 20: false(theta) + missed(theta). Take the smallest sum.",
            "`best = min(range(1, 21), key=lambda t: false(t) + ...)`",
        ),
    ),
    "q3": Question(
        "measure both errors at every threshold",
        judge_measured,
        (
            "A stranger errs when it reaches the threshold, a return when it does not.",
            "`x[:, :20].sum(1)` is how many synapses each pattern meets; compare it with each "
            "theta, and take the mean.",
            "`false = [(met_s >= t).double().mean() for t in thetas]`, and for returns `met_r < "
            "...`",
        ),
    ),
    "q4": Question(
        "break it: noise that no threshold stands",
        judge_edge,
        (
            "Let more cells move until the best threshold is no longer good.",
            "For each number of moved cells take the best threshold's errors; where do they pass "
            "0.01?",
            "`low, high = 20, ...`, some five cells apart, the edge between them",
        ),
    ),
    "q5": Question(
        "change all sizes, predict and measure",
        judge_own,
        (
            "Nothing new: the same two sums, with your numbers.",
            "`law(t, n, a, s)` for strangers, `1 - law(t, a, a - moved, s)` for returns.",
            "`predicted = min(range(1, s + 1), key=lambda t: law(t, n, a, s) + 1 - law(t, a, a - "
            "moved, ...))`",
        ),
    ),
    "explain": Question(
        "say in one sentence why a higher threshold is not always better",
        judge_sentence,
        (
            "Who loses when the threshold rises?",
            "The stored pattern never comes twice the same.",
            "A higher threshold keeps strangers out, until ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the most patterns in one neuron with 600 synapses",
        judge_wiring,
        (
            "Fewer synapses a pattern leave room for more patterns; how few still stand noise?",
            "Raise the threshold together with the number of synapses.",
            "`each = 16`, `theta = ...`",
        ),
        passed="score",
    ),
}
