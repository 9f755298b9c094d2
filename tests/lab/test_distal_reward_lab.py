"""Lab distal-reward: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.hebbian import EligibilityParams, EligibilityState, eligibility_step
from neurolab.lab import distal_reward as lab
from neurolab.lab import distal_reward_challenge as challenge
from neurolab.lab import distal_reward_trace as trace
from neurolab.lab.distal_reward import score

RIGHT = 16 * 1.2 * math.e**2  # rewards: (4 sqrt(1.2) e)^2


def says(name, value):
    result = neurolab.check(f"distal-reward.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 100)[0] == "right"
    assert "ten neurons" in says("warmup", 20)[1]


# Questions 2 and 3


def test_q2_and_q3_right():
    for answer in (RIGHT, 142, np.float32(140), torch.tensor(RIGHT)):
        assert says("q2", answer)[0] == "right"
    for runs in ([134.3, 144.9, 141], 139, np.array([141.0, 143]), [torch.tensor(142.5)]):
        assert says("q3", runs)[0] == "right"


@pytest.mark.parametrize(
    ("rewards", "reason"),
    [
        (4 * math.e * 1.2**0.5, "forgot the square"),
        (1.2 * math.e**2, "grown to 1; 4"),
        (1 / (math.e * 1.2**0.5), "one reward's ratio"),
        (19.2, "has not faded"),
        (19.2 * math.e, "faded once"),
        (19.2 / math.e**2, "sign is turned: the mark fades"),
        (RIGHT * 1.2, "divide by the variance"),
        (16 * math.e**2, "after the reward count, too"),
        (2 * RIGHT, "A half is missing"),
        (1000 * RIGHT, "nu is 0.002"),
        (-RIGHT, "above 0"),
        (100, "too few"),
        (200, "too many"),
        ("142", "quotation marks"),
        (math.inf, "overflow"),
    ],
)
def test_q2_slips_are_answered_by_name(rewards, reason):
    status, message = says("q2", rewards)
    assert status == "wrong" and reason in message


def stepped(delay, tau_z, trials, seed, dt=25.0):
    """Changes by one reward, (2, trials), by the package's step: earned, and by chance alone."""
    chance, times = np.random.default_rng(seed), EligibilityParams(tau_z, 200.0)
    state, total = EligibilityState(np.zeros((2, trials)), 0.0), 0.0
    before = round(max(np.max(delay), 5 * tau_z) / dt)
    for t in range(before + round(1000 / dt)):
        mark = chance.poisson(0.001 * dt, (2, trials)) - chance.poisson(0.001 * dt, (2, trials))
        mark[0] += t == before - np.rint(delay / dt).astype(int)
        change, state = eligibility_step(1.0 * mark, 1.0 * (t == before), state, times, dt)
        total = total + change
    return total


@pytest.fixture(scope="module")
def changes():
    return stepped(1000.0, 1000.0, 40_000, seed=3)


def ratio(earned, other):
    return (earned.mean() - other.mean()) / other.std()


MEASURES = {
    "forgot the square": lambda e, o: 4 / ratio(e, o),
    "grown to 1; 4": lambda e, o: ratio(e, o) ** -2,
    "the ratio of one reward": ratio,
    "divide by the variance": lambda e, o: (4 * o.var() / (e.mean() - o.mean())) ** 2,
    "deviation of chance is missing": lambda e, o: (4 / (e.mean() - o.mean())) ** 2,
    "Upside down": lambda e, o: (ratio(e, o) / 4) ** 2,
    "less than one?": lambda e, o: (4 / ratio(e, o)) ** 2 / len(o) ** 0.9,
    "too many": lambda e, o: (5 / ratio(e, o)) ** 2,
    "too few": lambda e, o: (3 / ratio(e, o)) ** 2,
}


def test_q3_what_is_measured_is_what_theory_says(changes):
    assert says("q3", (4 / ratio(*changes)) ** 2)[0] == "right"
    assert ratio(*changes) == pytest.approx(trace.theory(1000.0, 1000.0), abs=3 * 0.007)


@pytest.mark.parametrize("reason", MEASURES)
def test_q3_slips_are_answered_by_name(reason, changes):
    status, message = says("q3", [MEASURES[reason](*changes)])
    assert status == "wrong" and reason in message


def test_q3_looks_at_what_comes_in():
    assert "prediction of question 2" in says("q3", [lab.expected_rewards()] * 2)[1]
    assert "did something overflow" in says("q3", [142, math.inf])[1]
    assert says("q3", [None, None])[0] == "not yet"


def test_explain_is_compared():
    assert says("explain", "A shorter mark is gone too soon.")[0] == "compared"
    assert says("explain", "chance")[0] == says("explain", 7)[0] == "wrong"


# Challenge


@pytest.mark.slow
def test_our_choice_reaches_its_goal_and_the_mark_of_one_second_does_not(monkeypatch):
    monkeypatch.setattr(challenge, "limit", lambda: 250.0)
    status, message = says("challenge", challenge.OURS)
    assert status == "score" and message.count(f"{score(*challenge.OURS).seconds:.0f} s (") == 2
    assert score(1000.0, 0.02, 15.0).seconds == math.inf
    assert "not within 250 s" in says("challenge", (1000.0, 0.02, math.inf))[1]


def test_without_the_usual_reward_all_weights_grow():
    *_, kept = challenge.life(challenge.OURS, 2000, seed=1)
    *_, left_out = challenge.life(challenge.OURS._replace(memory=1e300), 2000, seed=1)
    others = [np.delete(w.reshape(len(w), -1), 0, axis=1) for w in (kept, left_out)]
    assert others[0].mean() < 0.4 < 0.9 < others[1].mean()
    assert kept.min() >= 0 and left_out.max() == 1


def test_without_reward_and_chance_only_caused_pairs_mark(monkeypatch):
    """Rates of marks: what a synapse of weight w sees is CAUSED w, and CHANCE of either sign."""
    seen = []
    monkeypatch.setattr(
        challenge, "eligibility_step", lambda m, r, s, *_: (seen.append(m) or 0 * m, s)
    )
    list(challenge.life(challenge.Choice(1000.0, 1.0, 1.0), 4000, seed=2))
    marks = np.array(seen)
    assert set(np.unique(marks)) == {-1.0, 0.0, 1.0}
    assert (marks < 0).mean() == pytest.approx(0.025 * 0.05 / 2, rel=0.02)
    assert (marks > 0).mean() == pytest.approx(0.6 * 0.3 * 0.05 + 0.025 * 0.05 / 2, rel=0.01)


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ((0, 0.02, 15), "above 0 and finite, got 0 and 0.02"),
        ((1000, -0.1, 15), "above 0"),
        ((1000, 0.02, 0.01), "at least 0.05 s"),
        ((1000, 0.02, -math.inf), "overflow"),
        ((math.nan, 0.02, 1), "overflow"),
        ((1000, 0.02), "three numbers"),
        (1000, "three numbers"),
        ((1000, "0.02", 15), "quotation marks"),
    ],
)
def test_a_wrong_choice_is_refused(choice, reason):
    status, message = says("challenge", choice)
    assert status == "wrong" and reason in message
