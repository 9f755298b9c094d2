"""Lab fit-neurons: write the coincidence factor, predict it, measure it, break it with a wide
window, fit three neurons to the spikes of a fourth, change the current.

Nothing here compares an answer with our own code: question 1 is judged by trains whose coincidences
are known (``fit_neurons_gamma.py``), questions 2 to 4 by closed forms (``fit_neurons_chance.py``),
questions 5 and 6 and the challenge by running the fitted neurons again (``fit_neurons_search.py``).

Reference: Kistler, Gerstner & van Hemmen (1997), doi:10.1162/neco.1997.9.5.1015
"""

from typing import Any

from .checker import Question
from .fit_neurons_chance import judge_break, judge_measurement, judge_prediction
from .fit_neurons_gamma import coincidence_factor as coincidence_factor
from .fit_neurons_gamma import judge_gamma
from .fit_neurons_models import BUDGET as BUDGET
from .fit_neurons_models import candidates as candidates
from .fit_neurons_models import spike_times as spike_times
from .fit_neurons_models import trace as trace
from .fit_neurons_search import DURATION, judge_change, judge_choice, judge_fit
from .fit_neurons_search import score as score
from .values import Wrong, number

TITLE = "Fit three neurons to one voltage trace"


def judge_warmup(value: Any) -> str:
    if number(value) != DURATION:
        raise Wrong("Steps times ms a step: 20000 of 0.05 ms.")
    return "1000 ms of one cell. This is what passing looks like."


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: the best of many candidates is also the luckiest on the spikes it was "
        "chosen by, and a new current does not repeat the luck."
    )


QUESTIONS = {
    "warmup": Question(
        "how long the trace is",
        judge_warmup,
        ("Steps times the length of a step.", "20000 times 0.05 ms.", "`20000 * ...`"),
    ),
    "q1": Question(
        "write the coincidence factor",
        judge_gamma,
        (
            "For each spike of the data ask whether any spike of the model is near. How many would "
            "be near by chance?",
            "`met` is what is near, `part = 2 * len(model) / duration * window` what chance meets. "
            "Take `part * len(data)` off, divide by the mean number of spikes and by 1 - part.",
            "`near = np.abs(data[:, None] - model) <= window`, `met = near.any(1).sum()`, `part = "
            "2 * len(model) / duration * window`, `return (met - part * len(data)) / ((len(data) + "
            "len(model)) / 2) / (1 - ...)`",
        ),
    ),
    "q2": Question(
        "predict the factor of spikes that are moved by 2 ms",
        judge_prediction,
        (
            "First the part that stays within the window, then the chance.",
            "As in the worked case, with a spread of 2 ms in place of 1.",
            "`met = math.erf(2 / (2 * math.sqrt(...)))`, then `(met - chance) / (1 - chance)`",
        ),
    ),
    "q3": Question(
        "measure it",
        judge_measurement,
        (
            "Add a random number to each spike, and ask the coincidence factor.",
            "`chance.normal(0, spread, len(spikes))` is a number for each spike; sort the sum.",
            "`moved = np.sort(spikes + chance.normal(0, spread, len(spikes)))`, then `return "
            "coincidence_factor(spikes, ..., duration)`",
        ),
    ),
    "q4": Question(
        "break it with a window that is too wide",
        judge_break,
        (
            "Random spikes come at rate f. How likely is it that none falls into 2 D?",
            "None falls into it with probability e^(-2 f D). Set it to 1/2 and solve for D.",
            "`edge = math.log(2) / (2 * ...)`, then `low, high = 0.9 * edge, 1.1 * edge`",
        ),
    ),
    "q5": Question(
        "fit the three neurons",
        judge_fit,
        (
            "One Gamma for each train; which is largest?",
            "Make a list of `coincidence_factor(spikes, train, duration)`; `np.nanargmax` finds "
            "where it is largest.",
            "`gammas = [coincidence_factor(spikes, train, duration) for train in trains]`, then "
            "`return int(np.nanargmax(...))`",
        ),
    ),
    "q6": Question(
        "change the current",
        judge_change,
        (
            "Run each neuron with the constants of its fit under the new current.",
            "`spike_times(name, fits[name], new)[0]` are its spikes; compare with `answers`.",
            "`held = {name: coincidence_factor(answers, spike_times(name, fits[name], new)[0], "
            "...) for name in fits}`",
        ),
    ),
    "explain": Question(
        "say in one sentence why new spikes are met more seldom",
        judge_sentence,
        (
            "What was the best of 200 chosen by?",
            "By its Gamma on few spikes: skill and luck are both in it.",
            "The best of many is also the luckiest, and a new current does not repeat the ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the best fit to currents that no fit has seen",
        judge_choice,
        (
            "Which of the three lost least on the new current?",
            "Search again near the best, on several currents at once, with seeds 10 and up.",
            "`score(name, fits[name], seeds=(10, ...))`",
        ),
        passed="score",
    ),
}
