"""Volleys are dealt as said, and the two-layer neuron explains what a point neuron cannot."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments.two_layer_neuron import (
    AMPA,
    NMDA,
    Config,
    dealt,
    r2,
    respond,
    run,
    streams,
    volleys,
)


def test_volleys_have_their_number_and_are_spread_or_not():
    total = torch.randint(4, 41, (2000,))
    x = dealt(total, torch.Generator().manual_seed(0))
    assert torch.equal(x.sum(1), total.float())
    share = (x.amax(1) / total)[total > 20]
    assert (share == 1).double().mean() > 0.1 and (share < 0.3).double().mean() > 0.1
    torch.testing.assert_close(x.mean(0) / x.mean(), torch.ones(8), atol=0.15, rtol=0)


def test_response_is_that_of_a_neuron_whose_branches_are_alike():
    x, y = volleys(40, 0, 10, 30)
    turned = torch.zeros(50, 40, 8)
    turned[0] = x[:, torch.randperm(8)]
    torch.testing.assert_close(respond(turned, NMDA).mean(0), y, atol=1e-4, rtol=0)
    lone = torch.zeros(50, 1, 8)
    lone[0, 0, 0] = 1
    peaks = [respond(lone, params).max().item() for params in (NMDA, AMPA)]
    assert peaks[0] == pytest.approx(peaks[1], rel=0.02)
    x, v = streams(4, 300, 0, NMDA)
    assert x.shape == (300, 4, 8) and v.shape == (300, 4) and 1 < v.mean() < 15
    assert r2(v, v) == 1 and r2(v.mean() + 0 * v, v) == pytest.approx(0, abs=1e-5)


@pytest.mark.slow
def test_two_layers_explain_what_one_does_not():
    config = Config(volleys=300, streams=4, steps=30, iterations=120, batch=2, units=4)
    config = replace(config, seed=12)
    *_, last = run(config)
    found = last.metrics
    assert found["r2_two_layer"] > 0.9 and found["gap"] > 0.02
    assert found["gap_wide"] < found["gap"] < found["gap_fixed"]
    assert found["r2_point_fixed"] < 0.2 and found["r2_two_layer_fixed"] > 0.6
