"""Mean, interval and quantile against scipy."""

import math

import pytest
import scipy.stats

from neurolab.experiments.statistics import summary, t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 6, 7, 9, 10, 19, 30, 99, 100, 1001])
def test_quantile_is_that_of_scipy(freedom):
    for probability in (0.975, 0.5, 0.51, 0.9, 0.995, 0.9999, 0.3, 0.025, 1e-4):
        want = scipy.stats.t.ppf(probability, freedom)
        got = t_quantile(probability, freedom)
        assert got == pytest.approx(want, rel=1e-9, abs=1e-12), (probability, freedom)


def test_quantile_tends_to_the_normal_one():
    assert t_quantile(0.975, 100_000) == pytest.approx(scipy.stats.norm.ppf(0.975), abs=1e-4)


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.91, 0.93, 0.9], [3.0, -1.5, 1e6, 7.0, 0.1]])
def test_interval_is_that_of_scipy(values):
    found = summary(values)
    want = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found["mean"] == pytest.approx(sum(values) / len(values))
    assert found["ci95"] == pytest.approx([want.low, want.high])
    assert found["values"] == values


def test_one_seed_has_no_interval():
    assert summary([0.3]) == {"mean": 0.3, "ci95": None, "values": [0.3]}


def test_equal_values_have_an_interval_of_no_width():
    assert summary([0.5] * 4)["ci95"] == [0.5, 0.5]


def test_what_is_not_finite_becomes_none():
    assert summary([1.0, math.nan]) == {"mean": None, "ci95": None, "values": [1.0, None]}
    assert summary([math.inf])["values"] == [None]


@pytest.mark.parametrize("wrong", [(0.0, 3), (1.0, 3), (0.5, 0), (0.5, 2.0), (0.5, True)])
def test_refuses_what_has_no_quantile(wrong):
    with pytest.raises(ValueError, match="must"):
        t_quantile(*wrong)
