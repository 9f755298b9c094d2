"""The action potential: all or none, and against a solver of another kind."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import (
    HodgkinHuxleyParams,
    HodgkinHuxleyState,
    hodgkin_huxley_rates,
    hodgkin_huxley_start,
    hodgkin_huxley_step,
)

P = HodgkinHuxleyParams()
REST = hodgkin_huxley_start(P)


def pulses(amplitude, dt=0.02, duration=15.0, width=1.0):
    """Highest potential of one neuron per pulse (N,), and its number of spikes."""
    amplitude = np.asarray(amplitude)
    state = HodgkinHuxleyState(*(np.full_like(amplitude, x) for x in REST))
    highest, spikes = state.v, 0
    for k in range(round(duration / dt)):
        z, state = hodgkin_huxley_step(amplitude * (k < round(width / dt)), state, P, dt)
        highest, spikes = np.maximum(highest, state.v), spikes + z
    return highest, spikes


def by_hand(t, y, current):
    """The equations as the textbook has them, with the quotients written out."""
    v, m, h, n = y
    a_m = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
    a_n = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10))
    b_m, b_n = 4 * np.exp(-(v + 65) / 18), 0.125 * np.exp(-(v + 65) / 80)
    a_h, b_h = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
    sodium, potassium = 120 * m**3 * h * (v - 50), 36 * n**4 * (v + 77)
    return (
        current - sodium - potassium - 0.3 * (v + 54.387),
        a_m * (1 - m) - b_m * m,
        a_h * (1 - h) - b_h * h,
        a_n * (1 - n) - b_n * n,
    )


def test_a_pulse_makes_a_full_spike_or_none():
    low, high = 5.0, 9.0
    for _ in range(3):
        tried = np.linspace(low, high, 17)
        first = int(np.argmax(pulses(tried)[1] > 0))
        low, high = tried[first - 1], tried[first]
    assert 6.5 < high < 7.5, "uA / cm^2, by a pulse of 1 ms"
    above = pulses(high * np.linspace(1.2, 4, 8))
    height = above[0] - REST.v
    assert (above[1] == 1).all()
    assert np.ptp(height) < 0.1 * height.mean()
    assert height.min() > 100
    below = pulses(low * np.array([0.25, 0.5, 0.75, 0.9, 0.95, 0.98]))
    assert (below[1] == 0).all()
    assert below[0].max() - REST.v < 25


def test_a_larger_steady_current_makes_more_spikes_and_not_larger_ones():
    few, many = pulses([8.0, 20.0], duration=80.0, width=80.0, dt=0.05)[1]
    assert 0 < few < many
    highest, _ = pulses([8.0, 20.0], duration=80.0, width=80.0, dt=0.05)
    assert abs(np.diff(highest)[0]) < 0.1 * (highest.mean() - REST.v)


@pytest.mark.parametrize("duration", [2, 3, 5])
def test_potential_converges_with_order_two_and_gates_with_order_one(duration):
    """In the fall of the spike, and after it."""
    how = {"args": (15.0,), "rtol": 1e-11, "atol": 1e-12}
    exact = solve_ivp(by_hand, (0, duration), REST[:4], **how).y[:, -1]
    errors = []
    for dt in (0.02, 0.01, 0.005):
        state = REST
        for _ in range(round(duration / dt)):
            _, state = hodgkin_huxley_step(15.0, state, P, dt)
        errors.append(np.abs(np.array(state[:4]) - exact))
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(order[:, 0], 2, atol=0.1)
    np.testing.assert_allclose(order[:, 1:], 1, atol=0.2)
    assert errors[0][0] < 0.1, "mV"


def test_rest_is_the_steady_state():
    assert REST.v == pytest.approx(-65, abs=0.01)
    np.testing.assert_allclose(by_hand(0, REST[:4], 0.0), 0, atol=1e-12)
    state = REST
    for _ in range(2000):
        z, state = hodgkin_huxley_step(0.0, state, P, 0.05)
        assert z == 0
    assert state.v == pytest.approx(REST.v, abs=1e-9)


def test_rates_have_no_hole_where_the_quotient_is_nought_by_nought():
    """Limits by de l'Hospital: alpha_m(-40) = 1, alpha_n(-55) = 0.1; near them no lost digits."""
    assert hodgkin_huxley_rates(-40.0)[0] == 1
    assert hodgkin_huxley_rates(-55.0)[4] == pytest.approx(0.1, rel=1e-15)
    for y in (1e-9, -1e-9, 1e-4, -1e-4, 0.02):  # in the exponent
        series = 1 + y / 2 + y**2 / 12 - y**4 / 720
        assert hodgkin_huxley_rates(-40.0 + 10 * y)[0] == pytest.approx(series, rel=1e-11)
        assert hodgkin_huxley_rates(-55.0 + 10 * y)[4] == pytest.approx(0.1 * series, rel=1e-11)


def test_rates_are_those_of_the_paper_turned_around():
    """Hodgkin & Huxley's V is the rest minus the potential."""
    v = np.linspace(-100, 40, 29) + 0.3
    p = -65 - v
    paper = (
        0.1 * (p + 25) / (np.exp((p + 25) / 10) - 1),
        4 * np.exp(p / 18),
        0.07 * np.exp(p / 20),
        1 / (np.exp((p + 30) / 10) + 1),
        0.01 * (p + 10) / (np.exp((p + 10) / 10) - 1),
        0.125 * np.exp(p / 80),
    )
    for got, want in zip(hodgkin_huxley_rates(v), paper, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-11)
