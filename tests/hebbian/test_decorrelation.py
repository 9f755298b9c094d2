"""Covariance and anti-Hebbian learning against closed forms; Foldiak's network on bars."""

import math

import pytest
import torch

from neurolab.hebbian import AntiHebb, Covariance, CovarianceParams, Foldiak, Hebb, hebb_step
from neurolab.hebbian import anti_hebb_step as step


def mixed(n, size, mean):
    """Correlated inputs (n, size) around ``mean``."""
    return torch.randn(n, size).double() @ torch.randn(size, size).double() + mean


def test_covariance_change_is_rate_c_w():
    """Against numpy's covariance; the first call only takes the averages."""
    x = mixed(500, 5, mean=3.0)
    layer = Covariance(5, 3, CovarianceParams(tau=1.0)).double()
    w = layer.weight.clone()
    layer.learn(x, rate=0.01)
    assert torch.equal(layer.weight, w)
    layer.learn(x, rate=0.01)
    torch.testing.assert_close(layer.weight - w, 0.01 * w @ torch.cov(x.T, correction=0))


def test_covariance_does_not_see_the_mean_where_hebb_does():
    x = mixed(400, 5, mean=0.0)
    shifted = x + torch.randn(5).double()

    def change(rule, x):
        torch.manual_seed(1)
        layer = rule(5, 3).double()
        start = layer.weight.clone()
        for _ in range(5):
            for batch in x.split(40):
                layer.learn(batch, rate=0.001)
        return layer.weight - start

    def difference(rule):
        return (change(rule, x) - change(rule, shifted)).norm() / change(rule, x).norm()

    assert difference(Covariance) < 0.02
    assert difference(Hebb) > 0.2


def test_covariance_averages_first_all_then_the_last_tau_calls():
    layer = Covariance(5, 3, CovarianceParams(tau=20.0)).double()
    rows = torch.rand(60, 1, 5).double()
    for row in rows[:20]:
        layer.learn(row, rate=0.0)
    torch.testing.assert_close(layer.mean_x, rows[:20].mean(0)[0])
    torch.testing.assert_close(layer.mean_y, layer(rows[:20].mean(0))[0])
    want = layer.mean_x.clone()
    for row in rows[20:]:
        layer.learn(row, rate=0.0)
        want += (row[0] - want) / 20
    torch.testing.assert_close(layer.mean_x, want)


def test_covariance_weakens_a_synapse_of_which_one_side_is_active():
    layer = Covariance(2, 1, CovarianceParams(tau=1e6)).double()
    layer.weight.copy_(torch.tensor([[1.0, 0.0]]))
    one_or_other = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).double()
    for _ in range(2):
        layer.learn(one_or_other, rate=0.1)
    torch.testing.assert_close(layer.weight, torch.tensor([[1.025, -0.025]]).double())


def test_anti_hebb_is_minus_hebb():
    x, y = torch.randn(2, 7).double()
    torch.testing.assert_close(step(x, y, 0.3), -hebb_step(x, y, 0.3))
    assert step(2.0, 3.0, 0.5) == -3


@pytest.mark.parametrize("correlation", [-0.5, 0.3, 0.8])
def test_two_correlated_inputs_end_at_the_closed_form(correlation):
    layer = AntiHebb(2, 2).double()
    layer.weight.copy_(torch.eye(2))
    root = torch.eye(2).double() + correlation * (1 - torch.eye(2).double())
    root = torch.linalg.cholesky(root)
    white = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]).double()
    for _ in range(1200):
        layer.learn(white @ root.T, rate=0.1)
    s = math.sqrt((1 + correlation) / (1 - correlation))
    want = -(s - 1) / (s + 1)
    expected = torch.tensor([[0.0, want], [want, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(layer.lateral, expected, atol=1e-9, rtol=0)


@pytest.mark.slow
def test_many_correlated_inputs_come_out_decorrelated():
    x = mixed(2000, 6, mean=0.0)
    x = (x - x.mean(0)) / x.std(0)
    layer = AntiHebb(6, 6).double()
    layer.weight.copy_(torch.eye(6))

    def largest(z):
        return (torch.corrcoef(z.T) - torch.eye(6).double()).abs().max()

    assert largest(x) > 0.5
    for _ in range(3000):
        layer.learn(x[torch.randint(len(x), (100,))], rate=0.01)
    noise = largest(layer(x))
    for _ in range(2000):
        layer.learn(x, rate=0.05)
    assert largest(layer(x)) < 1e-3
    assert noise < 0.1, "with batches it hovers"


BARS = torch.cat([torch.eye(8)[:, :, None].expand(8, 8, 8), torch.eye(8)[:, None].expand(8, 8, 8)])
BARS = BARS.reshape(16, 64)


def pictures(n):
    """Each bar present with probability 1/8, crossings no brighter: (n, 64), and which (n, 16)."""
    present = torch.rand(n, 16) < 1 / 8
    return (present.float() @ BARS).clamp(max=1), present


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_foldiak_finds_every_bar(seed):
    """2000 batches of 10 pictures; the size was chosen on seeds 10 and 11."""
    torch.manual_seed(seed)
    layer = Foldiak(64, 16)
    for _ in range(2000):
        layer.learn(pictures(10)[0])
    bar = torch.nn.functional.cosine_similarity(layer.weight[:, None], BARS, dim=2).argmax(1)
    assert sorted(bar.tolist()) == list(range(16)), "each bar has its unit"
    x, present = pictures(1000)
    y = layer(x)
    wrong = (y.bool() != present[:, bar]).float().mean()
    assert wrong < 0.03, "the code says which bars are there"
    assert abs(y.mean() - 1 / 8) < 0.01
    assert (y.mean(0) - 1 / 8).abs().max() < 0.06
    assert layer.lateral.max() == 0
    assert layer.lateral.min() < -0.1


def test_foldiak_thresholds_alone_set_how_often_a_unit_answers():
    layer = Foldiak(64, 16, Foldiak.Params(lateral_rate=0.0))
    weight = layer.weight.clone()
    for _ in range(600):
        layer.learn(torch.rand(10, 64), rate=0.0)
    assert torch.equal(layer.weight, weight)
    often = layer(torch.rand(4000, 64)).mean(0)
    torch.testing.assert_close(often, torch.full((16,), 0.125), atol=0.05, rtol=0)
