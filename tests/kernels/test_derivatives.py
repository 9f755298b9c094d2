"""The fast cores under torch.func and second derivatives, and what they refuse by name."""

import math

import pytest
import torch

from neurolab import kernels
from neurolab.core import FastSigmoid, Gaussian
from neurolab.kernels.neurons import Job, Over
from neurolab.spiking import LIF, NEURONS, LIFState, Neurons
from tests.kernels.both_ways import KINDS, drive, leaves, recurrent, start

pytest.importorskip("numba")


# ---- other kinds of derivative -------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_second_derivative_is_that_of_scan(kind):
    layer, x = recurrent(kind, 4, 6, Gaussian()), drive(kind, 12, 3, 4).requires_grad_()
    state = start(layer, 3, 6)

    def second():
        z, end, kept = layer(x, state, keep=("u",))
        loss = (z * torch.arange(6)).sum() + end.neurons.v.square().sum() + kept["u"].sum()
        wanted = leaves(layer, x, state)
        first = torch.autograd.grad(loss, wanted, create_graph=True)
        return torch.autograd.grad(sum(g.square().sum() for g in first), wanted)

    assert ": fast core" in kernels.explain(layer, x)[0]
    fast = second()
    with kernels.disable():
        slow = second()
    assert all(g.abs().sum() > 0 for g in slow)
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b)


def test_torch_func_gives_what_autograd_gives():
    layer, x = recurrent("lif", 7, 13), drive("lif", 37, 5, 7)
    weights = {name: p.detach() for name, p in layer.named_parameters()}

    def loss(weights, x):
        return torch.func.functional_call(layer, weights, x[:, None])[0].sum()

    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 1))(weights, x)
    for k in range(5):
        z, _ = layer(x[:, k : k + 1])
        alone = torch.autograd.grad(z.sum(), list(layer.parameters()))
        assert z.sum() > 0
        for name, g in zip(weights, alone, strict=True):
            torch.testing.assert_close(each[name][k], g)


def test_vmap_rule_of_the_function_itself():
    """``run`` leaves torch.func to scan before it comes to this."""
    layer, x = LIF(7, 13).double(), drive("lif", 4, 37, 5, 7)
    decay = torch.full((13,), math.exp(-1 / 20)).double()
    constants, fields = torch.stack([decay, 1 - decay]), ()
    job = Job("lif", layer.step, LIFState, constants, FastSigmoid(), fields, False)
    v = torch.zeros(5, 13).double()

    def one(x):
        return Over.apply(x, layer.weight.detach(), None, None, v, None, job)[0]

    got = torch.vmap(one)(x)
    assert got.sum() > 0
    with kernels.disable():
        for k in range(4):
            assert torch.equal(got[k], layer(x[k])[0])


def test_a_backward_pass_may_run_twice():
    layer, x = recurrent("lif", 7, 13), drive("lif", 37, 5, 7).requires_grad_()
    loss = layer(x)[0].sum()
    (first,) = torch.autograd.grad(loss, x, retain_graph=True)
    (second,) = torch.autograd.grad(loss, x)
    assert torch.equal(first, second) and first.abs().sum() > 0


# ---- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_by_name(fast, bad):
    spoilt = drive("lif", 37, 5, 7)
    spoilt[20, 3, 2] = bad
    with kernels.enable() if fast else kernels.disable():
        for layer in (LIF(7, 13).double(), recurrent("lif", 7, 13), recurrent("alif", 7, 13)):
            with pytest.raises(ValueError, match="x: finite numbers are needed, got 1 that are"):
                layer(spoilt)
        for kind in KINDS:
            with pytest.raises(ValueError, match="current: finite numbers are needed, got 1 that"):
                Neurons(NEURONS[kind])(spoilt)


def test_weights_and_states_that_are_not_finite_are_refused_by_name():
    x = drive("lif", 37, 5, 7)
    for name in ("weight", "recurrent"):
        layer = recurrent("lif", 7, 13)
        with torch.no_grad():
            (layer.weight if name == "weight" else layer.raw)[3, 2] = math.nan
        with pytest.raises(ValueError, match=f"{name}: finite numbers are needed, got 1 that"):
            layer(30 * x)
    layer, v = LIF(7, 13).double(), torch.zeros(5, 13).double()
    v[1, 2] = math.nan
    with pytest.raises(ValueError, match="state: v: finite numbers are needed, got 1 that"):
        layer(x, LIFState(v, v - 1))
