"""The compiled loops give the times and gradients of ``spiking.temporal``."""

import math

import pytest
import torch

from neurolab import kernels
from neurolab.kernels import workers
from neurolab.spiking import temporal
from neurolab.spiking.temporal import Fired, TemporalParams, causal_gradient, causal_spikes
from neurolab.spiking.temporal_network import TemporalNetwork, fire

pytest.importorskip("numba")
from neurolab.kernels import temporal as core

P = TemporalParams()
KINDS = ["plain", "ties", "one time", "silent inputs", "falling order", "inhibition in between"]
SIZES = {"odd": (5, 13, 7), "one of each": (1, 1, 1), "one row": (1, 40, 9), "wide": (3, 4, 130)}


def batch(kind, seed, rows, inputs, units, dtype=torch.float64):
    chance = torch.Generator().manual_seed(seed)
    t_in = 3 * torch.rand(rows, inputs, generator=chance, dtype=dtype)
    w = torch.randn(units, inputs, generator=chance, dtype=dtype) + 0.4
    match kind:
        case "ties":
            t_in = (2 * t_in).round() / 2
        case "one time":
            t_in = torch.full_like(t_in, 0.7)
        case "silent inputs":
            t_in[torch.rand(t_in.shape, generator=chance) < 0.5] = math.inf
        case "falling order":
            t_in = t_in.sort(dim=1, descending=True).values
        case "inhibition in between":
            w[:, ::2], w[:, 1::2] = w[:, ::2].abs() * 2, -w[:, 1::2].abs()
    return t_in, w


def same(t_in, w, params=P, **tolerance):
    """Compare; answers how many fire and how many do not."""
    slow, fast = causal_spikes(t_in, w, params), Fired(*core.causal_spikes(t_in, w, params))
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b, **tolerance)
    g = torch.randn(slow.t.shape, generator=torch.Generator().manual_seed(1), dtype=w.dtype)
    pairs = zip(
        core.causal_gradient(g, t_in, w, slow, params),
        causal_gradient(g, t_in, w, slow, params),
        strict=True,
    )
    for a, b in pairs:
        torch.testing.assert_close(a, b, **tolerance)
    fires = slow.t < math.inf
    return int(fires.sum()), int((~fires).sum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_times_and_gradients_are_those_of_the_definition(kind, size):
    found = [same(*batch(kind, seed, *SIZES[size]), atol=1e-9, rtol=1e-9) for seed in range(6)]
    fired, silent = map(sum, zip(*found, strict=True))
    assert fired > 0 or size == "one of each", "an empty test"
    assert silent > 0 or size != "odd"


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision(kind):
    """Weights are such that no neuron only touches the threshold."""
    t_in, w = batch(kind, 3, 6, 20, 15, torch.float32)
    assert same(t_in, w, TemporalParams(limit=5.0), atol=2e-3, rtol=2e-3)[0] > 20


def test_no_rows_and_nothing_that_fires():
    assert same(torch.zeros(0, 3).double(), torch.ones(2, 3).double()) == (0, 0)
    t_in = torch.full((2, 3), math.inf, dtype=torch.float64)
    assert same(t_in, torch.ones(4, 3).double()) == (0, 8)


def test_slices_and_transposes_are_taken_as_they_are():
    t_in, w = batch("plain", 0, 6, 10, 8)
    assert same(t_in.T.contiguous().T, w.T.contiguous().T)[0] > 5
    assert same(t_in[::2, ::3], w[1::2, ::3])[0] > 0


def test_threads_change_nothing(monkeypatch):
    t_in, w = batch("plain", 2, 9, 30, 20)
    alone = core.causal_spikes(t_in, w, P)
    g = torch.ones_like(alone[0])
    gradient = core.causal_gradient(g, t_in, w, alone, P)
    monkeypatch.setattr(workers, "SMALL", 0)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        for a, b in zip(core.causal_spikes(t_in, w, P), alone, strict=True):
            assert torch.equal(a, b)
        for a, b in zip(core.causal_gradient(g, t_in, w, alone, P), gradient, strict=True):
            torch.testing.assert_close(a, b, atol=1e-12, rtol=1e-12)
    finally:
        torch.set_num_threads(before)


def test_a_network_takes_the_core_and_leaves_it(monkeypatch):
    net = TemporalNetwork((5, 8, 3), pulses=2, mean=1.0, generator=torch.Generator().manual_seed(0))
    t_in = torch.rand(4, 5, generator=torch.Generator().manual_seed(1))
    assert kernels.explain(net, t_in) == ["exact spike times: fast core"] * 2

    def gradients():
        for p in net.parameters():
            p.grad = None
        t = net(t_in)
        torch.where(t < math.inf, t, 0.0).sum().backward()
        return [t.detach(), *(p.grad for p in net.parameters())]

    fast = gradients()
    with kernels.disable():
        assert "switched off" in kernels.explain(net, t_in)[0]
        slow = gradients()
    assert (fast[0] < math.inf).sum() > 5
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-3)
    monkeypatch.setattr(temporal, "causal_spikes", None)
    fire(t_in, torch.ones(2, 5))  # the definition is not called
