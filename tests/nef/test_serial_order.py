"""Serial order in plain pointers: formulas against bundles that were drawn."""

import math

import pytest
import torch

from neurolab.nef import Vocabulary, recall_probability, similarity
from neurolab.nef import serial_order as order

PLACES, WORDS = 5, 10


def drawn(dimensions: int, seed: int):
    """Ten words and five unitary places."""
    names = [f"I{k}" for k in range(WORDS)] + [f"P{k}" for k in range(PLACES)]
    vectors = Vocabulary(dimensions, names, names[WORDS:], seed=seed).vectors
    return vectors[:WORDS], vectors[WORDS:]


def test_strengths_are_those_of_bundles_and_the_ends_are_strongest():
    """With many dimensions the noise is small: what a place gives back shows its strength."""
    words, places = drawn(8192, 1)
    trace = order.serial_trace(words[:5], places, 0.6, 1.2)
    found = (order.recalled(trace, places) * words[:5]).sum(1)
    buffer, store = order.strengths(5, 0.6, 1.2)
    wanted = torch.tensor(buffer) + torch.tensor(store)
    torch.testing.assert_close(found, wanted, atol=0.12, rtol=0)
    closed = [0.6 ** (5 - j) + 1.2 ** (5 - j) for j in range(1, 6)]
    torch.testing.assert_close(wanted, torch.tensor(closed))
    assert wanted[0] > wanted[2] < wanted[4], "primacy and recency"


def test_chances_are_those_of_lists_that_were_drawn():
    """32 dimensions, 600 lists: the share that is told rightly at each place."""
    fade, grow, right, lists = 0.5, 1.3, torch.zeros(PLACES), 600
    for seed in range(lists):
        words, places = drawn(32, seed)
        back = order.recalled(order.serial_trace(words[:5], places, fade, grow), places)
        right += (back @ words.T).argmax(1) == torch.arange(5)
    buffer, store = order.strengths(5, fade, grow)
    own = [b + s for b, s in zip(buffer, store, strict=True)]
    squares = sum(s * s for s in own)
    for place in range(PLACES):
        predicted = order.chance(own[place], squares, 32, WORDS)
        error = math.sqrt(predicted * (1 - predicted) / lists)
        assert abs(right[place] / lists - predicted) < 4 * error + 0.03, place


def test_where_all_are_equal_the_chance_is_that_of_a_bundle():
    assert order.chance(1.0, 6.0, 64, 30) == pytest.approx(recall_probability(64, 6, 30), abs=1e-4)


def test_the_normal_distribution_is_that_of_torch():
    x = torch.linspace(-5, 5, 101, dtype=torch.float64)
    torch.testing.assert_close(order.normal_below(x), torch.special.ndtr(x), atol=2e-7, rtol=0)
    assert order.normal_below(0.7) == pytest.approx(float(torch.special.ndtr(torch.tensor(0.7))))


def test_a_step_by_hand():
    assert order.serial_trace_step(1.0, 2.0, 4.0, 0.5, 1.25) == (2.0, 6.0)
    words, places = drawn(16, 0)
    assert similarity(order.serial_trace(words[:1], places[:1], 0.0, 1.0), words[0]).abs() < 0.7
    with pytest.raises(ValueError, match="places"):
        order.serial_trace(words[:3], places[:2], 0.5, 1.1)
