"""The dendrite's rule is a gradient, rests where its prediction holds, and learns where not."""

import math

import pytest
import torch

from neurolab.core import integrate
from neurolab.dendrites import (
    UrbanczikSenn,
    UrbanczikSennParams,
    log_slope,
    predicted_rate,
    predicted_soma_step,
)

P = UrbanczikSennParams()


def run(net, x, teacher=None, state=None, rate=0.0, seed=0):
    """Spikes x (T, B, I); the teacher is (g_e, g_i)."""
    shape = (*x.shape[:2], len(net.weight))
    none = torch.zeros(shape, dtype=torch.float64)
    g_e, g_i = teacher or (none, none)
    chance = torch.Generator().manual_seed(seed)
    draws = torch.rand(shape, generator=chance, dtype=torch.float64)
    return net(x, g_e, g_i, draws, state, rate)


def poisson(time, batch, inputs, chance=0.03, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(time, batch, inputs, generator=generator) < chance).double()


def holding(curve, total):
    """Conductances of 1/ms in all that pull toward a curve (T, B, N) in time."""
    g_e = total * (curve - P.e_i) / (P.e_e - P.e_i)
    return g_e, total - g_e


def test_rate_and_slope_of_its_log():
    u = torch.linspace(-2, 4, 61, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(predicted_rate(u, P).log().sum(), u)
    torch.testing.assert_close(log_slope(u, P), slope)
    assert predicted_rate(P.theta, P) == pytest.approx(P.most / 1.5)


def test_soma_is_exact_for_what_is_held():
    """Against a solver of fourth order; then at rest at the mean of all pulls."""

    def slope(_, u):
        return -P.g_l * u + P.g_d * (0.8 - u) + 0.4 * (P.e_e - u) + 0.2 * (P.e_i - u)

    exact = integrate(slope, -0.5, [0.001 * k for k in range(501)])[-1]
    assert predicted_soma_step(0.8, 0.4, 0.2, -0.5, P, 0.5) == pytest.approx(exact, abs=1e-9)
    alone = predicted_soma_step(0.8, 0.0, 0.0, -0.5, P, 1e6)
    assert alone == pytest.approx(P.g_d / (P.g_d + P.g_l) * 0.8)


def test_summed_induction_is_the_gradient_of_the_log_likelihood():
    """Of the spikes that fell, as the dendrite alone would explain them; by autograd."""
    net = UrbanczikSenn(12, 3, UrbanczikSennParams(tau=1e-6), dt=0.5, spread=40.0).double()
    x = poisson(150, 2, 12)
    moments, _ = run(net, x, holding(torch.full((150, 2, 3), 0.7).double(), 0.5))
    phi = predicted_rate(moments.v, P)
    likelihood = (moments.z * phi.log() - phi * net.dt).sum((0, 2)).mean()
    (gradient,) = torch.autograd.grad(likelihood, net.weight)
    found = P.g_d / (P.g_d + P.g_l) * moments.dw.sum(0)  # with tau nothing, d is the induction
    assert moments.z.sum() > 5 and gradient.abs().max() > 0.01
    torch.testing.assert_close(found.detach(), gradient)


def test_low_pass_only_spreads_the_change_in_time():
    """All of the induction is handed on, if one waits."""
    x = torch.cat([poisson(100, 1, 8), torch.zeros(1500, 1, 8)])
    told = []
    for tau in (1e-6, 100.0):
        torch.manual_seed(0)
        net = UrbanczikSenn(8, 1, UrbanczikSennParams(tau=tau), spread=40.0).double()
        with torch.no_grad():
            told.append(run(net, x)[0].dw)
    assert told[0][:120].abs().sum() > 0.9 * told[0].abs().sum()
    fast, slow = (dw.sum(0) for dw in told)
    torch.testing.assert_close(slow, fast, atol=0.02 * fast.abs().max().item(), rtol=0)


@torch.no_grad()
def test_without_a_teacher_nothing_is_learned_on_average():
    net = UrbanczikSenn(10, 1, dt=0.5, spread=30.0).double()
    x = poisson(200, 1, 10).expand(-1, 2000, -1)
    free, _ = run(net, x)
    taught, _ = run(net, x, holding(torch.full((200, 2000, 1), 1.2).double(), 0.5))
    gap = (free.u - free.v)[5:].abs().mean() / free.v.std()
    drift, pull = free.dw.sum(0).norm(), taught.dw.sum(0).norm()
    assert gap < 0.1 and drift < 0.1 * pull and free.z.mean() > 0.001


@torch.no_grad()
def test_dendrite_learns_what_the_teacher_makes_of_the_soma():
    """Inputs and teacher come again every 150 ms, and so do their potentials."""
    torch.manual_seed(0)
    net = UrbanczikSenn(200, 1, spread=1.0).double()
    x = poisson(150, 1, 200, chance=0.02).expand(-1, 4, -1)
    t = torch.arange(150, dtype=torch.float64)
    curve = (0.7 + 0.5 * torch.sin(2 * math.pi * t / 75))[:, None, None].expand(-1, 4, 1)
    teacher = holding(curve, 5.0)

    def error(moments):
        return (predicted_rate(moments.u, P) - predicted_rate(moments.v, P)).square().mean()

    _, state = run(net, x, teacher)
    before, state = run(net, x, teacher, state)
    for k in range(20):
        moments, state = run(net, x, teacher, state, rate=0.3, seed=k)
    assert error(moments) < 0.15 * error(before)
    alone, _ = run(net, x, None, state)
    together = torch.stack([alone.u[:, 0, 0], curve[:, 0, 0]])
    assert torch.corrcoef(together)[0, 1] > 0.9


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: UrbanczikSenn(0, 1), "inputs"),
        (lambda: UrbanczikSenn(1, 1, dt=7), "dt"),
        (lambda: run(UrbanczikSenn(3, 1).double(), torch.zeros(5, 1, 2)), "x: a shape"),
        (
            lambda: run(
                UrbanczikSenn(3, 1).double(), torch.zeros(5, 1, 3), (torch.zeros(5, 1),) * 2
            ),
            "g_e",
        ),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
