"""Decoders against the bound that no decoder passes, and against each other."""

import math

import pytest
import torch
from scipy.stats import poisson

from neurolab.coding import (
    VonMisesParams,
    cramer_rao,
    fisher_information,
    maximum_likelihood,
    population_vector,
    von_mises_rate,
)
from neurolab.coding.decode import log_likelihood
from neurolab.coding.population import on_circle

LIKE = torch.zeros(1, dtype=torch.float64)
GRID = on_circle(180, LIKE)


def curves(cells, params):
    preferred = on_circle(cells, LIKE)
    return preferred, lambda s: von_mises_rate(s[:, None], preferred, params)


def counts(s, tuning, seconds, seed=0):
    return torch.poisson(tuning(s) * seconds, generator=torch.Generator().manual_seed(seed))


def error(answer, s):
    """Root-mean-square angle between answer and truth."""
    away = torch.remainder(answer - s + math.pi, 2 * math.pi) - math.pi
    return away.square().mean().sqrt().item()


def test_error_falls_as_the_root_of_time_and_cells_along_the_bound():
    """S04a: from 0.25 s and 16 cells to 4 s and 64, each within 10 % of Cramer and Rao."""
    params, points = VonMisesParams(), []
    s = torch.rand(2500, generator=torch.Generator().manual_seed(1)).double() * 2 * math.pi
    for cells in (16, 64):
        _, tuning = curves(cells, params)
        for seconds in (0.25, 1.0, 4.0):
            answer = maximum_likelihood(counts(s, tuning, seconds), tuning, GRID, seconds)
            bound = cramer_rao(s, tuning, seconds).square().mean().sqrt().item()
            found = error(answer, s)
            assert found == pytest.approx(bound, rel=0.1), (cells, seconds)
            points.append((math.log(cells * seconds), math.log(found)))
    x, y = torch.tensor(points).double().T
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    assert slope == pytest.approx(-0.5, abs=0.02)


def test_fisher_information_is_the_variance_of_the_score():
    """By its definition, from draws and finite differences of the likelihood; and in closed form
    for one cell at the flank of its curve."""
    _, tuning = curves(8, VonMisesParams())
    s, h = torch.tensor([0.7]).double(), 1e-4
    n = counts(s.expand(200_000), tuning, 0.5)
    up, down = (log_likelihood(n, tuning(s + d), 0.5)[:, 0] for d in (h, -h))
    score = (up - down) / (2 * h)
    information = fisher_information(s, tuning, 0.5).item()
    assert score.var().item() == pytest.approx(information, rel=0.02)
    assert score.mean().abs() < 5 * math.sqrt(information / len(n))

    one = VonMisesParams(kappa=2.0, peak=50.0, base=0.0)
    quarter = torch.tensor([math.pi / 2]).double()
    alone = fisher_information(quarter, lambda v: von_mises_rate(v[:, None], LIKE, one), 3.0)
    assert alone.item() == pytest.approx(3.0 * 50 * math.exp(-2) * 2**2)


def test_refined_answer_is_the_top_of_the_likelihood():
    _, tuning = curves(12, VonMisesParams(kappa=4.0))
    s = torch.rand(50).double() * 2 * math.pi
    n = counts(s, tuning, 0.5)
    answer = maximum_likelihood(n, tuning, GRID, 0.5)
    fine = on_circle(20_000, LIKE)
    best = fine[log_likelihood(n, tuning(fine), 0.5).argmax(1)]
    assert error(answer, best) < 2 * math.pi / 20_000
    rough = maximum_likelihood(n, tuning, GRID, 0.5, refine=0)
    assert error(rough, best) > 5 * error(answer, best)


def test_one_cell_is_read_in_closed_form():
    """f = exp(a s): the likeliest s has T f(s) = n. Here the total rate tells, too, which even
    cells on a circle hide; the likelihood itself is scipy's, up to a constant of the counts."""
    grid, seconds = torch.linspace(-2, 4, 61).double(), 20.0
    n = torch.tensor([[5.0], [20.0], [70.0]]).double()
    answer = maximum_likelihood(n, lambda s: torch.exp(1.5 * s)[:, None], grid, seconds)
    torch.testing.assert_close(answer, (n[:, 0] / seconds).log() / 1.5, atol=1e-6, rtol=0)
    rates = torch.rand(4, 3).double() * 30 + 1
    counts = torch.tensor([[3.0, 0.0, 12.0]]).double()
    expected = poisson.logpmf(counts.numpy(), 0.5 * rates.numpy()).sum(1)
    found = log_likelihood(counts, rates, 0.5)[0]
    torch.testing.assert_close(found - found[0], torch.from_numpy(expected - expected[0]))


def test_population_vector_is_the_likeliest_for_cosine_exponents():
    """There the log-likelihood is sum_j n_j kappa cos(s - c_j), up to a constant."""
    preferred, tuning = curves(24, VonMisesParams(kappa=1.0, base=0.0))
    n = counts(torch.rand(200).double() * 2 * math.pi, tuning, 0.3)
    both = population_vector(n, preferred), maximum_likelihood(n, tuning, GRID, 0.3, 12)
    assert error(*both) < 1e-6


def test_population_vector_wastes_what_narrow_curves_tell():
    params = VonMisesParams(kappa=20.0)
    preferred, tuning = curves(32, params)
    s = torch.rand(2000).double() * 2 * math.pi
    n = counts(s, tuning, 1.0)
    bound = cramer_rao(s, tuning, 1.0).square().mean().sqrt().item()
    assert error(maximum_likelihood(n, tuning, GRID, 1.0), s) < 1.1 * bound
    assert error(population_vector(n, preferred), s) > 1.5 * bound


def test_bad_counts_and_curves_are_refused_by_name():
    preferred, tuning = curves(8, VonMisesParams())
    good = torch.ones(3, 8).double()
    with pytest.raises(ValueError, match=r"n: counts \(B, N\) as floats .* got torch.int64"):
        population_vector(good.long(), preferred)
    with pytest.raises(ValueError, match=r"n: counts .* with 24 that are not"):
        maximum_likelihood(-good, tuning, GRID, 1.0)
    with pytest.raises(ValueError, match=r"preferred: shape \(8,\) is needed, got \(7,\)"):
        population_vector(good, preferred[:7])
    with pytest.raises(ValueError, match=r"tuning: rates above 0 .* with 1440 not above 0"):
        maximum_likelihood(good, lambda s: 0 * tuning(s), GRID, 1.0)
