"""The core that gates and chooses k of each row, against a stable sort and against torch."""

import os
from importlib.util import find_spec

import pytest
import torch

from neurolab import kernels
from neurolab.dendrites import DendriticNetwork, kwinners
from neurolab.kernels import gpu

if not torch.cuda.is_available() and find_spec("triton"):
    os.environ.setdefault("TRITON_INTERPRET", "1")
SIZES = [(1, 1, 1), (3, 7, 2), (5, 64, 64), (4, 100, 5), (33, 257, 12)]  # B, N, k
GATES = ["none", "shared", "each", "table"]


@pytest.fixture(params=["cpu", "interpreter", pytest.param("cuda", marks=pytest.mark.gpu)])
def place(request):
    """By what a test is run: numba, Triton's interpreter, Triton."""
    if request.param == "cpu":
        pytest.importorskip("numba")
        yield torch.device("cpu")
        return
    pytest.importorskip("triton")
    interpreted = os.environ.get("TRITON_INTERPRET") == "1"
    if request.param == "interpreter":
        if not interpreted:
            pytest.skip("triton compiles in this process")
        with gpu.interpreted():
            yield torch.device("cpu")
    else:
        if not torch.cuda.is_available() or interpreted:
            pytest.skip("no CUDA device, or TRITON_INTERPRET=1 is set")
        yield torch.device("cuda")


def case(gate, rows, size, dtype, device, ties):
    torch.manual_seed(0)
    x = torch.randn(rows, size) * 10 ** torch.randint(-9, 9, (rows, size)).double()
    if ties:
        x = torch.randint(-2, 3, (rows, size)).double()
        x = torch.where(torch.rand(rows, size) < 0.5, -x, x)  # zeros of both signs
    count = {"none": 0, "shared": 1, "each": rows, "table": 4}[gate]
    factor = torch.randint(1, 3, (count, size)).double() if ties else torch.rand(count, size)
    which = torch.randint(0, 4, (rows,), device=device) if gate == "table" else None
    x = x.to(device, dtype).requires_grad_()
    return x, factor.to(device, dtype).requires_grad_() if count else None, which


def by_sorting(p, k):
    order = p.detach().cpu().double().argsort(dim=-1, descending=True, stable=True)[:, :k]
    won = torch.zeros(p.shape, dtype=torch.bool).scatter_(1, order, True).to(p.device)
    return torch.where(won, p, torch.zeros_like(p))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients_are_those_of_a_sort(place, gate, size, dtype, ties):
    rows, units, k = size
    if kernels.switch.interpreting.get():  # which is slow
        rows = min(rows, 2)
    x, factor, which = case(gate, rows, units, dtype, place, ties)
    y = kernels.gated_winners(x, factor, which, k)
    p = x if factor is None else x * (factor if which is None else factor[which])
    wanted = by_sorting(p, k)
    assert torch.equal(y, wanted)
    slope, given = torch.randn_like(y), [t for t in (x, factor) if t is not None]
    found, expected = (torch.autograd.grad((slope * t).sum(), given) for t in (y, wanted))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("gate", ["none", "table"])
def test_the_gradient_of_the_gradient(gate):
    pytest.importorskip("numba")
    x, factor, which = case(gate, 4, 9, torch.float64, torch.device("cpu"), False)
    given = [t for t in (x, factor) if t is not None]
    x.data.copy_(torch.randn(x.shape))

    def call(x, factor=None):
        return kernels.gated_winners(x, factor, which, 3)

    assert torch.autograd.gradcheck(call, given)
    assert torch.autograd.gradgradcheck(call, given)


def test_rows_may_lie_apart_and_two_threads_do_as_one():
    pytest.importorskip("numba")
    x = torch.randn(300, 700)[::2, 10:610].requires_grad_()
    factor, before = torch.rand(1, 600).requires_grad_(), torch.get_num_threads()
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        try:
            y = kernels.gated_winners(x, factor, None, 30)
            found.append((y, *torch.autograd.grad((y * x.detach()).sum(), (factor, x))))
        finally:
            torch.set_num_threads(before)
    assert torch.equal(found[0][0], found[1][0])
    torch.testing.assert_close(found[0][1:], found[1][1:])
    torch.testing.assert_close(found[0][0], by_sorting(x * factor, 30))


def test_numbers_that_are_not_finite_are_named():
    pytest.importorskip("numba")
    x = torch.randn(3, 5)
    x[1, 2] = torch.nan
    with pytest.raises(ValueError, match="x: finite numbers are needed, got 1"):
        kwinners(x, 2)
    with pytest.raises(ValueError, match="factor: finite"):
        kwinners(torch.randn(3, 5), 2, torch.full((5,), torch.inf))
    with pytest.raises(ValueError, match="products"):
        kwinners(torch.full((1, 2), 1e30), 1, torch.full((2,), 1e30))


def test_the_network_takes_it_and_answers_the_same():
    torch.manual_seed(0)
    model = DendriticNetwork(12, [40, 30], 5, 3, 8, density=0.1)
    x, c = torch.randn(6, 12), torch.randn(8)
    assert kernels.explain(model, x, c).count("winners: fast core") == 2
    grads = []
    for setting in (kernels.enable, kernels.disable):
        with setting():
            model.zero_grad()
            y = model(x, c)
            y.square().sum().backward()
            grads.append([y.detach(), *(p.grad.clone() for p in model.parameters())])
    for fast, slow in zip(*grads, strict=True):
        torch.testing.assert_close(fast, slow)
    assert grads[0][1].abs().sum() > 0


def test_many_gradients_at_once():
    pytest.importorskip("numba")
    x = torch.randn(2, 9).requires_grad_()
    rows = torch.eye(18).view(18, 2, 9)
    y = kernels.gated_winners(x, None, None, 3)
    (found,) = torch.autograd.grad(y, x, rows, is_grads_batched=True)
    assert torch.equal(found.view(18, 18), torch.diag((by_sorting(x, 3) != 0).flatten().float()))


def test_torch_func_goes_by_torch():
    x = torch.randn(9)
    jacobian = torch.func.jacrev(lambda row: kwinners(row[None], 3)[0])(x)
    won = by_sorting(x[None], 3)[0] != 0
    assert torch.equal(jacobian, torch.diag(won.float()))
