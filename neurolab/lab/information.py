"""Lab information: write mutual information, predict what answers that know nothing seem to tell,
measure it, break every estimate with answers that come once, change the code to a rhythm.

Nothing here compares an answer with our own code: question 1 is tables whose bits are known
(``information_bits.py``), questions 2 and 3 are sums over all draws (``information_excess.py``),
question 4 is a relation that must vanish, question 5 the mass of a Gaussian in bins
(``information_answers.py``), and the challenge takes any sixteen answers
(``information_challenge.py``).

References: Berry, Warland & Meister (1997), doi:10.1073/pnas.94.10.5411; Panzeri et al. (2007),
doi:10.1152/jn.00559.2007
"""

from typing import Any

from .checker import Question
from .information_answers import judge_deal, judge_rhythm
from .information_bits import judge_bits
from .information_cell import count as count
from .information_cell import on_average as on_average
from .information_cell import recorded as recorded
from .information_cell import train as train
from .information_challenge import judge_answer
from .information_challenge import score as score
from .information_excess import judge_claims, judge_trials
from .values import Wrong, number

TITLE = "Information in counts or in times"


def judge_warmup(value: Any) -> str:
    if abs(number(value) - 3) > 1e-6:
        raise Wrong("Take the log2: how many halvings leave one of eight pieces?")
    return "Eight pieces, always told apart: 3 bits. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: that the lead is not excess, since times have more possible answers "
        "than counts, and few trials make each of them look as if it told something."
    )


QUESTIONS = {
    "warmup": Question(
        "how many bits tell eight pieces apart",
        judge_warmup,
        ("How many yes-or-no questions?", "The log2 of eight.", "`math.log2(...)`"),
    ),
    "q1": Question(
        "write the information of a table of trials",
        judge_bits,
        (
            "How much more often do piece and answer come together than chance would have it?",
            "Make p of the table, and of its row and column sums; then the sum of "
            "p log2(p / (row times column)), over the places that are not empty.",
            "`p = table / table.sum()`, `by = p.sum(1, keepdim=True) * p.sum(0, keepdim=True)`, "
            "`return (p * torch.log2(p / ...))[p > 0].sum()`",
        ),
    ),
    "q2": Question(
        "predict how many trials leave 0.1 bits of excess",
        judge_trials,
        (
            "The excess falls as one over the number of trials.",
            "(S - 1) (A - 1) / (2 n ln 2) = 0.1 gives n, all trials. Each piece gets an eighth.",
            "`7 * 15 / (2 * 0.1 * math.log(2)) / ...`",
        ),
    ),
    "q3": Question(
        "measure what answers that know nothing seem to tell",
        judge_claims,
        (
            "One experiment: as many trials of each piece, answers drawn without looking at it.",
            "`torch.arange(8).repeat_interleave(trials)` are the pieces, `torch.randint` draws "
            "the answers, and `plug_in(joint(piece, answer))` is what they seem to tell.",
            "`answer = torch.randint(16, (8 * ...,))`",
        ),
    ),
    "q4": Question(
        "break it with answers that come once",
        judge_deal,
        (
            "Draw a new order of all trials. And of which piece is an answer that came once?",
            "Index the answers with a random permutation. Each trial with a spike seems to tell "
            "its piece, log2 8 bits; the others, 30 %, share an answer.",
            "`return answer[torch.randperm(len(...))]`, guess 0.7 times 3",
        ),
    ),
    "q5": Question(
        "change the code to a rhythm of your own jitter",
        judge_rhythm,
        (
            "How many widths of the jitter fit into a cycle?",
            "A Gaussian is as wide as sigma sqrt(2 pi e); the bits are the log2 of the cycle over "
            "that. `%` brings a time back into the cycle.",
            "`math.log2(100 / (jitter * math.sqrt(2 * math.pi * math.e)))` and `(12.5 * piece + "
            "jitter * torch.randn(len(piece))) % ...`",
        ),
    ),
    "explain": Question(
        "say in one sentence what to check",
        judge_sentence,
        (
            "What do counts and times differ in, but for what they tell?",
            "Times have more possible answers, and few trials.",
            "Whether the lead of the times is ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "sixteen values that tell most of a train",
        judge_answer,
        (
            "Count and first spike together tell more than either.",
            "Which piece has most often given trains like this one? Its number is an answer, too.",
            "`torch.minimum(count, 3) * 4 + ...`",
        ),
        passed="score",
    ),
}
