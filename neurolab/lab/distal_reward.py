"""Lab distal-reward: write the step of mark and dopamine, predict how many rewards a synapse needs
to stand out of chance, measure it, break it with a mark that is too short, change the delays.

Nothing here compares an answer with our own code: question 1 is an integral by quadrature
(``distal_reward_step.py``), questions 2 and 3 a formula, questions 4 and 5 the same formula on a
grid and a measurement without steps (``distal_reward_trace.py``), and the challenge lets networks
live (``distal_reward_challenge.py``).

    n = (SIGMAS / ratio)^2,     ratio = exp(-DELAY / TAU_Z) / sqrt(NU (TAU_Z + TAU_M) / 2)

    symbol    meaning                                                shape    unit
    n         rewards until the change stands SIGMAS out of chance   ()       -
    ratio     the same for one reward                                ()       -

Reference: Izhikevich (2007), doi:10.1093/cercor/bhl152
"""

import math
from typing import Any

from .checker import Question
from .distal_reward_challenge import judge_choice
from .distal_reward_challenge import score as score
from .distal_reward_step import judge_step
from .distal_reward_trace import NU, TAU_M, judge_break, judge_delays, theory
from .values import Wrong, array, number

TITLE = "Distal reward with eligibility traces"
DELAY, TAU_Z, SIGMAS = 1000.0, 1000.0, 4  # of questions 2 and 3; ms, ms, deviations


def judge_warmup(value: Any) -> str:
    if number(value) != 100:
        raise Wrong("Count the synapses: each of ten neurons projects to ten others.")
    return "100 synapses, and one of them earns the reward. This is what passing looks like."


# Questions 2 and 3: how many rewards until the earned change stands out?


def expected_rewards() -> float:
    return float((SIGMAS / theory(DELAY, TAU_Z)) ** 2)


def judge_prediction(value: Any) -> str:
    rewards, right = number(value), expected_rewards()
    if abs(rewards - right) < 0.05 * right:
        return f"Theory says {right:.1f} rewards. Question 3 asks the synapses."
    root = NU * (TAU_Z + TAU_M) / 2  # variance of chance
    known = {
        "You forgot the square: n rewards stand out sqrt(n) times as much.": right**0.5,
        f"This is where the ratio has grown to 1; {SIGMAS} is asked.": right / SIGMAS**2,
        "This is one reward's ratio; the number of rewards is asked.": SIGMAS / right**0.5,
        "The mark has not faded here: e^(-delay / tau_z) is missing, or the delay is in s.": (
            SIGMAS**2 * root
        ),
        "The mark has faded once, but the ratio is squared and the fading with it.": (
            right / math.exp(DELAY / TAU_Z)
        ),
        "The sign is turned: the mark fades, e^(-delay / tau_z) is below 1.": (
            right / math.exp(4 * DELAY / TAU_Z)
        ),
        "You divide by the variance of chance; its root is the deviation.": right * root,
        "Chance marks after the reward count, too: tau_z + tau_M.": right * TAU_Z / (TAU_Z + TAU_M),
        "A half is missing below the root.": 2 * right,
        "nu is 0.002 in a ms; times are in ms here.": 1000 * right,
        "The sign is turned: a number of rewards is above 0.": -right,
    }
    for reason, slip in known.items():
        if abs(rewards - slip) < 0.03 * abs(slip):
            raise Wrong(reason)
    raise Wrong(f"{rewards:.4g} rewards are too {'few' if rewards < right else 'many'}.")


def judge_measurement(value: Any) -> str:
    if not isinstance(value, list | tuple):
        value = array(value).ravel().tolist() if hasattr(value, "ndim") else [value]
    runs, right = [number(run, what="A number of rewards") for run in value], expected_rewards()
    if all(abs(run - right) < 1e-6 * right for run in runs):
        raise Wrong("This is the prediction of question 2. What did you measure?")
    middle = sorted(runs)[len(runs) // 2]
    low, high = f"{min(runs):.4g}", f"{max(runs):.4g}"
    spread = low if low == high else f"{low} to {high}"
    if abs(middle - right) < 0.1 * right:
        return f"You measured {spread} rewards. Theory says {right:.1f}."
    unit = TAU_Z * TAU_M / (TAU_Z + TAU_M)  # what z M sums up to, right after a mark of 1
    deviation = unit * math.sqrt(NU * (TAU_Z + TAU_M) / 2)
    known = {
        "You forgot the square: n rewards stand out sqrt(n) times as much.": right**0.5,
        f"This is where the ratio has grown to 1; {SIGMAS} is asked.": right / SIGMAS**2,
        "This is the ratio of one reward; how many bring it to 4?": SIGMAS / right**0.5,
        "You divide by the variance; `std()` is the deviation.": right * deviation**2,
        "The deviation of chance is missing: the ratio has no unit.": right / deviation**2,
        "Upside down: how often must the ratio grow to become 4?": 1 / right,
    }
    for reason, slip in known.items():
        if abs(middle - slip) < 0.1 * abs(slip):
            raise Wrong(reason)
    if 0 <= middle < 1:
        raise Wrong(
            f"{spread} rewards, less than one? The deviation of one reward is asked, not that of "
            "the mean over all trials."
        )
    raise Wrong(f"{spread} rewards are too {'few' if middle < right else 'many'}.")


def judge_sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value.split()) < 4:
        raise Wrong("Write a sentence, in quotation marks.")
    return (
        "Not graded. Ours: a shorter mark is gone when the reward comes, a longer one has "
        "gathered more chance marks than it has saved of the earned one."
    )


QUESTIONS = {
    "warmup": Question(
        "how many synapses compete",
        judge_warmup,
        ("Each of ten projects to each of ten.", "10 times 10.", "`10 * ...`"),
    ),
    "q1": Question(
        "write the step of mark and dopamine",
        judge_step,
        (
            "Mark and dopamine fade, each by its own exponential. With which rate does their "
            "product fade?",
            "The rates add: 1/tau = 1/tau_z + 1/tau_M. Integrate z M e^(-t / tau) from 0 to dt.",
            "`z * M * tau * (1 - math.exp(-dt / ...))` with `tau = tau_z * tau_M / "
            "(tau_z + tau_M)`, then z and M, each times its own `math.exp`",
        ),
    ),
    "q2": Question(
        "predict how many rewards tell a synapse from chance",
        judge_prediction,
        (
            "n rewards stand out sqrt(n) times as much as one.",
            "Put delay 1000 into the ratio of one reward, and solve sqrt(n) * ratio = 4 for n.",
            "`ratio = math.exp(-1000 / 1000) / math.sqrt(0.002 * (1000 + 200) / 2)`, then "
            "`(4 / ratio) ** ...`",
        ),
    ),
    "q3": Question(
        "measure how many rewards it takes",
        judge_measurement,
        (
            "How far is the mean of the one from the mean of the other, in deviations of chance?",
            "The ratio is the difference of the means over `other.std()`; n is as in question 2.",
            "`(4 * other.std() / (earned.mean() - other.mean())) ** ...`",
        ),
    ),
    "q4": Question(
        "break it with a mark that is too short",
        judge_break,
        (
            "Try many tau_z in the formula of the ratio and compare each with the best.",
            "The first tau_z whose ratio is at least half of the largest is the edge.",
            "`edge = stays[ratios >= ratios.max() / ...][0]`, then "
            "`low, high = 0.85 * edge, 1.2 * edge`",
        ),
    ),
    "q5": Question(
        "choose the mark for delays that differ",
        judge_delays,
        (
            "Each delay has its own ratio. Which average of them is to be largest?",
            "Average `signal_to_noise` over `np.linspace(shortest, longest, 200)[:, None]`, for "
            "all `times` at once.",
            "`average = signal_to_noise(np.linspace(shortest, longest, 200)[:, None], NU, times)"
            ".mean(0)`, `k = average.argmax()`, `stay, expected = stays[k], average[...]`",
        ),
    ),
    "explain": Question(
        "say in one sentence why twice the delay is best",
        judge_sentence,
        (
            "What does a shorter mark lack, and what does a longer one have too much of?",
            "One part is e^(-delay / tau_z), the other the root below it.",
            "A shorter mark is gone when the reward comes, a longer one has gathered more ...",
        ),
        passed="compared",
    ),
    "challenge": Question(
        "the least time in which 40 of 50 networks find the synapse",
        judge_choice,
        (
            "Signal against chance sets tau_z; the rate trades speed for errors.",
            "Rewards come more often as the synapse grows, so the usual reward must follow.",
            "`tau_z, rate, memory = 4500.0, 0.02, ...`",
        ),
        passed="score",
    ),
}
