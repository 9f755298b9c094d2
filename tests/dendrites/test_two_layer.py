"""Two layers against one: what a point neuron cannot tell, and where both are the same."""

import math
from itertools import pairwise

import pytest
import torch

from neurolab.dendrites import PointNeuron, TwoLayerNeuron, branch_step

BRANCH = [0, 0, 0, 1, 1, 1, 2, 2, 2]


def volleys(count, seed=0):
    return torch.poisson(
        4 * torch.rand(count, 1, generator=torch.Generator().manual_seed(seed))
        * torch.rand(count, 9, generator=torch.Generator().manual_seed(seed + 1)) ** 2,
        generator=torch.Generator().manual_seed(seed + 2),
    ).double()  # fmt: skip


def test_a_point_neuron_cannot_tell_together_from_apart():
    together, apart = torch.zeros(2, 9).double()
    together[:3], apart[[0, 3, 6]] = 3, 3
    x = torch.stack([together, apart])
    point, layers = PointNeuron(9).double(), TwoLayerNeuron(BRANCH).double()
    assert point(x).diff().abs() < 1e-12
    assert layers(x)[0] > layers(x)[1] + 0.02
    full = layers(10 * x)
    assert full[1] > full[0] + 0.02, "one full branch is worth less than three"


def test_answer_is_the_sum_written_out():
    net = TwoLayerNeuron(BRANCH, typical=4.0).double()
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.3 * torch.randn(p.shape))
    x, net = volleys(20), net.requires_grad_(False)
    for row, found in zip(x, net(x), strict=True):
        u = net.bias.item()
        for b in range(3):
            n = sum(net.weight[i].item() * float(row[i]) for i in range(9) if BRANCH[i] == b)
            h = branch_step(n, float(net.threshold[b]), math.exp(float(net.log_width[b])))
            u += float(net.strength[b]) * h
        want = float(net.floor) + float(net.height) / (1 + math.exp(-u))
        assert found.item() == pytest.approx(want)
    assert branch_step(3.0, 3.0, 0.1) == 0.5 and branch_step(4.0, 3.0, 0.1) > 0.999


def test_wide_branches_make_it_a_point_neuron():
    """sigmoid(u) = 1/2 + u / 4 + a rest of third order, so the gap falls with the square."""
    point, x, gaps = PointNeuron(9, 5.0).double(), volleys(50), []
    for width in (10.0, 20.0, 40.0):
        net = TwoLayerNeuron(BRANCH, 5.0).double()
        with torch.no_grad():
            net.log_width.fill_(math.log(width))
            net.strength.fill_(4 * width)
            net.bias.copy_(point.bias - 3 * (2 * width - 1))  # thresholds are 1
        gaps.append((net(x) - point(x)).abs().max().item())
    orders = [math.log2(a / b) for a, b in pairwise(gaps)]
    assert gaps[0] > 1e-5 and orders == pytest.approx([2, 2], abs=0.2)


def fitted(net, x, y, steps=1500):
    adam = torch.optim.Adam(net.parameters(), 0.03)
    for _ in range(steps):
        adam.zero_grad()
        (net(x) - y).square().mean().backward()
        adam.step()


@pytest.mark.slow
def test_it_finds_another_one_from_its_answers_and_a_point_neuron_does_not():
    told = TwoLayerNeuron(BRANCH, 6.0).double()
    with torch.no_grad():
        told.log_width.fill_(math.log(0.2))
        told.strength.copy_(torch.tensor([1.0, 2.0, 3.0]))
        x, fresh = volleys(400), volleys(400, seed=9)
        y, asked = told(x), told(fresh)
    left = {}
    for net in (PointNeuron(9).double(), TwoLayerNeuron(BRANCH).double()):
        fitted(net, x, y)
        with torch.no_grad():
            left[type(net)] = ((net(fresh) - asked).square().mean() / asked.var()).item()
    assert left[TwoLayerNeuron] < 0.01 and left[PointNeuron] > 0.05


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: PointNeuron(0), "inputs"),
        (lambda: PointNeuron(3, typical=0), "typical"),
        (lambda: TwoLayerNeuron([]), "branch"),
        (lambda: TwoLayerNeuron([0, -1]), "branch"),
        (lambda: TwoLayerNeuron([0, 1])(torch.zeros(4, 3)), "x: a shape"),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
