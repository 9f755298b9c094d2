"""Memory does not grow with the length of the sequence; that of BPTT does."""

import pytest
import torch

from neurolab import kernels
from neurolab.eprop import fused
from tests.core.live_bytes import LiveBytes
from tests.eprop.networks import INPUTS, K, network


def peak(kind, steps, forward_in_time, setting=kernels.disable):
    """Bytes at once, without inputs, targets, weights and their gradients."""
    net = network(kind)
    x, target = torch.rand(steps, 2, INPUTS).double(), torch.randn(steps, 2, K).double()
    for p in net.parameters():
        p.grad = torch.zeros_like(p)
    given = [x, target, *net.parameters(), *(p.grad for p in net.parameters()), *net.buffers()]
    with LiveBytes().before(*given) as bytes, setting():
        if forward_in_time:
            net.learn(x, target)
        else:
            (net(x)[0] - target).square().sum().backward()
    return bytes.peak


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "steps"), [("alif", 1000), ("lif", 200)])
def test_memory_is_flat_in_time(kind, steps):
    short, long = peak(kind, 100, True), peak(kind, steps, True)
    assert short > 1000, "nothing is counted"
    assert long == short


def test_that_of_backprop_through_time_is_not():
    assert peak("alif", 300, False) > 2.7 * peak("alif", 100, False)


def test_stretches_of_the_fast_core_keep_it_flat(monkeypatch):
    """Stretches of 50 steps: from the second on nothing more is needed at once."""
    monkeypatch.setattr(fused, "SPAN", 50)
    assert peak("alif", 400, True, kernels.enable) == peak("alif", 200, True, kernels.enable) > 1000
