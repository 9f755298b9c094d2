"""Lab nmda-threshold: right answers of different make pass, known slips are answered by name."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import hypergeom

import neurolab
from neurolab.dendrites import best_threshold, log_false_match, log_missed_match
from neurolab.lab import nmda_threshold as lab
from neurolab.lab import nmda_threshold_challenge as challenge
from neurolab.lab import nmda_threshold_choice as choice
from neurolab.lab import nmda_threshold_drawn as drawn
from neurolab.lab import nmda_threshold_law as law


def says(name, value):
    result = neurolab.check(f"nmda-threshold.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 2.0)[0] == "right"
    assert "one of ten" in says("warmup", 20)[1]


# Question 1


def by_counting(theta, n, a, s):
    ways = sum(math.comb(s, b) * math.comb(n - s, a - b) for b in range(theta, min(s, a) + 1))
    return ways / math.comb(n, a)


@pytest.mark.parametrize(
    "make",
    [
        by_counting,
        lambda t, n, a, s: torch.tensor(hypergeom.sf(t - 1, n, a, s)),
        lambda t, n, a, s: math.exp(log_false_match(t, n, a, s)),
    ],
)
def test_q1_whatever_gives_the_law_passes(make):
    status, message = says("q1", make)
    assert status == "right" and "0.185 %" in message


@pytest.mark.parametrize("reason", law.SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", law.SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *case: 1.1 * by_counting(*case), "yours says"),
        (lambda *case: str(by_counting(*case)), "quotation marks"),
        (lambda *case: 1 / 0, "ZeroDivisionError"),
        (0.3, "A function is asked"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


def test_q1_blank_is_not_yet():
    assert says("q1", lambda *case: None)[0] == "not yet"


def test_the_law_counts_patterns():
    met = [len({0, 1, 2} & set(p)) for p in itertools.combinations(range(8), 4)]
    for theta in range(5):
        found = sum(m >= theta for m in met) / len(met)
        assert law.exact(theta, 8, 4, 3) == pytest.approx(found)


# Question 2


def test_q2_right_and_the_errors_are_the_package_s():
    assert says("q2", 7)[0] == says("q2", torch.tensor(7))[0] == "right"
    for n, a, s, m in ((500, 50, 20, 20), (2000, 64, 24, 19), (400, 40, 16, 18)):
        assert choice.best(n, a, s, m) == best_threshold(n, a, s, m)
        for theta in (1, s // 2, s):
            want = math.exp(log_false_match(theta, n, a, s))
            assert choice.false_match(theta, n, a, s) == pytest.approx(want, rel=1e-6)
            want = math.exp(log_missed_match(theta, a, s, m))
            assert choice.missed_match(theta, m, a, s) == pytest.approx(want, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("theta", "reason"),
    [
        (20, "nearly every return is missed"),
        (1, "nearly every stranger is taken"),
        (10, "is a guess"),
        (12, "left on average"),
        (2, "a stranger meets on average"),
        (9, "with 15 cells moved"),
        (6, "with 25 cells moved"),
        (8, "There is a better one"),
        (7.5, "whole number"),
        (40, "whole number"),
        ("7", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(theta, reason):
    status, message = says("q2", theta)
    assert status == "wrong" and reason in message


# Question 3


@pytest.fixture(scope="module")
def counted():
    x, y = lab.strangers(20_000), lab.returns(20_000)
    met = [z[:, :20].sum(1) for z in (x, y)]
    false = np.array([float((met[0] >= t).double().mean()) for t in range(1, 21)])
    missed = np.array([float((met[1] < t).double().mean()) for t in range(1, 21)])
    return false, missed, 20_000


def test_q3_right(counted):
    false, missed, count = counted
    for given in (counted, (list(false), torch.tensor(missed), float(count))):
        status, message = says("q3", given)
        assert status == "right" and "the law says 7" in message


@pytest.mark.parametrize(
    ("slip", "reason"),
    [
        (lambda f, m, c: (100 * f, 100 * m, c), "not per cent"),
        (lambda f, m, c: (m, f, c), "exchanged"),
        (lambda f, m, c: (f, 1 - m, c), "counts the others"),
        (lambda f, m, c: (np.append(f[1:], 0), m, c), ">= for one"),
        (lambda f, m, c: (f, np.append(m[1:], 1), c), ">= for one"),
        (lambda f, m, c: (f * 0.7, m, c), "false: at threshold"),
        (lambda f, m, c: (f, m * 0.7, c), "missed: at threshold"),
        (lambda f, m, c: (f[:10], m, c), "holds 20 shares"),
        (lambda f, m, c: (f, m, 100), "at least 1000"),
        (lambda f, m, c: (f, m), "three things"),
    ],
)
def test_q3_slips_are_answered_by_name(slip, reason, counted):
    status, message = says("q3", slip(*counted))
    assert status == "wrong" and reason in message


def test_q3_half_filled_is_not_yet(counted):
    assert says("q3", (None, None, 20_000))[0] == "not yet"


# Question 4


def test_q4_right():
    at = [choice.least(m) for m in (21, 26)]
    status, message = says("q4", (21, 26, at[0] * 1.2, torch.tensor(at[1] * 0.9)))
    assert status == "right" and "23 cells, 46 %" in message


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({0: 24}, "Take low lower"),
        ({1: 23}, "Take high higher"),
        ({0: 26, 1: 21}, "below high"),
        ({0: 15}, "at most 6 cells apart"),
        ({0: 21.5}, "whole numbers"),
        ({1: 60}, "whole numbers"),
        ({2: 0.5, 3: 1.5}, "not per cent"),
        ({2: 0.02, 3: 0.01}, "fewer errors where more"),
        ({3: 0.1}, "With 26 cells moved the law says"),
        ({0: "21"}, "quotation marks"),
    ],
)
def test_q4_slips_are_answered_by_name(changed, reason):
    given = [21, 26, choice.least(21), choice.least(26)]
    for k, value in changed.items():
        given[k] = value
    status, message = says("q4", given)
    assert status == "wrong" and reason in message


def test_q4_half_filled_is_not_yet():
    assert says("q4", (..., ..., None, None))[0] == "not yet"
    assert says("q4", (21, 26, None, None))[0] == "not yet"
    assert "four things" in says("q4", (21, 26))[1]


# Question 5

OWN = (400, 40, 16, 18)


def test_q5_right():
    for own in (OWN, (3000, 90, 30, 50), (300, 20, 10, 5)):
        theta = best_threshold(*own)
        assert says("q5", (*own, theta, theta))[0] == "right"
    assert "cannot tell" in says("q5", (2000, 64, 24, 10, best_threshold(2000, 64, 24, 10), 12))[1]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({0: 100}, "n: a whole number from 300"),
        ({2: 50}, "s: a whole number"),
        ({1: 20, 2: 24}, "at most a synapses"),
        ({1: 20, 3: 25}, "less than a cells"),
        ({0: 500, 1: 50, 2: 20, 3: 20}, "Choose your own"),
        ({4: 7}, "another threshold has"),
        ({3: 8}, "put in your own number"),
        ({0: 5000, 4: 5}, "put in your own n"),
        ({4: 17}, "from 1 to 16"),
        ({5: 0}, "Measured, too"),
        ({5: 8}, "drawn with your own sizes"),
        ({4: "5"}, "quotation marks"),
    ],
)
def test_q5_slips_are_answered_by_name(changed, reason):
    given = [*OWN, 5, 5]
    for k, value in changed.items():
        given[k] = value
    status, message = says("q5", given)
    assert status == "wrong" and reason in message


def test_q5_half_filled_is_not_yet():
    assert says("q5", (..., ..., ..., ..., ..., None))[0] == "not yet"
    assert "six things" in says("q5", OWN)[1]


def test_explain_is_compared():
    assert says("explain", "It would miss the pattern itself.")[0] == "compared"
    assert says("explain", "misses")[0] == says("explain", 7)[0] == "wrong"


# Patterns and the challenge


def test_patterns_have_their_sizes_and_returns_keep_what_they_should():
    x, y = lab.strangers(300, 200, 30, seed=1), lab.returns(300, 12, 200, 30, seed=1)
    assert (x.sum(1) == 30).all() and (y.sum(1) == 30).all()
    assert (y[:, :30].sum(1) == 18).all() and y[:, 30:].any(0).double().mean() > 0.9
    assert abs(float(x[:, :30].double().sum(1).mean()) - 30 * 30 / 200) < 0.5
    assert torch.equal(lab.returns(5), lab.returns(5)) and drawn.N == 500
    with pytest.raises(ValueError, match="moved must be a whole number from 0 to 50, got 51"):
        lab.returns(3, 51)
    with pytest.raises(ValueError, match="a must be a whole number"):
        lab.strangers(3, 500, 600)


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(challenge, "tests", lambda: 1000)
    challenge._our_score.cache_clear()
    yield
    challenge._our_score.cache_clear()


def test_errors_are_those_of_the_laws(short, monkeypatch):
    """20 patterns, one a segment: 16 synapses, threshold 8."""
    monkeypatch.setattr(challenge, "tests", lambda: 4000)
    false, missed = challenge.errors(lambda x: challenge.in_turn(x, 16, 8), 20, seed=3)
    p = 1 - (1 - math.exp(log_false_match(8, 500, 50, 16))) ** 20
    q = math.exp(log_missed_match(8, 50, 16, 10))
    assert false == pytest.approx(p, abs=4 * (p / 4000) ** 0.5)
    assert missed == pytest.approx(q, abs=4 * (q / 4000) ** 0.5 + 5e-4)


def test_ours_holds_more_than_what_stands_in_the_lab(short):
    weak = challenge.score(lambda x: challenge.in_turn(x, 12, 7))
    assert weak.patterns <= 25 < 30 <= challenge._our_score().patterns
    status, message = says("challenge", lambda x: lab.in_turn(x, 12, 7))
    assert status == "score" and f"{weak.patterns} patterns" in message
    assert challenge.score(lambda x: lab.in_turn(x, 16, 1)).patterns == 0


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (lambda x: x, "two things"),
        (lambda x: (x[:, :100], 5), "must be (segments, 500)"),
        (lambda x: (torch.zeros(21, 500), 5), "1 to 20 segments"),
        (lambda x: (torch.full((2, 500), 0.5), 5), "1 or 0"),
        (lambda x: (torch.ones(2, 500), 5), "there are 600"),
        (lambda x: (torch.zeros(2, 500), "5"), "quotation marks"),
        (lambda x: x[10**6], "stopped with IndexError"),
    ],
)
def test_a_wrong_wiring_is_refused(wire, reason, short):
    status, message = says("challenge", wire)
    assert status == "wrong" and reason in message


def test_a_blank_wiring_is_not_yet(short):
    assert says("challenge", lambda x: ...)[0] == "not yet"
    assert says("challenge", lambda x: (..., 5))[0] == "not yet"
