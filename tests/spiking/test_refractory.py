"""Held after a spike: the period grows by t_ref and by nothing else."""

import math

import numpy as np
import pytest
import torch

from neurolab.spiking import (
    ALIFParams,
    ALIFState,
    LIFParams,
    LIFState,
    RefractoryALIFParams,
    RefractoryALIFState,
    RefractoryLIFParams,
    RefractoryLIFState,
    alif_step,
    lif_step,
    refractory_alif_start,
    refractory_alif_step,
    refractory_lif_start,
    refractory_lif_step,
)


def spike_times(current, params, duration, dt):
    state, times = refractory_lif_start(params), []
    for k in range(round(duration / dt)):
        z, state = refractory_lif_step(current, state, params, dt)
        if z:
            times.append((k + 1) * dt)
    return np.array(times)


@pytest.mark.parametrize("t_ref", [0.0, 2.0, 7.5])
@pytest.mark.parametrize("current", [1.3, 2.0, 4.0])
def test_period_is_the_closed_form(t_ref, current):
    """Longer by dt / (2 i), as for LIF."""
    dt = 0.05
    gaps = np.diff(spike_times(current, RefractoryLIFParams(20.0, t_ref), 500.0, dt))
    assert len(gaps) > 9
    want = t_ref + 20 * math.log(current / (current - 1))
    assert gaps.mean() == pytest.approx(want, abs=dt)


def test_rate_is_never_above_one_over_t_ref():
    gaps = np.diff(spike_times(1e6, RefractoryLIFParams(20.0, 5.0), 100.0, 0.5))
    np.testing.assert_allclose(gaps, 5.5)  # ten held steps, then the step of the spike


def test_times_that_are_no_multiple_of_the_step_are_rounded():
    for t_ref, steps in ((0.4, 0), (0.6, 1), (1.4, 1), (2.6, 3)):
        gaps = np.diff(spike_times(1e6, RefractoryLIFParams(20.0, t_ref), 40.0, 1.0))
        np.testing.assert_allclose(gaps, steps + 1)


def test_without_refractory_time_it_is_lif_and_alif():
    rng, count = np.random.default_rng(0), 0
    held, plain = RefractoryLIFState(0.0, 0.0, -1.0), LIFState(0.0, -1.0)
    held_a, plain_a = RefractoryALIFState(0.0, 0.0, 0.0, -1.0), ALIFState(0.0, 0.0, -1.0)
    for i in rng.uniform(0, 6, 400):
        z, held = refractory_lif_step(i, held, RefractoryLIFParams(20.0, 0.0), 1.0)
        y, plain = lif_step(i, plain, LIFParams(20.0), 1.0)
        assert (z, held.v, held.u) == (y, plain.v, plain.u)
        z, held_a = refractory_alif_step(i, held_a, RefractoryALIFParams(t_ref=0.0), 1.0)
        x, plain_a = alif_step(i, plain_a, ALIFParams(), 1.0)
        assert (z, held_a.v, held_a.u) == (x, plain_a.v, plain_a.u)
        assert held_a.a == pytest.approx(plain_a.a)
        count += y + x
    assert count > 40


def test_a_held_neuron_ignores_its_input_and_the_threshold_goes_on_falling():
    params, state = RefractoryALIFParams(t_ref=4.0), refractory_alif_start(RefractoryALIFParams())
    z, state = refractory_alif_step(30.0, state, params, 1.0)
    assert z == 1
    for k in range(1, 5):
        v = state.v
        z, state = refractory_alif_step(1e3 * k, state, params, 1.0)
        assert (z, state.v) == (0, v)
        assert state.a == pytest.approx(math.exp(-k / params.tau_a))
    z, state = refractory_alif_step(1e3, state, params, 1.0)
    assert z == 1


def test_no_gradient_passes_while_held():
    params = RefractoryLIFParams(20.0, 3.0)
    x = torch.full((6,), 40.0, dtype=torch.float64, requires_grad=True)
    state, spikes = RefractoryLIFState(x.new_zeros(()), x.new_zeros(()), x.new_zeros(()) - 1), []
    for x_t in x.unbind():
        z, state = refractory_lif_step(x_t, state, params, 1.0)
        spikes.append(z)
    assert torch.stack(spikes).tolist() == [1, 0, 0, 0, 1, 0]
    (gradient,) = torch.autograd.grad(spikes[4], x, retain_graph=True)
    assert (gradient[1:4] == 0).all()
    assert gradient[4] > 0 and gradient[0] > 0
    (gradient,) = torch.autograd.grad(sum(spikes[1:4]) + 0 * x.sum(), x)
    assert (gradient == 0).all()
