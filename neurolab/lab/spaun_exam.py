"""Lab spaun-exam: write what decides and what judges in the mini-Spaun, then examine it.

Nothing here compares an answer with our own code: the use of an action and the trace of a list
are tried on drawn pointers against loops and sums (``spaun_exam_use.py``, ``spaun_exam_list.py``),
the judge of a copy on real digits and Wilson's interval by bisection (``spaun_exam_judge.py``),
what was measured against the trials that ran (``spaun_exam_network.py``); the challenge counts
right trials (``spaun_exam_task.py``).

References: Eliasmith et al. (2012), doi:10.1126/science.1225266; Wilson (1927),
doi:10.1080/01621459.1927.10502953
"""

from typing import Any

from .checker import Question
from .spaun_exam_judge import judge_counts, judge_wilson
from .spaun_exam_judge import known as known
from .spaun_exam_list import judge_recall, judge_worst
from .spaun_exam_list import told as told
from .spaun_exam_network import exam as exam
from .spaun_exam_network import judge_exam
from .spaun_exam_network import network as network
from .spaun_exam_network import reads as reads
from .spaun_exam_task import judge_task
from .spaun_exam_task import score as score
from .spaun_exam_use import judge_use
from .spaun_exam_use import table as table
from .values import Wrong, number

TITLE = "Mini-Spaun exam"


def judge_warmup(value: Any) -> str:
    if number(value) != 0:
        raise Wrong("No weight changes from task to task: only what is shown does.")
    return "No weight, one word in memory changes with the task. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: the letter becomes a word in a register, and that word is a condition "
        "of other actions, which open other gates."
    )


QUESTIONS = {
    "warmup": Question(
        "how many weights change between two tasks",
        judge_warmup,
        ("What is a task here?", "A word that is held.", "`0 * ...`"),
    ),
    "q1": Question(
        "write the use of an action, and say which one runs",
        judge_use,
        (
            "1 when all conditions hold, 0 when one is missing: what must go from the sum?",
            "Sum held[r] @ needs[r] over the registers r in needs, less len(needs) - 1.",
            "`return sum(held[r] @ w for r, w in needs.items()) - (len(needs) - ...)`",
        ),
    ),
    "q2": Question(
        "write the trace of a list, and the recall",
        judge_recall,
        (
            "Keep two sums. Which of their parts is multiplied before a pair is added?",
            "`buffer = fade * buffer + bind(a, x)`, the store so with grow; unbind their sum.",
            "`pair = bind(a, x)`, `buffer, store = fade * buffer + pair, grow * store + ...`, "
            "`return unbind(buffer + store, places)`",
        ),
    ),
    "q3": Question(
        "predict the place that is forgotten",
        judge_worst,
        (
            "One part of the strength rises along the list, the other falls.",
            "fade**(5 - i) + grow**(5 - i) for i from 1 to 5: which is the smallest?",
            "`worst = min(range(1, 6), key=lambda i: 0.6 ** (5 - i) + 1.3 ** (5 - ...))`",
        ),
    ),
    "q4": Question(
        "write when a copy counts",
        judge_counts,
        (
            "Two things must hold: it is read rightly, and it is more than recognition.",
            "The label of the known picture of the highest correlation; and two correlations with "
            "the picture shown.",
            "`return near == wanted and like(drawn, shown) > like(rival, ...)`",
        ),
    ),
    "q5": Question(
        "write what so many trials can show",
        judge_wilson,
        (
            "p is a share, `right` is a number of trials.",
            "Middle p + z^2 / 2n, half z sqrt(p (1 - p) / n + z^2 / 4n^2), both over 1 + z^2 / n.",
            "`fewest = next(n for n in range(1, 100) if wilson(n, n)[0] >= ...)`",
        ),
    ),
    "q6": Question(
        "put the network through a small exam",
        judge_exam,
        (
            "Which gate does the letter C open that R leaves shut?",
            "`np.corrcoef(row.drawn, row.picture)[0, 1]`, 0 where drawn is None; their mean.",
            "`measured = mean(copies), mean(recognised), sum(r.drawn is not ... for r in blank)`",
        ),
    ),
    "explain": Question(
        "say in one sentence how one letter changes what a network does",
        judge_sentence,
        (
            "What happens to the letter once it has gone?",
            "A register holds its word.",
            "The word is a condition of ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "write the conditions of a fifth task",
        judge_task,
        (
            "Each comparison brings noise, each missing condition lets an action run too early.",
            "Look which word tells the moments apart; leave out what follows from it.",
            '`"reply back": {"task": "BACK", "steps": ...}`',
        ),
        passed="score",
    ),
}
