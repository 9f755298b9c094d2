"""What each part of the network that learns digits is for: take it away, and see what is lost."""

from dataclasses import replace

import numpy as np
import pytest

from neurolab.experiments.stdp_digits import PRESETS, images
from neurolab.hebbian.digit_network import DigitNetwork, assign, tally, vote
from neurolab.hebbian.stdp_digits import DigitsParams

pytest.importorskip("numba")

QUICK = PRESETS["quick"]
P = DigitsParams(
    theta_plus=QUICK.theta_plus,
    target=QUICK.target,
    gain=QUICK.gain,
    mean_weight=QUICK.mean_weight,
)
SEEDS, PICTURES = (10, 11, 12), 300


def learned(**changed):
    """A row a seed: accuracy on held-out digits, busiest cell's part of the pictures, alikeness
    (mean cosine of the weights of two cells), mean weight."""
    x, y = (a[:PICTURES].numpy() for a in images("digits", 0))
    new, truth = (a.numpy() for a in images("digits", 1))
    rows = []
    for seed in SEEDS:
        network = DigitNetwork(64, 100, replace(P, **changed), seed)
        won = network.present(x)
        labels = assign(tally(network.present(x, learn=False), y))
        right = (vote(network.present(new, learn=False), labels) == truth).mean()
        most = np.bincount(won.argmax(1)[won.any(1)]).max() / PICTURES
        w = network.weight / np.linalg.norm(network.weight, axis=1, keepdims=True)
        alike = ((w @ w.T).sum() - len(w)) / (len(w) * (len(w) - 1))
        rows.append((right, most, alike, network.weight.mean()))
    return np.array(rows).T


@pytest.fixture(scope="module")
def whole():
    return learned()


@pytest.mark.slow
def test_with_all_parts_the_cells_share_the_pictures(whole):
    right, most, alike, mean = whole
    assert right.mean() > 0.6 and (most < 0.1).all() and (alike < 0.8).all()
    np.testing.assert_allclose(mean, 0.3, rtol=1e-4)


@pytest.mark.slow
def test_without_rising_thresholds_one_cell_wins_most(whole):
    right, most, *_ = learned(theta_plus=0.0)
    assert (most > 0.5).all()
    assert right.mean() < whole[0].mean() - 0.3


@pytest.mark.slow
def test_without_inhibition_all_cells_learn_the_same(whole):
    right, _, alike, _ = learned(inhibition=0.0)
    assert (alike > 0.9).all() and (whole[2] < alike - 0.15).all()
    assert right.mean() < whole[0].mean() - 0.3


@pytest.mark.slow
def test_scaling_is_missed_only_where_nothing_else_shrinks_a_weight(whole):
    """The target shrinks weights of silent inputs, and so keeps the mean by itself, near 0.25."""
    free, unshrunk = learned(keep_mean=False), learned(keep_mean=False, target=0.0)
    assert abs(free[0].mean() - whole[0].mean()) < 0.06
    assert (free[3] > 0.2).all() and (free[3] < 0.3).all()
    assert (unshrunk[3] > 0.4).all()
