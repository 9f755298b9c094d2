"""The union property against inclusion and exclusion, drawing, and printed numbers."""

import math
from fractions import Fraction
from math import comb

import pytest
import torch

from neurolab.dendrites import (
    log_false_match,
    log_overlap,
    log_union_match,
    patterns_of,
    subsets,
    union_density,
    union_law,
)


def exact(n, w, s, patterns):
    """P(k of w bits are on), from the chance that certain j of them are all off."""
    off = [Fraction(comb(n - j, s), comb(n, s)) ** patterns for j in range(w + 1)]
    return [
        comb(w, k) * sum((-1) ** i * comb(k, i) * off[w - k + i] for i in range(k + 1))
        for k in range(w + 1)
    ]


@pytest.mark.parametrize("n, w, s, patterns", [(30, 5, 4, 3), (200, 20, 10, 7), (1000, 12, 25, 40)])
def test_inclusion_and_exclusion(n, w, s, patterns):
    law, want = union_law(n, w, s, patterns)[-1], exact(n, w, s, patterns)
    assert sum(want) == 1
    for k in range(w + 1):
        if want[k] == 0:
            assert law[k] == -math.inf
        else:
            log_p = math.log(want[k].numerator) - math.log(want[k].denominator)
            assert float(law[k]) == pytest.approx(log_p, abs=1e-9)
    tail = float(sum(want[3:]))
    assert math.exp(log_union_match(3, n, w, s, patterns)) == pytest.approx(tail)


def test_the_mean_is_the_expected_part():
    law, k = union_law(400, 15, 20, 30), torch.arange(16)
    mean = (law.exp() * k).sum(1) / 15
    torch.testing.assert_close(mean, union_density(400, 20, torch.arange(31)))
    assert union_density(400, 20, 30) == pytest.approx(1 - 0.95**30)


def test_one_pattern_is_the_law_of_overlaps_and_none_meets_nothing():
    law = union_law(300, 12, 30, 1)
    torch.testing.assert_close(law[1], log_overlap(torch.arange(13), 300, 30, 12))
    assert law[0].exp().tolist() == [1.0] + 12 * [0.0]


def test_mixtures_that_were_drawn():
    """A segment of 10 synapses for each of 6 patterns; 4,000 segments meet 500 patterns."""
    n, a, s, chance = 400, 20, 10, torch.Generator().manual_seed(0)
    mixed = sum(patterns_of(subsets(4000, s, n, chance), n).float() for _ in range(6)) > 0
    x = patterns_of(subsets(500, a, n, chance), n)
    overlap, pairs = mixed.float() @ x.float().T, 4000 * 500
    assert float(mixed.double().mean()) == pytest.approx(union_density(n, s, 6), rel=0.005)
    for theta in range(1, 11):
        p = math.exp(log_union_match(theta, n, a, s, 6))
        error = math.sqrt(p * (1 - p) / pairs)
        assert float((overlap >= theta).double().mean()) == pytest.approx(p, abs=4 * error)


PRINTED = {  # n: {patterns: false match} at a = 200, s = 25, theta = 15 (sdr_paper_unions.py)
    1000: {1: 1.00140315240769e-5, 2: 0.0473894530292855, 4: 0.899154755459308},
    10_000: {1: 5.30352419025194e-20, 2: 2.35602184920806e-14, 10: 0.000127080441383853},
    20_000: {2: 9.73603540551588e-19, 5: 2.03825914561597e-12, 19: 8.14089056445047e-05},
}


@pytest.mark.parametrize("n", PRINTED)
def test_printed_numbers_take_the_expected_size_for_the_random_one(n):
    for patterns, printed in PRINTED[n].items():
        size = round(n * union_density(n, 25, patterns))
        assert math.exp(log_false_match(15, n, 200, size)) == pytest.approx(printed, rel=1e-8)
        true = math.exp(log_union_match(15, n, 200, 25, patterns))
        assert true == pytest.approx(printed, rel=0.08)


def test_refuses_by_name():
    with pytest.raises(ValueError, match=r"each: .* at most 30 are needed, got 31"):
        union_law(30, 5, 31, 2)
    with pytest.raises(ValueError, match=r"bits: one whole number is needed"):
        union_law(30, torch.tensor([5, 6]), 3, 2)
    with pytest.raises(ValueError, match=r"patterns: .* got -1"):
        union_density(30, 5, -1)
