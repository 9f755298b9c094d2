"""Lab temporal: write when a neuron fires and what moves that, predict a step of learning, learn
XOR by spike times, silence it, learn digits and change their unit of time.

Nothing here compares an answer with our own code: questions 1 to 4 are judged by a search on a grid
(``temporal_time.py``, ``temporal_gradient.py``), question 5 by a formula in numpy and question 6 by
the search again (``temporal_learning.py``); the challenge trains networks
(``temporal_challenge.py``).

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

from typing import Any

from .checker import Question
from .temporal_challenge import DEADLINE as DEADLINE
from .temporal_challenge import judge_loss
from .temporal_challenge import score as score
from .temporal_gradient import judge_gradient, judge_step
from .temporal_learning import judge_stretch, judge_xor
from .temporal_networks import XOR_IN as XOR_IN
from .temporal_networks import XOR_OUT as XOR_OUT
from .temporal_networks import digits as digits
from .temporal_networks import gradient_gap as gradient_gap
from .temporal_networks import learn_digits as learn_digits
from .temporal_networks import learn_xor as learn_xor
from .temporal_networks import median_decision as median_decision
from .temporal_networks import right_by as right_by
from .temporal_networks import share_solved as share_solved
from .temporal_networks import stretched as stretched
from .temporal_networks import xor_network as xor_network
from .temporal_search import crossing as crossing
from .temporal_search import potential as potential
from .temporal_time import judge_crossing, judge_time
from .values import Wrong, number

TITLE = "Train the temporal network"


def judge_warmup(value: Any) -> str:
    if number(value) != 5:
        raise Wrong("One over the decay, 0.2 / ms.")
    return "An input acts most 5 ms after it. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a little more weight moves the moment at which the potential reaches "
        "the threshold by a little; a potential that never reaches it has no such moment."
    )


QUESTIONS = {
    "warmup": Question(
        "when an input acts most",
        judge_warmup,
        ("The top of s exp(-decay s).", "One over the decay.", "`1 / ...`"),
    ),
    "q1": Question(
        "write when one set of inputs reaches the threshold",
        judge_crossing,
        (
            "Where has a straight line times an exponential the height 1? Lambert's function "
            "knows, if it ever has.",
            "z = -decay / a exp(decay b / a). Below -1/e there is no answer: inf. Else t = b / a - "
            "W(z) / decay.",
            "`z = -decay / a * math.exp(decay * b / a)`, `if z < -1 / math.e: return math.inf`, "
            "`return b / a - lambert_w(z) / ...`",
        ),
    ),
    "q2": Question(
        "find the inputs that have a say",
        judge_time,
        (
            "Add the inputs one by one, and ask after each: would it fire before the next?",
            "Grow a by w exp(decay t) and b by t times that; t = crossing(a, b, decay) counts if "
            "it lies between this input and the next, which is at inf after the last.",
            "`for start, w_i, end in zip(t_in, w, [*t_in[1:], math.inf]):`, `grown = w_i * "
            "math.exp(decay * start)`, `a, b = a + grown, b + grown * start`, `t = crossing(a, b, "
            "decay)`, `if start <= t <= ...: return t`, and `return math.inf` behind the loop",
        ),
    ),
    "q3": Question(
        "write what moves the spike",
        judge_gradient,
        (
            "At t the potential stays 1. What does moving w_i or t_i do to it, and by how much "
            "must t make up for that?",
            "Of the inputs before t: the wave (t - t_i) e^(-decay (t - t_i)) and its slope. Divide "
            "minus the wave, and w_i times the slope, by the sum of w times slope.",
            "`s = np.maximum(t - t_in, 0)`, `fade = (s > 0) * np.exp(-decay * s)`, `rise = w * (1 "
            "- decay * s) * fade`, `return -s * fade / rise.sum(), rise / ...`",
        ),
    ),
    "q4": Question(
        "predict a step of learning, and measure it",
        judge_step,
        (
            "Moving each weight by -rate g_i moves t by the sum of g_i times that.",
            "rate times the sum of g squared is 1 ms.",
            "`rate = 1 / (g @ g)`, `moved = spike_of(w - rate * g) - ...`",
        ),
    ),
    "q5": Question(
        "write the loss of spike times, and silence the outputs",
        judge_xor,
        (
            "Who fires first should be most likely; and which of the three networks has a "
            "gradient at all?",
            "Cross entropy takes scores that are large where a class is likely: minus the times. "
            "Without spikes and push no weight moves.",
            "`return torch.nn.functional.cross_entropy(-..., y)`, guesses `(1.0, 0.5, 0.0)`",
        ),
    ),
    "q6": Question(
        "let the pixels come in ms",
        judge_stretch,
        (
            "All times are to grow alike. What grows with time, and what is per time?",
            "tau_s = 1 / decay and the pulses are times; an input adds weight times time, which "
            "must stay.",
            "`return decay / window, weight / window, pulses * ...`, `predicted = window * "
            "decided`",
        ),
    ),
    "explain": Question(
        "say in one sentence when a spike's time has a slope",
        judge_sentence,
        (
            "What happens to the moment of the spike when a weight grows a little?",
            "It moves a little, if there is one.",
            "A potential that never reaches the threshold has no ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "a loss by which digits are told rightly, and soon",
        judge_loss,
        (
            "Cross entropy looks at differences of times alone: all of them later costs nothing.",
            "Let the right output race against one more: a bell that always fires at the deadline.",
            "`bell = torch.ones_like(t[:, :1])`, `return torch.nn.functional.cross_entropy(-10 * "
            "torch.cat([t, ...], 1), y)`",
        ),
        passed="score",
    ),
}
