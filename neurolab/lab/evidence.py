"""Lab evidence: write the eligibility trace of LIF and ALIF neurons, predict how long an adaptation
trace keeps a cue, measure the cosine of e-prop's gradient with that of BPTT, train networks and
break them, change the task.

Nothing here compares an answer with our own code: question 1 is a difference of two runs
(``evidence_trace.py``), question 2 a formula, question 3 autograd without e-prop
(``evidence_gradient.py``), questions 4 and 5 counting (``evidence_counts.py``), and the challenge
trains networks (``evidence_challenge.py``).

    exp(-APART / tau_a) = SHARE

    symbol    meaning                                                          shape    unit
    tau_a     how long a threshold stays raised                                ()       ms
    APART     from the end of the first cue to the end of the last             ()       ms
    SHARE     what the first cue counts, of what the last does                 ()       -

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math
from typing import Any

from .checker import Question
from .evidence_challenge import judge_choice
from .evidence_challenge import score as score
from .evidence_counts import judge_accuracy, judge_last_cue
from .evidence_gradient import judge_cosines
from .evidence_gradient import small as small
from .evidence_trace import judge_trace
from .values import Wrong, number

TITLE = "Evidence accumulation by e-prop"
CUES, EVERY, CUE, DELAY = 7, 150.0, 100.0, 1050.0  # of question 2; ms
APART, SHARE = (CUES - 1) * EVERY, 0.5


def judge_warmup(value: Any) -> str:
    if number(value) != 4:
        raise Wrong("Four of the seven cues are needed, so that three are left for the other side.")
    return "With 4 of 7 a side has won. This is what passing looks like."


def judge_time(value: Any) -> str:
    tau, right = number(value), APART / math.log(1 / SHARE)
    if abs(tau - right) < 0.03 * right:
        return (
            f"Theory says {right:.0f} ms. The silence before the answer drops out: it fades all "
            "cues alike."
        )
    asked = EVERY * CUES + DELAY - CUE  # from the end of the first cue to the question
    known = {
        "This is in s; ms are asked.": right / 1000,
        "This leaves half of the first cue at the question. The last cue fades, too: compare the "
        "two.": asked / math.log(2),
        "There are 7 cues, but 6 steps of 150 ms from the first to the last.": (
            CUES * EVERY / math.log(2)
        ),
        "ln 2 multiplies here; half is left after tau_a ln 2, so divide.": APART * math.log(2),
        "After one tau_a 1/e is left, 0.37, not a half.": APART,
        "This is half of the time; an exponential halves after tau_a ln 2.": APART / 2,
        "This uses the silence of 1050 ms. The cues are what lies apart.": DELAY / math.log(2),
        "This is log10; an exponential wants the natural logarithm.": APART / math.log10(2),
        "The sign is turned: a time is above 0.": -right,
    }
    for reason, slip in known.items():
        if abs(tau - slip) < 0.02 * abs(slip):
            raise Wrong(reason)
    much = "little" if tau < right else "much"
    raise Wrong(f"With {tau:.4g} ms the first cue counts too {much}.")


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: the answer comes when no membrane remembers a cue, so a synapse can be "
        "told its share only if its trace has lasted as long as the threshold that it moved."
    )


QUESTIONS = {
    "warmup": Question(
        "how many cues of seven decide",
        judge_warmup,
        ("More than half of seven.", "3.5 is not enough: the next whole number.", "`7 // 2 + ...`"),
    ),
    "q1": Question(
        "write the eligibility trace of LIF and ALIF neurons",
        judge_trace,
        (
            "epsilon_v is what the weight did to the potential, epsilon_a what it did to the "
            "threshold's trace. How do both enter the distance to threshold?",
            "First the new epsilon_v, then e = psi (epsilon_v - beta epsilon_a) with the old "
            "epsilon_a, then the new epsilon_a = rho epsilon_a + what a spike moves.",
            "`epsilon_v = alpha * epsilon_v + (1 - alpha) * x`, `e = psi * (epsilon_v - beta * "
            "epsilon_a)`, `return e, epsilon_v, rho * epsilon_a + ...`",
        ),
    ),
    "q2": Question(
        "predict how long a threshold must stay raised",
        judge_time,
        (
            "Both cues fade until the question. By how much has the first faded more?",
            "The first ends 6 times 150 ms before the last: e^(-900 / tau_a) = 1/2.",
            "`tau_a = 6 * 150 / math.log(...)`",
        ),
    ),
    "q3": Question(
        "measure the cosine of two gradients",
        judge_cosines,
        (
            "Which paths does e-prop leave out, and where are they without recurrent weights? "
            "The cosine knows no lengths.",
            "The guess is that of equal gradients. The cosine is the sum of products over the "
            "product of the lengths.",
            "`(a * b).sum() / (a.norm() * b....())`",
        ),
    ),
    "q4": Question(
        "count right answers, and break the network",
        judge_accuracy,
        (
            "Only the steps count in which the answer is asked. And what can a network say of "
            "cues that nothing in it has kept?",
            "Average `y` over the steps with `asked > 0`, take the larger of the two read-outs, "
            "compare with `answer`, average. Two sides, nothing kept: the guess is that of a coin.",
            "`(y[asked > 0].mean(0).argmax(-1) == ...).float().mean()`, guess `0.5`",
        ),
    ),
    "q5": Question(
        "predict what the last cue alone is worth",
        judge_last_cue,
        (
            "The last cue is on the likely side or not. For each case, what must the others do?",
            "Let k of the n - 1 others be on the likely side. With the last one there k >= "
            "(n - 1)/2 is enough; with the last one on the other side k <= (n - 1)/2.",
            "`m = (n - 1) // 2`, `at = [math.comb(n - 1, k) * p**k * (1 - p)**(n - 1 - k) for k in "
            "range(n)]`, `p * sum(at[m:]) + (1 - p) * sum(at[:...])`",
        ),
    ),
    "explain": Question(
        "say in one sentence why a synapse needs a slow trace",
        judge_sentence,
        (
            "When does the error come, and what is left of the cues by then?",
            "The error meets whatever the synapse's trace still holds.",
            "The error comes when no potential remembers the cue, so the trace must last as ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the most right answers after a short training",
        judge_choice,
        (
            "tau_a, beta and the rate of learning act together: how far do the thresholds move?",
            "Too small a beta says nothing in the time given; too large a rate of learning "
            "throws the weights about.",
            "`tau_a, beta, rate = 500.0, ..., 0.02`",
        ),
        passed="score",
    ),
}
