"""How long a mark should last: the closed forms against marks and rewards drawn by chance."""

import math

import numpy as np
import pytest

from neurolab.hebbian import EligibilityParams, EligibilityState, best_tau_c, signal_to_noise
from neurolab.hebbian import eligibility_step as step
from neurolab.hebbian.distal_reward import DistalReward, distal_start, distal_steps

DT, DELAY, NU = 20.0, 600.0, 0.002  # ms, ms, chance marks in a ms
LATE = round(DELAY / DT)


def chance_marks(rng, shape):
    """Of size 1 and either sign, ``NU`` in a ms."""
    return rng.poisson(NU * DT / 2, shape) - 1.0 * rng.poisson(NU * DT / 2, shape)


def test_the_trace_stands_out_most_when_it_lasts_twice_the_delay():
    """c at the time of the reward: what the rewarded mark left, over the deviation by chance."""
    rng, found = np.random.default_rng(0), {}
    marks = chance_marks(rng, (1200, 8000))  # the last one DT before the reward
    for tau in [DELAY * factor for factor in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)]:
        params, lone = EligibilityParams(tau_c=tau), EligibilityState(0.0, 0.0)
        others = lone
        for t, mark in enumerate(marks):
            _, lone = step(1.0 * (t == len(marks) - LATE), 0.0, lone, params, DT)
            _, others = step(mark, 0.0, others, params, DT)
        found[tau] = lone.c / others.c.std()
        want = signal_to_noise(DELAY, NU, EligibilityParams(tau, 0.0))
        assert found[tau] == pytest.approx(want, rel=0.05)
    assert max(found, key=found.get) == 2 * DELAY == best_tau_c(DELAY, 0.0)


@pytest.mark.parametrize("tau_d", [100.0, 900.0])
@pytest.mark.parametrize("tau_c", [300.0, 1200.0, 4000.0])
def test_change_over_its_deviation_after_one_reward(tau_c, tau_d):
    """Chance marks before and after the reward count, by tau_c and by tau_d."""
    rng, params = np.random.default_rng(1), EligibilityParams(tau_c, tau_d)
    before, after = round(5 * tau_c / DT), round(6 * tau_d / DT)
    state = lone = EligibilityState(0.0, 0.0)
    by_chance = by_mark = 0.0
    for t in range(-max(before, LATE), after):
        mark, reward = chance_marks(rng, 20_000), 1.0 * (t == 0)
        dw, state = step(mark, reward, state, params, DT)
        by_chance = by_chance + dw
        dw, lone = step(1.0 * (t == -LATE), reward, lone, params, DT)
        by_mark = by_mark + dw
    found = by_mark / by_chance.std()
    assert found == pytest.approx(signal_to_noise(DELAY, NU, params), rel=0.04)


def test_rewards_that_overlap_add_up_like_independent_ones():
    """n of them, each after its mark, their mean taken off: sqrt(n) times the ratio of one."""
    rng, params, often = np.random.default_rng(2), EligibilityParams(1000.0, 200.0), 0.001
    seconds, trials = 40.0, 4000
    steps, warm = round(1000 * seconds / DT), round(8000 / DT)
    happy = rng.poisson(often * DT, (warm + steps, trials)) * 1.0
    state = {kind: EligibilityState(0.0, 0.0) for kind in ("rewarded", "other")}
    total = {"rewarded": 0.0, "other": 0.0}
    for t in range(LATE, warm + steps):
        reward = happy[t - LATE] - often * DT
        chance = chance_marks(rng, trials)
        for kind, mark in (("rewarded", happy[t] + chance), ("other", chance)):
            dw, state[kind] = step(mark, reward, state[kind], params, DT)
            total[kind] = total[kind] + dw * (t >= warm)
    found = (total["rewarded"] - total["other"]).mean() / total["other"].std()
    rewards = often * 1000 * seconds
    assert found == pytest.approx(math.sqrt(rewards) * signal_to_noise(DELAY, NU, params), rel=0.05)


@pytest.mark.parametrize("tau_d", [0.0, 200.0, 5000.0])
@pytest.mark.parametrize("delay", [100.0, 3000.0])
def test_best_tau_c_is_where_the_ratio_is_largest(delay, tau_d):
    tau = np.geomspace(delay / 50, 100 * (delay + tau_d), 200_001)
    ratio = signal_to_noise(delay, 1.0, EligibilityParams(tau, tau_d))
    assert tau[ratio.argmax()] == pytest.approx(best_tau_c(delay, tau_d), rel=1e-3)


def test_at_3_s_a_long_trace_tells_about_five_times_as_much_as_one_of_1_s():
    short, long = (signal_to_noise(3000.0, NU, EligibilityParams(t, 0.0)) for t in (1000.0, 6000.0))
    assert long / short == pytest.approx(math.exp(2.5) / math.sqrt(6))
    assert 4.9 < long / short < 5.1


@pytest.mark.slow
def test_chance_marks_of_the_task_are_as_assumed():
    """Two sides that fire alone: the trace's deviation is sqrt(nu tau_c / 2), nu by the window."""
    found = {}
    for tau_c in (1000.0, 6000.0):
        task = DistalReward(reward=0.0, drive=0.0, learning=1.0, tau_c=tau_c, rate=3.0)
        rng, live, seen = np.random.default_rng(3), distal_start(task, 60), []
        for _ in range(15):
            live = distal_steps(task, live, 400, rng)
            seen.append(live.c)
        found[tau_c] = np.std(seen[6:])
        spikes, dt = task.rate / 1000, 5.0  # in a ms
        late = 1 / (math.exp(2 * dt / 20) - 1)  # of squared exp(-k dt / 20), k from 1
        nu = spikes**2 * dt * (1 + 1.5**2) * late
        assert found[tau_c] == pytest.approx(math.sqrt(nu * tau_c / 2), rel=0.15)
    assert found[6000.0] / found[1000.0] == pytest.approx(math.sqrt(6), rel=0.15)
