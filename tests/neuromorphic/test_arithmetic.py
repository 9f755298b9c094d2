"""Multiplications and additions of torch, against loops and counts by hand."""

import itertools

import pytest
import torch

from neurolab import kernels
from neurolab.core import Triangular
from neurolab.eprop import ALIFTraces, EProp, alif_eligibility_step
from neurolab.neuromorphic import ArithmeticCounter
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent


def sparse(*shape):
    return torch.randn(shape) * (torch.rand(shape) < 0.5)


def counted(run):
    with ArithmeticCounter() as done:
        run()
    assert not done.others, "an operation that is not known"
    return done.products, done.sums, done.products_not_zero, done.sums_not_zero


@pytest.mark.parametrize("shape", [(4, 5, 3), (1, 6, 2), (3, 1, 4)])
def test_matrices_are_counted_as_by_three_loops(shape):
    (m, k, n), a, b = shape, sparse(*shape[:2]), sparse(*shape[1:])
    wanted = [m * k * n, m * (k - 1) * n, 0, 0]
    for i, j in itertools.product(range(m), range(n)):
        terms = sum(bool(a[i, s] != 0 and b[s, j] != 0) for s in range(k))
        wanted[2] += terms
        wanted[3] += max(0, terms - 1)
    assert list(counted(lambda: a @ b)) == wanted
    bias = torch.ones(n)
    found = counted(lambda: torch.addmm(bias, a, b))
    assert found[0] == wanted[0] and found[1] == wanted[1] + m * n


def test_each_number_counts_and_zeros_apart():
    a, b = torch.tensor([1.0, 0.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 0.0, 6.0])
    assert counted(lambda: a * b) == (4, 0, 2, 0)
    assert counted(lambda: a + b) == (0, 4, 0, 2)
    assert counted(lambda: a.clone().add_(b)) == (0, 4, 0, 2)
    assert counted(lambda: 2 * a) == (4, 0, 3, 0)
    assert counted(lambda: a.sum()) == (0, 3, 0, 2)
    assert counted(lambda: (a > 0) & (b > 0)) == (0, 0, 0, 0)
    whole = torch.ones(4, dtype=torch.int64)
    assert counted(lambda: whole * 2)[0] == 0  # no floating point


def test_what_has_no_count_is_named():
    with ArithmeticCounter() as done:
        torch.ones(3).exp()
    assert done.products == 0 and done.others == {"exp": 3}
    torch.ones(3) * 2
    assert done.products == 0, "it counts only while it is open"


def test_the_eligibility_of_a_synapse_is_three_products_and_two_sums():
    units, sources = 7, 11
    x, u = torch.rand(1, 1, sources), torch.randn(1, units, 1)
    traces = ALIFTraces(torch.rand(1, 1, sources), torch.rand(1, units, sources))
    given = x, u, traces, ALIFParams(20.0, 200.0, 0.1), 1.0, Triangular()
    products, sums, *_ = counted(lambda: alif_eligibility_step(*given))
    assert products == 3 * units * sources + 2 * sources + 2 * units  # psi: two a neuron
    assert sums == 2 * units * sources + sources + units


@pytest.mark.parametrize(("kind", "products", "sums"), [("lif", 3, 2), ("alif", 5, 4)])
def test_a_synapse_learns_by_eprop_with_so_many_operations(kind, products, sums):
    """An input more costs, at each neuron, what is counted by hand, and one of the run itself."""
    params, x, found = {"alif": ALIFParams(beta=0.1)}, torch.rand(40), []
    for inputs in (10, 20):
        neurons = Neurons(NEURONS[kind], params.get(kind), surrogate=Triangular())
        net = EProp(Recurrent(inputs, 8, neurons), 2)
        state, given = net.start(1), (x[None, :inputs], torch.ones(1, 2))
        net.accumulate(net.step(*given, state)[0])  # now there is something to add to
        with kernels.disable():
            step = lambda n=net, g=given, s=state: n.accumulate(n.step(*g, s)[0])  # noqa: E731
            found.append(counted(step))
    per_synapse = [(b - a) / (10 * 8) for a, b in zip(*found, strict=True)]
    trace = 2 / 8, 1 / 8  # of the source, which its eight neurons share
    assert per_synapse[0] == pytest.approx(products + 1 + trace[0])
    assert per_synapse[1] == pytest.approx(sums + 1 + trace[1])


def test_backward_through_time_costs_twice_the_run():
    """h <- W h, T times: W' times what is owed, and its product with h, at each step."""
    units, steps = 6, 5
    w, h0 = torch.randn(units, units, requires_grad=True), torch.randn(units, 1)

    def run():
        h = h0
        for _ in range(steps):
            h = w @ h
        h.sum().backward()

    products = counted(run)[0]
    assert products == units**2 * (steps + steps + steps - 1)
