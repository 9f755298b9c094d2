"""Lab information: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import binom, norm

import neurolab
from neurolab.coding import joint, panzeri_treves, plug_in, time_bins
from neurolab.lab import information_answers as answers
from neurolab.lab import information_cell as cell
from neurolab.lab import information_excess as excess


def says(name, value):
    result = neurolab.check(f"information.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 3)[0] == "right"
    assert "log2" in says("warmup", 8)[1]


# Questions 2 and 3

NEEDED = 7 * 15 / (2 * 0.1 * math.log(2)) / 8


def test_q2_right():
    for trials in (NEEDED, 95, torch.tensor(96)):
        status, message = says("q2", trials)
        assert status == "right" and "95 trials of each piece, 757 in all" in message


@pytest.mark.parametrize(
    ("trials", "reason"),
    [
        (8 * NEEDED, "all trials"),
        (NEEDED * math.log(2), "ln 2 is missing"),
        (2 * NEEDED, "The 2 below"),
        (NEEDED * 128 / 105, "One less of each"),
        (NEEDED * 8 / 7, "taken off once"),
        (NEEDED / 7, "answers alone"),
        (NEEDED / 15, "pieces alone"),
        (1 / NEEDED, "Upside down"),
        (10 * NEEDED, "0.01 bits"),
        (NEEDED / 10, "1 bit."),
        (50, "too few"),
        (300, "too many"),
        ("95", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(trials, reason):
    status, message = says("q2", trials)
    assert status == "wrong" and reason in message


def test_the_exact_excess_is_that_of_binomials_and_of_many_draws():
    k = np.arange(1, 241)
    sums = [
        -16 * (binom.pmf(k[:m], m, 1 / 16) * k[:m] / m * np.log2(k[:m] / m)).sum()
        for m in (240, 30)
    ]
    assert excess.claimed_exactly(30) == pytest.approx(sums[0] - sums[1], rel=1e-9)
    assert excess.claimed_exactly(3000) == pytest.approx(excess.claimed(3000), rel=0.01)
    g, piece = torch.Generator().manual_seed(0), torch.arange(8).repeat_interleave(30)
    drawn = [plug_in(joint(piece, torch.randint(16, (240,), generator=g))) for _ in range(200)]
    assert np.mean(drawn) == pytest.approx(excess.claimed_exactly(30), rel=0.02)


def draws(trials, pieces=8, kinds=16, seed=0):
    g, piece = torch.Generator().manual_seed(seed), torch.arange(pieces).repeat_interleave(trials)
    answer = torch.randint(kinds, (len(piece),), generator=g)
    return plug_in(joint(piece, answer))


def test_q3_drawn_answers_pass():
    claims = [np.mean([draws(m, seed=k) for k in range(20)]) for m in (10, 30, 95)]
    for given in (claims, torch.tensor(claims), tuple(claims)):
        status, message = says("q3", given)
        assert status == "right" and "1.045, 0.371, 0.104" in message


EXACT = np.array([excess.claimed_exactly(m) for m in (10, 30, 95)])


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (EXACT[::-1], "order is turned"),
        (EXACT * math.log(2), "nats"),
        ([excess.claimed_exactly(m) for m in (1, 3, 11)], "all pieces together"),
        ([excess.claimed_exactly(m, answers=8) for m in (10, 30, 95)], "are 8, not 16"),
        ([3.0, 3.0, 3.0], "without it"),
        ([0.02, -0.01, 0.001], "not an estimate that is corrected"),
        ([1.0, 0.36, 0.3], "With 95 trials"),
        ([1.0, 0.37], "Three means"),
        (["a", "b", "c"], "Numbers are asked"),
    ],
)
def test_q3_slips_are_answered_by_name(claims, reason):
    status, message = says("q3", list(claims))
    assert status == "wrong" and reason in message, message


def test_q3_half_filled_is_not_yet():
    assert says("q3", [1.0, None, None])[0] == "not yet"
    assert cell.on_average(lambda: None) is None
    assert cell.on_average(iter([1.0, 2.0, 6.0]).__next__, 3) == 3


# Question 4


def deal(answer):
    return answer[torch.randperm(len(answer))]


def by_numpy(answer):
    return np.random.default_rng(0).permutation(np.array(answer))


def by_keys(answer):
    return [int(a) for _, a in sorted(zip(np.random.rand(len(answer)), answer, strict=True))]


SEEN = 2.11


@pytest.mark.parametrize("make", [deal, by_numpy, by_keys])
def test_q4_right(make):
    status, message = says("q4", (make, 2.2, SEEN))
    assert status == "right" and "2.11 bits, about 70 % of 3" in message


def in_place(answer):
    answer[:] = answer[torch.randperm(len(answer))]
    return answer


def within(answer):
    return torch.cat([deal(part) for part in answer.split(100)])


@pytest.mark.parametrize(
    ("make", "guess", "seen", "reason"),
    [
        (in_place, 2.2, SEEN, "copy them first"),
        (lambda a: a[:10], 2.2, SEEN, "shape (800,)"),
        (lambda a: a, 2.2, SEEN, "nothing was dealt"),
        (lambda a: a[torch.randint(len(a), (len(a),))], 2.2, SEEN, "dealt once"),
        (lambda a: torch.rand(len(a)), 2.2, SEEN, "other answers"),
        (lambda a: a.flip(0), 2.2, SEEN, "still tell the piece"),
        (lambda a: a.roll(50), 2.2, SEEN, "still tell the piece"),
        (within, 2.2, SEEN, "still tell the piece"),
        (deal, 3, SEEN, "share one answer"),
        (deal, 0, SEEN, "came only once"),
        (deal, 2.2, 2.2, "is your guess"),
        (deal, 2.2, 1.4, "plug_in, at 0.001 ms"),
        (deal, "2.2", SEEN, "quotation marks"),
    ],
)
def test_q4_slips_are_answered_by_name(make, guess, seen, reason):
    status, message = says("q4", (make, guess, seen))
    assert status == "wrong" and reason in message, message


def test_q4_half_filled_is_not_yet():
    assert says("q4", (lambda _: None, 2.2, None))[0] == "not yet"
    assert says("q4", (deal, ..., SEEN))[0] == "not yet"
    assert "three things" in says("q4", (deal, 2.2))[1]


# Question 5

RIGHT = math.log2(100 / (10 * math.sqrt(2 * math.pi * math.e)))


def spike(piece, jitter, seed=0):
    g = torch.Generator().manual_seed(seed)
    return (12.5 * piece + jitter * torch.randn(len(piece), generator=g)) % 100


@pytest.mark.parametrize("jitter", [8.0, 10, 12.5, 16])
def test_q5_drawn_spikes_tell_what_theory_says(jitter):
    piece = torch.arange(8).repeat_interleave(400)
    found = panzeri_treves(joint(piece, time_bins(spike(piece, jitter), 2.0)))
    status, message = says("q5", (jitter, answers.rhythm(jitter), found))
    assert status == "right", message


def test_rhythm_is_the_entropy_of_a_circle_less_that_of_a_gaussian():
    assert answers.rhythm(10.0) == pytest.approx(
        math.log2(100) - norm(0, 10).entropy() / math.log(2)
    )
    for jitter in (8.0, 12.0, 16.0):
        assert answers.rhythm_exactly(jitter) == pytest.approx(answers.rhythm(jitter), abs=0.01)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({1: RIGHT * math.log(2)}, "nats"),
        ({1: RIGHT + math.log2(math.e) / 2}, "leave out e"),
        ({1: math.log2(10)}, "not sigma."),
        ({1: math.log2(5)}, "not 2 sigma"),
        ({1: math.log2(10 / (2 * math.pi * math.e))}, "root is missing"),
        ({1: 2**RIGHT}, "how many times"),
        ({1: math.log2(10 * math.sqrt(2 * math.pi * math.e))}, "what is lost"),
        ({1: -RIGHT}, "Upside down"),
        ({1: 3.0}, "Without jitter"),
        ({1: 1.0}, "too few"),
        ({1: 1.5}, "too many"),
        ({2: RIGHT}, "your prediction"),
        ({2: 1.51}, "leave the cycle"),
        ({2: 2.8}, "variance"),
        ({2: 3.0}, "where is the jitter"),
        ({2: 0.01}, "do not know the piece"),
        ({2: 2.2}, "theory says 1.27"),
        ({0: 30}, "from 8 to 16"),
        ({1: "1.27"}, "quotation marks"),
    ],
)
def test_q5_slips_are_answered_by_name(changed, reason):
    given = [10.0, RIGHT, RIGHT + 0.02]
    for k, value in changed.items():
        given[k] = value
    status, message = says("q5", given)
    assert status == "wrong" and reason in message, message


def test_q5_half_filled_is_not_yet():
    assert says("q5", (..., ..., None))[0] == says("q5", (10, RIGHT, None))[0] == "not yet"
    assert "three things" in says("q5", (10, RIGHT))[1]


def test_explain_is_compared():
    assert says("explain", "How much of the lead is excess?")[0] == "compared"
    assert says("explain", "excess")[0] == says("explain", 7)[0] == "wrong"
