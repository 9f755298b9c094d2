"""Learning to learn: the readers beside the network, and that learning happens within an episode.

Settings were chosen on seed 10 and up.
"""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.experiments import Refused
from neurolab.experiments import learning_to_learn as l2l

SMALL = replace(l2l.PRESETS["quick"], seed=20)


def test_least_squares_find_a_function_that_is_linear_in_the_logit():
    seen = l2l.episodes(SMALL, 40, 0)
    slopes = torch.tensor([[1.0, -2.0]])
    made = seen._replace(y=torch.sigmoid((seen.point * slopes).sum(-1) + 0.3))
    found = l2l.by_least_squares(made, ridge=1e-6)
    assert (found[5:] - made.y[5:]).abs().max() < 1e-2
    assert (found[:2] - made.y[:2]).abs().mean() > 0.05, "two answers do not fix three numbers"


def test_the_mean_of_the_family_is_near_one_half_everywhere():
    """The signs of the last weights are fair."""
    seen = l2l.episodes(SMALL, 40, 0)
    assert (l2l.of_the_family(SMALL, seen) - 0.5).abs().max() < 0.05


def test_the_misled_hear_their_own_points_and_the_answers_of_others():
    seen = l2l.episodes(SMALL, 6, 0)
    wrong, third = l2l.misled(seen), 5
    assert torch.equal(wrong[..., : 2 * third], seen.x[..., : 2 * third])
    assert torch.equal(wrong[:, 1:, 2 * third :], seen.x[:, :-1, 2 * third :])


def test_wrong_settings_are_refused():
    with pytest.raises(Refused, match="samples"):
        l2l.Config(samples=5)


@pytest.mark.slow
def test_errors_fall_within_an_episode_and_only_with_the_right_answers():
    made = experiments.run("learning-to-learn", "quick", seeds=1, seed=20, iterations=150)
    found = {name: m["mean"] for name, m in made["metrics"].items()}
    assert found["error_last"] < 0.75 * found["error_at_1"]
    assert found["error_misled_last"] > 1.5 * found["error_last"]
    assert found["error_last"] < 0.75 * found["error_mean"]
