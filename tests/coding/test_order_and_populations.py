"""Order, phase, bursts, moves and populations against what their docstrings derive."""

import math
from itertools import permutations

import numpy as np
import pytest
import torch
from scipy.special import i0

from neurolab.coding import burst, delta, phase
from neurolab.coding import population as encode_population
from neurolab.coding.burst import BurstParams, burst_value
from neurolab.coding.delta import DeltaParams, delta_value
from neurolab.coding.phase import PhaseParams, mean_phase, phase_value
from neurolab.coding.population import (
    GaussianParams,
    PopulationParams,
    VonMisesParams,
    gaussian_rate,
    on_circle,
    on_line,
    von_mises_rate,
)
from neurolab.coding.rank_order import RankOrderParams, rank_order, rank_readers, ranks, train_ranks
from neurolab.coding.spikes import first_times


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


# ---- rank order ----------------------------------------------------------------------------------


def test_ranks_are_those_of_sorting_and_ties_go_by_number():
    x = torch.tensor([[0.2, 0.9, 0.0, 0.5, 0.9]]).double()
    z = rank_order(x, 12, RankOrderParams(gap=2.0))
    assert first_times(z, 1.0)[0].tolist() == [6.5, 0.5, math.inf, 4.5, 2.5]
    assert train_ranks(z)[0].tolist() == [3, 0, math.inf, 2, 1]
    x = torch.rand(20, 30).double()
    expected = np.argsort(np.argsort(-x.numpy(), axis=1), axis=1)
    assert (train_ranks(rank_order(x, 30)).numpy() == expected).all()


def test_growing_functions_leave_the_order():
    x = torch.rand(4, 20).double()
    for bend in (torch.sqrt, lambda v: v**3, lambda v: 0.1 + 0.2 * v):
        assert torch.equal(rank_order(bend(x), 20), rank_order(x, 20))
    assert not torch.equal(rank_order(1 - x, 20), rank_order(x, 20))


def test_a_reader_answers_most_to_its_own_order_among_all():
    w = torch.rand(1, 6).double()
    orders = torch.tensor(list(permutations(range(6)))).double()
    assert len(torch.unique(orders, dim=0)) == math.factorial(6)
    answers = rank_readers(orders, w, m=0.8)[:, 0]
    assert torch.equal(orders[answers.argmax()], ranks(-w)[0])
    assert (answers.sort().values.diff()[-1:] > 0).all()
    heard = rank_readers(torch.tensor([[1.0, math.inf]]), torch.tensor([[3.0, 5.0]]), 0.25)
    assert heard.item() == 0.75
    with pytest.raises(ValueError, match=r"m: a number between 0 and 1 is needed, got 1.0"):
        rank_readers(orders, w, m=1.0)


# ---- phase ---------------------------------------------------------------------------------------


def test_phase_is_one_spike_a_cycle_and_is_read_back():
    x, params = torch.linspace(0.01, 1, 100).double()[None], PhaseParams(period=100.0, range=0.8)
    z = phase(x, 500, params)
    assert (z.view(5, 100, 1, 100).sum(1) == 1).all()
    assert (phase_value(z, params) - x).abs().max() <= 0.5 / 80 + 2e-6
    assert phase_value(phase(torch.zeros(1, 2), 50)).tolist() == [[0, 0]]
    gap = torch.eye(100).double()[:, None, [85, 95]]  # a spike where no value fires
    assert phase_value(gap, params).tolist() == [[0, 1]]


def test_mean_phase_meets_the_closed_form_under_jitter():
    """Gaussian angles of deviation s: resultant exp(-s^2 / 2); the mean of K angles deviates by
    sqrt((1 - exp(-2 s^2)) / 2) / (exp(-s^2 / 2) sqrt(K)), to first order in 1 / K."""
    s, period = 0.6, 100.0
    for cycles in (25, 400):
        noise = torch.randn(cycles, 2000, 1, generator=chance()).double() * s
        times = (noise + 2.0) * period / (2 * math.pi) + period * torch.arange(cycles).view(
            -1, 1, 1
        )
        deviation = (mean_phase(times, period) - 2.0).square().mean().sqrt()
        spread = math.sqrt((1 - math.exp(-2 * s * s)) / 2) / math.exp(-s * s / 2)
        assert deviation == pytest.approx(spread / math.sqrt(cycles), rel=0.06)


# ---- burst ---------------------------------------------------------------------------------------


def test_burst_has_its_number_and_its_gaps():
    params = BurstParams(most=5, fast=2.0, slow=10.0)
    x = torch.tensor([[0.0, 0.1, 0.2, 0.5, 0.75, 1.0]], dtype=torch.float64)
    z = burst(x, 200, params, dt=0.5)
    assert z.sum(0)[0].tolist() == [0, 1, 1, 3, 4, 5]
    assert (z[:, 0, 3].nonzero()[:, 0] * 0.5).tolist() == [0, 6, 12]
    assert (z[:, 0, 5].nonzero()[:, 0] * 0.5).tolist() == [0, 2, 4, 6, 8]
    with pytest.raises(ValueError, match=r"dt: at most fast = 2.0 ms is needed, got 2.5"):
        burst(x, 9, params, dt=2.5)


def test_gaps_tell_more_than_the_count():
    params, x = BurstParams(), torch.linspace(0.001, 1, 1000).double()[None]
    z = burst(x, 400, params, dt=0.1)
    error = (burst_value(z, params, dt=0.1) - x).abs()
    several = z.sum(0) > 1
    assert error[several].max() <= 0.1 / 8 + 1e-9
    assert error[~several].max() <= 0.1 + 1e-9
    assert ((z.sum(0) - 0.5) / 5 - x).abs()[several].max() > 0.09, "by the count alone"


# ---- delta ---------------------------------------------------------------------------------------


def test_the_receiver_stays_within_the_threshold():
    params = DeltaParams(threshold=0.05)
    steps = (torch.rand(2000, 3, 4, generator=chance()).double() - 0.5) * 0.1
    x = steps.cumsum(0)
    x = (x - x.amin(0)) / (x.amax(0) - x.amin(0)).clamp(min=1)
    assert x.diff(dim=0).abs().max() <= 0.05
    z = delta(x, params)
    error = (delta_value(z, x[0], params) - x).abs().max()
    assert 0.045 < error < 0.05 + 1e-9
    assert z.abs().mean() < 0.5


def test_spikes_count_the_height_and_not_the_time():
    params = DeltaParams(threshold=1 / 16)
    for steps in (100, 1000):
        ramp = torch.linspace(0.25, 0.875, steps).double()[:, None, None]
        assert delta(ramp, params).sum() == 10
        assert delta(1 - ramp, params).sum() == -10
    assert delta(torch.full((50, 1, 1), 0.3), params).sum() == 0


def test_a_jump_is_followed_one_threshold_a_step():
    jump = torch.tensor([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]).double()[:, None, None]
    z = delta(jump, DeltaParams(threshold=0.25))
    assert z.flatten().tolist() == [0, 1, 1, 1, 1, 0, 0]


# ---- population ----------------------------------------------------------------------------------


def test_sharp_von_mises_is_a_gaussian():
    s = torch.linspace(-0.1, 0.1, 50).double()
    circle = von_mises_rate(s + 1, 1.0, VonMisesParams(kappa=400.0, peak=30.0, base=3.0))
    line = gaussian_rate(s, 0.0, GaussianParams(width=1 / 20, peak=30.0, base=3.0))
    torch.testing.assert_close(circle, line, rtol=2e-3, atol=0.01)
    assert circle.max() == pytest.approx(33, rel=1e-3)


def test_the_total_of_even_cells_does_not_tell_the_value():
    params = VonMisesParams(kappa=3.0, peak=40.0, base=5.0)
    s, like = torch.linspace(-4, 9, 37).double(), torch.zeros(1).double()
    total = von_mises_rate(s[:, None], on_circle(32, like), params).mean(1)
    expected = 5 + 40 * math.exp(-3) * i0(3)
    torch.testing.assert_close(total, torch.full_like(total, expected))
    inside = torch.linspace(0.35, 0.65, 20).double()
    total = gaussian_rate(inside[:, None], on_line(21, like), GaussianParams(width=0.1)).sum(1)
    expected = 21 * 2 + 100 * 0.1 * math.sqrt(2 * math.pi) * 20
    torch.testing.assert_close(total, torch.full_like(total, expected), rtol=2e-3, atol=0)


def test_population_spikes_have_the_rates_of_the_curves():
    x, params = torch.tensor([[0.2, 0.7]]).double(), PopulationParams(cells=6)
    z = encode_population(x, 40_000, chance(), params, dt=1.0)
    centres = torch.linspace(0, 1, 6).double()
    rates = 2 + 100 * torch.exp(-((x[0, :, None] - centres) ** 2) / (2 * 0.15**2))
    seen = z.mean(0).view(2, 6) * 1000
    assert ((seen - rates).abs() < 4.5 * (rates / 40).sqrt()).all()
