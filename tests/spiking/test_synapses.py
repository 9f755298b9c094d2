"""Kernels of the synapses against closed forms: area, peak, order of the error."""

import functools
import math

import numpy as np
import pytest

from neurolab.core.random import seeded, uniform
from neurolab.spiking import (
    SYNAPSES,
    AlphaParams,
    ExponentialParams,
    NMDAParams,
    magnesium_block,
)


def exponential(t, p):
    return np.exp(-t / p.tau)


def alpha(t, p):
    return t / p.tau * np.exp(1 - t / p.tau)


@functools.cache
def largest(p):
    """Of the difference of two exponentials, by looking, not by the formula."""
    fine = np.linspace(0, 2 * p.tau_decay, 1_000_001)
    return (np.exp(-fine / p.tau_decay) - np.exp(-fine / p.tau_rise)).max()


def nmda(t, p):
    return (np.exp(-t / p.tau_decay) - np.exp(-t / p.tau_rise)) / largest(p)


KERNELS = {  # name: closed form, parameters
    "exponential": (exponential, ExponentialParams(tau=7.0)),
    "alpha": (alpha, AlphaParams(tau=7.0)),
    "nmda": (nmda, NMDAParams(tau_rise=3.0, tau_decay=60.0)),
}
KERNEL = pytest.mark.parametrize("name", KERNELS)


def response(name, spikes, params, dt):
    """The output (T,) to spikes (T,), from rest."""
    row, out = SYNAPSES[name], []
    state = row.start
    for x in spikes:
        g, state = row.step(x, state, params, dt)
        out.append(g)
    return np.array(out)


def one_spike(steps):
    return [1.0] + [0.0] * (steps - 1)


@KERNEL
@pytest.mark.parametrize("dt", [0.1, 1.0, 4.0])
def test_a_spike_gives_the_kernel_at_any_step(name, dt):
    kernel, p = KERNELS[name]
    steps = round(100 / dt)
    found = response(name, one_spike(steps), p, dt)
    # 1e-9: the NMDA oracle takes its height from a grid.
    np.testing.assert_allclose(found, kernel(dt * np.arange(steps), p), rtol=1e-9, atol=1e-12)


@KERNEL
def test_a_train_is_the_sum_of_its_kernels(name):
    kernel, p = KERNELS[name]
    rng = np.random.default_rng(0)
    spikes = (rng.random(400) < 0.1) * 1.0
    t = 0.5 * np.arange(400)
    want = sum(np.where(t >= s, kernel(np.maximum(t - s, 0), p), 0) for s in t[spikes == 1])
    assert spikes.sum() > 20
    np.testing.assert_allclose(response(name, spikes.tolist(), p, 0.5), want, rtol=1e-9, atol=1e-9)


def nmda_height(p):
    ratio = p.tau_decay / p.tau_rise
    peak = p.tau_decay / (ratio - 1) * math.log(ratio)
    return peak, math.exp(-peak / p.tau_decay) - math.exp(-peak / p.tau_rise)


@pytest.mark.parametrize("tau", [2.0, 7.0])
def test_peak_and_area_of_the_alpha_synapse(tau):
    dt = 0.01
    g = response("alpha", one_spike(round(30 * tau / dt)), AlphaParams(tau), dt)
    assert g.argmax() * dt == pytest.approx(tau)
    assert g.max() == pytest.approx(1, abs=1e-12)
    assert g.sum() * dt == pytest.approx(math.e * tau, rel=1e-5)


@pytest.mark.parametrize("p", [NMDAParams(), NMDAParams(3.0, 60.0), NMDAParams(9.0, 10.0)])
def test_peak_and_area_of_the_nmda_synapse(p):
    dt = 0.02
    g = response("nmda", one_spike(round(15 * p.tau_decay / dt)), p, dt)
    peak, height = nmda_height(p)
    assert g.argmax() * dt == pytest.approx(peak, abs=dt)
    assert g.max() == pytest.approx(1, abs=1e-5)
    assert g.sum() * dt == pytest.approx((p.tau_decay - p.tau_rise) / height, rel=1e-4)


def test_area_on_the_grid_errs_by_the_predicted_term():
    """Exponential: + dt / 2, first order. Alpha: - e dt^2 / (12 tau), second order."""
    tau = 7.0
    for dt in (1.0, 0.5, 0.25):
        steps = round(40 * tau / dt)
        e = response("exponential", one_spike(steps), ExponentialParams(tau), dt).sum() * dt - tau
        a = response("alpha", one_spike(steps), AlphaParams(tau), dt).sum() * dt - math.e * tau
        assert e / (dt / 2) == pytest.approx(1, abs=0.03)
        assert a / (-math.e * dt**2 / (12 * tau)) == pytest.approx(1, abs=0.01)


@KERNEL
def test_rounding_spikes_to_the_grid_is_a_first_order_error(name):
    """Spikes between grid points count late, by half a step on average."""
    kernel, p = KERNELS[name]
    s, times = seeded(1), []
    for _ in range(400):
        u, s = uniform(s)
        times.append(200 * u)
    exact = sum(kernel(np.array([300.0 - t]), p)[0] for t in times)
    errors = []
    for dt in (2.0, 1.0, 0.5):
        spikes = np.zeros(round(300 / dt) + 1)
        np.add.at(spikes, np.ceil(np.array(times) / dt).astype(int), 1.0)
        errors.append(abs(response(name, spikes.tolist(), p, dt)[-1] / exact - 1))
    order = np.polyfit(np.log([2.0, 1.0, 0.5]), np.log(errors), 1)[0]
    assert errors[0] > 1e-3
    assert order == pytest.approx(1, abs=0.2)


# ---- magnesium -----------------------------------------------------------------------------------


def test_block_at_known_voltages():
    assert magnesium_block(0.0) == pytest.approx(3.57 / 4.57)
    assert magnesium_block(-60.0) == pytest.approx(1 / (1 + math.exp(3.72) / 3.57))
    assert magnesium_block(-60.0) == pytest.approx(0.0796, abs=1e-4)
    assert magnesium_block(40.0) == pytest.approx(0.977, abs=1e-3)


@pytest.mark.parametrize("magnesium", [0.1, 1.0, 4.0])
def test_half_is_blocked_where_the_formula_says(magnesium):
    assert magnesium_block(math.log(magnesium / 3.57) / 0.062, magnesium) == pytest.approx(0.5)


def test_block_opens_with_voltage_and_closes_with_magnesium():
    v = np.linspace(-100, 60, 161)
    assert (np.diff(magnesium_block(v)) > 0).all()
    assert (magnesium_block(v, 2.0) < magnesium_block(v, 1.0)).all()
    assert (magnesium_block(v, 0.0) == 1).all()
    odds = np.log(magnesium_block(v) / (1 - magnesium_block(v)))  # a straight line in v
    np.testing.assert_allclose(np.diff(odds), 0.062, rtol=1e-9)


def test_current_through_nmda_rises_with_depolarisation():
    """The region of negative slope: B(v) (0 - v) has its largest inward current near -30 mV."""
    v = np.linspace(-90, 0, 901)
    inward = magnesium_block(v) * (0 - v)
    largest = v[inward.argmax()]
    # There 1 / v = -B' / B = -0.062 (1 - B)
    assert 1 / largest == pytest.approx(-0.062 * (1 - magnesium_block(largest)), rel=0.01)
    assert -40 < largest < -20
