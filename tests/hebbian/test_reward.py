"""Three factors: delays and order in closed form, independence of dt, the covariance rule."""

import math

import numpy as np
import pytest

from neurolab.hebbian import (
    EligibilityParams,
    EligibilityState,
    RSTDPParams,
    RSTDPState,
    STDPParams,
    STDPState,
    eligibility_step,
    rstdp_step,
    stdp_step,
)

TIMES = EligibilityParams(tau_c=800.0, tau_d=150.0)
BOTH = 800 * 150 / 950


def total_change(marks, rewards, dt, params=TIMES):
    state, total = EligibilityState(0.0, 0.0), 0.0
    for mark, reward in zip(marks, rewards, strict=True):
        dw, state = eligibility_step(mark, reward, state, params, dt)
        total = total + dw
    return total


def pulse(at, size, steps):
    x = [0.0] * steps
    x[at] = size
    return x


@pytest.mark.parametrize("dt", [1.0, 0.5, 10.0])
@pytest.mark.parametrize("delay", [0.0, 100.0, 500.0, 1000.0, 3000.0])
def test_a_late_reward_finds_what_is_left_of_the_mark(delay, dt):
    steps, late = round(9000 / dt), round(delay / dt)
    mark, first = pulse(0, 0.02, steps), pulse(0, 0.5, steps)
    found = total_change(mark, pulse(late, 0.5, steps), dt)
    assert found == pytest.approx(0.02 * 0.5 * BOTH * math.exp(-delay / 800), rel=1e-4)
    at_once = total_change(mark, first, dt)
    assert found / at_once == pytest.approx(math.exp(-delay / TIMES.tau_c), rel=1e-4)


def test_an_early_reward_counts_by_what_is_left_of_the_dopamine():
    found = total_change(pulse(300, 0.02, 9000), pulse(0, 0.5, 9000), 1.0)
    assert found == pytest.approx(0.02 * 0.5 * BOTH * math.exp(-300 / 150), rel=1e-9)


def test_many_marks_and_rewards_add_up_pair_by_pair():
    rng = np.random.default_rng(0)
    marks = np.where(rng.random(400) < 0.1, rng.normal(size=400), 0)
    rewards = np.where(rng.random(400) < 0.05, rng.normal(size=400), 0)
    tail = [0.0] * 9000
    found = total_change([*marks, *tail], [*rewards, *tail], 1.0)
    want = 0.0
    for s in np.flatnonzero(marks):
        for t in np.flatnonzero(rewards):
            tau = TIMES.tau_c if t >= s else TIMES.tau_d
            want += marks[s] * rewards[t] * BOTH * math.exp(-abs(t - s) / tau)
    assert found == pytest.approx(want, rel=1e-4)


def test_no_reward_no_change_and_a_negative_one_turns_the_sign():
    assert total_change(pulse(0, 0.02, 50), [0.0] * 50, 1.0) == 0
    up, down = (total_change(pulse(0, 0.02, 50), pulse(9, r, 50), 1.0) for r in (0.5, -0.5))
    assert up == -down > 0


def test_rstdp_is_the_pair_rule_under_the_third_factor():
    rng = np.random.default_rng(0)
    pre, post = (rng.random((2, 600)) < 0.1) * 1.0
    reward = (rng.random(600) < 0.02) * 0.5
    p = RSTDPParams(0.02, 0.013, 11.0, 27.0, 300.0, 90.0)
    pair, state = STDPState(0.0, 0.0), RSTDPState(0.0, 0.0, 0.0, 0.0)
    marks, found = [], []
    for x in zip(pre.tolist(), post.tolist(), reward.tolist(), strict=True):
        mark, pair = stdp_step(x[0], x[1], pair, STDPParams(0.02, 0.013, 11.0, 27.0), 1.0)
        marks.append(mark)
        dw, state = rstdp_step(*x, state, p, 1.0)
        found.append(dw)
    # c and d as sums over the past, by convolution
    t = np.arange(600)
    c = np.convolve(marks, np.exp(-t / 300))[:600]
    d = np.convolve(reward, np.exp(-t / 90))[:600]
    both = 300 * 90 / 390
    np.testing.assert_allclose(found, c * d * both * (1 - math.exp(-1 / both)), atol=1e-15)
    assert np.abs(found).sum() > 0.01


@pytest.mark.parametrize("tie", [0.0, 0.5, -0.8])
@pytest.mark.parametrize("baseline", [0.0, 0.7])
def test_mean_change_is_the_covariance_of_reward_and_mark(tie, baseline):
    """Trials side by side: T (<R><m> + cov(R, m)); a mean reward lets the mark's mean through."""
    rng, trials = np.random.default_rng(0), 200_000
    mark = 0.3 + rng.normal(size=trials)
    reward = baseline + tie * (mark - 0.3) + rng.normal(size=trials)
    params = EligibilityParams(50.0, 20.0)
    marks, rewards = np.zeros((2, 300, trials // 50, 50))  # 50 independent estimates
    marks[0], rewards[0] = mark.reshape(-1, 50), reward.reshape(-1, 50)
    state, total = EligibilityState(0.0, 0.0), 0.0
    for m, r in zip((marks[0], 0.0), (rewards[0], 0.0), strict=True):
        dw, state = eligibility_step(m, r, state, params, 500.0)
        total = total + dw
    both = 1000 / 70
    found, error = total.mean() / both, total.mean(0).std() / np.sqrt(50) / both
    assert abs(found - (baseline * 0.3 + tie)) < 4 * error
    assert error < 0.01
