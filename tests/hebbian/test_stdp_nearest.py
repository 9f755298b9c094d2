"""Nearest neighbours: the window of one pair, trains by looking, chance in closed form."""

import math

import numpy as np
import pytest

from neurolab.hebbian import STDPParams, STDPState, nearest_stdp_step, stdp_step

UNEQUAL = STDPParams(a_plus=0.02, a_minus=0.013, tau_plus=11.0, tau_minus=27.0)


def total_change(step, pre, post, params, dt):
    state, total = STDPState(0.0, 0.0), 0.0
    for pre_t, post_t in zip(pre, post, strict=True):
        dw, state = step(pre_t, post_t, state, params, dt)
        total += dw
    return total


@pytest.mark.parametrize("dt", [1.0, 0.25])
def test_one_pair_has_the_window_of_the_closed_form(dt):
    p = UNEQUAL
    for delay in range(-60, 61):
        pre, post = np.zeros((2, 130))
        pre[max(0, -delay)] = post[max(0, delay)] = 1
        want = (
            p.a_plus * math.exp(-delay * dt / p.tau_plus)
            if delay > 0
            else -p.a_minus * math.exp(delay * dt / p.tau_minus)
            if delay < 0
            else 0
        )
        found = total_change(nearest_stdp_step, pre.tolist(), post.tolist(), p, dt)
        assert found == pytest.approx(want, rel=1e-12, abs=1e-15)


def by_looking(pre, post, p, dt):
    """Each spike with the last one before it on the other side."""
    pre, post = np.flatnonzero(pre), np.flatnonzero(post)
    total = 0.0
    for t in post:
        if (pre < t).any():
            total += p.a_plus * math.exp(-(t - pre[pre < t].max()) * dt / p.tau_plus)
    for t in pre:
        if (post < t).any():
            total -= p.a_minus * math.exp(-(t - post[post < t].max()) * dt / p.tau_minus)
    return total


@pytest.mark.parametrize("chance", [0.05, 0.3])
def test_trains_change_the_weight_by_the_sum_over_neighbours(chance):
    pre, post = (np.random.default_rng(0).random((2, 1000)) < chance) * 1.0
    assert (pre * post).sum() > 1, "a coincidence belongs into this test"
    want = by_looking(pre, post, UNEQUAL, 0.5)
    found = total_change(nearest_stdp_step, pre.tolist(), post.tolist(), UNEQUAL, 0.5)
    assert found == pytest.approx(want, rel=1e-10)
    all_pairs = total_change(stdp_step, pre.tolist(), post.tolist(), UNEQUAL, 0.5)
    assert abs(found - all_pairs) > 0.01, "the other rule would pass, too"


TURNING = STDPParams(a_plus=0.02, a_minus=0.012, tau_plus=15.0, tau_minus=45.0)


def chance_drift(rate, p):
    """A ms, of independent Poisson trains at ``rate`` (1 / ms)."""
    rise = p.a_plus * p.tau_plus / (1 + rate * p.tau_plus)
    fall = p.a_minus * p.tau_minus / (1 + rate * p.tau_minus)
    return rate**2 * (rise - fall)


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_chance_pairs_drift_as_the_closed_form(rate):
    """3000 synapses side by side; the sign turns between 10 and 100 Hz."""
    dt, steps, rng = 0.2, 4000, np.random.default_rng(0)
    state = STDPState(np.zeros(3000), np.zeros(3000))
    total = np.zeros(3000)
    for t in range(2 * steps):
        pre, post = (rng.random((2, 3000)) < rate * dt) * 1.0
        dw, state = nearest_stdp_step(pre, post, state, TURNING, dt)
        total += dw * (t >= steps)  # after the traces have settled
    found, error = total.mean() / (steps * dt), total.std() / np.sqrt(3000) / (steps * dt)
    want = chance_drift(rate, TURNING)
    assert (want < 0) == (rate == 0.01)
    assert abs(found - want) < 3 * error + 0.02 * abs(want)
    assert abs(want) > 8 * error, "noise would hide the sign"
