"""The adaptive neuron against its period, and against the theory of slow adaptation."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq, curve_fit

from neurolab.core import Triangular, maximum
from neurolab.spiking import ALIFParams, ALIFState, LIFParams, LIFState, alif_step, lif_step

P = ALIFParams(tau=5.0, tau_a=400.0, beta=0.01)  # slow: the theory errs by a share beta


def spike_times(current, duration, dt, params=P, settled=None):
    """One neuron per current (N,), from rest or settled at other currents."""
    current = np.asarray(current, dtype=float)
    a = 0 * current
    if settled is not None:
        e = np.exp(-np.array([period(i, params) for i in settled]) / params.tau_a)
        a = 1 / (1 - e)
    state, train = ALIFState(params.beta * maximum(a - 1, 0.0), a, 0 * current - 1), []
    for _ in range(round(duration / dt)):
        z, state = alif_step(current, state, params, dt)
        train.append(z)
    return [dt * (1 + np.flatnonzero(z)) for z in np.array(train).T]


def period(i, p=P):
    """The equation of the docstring."""

    def miss(t):
        e = np.exp(-t / p.tau_a)
        return (i - p.beta * e / (1 - e)) * (1 - np.exp(-t / p.tau)) - 1

    return brentq(miss, 0.01, 5000)


def lif_rate(i):
    return 1 / (P.tau * np.log(i / (i - 1)))


def lif_slope(i):
    return lif_rate(i) ** 2 * P.tau / (i * (i - 1))


def factor(i):
    """1 + beta tau_a g' where adaptation has settled, and g' there."""
    gain = P.beta * P.tau_a
    rate = brentq(lambda f: lif_rate(i - gain * f) - f, 1e-6, (i - 1.0001) / gain)
    slope = lif_slope(i - gain * rate)
    return 1 + gain * slope, slope


@pytest.mark.parametrize("params", [P, ALIFParams()], ids=["slow", "default"])
def test_adapted_period_solves_its_equation(params):
    current = np.array([1.5, 2.0, 3.0, 5.0, 8.0])
    trains = spike_times(current, 1500.0, 0.05, params)
    measured = [np.diff(t[t > 1000]).mean() for t in trains]
    np.testing.assert_allclose(measured, [period(i, params) for i in current], rtol=0.01)
    unadapted = params.tau * np.log(current / (current - 1))
    assert (np.array(measured) > 1.3 * unadapted).all(), "nothing adapts, nothing is tested"


def test_adapted_slope_is_that_of_the_theory_within_three_percent():
    centre = np.array([3.0, 5.0, 7.0])
    current = np.concatenate([centre - 0.5, centre + 0.5])
    trains = spike_times(current, 1000.0, 0.05, settled=current)
    rate = np.array([1 / np.diff(t[t > 300]).mean() for t in trains])
    theory = np.array([factor(i)[1] / factor(i)[0] for i in centre])
    np.testing.assert_allclose(rate[3:] - rate[:3], theory, rtol=0.03)
    assert (theory < 0.6 * lif_slope(centre)).all()


def test_time_constant_is_that_of_the_theory_within_three_percent():
    """A small step of the current; the rate between spikes falls back exponentially."""
    before, after = np.array([4.0, 6.0, 8.0]), np.array([4.6, 6.8, 9.0])
    trains = spike_times(after, 1000.0, 0.02, settled=before)
    for i, times in zip(after, trains, strict=True):
        rate, middle = 1 / np.diff(times), (times[1:] + times[:-1]) / 2

        def fall(t, steady, more, tau):
            return steady + more * np.exp(-t / tau)

        (steady, more, tau), _ = curve_fit(fall, middle, rate, (rate[-1], 0.05, 100.0))
        assert tau == pytest.approx(P.tau_a / factor(i)[0], rel=0.03), i
        assert more > 0.05 * steady


def test_without_adaptation_it_is_lif():
    rng, still = np.random.default_rng(0), ALIFParams(tau=20.0, beta=0.0)
    plain, state = LIFState(0.0, -1.0), ALIFState(0.0, 0.0, -1.0)
    count = 0
    for i in rng.uniform(0, 6, 500):
        z, state = alif_step(i, state, still, 1.0)
        z_plain, plain = lif_step(i, plain, LIFParams(20.0), 1.0)
        assert z == z_plain
        assert (state.v, state.u) == (plain.v, plain.u)
        count += z
    assert count > 20


def test_the_gradient_sees_the_threshold_rise_and_not_the_reset():
    """Two steps by hand: dz2/dv0 = psi2 (decay^2 - beta psi1 decay)."""
    psi, dt = Triangular(), 1.0
    decay = np.exp(-dt / P.tau)
    v = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
    state = ALIFState(v, 0 * v.detach(), v - 1)
    z1, one = alif_step(4.0, state, P, dt, psi)
    z2, two = alif_step(7.0, one, P, dt, psi)
    assert (z1.item(), z2.item()) == (1, 1)
    (got,) = torch.autograd.grad(z2, v)
    p1, p2 = psi.derivative(one.u.detach()), psi.derivative(two.u.detach())
    assert p1 > 0 and p2 > 0
    torch.testing.assert_close(got, p2 * (decay**2 - P.beta * p1 * decay))
