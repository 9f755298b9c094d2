"""Sums over the weights that exist, with few or many numbers, against a dense layer with zeros."""

import pytest
import torch

from neurolab import kernels
from neurolab.dendrites import DendriticNetwork, SparseLinear

pytest.importorskip("numba")
SIZES = [(1, 128, 128), (5, 131, 257), (33, 300, 130)]  # B, I, N


def few(share, *shape, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype) * (torch.rand(shape) < share)


def layer(inputs, units, density=0.4, bias=True, dtype=torch.float64):
    made = SparseLinear(inputs, units, density, bias=bias).to(dtype)
    with torch.no_grad():  # a weight that does not exist may hold anything
        made.weight += ~made.mask * 7.0
    return made


def by_hand(made, x, slope):
    """Output and gradients of a dense layer whose other weights are zero."""
    w = made.weight.detach() * made.mask
    y = torch.einsum("bi,ni->bn", x.detach(), w)
    y = y if made.bias is None else y + made.bias.detach()
    dw = torch.einsum("bn,bi->ni", slope, x.detach()) * made.mask
    return [y, torch.einsum("bn,ni->bi", slope, w), dw, slope.sum(0)]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("of_slope", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("of_x", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("size", SIZES)
def test_values_and_gradients(size, of_x, of_slope, bias):
    torch.manual_seed(0)
    rows, inputs, units = size
    made, x = layer(inputs, units, bias=bias), few(of_x, rows, inputs).requires_grad_()
    slope = few(of_slope, rows, units)
    assert kernels.explain(made, x) == ["sums: fast core"]
    y = made(x)
    found = [y, *torch.autograd.grad((y * slope).sum(), [x, *made.parameters()])]
    for a, b in zip(found, by_hand(made, x, slope), strict=False):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("share", [0.05, 1.0])
def test_single_precision_as_exact_as_torch(share):
    torch.manual_seed(0)
    made = layer(300, 200, dtype=torch.float32)
    x, slope = few(share, 40, 300, dtype=torch.float32), few(share, 40, 200, dtype=torch.float32)
    exact = by_hand(made.double(), x.double(), slope.double())
    made, x = made.float(), x.requires_grad_()
    y = made(x)
    found = [y, *torch.autograd.grad((y * slope).sum(), [x, *made.parameters()])]
    for a, b in zip(found, exact, strict=True):
        torch.testing.assert_close(a, b.float(), atol=1e-5, rtol=1e-5)


def test_two_threads_do_as_one_and_rows_may_lie_apart():
    torch.manual_seed(0)
    made, before, found = layer(600, 700), torch.get_num_threads(), []
    x = few(0.05, 200, 1200)[::2, ::2].requires_grad_()
    slope = few(0.05, 700, 100).T
    for threads in (1, 2):
        torch.set_num_threads(threads)
        try:
            y = made(x)
            found.append([y, *torch.autograd.grad((y * slope).sum(), [x, *made.parameters()])])
        finally:
            torch.set_num_threads(before)
    torch.testing.assert_close(*found)
    torch.testing.assert_close(found[0], by_hand(made, x, slope))


@pytest.mark.parametrize("share", [0.05, 1.0])
def test_the_gradient_of_the_gradient_and_of_chosen_parts(share):
    torch.manual_seed(0)
    made, x = layer(129, 128), few(share, 3, 129).requires_grad_()
    slope = few(share, 3, 128)
    (dx,) = torch.autograd.grad((made(x).square() * slope).sum(), x, create_graph=True)
    (found,) = torch.autograd.grad(dx.square().sum(), x)
    w, z = made.weight.detach() * made.mask, x.detach().clone().requires_grad_()
    dz = 2 * (slope * (z @ w.T + made.bias)) @ w
    torch.testing.assert_close(found, torch.autograd.grad(dz.square().sum(), z)[0])
    made.weight.requires_grad_(False)
    made(x).sum().backward()
    assert made.weight.grad is None and made.bias.grad is not None


def test_more_dimensions_and_an_empty_batch():
    made = layer(128, 128)
    x = few(0.05, 2, 3, 128)
    torch.testing.assert_close(made(x), made(x.view(6, 128)).view(2, 3, 128))
    assert made(torch.zeros(0, 128, dtype=torch.float64)).shape == (0, 128)


def test_the_network_takes_it_and_answers_the_same():
    torch.manual_seed(0)
    model = DendriticNetwork(200, [256, 300], 5, 3, 8, density=0.05).double()
    x, c = torch.randn(20, 200).double(), torch.randn(8).double()
    notes = kernels.explain(model, x, c)
    assert notes[:4] == ["sums: fast core", "winners: fast core"] * 2
    assert notes[4:] == ["sums: scan, since there is little to add"]
    answers = []
    for setting in (kernels.enable, kernels.disable):
        with setting():
            model.zero_grad()
            y = model(x, c)
            y.square().sum().backward()
            answers.append([y.detach(), *(p.grad.clone() for p in model.parameters())])
    torch.testing.assert_close(*answers)
    assert all(p.abs().sum() > 0 for p in answers[0])


def test_many_gradients_at_once():
    made, x = layer(128, 128), few(0.05, 2, 128).requires_grad_()
    rows = torch.eye(256).view(256, 2, 128).double()
    (found,) = torch.autograd.grad(made(x), x, rows, is_grads_batched=True)
    torch.testing.assert_close(found[:128, 0], made.weight.detach() * made.mask)


def test_a_vmap_over_the_core_itself_goes_one_by_one():
    from neurolab.kernels.connected import Connected

    made, x = layer(128, 128), few(0.05, 3, 2, 128)
    given = made.weight.detach(), made.mask, None
    found = torch.func.vmap(lambda rows: Connected.apply(rows, *given)[0])(x)
    torch.testing.assert_close(found, x @ (given[0] * given[1]).T)


def test_torch_func_goes_by_torch():
    made = layer(128, 128)
    x = torch.randn(128).double()
    jacobian = torch.func.jacrev(lambda row: made(row[None])[0])(x)
    torch.testing.assert_close(jacobian, made.weight.detach() * made.mask)
