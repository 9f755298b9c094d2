"""Losses, feedback and rates, each against something that knows nothing of e-prop."""

import pytest
import torch

from neurolab.eprop import FEEDBACKS, LOSSES, EProp, RateParams
from neurolab.spiking import NEURONS, LIFParams, Neurons, Recurrent
from tests.eprop.networks import B, K, N, T, inputs, network, weights


@pytest.mark.parametrize("name", LOSSES)
def test_error_is_the_gradient_of_the_loss(name):
    y = torch.randn(7, 3).double().requires_grad_()
    regression = name == "regression"
    target = torch.randn(7, 3).double() if regression else torch.randint(3, (7,))
    loss, error = LOSSES[name](y, target)
    (wanted,) = torch.autograd.grad(loss.sum(), y)
    torch.testing.assert_close(error, wanted)
    theirs = torch.nn.functional.mse_loss if regression else torch.nn.functional.cross_entropy
    other = theirs(y, target, reduction="none")
    torch.testing.assert_close(loss, other.sum(-1) / 2 if regression else other)


@pytest.mark.parametrize("target", [torch.zeros(7), torch.zeros(7, 3).long(), torch.full((7,), 3)])
def test_wrong_classes_are_refused(target):
    with pytest.raises(ValueError, match="target: classes"):
        LOSSES["classification"](torch.zeros(7, 3), target)


@pytest.mark.parametrize("name", FEEDBACKS)
def test_the_signal_is_the_error_through_the_feedback(name):
    """The same e_bar and error: only B differs, and only in what the neurons are told."""
    net, plain = network("lif", feedback=name), network("lif")
    with torch.no_grad():
        for a, b in zip(weights(plain), weights(net), strict=True):
            a.copy_(b)
    x, target = inputs(), torch.randn(T, B, K).double()
    net.learn(x, target)
    plain.learn(x, target)
    torch.testing.assert_close(net.output.grad, plain.output.grad)
    matrix = net.feedback.matrix(net.output)
    assert matrix.shape == (N, K)
    if name == "symmetric":
        assert torch.equal(matrix, net.output.T)
        return
    with torch.no_grad():
        plain.output.copy_(matrix.T)
        plain.layer.zero_grad()
        steps = plain.start(B)
        for x_t, target_t in zip(x, target, strict=True):  # B as read-out, error of the other
            y, _, steps = plain.advance(x_t, steps)
            y = steps.z_bar @ net.output.T + net.bias
            plain.accumulate(plain.gradients((y - target_t) / B, steps.e_bar, steps.z_bar))
    torch.testing.assert_close(net.layer.weight.grad, plain.layer.weight.grad)
    torch.testing.assert_close(net.layer.raw.grad, plain.layer.raw.grad)
    assert not torch.allclose(matrix, net.output.T, atol=0.1)


@pytest.mark.parametrize("name", ["random", "adaptive"])
def test_feedback_aligns_as_fast_as_weights_decay_or_stays(name):
    net, rate, decay = network("lif", feedback=name), 0.002, 5.0
    optimizer = torch.optim.SGD(net.parameters(), rate, weight_decay=decay)
    start = net.feedback.weight.clone()
    gap = (start - net.output.T).detach().clone()
    for _ in range(20):
        optimizer.zero_grad()
        net.learn(inputs(10), torch.randn(10, B, K).double())
        optimizer.step()
    if name == "random":
        assert torch.equal(net.feedback.weight, start)
    else:
        left = (1 - rate * decay) ** 20
        torch.testing.assert_close((net.feedback.weight - net.output.T).detach(), left * gap)
        assert (net.feedback.weight - start).norm() > 0.1 * start.norm()


@pytest.mark.slow
def test_rates_come_to_the_target():
    """From silence, and from above; no loss but that of the rates."""
    drive = torch.tensor([0.4, 0.4, 0.4, 3.0, 3.0, 3.0])[:, None]
    neurons = Neurons(NEURONS["lif"], LIFParams(tau=10.0))
    rates = RateParams(target=50.0, cost=1.0, tau_r=100.0)
    net = EProp(Recurrent(4, 6, neurons), 1, rates=rates)
    with torch.no_grad():
        net.layer.weight.copy_(drive * (0.2 + 0.1 * torch.rand(6, 4)))
        net.layer.raw.zero_()
    optimizer = torch.optim.Adam([net.layer.weight], 0.002)
    state, x, target = net.start(8), torch.ones(8, 4), torch.zeros(8, 1)
    with torch.no_grad():
        before = net.layer(x.expand(500, 8, 4))[0].mean((0, 1)) * 1000
    assert (before[:3] == 0).all() and (before[3:] > 80).all()
    for _ in range(900):
        optimizer.zero_grad()
        gradients, _, _, state = net.step(x * (torch.rand(8, 4) < 0.8), target, state, 0.0)
        net.accumulate(gradients)
        optimizer.step()
    assert (state.rates.r - 50).abs().max() < 15


@pytest.mark.parametrize("wrong", [{"target": -1.0}, {"cost": float("nan")}, {"tau_r": 0.0}])
def test_wrong_rates_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RateParams(**wrong)
