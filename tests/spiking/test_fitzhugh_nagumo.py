"""Two variables: where they settle, where they begin to swing, and how the error falls."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import (
    FitzHughNagumoParams,
    FitzHughNagumoState,
    fitzhugh_nagumo_start,
    fitzhugh_nagumo_step,
)

P = FitzHughNagumoParams()


def by_hand(t, y, current):
    v, w = y
    return v - v**3 / 3 - w + current, 0.08 * (v + 0.7 - 0.8 * w)


def spikes(current, duration=600.0, dt=0.1):
    """Of one neuron per current (N,), in the second half of the time, after a kick."""
    current = np.asarray(current)
    start = fitzhugh_nagumo_start(P)
    state, count = FitzHughNagumoState(*(x + 0 * current for x in start)), 0
    for k in range(round(duration / dt)):
        z, state = fitzhugh_nagumo_step(current, state, P, dt)
        count = count + z * (k > duration / dt / 2)
    return count, state


def test_converges_to_the_solution_with_order_two():
    start = fitzhugh_nagumo_start(P)
    exact = solve_ivp(by_hand, (0, 60), start[:2], args=(0.5,), rtol=1e-11, atol=1e-12).y[:, -1]
    errors = []
    for dt in (0.1, 0.05, 0.025):
        state = start
        for _ in range(round(60 / dt)):
            _, state = fitzhugh_nagumo_step(0.5, state, P, dt)
        errors.append(np.abs(np.array(state[:2]) - exact).max())
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 2, atol=0.15)


def test_fires_between_the_two_hopf_points_and_settles_outside():
    """From 1 - r^2 = epsilon b; r = -+ sqrt(0.936) and the rest's equation give the currents."""
    r = np.sqrt(1 - P.epsilon * P.b)
    low, high = ((s * r + P.a) / P.b - s * r + s * r**3 / 3 for s in (-1, 1))
    assert (low, high) == (pytest.approx(0.3313, abs=1e-4), pytest.approx(1.4187, abs=1e-4))
    tried = np.array([low - 0.03, low + 0.02, (low + high) / 2, high - 0.02, high + 0.03])
    count, state = spikes(tried)
    assert ((count > 3) == [False, True, True, True, False]).all(), count
    for k in (0, 4):  # the rest, as a root of a cubic
        roots = np.roots([-1 / 3, 0, 1 - 1 / P.b, tried[k] - P.a / P.b])
        real = roots[abs(roots.imag) < 1e-9].real
        assert state.v[k] == pytest.approx(real[0], abs=1e-3)


def test_rest_is_the_root_of_the_cubic():
    start = fitzhugh_nagumo_start(P)
    roots = np.roots([-1 / 3, 0, 1 - 1 / P.b, -P.a / P.b])
    assert start.v == pytest.approx(roots[abs(roots.imag) < 1e-9].real[0], rel=1e-12)
    np.testing.assert_allclose(by_hand(0, start[:2], 0.0), 0, atol=1e-14)


def test_a_longer_unit_of_time_slows_everything_alike():
    state, slow = fitzhugh_nagumo_start(P), FitzHughNagumoParams(tau=4.0)
    other = state
    for _ in range(1000):
        z, state = fitzhugh_nagumo_step(0.5, state, P, 0.1)
        y, other = fitzhugh_nagumo_step(0.5, other, slow, 0.4)
        assert (z, state.v) == (y, pytest.approx(other.v, rel=1e-9))
