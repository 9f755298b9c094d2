"""False matches as an experiment: counts of a wrong law are seen, of the right one not."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import binom, chisquare, hypergeom

from neurolab.experiments.sdr_false_match import (
    PRESETS,
    Config,
    chi_square,
    counted,
    deviations,
    formula,
    run,
)

SMALL = replace(PRESETS["quick"], patterns=300, segments=300)


@pytest.fixture(scope="module")
def found():
    *_, last = run(replace(SMALL, seed=10))
    return last.metrics


def test_counts_lie_within_the_error_of_chance(found):
    """S06: over all populations from 200 to 20,000 cells. 4.5 errors: once in 500 such runs."""
    assert found["worst_deviation"] < 4.5 and found["comparisons"] > 200
    assert found["beyond_two"] < 0.15
    assert found["rarest"] < -3, "thresholds deep in the tail are compared too"
    assert 0.001 < found["overlap_p"] <= 1


def test_all_pairs_are_counted_and_each_seed_and_place_draws_anew():
    counts = counted(500, 25, 12, SMALL, 0)
    assert counts.shape == (13,) and counts.sum() == 300 * 300
    assert torch.equal(counts, counted(500, 25, 12, SMALL, 0))
    assert not torch.equal(counts, counted(500, 25, 12, SMALL, 1))
    assert not torch.equal(counts, counted(500, 25, 12, replace(SMALL, seed=1), 0))


def law(n, a, s, total):
    counts = hypergeom.rvs(n, a, s, size=total, random_state=np.random.default_rng(0))
    return torch.bincount(torch.from_numpy(counts), minlength=s + 1).double()


def test_z_is_that_of_a_binomial_and_chi_square_that_of_scipy():
    counts = law(400, 40, 12, 50_000)
    z, log_p = deviations(counts, 400, 40, 12)
    for theta, (one, p) in enumerate(zip(z.tolist(), log_p.exp().tolist(), strict=True), 1):
        assert p == pytest.approx(hypergeom.sf(theta - 1, 400, 40, 12), rel=1e-6)
        chance = binom(50_000, p)
        assert one == pytest.approx((float(counts[theta:].sum()) - chance.mean()) / chance.std())
    value, freedom = chi_square(counts, 400, 40, 12)
    wanted = 50_000 * hypergeom.pmf(np.arange(13), 400, 40, 12)
    kept = int((wanted >= 20).sum())
    groups = [[*x[:kept], x[kept:].sum()] for x in (counts.numpy(), wanted)]
    assert value == pytest.approx(chisquare(*groups).statistic, rel=1e-6) and freedom == kept


def test_a_law_that_is_a_little_off_is_seen():
    """Patterns of 42 cells in place of 40."""
    counts = law(400, 42, 12, 200_000)
    z, _ = deviations(counts, 400, 40, 12)
    assert z.abs().max() > 8
    value, freedom = chi_square(counts, 400, 40, 12)
    assert value > 10 * freedom


def test_the_formula_scales_and_its_thresholds_are_those_of_the_paper(found):
    """A median below 1e-9 from theta = 10 on: 2.04e-9 and 7.40e-11 are printed for 9 and 10."""
    curve = [found[f"log10_n{n}"] for n in (200, 500, 1000, 2000, 5000, 10_000, 20_000)]
    assert curve == sorted(curve, reverse=True) and curve[-1] < -23
    assert curve[-1] - curve[-2] == pytest.approx(-12 * math.log10(2), rel=0.01)
    assert found["log10_half_n20000"] == pytest.approx(math.log10(0.5806), abs=0.001)
    assert found["threshold_low"] == 10
    assert 4 <= found["threshold_best_low"] < found["threshold_best_median"] <= 12
    assert found["threshold_best_high"] <= 20


def test_more_that_moves_asks_for_a_lower_threshold():
    medians = [formula(Config(moved=part))["threshold_best_median"] for part in (0.1, 0.3, 0.5)]
    assert medians == sorted(medians, reverse=True) and medians[0] > medians[2] + 3
