"""The figure of false matches shows the package's formula, and draws what it says it draws."""

import math

import numpy as np
import pytest
from scipy.stats import chisquare, hypergeom

from neurolab.core.random import seeded
from neurolab.dendrites import best_threshold, log_false_match, log_missed_match
from neurolab.live.figures import falsematch


def shown(**moved):
    return falsematch.simulate(**(falsematch.FIGURE.params | moved))


@pytest.mark.parametrize(
    "moved",
    [
        {},
        {"cells": 400, "active": 160, "synapses": 32, "moved": 50},
        {"cells": 20_000, "synapses": 4, "threshold": 3, "moved": 10},
    ],
)
def test_curves_and_picture_are_the_package_s_formula(moved):
    given, data = falsematch.FIGURE.params | moved, shown(**moved)
    n, a, s = given["cells"], given["active"], given["synapses"]
    gone = round(a * given["moved"] / 100)
    assert data["theta"] == list(range(1, s + 1))
    theta = np.array(data["theta"])
    want = log_false_match(theta, n, a, s) / math.log(10)
    np.testing.assert_allclose(data["false"], want, atol=1e-8)
    want = log_missed_match(np.array(data["theta_missed"]), a, s, gone) / math.log(10)
    np.testing.assert_allclose(data["missed"], want, atol=1e-8)
    assert data["best"] == [best_threshold(n, a, s, gone)]
    across, up = np.array(data["across"]), np.array(data["up"])
    assert len(across) == sum(range(4, 33)) and (up <= across).all()
    want = log_false_match(up, n, a, across) / math.log(10)
    np.testing.assert_allclose(data["tens"], want, atol=1e-8)
    np.testing.assert_allclose(data["shade"], np.clip(1 + want / 16, 0, 1), atol=1e-9)
    missed = np.exp(log_missed_match(up, a, across, gone))
    np.testing.assert_allclose(data["miss"], missed, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("moved", [{}, {"cells": 400}, {"cells": 600, "moved": 50, "active": 120}])
def test_what_was_counted_lies_within_its_error_of_the_formula(moved):
    data = shown(**moved)
    for at, counted, theta, chance in (
        ("seen_t", "seen", "theta", "false"),
        ("seen_missed_t", "seen_missed", "theta_missed", "missed"),
    ):
        p = 10 ** np.interp(data[at], data[theta], data[chance])
        error = np.sqrt(p * (1 - p) / falsematch.TRIALS)
        found = 10 ** np.array(data[counted])
        assert len(found) > 2
        assert (np.abs(found - p) < 4 * error + 1.5 / falsematch.TRIALS).all()


def test_cells_are_drawn_by_the_law():
    counts, state = np.zeros(9), seeded(3)
    for _ in range(5000):
        hits, state = falsematch.drawn(100, 30, 8, state)
        counts[hits] += 1
    expected = 5000 * hypergeom.pmf(np.arange(9), 100, 30, 8)
    counts, expected = (np.append(x[:6], x[6:].sum()) for x in (counts, expected))
    assert chisquare(counts, expected).pvalue > 0.001


def test_more_cells_make_false_matches_rarer_and_moved_cells_make_misses_likelier():
    assert shown(cells=4000)["false"][11] < shown(cells=1000)["false"][11] - 6
    some, many = (shown(moved=m)["percent"] for m in (20, 50))
    assert max(shown(moved=0)["percent"]) == 0 and shown(moved=0)["theta_missed"] == []
    assert all(x <= y + 1e-9 for x, y in zip(some, many, strict=True))
    assert shown(moved=50)["best"][0] < shown(moved=20)["best"][0]


def test_the_summary_says_what_is_drawn():
    data = shown()
    own = f"{data['false'][11]:.1f}"
    assert (
        f"10 to the power {own}" in data["summary"]
        and "of 1000 that were drawn 0 did" in (data["summary"])
    )
    assert "With 10 synapses the segment never reaches 12." in shown(synapses=10)["summary"]
