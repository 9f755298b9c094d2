"""Distal reward: the synapse that earns a late reward wins over the 99 others."""

import numpy as np
import pytest

from neurolab.hebbian.distal_reward import DistalReward, distal_reward, wins


def test_the_same_seed_gives_the_same_weights_within_the_bounds():
    task = DistalReward(seconds=20.0, learning=0.01)
    a, b, other = (distal_reward(task, 3, first_seed=seed) for seed in (5, 5, 6))
    assert a.shape == (3, 10, 10)
    assert np.array_equal(a, b) and not np.array_equal(a, other)
    assert a.min() >= 0 and a.max() <= 1 and a.std() > 0


def test_nothing_is_learned_without_dopamine():
    task = DistalReward(seconds=20.0, reward=0.0)
    assert (distal_reward(task, 2) == task.start).all()


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
