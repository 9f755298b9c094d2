"""Lab memory-bill: write one step back in time, predict the bytes of backpropagation through time
(BPTT), measure what each step adds, find where RTRL costs more, pay with time.

Nothing here compares an answer with our own code: question 1 is differences of a moved step
(``memory_bill_step.py``), questions 2 to 5 are formulas and a count of bytes
(``memory_bill_sizes.py``), and the challenge compares gradients with autograd
(``memory_bill_challenge.py``).

References: Werbos (1990), doi:10.1109/5.58337; Williams & Zipser (1989),
doi:10.1162/neco.1989.1.2.270
"""

from typing import Any

from .checker import Question
from .memory_bill_challenge import judge_gradient
from .memory_bill_challenge import score as score
from .memory_bill_peak import by_bptt as by_bptt
from .memory_bill_peak import by_rtrl as by_rtrl
from .memory_bill_peak import by_segments as by_segments
from .memory_bill_peak import by_truncated as by_truncated
from .memory_bill_peak import network as network
from .memory_bill_peak import peak as peak
from .memory_bill_sizes import (
    STATE,
    judge_break,
    judge_growth,
    judge_prediction,
    judge_segments,
)
from .memory_bill_step import judge_back
from .values import Wrong, number

TITLE = "The memory bill of backpropagation through time"


def judge_warmup(value: Any) -> str:
    if number(value) != STATE:
        raise Wrong("Count: 32 examples, 16 units in each, 4 bytes for each unit.")
    return f"One state takes {STATE} bytes. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: BPTT learns only at the end how much each state mattered, so it keeps "
        "all of them; RTRL carries along how each weight has moved the state, which is all that "
        "the past can still do."
    )


QUESTIONS = {
    "warmup": Question(
        "how many bytes one state takes",
        judge_warmup,
        ("Examples times units times bytes.", "32 times 16 numbers.", "`32 * 16 * ...`"),
    ),
    "q1": Question(
        "write one step back in time",
        judge_back,
        (
            "First what the loss owes to the sum inside tanh; all four follow from it.",
            "The slope of tanh is 1 - after^2. With d = slope times r: d by x, d by before, d, and "
            "W transposed times d.",
            "`d = (1 - after**2) * r`, `return torch.outer(d, x), torch.outer(d, before), d, "
            "W.T @ ...`",
        ),
    ),
    "q2": Question(
        "predict the bytes that BPTT keeps",
        judge_prediction,
        (
            "Which arrays must still be there when the walk back begins?",
            "2000 states of 32 examples with 16 numbers each.",
            "`2000 * 32 * 16 * ...`",
        ),
    ),
    "q3": Question(
        "measure what each step adds",
        judge_growth,
        (
            "What is there at any length drops out in a difference.",
            "Last minus first of the bytes, over last minus first of the lengths.",
            "`(sizes[-1] - sizes[0]) / (lengths[-1] - ...)`",
        ),
    ),
    "q4": Question(
        "break it: units from which on RTRL needs more than BPTT",
        judge_break,
        (
            "Write both bills in numbers. One grows with T, one with the cube of N.",
            "2 N N (N + 5) = 2000 N; divide by N and solve N^2 + 5 N = 1000.",
            "`edge = (-5 + math.sqrt(25 + 4 * ...)) / 2`, then `low, high = 25, 35`",
        ),
    ),
    "q5": Question(
        "choose the number of segments, and predict their bytes",
        judge_segments,
        (
            "More segments keep more states between them and fewer inside of one.",
            "S + T / S states are kept; where is that smallest?",
            "`segments = round(math.sqrt(steps))`, `predicted = 2048 * (segments + steps / ...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence why RTRL may forget the past",
        judge_sentence,
        (
            "What does BPTT want the old states for?",
            "It multiplies them with what the loss owes; RTRL has multiplied already.",
            "RTRL carries along how each weight has moved ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the exact gradient in the fewest bytes",
        judge_gradient,
        (
            "Segments may have segments.",
            "Run to the middle, keep that state alone, go back through the later half, then "
            "through the earlier one.",
            "`def back(first, last, before, owed):` calls itself on `(middle, last)`, then on "
            "`(first, ...)`",
        ),
        passed="score",
    ),
}
