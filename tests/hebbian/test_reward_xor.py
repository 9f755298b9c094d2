"""Layers that learn from reward, and the XOR task: parts by hand, whole runs by their parts."""

from dataclasses import replace

import numpy as np
import pytest

from neurolab.hebbian import BoundsParams, RSTDPParams
from neurolab.hebbian.rewarded import Synapses, at_rest, fire_step, signed_bounds, trial
from neurolab.hebbian.xor_reward import (
    ANSWERS,
    LIF,
    XorReward,
    correct,
    fresh,
    inhibiting_inputs,
    layered,
    learn_block,
    show,
    spike_trains,
    threshold,
)

WIDE = BoundsParams(-10.0, 10.0)
SHORT = XorReward(trials=8, length=100)


def test_a_spike_lifts_the_potential_by_its_weight_and_the_membrane_forgets():
    w = np.array([[[0.3, -0.2], [0.1, -0.4]]])
    state, e = at_rest(w).neurons, np.exp(-1 / 20)
    for _ in range(3):
        post, state = fire_step(np.array([[[1.0], [1.0]]]), w, state, LIF, 1.0)
        assert (post == 0).all()
    want = np.array([0.1, -0.3]) * (1 + e + e**2)
    np.testing.assert_allclose(state.v[0, :, 0], want, rtol=1e-12)


def test_a_neuron_fires_above_one_and_loses_one():
    w = np.array([[[1.25]]])
    post, state = fire_step(np.ones((1, 1, 1)), w, at_rest(w).neurons, LIF, 1.0)
    assert post.item() == 1
    assert state.v.item() == pytest.approx(0.25)


def test_reward_times_eligibility_by_hand():
    """Input at 0 and 6 ms, output at 6 ms: the pair of 6 ms counts, the pair of 0 ms does not."""
    rule = RSTDPParams(0.01, 0.02, 20.0, 20.0, 25.0, 1.0)
    inputs = np.zeros((20, 1, 2, 1))
    inputs[0, 0, 0] = inputs[6, 0, 1] = inputs[9, 0, 0] = 1
    layer = Synapses(np.array([[[0.1, 1.5]]]), WIDE, rule)
    count, (after,) = trial(inputs, [layer], LIF, 1.0, value=np.array([-1.0]))
    assert count.item() == 1
    both = 25.0 / 26.0
    c, d = 0.01 * np.exp(-6 / 20), -1.0  # at the output spike
    early = c * d * both * (1 - np.exp(-3 / both))  # from 6 to 9 ms
    c = c * np.exp(-3 / 25) - 0.02 * np.exp(-3 / 20)  # then the input comes after the output
    late = c * d * np.exp(-3.0) * both * (1 - np.exp(-11 / both))
    assert after.w[0, 0, 0] - 0.1 == pytest.approx(early + late, rel=1e-9)
    assert after.w[0, 0, 1] == 1.5


def test_hidden_synapses_hear_the_reward_of_the_output_and_nothing_else():
    """Both layers change by c d T as by hand; with reward 0 nothing does."""
    rule = RSTDPParams(0.01, 0.01, 20.0, 20.0, 25.0, 1.0)
    inputs = np.zeros((10, 1, 2, 1))
    inputs[0, 0, 0] = inputs[5, 0, 1] = 1
    first = Synapses(np.array([[[0.1, 1.5], [0.1, 0.2]]]), WIDE, rule)  # the second stays silent
    second = Synapses(np.array([[[1.2, 1.2]]]), WIDE, rule)
    for value in (1.0, -1.0, 0.0):
        count, (a, b) = trial(inputs, [first, second], LIF, 1.0, value=np.array([value]))
        assert count.item() == 1
        both = 25.0 / 26.0
        want = value * 0.01 * np.exp(-5 / 20) * both * (1 - np.exp(-5 / both))
        assert a.w[0, 0, 0] - 0.1 == pytest.approx(want, rel=1e-9)
        assert (a.w[0, 1] == first.w[0, 1]).all()  # no spike of its own, no eligibility
        assert (b.w == second.w).all()  # hidden and output fire in one step: no pair


def test_networks_side_by_side_are_networks_alone():
    weights = fresh(SHORT, 3, np.random.default_rng(1))
    pattern = np.array([1, 2, 3])
    inputs = spike_trains(SHORT, pattern, np.random.default_rng(2))
    value = np.array([1.0, 1.0, -1.0])
    count, after = trial(inputs, layered(SHORT, weights), LIF, 1.0, value)
    assert count.sum() > 0
    for n in range(3):
        alone = layered(SHORT, [w[n : n + 1] for w in weights])
        c, layers = trial(inputs[:, n : n + 1], alone, LIF, 1.0, value[n : n + 1])
        assert c[0] == count[n]
        for got, want in zip(layers, after, strict=True):
            assert np.allclose(got.w[0], want.w[n], rtol=0, atol=1e-12)


def test_weights_stay_within_their_bounds_and_signs():
    task = replace(SHORT, learning=5.0)
    weights = fresh(task, 2, np.random.default_rng(3))
    after, counts = learn_block(task, weights, 0, np.random.default_rng(4))
    assert counts.sum() > 0
    inhibiting = inhibiting_inputs(task)
    assert inhibiting.sum() == 30 and inhibiting[:30].sum() == 15
    assert after[0][..., inhibiting].max() <= 0 and after[0][..., ~inhibiting].min() >= 0
    assert abs(after[0]).max() == pytest.approx(0.5) and after[1].min() >= 0
    assert after[1].max() <= 0.2 + 1e-12
    assert (after[0] != weights[0]).any() and (after[1] != weights[1]).any()
    bounds = signed_bounds(0.5, np.array([True, False]))
    assert bounds.low.tolist() == [-0.5, 0] and bounds.high.tolist() == [0, 0.5]


def test_the_learning_rate_falls_on_a_straight_line():
    """So little is learned that spikes stay the same: half way the change is the half."""
    task = XorReward(trials=4000, length=200, learning=1e-9)
    weights = fresh(task, 1, np.random.default_rng(3))

    def change(block, last):
        now = replace(task, last=last)
        after, _ = learn_block(now, weights, block, np.random.default_rng(4))
        return np.concatenate([(a - w).ravel() for a, w in zip(after, weights, strict=True)])

    start = change(0, last=1.0)
    assert abs(start).max() > 1e-10
    for block, last, part in ((500, 1.0, 1.0), (500, 0.0, 0.5), (500, 0.2, 0.6), (0, 0.0, 1.0)):
        assert abs(change(block, last) - part * start).max() < 0.002 * abs(start).max()


def test_inputs_fire_at_their_rate_where_their_input_is_1():
    task = XorReward(length=4000)
    x = spike_trains(task, np.arange(4), np.random.default_rng(5))[..., 0]
    assert x.shape == (4000, 4, 60)
    rate = 1000 * x.mean(0)  # (4, 60) in 1 / s
    assert (rate[0] == 0).all() and (rate[1, :30] == 0).all() and (rate[2, 30:] == 0).all()
    for active in (rate[1, 30:], rate[2, :30], rate[3, :30], rate[3, 30:]):
        assert active.mean() == pytest.approx(40, abs=1.5)


def test_answers_are_xor_and_the_decision_is_fixed_by_the_rule():
    assert ANSWERS.tolist() == [0, 1, 1, 0]
    counts = np.zeros((8, 1, 4))
    counts[-2:, 0] = [[0, 20, 30, 8], [0, 22, 28, 12]]  # the last quarter; the rest is not used
    counts[:6] = 500
    assert threshold(counts).tolist() == [(25 + 5) / 2]
    shown = np.array([[[0, 16, 15, 14], [0, 16, 40, 16]]])
    assert correct(shown, np.array([15.0])).tolist() == [[1, 1, 0.5, 0.5]]


@pytest.mark.slow
def test_frozen_weights_answer_as_in_learning_trials_without_learning():
    """The counts of ``show`` and those of learning at rate 0 agree in the mean."""
    task = replace(SHORT, learning=0.0, length=300)
    weights = fresh(task, 1, np.random.default_rng(6))
    shown = show(task, weights, 30, np.random.default_rng(7))
    assert shown.shape == (1, 30, 4)
    learned = [learn_block(task, weights, 0, np.random.default_rng([8, b]))[1] for b in range(10)]
    for pattern in (1, 2, 3):
        here, there = shown[0, :, pattern], np.array(learned)[:, 0, pattern]
        error = np.hypot(here.std() / 30**0.5, there.std() / 10**0.5)
        assert abs(here.mean() - there.mean()) < 4 * error + 1e-9
    assert shown[..., 3].mean() > 1 and shown[..., 0].max() == 0
    assert np.array(learned)[..., 0].max() == 0 < np.array(learned)[..., 3].min()
