"""Lab multitask-reach: write the gate that a task puts on each unit, predict the size of an equal
MLP, measure how often two policies arrive, tell them the wrong task, compare the units of two
tasks.

Nothing here compares an answer with our own code: question 1 is a walk through segments
(``multitask_reach_gate.py``), questions 2 to 5 are counts and made-up hands and units
(``multitask_reach_counts.py``), and the challenge trains networks (``multitask_reach_learn.py``).

References: Iyer et al. (2022), arXiv:2201.00042; Schulman et al. (2017), arXiv:1707.06347
"""

from typing import Any

from .checker import Question
from .multitask_reach_counts import judge_overlap, judge_share, judge_width, judge_wrong_word
from .multitask_reach_gate import judge_gate
from .multitask_reach_learn import PAIR as PAIR
from .multitask_reach_learn import SEGMENTS, TASKS, WIDTH, judge_choice
from .multitask_reach_learn import activities as activities
from .multitask_reach_learn import both as both
from .multitask_reach_learn import dendrites as dendrites
from .multitask_reach_learn import ends as ends
from .multitask_reach_learn import learned as learned
from .multitask_reach_learn import mlp as mlp
from .multitask_reach_learn import rounds as rounds
from .multitask_reach_learn import ways as ways
from .values import Wrong, number

TITLE = "Multi-task reaching with one architecture"
SEGMENT_WEIGHTS = WIDTH * SEGMENTS * TASKS


def judge_warmup(value: Any) -> str:
    found = number(value)
    if found == SEGMENT_WEIGHTS:
        return f"{SEGMENT_WEIGHTS} weights, two for each unit and task."
    if found == WIDTH * SEGMENTS:
        raise Wrong("That is the number of segments; each has a weight for each task.")
    raise Wrong("Count: 64 units, 2 segments on each, 10 weights on each of those.")


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: what is seen drives all units alike, and the task decides which of them "
        "are let through, so that two tasks can share some units and keep others apart."
    )


QUESTIONS = {
    "warmup": Question(
        "how many weights the segments of a layer have",
        judge_warmup,
        ("Units times segments times tasks.", "64 times 2 times 10.", "`64 * 2 * ...`"),
    ),
    "q1": Question(
        "write what a task lets through of each unit",
        judge_gate,
        (
            "A one-hot context picks one column of the weights. Which of the segments decides?",
            "d is u[:, :, task]; take the d whose size is largest, with its sign, and its sigmoid.",
            "`d = u[:, :, task]`, `best = d.abs().argmax(1, keepdim=True)`, `return torch.sigmoid("
            "d.gather(1, ...)[:, 0])`",
        ),
    ),
    "q2": Question(
        "predict how wide an MLP of equal size is",
        judge_width,
        (
            "Count the weights that exist, the biases and the segments of one; then find w.",
            "w^2 + 29 w + 3 must be 5379.",
            "`w = (-29 + math.sqrt(29**2 + 4 * (5379 - ...))) / 2`, and then the nearest whole one",
        ),
    ),
    "q3": Question(
        "measure how often hands arrive",
        judge_share,
        (
            "A hand is there when its distance is below 0.1; the share is a mean of yes and no.",
            "Differences, squares added over the last axis, root, below 0.1, mean.",
            "`((hand - place).norm(dim=-1) < ...).double().mean()`",
        ),
    ),
    "q4": Question(
        "break it: tell the wrong task",
        judge_wrong_word,
        (
            "Where does it go, and how far is that from where it should be?",
            "It goes to -goal, which is twice the goal's distance from the middle away.",
            "`predicted = (2 * goal[0].norm(dim=-1)).mean()` and `measured = (hand[0] - ...)"
            ".norm(dim=-1).mean()`",
        ),
    ),
    "q5": Question(
        "compare the units of two tasks",
        judge_overlap,
        (
            "How often is each unit on, in each task? A cosine compares two such vectors.",
            "`(a != 0)` and a mean over the examples; then the product over both lengths. Two "
            "random quarters share a quarter of a quarter.",
            "`r, s = (a != 0).double().mean(0), (b != 0).double().mean(0)`, `return r @ s / "
            "(r.norm() * ...)`, by chance `0.25`",
        ),
    ),
    "explain": Question(
        "say in one sentence what the context does",
        judge_sentence,
        (
            "What reaches a unit from below, in two tasks with one scene? What differs?",
            "The sums are the same; the factors are not.",
            "What is seen drives all units alike, and the task decides ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the most arrivals after half of the rounds",
        judge_choice,
        (
            "Few rounds: what makes the gates and the weights move fast?",
            "More units that win carry more; a rate too high throws the policy about.",
            "`segments, density, rate = 1, ..., 2e-2`",
        ),
        passed="score",
    ),
}
