"""Rates and latencies against what their docstrings derive; all steps on floats and arrays."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from neurolab.coding import poisson, regular, spikes_at
from neurolab.coding.burst import BurstParams, burst_time
from neurolab.coding.delta import DeltaParams, delta_step
from neurolab.coding.latency import (
    LinearLatencyParams,
    LogLatencyParams,
    RCLatencyParams,
    linear_latency,
    linear_time,
    linear_value,
    log_latency,
    log_time,
    log_value,
    rc_latency,
    rc_time,
    rc_value,
    reconstruct,
)
from neurolab.coding.phase import PhaseParams, phase_time
from neurolab.coding.population import (
    GaussianParams,
    VonMisesParams,
    gaussian_rate,
    von_mises_rate,
)
from neurolab.coding.rate import RateParams, poisson_step, rate_value, regular_step
from neurolab.coding.spikes import first_times


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


# ---- trains and times ----------------------------------------------------------------------------


def test_times_to_trains_and_back():
    times = torch.rand(4, 6).double() * 30
    times[0, 0] = math.inf
    for dt in (0.1, 0.5, 1.0):
        z = spikes_at(times, round(30 / dt), dt)
        back = first_times(z, dt)
        assert back[0, 0] == math.inf and z.sum() == 23
        assert (back - times).flatten()[1:].abs().max() <= dt / 2 + 1e-9


def test_a_border_belongs_to_the_later_step_and_the_end_is_outside():
    for dtype in (torch.float32, torch.float64):
        times = torch.arange(10, dtype=dtype)[None] * 0.1
        z = spikes_at(times, 10, 0.1)
        assert torch.equal(z[:, 0], torch.eye(10, dtype=dtype))
        assert spikes_at(times + 1.0, 10, 0.1).sum() == 0
        assert spikes_at(times - 1.01, 10, 0.1).sum() == 0


# ---- rate ----------------------------------------------------------------------------------------


def test_poisson_counts_are_binomial():
    """The whole distribution by chi-square, mean and Fano factor by their standard errors."""
    params, p, steps = RateParams(rate=100.0), 0.06, 50
    n = poisson(torch.full((1, 20_000), 0.6), steps, chance(), params).sum(0)[0].numpy()
    k = np.arange(12)
    pmf = np.array([math.comb(steps, j) * p**j * (1 - p) ** (steps - j) for j in k])
    seen = np.array([*(np.sum(n == j) for j in k[:-1]), np.sum(n >= 11)])
    expected = np.array([*pmf[:-1], 1 - pmf[:-1].sum()]) * len(n)
    assert chisquare(seen, expected).pvalue > 0.01
    assert n.mean() == pytest.approx(steps * p, abs=4 * math.sqrt(3 / len(n)))
    assert n.var() / n.mean() == pytest.approx(1 - p, abs=4 * math.sqrt(2 / len(n)))


def test_regular_counts_are_within_one_of_their_mean_and_gaps_within_one_step():
    x = torch.rand(1, 300).double()
    z = regular(x, 400, RateParams(rate=150.0), dt=2.0)
    assert (z.sum(0) - x * 150 * 0.8).abs().max() < 1
    for train, value in zip(z[:, 0].T, x[0], strict=True):
        gaps = train.nonzero()[:, 0].diff()
        mean = 1 / (value * 0.3)
        assert ((gaps >= mean.floor() - 1e-9) & (gaps <= mean.ceil() + 1e-9)).all()


def test_error_of_a_rate_falls_as_the_root_by_chance_and_as_the_length_by_the_clock():
    x = torch.rand(1, 1500).double()
    error = {}
    for steps in (200, 3200):
        for name, z in (("chance", poisson(x, steps, chance())), ("clock", regular(x, steps))):
            error[name, steps] = (rate_value(z) - x).square().mean().sqrt()
    assert error["chance", 200] / error["chance", 3200] == pytest.approx(4, rel=0.05)
    assert error["clock", 200] / error["clock", 3200] == pytest.approx(16, rel=0.05)


def test_more_than_one_spike_a_step_is_refused():
    for encode in (lambda *a: poisson(a[0], a[1], chance(), *a[2:]), regular):
        with pytest.raises(ValueError, match=r"rate: at most one spike .* 500 / s, got 501"):
            encode(torch.rand(1, 1), 5, RateParams(rate=501.0), 2.0)
    assert regular(torch.ones(1, 1), 5, RateParams(rate=500.0), 2.0).sum() == 5


# ---- latency -------------------------------------------------------------------------------------

LATENCIES = [
    (linear_latency, linear_time, linear_value, LinearLatencyParams(first=5.0, last=45.0)),
    (rc_latency, rc_time, rc_value, RCLatencyParams(tau=15.0, threshold=0.2)),
    (log_latency, log_time, log_value, LogLatencyParams(tau=10.0, threshold=0.02)),
]


@pytest.mark.parametrize(("encode", "time", "value", "params"), LATENCIES)
def test_latency_is_undone_by_its_inverse(encode, time, value, params):
    x = torch.linspace(0.21, 1, 200).double()[None]
    torch.testing.assert_close(value(time(x, params), params), x)
    assert (time(x, params).diff() < 0).all()
    silent = torch.tensor([0.0, params.threshold], dtype=torch.float64)
    assert (time(silent, params) == math.inf).all()
    assert (value(time(silent, params), params) == 0).all()


@pytest.mark.parametrize(("encode", "time", "value", "params"), LATENCIES)
def test_what_a_step_of_time_costs(encode, time, value, params):
    """Half a step times the slope of the inverse; so the error falls with the step."""
    x = torch.linspace(0.25, 0.95, 300).double()[None]
    for dt in (1.0, 0.25):
        back = reconstruct(encode(x, round(80 / dt), params, dt), value, params, dt)
        t = time(x, params)
        slope = (value(t + 1e-6, params) - value(t - 1e-6, params)).abs() / 2e-6
        steeper = (value(t - dt / 2, params) - value(t + dt / 2, params)).abs() / dt
        assert ((back - x).abs() <= dt / 2 * 1.35 * torch.maximum(slope, steeper) + 1e-9).all()
        assert (back - x).abs().max() > dt / 8 * slope.min(), "nothing lost, nothing tested"


def test_rc_is_the_first_spike_of_a_leaky_integrator():
    """Euler's method with a small step on tau dv/dt = -v + x until v passes the threshold."""
    params, dt = RCLatencyParams(tau=12.0, threshold=0.3), 1e-3
    for x in (0.35, 0.5, 0.9):
        v, t = 0.0, 0.0
        while v <= params.threshold:
            v, t = v + dt / params.tau * (x - v), t + dt
        assert rc_time(x, params) == pytest.approx(t, abs=0.01)


def test_contrast_shifts_log_latencies_together_and_no_others():
    x, c = torch.tensor([0.3, 0.6, 0.9]).double(), 0.5
    shift = log_time(c * x, LogLatencyParams(tau=7.0)) - log_time(x, LogLatencyParams(tau=7.0))
    torch.testing.assert_close(shift, torch.full_like(x, 7 * math.log(2)))
    for time, params in ((linear_time, LinearLatencyParams()), (rc_time, RCLatencyParams())):
        assert (time(c * x, params) - time(x, params)).std() > 1


# ---- floats, arrays, tensors ---------------------------------------------------------------------

ELEMENTWISE = {
    "poisson": lambda a, b: poisson_step(a, b, RateParams(), 5.0),
    "regular": lambda a, b: sum(regular_step(a, b, RateParams(), 5.0)),
    "linear": lambda a, b: linear_time(a, LinearLatencyParams(threshold=0.3)),
    "linear_value": lambda a, b: linear_value(60 * a, LinearLatencyParams()),
    "rc": lambda a, b: rc_time(a, RCLatencyParams()),
    "rc_value": lambda a, b: rc_value(60 * a, RCLatencyParams()),
    "log": lambda a, b: log_time(a, LogLatencyParams()),
    "log_value": lambda a, b: log_value(60 * a, LogLatencyParams()),
    "phase": lambda a, b: phase_time(a, PhaseParams()),
    "burst": lambda a, b: burst_time(a, 2.0, BurstParams()),
    "delta": lambda a, b: sum(delta_step(a, b, DeltaParams())),
    "gaussian": lambda a, b: gaussian_rate(a, b, GaussianParams()),
    "von_mises": lambda a, b: von_mises_rate(a, b, VonMisesParams()),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_floats_arrays_and_tensors_agree(name):
    rows = np.random.default_rng(0).random((200, 2))
    rows[:3, 0] = 0.0, 0.1, 1.0
    floats = np.array([ELEMENTWISE[name](float(a), float(b)) for a, b in rows])
    arrays = ELEMENTWISE[name](*rows.T)
    tensors = ELEMENTWISE[name](*torch.from_numpy(rows.T.copy())).numpy()
    np.testing.assert_allclose(arrays, floats, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(tensors, floats, rtol=1e-12, atol=1e-15)
    assert len(np.unique(floats)) > 1
