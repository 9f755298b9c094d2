"""E-prop against autograd through a loop written by hand: exact where theory says so."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from neurolab.eprop import EProp, RateParams
from neurolab.spiking import NEURONS, Neurons, Recurrent
from tests.eprop.networks import (
    INPUTS,
    KINDS,
    B,
    K,
    N,
    T,
    drive,
    equal,
    inputs,
    learned,
    network,
    unrolled,
    weights,
)

KIND = pytest.mark.parametrize("kind", KINDS)


def squared(y, target, when=1.0):
    return ((y - target).square().sum(-1) / 2 * when).mean(1).sum()


def classes(y, target, when=1.0):
    pairs = zip(y, target, strict=True)
    return sum((cross_entropy(a, b, reduction="none") * when).mean() for a, b in pairs)


def lively(z):
    assert z.sum((0, 1)).min() > 2, "a silent neuron would make this test empty"
    assert z.mean() < 0.9


def targets(loss):
    return torch.randn(T, B, K).double() if loss is squared else torch.randint(K, (T, B))


@KIND
@pytest.mark.parametrize("loss", [squared, classes])
def test_equals_backprop_through_time_without_recurrence(kind, loss):
    named = "regression" if loss is squared else "classification"
    net, x, target = network(kind, recurrent=False, loss=named), inputs(), targets(loss)
    y, z = unrolled(net, x, cut=False)
    lively(z)
    wanted = torch.autograd.grad(loss(y, target), weights(net), allow_unused=True)
    total, _ = net.learn(x, target)
    found = learned(net)
    for k in (0, 2, 3):  # W has no part in this
        equal([found[k]], [wanted[k]], [["weight", "W", "output", "bias"][k]])
    torch.testing.assert_close(total, loss(y, target).detach())


@KIND
def test_with_recurrence_equals_backprop_cut_at_the_spikes_of_others(kind):
    net, x, target = network(kind), inputs(), targets(squared)
    y, z = unrolled(net, x)
    lively(z)
    wanted = torch.autograd.grad(squared(y, target), weights(net))
    net.learn(x, target)
    equal(learned(net), wanted)
    full = torch.autograd.grad(squared(unrolled(net, x, cut=False)[0], target), weights(net))
    assert (full[0] - wanted[0]).norm() > 0.05 * full[0].norm(), "recurrence has no effect here"
    torch.testing.assert_close(full[2], wanted[2])  # the read-out is exact


@KIND
def test_forward_is_the_same_network(kind):
    net, x = network(kind), inputs()
    y, z = unrolled(net, x)
    for found, wanted in zip(net(x), (y, z), strict=True):
        torch.testing.assert_close(found, wanted)
    state, seen = net.start(B), []
    for x_t in x:
        y_t, _, state = net.advance(x_t, state)
        seen.append(y_t)
    torch.testing.assert_close(torch.stack(seen), y.detach())


def test_signs_and_masks_of_the_layer_hold():
    torch.manual_seed(2)
    mask = torch.rand(N, N) < 0.7
    signs = torch.tensor([1.0, 1.0, -1.0, 1.0])
    net = EProp(Recurrent(INPUTS, N, KINDS["alif"], mask, signs), K).double()
    net.layer.weight.data.copy_(drive())
    x, target = inputs(), targets(squared)
    y, z = unrolled(net, x)
    lively(z)
    wanted = torch.autograd.grad(squared(y, target), weights(net))
    net.learn(x, target)
    equal(learned(net), wanted)
    assert (net.layer.raw.grad[~net.layer.mask] == 0).all()
    assert not net.layer.mask.diagonal().any()


@pytest.mark.parametrize("recurrent", [False, True])
def test_rates_are_regularised_by_the_gradient_of_their_running_mean(recurrent):
    params = RateParams(target=30.0, cost=1e-3, tau_r=25.0)
    net, x = network("alif", recurrent, rates=params), inputs()
    _, z = unrolled(net, x)
    lively(z)
    keep, r, loss = math.exp(-1 / 25.0), 30.0, 0.0
    for z_t in z:
        r = keep * r + (1 - keep) * 1000 * z_t.mean(0)
        loss = loss + 1e-3 / 2 * (r - 30.0).square().sum()
    wanted = torch.autograd.grad(loss, weights(net)[:2], allow_unused=True)
    total, _ = net.learn(x, targets(squared), when=0.0)
    equal(learned(net)[:2], wanted, ("weight", "raw"))
    torch.testing.assert_close(total, loss.detach())
    assert not net.output.grad.any()


def test_steps_count_as_much_as_when_says():
    net, x, target = network("alif"), inputs(), targets(squared)
    when = torch.rand(T, B).double() * (torch.arange(T) > 25)[:, None]
    y, _ = unrolled(net, x)
    wanted = torch.autograd.grad(squared(y, target, when), weights(net))
    net.learn(x, target, when=when)
    equal(learned(net), wanted)
    one = network("alif")
    one.learn(x, target, when=when[:, 0])
    same = network("alif")
    same.learn(x, target, when=when[:, :1].expand(T, B))
    equal(learned(one), learned(same))


@pytest.mark.parametrize("cut", [0, 1, 17, T])
def test_a_sequence_may_be_cut_anywhere(cut):
    rates = RateParams(cost=1e-4)
    x, target = inputs(), targets(squared)
    whole, parts = network("mixed", rates=rates), network("mixed", rates=rates)
    total, _ = whole.learn(x, target)
    first, state = parts.learn(x[:cut], target[:cut])
    second, _ = parts.learn(x[cut:], target[cut:], state)
    if cut in (0, T):
        assert (first if cut == 0 else second) == 0
    equal(learned(parts), learned(whole))
    torch.testing.assert_close(first + second, total)


def test_weights_may_change_within_the_sequence():
    """A step of descent after every step of time; each uses the weights of its moment."""
    net, x = network("lif"), inputs(120)
    target = torch.ones(120, B, K).double()
    optimizer, state, losses, gap = torch.optim.SGD(net.parameters(), lr=0.004), net.start(B), [], 0
    for x_t, target_t in zip(x, target, strict=True):
        with torch.no_grad():  # by hand: what the read-out is with the weights of now
            before = net.advance(x_t, state)[2]
            y_now = before.z_bar @ net.output.T + net.bias
        optimizer.zero_grad()
        gradients, loss, y, state = net.step(x_t, target_t, state)
        gap = max(gap, float((y - y_now).abs().max()))
        net.accumulate(gradients)
        optimizer.step()
        losses.append(float(loss))
    assert gap == 0
    assert sum(losses[-40:]) < 0.3 * sum(losses[:40])


def test_one_small_step_against_the_gradient_lowers_the_loss():
    """Not only the same numbers as autograd's: with the sign of a gradient."""
    net, x, target = network("alif", recurrent=False), inputs(), targets(squared)
    with torch.no_grad():
        net.output.mul_(0.0)
    before, _ = net.learn(x, target)
    for p in (net.output, net.bias):
        p.data -= 1e-4 * p.grad
    after, _ = net.learn(x, target)
    slope = sum(float(p.grad.square().sum()) for p in (net.output, net.bias))
    assert after < before and slope > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hinge"}, "loss: one of .*regression"),
        ({"feedback": "none"}, "feedback: one of .*symmetric"),
        ({"outputs": 0}, "outputs: a whole number"),
        ({"outputs": True}, "outputs: a whole number"),
        ({"tau_out": 0.0}, "tau_out: a positive"),
        ({"layer": Recurrent(2, 3, Neurons(NEURONS["qif"]))}, "lif_step.*got qif_step"),
        ({"layer": Recurrent(2, 3, Neurons(learn=["tau"]))}, "not constants.*tau"),
    ],
)
def test_settings_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        EProp(**{"layer": Recurrent(2, 3), "outputs": 2, **options})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": torch.zeros(T, B, INPUTS + 1)}, r"x: shape \(B, I\)"),
        ({"x": torch.zeros(T, INPUTS)}, r"x: \(T, B, I\)"),
        ({"x": torch.full((T, B, INPUTS), torch.nan)}, "x: finite"),
        ({"x": torch.zeros(T, 0, INPUTS)}, "batch: a whole number"),
        ({"target": torch.zeros(T - 1, B, K)}, "T targets"),
        ({"target": torch.zeros(T, B, K + 1)}, r"target: shape \(B, K\)"),
        ({"when": torch.ones(T + 1)}, "when: shape"),
    ],
)
def test_data_are_refused_by_name(change, message):
    given = {"x": torch.zeros(T, B, INPUTS), "target": torch.zeros(T, B, K), "when": 1.0, **change}
    with pytest.raises(ValueError, match=message):
        network("lif").learn(given["x"], given["target"], when=given["when"])
