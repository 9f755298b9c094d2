"""DEEP R: what must hold at every step, where chance leads it, and the wiring it finds."""

import pytest
import torch
from scipy.stats import chi2
from torch import nn

from neurolab.recurrent import LSNN, DeepR, DeepRParams, deep_r_step, rewire
from neurolab.recurrent.deep_r import drawn


def matrix(*shape):
    torch.manual_seed(5)
    return nn.Parameter(torch.randn(*shape).double())


def test_connections_stay_as_many_signs_stay_and_dormant_ones_weigh_nothing():
    weight, allowed = matrix(12, 9), torch.rand(12, 9) < 0.8
    wired = DeepR(weight, 30, DeepRParams(0.1, 0.5, 0.02), allowed=allowed, seed=1)
    signs, moved, seen = wired.signs.clone(), 0, torch.zeros(12, 9, dtype=torch.bool)
    for _ in range(300):
        weight.grad = torch.randn_like(weight)
        moved += wired.step()
        assert int(wired.active.sum()) == 30 and not (wired.active & ~allowed).any()
        assert torch.equal(wired.signs, signs)
        assert (weight[~wired.active] == 0).all() and (weight * signs >= 0).all()
        seen |= wired.active
    assert moved > 300 and torch.equal(seen, allowed), "every allowed connection was tried"


def test_a_step_is_the_gradient_of_the_size():
    """Against autograd through w = s theta, without chance."""
    theta, signs = (
        torch.rand(20).double().requires_grad_(),
        torch.where(torch.rand(20) < 0.5, -1, 1),
    )
    aim = torch.randn(20).double()
    ((signs * theta - aim).square().sum() + 0.3 * theta.sum()).backward()
    slope = 2 * (signs * theta.detach() - aim)
    found = deep_r_step(slope, signs, torch.zeros(20), DeepRParams(0.1, 0.3))
    torch.testing.assert_close(found, -0.1 * theta.grad)


def test_rewiring_gives_up_what_is_negative_and_nothing_else():
    theta = torch.tensor([0.5, -0.1, 0.0, 0.2, 0.0, 0.0])
    active = torch.tensor([True, True, True, True, False, False])
    allowed = torch.tensor([True, True, True, True, True, False])
    places = []
    for seed in range(40):
        after, now = rewire(theta, active, allowed, torch.Generator().manual_seed(seed))
        assert now[[0, 2, 3]].all() and int(now.sum()) == 4 and not now[5]
        assert after.tolist() == pytest.approx([0.5, 0, 0, 0.2, 0, 0])
        places.append(int((now & ~active).any()))
    assert 8 < sum(places) < 32, "the one given up is drawn as often as the other"


@pytest.mark.parametrize("taken", [10, 150])
def test_places_are_drawn_alike_whether_tried_or_sorted(taken):
    """3 of 200 - taken places, 3000 times; with 150 taken they are sorted."""
    free, chance = torch.ones(20, 10, dtype=torch.bool), torch.Generator().manual_seed(2)
    free.view(-1)[:taken] = False
    counts = torch.zeros(200)
    for _ in range(3000):
        places = drawn(free, 3, chance)
        assert len(places.unique()) == 3
        counts[places] += 1
    each = 9000 / (200 - taken)
    assert counts[:taken].sum() == 0
    squares = float(((counts[taken:] - each).square() / each).sum())
    assert chi2.sf(squares, 199 - taken) > 0.001
    assert sorted(drawn(free, 200 - taken, chance).tolist()) == list(range(taken, 200))


@pytest.mark.slow
def test_without_a_gradient_sizes_are_boltzmann_distributed():
    """Mean temperature / l1 = 1, less 0.583 of a step for the discrete walk (Siegmund)."""
    weight = nn.Parameter(torch.zeros(100, 40).double())
    params = DeepRParams(rate=2e-3, l1=1.0, temperature=1.0)
    wired = DeepR(weight, 2000, params)
    weight.grad = torch.zeros_like(weight)
    for _ in range(4000):
        wired.step()
    theta = wired.theta[wired.active]
    assert theta.mean().item() == pytest.approx(1 - 0.583 * 0.004**0.5, abs=0.08)
    for level in (0.5, 1.0, 2.0):
        share = (theta > level).double().mean().item()
        assert share == pytest.approx(float(torch.exp(torch.tensor(-level))), abs=0.05)


def test_finds_the_wiring_of_a_sparse_teacher():
    """Of 600 possible connections the teacher has 60; about 6 are there by chance at the start."""
    torch.manual_seed(6)
    signs = torch.where(torch.rand(20, 30) < 0.5, -1.0, 1.0)
    there = torch.zeros(600, dtype=torch.bool)
    there[torch.randperm(600)[:60]] = True
    teacher = signs * there.view(20, 30) * (0.5 + torch.rand(20, 30))
    weight = nn.Parameter(0.3 * torch.randn(20, 30))
    wired = DeepR(weight, 60, DeepRParams(0.05, 0.02, 1e-5), signs=signs)
    first = (wired.active & (teacher != 0)).sum()
    for _ in range(1500):
        x = torch.randn(50, 30)
        weight.grad = None
        (0.5 * (x @ (weight - teacher).T).square().sum(1).mean()).backward()
        wired.step()
    assert first < 20
    assert (wired.active & (teacher != 0)).sum() >= 57
    assert (weight - teacher).square().sum() < 0.05 * teacher.square().sum()


def test_goes_on_from_a_state_to_the_same_numbers():
    def going_on(wired, weight, count):
        for k in range(count):
            weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(k))
            wired.step()
        return weight.detach().clone()

    weight = nn.Parameter(torch.randn(6, 5))
    wired = DeepR(weight, 10, DeepRParams(0.1, 0.01, 0.01))
    going_on(wired, weight, 20)
    state = wired.state()
    wanted = going_on(wired, weight, 20)
    other = nn.Parameter(torch.zeros(6, 5))
    again = DeepR(other, 10, DeepRParams(0.1, 0.01, 0.01), seed=9)
    again.restore(state)
    assert torch.equal(going_on(again, other, 20), wanted) and wanted.any()


def test_rewires_an_lsnn():
    """Its recurrent weights, of which the diagonal may not exist."""
    torch.manual_seed(7)
    net = LSNN(5, 6, 6, 2)
    wired = DeepR(net.layer.raw, 40, DeepRParams(0.5, 1e-3, 0.1), allowed=net.layer.mask)
    x = (torch.rand(60, 4, 5) < 0.3).float()
    first = wired.active.clone()
    for _ in range(20):
        net.zero_grad()
        y, z, _ = net(x)
        (y[-1].square().mean() + net.rate_cost(z, 50.0)).backward()
        wired.step()
    assert int((net.layer.recurrent != 0).sum()) <= int(wired.active.sum()) == 40
    assert not wired.active.diagonal().any() and not torch.equal(wired.active, first)


def test_wrong_arguments_are_refused():
    weight = matrix(3, 2)
    for name, make in {
        "connections": lambda: DeepR(weight, 7),
        "connections: 0 to 2": lambda: DeepR(weight, 3, allowed=torch.eye(3, 2).bool()),
        "allowed": lambda: DeepR(weight, 1, allowed=torch.ones(3, 2)),
        "signs": lambda: DeepR(weight, 1, signs=torch.zeros(3, 2)),
        "rate": lambda: DeepRParams(rate=-1.0),
        "temperature": lambda: DeepRParams(temperature=float("nan")),
        "weight: a gradient": lambda: DeepR(weight, 1).step(),
    }.items():
        with pytest.raises(ValueError, match=name):
            make()
    weight.grad = torch.full((3, 2), float("nan")).double()
    with pytest.raises(ValueError, match="finite"):
        DeepR(weight, 1).step()
