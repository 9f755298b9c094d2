"""The fast cores against ``core.scan``: every output, and the gradient of each by each input."""

import math

import pytest
import torch

from neurolab import kernels
from neurolab.core import ArcTan, FastSigmoid, Gaussian, Triangular
from neurolab.kernels import blocks, workers
from neurolab.spiking import (
    LIF,
    NEURONS,
    ALIFParams,
    CurrentLIFParams,
    LIFParams,
    LIFState,
    Neurons,
    Recurrent,
)
from tests.kernels.both_ways import KINDS, drive, recurrent, same, start

pytest.importorskip("numba")
SIZES = {  # T, B, I, N
    "odd": (37, 5, 7, 13),
    "one step": (1, 3, 4, 6),
    "one of each": (1, 1, 1, 1),
    "one row": (50, 1, 3, 9),
    "one neuron": (120, 4, 3, 1),
}


class Boxcar:
    """A surrogate that the kernels have never heard of."""

    def __repr__(self):  # the test's name
        return "Boxcar()"

    def derivative(self, u):
        return 0.5 * (u.abs() < 0.7).to(u.dtype)


# ---- equal to scan -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_recurrent_layer_equals_scan(kind, size):
    steps, batch, inputs, units = size
    layer, x = recurrent(kind, inputs, units), drive(kind, steps, batch, inputs).requires_grad_()
    same(layer, x, start(layer, batch, units), spikes=steps > 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_neurons_under_a_current_equal_scan(kind, size):
    steps, batch, _, units = size
    layer, x = Neurons(NEURONS[kind]), drive(kind, steps, batch, units).requires_grad_()
    same(layer, x, start(layer, batch, units), spikes=steps > 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "surrogate",
    [Triangular(), Triangular(1.3, 0.4), FastSigmoid(3.0), ArcTan(1.5), Gaussian(0.3), Boxcar()],
    ids=repr,
)
def test_every_surrogate(kind, surrogate):
    layer = recurrent(kind, 7, 13, surrogate)
    same(layer, drive(kind, 37, 5, 7).requires_grad_(), start(layer, 5, 13))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep", [("v",), ("u",), "all"])
def test_gradient_through_kept_histories(kind, keep):
    layer = recurrent(kind, 7, 13, Triangular())
    keep = type(layer.neurons.start(torch.zeros(1, 1)))._fields if keep == "all" else keep
    same(layer, drive(kind, 37, 5, 7).requires_grad_(), start(layer, 5, 13), keep)


def test_feed_forward_layer_with_weights_equals_scan():
    layer, x = LIF(7, 13).double(), drive("lif", 37, 5, 7).requires_grad_()
    v = torch.rand(5, 13).double().requires_grad_()
    for keep in ((), ("v",), ("v", "u")):
        same(layer, x, LIFState(v, v - 1), keep)


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision(kind):
    """Spikes and potentials of one layer to the last bit; sums of many terms in another order."""
    layer, x = Neurons(NEURONS[kind]), drive(kind, 200, 4, 30, dtype=torch.float32)
    z, end, kept = layer(x, keep=("v", "u"))
    with kernels.disable():
        z_, end_, kept_ = layer(x, keep=("v", "u"))
    assert z.sum() > 0 and torch.equal(z, z_)
    for a, b in zip((*end, *kept.values()), (*end_, *kept_.values()), strict=True):
        assert torch.equal(a, b)
    layer = recurrent(kind, 7, 13, dtype=torch.float32)
    x = drive(kind, 37, 5, 7, dtype=torch.float32).requires_grad_()
    same(layer, x, start(layer, 5, 13, torch.float32), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_constants_of_each_neuron(kind):
    tau = torch.linspace(5, 40, 13).double()
    params = {
        "lif": LIFParams(tau=tau),
        "alif": ALIFParams(tau, 3 * tau, tau / 100),
        "current_lif": CurrentLIFParams(tau, tau / 2),
    }[kind]
    layer = Recurrent(7, 13, Neurons(NEURONS[kind], params)).double()
    same(layer, drive(kind, 37, 5, 7).requires_grad_(), start(layer, 5, 13))


def test_signs_and_masks():
    signs = torch.tensor([1.0] * 9 + [-1.0] * 4)
    layer = Recurrent(7, 13, mask=torch.rand(13, 13) < 0.5, signs=signs).double()
    same(layer, drive("lif", 37, 5, 7).requires_grad_(), start(layer, 5, 13))


@pytest.mark.parametrize("kind", KINDS)
def test_input_in_any_layout(kind):
    layer = recurrent(kind, 7, 13)
    x = drive(kind, 37, 7, 10).transpose(1, 2)[:, ::2]  # (37, 5, 7)
    assert not x.is_contiguous()
    same(layer, x.detach().requires_grad_(), start(layer, 5, 13))
    one = drive(kind, 1, 5, 7).expand(37, 5, 7)
    same(layer, one.detach().requires_grad_(), start(layer, 5, 13))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [0, 1, 17, 37])
def test_state_handed_on_is_one_run(kind, cut):
    """Values and the gradient through the state."""
    layer, x = recurrent(kind, 7, 13), drive(kind, 37, 5, 7).requires_grad_()
    whole, end = layer(x)
    (want,) = torch.autograd.grad((whole * torch.arange(37)[:, None, None]).sum(), x)
    first, middle = layer(x[:cut])
    second, last = layer(x[cut:], middle)
    both = torch.cat([first, second])
    assert torch.equal(both, whole) and whole.sum() > 0
    for a, b in zip((*last.neurons, last.z), (*end.neurons, end.z), strict=True):
        torch.testing.assert_close(a, b)
    (got,) = torch.autograd.grad((both * torch.arange(37)[:, None, None]).sum(), x)
    torch.testing.assert_close(got, want)


@pytest.mark.parametrize("kind", KINDS)
def test_empty_batch_and_empty_sequence(kind):
    layer = recurrent(kind, 7, 13)
    z, state = layer(torch.zeros(4, 0, 7).double())
    assert z.shape == (4, 0, 13) and state.z.shape == (0, 13)
    z, state = layer(torch.zeros(0, 2, 7).double())
    assert z.shape == (0, 2, 13) and state.neurons.v.shape == (2, 13)
    assert "nothing to run" in kernels.explain(layer, torch.zeros(0, 2, 7).double())[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("firing", [0.02, 0.3])
def test_ways_of_the_product_agree(kind, firing, monkeypatch):
    """Products for some neurons or for all, rows of spikes or whole matrices: the same gradient."""
    layer = recurrent(kind, 7, 40, Triangular())
    x = drive(kind, 60, 6, 7)
    x = (x if firing < 0.1 else 5 * x).requires_grad_()
    found = []
    for call in (math.inf, -math.inf):
        for dense in (0.0, 1.0):
            monkeypatch.setattr(blocks, "CALL_COST", call)
            monkeypatch.setattr(blocks, "DENSE_FIRING", dense)
            z, _ = layer(x)
            assert z.sum() > 0
            wanted = [x, *layer.parameters()]
            found.append(torch.autograd.grad((z * torch.arange(40)).sum(), wanted))
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            torch.testing.assert_close(a, b)


# ---- rows and blocks -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 13 * 5 * 4, 10**6])
def test_threads_and_blocks_change_nothing(kind, threads, block, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", block)
    monkeypatch.setattr(workers, "SMALL", 0)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert len(workers.shares(5, 1)) == threads
        layer = recurrent(kind, 7, 13, Triangular())
        same(layer, drive(kind, 37, 5, 7).requires_grad_(), start(layer, 5, 13), ("v", "u"))
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_a_forked_process_gets_threads_of_its_own(monkeypatch):
    import os

    monkeypatch.setattr(workers, "SMALL", 0)
    layer, x = LIF(7, 13), drive("lif", 37, 5, 7, dtype=torch.float32)
    with torch.no_grad():
        want = layer(x)[0]
        if (child := os.fork()) == 0:
            os._exit(0 if torch.equal(layer(x)[0], want) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
