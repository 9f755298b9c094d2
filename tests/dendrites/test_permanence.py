"""Permanence learning: who wins, what moves, what stays, and what the neuron then knows."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from neurolab.dendrites import (
    PermanenceLearning,
    PermanenceParams,
    log_neuron_match,
    patterns_of,
    permanence_step,
    subsets,
)

PARAMS = PermanenceParams(threshold=6, matching=8, sample=12)
N, A = 600, 30


def made(segments=40, room=16, seed=0, params=PARAMS):
    chance = torch.Generator().manual_seed(seed)
    net = PermanenceLearning(N, segments, room, params, chance)
    return net, chance, patterns_of(subsets(60, A, N, chance), N)


def test_a_permanence_moves_by_gain_or_loss_and_stays_within_its_bounds():
    p = PermanenceParams(gain=0.15, loss=0.05)
    assert permanence_step(1.0, 0.3, p) == pytest.approx(0.15)
    assert permanence_step(0.0, 0.3, p) == pytest.approx(-0.05)
    assert permanence_step(1.0, 0.95, p) == pytest.approx(0.05)
    assert permanence_step(0.0, 0.02, p) == pytest.approx(-0.02)
    assert permanence_step(1.0, 0.0, p) == 0, "there is no synapse that could move"
    x, before = np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.01, 0.97])
    np.testing.assert_allclose(permanence_step(x, before, p), [0, -0.01, 0.03])
    found = permanence_step(torch.tensor(x), torch.tensor(before), p)
    np.testing.assert_allclose(found, [0, -0.01, 0.03])


def test_a_step_is_the_rules_written_out_synapse_by_synapse():
    net, chance, x = made()
    for step in range(150):
        one = x[step % 7]
        cells, before = net.cells.clone(), net.permanence.clone()
        told = net.learn(one, chance)
        k, on, lost = told.winner, 0, 0
        others = torch.arange(40) != k
        assert torch.equal(net.cells[others], cells[others])
        assert torch.equal(net.permanence[others], before[others])
        grown = []
        for j in range(16):
            cell, was = int(cells[k, j]), float(before[k, j])
            active = bool(one[cell]) and was > 0
            on += active
            now = 0.0 if was == 0 else min(1.0, was + 0.15) if active else max(0.0, was - 0.05)
            if float(net.permanence[k, j]) == pytest.approx(now, abs=1e-12) and (
                int(net.cells[k, j]) == cell or now == 0
            ):
                lost += was > 0 and now == 0
                continue
            assert not active and float(net.permanence[k, j]) == PARAMS.initial
            assert one[net.cells[k, j]]
            lost += was > 0
            grown.append(int(net.cells[k, j]))
        assert len(grown) == told.grown == max(0, 12 - on)
        assert lost == told.removed
        held = net.cells[k][net.permanence[k] > 0].tolist()
        assert len(set(held)) == len(held), "two synapses on one cell"
        assert net.permanence.min() >= 0 and net.permanence.max() <= 1
    assert net(x[:7]).all()


def test_touched_are_the_synapses_that_differ():
    net, chance, x = made()
    for step in range(60):
        cells, before = net.cells.clone(), net.permanence.clone()
        told = net.learn(x[step % 9], chance)
        differ = (net.cells != cells) | (net.permanence != before)
        assert told.touched == differ.sum()
        existed = ((before > 0) | (differ & (net.permanence > 0))).sum()
        assert told.fraction == pytest.approx(float(differ.sum() / existed))
        assert told.fraction <= 16 / (existed - 16) < 1


def test_the_winner_is_the_active_one_then_the_nearest_then_the_oldest():
    net, _, x = made(segments=4)
    one = x[0]
    on, off = one.nonzero()[:, 0], (~one).nonzero()[:, 0]

    def put(k, active, connected, silent=0):
        net.cells[k] = torch.cat([on[:active], off[: 16 - active]])
        net.permanence[k] = torch.tensor([0.9] * connected + [0.2] * (16 - connected))
        net.permanence[k, 16 - silent :] = 0

    net.won[:] = torch.tensor([5, 2, 7, 3])
    for k in range(4):
        put(k, active=5, connected=5)
    assert net.winner(one) == (1, True), "none is near: the one that has not won for longest"
    put(2, active=9, connected=5)
    put(3, active=8, connected=5)
    assert net.winner(one) == (2, False)
    put(0, active=6, connected=6)
    assert net.winner(one) == (0, False), "an active one goes first"
    put(3, active=7, connected=7)
    assert net.winner(one) == (3, False)


def test_new_synapses_take_free_places_then_the_weakest_silent_ones_and_of_old_patterns_all():
    net, chance, x = made(segments=2)
    on, off = x[0].nonzero()[:, 0], (~x[0]).nonzero()[:, 0]
    net.cells[0] = torch.cat([on[:8], off[:8]])
    net.permanence[0] = torch.tensor([0.9] * 11 + [0.4, 0.3, 0.2, 0.0, 0.25]).double()
    net.won[:] = torch.tensor([3, 4])
    told = net.learn(x[0], chance)  # 8 are active, 12 are wanted
    assert (told.winner, told.grown, told.removed) == (0, 4, 3)
    assert torch.equal(net.cells[0, :12], torch.cat([on[:8], off[:4]]))
    assert net.permanence[0, 8:12].tolist() == pytest.approx([0.85] * 3 + [0.35])
    assert x[0][net.cells[0, 12:]].all()

    net.cells[:] = torch.stack([off[:16], off[16:32]])
    net.permanence[0], net.permanence[1] = torch.linspace(0.6, 0.9, 16), 0.1
    net.won[:] = torch.tensor([3, 4])
    told = net.learn(x[0], chance)
    assert (told.winner, told.grown, told.removed) == (0, 12, 12)
    left = [0.79, 0.81, 0.83, 0.85]
    assert net.permanence[0].tolist() == pytest.approx([0.3] * 12 + left)


def test_connected_synapses_are_not_given_up_by_a_segment_that_goes_on():
    net, chance, x = made(segments=2)
    on, off = x[0].nonzero()[:, 0], (~x[0]).nonzero()[:, 0]
    net.cells[0] = torch.cat([on[:8], off[:8]])
    net.permanence[0] = torch.tensor([0.9] * 14 + [0.2, 0.0]).double()
    told = net.learn(x[0], chance)  # 4 more are wanted, 2 places can be had
    assert (told.winner, told.grown, told.removed) == (0, 2, 1)
    assert torch.equal(net.cells[0, 8:14], off[:6])
    assert net.permanence[0, 8:14].tolist() == pytest.approx([0.85] * 6)


def test_a_pattern_is_known_when_its_synapses_connect():
    """0.3 + 0.15 k passes 0.5 at the second show after the first, which grows them."""
    net, chance, x = made()
    known = []
    for _ in range(4):
        net.learn(x[0], chance)
        known.append(bool(net(x[0])))
    assert known == [False, False, True, True]
    fast = replace(PARAMS, initial=0.6)
    net, chance, x = made(params=fast)
    net.learn(x[0], chance)
    assert net(x[0])


def test_old_patterns_are_forgotten_when_segments_run_out():
    net, chance, x = made(segments=20)
    for one in x[:30]:
        for _ in range(4):
            net.learn(one, chance)
    assert net(x[10:30]).mean() > 0.85 and net(x[:8]).mean() < 0.2


def test_a_learned_neuron_has_the_false_matches_of_the_formula():
    """40 patterns on 40 segments, 12 connected synapses each; five neurons, 4,000 patterns each."""
    found, sizes = [], []
    for seed in range(5):
        net, chance, x = made(seed=seed, params=replace(PARAMS, threshold=4))
        for one in x[:40]:
            for _ in range(4):
                net.learn(one, chance)
        assert net(x[:40]).mean() > 0.95
        sizes += net.connected.sum(1).tolist()
        found.append(net(patterns_of(subsets(4000, A, N, chance), N)).mean().item())
    assert sizes.count(12) > 0.9 * len(sizes)
    p = math.exp(log_neuron_match(4, N, A, 12, 40, 40))
    assert sum(found) / 5 == pytest.approx(p, rel=0.15) and p > 0.02


def test_refuses_by_name():
    with pytest.raises(ValueError, match=r"gain: a number from 0 to 1 is needed, got 2"):
        PermanenceParams(gain=2)
    with pytest.raises(ValueError, match=r"initial: 0 means that there is no synapse"):
        PermanenceParams(initial=0)
    with pytest.raises(ValueError, match=r"sample: a whole number of at least 1 .* got 0"):
        PermanenceParams(sample=0)
    with pytest.raises(ValueError, match=r"room: a whole number of at least 12 .* got 11"):
        PermanenceLearning(N, 4, 11, PARAMS)
    with pytest.raises(ValueError, match=r"x: one pattern of 600 cells is needed, got shape \(2,"):
        made()[0].learn(torch.ones(2, 600))
