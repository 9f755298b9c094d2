"""Questions 4 to 6 of lab spaun-exam: what judges, and what was measured, are judged themselves."""

from types import SimpleNamespace

import numpy as np
import pytest

import neurolab
from neurolab.lab import spaun_exam as lab
from neurolab.lab import spaun_exam_judge as judge
from neurolab.lab import spaun_exam_network as network


def says(name, value):
    result = neurolab.check(f"spaun-exam.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module", autouse=True)
def short_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEUROLAB_FAST", "1")
        yield


# Question 4


def by_numpy(drawn, shown, mean, wanted, known, labels):
    flat = known - known.mean(1, keepdims=True)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    near = labels[(flat @ (drawn - drawn.mean())).argmax()]
    table = np.corrcoef([drawn, mean, shown])
    return near == wanted and table[0, 2] > table[1, 2]


def test_q4_whatever_judges_passes():
    status, message = says("q4", by_numpy)
    assert status == "right", message
    kinds = {(case.told, case.counts) for case in judge.cases()}
    assert ("another digit that is like the picture", False) in kinds
    assert ("a faint copy, on grey paper", True) in kinds
    assert ("the mean drawing, faint", False) in kinds


@pytest.mark.slow
@pytest.mark.parametrize("reason", judge.COUNT_SLIPS)
def test_q4_slips_are_answered_by_name(reason):
    status, message = says("q4", judge.COUNT_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q4_other_mistakes():
    assert "judged wrongly" in says("q4", lambda *given: True)[1]
    assert "True or False" in says("q4", lambda *given: 0.7)[1]


# Question 5


def by_the_package_of_experiments(right, trials):
    from neurolab.experiments.spaun_trials import wilson

    return wilson(right / trials, trials)


@pytest.mark.parametrize("make", [by_the_package_of_experiments, judge.bounds])
def test_q5_whatever_finds_the_bounds_passes(make):
    status, message = says("q5", (make, 16))
    assert status == "right", message


@pytest.mark.parametrize("reason", judge.WILSON_SLIPS)
def test_q5_slips_are_answered_by_name(reason):
    status, message = says("q5", (judge.WILSON_SLIPS[reason], 16))
    assert status == "wrong" and reason in message


def test_q5_other_mistakes():
    assert "below 0.8" in says("q5", (judge.bounds, 15))[1]
    assert "fewer do" in says("q5", (judge.bounds, 25))[1]
    assert "would not surprise" in says("q5", (lambda r, n: (0.1, 0.9), 16))[1]
    assert "The shape is" in says("q5", (lambda r, n: 0.5, 16))[1]
    assert "(wilson, fewest)" in says("q5", judge.bounds)[1]
    assert says("q5", (judge.bounds, ...))[0] == "not yet"


# Question 6


def row(drawn):
    picture = np.arange(64.0)
    return SimpleNamespace(digit=7, picture=picture, mean=picture, drawn=drawn)


def test_q6_is_held_against_the_trials(monkeypatch):
    seen = np.arange(64.0) + 10 * np.random.default_rng(0).normal(size=64)
    less = np.arange(64.0) + 60 * np.random.default_rng(1).normal(size=64)
    made = {"C": [row(seen), row(None)], "R": [row(less)], "": [row(None)]}
    monkeypatch.setattr(network, "exam", made.__getitem__)
    near = np.corrcoef(seen, np.arange(64))[0, 1] / 2
    far = np.corrcoef(less, np.arange(64))[0, 1]
    status, message = says("q6", ((0.9, 0.5, 1), (near, far, 0)))
    assert status == "right" and "(guess 0.90)" in message, message
    assert "C comes first" in says("q6", ((0.9, 0.5, 1), (far, near, 0)))[1]
    assert "and their mean" in says("q6", ((0.9, 0.5, 1), (2 * near, far, 0)))[1]
    assert "count the rows" in says("q6", ((0.9, 0.5, 1), (near, far, 1)))[1]
    assert "at most 1" in says("q6", ((90, 50, 1), (near, far, 0)))[1]
    assert says("q6", ((..., 0, 0), (near, far, 0)))[0] == "not yet"


def test_a_letter_that_is_none_is_refused():
    with pytest.raises(ValueError, match="letter must be"):
        lab.exam("M")


@pytest.mark.slow
def test_the_network_draws_after_a_letter_and_not_without():
    pytest.importorskip("nengo_spa")
    for letter, many in (("C", 1), ("R", 1), ("", 0)):
        assert sum(row.drawn is not None for row in lab.exam(letter)) == many
    assert lab.exam("C")[0].path.shape[1] == 2 and lab.network().neurons < 8000
