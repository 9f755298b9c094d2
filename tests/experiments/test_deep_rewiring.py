"""What survives is counted by hand, and the small network learns while it is rewired."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.deep_rewiring import PRESETS, Config, Net, run
from neurolab.experiments.two_nets import images

SMALL = replace(PRESETS["quick"], units=20, units2=12, l1=2e-3, seed=11)


def test_survivors_and_moves_are_what_the_sizes_say():
    """A connection is new where its theta is 0; a survivor never was, in any iteration."""
    x, y = images("digits", 0)
    net = Net(SMALL, 64, None)
    first = [d.active.clone() for d in net.wirings]
    ever_lost, moved = [torch.zeros_like(f) for f in first], 0
    for k in range(60):
        rows = slice(10 * k, 10 * k + 10)
        before = [d.active.clone() for d in net.wirings]
        moved += net.iteration(x[rows].flatten(1), y[rows], 0.2)
        for lost, d, had in zip(ever_lost, net.wirings, before, strict=True):
            lost |= had & ~(d.active & (d.theta > 0))
    for left, lost, f, d in zip(net.left, ever_lost, first, net.wirings, strict=True):
        assert torch.equal(left, f & ~lost)
        assert int(d.active.sum()) == d.connections
        assert torch.equal(d.weight != 0, d.active & (d.theta > 0))
    assert sum(int(lost.sum()) for lost in ever_lost) > 50 and moved > 50


def test_without_learning_nothing_moves():
    x, y = images("digits", 0)
    net = Net(replace(SMALL, l1=0.0, rate=1e-6), 64, None)
    net.epoch(x[:50].flatten(1), y[:50], (x[:50].flatten(1), y[:50]))
    assert net.curve[0, :2].tolist() == [1.0, 0.0]


def test_quick_preset_learns_while_the_first_connections_go():
    reports = [p.metrics for p in run(replace(PRESETS["quick"], seed=11))]
    found = reports[-1]
    assert found["test_accuracy"] > 0.8 and found["held_out"] > 0.8
    curve = [1.0, *(found[f"survived{end}"] for end in ("_1of8", "_1of4", "_1of2", "_3of4", ""))]
    assert all(a >= b for a, b in pairwise(curve)) and curve[-1] < 0.95
    assert found["plateau"] > curve[1], "the first eighth takes more than the last quarter"
    replaced = 200 * found["turnover_late"]  # in the last quarter, two epochs of 100 iterations
    assert replaced > 3 * (1 - found["plateau"]), "most that go are young, like spines"
    assert found["connectivity"] == pytest.approx((384 + 270 + 90) / (3840 + 1800 + 300))


@pytest.mark.parametrize("changes", [{"data": "cifar"}, {"first": 0.0}, {"epochs": 2}])
def test_bad_settings_are_named(changes):
    (name,) = changes
    with pytest.raises(Refused, match=name):
        replace(Config(), **changes)
