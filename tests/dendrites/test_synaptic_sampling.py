"""Where samples are known: the prior, and the posterior of a linear model with normal noise."""

import math

import pytest
import torch
from scipy.stats import kstest
from torch import nn

from neurolab.dendrites import SamplingParams, SynapticSampling, sampled_weight, sampling_step


def test_without_data_the_prior_is_sampled():
    """From far off, 20,000 walks at once; steps of dt make the variance larger by a known bit."""
    params = SamplingParams(rate=0.5, mu=0.6, sigma=0.8)
    chance = torch.Generator().manual_seed(0)
    theta = torch.full((20_000,), -3.0, dtype=torch.float64)
    for _ in range(40):
        nu = torch.randn(20_000, generator=chance, dtype=torch.float64)
        theta = theta + sampling_step(theta, 0.0, nu, params, 0.5)
    sigma = 0.8 / math.sqrt(1 - 0.5 * 0.5 / (2 * 0.64))
    assert kstest(theta.numpy(), "norm", (0.6, sigma)).pvalue > 0.01
    assert kstest(theta.numpy(), "norm", (0.6, 0.8)).pvalue < 0.01, "the bit can be seen"
    exists = 0.5 * (1 + math.erf(0.6 / sigma / math.sqrt(2)))
    assert float((theta > 0).double().mean()) == pytest.approx(exists, abs=0.014)


@pytest.mark.parametrize("temperature", [1.0, 0.25])
def test_the_posterior_of_a_linear_model_with_normal_noise(temperature):
    """y = X theta + noise: its covariance is (X'X / s^2 + 1 / sigma^2)^-1, times temperature."""
    chance = torch.Generator().manual_seed(1)
    x = torch.randn(12, 3, generator=chance, dtype=torch.float64)
    x[:, 1] += 0.8 * x[:, 0]
    y = x @ torch.tensor([1.0, -0.5, 0.2]).double()
    y += 0.7 * torch.randn(12, generator=chance, dtype=torch.float64)
    params = SamplingParams(rate=0.01, temperature=temperature, mu=0.3, sigma=1.2)
    precision = x.T @ x / 0.49 + torch.eye(3).double() / 1.44
    mean = torch.linalg.solve(precision, x.T @ y / 0.49 + 0.3 / 1.44)
    theta = torch.zeros(8000, 3, dtype=torch.float64)
    for _ in range(120):
        slope = (y - theta @ x.T) @ x / 0.49
        nu = torch.randn(theta.shape, generator=chance, dtype=torch.float64)
        theta = theta + sampling_step(theta, slope, nu, params, 1.0)
    # The walk in steps has (1 - h P / 2)^-1 times that, where h = rate dt: exact for this map.
    inner = torch.linalg.inv(torch.eye(3).double() - 0.01 * precision / 2)
    covariance = temperature * torch.linalg.inv(precision) @ inner
    error = covariance.diagonal().sqrt() / math.sqrt(8000)
    assert ((theta.mean(0) - mean).abs() < 4.5 * error).all()
    scale = covariance.diagonal().sqrt()
    found = (theta.T.cov() - covariance) / (scale[:, None] * scale)
    assert found.abs().max() < 0.07
    assert (covariance / (scale[:, None] * scale)).fill_diagonal_(0).abs().max() > 0.3


def test_slopes_by_the_weight_become_slopes_by_theta():
    weight = nn.Parameter(torch.zeros(4, 5, dtype=torch.float64))
    params = SamplingParams(rate=0.02, temperature=0.0, mu=0.2, offset=1.0)
    sampler = SynapticSampling(weight, params, dt=0.5, examples=3.0, seed=4)
    assert torch.equal(weight != 0, sampler.exists) and 0 < sampler.exists.sum() < 20
    assert torch.equal(weight.sign()[sampler.exists], sampler.signs[sampler.exists])
    goal = torch.randn(4, 5, dtype=torch.float64)
    theta = sampler.theta.clone().requires_grad_()
    w = sampled_weight(theta, sampler.signs, params)
    log_posterior = -3 * (w - goal).square().sum() - (theta - 0.2).square().sum() / 2
    (slope,) = torch.autograd.grad(log_posterior, theta)
    (weight - goal).square().sum().backward()
    moved = sampler.step()
    after = theta.detach() + 0.02 * 0.5 * slope
    torch.testing.assert_close(sampler.theta, after)
    assert moved == int(((theta > 0) != (after > 0)).sum())


def test_goes_on_from_its_state_and_never_rests():
    first, second = (
        SynapticSampling(nn.Parameter(torch.zeros(6, 7)), SamplingParams(0.1), seed=s)
        for s in (0, 1)
    )
    first.step()
    second.restore(first.state())
    moved = [(first.step(), second.step()) for _ in range(20)]
    assert all(a == b for a, b in moved) and sum(a for a, _ in moved) > 5
    assert torch.equal(first.weight, second.weight)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda w: SamplingParams(sigma=0), "sigma"),
        (lambda w: SamplingParams(rate=-1), "rate: a finite number"),
        (lambda w: SynapticSampling(w, dt=0), "dt: a positive number is needed, got 0"),
        (lambda w: SynapticSampling(w, signs=torch.ones(3)), r"signs: .* got \(3,\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(nn.Parameter(torch.ones(2, 2)))
