"""Lab stdp-digits: write the rule by which spikes change a weight, predict how many it needs,
measure it, take constraints away, read a hundred cells by labels from training alone, and make one
digit more common.

Nothing here compares an answer with our own code: questions 1 and 2 are closed forms, question 3
is measured on other cells (``stdp_digits_step.py``), questions 4 and 5 are tried on drawn counts
against loops, question 6 is a proportion (``stdp_digits_answers.py``), and the challenge runs
networks (``stdp_digits_challenge.py``).

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

from typing import Any

from .checker import Question
from .stdp_digits_answers import judge_accuracy, judge_cells, judge_share
from .stdp_digits_challenge import judge_choice
from .stdp_digits_challenge import score as score
from .stdp_digits_network import black_and_white as black_and_white
from .stdp_digits_network import digits as digits
from .stdp_digits_network import network as network
from .stdp_digits_network import one_cell as one_cell
from .stdp_digits_network import two_digits as two_digits
from .stdp_digits_step import judge_change, judge_measured, judge_spikes
from .values import Wrong, number

TITLE = "Digits learned from spikes, without labels"


def judge_warmup(value: Any) -> str:
    if number(value) != 64:
        raise Wrong("A picture has 8 by 8 pixels, and each pixel is one input.")
    return "64 inputs, one for each pixel. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: the first cell to fire silences the others and takes the picture, and "
        "its threshold rises, so that another picture finds another cell."
    )


QUESTIONS = {
    "warmup": Question(
        "how many inputs a cell has",
        judge_warmup,
        ("One for each pixel.", "8 rows of 8.", "`8 * ...`"),
    ),
    "q1": Question(
        "write the change of a weight at a spike",
        judge_change,
        (
            "Which weights should grow: those whose input fired a moment ago. What else did?",
            "In proportion to trace minus target, and to what is left up to the largest weight, 1; "
            "at least -w.",
            "`max(rate * (trace - target) * (1 - ...), -w)`",
        ),
    ),
    "q2": Question(
        "predict how many spikes a white pixel needs",
        judge_spikes,
        (
            "By question 1 a spike multiplies 1 - w by the same factor. How large is the trace of "
            "a white pixel on average?",
            "f tau = 63.75 / 1000 * 20; p = f tau / (1 + f tau). Solve 0.9 (1 - 0.01 (p - 0.3))^n "
            "= 0.5 for n.",
            "`p = 1.275 / 2.275`, `math.log(0.9 / 0.5) / -math.log(1 - 0.01 * (p - ...))`",
        ),
    ),
    "q3": Question(
        "measure how many it needs",
        judge_measured,
        (
            "How many spikes has the cell fired when its weight passes 0.5?",
            "After how many pieces is the weight above 0.5? Add up the spikes in these.",
            "`k = np.argmax(weights > 0.5)`, `return spikes[:...].sum()`",
        ),
    ),
    "q4": Question(
        "take constraints away: who wins?",
        judge_share,
        (
            "The winner of a picture is the cell that fires most in it. Count wins, cell by cell.",
            "`counts.argmax(1)` names the winners; leave out the pictures without a spike, and "
            "count with `np.bincount`. Guess: which part makes a winner step back?",
            "`won = counts.argmax(1)[counts.any(1)]`, `return np.bincount(won).max() / len(...)`, "
            "guesses `(0.05, 0.7, 0.05)`",
        ),
    ),
    "q5": Question(
        "read the cells, by labels from training alone",
        judge_accuracy,
        (
            "First the labels, from counts and y: which digit makes a cell fire most? Then the "
            "new pictures: which label's cells fire most?",
            "Means, both times: over the pictures of a digit, then over the cells of a label.",
            "`means = np.array([counts[y == d].mean(0) for d in range(10)])`, "
            "`labels = means.argmax(0)`, `votes = np.array([new[:, labels == d].mean(1) for d in "
            "range(10)])`, `return (votes.argmax(0) == ...).mean()`",
        ),
    ),
    "q6": Question(
        "make one digit more common: how many cells does it get?",
        judge_cells,
        (
            "A cell that has won steps back. So how many pictures does each cell win?",
            "If each cell wins about as many pictures, cells go by pictures. Count the cells that "
            "fired more in row 0 than in row 1.",
            "`predicted = 100 * ...`, `return (mean[0] > mean[1]).sum()`",
        ),
    ),
    "explain": Question(
        "say in one sentence why cells learn different digits",
        judge_sentence,
        (
            "Who learns at a picture, and what does that do to the next one?",
            "The first to fire silences the others; its threshold rises.",
            "The first cell to fire learns the picture, and then its threshold ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "read the most digits, by theta_plus, rate and target",
        judge_choice,
        (
            "A threshold that rises too little lets few cells win; one that rises too much forgets "
            "who knows what.",
            "A small target keeps blurred pictures, a large one keeps few pixels.",
            "`theta_plus, rate, target = 0.1, 0.02, ...`",
        ),
        passed="score",
    ),
}
