"""Distal reward: the synapse that earns a late reward wins over the 99 others."""

import numpy as np
import pytest

from neurolab.hebbian.distal_reward import (
    DT,
    DistalReward,
    distal_reward,
    distal_start,
    distal_steps,
    wins,
)


def test_the_same_seed_gives_the_same_weights_within_the_bounds():
    task = DistalReward(seconds=20.0, learning=0.01)
    a, b, other = (distal_reward(task, 3, first_seed=seed) for seed in (5, 5, 6))
    assert a.shape == (3, 10, 10)
    assert np.array_equal(a, b) and not np.array_equal(a, other)
    assert a.min() >= 0 and a.max() <= 1 and a.std() > 0


def test_nothing_is_learned_without_dopamine():
    task = DistalReward(seconds=20.0, reward=0.0)
    assert (distal_reward(task, 2) == task.start).all()


@pytest.mark.parametrize("delay", [(1.0, 3.0), (0.5, 0.5), (0.0, 0.0)])
def test_a_run_cut_in_pieces_is_the_same_run(delay):
    task = DistalReward(seconds=20.0, delay=delay, learning=0.01)
    chance, live = np.random.default_rng(5), distal_start(task, 3)
    for steps in (1, 999, 0, 3000):
        before = [np.copy(x) for x in live]
        after = distal_steps(task, live, steps, chance)
        assert all(np.array_equal(x, y) for x, y in zip(before, live, strict=True))
        live = after
    assert live.step == task.steps == 20_000 / DT
    assert np.array_equal(live.w, distal_reward(task, 3, first_seed=5))


@pytest.mark.parametrize("delay", [(0.0, 0.0), (1.5, 1.5), (0.5, 2.0)])
def test_dopamine_follows_the_pair_after_the_delay(delay):
    """Every spike over a weight of 1 drives its target and earns; tau_d far below a step."""
    task = DistalReward(delay=delay, drive=1.0, start=1.0, learning=0.0, tau_d=0.5, memory=1e9)
    chance, live, fired, came = np.random.default_rng(0), distal_start(task, 1), [], []
    for _ in range(6000):
        live = distal_steps(task, live, 1, chance)
        fired.append(live.pre[0, 0, 0] == 1)
        came.append(live.d[0, 0, 0] > 1e-6)
    fired, came = np.flatnonzero(fired), np.flatnonzero(came)
    low, high = (round(1000 * d / DT) for d in delay)
    ended = fired[fired + 1 + high < 6000]
    assert len(ended) > 10
    later = came - ended[:, None]  # in steps; the target fires one step after
    assert ((later >= 1 + low) & (later <= 1 + high)).any(1).all()
    before = came[:, None] - fired
    assert ((before >= low) & (before <= high + task.window / DT)).any(1).all()


@pytest.mark.parametrize("delay", [(3.0, 1.0), (-1.0, 2.0), (1.0, float("nan")), (1.0,)])
def test_a_delay_that_is_none_is_refused(delay):
    with pytest.raises(ValueError, match="delay must be"):
        DistalReward(delay=delay)


def test_winning_is_being_the_largest_and_large():
    w = np.full((3, 10, 10), 0.1)
    w[0, 0, 0] = 0.9  # wins
    w[1, 0, 0], w[1, 3, 4] = 0.9, 0.95  # another is larger
    w[2, 0, 0] = 0.3  # largest, but small
    assert wins(w).tolist() == [True, False, False]


@pytest.mark.slow
def test_the_rewarded_synapse_wins_at_delays_of_1_to_3_s():
    """Other seeds than those with which the speed of learning was chosen (there 10 of 10)."""
    task = DistalReward()
    w = distal_reward(task, 8, first_seed=100)
    assert wins(w).mean() >= 0.75
    others = w.reshape(8, -1)[:, 1:]
    assert others.mean() < 0.3 < 0.8 < w[:, 0, 0].mean()
