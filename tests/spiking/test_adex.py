"""The exponential neuron against its rheobase, a linear limit and a solver with events."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import AdExParams, AdExState, adex_start, adex_step

P = AdExParams()


def spike_times(current, params, duration, dt):
    state, times = adex_start(params), []
    for k in range(round(duration / dt)):
        z, state = adex_step(current, state, params, dt)
        if z:
            times.append((k + 1) * dt)
    return np.array(times)


def by_events(current, p, count):
    """Spike times by an adaptive solver that finds where v passes the peak."""

    def slope(t, y):
        v, w = y
        sharp = p.g_leak * p.delta_t * np.exp((min(v, 30) - p.v_t) / p.delta_t)
        dv = (-p.g_leak * (v - p.e_leak) + sharp - w + current) / p.capacitance
        return dv, (p.a * (v - p.e_leak) - w) / p.tau_w

    def peak(t, y):
        return y[0] - p.v_peak

    peak.terminal, peak.direction = True, 1
    t, y, times = 0.0, adex_start(p)[:2], []
    while len(times) < count:
        end = solve_ivp(slope, (t, t + 500), y, events=peak, rtol=1e-9, atol=1e-9)
        t = end.t[-1]
        y = (p.v_reset, end.y[1, -1] + p.b)
        times.append(t)
    return np.array(times)


def test_spike_times_converge_with_order_one():
    want = by_events(1000.0, P, 5)
    steps, errors = 0.1 / 2.0 ** np.arange(5), []
    for dt in steps:
        found = spike_times(1000.0, P, want[-1] + 5, dt)[:5]
        errors.append(np.abs(found - want).mean())
    order, _ = np.polyfit(np.log(steps), np.log(errors), 1)
    assert order == pytest.approx(1, abs=0.15)
    assert errors[-1] < 0.1
    assert np.diff(want)[-1] > 1.5 * np.diff(want)[0], "it adapts"


def test_rheobase_without_adaptation_is_the_closed_form():
    plain = replace(P, a=0.0, b=0.0)
    rheobase = P.g_leak * (P.v_t - P.e_leak - P.delta_t)
    assert len(spike_times(0.995 * rheobase, plain, 1500.0, 0.2)) == 0
    assert len(spike_times(1.01 * rheobase, plain, 1500.0, 0.2)) > 3


def test_small_currents_settle_at_i_over_g_leak_plus_a():
    state = adex_start(P)
    rest = state.v
    for _ in range(5000):
        z, state = adex_step(30.0, state, P, 0.5)
        assert z == 0
    assert state.v - rest == pytest.approx(30 / (P.g_leak + P.a), rel=1e-3)
    assert state.w == pytest.approx(P.a * (state.v - P.e_leak), rel=1e-6)


def test_a_spike_resets_v_adds_b_and_cannot_overflow():
    z, state = adex_step(0.0, AdExState(19.9, 10.0, -0.1), P, 1.0)
    w = 10 + 1 / P.tau_w * (P.a * (19.9 - P.e_leak) - 10)
    assert (z, state.v) == (1, P.v_reset)
    assert state.w == pytest.approx(w + P.b)
    z, state = adex_step(0.0, AdExState(1e6, 0.0, 0.0), P, 1.0)
    assert np.isfinite([z, *state]).all()
