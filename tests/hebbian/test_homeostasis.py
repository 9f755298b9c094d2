"""Scaling keeps ratios and reaches its target; intrinsic plasticity follows a divergence."""

import pytest
import torch

from neurolab.hebbian import Intrinsic, IntrinsicParams, Scaling, ScalingParams, scaling_step


@pytest.mark.parametrize("target", [0.2, 3.0])
def test_scaling_reaches_its_target_and_keeps_the_ratios(target):
    """From far above and far below; the ratios to machine precision."""
    layer = Scaling(6, 2, ScalingParams(target=target)).double()
    layer.weight *= torch.tensor([0.1, 30.0]).double()[:, None]
    ratios = layer.weight / layer.weight[:, :1]
    x = torch.rand(200, 6).double()
    assert layer(x).mean(0).sub(target).abs().min() > 0.3 * target
    for _ in range(4000):
        layer.learn(x, rate=0.01 / target)
    want = torch.full((2,), target).double()
    torch.testing.assert_close(layer(x).mean(0), want, rtol=1e-6, atol=0)
    torch.testing.assert_close(layer.activity, want, rtol=1e-6, atol=0)
    torch.testing.assert_close(layer.weight / layer.weight[:, :1], ratios, rtol=1e-12, atol=0)


def test_scaling_returns_at_the_rate_of_the_equation():
    """Near the target and with tau = 1: the distance falls by rate target a call."""
    layer = Scaling(6, 1, ScalingParams(target=2.0, tau=1.0)).double()
    x = torch.rand(50, 6).double()
    layer.weight *= 2.0 / layer(x).mean()  # at the target
    layer.weight *= 1 + 1e-6
    layer.learn(x, rate=0.0)  # the average sees it
    gap = []
    for _ in range(200):
        gap.append((layer(x).mean() - 2.0).item())
        layer.learn(x, rate=0.001)
    assert gap[-1] / gap[0] == pytest.approx((1 - 0.001 * 2.0) ** 199, rel=1e-3)


@pytest.mark.parametrize(("tau", "oscillates"), [(20.0, False), (1000.0, True)])
def test_scaling_overshoots_where_the_average_is_long(tau, oscillates):
    """The border is rate target tau = 1/4; here 0.1 and 5."""
    layer = Scaling(6, 1, ScalingParams(target=1.0, tau=tau)).double()
    x = torch.rand(50, 6).double()
    layer.weight *= 1.05 / layer(x).mean()
    layer.activity.fill_(1.05)
    lowest = min(layer.learn(x, rate=0.005).mean().item() for _ in range(3000))
    assert (lowest < 1 - 1e-3) == oscillates


def test_scaling_step_is_elementwise():
    w = torch.rand(3, 4)
    a = torch.rand(3, 1)
    rows = zip(w.tolist(), a[:, 0].tolist(), strict=True)
    want = [[scaling_step(w_i, a_n, 0.5, 0.1) for w_i in row] for row, a_n in rows]
    torch.testing.assert_close(scaling_step(w, a, 0.5, 0.1), torch.tensor(want))


@pytest.mark.parametrize("mean", [0.05, 0.2])
def test_intrinsic_change_is_the_gradient_of_the_divergence(mean):
    """KL = <log p(h) - log dy/dh + y / mean> + const, differentiated by autograd."""
    layer = Intrinsic(3, 2, IntrinsicParams(mean=mean)).double()
    layer.gain.copy_(torch.tensor([0.7, 1.9]))
    layer.bias.copy_(torch.tensor([-1.3, 0.4]))
    x = torch.randn(40, 3).double()
    drive = x @ layer.weight.T
    gain, bias = layer.gain.clone().requires_grad_(), layer.bias.clone().requires_grad_()
    y = 1 / (1 + torch.exp(-(gain * drive + bias)))
    divergence = (-torch.log(gain * y * (1 - y)) + y / mean).mean(0).sum()
    dgain, dbias = torch.autograd.grad(divergence, (gain, bias))
    got = layer.changes(x, layer(x), 0.01)
    torch.testing.assert_close(got["gain"], -0.01 * dgain)
    torch.testing.assert_close(got["bias"], -0.01 * dbias)


def distance(y, mean):
    """Kolmogorov-Smirnov distance of outputs (n,) from the exponential, cut at 1."""
    y = y.sort().values
    wanted = (1 - torch.exp(-y / mean)) / (1 - torch.exp(torch.tensor(-1 / mean)))
    return (wanted - (torch.arange(len(y)) + 0.5) / len(y)).abs().max().item()


def same_mean(drive, mean):
    """The outputs of a sigmoid of gain 1 whose bias gives this mean, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        bias = (low + high) / 2
        low, high = (bias, high) if torch.sigmoid(drive + bias).mean() < mean else (low, bias)
    return torch.sigmoid(drive + bias)


@pytest.mark.parametrize("mean", [0.1, 0.2])
def test_intrinsic_spreads_the_output_exponentially(mean):
    """Normal drive; 5000 batches of 50 at rate 0.01 (chosen on seed 10)."""
    layer = Intrinsic(1, 1, IntrinsicParams(mean=mean))
    layer.weight.fill_(1.0)
    drive = torch.randn(20_000, 1)
    assert distance(layer(drive)[:, 0], mean) > 0.4, "before learning"
    for _ in range(5000):
        layer.learn(torch.randn(50, 1), rate=0.01)
    y = layer(drive)[:, 0]
    assert y.mean().item() == pytest.approx(mean, rel=0.05)
    assert distance(y, mean) < 0.06
    assert distance(y, mean) < 0.6 * distance(same_mean(drive, mean)[:, 0], mean)
