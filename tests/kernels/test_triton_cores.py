"""The kernels for a GPU against ``core.scan``: on a GPU, or by Triton's interpreter on the CPU.

The interpreter is chosen when triton is first imported, so a process has either: without a GPU the
tests marked ``gpu`` are skipped, with one the others are, unless TRITON_INTERPRET=1 is set.
"""

import os
from importlib.util import find_spec

import pytest
import torch
from torch.overrides import TorchFunctionMode

from neurolab import kernels
from neurolab.core import ArcTan, FastSigmoid, Gaussian, Triangular
from neurolab.kernels import gpu
from neurolab.spiking import LIF, NEURONS, ALIFParams, LIFState, Neurons, Recurrent
from tests.kernels.both_ways import KINDS, drive, recurrent, same, start

if not torch.cuda.is_available() and find_spec("triton"):
    os.environ.setdefault("TRITON_INTERPRET", "1")  # here, since tests may load triton before ours
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
PLACES = ["interpreter", pytest.param("cuda", marks=pytest.mark.gpu)]
SIZES = {"odd": (7, 2, 3, 5), "one step": (1, 3, 4, 6), "one of each": (1, 1, 1, 1)}  # T, B, I, N
LAYERS = ["feed-forward", "recurrent"]


class Boxcar:
    """A surrogate that the kernels have never heard of."""

    def __repr__(self):  # the test's name
        return "Boxcar()"

    def derivative(self, u):
        return 0.5 * (u.abs() < 0.7).to(u.dtype)


class SameNumbers(TorchFunctionMode):
    """Random numbers of the CPU, moved to the GPU: tests see the same on both."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function in (torch.rand, torch.randn, torch.rand_like):
            return function(*args, **(kwargs or {}) | {"device": "cpu"}).cuda()
        return function(*args, **kwargs or {})


@pytest.fixture(params=PLACES, autouse=True)
def place(request):
    """Where the tensors of a test are made, and by what they are run."""
    pytest.importorskip("triton")
    if request.param == "cuda":
        if not torch.cuda.is_available() or INTERPRETED:
            pytest.skip("no CUDA device" if not INTERPRETED else "TRITON_INTERPRET=1 is set")
        with torch.device("cuda"), SameNumbers():
            yield request.param
    elif not INTERPRETED:
        pytest.skip("triton compiles in this process; TRITON_INTERPRET=1 tests its interpreter")
    else:
        with gpu.interpreted():
            yield request.param


def case(shape, kind, size, surrogate=None, dtype=torch.float64):
    """A layer, its input, and a state to begin with."""
    steps, batch, inputs, units = size
    if shape == "recurrent":
        layer, ends = recurrent(kind, inputs, units, surrogate, dtype), inputs
    else:
        layer, ends = Neurons(NEURONS[kind], surrogate=surrogate), units
    x = drive(kind, steps, batch, ends, dtype=dtype).requires_grad_()
    return layer, x, start(layer, batch, units, dtype)


@pytest.mark.parametrize("shape", LAYERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_equals_scan(shape, kind, size):
    same(*case(shape, kind, size), spikes=size[0] > 1)


@pytest.mark.parametrize(
    "surrogate",
    [Triangular(), Triangular(1.3, 0.4), FastSigmoid(3.0), ArcTan(1.5), Gaussian(0.3), Boxcar()],
    ids=repr,
)
def test_every_surrogate(surrogate):
    same(*case("feed-forward", "lif", SIZES["odd"], surrogate))


@pytest.mark.parametrize("shape", LAYERS)
@pytest.mark.parametrize("kind", KINDS)
def test_gradient_through_kept_histories(shape, kind):
    layer, x, state = case(shape, kind, (4, 2, 3, 5), Triangular())
    neurons = state.neurons if shape == "recurrent" else state
    same(layer, x, state, neurons._fields)


def test_weights_and_lanes_of_several_programs():
    layer, x = LIF(4, 50).double(), drive("lif", 5, 3, 4).requires_grad_()
    v = torch.rand(3, 50).double().requires_grad_()
    assert v.numel() > gpu.LANES
    same(layer, x, LIFState(v, v - 1), ("u",))


@pytest.mark.parametrize("kind", KINDS)
def test_many_weights_are_read_in_each_step(kind):
    """Not held: 65 neurons in double precision; 70, of which the last tile has six."""
    for units, held in ((65, 2**13), (70, 16 * 128)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gpu, "HELD", held)
            layer, x, state = case("recurrent", kind, (4, 2, 3, units), Triangular())
            constants = torch.zeros(2, units, dtype=torch.float64)
            *_, tile = gpu.plan(torch.zeros(2, units), torch.zeros(1), constants)
            assert tile == held // 128
            same(layer, x, state)


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision(kind):
    """Without recurrence spikes and potentials to the last bit."""
    layer, x, state = case("feed-forward", kind, (9, 3, 3, 7), dtype=torch.float32)
    z, end, kept = layer(x, state, keep=("v", "u"))
    with kernels.disable():
        z_, end_, kept_ = layer(x, state, keep=("v", "u"))
    assert 0 < z.sum() < z.numel()
    for a, b in zip((z, *end, *kept.values()), (z_, *end_, *kept_.values()), strict=True):
        assert torch.equal(a, b)
    layer, x, state = case("recurrent", kind, (5, 2, 4, 7), dtype=torch.float32)
    same(layer, x, state, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "kind"), [*(("feed-forward", kind) for kind in KINDS), ("recurrent", "alif")]
)
def test_bfloat16_rounds_what_is_stored_and_nothing_else(shape, kind):
    """So it equals scan in float32 on the same numbers: spikes exactly, and the rest to 2 %."""
    layer, x, _ = case(shape, kind, (5, 2, 3, 5), Triangular(), torch.float32)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_((8 * p).round() / 8)  # so that no current is rounded
    x = (6 * x.detach().sign()).bfloat16()
    found = []
    for dtype in (torch.bfloat16, torch.float32):
        layer, given = layer.to(dtype), x.to(dtype).requires_grad_()
        with kernels.enable() if dtype == torch.bfloat16 else kernels.disable():
            assert ("scan" in kernels.explain(layer, given)[0]) == (dtype == torch.float32)
            z, end, kept = layer(given, keep=("u",))
        end = end.neurons if shape == "recurrent" else end
        loss = (z * torch.arange(5).to(dtype)).sum() + sum(part.sum() for part in end)
        grads = torch.autograd.grad(loss, [given, *layer.parameters()])
        found.append([part.float() for part in (z, *end, kept["u"], *grads)])
    assert z.dtype == torch.float32 and 0 < z.sum() < z.numel()
    assert torch.equal(found[0][0], found[1][0])
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-2, atol=2e-2 * b.abs().max().item())


@pytest.mark.parametrize("shape", LAYERS)
def test_constants_of_each_neuron(shape):
    tau = torch.linspace(5, 40, 5).double()
    layer = Neurons(NEURONS["alif"], ALIFParams(tau, 3 * tau, tau / 100))
    layer = Recurrent(5, 5, layer).double() if shape == "recurrent" else layer
    same(layer, drive("alif", 5, 2, 5).requires_grad_(), start(layer, 2, 5))


@pytest.mark.parametrize("shape", LAYERS)
def test_input_and_gradient_in_any_layout(shape):
    layer, x, state = case(shape, "alif", (4, 2, 5, 5))
    apart = drive("alif", 4, 5, 4).transpose(1, 2)[:, ::2]
    assert apart.shape == x.shape and not apart[0].is_contiguous()
    held = drive("alif", 1, 2, 5).expand(4, 2, 5)  # the same at all times
    for given in (apart, held):
        same(layer, given.detach().requires_grad_(), state)
    for look in (lambda z: z.sum(0), lambda z: z.transpose(0, 2)):
        found = []
        for setting in (kernels.enable, kernels.disable):
            with setting():
                z = look(layer(x, state)[0])
            (g,) = torch.autograd.grad((z * torch.arange(z.shape[-1])).sum(), x)
            found.append(g)
        assert found[1].abs().sum() > 0
        torch.testing.assert_close(*found)


def test_state_handed_on_is_one_run():
    layer, x, state = case("recurrent", "alif", (4, 2, 4, 7))
    whole, end = layer(x, state)
    first, middle = layer(x[:2], state)
    second, last = layer(x[2:], middle)
    assert torch.equal(torch.cat([first, second]), whole)
    wanted = [x, *layer.parameters()]
    losses = (end.neurons.v.sum() + whole.sum(), last.neurons.v.sum() + first.sum() + second.sum())
    for a, b in zip(*(torch.autograd.grad(loss, wanted) for loss in losses), strict=True):
        torch.testing.assert_close(a, b)


def test_second_derivative_is_that_of_scan():
    layer, x, state = case("recurrent", "lif", (5, 2, 4, 7), Gaussian())
    found = []
    for setting in (kernels.enable, kernels.disable):
        with setting():
            z, end = layer(x, state)
            loss = (z * torch.arange(7)).sum() + end.neurons.v.square().sum()
            (first,) = torch.autograd.grad(loss, x, create_graph=True)
            found.append(torch.autograd.grad(first.square().sum(), [x, *layer.parameters()]))
    for a, b in zip(*found, strict=True):
        assert b.abs().sum() > 0
        torch.testing.assert_close(a, b)


# ---- what goes by scan ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", LAYERS)
def test_empty_batch_and_empty_sequence(shape):
    layer, x, _ = case(shape, "lif", SIZES["one step"])
    for empty in (x[:0], x[:, :0]):
        assert "nothing to run" in kernels.explain(layer, empty)[0]
        z, _ = layer(empty)
        assert z.shape == (*empty.shape[:2], 6)


def test_layers_that_are_too_large_go_by_scan(monkeypatch):
    x = torch.zeros(1, 3, 2)
    (line,) = kernels.explain(Recurrent(2, 4097), x)
    assert line.endswith("4097 neurons are too many for a kernel (at most 4096)")
    monkeypatch.setattr(gpu, "TRAFFIC", 2**17)
    (line,) = kernels.explain(Recurrent(2, 256), x)
    assert line.endswith("its rows would read 1 MiB of weights in each step")
    for layer in (Recurrent(2, 128), LIF(2, 4097)):
        assert "fast core of the GPU" in kernels.explain(layer, x)[0]


def test_kernels_that_fail_or_err_on_a_device_are_not_used(monkeypatch, request):
    layer, x, _ = case("feed-forward", "lif", SIZES["one step"])
    right = gpu.forward

    def fails(*given):
        raise RuntimeError("no C compiler")

    def errs(*given):
        spikes, *others = right(*given)
        return 1 - spikes, *others

    request.addfinalizer(gpu.trial.cache_clear)
    said = "Triton fails here (RuntimeError: no C compiler)", "Triton computes [[0.0, 0.0, 1.0], ["
    for wrong, reason in zip((fails, errs), said, strict=True):
        gpu.trial.cache_clear()
        monkeypatch.setattr(gpu, "forward", wrong)
        assert f"lif: scan, since {reason}" in kernels.explain(layer, x)[0]
