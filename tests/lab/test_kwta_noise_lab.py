"""Lab kwta-noise: right answers of different make pass, known slips are answered by name."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab.dendrites import kwinners
from neurolab.lab import kwta_noise as lab
from neurolab.lab import kwta_noise_cells as cells
from neurolab.lab import kwta_noise_nets as nets
from neurolab.lab import kwta_noise_winners as winners
from neurolab.live.figures import winners as figure


def says(name, value):
    result = neurolab.check(f"kwta-noise.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 0.1 * 120)[0] == "right"
    assert "A tenth" in says("warmup", 108)[1]


# Question 1


def by_the_package(x, k):
    return kwinners(torch.as_tensor(x), k)


def one_by_one(x, k):
    kept, left = [0.0] * len(x), list(x)
    for _ in range(k):
        n = left.index(max(left))
        kept[n], left[n] = x[n], -np.inf
    return kept


@pytest.mark.parametrize("make", [winners.stable, by_the_package, one_by_one])
def test_q1_whatever_keeps_the_winners_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", winners.WINNER_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", winners.WINNER_SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x, k: 0 * x, "the winners are others"),
        (lambda x, k: x[len(x)], "IndexError"),
        (lambda x, k: "x", "Numbers are asked"),
        (3, "A function is asked"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


# Questions 2 to 5


def test_q2_right_and_slips():
    assert says("q2", (1.2, lab.shared(12)))[0] == "right"
    assert says("q2", (torch.tensor(1.2), 1.19))[0] == "right"
    for predicted, reason in ((12, "That is k"), (0.01, "for one cell"), (0.1, "k over N")):
        assert reason in says("q2", (predicted, 1.2))[1]
    assert "too large" in says("q2", (2, 1.2))[1] and "measured 3" in says("q2", (1.2, 3))[1]
    assert says("q2", (1.2, ...))[0] == "not yet" and says("q2", 1.2)[0] == "wrong"


def by_a_search(clean, k):
    low, high = clean.min(), clean.max() + 1
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (clean >= middle).sum() >= 8 * k else (low, middle)
    return low


def by_a_sort(clean, k):
    return torch.tensor(clean.flatten()).sort(descending=True).values[8 * k - 1]


@pytest.mark.parametrize("make", [by_a_search, by_a_sort])
def test_q3_a_threshold_that_is_as_sparse_passes(make):
    status, message = says("q3", make)
    assert status == "right" and "winners are recognised in" in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda clean, k: np.sort(clean[0])[len(clean[0]) - k], "the first pattern alone"),
        (lambda clean, k: np.sort(clean.flatten())[8 * k], "So many are below it"),
        (lambda clean, k: clean.mean(), "cells fire on average"),
        (lambda clean, k: clean, "One threshold is asked"),
    ],
)
def test_q3_slips(make, reason):
    status, message = says("q3", make)
    assert status == "wrong" and reason in message


def test_q4_and_q5():
    from neurolab.lab.kwta_noise import first_failure

    found = first_failure()
    assert cells.recognised(cells.with_winners(found)) < 0.5
    assert cells.recognised(cells.with_winners(found - 2)) >= 0.5
    assert says("q4", (60, found))[0] == says("q4", (10, found + 2))[0] == "right"
    assert "Try even k" in says("q4", (60, 100))[1] and says("q4", (..., 5))[0] == "not yet"
    status, message = says("q5", (5, [-7.1, -3]))
    assert status == "right" and "-5.0 (-7.1 to -3.0)" in message
    assert "Points are per cent" in says("q5", (5, [-0.07, 0.1]))[1]
    assert says("q5", (..., [1]))[0] == says("q5", (1, ...))[0] == "not yet"


def test_the_population_is_that_of_the_figure():
    """The codes of the clean patterns are recognised, and overlaps are those of the figure."""
    weights, patterns = cells.population()
    assert weights.sum(1).tolist() == [figure.SYNAPSES] * figure.CELLS
    assert patterns.sum(1).tolist() == [figure.ON] * figure.PATTERNS
    for k in (12, 24, 48):
        data = figure.simulate(**(figure.FIGURE.params | {"k": k}))
        shown = data["by_win"][data["level"].index(0)]
        assert cells.recognised(cells.with_winners(k)) == pytest.approx(shown / 100)


def test_random_codes_share_by_the_law_of_the_mean():
    for k in (6, 12, 30):
        assert lab.shared(k) == pytest.approx(k * k / 120, rel=0.05)


def test_challenge(monkeypatch):
    monkeypatch.setenv("NEUROLAB_FAST", "1")
    nets._our_score.cache_clear()
    result = neurolab.check("kwta-noise.challenge", (0.5, 0.5, 1.0))
    assert result.status == "score" and 20 < result.value < 100 and "Ours" in result.message
    for value, reason in (((2, 1, 0), "part must be"), ((0.5, 1), "three numbers")):
        assert reason in says("challenge", value)[1]
    nets._our_score.cache_clear()


def test_explain_is_compared():
    assert says("explain", "The number of active cells stays.")[0] == "compared"
    assert says("explain", "number")[0] == says("explain", 7)[0] == "wrong"
