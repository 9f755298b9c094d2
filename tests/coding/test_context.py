"""A time code without its reference, against the information by enumeration."""

import math

import numpy as np
import pytest
import torch

from neurolab.coding.context import context_dependence, nearest_latency, shuffled
from neurolab.coding.information import joint, panzeri_treves, time_bins


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def entropy(p):
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())


STIMULI, TRIALS = 4, 8000


def session(window):
    """Latencies of 0, 1, 2 and 3 bins; onsets at any of ``window`` bins. One bin is 5 ms."""
    stimulus = torch.arange(STIMULI).repeat_interleave(TRIALS)
    onset = torch.randint(window, (len(stimulus),), generator=chance(window)) * 5.0
    return stimulus * 5.0 + 2.5 + onset, onset, stimulus


def expected(window):
    """H(latency + onset) - H(onset), and the same for the difference of two onsets."""
    latency, onset = np.full(STIMULI, 1 / STIMULI), np.full(window, 1 / window)
    twice = np.convolve(onset, onset)
    return (entropy(np.convolve(latency, o)) - entropy(o) for o in (onset, twice))


@pytest.mark.parametrize("window", [1, 2, 8, 64])
def test_what_is_left_without_the_onset(window):
    found = context_dependence(*session(window), 5.0, chance())
    unknown, wrong = expected(window)
    assert found.known == pytest.approx(2, abs=1e-3)
    assert found.unknown == pytest.approx(unknown, abs=0.02)
    assert found.shuffled == pytest.approx(wrong, abs=0.02)


def test_a_wrong_onset_is_taken_off_not_added():
    """Onsets that are mostly 0: the difference of two is spread otherwise than their sum."""
    time, onset, stimulus = session(1)
    onset = (torch.rand(len(onset), generator=chance(3)) < 0.2) * 5.0
    found = context_dependence(time + onset, onset, stimulus, 5.0, chance())
    twice = np.array([0.16, 0.68, 0.16])  # one bin less, as it is, one more
    wrong = entropy(np.convolve(np.full(STIMULI, 1 / STIMULI), twice)) - entropy(twice)
    assert found.shuffled == pytest.approx(wrong, abs=0.02)


def test_decoding_collapses_to_chance():
    time, onset, stimulus = session(200)
    latencies = torch.arange(STIMULI) * 5.0 + 2.5

    def right(reference):
        answer = nearest_latency(time - reference, latencies)
        return (answer == stimulus).double().mean().item()

    assert right(onset) == 1
    assert right(shuffled(onset, chance())) == pytest.approx(1 / STIMULI, abs=0.01)
    assert right(0 * onset) == pytest.approx(1 / STIMULI, abs=0.01)


def test_a_difference_of_two_cells_needs_no_onset():
    time, onset, stimulus = session(200)
    other = onset + 30.0 - 5.0 * stimulus
    between = panzeri_treves(joint(stimulus, time_bins(time - other, 5.0)))
    assert between == pytest.approx(2, abs=1e-3)
    assert panzeri_treves(joint(stimulus, time_bins(other, 5.0))) < 0.02


def test_shuffling_keeps_the_onsets():
    onset = torch.rand(50)
    mixed = shuffled(onset, chance())
    assert torch.equal(mixed.sort().values, onset.sort().values) and not torch.equal(mixed, onset)
    with pytest.raises(ValueError, match=r"onset: the shape of time, .* got \(49,\) beside \(50,"):
        context_dependence(onset, onset[1:], torch.zeros(50).long(), 1.0, chance())
    assert math.isfinite(context_dependence(onset, mixed, torch.arange(50), 1.0, chance()).known)
