"""Lab decoders: write tuning curves and decoders, predict how their error falls, hold them against
Nengo's, turn them into weights, and feed a value back to itself.

Nothing here compares an answer with our own code: functions are held against small steps, against
the equation that they solve and against loops (``decoders_answers.py``, ``decoders_connect.py``),
and the challenge measures an error (``decoders_challenge.py``).

Reference: Eliasmith & Anderson (2003), Neural Engineering; in short: Stewart & Eliasmith (2014),
doi:10.1109/JPROC.2014.2306061
"""

from typing import Any

from .checker import Question
from .decoders_answers import cells as cells
from .decoders_answers import judge_decoders, judge_law, judge_rates
from .decoders_challenge import judge_choice
from .decoders_challenge import score as score
from .decoders_connect import judge_feedback, judge_weights
from .values import Wrong, number

TITLE = "Decoders from scratch against Nengo"


def judge_warmup(value: Any) -> str:
    if number(value) != 50:
        raise Wrong("One decoder a neuron, for one number that is read.")
    return "50 decoders read one number. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a population computes many functions at once, since each is another "
        "weighted sum of the same rates."
    )


QUESTIONS = {
    "warmup": Question(
        "how many decoders",
        judge_warmup,
        ("Each neuron enters the sum once.", "50 neurons, one number.", "`... * 1`"),
    ),
    "q1": Question(
        "write the rates of neurons for a value",
        judge_rates,
        (
            "First the current along the encoder, then the time between two spikes.",
            "`j = gain * e * x + bias`; where j is above 1 the time is t_ref + tau log(1 + 1/(j - "
            "1)), elsewhere the rate is 0.",
            "`np.where(j > 1, 1000 / (2 + 20 * np.log1p(1 / (np.maximum(j, 1 + 1e-9) - ...))), 0)`",
        ),
    ),
    "q2": Question(
        "write decoders by least squares",
        judge_decoders,
        (
            "Set the slope of the cost to zero: a linear system is left.",
            "The matrix is A^T A plus M sigma squared on the diagonal; the right side is A^T y.",
            "`np.linalg.solve(a.T @ a + len(a) * sigma**2 * np.eye(a.shape[1]), ... @ y)`",
        ),
    ),
    "q3": Question(
        "predict and measure how the error falls",
        judge_law,
        (
            "Independent fluctuations average out with the root of their number.",
            "A quarter of the error needs 4 squared times the neurons.",
            "`predicted = 50 * ...**2`",
        ),
    ),
    "q4": Question(
        "write the weights of a connection, and ask Nengo",
        judge_weights,
        (
            "A weight is a decoder, then an encoder.",
            "To neuron n from neuron m: gain of n, encoder of n, decoder of m. An outer product.",
            "`np.outer(gain * ..., d)`",
        ),
    ),
    "q5": Question(
        "feed a value back, and weaken it",
        judge_feedback,
        (
            "Set tau (A x + B u) equal to -x + A' x + B' u.",
            "A' = tau A + 1 and B' = tau B. If A' is 0.98, then tau dx/dt = -0.02 x.",
            "`return tau * a + ..., tau * b`, `predicted = 0.1 / 0.02`",
        ),
    ),
    "explain": Question(
        "say in one sentence what a population computes",
        judge_sentence,
        (
            "What changes from one function to the next, and what stays?",
            "The rates stay; the weights of the sum change.",
            "Many functions, since each is ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "multiply with 100 neurons, by five numbers",
        judge_choice,
        (
            "The corners of the square lie at the root of 2; noise is so many Hz.",
            "Fast neurons stand above the noise; a product needs neurons that begin beyond 0.",
            "`radius, first, last, slowest, fastest = 1.6, -0.2, 0.7, ..., 400`",
        ),
        passed="score",
    ),
}
