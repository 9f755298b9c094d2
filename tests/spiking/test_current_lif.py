"""The current-based neuron against the closed form of its postsynaptic potential."""

import numpy as np
import pytest
from scipy.special import exprel as reference

from neurolab.spiking import CurrentLIFParams, CurrentLIFState, current_lif_step
from neurolab.spiking.exprel import exprel


def potential(params, dt, steps, weight=1.0):
    state, path = CurrentLIFState(0.0, 0.0, -1.0), []
    for k in range(steps):
        _, state = current_lif_step(weight if k == 0 else 0.0, state, params, dt)
        path.append(state.v)
    return np.array(path)


@pytest.mark.parametrize("tau_syn", [0.5, 5.0, 19.999999, 20.00001, 80.0])
@pytest.mark.parametrize("dt", [0.1, 1.0, 7.0])
def test_postsynaptic_potential_is_the_closed_form_at_any_step(tau_syn, dt):
    t = dt * np.arange(1, 31)
    want = 0.9 * tau_syn * np.exp(-t / 20) * -np.expm1(t / 20 - t / tau_syn) / (20 - tau_syn)
    found = potential(CurrentLIFParams(20.0, tau_syn), dt, 30, weight=0.9)
    np.testing.assert_allclose(found, want, rtol=3e-8 if abs(tau_syn - 20) < 1e-3 else 1e-11)
    assert found.max() > 0.01


def test_equal_time_constants_give_the_alpha_function():
    t = 0.5 * np.arange(1, 201)
    found = potential(CurrentLIFParams(20.0, 20.0), 0.5, 200)
    np.testing.assert_allclose(found, t / 20 * np.exp(-t / 20), rtol=1e-12)


def test_peak_comes_when_the_formula_says():
    found = potential(CurrentLIFParams(20.0, 5.0), 0.01, 4000)
    peak = np.log(20 / 5) * 20 * 5 / (20 - 5)
    assert 0.01 * (1 + found.argmax()) == pytest.approx(peak, abs=0.01)


def test_inputs_add_up_below_threshold():
    rng, params = np.random.default_rng(0), CurrentLIFParams()
    x = 0.05 * rng.normal(size=200)
    state, path = CurrentLIFState(0.0, 0.0, -1.0), []
    for x_t in x:
        _, state = current_lif_step(x_t, state, params, 1.0)
        path.append(state.v)
    kernel = potential(params, 1.0, 200)
    np.testing.assert_allclose(path, np.convolve(x, kernel)[:200], atol=1e-13)


def test_fires_when_the_potential_passes_one_and_keeps_the_rest():
    params = CurrentLIFParams(20.0, 5.0)
    free = 32 * potential(params, 1.0, 30, weight=0.5)
    state, fired = CurrentLIFState(0.0, 0.0, -1.0), []
    for k in range(30):
        z, state = current_lif_step(16.0 if k == 0 else 0.0, state, params, 1.0)
        fired.append(z)
        assert state.u > 0 if z else state.u <= 0
    first = int(np.argmax(free > 1))
    assert fired.index(1.0) == first
    decays = np.exp(-(29 - np.flatnonzero(fired)) / 20)
    assert state.v == pytest.approx(free[-1] - decays.sum(), abs=1e-12)


def test_exprel_has_no_hole():
    x = np.concatenate([[0.0, 0.01, -0.01, 0.00999, -0.0100001], np.linspace(-30, 30, 401)])
    x = np.concatenate([x, 10.0 ** np.arange(-300.0, 1.0, 5)])
    np.testing.assert_allclose(exprel(x), reference(x), rtol=1e-13)
    np.testing.assert_allclose([exprel(v) for v in x.tolist()], reference(x), rtol=1e-13)
