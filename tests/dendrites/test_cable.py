"""Compartments against the cable they stand for, and a step against two other solvers."""

import math
from itertools import pairwise

import pytest
import torch

from neurolab.dendrites import (
    CableParams,
    cable_step,
    cable_tree,
    space_constant,
    tree_solve,
)

PARAMS = CableParams(c_m=1.0, r_m=20.0, r_a=120.0, e_leak=-65.0)


def chain(pieces, length, diameter, params=PARAMS):
    parent = [k - 1 for k in range(pieces)]
    return cable_tree(parent, [length / pieces] * pieces, [diameter] * pieces, params)


def steady(tree, current):
    """Potentials above rest after all time, with a current (pA) into some compartments."""
    size = len(tree.parent)
    i = [current.get(k, 0.0) for k in range(size)]
    v = cable_step([0.0] * size, [0.0] * size, i, tree, math.inf)
    return [x - tree.e_leak for x in v]


def matrix(tree):
    """A of C dv/dt = A v + leak e_leak, written out."""
    size = len(tree.parent)
    a = -torch.diag(torch.tensor(tree.leak, dtype=torch.float64))
    for k in range(1, size):
        for j, m in ((k, tree.parent[k]), (tree.parent[k], k)):
            a[j, m] += tree.axial[k]
            a[j, j] -= tree.axial[k]
    return a


def random_tree(size, seed):
    torch.manual_seed(seed)
    parent = [-1] + [int(torch.randint(0, k, ())) for k in range(1, size)]
    length, diameter = (10 + 40 * torch.rand(size)).tolist(), (0.5 + 2 * torch.rand(size)).tolist()
    return cable_tree(parent, length, diameter, PARAMS)


def test_conductances_are_those_of_the_book():
    """A cylinder 100 um long and 2 um thick, by hand: 628.3 um2."""
    tree = cable_tree([-1, 0], [100.0, 100.0], [2.0, 2.0], CableParams(1.0, 10.0, 100.0))
    assert tree.capacitance[0] == pytest.approx(6.28319)  # pF, 628.3 um2 at 1 uF/cm2
    assert 1 / tree.leak[0] == pytest.approx(10e3 / 628.3185e-8 / 1e9)  # GOhm
    assert 1 / tree.axial[1] == pytest.approx(100 * 100e-4 / (math.pi * 1e-8) / 1e9)
    assert tree.axial[0] == 0
    assert space_constant(2.0, CableParams(1.0, 10.0, 100.0)) == pytest.approx(
        1e4 * math.sqrt(2e-4 / 4 * 10e3 / 100)
    )


def test_finite_cable_attenuates_as_cosh_to_second_order():
    scale, length = space_constant(1.5, PARAMS), 900.0
    worst = []
    for pieces in (10, 20, 40):
        v = steady(chain(pieces, length, 1.5), {0: 100.0})
        x = [(k + 0.5) * length / pieces for k in range(pieces)]
        exact = [math.cosh((length - p) / scale) for p in x]
        worst.append(max(abs(a / v[0] - b / exact[0]) for a, b in zip(v, exact, strict=True)))
    orders = [math.log2(a / b) for a, b in pairwise(worst)]
    assert worst[-1] < 2e-4 and orders == pytest.approx([2, 2], abs=0.1)


def test_long_cable_attenuates_by_e_a_space_constant_and_has_its_resistance():
    """Far from both ends; R = r_a lambda / cross section, half of it seen from the middle."""
    scale = space_constant(2.0, PARAMS)
    v = steady(chain(1601, 16 * scale, 2.0), {800: 10.0})
    one = 100  # compartments a space constant
    for k in (850, 1000, 1050):
        assert v[k] / v[k + one] == pytest.approx(math.e, rel=1e-3)
    resistance = 120.0 * scale * 1e-4 / (math.pi * 1e-8) * 1e-9  # GOhm
    assert v[800] / 10 == pytest.approx(resistance / 2, rel=1e-3)


def rall(n):
    """The largest relative error in n compartments a cable: a thick one with two thin daughters."""
    thick = 2.0
    thin = thick / 2 ** (2 / 3)  # 2 d^(3/2) = D^(3/2)
    scale = {d: space_constant(d, PARAMS) for d in (thick, thin)}
    parent, length = [*range(-1, n - 1), n - 1], [0.5 * scale[thick] / n] * n + [0.0]
    for _ in range(2):  # from a compartment of length 0 at the end of the thick one
        parent += [n, *range(len(parent), len(parent) + n - 1)]
        length += [0.4 * scale[thin] / n] * n
    v = steady(cable_tree(parent, length, [thick] * (n + 1) + [thin] * 2 * n, PARAMS), {0: 50.0})
    assert v[n + 1 + n // 2] == pytest.approx(v[2 * n + 1 + n // 2]), "both daughters alike"
    x = [0.5 * (k + 0.5) / n for k in range(n)] + [0.5 + 0.4 * (k + 0.5) / n for k in range(n)]
    found = [a / v[0] for a in v[:n] + v[n + 1 : 2 * n + 1]]
    exact = [math.cosh(0.9 - p) / math.cosh(0.9 - x[0]) for p in x]
    return max(abs(a / b - 1) for a, b in zip(found, exact, strict=True))


def test_a_tree_of_rall_is_one_cable_to_second_order():
    errors = [rall(n) for n in (10, 20, 40)]
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    assert errors[-1] < 1e-4 and orders == pytest.approx([2, 2], abs=0.2)


@pytest.mark.parametrize("size, seed", [(1, 0), (2, 1), (7, 2), (30, 3)])
def test_elimination_is_the_solution_of_the_whole_matrix(size, seed):
    """On batches of tensors, with other diagonals and right sides in each."""
    tree = random_tree(size, seed)
    diagonal = 50 + 50 * torch.rand(size, 4, dtype=torch.float64)
    right = torch.randn(size, 4, dtype=torch.float64)
    found = torch.stack(tree_solve(list(diagonal), tree.axial, tree.parent, list(right)))
    off = matrix(tree)
    off.fill_diagonal_(0)
    for b in range(4):
        want = torch.linalg.solve(torch.diag(diagonal[:, b]) - off, right[:, b])
        torch.testing.assert_close(found[:, b], want)
        floats = tree_solve(diagonal[:, b].tolist(), tree.axial, tree.parent, right[:, b].tolist())
        assert floats == pytest.approx(want.tolist(), abs=1e-12)


def test_converges_to_the_matrix_exponential_at_first_order():
    """A random tree with open synapses and a current, from a random state, after 5 ms."""
    tree, size, errors = random_tree(12, 4), 12, []
    g, i, start = torch.rand(12).double(), 20 * torch.rand(12).double(), -70 + 30 * torch.rand(12)
    c = torch.tensor(tree.capacitance, dtype=torch.float64)
    a = (matrix(tree) - torch.diag(g)) / c[:, None]
    rest = -torch.linalg.solve(a, (torch.tensor(tree.leak) * tree.e_leak + i) / c)
    exact = rest + torch.linalg.matrix_exp(5 * a) @ (start.double() - rest)
    for dt in (0.05, 0.025, 0.0125):
        v = start.tolist()
        for _ in range(round(5 / dt)):
            v = cable_step(v, g.tolist(), i.tolist(), tree, dt)
        errors.append((torch.tensor(v) - exact).abs().max().item())
    orders = [math.log2(p / q) for p, q in pairwise(errors)]
    assert errors[-1] < 0.05 and orders == pytest.approx([1, 1], abs=0.06)
    assert (exact - start).abs().max() > 5 and size == len(v)


def test_current_is_kept():
    """In the steady state all that is injected leaks out somewhere."""
    tree = random_tree(25, 5)
    v = steady(tree, {3: 40.0, 17: -5.0})
    assert sum(g * x for g, x in zip(tree.leak, v, strict=True)) == pytest.approx(35.0)
