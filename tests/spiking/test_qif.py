"""The quadratic neuron against its closed forms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import QIFParams, QIFState, qif_start, qif_step

P = QIFParams(tau=10.0)


def spike_times(current, duration, dt, params=P):
    current = np.asarray(current)
    state, train = QIFState(0 * current, 0 * current - 1), []
    for _ in range(round(duration / dt)):
        z, state = qif_step(current, state, params, dt)
        train.append(z)
    return [dt * (1 + np.flatnonzero(z)) for z in np.array(train).T]


def period(i, p=P):
    root = np.sqrt(i - 0.25)
    turn = np.arctan((p.peak - 0.5) / root) - np.arctan((p.reset - 0.5) / root)
    return p.tau / root * turn


@pytest.mark.parametrize("dt", [0.1, 0.7, 3.0])
def test_period_is_the_closed_form_rounded_up_to_the_grid(dt):
    current = np.linspace(0.5, 4.0, 41)
    for i, times in zip(current, spike_times(current, 200.0, dt), strict=True):
        assert len(times) > 2
        np.testing.assert_allclose(np.diff(times), dt * np.ceil(period(i) / dt))


def test_a_far_peak_gives_the_root_law():
    far = QIFParams(tau=10.0, peak=1e6, reset=-1e6)
    current = np.array([0.5, 1.0, 2.0])
    measured = [np.diff(t).mean() for t in spike_times(current, 200.0, 0.05, far)]
    np.testing.assert_allclose(measured, np.pi * 10 / np.sqrt(current - 0.25), rtol=0.01)


@pytest.mark.parametrize("current", [-200.0, -3.0, 0.0, 0.2, 0.25, 0.26, 1.0])
def test_is_exact_below_the_peak_at_any_step(current):
    def slope(t, v):
        return (v * (v - 1) + current) / 10

    end = solve_ivp(slope, (0, 6), [-2.0], rtol=1e-11, atol=1e-12, method="LSODA").y[0, -1]
    for steps in (1, 2, 30):
        state = QIFState(-2.0, -1.0)
        for _ in range(steps):
            z, state = qif_step(current, state, P, 6 / steps)
            assert z == 0
        assert state.v == pytest.approx(end, rel=1e-7)


def test_fires_above_a_quarter_and_from_above_one():
    assert [len(t) > 0 for t in spike_times([0.2, 0.249, 0.251], 2000.0, 2.0)] == [0, 0, 1]
    for v, fires in ((0.999, False), (1.001, True)):
        state, count = qif_start(P)._replace(v=v), 0
        for _ in range(300):
            z, state = qif_step(0.0, state, P, 1.0)
            count += z
        assert bool(count) == fires


def test_a_step_that_passes_infinity_is_a_spike():
    for dt in (0.5, 2.0, 9.0):
        z, state = qif_step(1.0, QIFState(9.9, -0.1), P, dt)
        assert (z, state.v) == (1, P.reset)
    z, state = qif_step(1e9, QIFState(0.0, -1.0), P, 1.0)
    assert z == 1 and np.isfinite(state).all()
