"""Patterns of equal counts: a tempotron tells them apart, a reader of counts does not."""

import math

import pytest
import torch

from neurolab.coding.patterns import pattern, pattern_trials
from neurolab.coding.tempotron import (
    TempotronParams,
    fit_tempotron,
    largest,
    potentials,
    tempotron_step,
)

LENGTH, AFFERENTS = 100.0, 50


def chance(seed):
    return torch.Generator().manual_seed(seed)


def session(seed, train=500, test=1500, each=2):
    generator = chance(seed)
    two = [pattern(AFFERENTS, each, LENGTH, generator) for _ in range(2)]

    def draw(trials):
        z = [pattern_trials(p, trials, LENGTH, generator).float() for p in two]
        return torch.cat(z, 1), torch.arange(2 * trials) < trials

    w = 0.05 * torch.randn(AFFERENTS, generator=generator)
    return draw(train), draw(test), w


def rate_reader(train, test):
    """Least squares on the counts, with a constant."""
    x = [torch.cat([z.sum(0), torch.ones(z.shape[1], 1)], 1) for z, _ in (train, test)]
    w = torch.linalg.lstsq(x[0], train[1][:, None].float() * 2 - 1).solution[:, 0]
    return ((x[1] @ w > 0) == test[1]).double().mean().item()


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tempotron_reads_what_no_count_tells(seed):
    """S03c: at least 98 % against 50 +- 3 %, on trials that neither has seen."""
    train, test, w = session(seed)
    w = fit_tempotron(potentials(train[0]), train[1], w)
    v, _ = largest(potentials(test[0]), w)
    assert ((v > 1) == test[1]).double().mean().item() >= 0.98
    assert rate_reader(train, test) == pytest.approx(0.5, abs=0.03)


def test_the_reader_of_counts_reads_counts_where_they_differ():
    """Else its failure above would say nothing."""
    (z, yes), test, _ = session(0, test=300)
    z = z + 0
    extra = torch.poisson(torch.full(z.shape, 0.01), generator=chance(5))
    more = (z + extra * yes[:, None].float(), yes)
    other = torch.poisson(torch.full(test[0].shape, 0.01), generator=chance(6))
    assert rate_reader(more, (test[0] + other * test[1][:, None].float(), test[1])) > 0.9


def test_counts_are_equal_whatever_the_jitter():
    for jitter in (0.0, 1.0, 40.0):
        times = pattern(7, 3, 50.0, chance(0))
        z = pattern_trials(times, 20, 50.0, chance(1), jitter, rate=0.0, dt=0.5)
        assert z.shape == (100, 20, 7) and (z.sum(0) == 3).all()
    exact = pattern_trials(torch.tensor([[2.2, 50.0]]), 1, 50.0, chance(1), 0.0, 0.0, 0.5)
    assert exact.nonzero().tolist() == [[0, 0, 1], [4, 0, 0]]
    noisy = pattern_trials(times, 4000, 50.0, chance(1), 1.0, rate=20.0)
    assert noisy.sum(0).mean().item() == pytest.approx(4, rel=0.01)
    assert noisy.sum(0).var().item() == pytest.approx(1, rel=0.05)


def test_potential_of_a_spike_is_the_kernel():
    """Against the formula, with its largest value found by search."""
    params, dt = TempotronParams(tau=10.0, tau_s=3.0), 0.1
    z = torch.zeros(600, 1, 2).double()
    z[20, 0, 0] = z[50, 0, 1] = z[300, 0, 1] = 1
    t = torch.arange(600).double() * dt

    def k(s):
        shape = torch.exp(-s / 10) - torch.exp(-s / 3)
        peak = torch.linspace(0, 30, 300_001).double()
        return torch.where(s >= 0, shape / (torch.exp(-peak / 10) - torch.exp(-peak / 3)).max(), 0)

    g = potentials(z, params, dt)
    torch.testing.assert_close(g[:, 0, 0], k(t - 2.0), atol=1e-9, rtol=0)
    torch.testing.assert_close(g[:, 0, 1], k(t - 5.0) + k(t - 30.0), atol=1e-9, rtol=0)
    assert g[:, 0, 0].max().item() == pytest.approx(1, abs=1e-3)
    assert potentials(z[:0], params).shape == (0, 1, 2)


def test_change_is_the_gradient_of_the_distance_from_the_threshold():
    g = potentials((torch.rand(60, 30, 8) < 0.05).double())
    w = (0.3 * torch.randn(8).double()).requires_grad_()
    yes = torch.rand(30) < 0.5
    v = (g @ w).amax(0)
    wrong = torch.where(yes & (v <= 1), 1.0, torch.where(~yes & (v > 1), -1.0, 0.0))
    assert (wrong > 0).any() and (wrong < 0).any() and (wrong == 0).any()
    (wrong * (v - 1)).mean().backward()
    torch.testing.assert_close(tempotron_step(g, w.detach(), yes, 0.3), 0.3 * w.grad)


def test_bad_settings_are_refused_by_name():
    times = pattern(3, 1, 50.0, chance(0))
    with pytest.raises(ValueError, match=r"times: 0 to length = 20.0 ms is needed"):
        pattern_trials(times + 30, 2, 20.0, chance(0))
    with pytest.raises(ValueError, match=r"jitter: a number from 0 is needed, got -1.0"):
        pattern_trials(times, 2, 50.0, chance(0), jitter=-1.0)
    with pytest.raises(ValueError, match=r"tau: more than tau_s = 15.0 is needed, got 15.0"):
        TempotronParams(tau_s=15.0)
    with pytest.raises(ValueError, match=r"length: a positive number is needed, got nan"):
        pattern(3, 1, math.nan, chance(0))
