"""What the memory bill measures is a gradient, and the bill comes out as theory says."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments import memory_bill
from neurolab.experiments.memory_bill import Config, measured, network, task

SMALL = Config(units=12, rtrl_units=6, inputs=20, steps=160, window=16)


def by_the_network(config, units):
    """BPTT through the network's own forward."""
    net, (x, y) = network(config, units), task(config, config.steps)
    drawn, z = net(x)
    assert z.sum() > 5, "a silent network would make this test empty"
    ((drawn - y).square().sum() / 2).backward()
    return torch.cat([p.grad.flatten() for p in (net.layer.weight, net.layer.raw)])


@pytest.mark.slow
def test_bptt_checkpoints_and_rtrl_make_the_gradient_of_the_network():
    wanted = by_the_network(SMALL, SMALL.units)
    for way in ("bptt", "checkpointed"):
        torch.testing.assert_close(measured(way, SMALL, 160)[1], wanted, rtol=1e-4, atol=1e-5)
    whole = measured("truncated", replace(SMALL, window=160), 160)[1]
    torch.testing.assert_close(whole, wanted, rtol=1e-4, atol=1e-5)
    wanted = by_the_network(SMALL, SMALL.rtrl_units)
    for way in ("rtrl", "bptt_small"):
        torch.testing.assert_close(measured(way, SMALL, 160)[1], wanted, rtol=1e-4, atol=1e-5)


def test_eprop_makes_that_of_the_module():
    net, (x, y) = network(SMALL, SMALL.units), task(SMALL, 160)
    net.learn(x, y)
    wanted = torch.cat([p.grad.flatten() for p in (net.layer.weight, net.layer.raw)])
    torch.testing.assert_close(measured("eprop", SMALL, 160)[1], wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_bill_of_a_longer_sequence():
    """Four times as long: BPTT grows by a fixed number of bytes a step, the online ways by none."""
    sizes = {w: [measured(w, SMALL, T)[0] for T in (64, 128, 256)] for w in memory_bill.WAYS}
    assert sizes["bptt"][2] - sizes["bptt"][1] == 2 * (sizes["bptt"][1] - sizes["bptt"][0])
    assert sizes["bptt"][1] - sizes["bptt"][0] >= 64 * 3 * 12 * 4  # three numbers a unit and step
    for way in ("eprop", "rtrl", "truncated"):
        assert len(set(sizes[way])) == 1, way
    grown = [s - sizes["bptt"][0] for s in sizes["checkpointed"]]
    assert grown[2] < 0.3 * (sizes["bptt"][2] - sizes["bptt"][0])


def test_the_exponent_is_the_slope():
    assert memory_bill.exponent([1, 2, 4], [5, 20, 80]) == pytest.approx(2)
    assert memory_bill.exponent([1, 10], [3, 3]) == pytest.approx(0)
