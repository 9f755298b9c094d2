"""Lab stdp-digits: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.hebbian import digits_stdp_step
from neurolab.hebbian.digit_network import assign, tally, vote
from neurolab.lab import stdp_digits_answers as answers
from neurolab.lab import stdp_digits_challenge as challenge
from neurolab.lab import stdp_digits_step as step
from neurolab.lab.stdp_digits_network import SMALL

pytest.importorskip("sklearn")


def says(name, value):
    result = neurolab.check(f"stdp-digits.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 64)[0] == "right"
    assert "8 by 8" in says("warmup", 8)[1]


# Question 1


def in_one_line(trace, w, rate, target):
    return max(rate * (trace - target) * (1 - w), -w)


def by_the_new_weight(trace, w, rate, target):
    new = 1 - (1 - w) * (1 - rate * (trace - target))
    return [np.clip(new, 0, 1) - w]


def with_torch(trace, w, rate, target):
    new = w + rate * (trace - target) * (1 - torch.tensor(w, dtype=torch.float64))
    return new.clamp(min=0) - w


def with_the_package(trace, w, rate, target):
    return digits_stdp_step(trace, w, type(SMALL)(rate=rate, target=target))


@pytest.mark.parametrize("make", [in_one_line, by_the_new_weight, with_torch, with_the_package])
def test_q1_whatever_follows_the_closed_form_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", step.SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", step.SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *given: 1.1 * in_one_line(*given), "spikes bring a weight from"),
        (lambda *given: "0.1", "quotation marks"),
        (lambda *given: 1 / 0, "ZeroDivisionError"),
        (lambda *given: math.nan, "overflow"),
        (lambda trace, w: 0.0, "TypeError"),
        (3.0, "A function is asked"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


def test_q1_blank_is_not_yet():
    assert says("q1", lambda *_: None)[0] == says("q1", ...)[0] == "not yet"


# Questions 2 and 3

P = 63.75 / 1000 * 20 / (1 + 63.75 / 1000 * 20)
NEEDED = math.log(1.8) / -math.log(1 - 0.01 * (P - 0.3))


def test_q2_right():
    w, spikes = 0.1, 0
    while w < 0.5:  # spike by spike
        w, spikes = w + in_one_line(P, w, 0.01, 0.3), spikes + 1
    for given in (NEEDED, spikes, torch.tensor(float(spikes)), math.log(1.8) / (0.01 * (P - 0.3))):
        assert says("q2", given)[0] == "right"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (math.log(1.8) / (0.01 * (1.275 - 0.3)), "left out the division"),
        (math.log(1.8) / 0.007, "a trace of 1"),
        (math.log(1.8) / (0.01 * P), "target is left out"),
        (0.4 / (0.01 * (P - 0.3)), "equal steps"),
        (math.log(5) / (0.01 * (P - 0.3)), "1 - w that shrinks"),
        (math.log(2) / (0.01 * (P - 0.3)), "halves 1 - w"),
        (math.log10(1.8) / (0.01 * (P - 0.3)), "natural logarithm"),
        (math.log(1.8) / (P - 0.3), "rate is left out"),
        (-NEEDED, "counted from 0 up"),
        (200, "too few"),
        (300, "too many"),
        ("225", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(given, reason):
    status, message = says("q2", given)
    assert status == "wrong" and reason in message


def up_to_the_goal(spikes, weights):
    return spikes[: np.argmax(weights > 0.5)].sum()


def between_two_pieces(spikes, weights):
    return np.interp(0.5, weights, np.concatenate([[0], spikes.cumsum()]))


def one_by_one(spikes, weights):
    total = 0
    for spike, weight in zip(spikes, weights, strict=False):
        if weight > 0.5:
            break
        total += spike
    return total


def of_three_cells(function):
    return [function(*step.one_cell(seed)) for seed in range(3)]


@pytest.mark.slow
@pytest.mark.parametrize("make", [up_to_the_goal, between_two_pieces, one_by_one])
def test_q3_right(make):
    found = of_three_cells(make)
    for given in (found, torch.tensor(found).double(), np.mean(found)):
        status, message = says("q3", given)
        assert status == "right", message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda spikes, weights: NEEDED, "This is the prediction"),
        (lambda spikes, weights: np.argmax(weights > 0.5), "counts pieces"),
        (lambda spikes, weights: spikes[np.argmax(weights > 0.5)], "of one piece"),
        (lambda spikes, weights: spikes.sum(), "all spikes of the run"),
        (lambda spikes, weights: 2 * up_to_the_goal(spikes, weights), "cells of our own"),
        (lambda spikes, weights: math.nan, "no finite numbers"),
    ],
)
def test_q3_slips_are_answered_by_name(make, reason):
    status, message = says("q3", of_three_cells(make))
    assert status == "wrong" and reason in message


def test_q3_blank_is_not_yet():
    assert says("q3", [None, None, None])[0] == "not yet"


# Question 4

GUESSES, PARTS = (0.05, 0.7, 0.05), (0.03, 0.6, 0.03)


def with_bincount(counts):
    return np.bincount(counts.argmax(1)[counts.any(1)]).max() / len(counts)


def of_the_answered(counts):
    return np.bincount(counts.argmax(1)[counts.any(1)]).max() / counts.any(1).sum()


def by_sorting(counts):
    last = np.argsort(counts, axis=1)[:, -1]
    wins = [((last == cell) & counts.any(1)).mean() for cell in range(counts.shape[1])]
    return max(wins)


@pytest.mark.parametrize("make", [with_bincount, of_the_answered, by_sorting])
def test_q4_right(make):
    status, message = says("q4", (make, GUESSES, PARTS))
    assert status == "right" and "0.03, 0.60, 0.03" in message, message


@pytest.mark.parametrize(
    ("make", "guesses", "reason"),
    [
        (lambda counts: counts.sum(0).max() / counts.sum(), GUESSES, "part of all spikes"),
        (
            lambda counts: np.bincount(counts.argmax(1)).max() / len(counts),
            GUESSES,
            "argmax says cell 0",
        ),
        (lambda counts: with_bincount(counts) * len(counts), GUESSES, "divide by how many"),
        (lambda counts: 100 * with_bincount(counts), GUESSES, "percentage"),
        (
            lambda counts: np.bincount(counts.argmax(1)[counts.any(1)]).argmax(),
            GUESSES,
            "cell's number",
        ),
        (lambda counts: (counts > 0).mean(0).max(), GUESSES, "To fire is not to win"),
        (lambda counts: 0.9, GUESSES, "you find 0.900"),
        (with_bincount, (0.5, 0.7, 0.05), "hard to excite"),
        (with_bincount, (0.05, 0.05, 0.05), "nothing stops it"),
        (with_bincount, (0.05, 0.7, 0.7), "Without scaling"),
        (with_bincount, (5, 70, 5), "not per cent"),
        (with_bincount, (0.05, 0.7), "three each"),
    ],
)
def test_q4_slips_are_answered_by_name(make, guesses, reason):
    status, message = says("q4", (make, guesses, PARTS))
    assert status == "wrong" and reason in message


def test_q4_half_filled_is_not_yet():
    assert says("q4", (lambda _: None, GUESSES, (None,) * 3))[0] == "not yet"
    assert says("q4", (with_bincount, (..., ..., ...), PARTS))[0] == "not yet"
    assert "3 things" in says("q4", (with_bincount, GUESSES))[1]


# Question 5


def by_the_package(counts, y, new, truth):
    return (vote(new, assign(tally(counts, y))) == truth).mean()


def by_dictionaries(counts, y, new, truth):
    cells = {digit: [] for digit in range(10)}
    for cell in range(counts.shape[1]):
        cells[max(range(10), key=lambda d: counts[y == d][:, cell].mean())].append(cell)
    right = 0
    for picture, digit in zip(new, truth, strict=True):
        votes = {d: picture[some].mean() for d, some in cells.items() if some}
        right += max(votes, key=votes.get) == digit
    return right / len(truth)


def labelled_by(of):
    def function(counts, y, new, truth):
        labels = np.array([of(counts[y == d]) for d in range(10)]).argmax(0)
        return (vote(new, labels) == truth).mean()

    return function


def adding_up_votes(counts, y, new, truth):
    member = np.eye(10)[assign(tally(counts, y))]
    return ((new @ member).argmax(1) == truth).mean()


def asking_the_busiest(counts, y, new, truth):
    return (assign(tally(counts, y))[new.argmax(1)] == truth).mean()


@pytest.mark.parametrize(
    "make", [by_the_package, by_dictionaries, labelled_by(lambda c: c.mean(0))]
)
def test_q5_right(make):
    status, message = says("q5", (make, 0.5, 0.7))
    assert status == "right" and "0.70" in message, message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda counts, y, new, truth: by_the_package(new, truth, new, truth), "that judge them"),
        (lambda counts, y, new, truth: by_the_package(counts, y, counts, y), "training pictures"),
        (labelled_by(lambda counts: counts.sum(0)), "labels add up"),
        (adding_up_votes, "vote adds up"),
        (asking_the_busiest, "busiest cell alone"),
        (lambda *given: 1 - by_the_package(*given), "part that is wrong"),
        (lambda *given: 100 * by_the_package(*given), "percentage"),
        (lambda *given: by_the_package(*given) * len(given[-1]), "how many are right"),
        (lambda *given: 0.123, "you find 0.123"),
        (lambda *given: given[0] @ given[2], "stopped with ValueError"),
    ],
)
def test_q5_slips_are_answered_by_name(make, reason):
    status, message = says("q5", (make, 0.5, 0.7))
    assert status == "wrong" and reason in message


def test_q5_slips_give_different_numbers_and_every_digit_has_a_cell():
    found = sorted(answers.readings().values())
    assert min(np.diff(found)) > 0.01
    counts, y, new, truth = answers.drawn_counts()
    assert set(answers.labels_of(counts, y)) == set(answers.labels_of(new, truth)) == set(range(10))


def test_q5_guesses_and_blanks():
    assert "not per cent" in says("q5", (by_the_package, 70, 0.7))[1]
    assert says("q5", (lambda *_: None, 0.5, None))[0] == "not yet"
    assert says("q5", (by_the_package, ..., 0.7))[0] == "not yet"


# Question 6


@pytest.mark.parametrize("value", [(4, 7, 0.7, 70, 69), (0, 1, 0.6, 58, np.int64(65))])
def test_q6_right(value):
    assert says("q6", value)[0] == "right"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({3: 50}, "Half of the cells"),
        ({3: 100}, "All cells"),
        ({3: 20}, "of the rare digit"),
        ({3: 0.8}, "This is a fraction"),
        ({3: 90}, "too many"),
        ({3: 60}, "too few"),
        ({4: 22}, "counted the cells of the rare"),
        ({4: 50}, "our networks gave"),
        ({0: 7}, "two different digits"),
        ({1: 10}, "two different digits"),
        ({2: 0.9}, "from 0.6 to 0.8"),
        ({2: 80}, "from 0.6 to 0.8"),
        ({3: "80"}, "quotation marks"),
    ],
)
def test_q6_slips_are_answered_by_name(changed, reason):
    given = [4, 7, 0.8, 80, 75]
    for k, value in changed.items():
        given[k] = value
    status, message = says("q6", given)
    assert status == "wrong" and reason in message


def test_q6_half_filled_is_not_yet():
    assert says("q6", (..., ..., ..., ..., None))[0] == "not yet"
    assert "5 things" in says("q6", (4, 7))[1]


def test_explain_is_compared():
    assert says("explain", "Who wins learns and then steps back.")[0] == "compared"
    assert says("explain", "thresholds")[0] == says("explain", 7)[0] == "wrong"


# The challenge


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ((-1, 0.01, 0.3), "theta_plus must be from 0 to 10"),
        ((0.1, 1, 0.3), "rate must be from 0 to 0.5"),
        ((0.1, 0.01, 3), "target must be from 0 to 1"),
        ((0.1, 0.01), "three numbers"),
        (0.1, "three numbers"),
        ((0.1, "0.01", 0.3), "quotation marks"),
    ],
)
def test_a_wrong_choice_is_refused(choice, reason):
    status, message = says("challenge", choice)
    assert status == "wrong" and reason in message


@pytest.mark.slow
def test_ours_reads_more_than_thresholds_that_stay(monkeypatch):
    monkeypatch.setenv("NEUROLAB_FAST", "1")
    status, message = says("challenge", challenge.OURS)
    ours = challenge.score(*challenge.OURS, challenge.SEED, "test")
    assert status == "score" and message.count(f"{100 * ours.right:.1f} % (") == 2
    assert challenge.score(0.0, *challenge.OURS[1:], seed=10).right < ours.right - 0.2
