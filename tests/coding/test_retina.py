"""The ganglion cell against a renewal process, a plain convolution, and Poisson."""

import math

import numpy as np
import pytest
import torch

from neurolab.coding.retina import (
    GanglionParams,
    fano_factor,
    free_rate,
    ganglion,
    ganglion_step,
    jittered,
    kernel,
)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_rest_makes_intervals_of_known_mean_and_spread():
    """A rest of 12 steps, then a geometric wait: both moments in closed form on the grid."""
    params, dt, steps = GanglionParams(absolute=3.0, relative=1e-9), 0.25, 2000
    for rate in (100.0, 300.0):
        z = ganglion(torch.full((steps, 1), rate), 2000, chance(), params, dt)
        p = 1 - math.exp(-rate * dt / 1000)
        mean, variance = 12 * dt + dt / p, dt**2 * (1 - p) / p**2
        n = z.sum(0)
        assert mean == pytest.approx(3 + 1000 / rate, rel=0.03), "the docstring's, without a grid"
        assert variance / mean**2 == pytest.approx((1 + rate * 0.003) ** -2, rel=0.05)
        assert n.mean().item() == pytest.approx(steps * dt / mean, rel=0.01)
        assert fano_factor(n) == pytest.approx(variance / mean**2, rel=0.1)
        assert z[:, 0, 0].nonzero()[:, 0].diff().min() > 12


def test_without_a_rest_the_cell_is_poisson():
    params = GanglionParams(absolute=0.0, relative=1e-9)
    n = ganglion(torch.full((1000, 1), 80.0), 2000, chance(), params, 0.25).sum(0)
    assert n.mean().item() == pytest.approx(20, rel=0.02)
    assert fano_factor(n) == pytest.approx(1, abs=0.08)


def test_recovery_is_gradual():
    """Chance of a spike at each time since the last, read from where the draw begins to fire."""
    params, dt = GanglionParams(absolute=2.0, relative=4.0), 0.5
    for since, recovery in ((1.0, 0.0), (2.0, 0.0), (6.0, 1 - math.exp(-1)), (1e6, 1.0)):
        p = 1 - math.exp(-200 * recovery * dt / 1000)
        assert ganglion_step(200.0, since, p + 1e-9, params, dt) == (0.0, since + dt)
        if p > 0:
            assert ganglion_step(200.0, since, p - 1e-9, params, dt) == (1.0, dt)


def test_filter_has_its_area_and_the_drive_is_the_convolution():
    params = GanglionParams(undershoot=0.7, threshold=0.03, gain=2.0)
    t = torch.arange(0, 1000, 0.05).double()
    assert float(kernel(t, params).sum() * 0.05) == pytest.approx(1 - 0.7, abs=1e-4)
    light = torch.randn(200, 3, generator=chance()).double()
    h = kernel(torch.arange(200).double(), params).numpy()
    expected = np.stack([np.convolve(light[:, k], h)[:200] for k in range(3)], 1)
    expected = 2 * (expected - 0.03)
    np.testing.assert_allclose(free_rate(light, params, 1.0), expected.clip(0), atol=1e-12)
    assert (expected > 0).any() and (expected < 0).any()


def test_jitter_moves_spikes_by_its_deviation_and_keeps_their_number():
    z = (torch.rand(400, 50, generator=chance()) < 0.1).double()
    still, moved = jittered(z, 0.0, chance(), 0.5), jittered(z, 3.0, chance(), 0.5)
    fired = z > 0
    assert torch.equal(still < math.inf, fired) and torch.equal(moved < math.inf, fired)
    assert torch.equal(still[fired], (fired.nonzero()[:, 0] + 0.5) * 0.5)
    assert (moved - still)[fired].std().item() == pytest.approx(3, rel=0.06)


def test_bad_rates_and_settings_are_refused_by_name():
    with pytest.raises(ValueError, match=r"rate: numbers from 0 .* got \(5,\) with 0"):
        ganglion(torch.ones(5), 2, chance())
    with pytest.raises(ValueError, match=r"rate: .* got \(5, 1\) with 5 that are not"):
        ganglion(torch.full((5, 1), math.nan), 2, chance())
    with pytest.raises(TypeError, match=r"generator: a torch.Generator is needed"):
        ganglion(torch.ones(5, 1), 2, None)
    with pytest.raises(ValueError, match=r"relative: a positive number is needed, got 0.0"):
        GanglionParams(relative=0.0)
    assert ganglion(torch.ones(0, 2), 3, chance()).shape == (0, 2, 3)
