"""Pattern generation: what the experiment measures, and that learning beyond the read-out pays.

Settings were chosen on seed 10 and up.
"""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.eprop.rates import RateParams, RateState, rate_step
from neurolab.experiments import Refused
from neurolab.experiments import pattern_generation as pattern

SMALL = replace(pattern.PRESETS["quick"], units=10, inputs=10, steps=60, trials=10, seed=20)


def test_nmse_is_one_for_the_mean_and_zero_for_the_target():
    y = torch.randn(50, 1, 3)
    assert pattern.nmse(y, y) == 0
    assert pattern.nmse(y.mean(0).expand_as(y), y) == pytest.approx(1)
    assert pattern.nmse(2 * y.mean(0) - y, y) == pytest.approx(4)


def test_both_ways_descend_on_the_same_loss():
    """The cost of rates by the formula for autograd is that of the steps; so is the whole loss."""
    rates = RateParams(target=20.0, cost=1e-3, tau_r=30.0)
    z = (torch.rand(80, 1, 5) < 0.1).double()
    state, total = RateState(torch.full((5,), 20.0).double(), torch.zeros(5, 2)), 0.0
    for z_t in z:
        cost, _, state = rate_step(z_t, torch.zeros(1, 5, 2), state, rates, 1.0)
        total += cost
    torch.testing.assert_close(pattern.rate_cost(z, rates, 1.0), total, rtol=1e-5, atol=0)

    x, y = pattern.task(SMALL)
    net = pattern.network(SMALL)
    drawn, z = net(x)
    assert z.sum() > 10, "a silent network tests nothing"
    wanted = (drawn - y).square().sum() / 2 + pattern.rate_cost(z, net.rates, 1.0)
    torch.testing.assert_close(net.learn(x, y)[0], wanted.detach(), rtol=1e-4, atol=1e-4)


def test_read_out_learns_alone_and_exactly():
    """The gradients of the read-out are the same both ways; the rest stays where it was."""
    x, y = pattern.task(SMALL)
    net, found = pattern.network(SMALL), {}
    for way in ("eprop", "bptt"):
        pattern.learn(way, net, x, y)
        found[way] = net.output.grad.clone()
    torch.testing.assert_close(found["eprop"], found["bptt"], rtol=1e-4, atol=1e-4)
    adam = pattern.optimizer("readout", net, 0.1)
    weight, output = net.layer.weight.clone(), net.output.clone()
    pattern.learn("readout", net, x, y)
    adam.step()
    assert torch.equal(net.layer.weight, weight) and not torch.equal(net.output, output)


def test_feedback_without_a_name_is_refused():
    with pytest.raises(Refused, match="feedback"):
        pattern.Config(feedback="none")


@pytest.mark.slow
def test_eprop_draws_better_than_a_read_out_alone():
    """In the mean of three seeds: below the read-out alone, and near BPTT."""
    record = experiments.run("pattern-generation", "quick", seeds=3, steps=200, trials=50)
    found = {name: m["mean"] for name, m in record["metrics"].items()}
    assert found["nmse_eprop"] < 0.85 * found["nmse_readout"]
    assert found["nmse_eprop"] < found["nmse_bptt"] + 0.1
    assert found["cosine"] > 0.5
