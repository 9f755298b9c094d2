"""Lab permuted-digits: write the gate of a dendritic neuron and the context it reads, measure what
five tasks leave of each other, count who is shared, confuse the network, hold its weights.

Nothing here compares an answer with our own code: functions are tried on drawn numbers against
loops (``permuted_digits_gate.py``, ``permuted_digits_answers.py``, ``permuted_digits_si.py``), and
the challenge runs networks (``permuted_digits_challenge.py``).

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

from typing import Any

from .checker import Question
from .permuted_digits_answers import judge_confused, judge_forgotten, judge_overlap
from .permuted_digits_challenge import judge_choice
from .permuted_digits_challenge import score as score
from .permuted_digits_gate import judge_context, judge_gate
from .permuted_digits_network import KINDS as KINDS
from .permuted_digits_network import accuracy as accuracy
from .permuted_digits_network import contexts_of as contexts_of
from .permuted_digits_network import learn_all as learn_all
from .permuted_digits_network import network as network
from .permuted_digits_network import rates as rates
from .permuted_digits_network import stream as stream
from .permuted_digits_si import judge_importance
from .values import Wrong, number

TITLE = "Permuted digits with dendrites, prototypes and synaptic intelligence"


def judge_warmup(value: Any) -> str:
    if number(value) != 13:
        raise Wrong("A tenth of 128 neurons, rounded.")
    return "13 of 128 neurons win. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: under another context other neurons win, and only the weights of "
        "winners move, so what the others have learned stays."
    )


QUESTIONS = {
    "warmup": Question(
        "how many neurons win",
        judge_warmup,
        ("10 % of them.", "128 neurons, rounded.", "`round(0.1 * ...)`"),
    ),
    "q1": Question(
        "write how far segments turn a neuron down",
        judge_gate,
        (
            "One segment of each neuron decides: the one that is largest in size.",
            "Find where abs(d) is largest along a row, take d there, put it through 1 / (1 + "
            "exp(-g)), and multiply.",
            "`best = np.abs(d).argmax(1)`, `g = d[np.arange(len(d)), best]`, `return y_hat / (1 + "
            "np.exp(...))`",
        ),
    ),
    "q2": Question(
        "write where the context comes from",
        judge_context,
        (
            "A prototype is what the examples have in common; nearest is by distance.",
            "Mean over the examples; squared distances of each example to each prototype, and the "
            "place of the smallest.",
            "`x.mean(0)`, `((x[:, None] - p) ** 2).sum(2).argmin(...)`",
        ),
    ),
    "q3": Question(
        "measure what is left and what is forgotten",
        judge_forgotten,
        (
            "The last row says what is left. What was the best each task ever was before that?",
            "Best of rows k to last but one in column k, minus the last row; leave out the last "
            "task, since nothing came after it.",
            "`best = table[:-1, :-1].max(0)`, `return table[-1].mean(), (best - "
            "table[-1, ...]).mean()`",
        ),
    ),
    "q4": Question(
        "predict and measure who is shared",
        judge_overlap,
        (
            "The overlap is a cosine. By chance, 13 of 128 neurons are shared 13 times 13 in 128 "
            "times.",
            "13 * 13 / 128 over the product of the lengths, root of 13 each. For the network: mean "
            "over pairs of rows of `lab.rates`.",
            "`one @ other / np.sqrt(one @ one * (other @ ...))`, `predicted = 13 / 128`",
        ),
    ),
    "q5": Question(
        "confuse it: the context of another task",
        judge_confused,
        (
            "Task k with the context of task k + 1; the last one with that of the first.",
            "`accuracy(k, j)` is that of task k under context j; take the mean over k.",
            "`np.mean([accuracy(k, (k + 1) % ...) for k in range(count)])`",
        ),
    ),
    "q6": Question(
        "write how important a weight was, and hold it",
        judge_importance,
        (
            "A step against the gradient lowers the loss by minus their product.",
            "Sum -g * moved over the steps, cut off below zero, over the squared whole way plus "
            "xi.",
            "`np.maximum(-(g * moved).sum(0), 0) / (moved.sum(0) ** 2 + ...)`",
        ),
    ),
    "explain": Question(
        "say in one sentence why the past is kept",
        judge_sentence,
        (
            "Which weights move while another task is learned?",
            "Who wins depends on the context; who does not win does not learn.",
            "Under another context other neurons win, and ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "keep most, by five numbers",
        judge_choice,
        (
            "Gates that few contexts open keep tasks apart; weights that are held keep them too.",
            "Strong segments and a gate that has to be opened, SI above 1, and then more winners "
            "and a higher rate.",
            "`density, strength, shut, si, rate = 0.3, 5.0, 2.0, ..., 0.004`",
        ),
        passed="score",
    ),
}
