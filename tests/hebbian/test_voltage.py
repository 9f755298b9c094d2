"""The voltage-based rule: clamped potentials in closed form, its signs, spikes and frequency."""

import numpy as np
import pytest

from neurolab.hebbian import VoltageParams, VoltageState, voltage_step

P = VoltageParams()
REST = -70.6


def total_change(pre, v, dt, params=P, start=REST):
    """Along the first axis; further axes are experiments side by side."""
    state, total = VoltageState(0.0 * pre[0], start + 0.0 * v[0], start + 0.0 * v[0]), 0.0
    for pre_t, v_t in zip(pre, v, strict=True):
        dw, state = voltage_step(pre_t, v_t, state, params, dt)
        total = total + dw
    return total


CLAMPS = np.array([-90.0, -75.0, -65.0, -55.0, -45.3, -44.0, -43.0, -30.0, 0.0])


@pytest.mark.parametrize("dt", [1.0, 0.25])
def test_a_clamped_neuron_changes_by_the_closed_form(dt):
    """20 pre spikes, each with time to be forgotten; the averages start at the clamp."""
    steps = round(20 * 200 / dt)
    pre = np.zeros((steps, 1))
    pre[:: round(200 / dt)] = 1
    v = np.tile(CLAMPS, (steps, 1))
    found = total_change(pre, v, dt, start=CLAMPS)
    above = np.maximum(CLAMPS - P.theta_minus, 0)
    want = 20 * above * (P.a_ltp * np.maximum(CLAMPS - P.theta_plus, 0) - P.a_ltd)
    np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-12)
    turn = P.theta_plus + P.a_ltd / P.a_ltp
    assert (np.sign(want) == [0, 0, -1, -1, -1, -1, 1, 1, 1]).all()
    assert -44 < turn < -43


def test_signs():
    """Loss needs a pre spike and a depolarised past, gain a pre spike before, and both averages."""

    def one(pre, v, state):
        return voltage_step(pre, v, state, P, 1.0)[0]

    assert one(1.0, -80.0, VoltageState(0.0, -60.0, -60.0)) < 0
    assert one(0.0, -80.0, VoltageState(0.0, -60.0, -60.0)) == 0
    assert one(1.0, -80.0, VoltageState(0.0, -75.0, -60.0)) == 0
    assert one(0.0, 0.0, VoltageState(0.05, -60.0, -60.0)) > 0
    assert one(0.0, 0.0, VoltageState(0.0, -60.0, -60.0)) == 0
    assert one(0.0, -50.0, VoltageState(0.05, -60.0, -60.0)) == 0
    assert one(0.0, 0.0, VoltageState(0.05, -60.0, -75.0)) == 0


def test_traces_are_exact_for_a_held_potential():
    state = VoltageState(0.01, -60.0, -65.0)
    for dt, steps in ((4.0, 1), (1.0, 4), (0.1, 40)):
        now = state
        for _ in range(steps):
            _, now = voltage_step(0.0, -20.0, now, P, dt)
        assert now.x == pytest.approx(0.01 * np.exp(-4 / P.tau_x))
        assert now.minus == pytest.approx(-20 - 40 * np.exp(-4 / P.tau_minus))
        assert now.plus == pytest.approx(-20 - 45 * np.exp(-4 / P.tau_plus))


def test_error_shrinks_with_the_first_order_of_the_step():
    def change(dt):
        t = dt * np.arange(round(100 / dt))
        pre = np.zeros_like(t)
        pre[round(20 / dt)] = 1
        return total_change(pre, -55 + 30 * np.sin(2 * np.pi * t / 50), dt)

    exact = change(0.005)
    errors = [abs(change(dt) - exact) for dt in (0.5, 0.25, 0.125)]
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[0] > 1e-3 * abs(exact)
    np.testing.assert_allclose(order, 1, atol=0.15)


# ---- spikes --------------------------------------------------------------------------------------


def with_spikes(post, width):
    """Potential of a passive membrane (281 pF, 30 nS) at rest: a post spike lasts ``width`` ms at
    33 mV, resets it and starts an after-current of 400 pA that decays with 40 ms."""
    membrane, after = 281 / 30, 40.0
    v, since = np.full(len(post), REST), np.inf
    for k, z in enumerate(post):
        since = 0.0 if z else since + 1
        t = since - width
        if t < 0:
            v[k] = 33.0
        elif np.isfinite(t):
            v[k] += (
                400 / 30 * after / (after - membrane) * (np.exp(-t / after) - np.exp(-t / membrane))
            )
    return v


def pairing(delay, frequency, pairs=75, width=1):
    first = 50 + 1000 / frequency * np.arange(pairs)
    pre, post = np.zeros((2, round(first[-1] + 300)))
    pre[np.round(first).astype(int)] = post[np.round(first + delay).astype(int)] = 1
    return float(total_change(pre.tolist(), with_spikes(post, width).tolist(), 1.0))


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 2])
def test_change_rises_with_the_frequency_of_the_pairs(width):
    """As in visual cortex: post spikes 10 ms late strengthen, the more so the faster; 10 ms early
    they weaken at 1 to 20 Hz and strengthen at 40 and 50 Hz."""
    late = [pairing(10, f, width=width) for f in (1, 10, 20, 40, 50)]
    early = [pairing(-10, f, width=width) for f in (1, 10, 20, 40, 50)]
    assert (np.diff(late) > 0).all()
    assert late[-1] > 0.05
    assert all(change < -0.05 for change in early[:3])
    assert all(change > 0 for change in early[3:])


def test_window_at_20_hz_has_the_signs_of_stdp():
    after = [pairing(delay, 20, width=2) for delay in (2, 5, 10, 15)]
    before = [pairing(-delay, 20, width=2) for delay in (8, 10, 15)]
    assert min(after) > 0 > max(before)
    assert (np.diff(after) < 0).all()
