"""The law of random overlaps against exact fractions, scipy, counting, drawing and printed numbers.

Printed numbers are those of the papers' own calculations (github.com/numenta/htmresearch,
projects/sdr_paper: plot_effect_of_n.py, plot_optimal_threshold.py, sdr_math_neuron_paper.ipynb).
"""

import itertools
import math
from fractions import Fraction
from math import comb

import numpy as np
import pytest
import torch
from scipy.stats import chisquare, hypergeom

from neurolab.dendrites import (
    best_threshold,
    log_any_match,
    log_false_match,
    log_missed_match,
    log_overlap,
    overlap_step,
    patterns_of,
    segment_overlap,
    subsets,
)

PRINTED = [  # n, a, s, theta, false match
    (1024, 4, 4, 2, 1 / 14587),
    (1024, 20, 20, 10, 1 / 1.07e13),
    (200_000, 2000, 10, 10, 9.8e-21),
    (10_000, 300, 24, 12, 8.37584522709849e-13),
    (10_000, 300, 30, 15, 1.04849765783378e-15),
    (100_000, 2000, 6, 6, 6.35308872941916e-11),
    (100_000, 2000, 8, 8, 2.52507239284961e-14),
    (100_000, 2000, 20, 10, 1.54192767258720e-12),
    (100_000, 2000, 80, 10, 4.62568448037595e-6),
    (100_000, 2000, 240, 20, 1.07990763941591e-7),
    # s = 24, theta = 12, over the number of cells
    (300, 64, 24, 12, 0.00109461662333690),
    (700, 64, 24, 12, 1.41253230930730e-7),
    (3900, 64, 24, 12, 3.01011222991216e-16),
    (19_900, 64, 24, 12, 1.07499989501613e-24),
    (300, 128, 24, 12, 0.292078213737764),
    (19_900, 128, 24, 12, 7.49308887332261e-21),
    (500, 256, 24, 12, 0.629372754740777),
    (19_900, 256, 24, 12, 3.74182390049037e-17),
]
MEDIANS = {  # theta: mean and median of the false match over the grid below
    3: (0.036662656, 0.018156949),
    6: (0.00029138, 1.58e-05),
    9: (7.68e-07, 2.04e-09),
    10: (8.55e-08, 7.40e-11),
    14: (4.98e-12, 4.88e-17),
    20: (1.64e-19, 4.11e-28),
    24: (3.43e-25, 2.60e-36),
}


def ways(n, a, s, theta):
    return sum(comb(s, b) * comb(n - s, a - b) for b in range(theta, min(s, a) + 1))


def exact(n, a, s, theta):
    return Fraction(ways(n, a, s, theta), comb(n, a))


def digits(x):
    """Half a unit of the last digit that is printed, relative."""
    mantissa = f"{x!r}".partition("e")[0].replace(".", "").lstrip("0")
    return 0.6 / int(mantissa) if len(mantissa) < 13 else 1e-9


@pytest.mark.parametrize("n, a, s, theta, printed", PRINTED)
def test_printed_false_matches(n, a, s, theta, printed):
    found = math.exp(log_false_match(theta, n, a, s))
    tolerance = 0.005 if (n, s) == (1024, 20) else digits(printed)
    tolerance = 1e-4 if s == 4 else tolerance
    assert found == pytest.approx(printed, rel=tolerance)


def test_a_printed_number_that_its_own_equation_does_not_give():
    """1.6e-18 in a preprint of Hawkins & Ahmad (2016); in exact fractions it is 1.6e-15."""
    case = (200_000, 2000, 20)
    assert float(exact(*case, 10)) == pytest.approx(1.65e-15, rel=0.001)
    assert math.exp(log_false_match(10, *case)) == pytest.approx(float(exact(*case, 10)))


def test_printed_medians_over_many_populations():
    n = np.arange(10_000, 200_000, 20_000)[:, None, None]
    a = np.rint(n * np.arange(1, 7)[:, None] * 0.005).astype(int)
    s = np.arange(20, 51, 5)
    for theta, (mean, median) in MEDIANS.items():
        found = np.exp(log_false_match(theta, n, a, s))
        assert found.shape == (10, 6, 7)
        assert found.mean() == pytest.approx(mean, rel=0.005)
        assert np.median(found) == pytest.approx(median, rel=0.005)


@pytest.mark.parametrize(
    "n, a, s", [(200, 10, 20), (20_000, 400, 40), (20_000, 400, 400), (20_000, 2000, 60)]
)
def test_exact_fractions(n, a, s):
    for theta in {1, 2, s // 4, s // 2, min(a, s)}:
        want = math.log(ways(n, a, s, theta)) - math.log(comb(n, a))
        assert log_false_match(theta, n, a, s) == pytest.approx(want, abs=1e-9)


def test_scipy_has_the_same_law():
    rng = np.random.default_rng(0)
    n = rng.integers(1, 20_001, 300)
    a, s = rng.integers(0, n + 1), rng.integers(0, np.minimum(n, 500) + 1)
    b = rng.integers(0, np.minimum(a, s) + 1)
    found = log_overlap(b, n, a, s)
    want = hypergeom.logpmf(b, n, a, s)
    assert (found == -np.inf).any() and np.array_equal(found == -np.inf, want == -np.inf)
    np.testing.assert_allclose(np.exp(found), np.exp(want), rtol=1e-7)
    np.testing.assert_allclose(
        np.exp(log_false_match(b, n, a, s)), hypergeom.sf(b - 1, n, a, s), rtol=1e-7, atol=1e-300
    )


def test_all_patterns_counted():
    segment, counts = {0, 2, 3, 5}, np.zeros(5)
    for pattern in itertools.combinations(range(8), 3):
        counts[len(segment & set(pattern))] += 1
    law = np.exp(log_overlap(np.arange(5), 8, 3, 4))
    np.testing.assert_allclose(law, counts / counts.sum(), atol=1e-12)
    for theta in range(6):
        p = math.exp(log_false_match(theta, 8, 3, 4))
        assert p == pytest.approx(counts[theta:].sum() / counts.sum(), abs=1e-12)


def test_a_moved_pattern_counted():
    """Of 5 active cells of 9, 4 synapses; 2 cells fall silent and 2 of the other 4 fire."""
    cells, segment = set(range(5)), {0, 1, 2, 3}
    short, of = np.zeros(6), 0
    for silent in itertools.combinations(sorted(cells), 2):
        for new in itertools.combinations(range(5, 9), 2):
            overlap = len(segment & (cells - set(silent) | set(new)))
            short[overlap + 1 :] += 1
            of += 1
    found = np.exp(log_missed_match(np.arange(6), 5, 4, 2))
    np.testing.assert_allclose(found, short / of, atol=1e-12)


def test_missed_and_met_add_up_to_one():
    theta = torch.arange(0, 26)
    missed = log_missed_match(theta, 60, 25, 17)
    met = log_false_match(theta, 60, 43, 25)
    torch.testing.assert_close(torch.logaddexp(missed, met), torch.zeros(26).double())
    assert log_missed_match(20, 60, 25, 0) == -math.inf, "a pattern that stays is never missed"


@pytest.mark.parametrize("n, a", [(64, 6), (300, 30), (2000, 60)])
def test_overlaps_of_drawn_patterns_follow_the_law(n, a):
    """S10d: pairs of random patterns; chi-square, and each tail within its binomial error."""
    chance, trials = torch.Generator().manual_seed(1), 20_000
    one = patterns_of(subsets(trials, a, n, chance), n)
    two = subsets(trials, a, n, chance)
    overlap = one.gather(1, two).sum(1)
    law = torch.as_tensor(np.exp(log_overlap(np.arange(a + 1), n, a, a)))
    enough = law * trials >= 5
    counts = torch.bincount(overlap, minlength=a + 1).double()
    found = [*counts[enough], counts[~enough].sum()]
    want = [*(law[enough] * trials), law[~enough].sum() * trials]
    assert len(found) > 4
    assert chisquare(found, want).pvalue > 0.05
    for theta in range(1, 4 * a * a // n + 3):
        p = math.exp(log_false_match(theta, n, a, a))
        error = math.sqrt(p * (1 - p) / trials)
        assert float((overlap >= theta).double().mean()) == pytest.approx(p, abs=4 * error + 1e-9)


def test_missed_matches_of_patterns_that_moved():
    n, a, s, m, trials = 400, 40, 12, 18, 4000
    chance = torch.Generator().manual_seed(2)
    order = torch.rand(trials, n, generator=chance).argsort(1)  # stored: the first a
    stays = torch.rand(trials, a, generator=chance).argsort(1)[:, m:]
    kept, new = order[:, :a].gather(1, stays), order[:, a : a + m]
    x = patterns_of(torch.cat([kept, new], 1), n)
    assert (x.sum(1) == a).all()
    overlap = x.gather(1, order[:, :s]).sum(1)
    for theta in (4, 6, 7, 8, 10):
        p = math.exp(log_missed_match(theta, a, s, m))
        error = math.sqrt(p * (1 - p) / trials)
        assert float((overlap < theta).double().mean()) == pytest.approx(p, abs=4 * error)


def test_segments_drawn_from_stored_patterns_are_random_to_other_patterns():
    """4,000 patterns meet 500 segments; pairs of pairs are independent, so errors are binomial."""
    n, a, s, chance = 500, 25, 15, torch.Generator().manual_seed(3)
    x, stored = (patterns_of(subsets(count, a, n, chance), n) for count in (4000, 500))
    places = torch.rand(500, a, generator=chance).argsort(1)[:, :s]
    cells = stored.nonzero()[:, 1].view(500, a).gather(1, places)
    assert (segment_overlap(stored, cells).diagonal() == s).all()
    overlap, pairs = segment_overlap(x, cells), 4000 * 500
    for theta in range(1, 8):
        p = math.exp(log_false_match(theta, n, a, s))
        error = math.sqrt(p * (1 - p) / pairs)
        assert float((overlap >= theta).double().mean()) == pytest.approx(p, abs=4 * error)


def test_any_of_many():
    """A classifier of 500 random patterns of 7 of 100 bits: printed bounds, printed simulation."""
    theta = np.array([4, 5, 6, 7])
    one = log_false_match(theta, 100, 7, 7)
    np.testing.assert_allclose(
        500 * np.exp(one), [0.144691001, 0.002826477, 2.03654e-05, 3.12352e-08], rtol=3e-6
    )
    any_of = np.exp(log_any_match(one, 500))
    np.testing.assert_allclose(any_of, 1 - (1 - np.exp(one)) ** 500, rtol=1e-6)
    simulated, trials = np.array([0.134632, 0.00285, 1.7e-05]), 1e6
    assert (np.abs(any_of[:3] - simulated) < 4 * np.sqrt(any_of[:3] / trials)).all()
    assert log_any_match(-1e4, 1000) == pytest.approx(-1e4 + math.log(1000))
    assert log_any_match(-800.0, 1) == pytest.approx(-800.0)
    assert log_any_match(0.0, 3) == 0 and log_any_match(-2.0, 0) == -math.inf


@pytest.mark.parametrize("n, a, s", [(300, 40, 20), (20_000, 400, 40), (400, 200, 40)])
def test_the_law_without_factorials(n, a, s):
    value = sum(math.log((n - a - i) / (n - i)) for i in range(s))
    for b in range(s):
        assert value == pytest.approx(log_overlap(b, n, a, s), abs=1e-8)
        value = overlap_step(value, b, n, a, s)
    assert value == pytest.approx(log_overlap(s, n, a, s), abs=1e-8)


def test_scaling_with_the_number_of_cells():
    """P falls as n^-theta at a fixed number of active cells, at half of them not to zero."""
    n = np.array([2e5, 4e5]).astype(int)
    for theta in (3, 8, 12):
        low, high = log_false_match(theta, n, 64, 24)
        assert (high - low) / math.log(2) == pytest.approx(-theta, rel=0.01)
    half = np.exp(log_false_match(18, n, n // 2, 24))
    coins = sum(comb(24, b) for b in range(18, 25)) / 2**24
    np.testing.assert_allclose(half, coins, rtol=0.01)


def test_best_threshold_is_the_best_of_all():
    for n, a, s, m, cost in ((400, 20, 15, 8, 1), (400, 20, 15, 8, 1e-6), (1000, 60, 40, 20, 1)):
        total = {
            theta: exact(n, a, s, theta)
            + Fraction(cost)
            * sum(
                Fraction(comb(s, b) * comb(a - s, a - m - b), comb(a, m))
                for b in range(max(0, s - m), min(theta, a - m + 1))
            )
            for theta in range(1, s + 1)
        }
        assert best_threshold(n, a, s, m, cost) == min(total, key=total.get)
    many = best_threshold(np.array([400, 1000]), np.array([20, 60]), np.array([15, 40]), [8, 20])
    assert many.tolist() == [best_threshold(400, 20, 15, 8), best_threshold(1000, 60, 40, 20)]
    assert best_threshold(400, 20, 15, 8, 1e-6) > best_threshold(400, 20, 15, 8)


def test_answers_in_kind_and_broadcasts():
    assert type(log_false_match(3, 100, 5, 10)) is float
    array = log_false_match(np.array([[2], [3]]), 100, np.array([5, 6, 7]), 10)
    assert isinstance(array, np.ndarray) and array.shape == (2, 3)
    tensor = log_false_match(torch.tensor([[2], [3]]), 100, np.array([5, 6, 7]), 10)
    assert tensor.dtype == torch.float64
    np.testing.assert_array_equal(tensor, array)
    assert array[1, 0] == log_false_match(3, 100, 5, 10)
    assert log_false_match(np.zeros(0, int), 100, 5, 10).shape == (0,)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: log_false_match(3, 0, 0, 0), r"n: whole numbers of at least 1 are needed, got 0"),
        (lambda: log_false_match(3, 9, 10, 2), r"active: .* at least 0 and at most 9 .* got 10"),
        (lambda: log_false_match(3, 9, 5, 10), r"synapses: .* at most 9 are needed, got 10"),
        (lambda: log_false_match(2.5, 9, 5, 5), r"threshold: whole numbers .* got 2.5"),
        (lambda: log_false_match(-1, 9, 5, 5), r"threshold: .* at least 0 are needed, got -1"),
        (lambda: log_overlap(math.nan, 9, 5, 5), r"overlap: .* got nan"),
        (lambda: log_overlap(True, 9, 5, 5), r"overlap: .* got True"),
        (lambda: log_missed_match(3, 10, 11, 2), r"synapses: .* at most 10 are needed, got 11"),
        (lambda: log_missed_match(3, 10, 5, 11), r"moved: .* at most 10 are needed, got 11"),
        (lambda: log_any_match(0.5, 3), r"log_match: logarithms of chances, at most 0"),
        (lambda: log_any_match(-1.0, -3), r"count: .* got -3"),
        (lambda: best_threshold(100, 10, 5, 2, 0), r"cost: a positive number is needed, got 0"),
        (lambda: best_threshold(100, 10, 11, 2), r"synapses: .* got 11"),
    ],
)
def test_refuses_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
