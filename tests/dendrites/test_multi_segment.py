"""Neurons with many segments: what they store is known, and false matches are the formula's."""

import math
from fractions import Fraction
from math import comb

import pytest
import torch

from neurolab.dendrites import (
    MultiSegmentNeuron,
    capacity,
    log_neuron_match,
    log_union_match,
    patterns_of,
    subsets,
)


def filled(n, a, s, theta, patterns, segments, seed, most=1):
    chance = torch.Generator().manual_seed(seed)
    neuron = MultiSegmentNeuron(n, segments, s, theta, most)
    x = patterns_of(subsets(patterns, a, n, chance), n)
    turns = [neuron.store(one, chance) for one in x]
    return neuron, x, turns, patterns_of(subsets(2000, a, n, chance), n)


def test_knows_every_stored_pattern_by_its_own_segment():
    neuron, x, turns, other = filled(500, 20, 12, 12, 90, 30, seed=0, most=3)
    assert turns == [k % 30 for k in range(90)]
    assert neuron(x).tolist() == [1.0] * 90
    overlaps = neuron.overlaps(x)
    assert all(overlaps[i, k] >= 12 for i, k in enumerate(turns))
    assert neuron(other.view(20, 100, 500)).shape == (20, 100)
    assert not neuron(torch.zeros(4, 500)).any()


def test_two_patterns_share_the_synapses_on_cells_of_both():
    neuron = MultiSegmentNeuron(6, 1, 3, 1, patterns=2)
    x = torch.tensor([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0]])
    for one in x:
        neuron.store(one)
    assert neuron.connected.sum() == 4
    assert neuron.overlaps(torch.ones(6)).tolist() == [4]


def test_half_of_two_patterns_of_one_segment_is_taken_for_one_of_them():
    """Each half meets 8 of 16 synapses on average; 10 are enough, and strangers have 1 in 10^6."""
    neuron, x, _, other = filled(1000, 50, 16, 10, 2, 1, seed=4, most=2)
    chance, taken = torch.Generator().manual_seed(5), 0
    for _ in range(300):
        mixed = torch.zeros(1000, dtype=torch.bool)
        for one in x:
            cells = one.nonzero()[:, 0]
            mixed[cells[torch.randperm(50, generator=chance)[:25]]] = True
        taken += int(neuron(mixed))
    assert taken > 285 and not neuron(other).any()


def test_goes_on_from_what_was_saved():
    neuron, x, _, _ = filled(500, 20, 12, 12, 31, 30, seed=0, most=2)
    other = MultiSegmentNeuron(500, 30, 12, 12, 2)
    other.load_state_dict(neuron.state_dict())
    assert other.store(x[0]) == 1 and other(x).all() and other.stored == 32


@pytest.mark.parametrize("theta, patterns, segments, most", [(4, 30, 30, 1), (7, 50, 12, 5)])
def test_false_matches_are_those_of_the_formula(theta, patterns, segments, most):
    """Five neurons meet 2,000 random patterns each; the error is mostly that between neurons."""
    n, a, s = 400, 20, 10
    found = []
    for seed in range(5):
        neuron, _, _, other = filled(n, a, s, theta, patterns, segments, seed, most)
        found.append(neuron(other).mean().item())
    p = math.exp(log_neuron_match(theta, n, a, s, patterns, segments))
    assert sum(found) / 5 == pytest.approx(p, abs=4 * math.sqrt(p / 10_000))
    assert 0.005 < p < 0.2


def test_the_formula_by_hand():
    """7 patterns on 3 segments: one holds three, two hold two."""
    p2, p3 = (math.exp(log_union_match(4, 200, 12, 8, q)) for q in (2, 3))
    want = 1 - (1 - p2) ** 2 * (1 - p3)
    assert math.exp(log_neuron_match(4, 200, 12, 8, 7, 3)) == pytest.approx(want, rel=1e-9)
    p1 = Fraction(sum(comb(8, b) * comb(192, 12 - b) for b in range(4, 9)), comb(200, 12))
    want = 1 - (1 - p1) ** 5
    assert math.exp(log_neuron_match(4, 200, 12, 8, 5, 9)) == pytest.approx(float(want), rel=1e-9)
    assert log_neuron_match(4, 200, 12, 8, 0, 9) == -math.inf


@pytest.mark.parametrize(
    "case", [(4, 200, 12, 8, 3), (5, 400, 20, 10, 50), (6, 1000, 50, 16, 256), (8, 1000, 50, 16, 1)]
)
@pytest.mark.parametrize("error", [0.01, 0.2])
def test_capacity_is_the_last_within_the_error(case, error):
    theta, n, a, s, segments = case
    most = capacity(theta, n, a, s, segments, error)
    within, beyond = (log_neuron_match(theta, n, a, s, m, segments) for m in (most, most + 1))
    assert within <= math.log(error) < beyond


def test_capacity_while_segments_last_is_the_error_over_the_false_match():
    """With few errors: M about error / p, here to the rounding and to the curvature."""
    p = math.exp(log_union_match(6, 1000, 50, 16, 1))
    assert capacity(6, 1000, 50, 16, 10_000) == pytest.approx(0.01 / p, rel=0.01)


def test_refuses_by_name():
    neuron = MultiSegmentNeuron(10, 1, 3, 2)
    with pytest.raises(ValueError, match=r"pattern: at least 3 active cells are needed, got 2"):
        neuron.store(torch.tensor([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]))
    with pytest.raises(ValueError, match=r"pattern: one of 10 cells is needed, got shape \(9,\)"):
        neuron.store(torch.ones(9))
    neuron.store(torch.ones(10))
    with pytest.raises(ValueError, match=r"there is no room, all 1 places are taken"):
        neuron.store(torch.ones(10))
    with pytest.raises(ValueError, match=r"x: 10 cells on the last axis are needed"):
        neuron(torch.ones(2, 9))
    with pytest.raises(ValueError, match=r"synapses: a whole number of at least 1 .* got 0"):
        MultiSegmentNeuron(10, 1, 0, 2)
    with pytest.raises(ValueError, match=r"error: a number between 0 and 1 is needed, got 1"):
        capacity(4, 200, 12, 8, 3, 1)
    with pytest.raises(ValueError, match=r"threshold: at most active = 12 is needed, got 13"):
        capacity(13, 200, 12, 8, 3)
