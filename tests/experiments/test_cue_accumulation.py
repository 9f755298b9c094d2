"""Evidence accumulation: what the experiment measures, and that both ways learn it.

Settings were chosen on seed 10 and up.
"""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.experiments import Refused
from neurolab.experiments import cue_accumulation as cues

SMALL = replace(cues.PRESETS["quick"], seed=20)


def test_answers_are_counted_in_the_recall_only():
    seen = cues.trials(SMALL, 50, 0)
    y = torch.zeros(*seen.x.shape[:2], 2)
    y[seen.recall == 0] = torch.eye(2)[1 - seen.y]  # wrong, and forgotten
    y[-1] = torch.eye(2)[seen.y]
    assert cues.right(y, seen) == 1
    y[-1] = torch.eye(2)[1 - seen.y]
    assert cues.right(y, seen) == 0


def test_trials_are_others_at_each_draw_and_seed():
    one, two = cues.trials(SMALL, 8, 1), cues.trials(SMALL, 8, 2)
    other = cues.trials(replace(SMALL, seed=21), 8, 1)
    assert not torch.equal(one.x, two.x) and not torch.equal(one.x, other.x)
    assert torch.equal(one.x, cues.trials(SMALL, 8, 1).x)


def test_both_ways_have_the_same_gradient_at_the_read_out():
    torch.manual_seed(20)
    net, seen, found = cues.network(SMALL), cues.trials(SMALL, 8, 1), {}
    assert net(seen.x)[1].sum() > 20, "a silent network tests nothing"
    for way in cues.WAYS:
        net.zero_grad()
        cues.learn(way, net, seen)
        found[way] = net.output.grad.clone(), net.bias.grad.clone()
    for a, b in zip(*found.values(), strict=True):
        assert b.abs().max() > 1e-4
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_wrong_settings_are_refused():
    with pytest.raises(Refused, match="feedback"):
        cues.Config(feedback="none")
    with pytest.raises(Refused, match="cues must be odd"):
        cues.Config(cues=4)


@pytest.mark.slow
def test_cues_are_counted_and_without_learning_they_are_not():
    made = experiments.run("cue-accumulation", "quick", seeds=2, iterations=60, tested=256)
    for way in cues.WAYS:
        assert made["metrics"][f"accuracy_{way}"]["mean"] > 0.75
    made = experiments.run("cue-accumulation", "quick", seeds=2, learning=0.0, iterations=10)
    for way in cues.WAYS:
        assert made["metrics"][f"accuracy_{way}"]["mean"] < 0.75
