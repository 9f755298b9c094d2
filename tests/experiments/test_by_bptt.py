"""The trainer that experiments share, and what two of them measure with it."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from neurolab import tasks
from neurolab.experiments import Refused, sequential_mnist, store_recall
from neurolab.experiments.by_bptt import Learner, no_denormals


def learner(clip=1e9, steps=10):
    torch.manual_seed(2)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    return Learner("net", net, {"0": 5.0}, 0.01, steps, clip)


def test_learns_as_adam_at_a_rate_that_falls_as_a_cosine():
    mine = learner()
    other = learner().net
    adam = torch.optim.Adam([{"params": other[0].parameters()}, {"params": other[2].parameters()}])
    x = torch.randn(8, 3)
    for k in range(10):
        mine.step(mine.net(x).square().mean())
        for group, first in zip(adam.param_groups, (0.05, 0.01), strict=True):
            group["lr"] = first * math.cos(math.pi * k / 20) ** 2
        adam.zero_grad()
        other(x).square().mean().backward()
        adam.step()
    for a, b in zip(mine.net.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_shortens_long_gradients_and_throws_away_what_is_not_finite():
    mine = learner(clip=0.5)
    before = [p.detach().clone() for p in mine.net.parameters()]
    mine.step(mine.net(torch.randn(8, 3)).mean() * math.inf)
    assert (mine.thrown, mine.done) == (1, 1)
    for p, was in zip(mine.net.parameters(), before, strict=True):
        assert torch.equal(p, was)
    mine.step(1000 * mine.net(torch.randn(8, 3)).mean())
    length = sum(float(p.grad.square().sum()) for p in mine.net.parameters()) ** 0.5
    assert length == pytest.approx(0.5, rel=1e-3) and mine.thrown == 1


def test_goes_on_from_a_state_to_the_same_numbers():
    x, first, second = torch.randn(8, 3), learner(), learner()
    for _ in range(4):
        first.step(first.net(x).square().mean())
    second.restore(first.state())
    for one in (first, second):
        for _ in range(4):
            one.step(one.net(x).square().mean())
    for a, b in zip(first.net.parameters(), second.net.parameters(), strict=True):
        assert torch.equal(a, b)


def test_denormals_are_zero_inside_and_as_before_outside():
    small = torch.tensor(1e-310, dtype=torch.float64)
    before = float(small * 0.5)
    with no_denormals():
        assert float(small * 0.5) == 0
        with no_denormals():
            pass
        assert float(small * 0.5) == 0
    assert float(small * 0.5) == before


def test_waits_are_counted_from_the_last_store():
    found = tasks.store_recall(60, symbols=15, symbol=1, delay=3.0, population=1)
    waits = store_recall.waits(found.command)
    for trial in range(60):
        at = 0
        for s, command in enumerate(found.command[:, trial].tolist()):
            at = s if command == 1 else at
            assert int(waits[s, trial]) == (s - at if command == 2 else 0)
    assert torch.equal(waits > 0, found.y >= 0)


def test_answers_are_means_over_each_symbol():
    config = store_recall.PRESETS["quick"]
    seen, net = store_recall.trials(config, 3, 1), store_recall.learner(config, "alif").net
    found, z = store_recall.answers(net, seen)
    y = net(seen.x)[0]
    for s in range(config.symbols):
        part = y[s * config.symbol : (s + 1) * config.symbol]
        torch.testing.assert_close(found[s], part.mean(0))
    assert z.sum() > 0


def test_networks_differ_in_adaptation_only():
    """The same sizes; the second network has no threshold that moves."""
    config = store_recall.PRESETS["full"]
    nets = [store_recall.learner(config, way).net for way in store_recall.WAYS]
    assert [p.shape for p in nets[0].parameters()] == [p.shape for p in nets[1].parameters()]
    betas = [net.layer.neurons.params.beta for net in nets]
    assert (betas[0] > 0).sum() == config.alif and not betas[1].any()


def test_pictures_are_read_and_halved():
    config = sequential_mnist.PRESETS["quick"]
    x, _ = sequential_mnist.images(config, 0)
    assert x.shape == (1000, 8, 8)
    inputs = sequential_mnist.sequence(config, x[:5])
    assert inputs.shape == (64 + config.answer, 5, 2 * config.thresholds + 1)
    spikes, asked = inputs[..., :-1], inputs[..., -1]
    assert torch.equal(spikes[:64], tasks.pixel_sequence(x[:5], "crossings", config.thresholds))
    assert not spikes[64:].any() and not asked[:64].any() and asked[64:].all()
    held, test = (sequential_mnist.images(config, part)[0] for part in (1, 2))
    assert (len(held), len(test)) == (347, 450)


def test_parts_of_the_digits_do_not_overlap():
    config = sequential_mnist.PRESETS["quick"]
    whole = [sequential_mnist.images(config, part)[0] for part in range(3)]
    everything, _ = tasks.load("digits", split="all")
    assert torch.equal(torch.cat(whole), everything)


def test_accuracy_is_counted():
    """Of a network that always says 3."""
    config = sequential_mnist.PRESETS["quick"]
    net = sequential_mnist.learner(config, "lstm").net
    with torch.no_grad():
        net.output.weight.zero_()
        net.output.bias[3] = 10
    x, y = sequential_mnist.images(config, 1)
    found, _ = sequential_mnist.measured(net, config, x, y)
    assert found == pytest.approx((y == 3).double().mean().item())


@pytest.mark.parametrize(
    ("module", "wrong"),
    [
        (store_recall, {"alif": 30}),
        (store_recall, {"delay": 20.0}),
        (sequential_mnist, {"data": "fashion"}),
        (sequential_mnist, {"side": 20}),
        (sequential_mnist, {"data": "digits", "side": 14}),
    ],
    ids=["alif", "delay", "data", "side", "side of digits"],
)
def test_settings_that_do_not_fit_are_refused(module, wrong):
    with pytest.raises(Refused, match=next(iter(reversed(wrong)))):
        replace(module.PRESETS["full"], **wrong)
