"""The first output to fire is the answer: the rule, its smooth chance, and the network."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments.first_spike import (
    PRESETS,
    answers,
    decide,
    log_chances,
    loss,
    run,
)
from neurolab.experiments.two_nets import Spiking, images
from neurolab.spiking import LIFParams, LIFState, lif_step


def test_chances_are_those_of_drawing_step_by_step():
    """Enumerated: who fires in each step, alone or with others; among several one is drawn by h."""
    u = torch.randn(3, 1, 2, dtype=torch.float64) * 0.5 + 1
    h = torch.sigmoid((u[:, 0] - 1) / 0.3)
    nobody, expected = 1.0, torch.zeros(3, 2, dtype=torch.float64)
    for t, (a, b) in enumerate(h.tolist()):
        somebody = a * (1 - b) + (1 - a) * b + a * b
        for k, one in enumerate((a, b)):
            expected[t, k] = nobody * somebody * one / (a + b)
        nobody *= (1 - a) * (1 - b)
    found, silent = log_chances(u, 0.3)
    torch.testing.assert_close(found[:, 0].exp(), expected)
    assert float(silent.exp()) == pytest.approx(nobody)


def test_all_chances_add_up_to_one():
    u = 3 * torch.randn(12, 5, 10, dtype=torch.float64)
    found, silent = log_chances(u, 0.2)
    total = found.exp().sum((0, 2)) + silent.exp()
    torch.testing.assert_close(total, torch.ones_like(total))


def test_where_width_goes_to_zero_it_is_the_rule():
    u = torch.randn(20, 50, 10, dtype=torch.float64) * 0.37
    answer, step = decide(u)
    assert (answer == -1).any() and (answer >= 0).any()
    found, silent = log_chances(u, 1e-3)
    for b in range(50):
        if answer[b] >= 0:
            assert float(found[step[b], b, answer[b]].exp()) > 0.99 or near(u[:, b])
        else:
            assert float(silent[b].exp()) > 0.99 or near(u[:, b])


def near(u):
    """Too close to the threshold, or two above it in one step: where width still matters."""
    first = (u > 1).any(-1).nonzero()
    step = int(first[0]) if len(first) else len(u) - 1
    return bool(((u[: step + 1] - 1).abs() < 0.01).any()) or int((u[step] > 1).sum()) > 1


def test_answer_is_the_first_above_and_then_the_largest():
    u = torch.zeros(4, 3, 3)
    u[2, 0, 1], u[3, 0, 2] = 1.1, 9.0  # the earlier one
    u[1, 1, 0], u[1, 1, 2] = 1.2, 1.3  # together
    u[:, 2] = 1.0  # at the threshold is not above
    answer, step = decide(u)
    assert answer.tolist() == [1, 2, -1] and step.tolist() == [2, 1, 4]


def test_first_crossing_is_the_first_spike_of_a_neuron_that_fires():
    """The outputs as LIF neurons with reset: the potentials are the same until the first spike."""
    net = Spiking(16, 20, 20, 1.0, 15.0, 0.1, 10.0, 3.0)
    with torch.no_grad():
        net.out.weight.mul_(3)
        z = net.spikes(torch.rand(30, 16))[1]
        _, step = decide(net.potentials(z))
        params, first = LIFParams(10.0), torch.full((30,), 20)
        state = LIFState(torch.zeros(30, 10), torch.full((30, 10), -1.0))
        gain = 1 / (1 - torch.exp(torch.tensor(-1.0 / 10.0)))
        for t in range(20):
            fired, state = lif_step(gain * net.out(z[t]), state, params, 1.0)
            first = torch.where((first == 20) & fired.bool().any(-1), t, first)
    assert (step < 20).any() and torch.equal(first, step)


def test_loss_falls_along_its_gradient_to_an_earlier_or_surer_answer():
    u = torch.zeros(6, 4, 10, dtype=torch.float64, requires_grad=True)
    y = torch.tensor([0, 1, 2, 3])
    first = loss(u, y, 0.2)
    first.backward()
    assert loss((u - u.grad).detach(), y, 0.2) < first
    right = u.grad.gather(2, y[None, :, None].expand(6, -1, 1))
    assert (right < 0).all() and (u.grad.sum(-1, keepdim=True) - right > 0).all()


def test_what_comes_after_the_answer_does_not_count():
    x, _ = images("digits", 1)
    net = Spiking(64, 30, 20, 1.0, 16.0, 0.2, 10.0, 2.0)
    with torch.no_grad():
        net.out.weight.mul_(10)
    told = answers(net, x[:50])
    s, z = net.spikes(x[:50].flatten(1))
    for b in range(0, 50, 7):
        until = int(told["step"][b]) + 1
        assert told["in"][b] == s[:until, b].sum() and told["hidden"][b] == z[:until, b].sum()
    assert (told["step"] < 19).any()


@pytest.mark.slow
def test_digits_from_first_spikes():
    *_, last = run(replace(PRESETS["quick"], seed=1))
    found = last.metrics
    assert found["spikes_an_input"] == 1
    assert found["test_accuracy"] > 0.6
    curve = [found[f"accuracy_at_{ms}"] for ms in (2, 4, 8, 12, 16, 20)]
    assert curve == sorted(curve) and curve[-1] == found["test_accuracy"] > curve[0] + 0.1
    assert found["test_accuracy"] <= found["answered"] <= 1
