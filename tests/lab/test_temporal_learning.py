"""Lab temporal, questions 5 and 6 and the challenge: losses, networks, another unit of time."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

import neurolab
from neurolab import kernels
from neurolab.lab import temporal as lab
from neurolab.lab import temporal_challenge as challenge
from neurolab.lab import temporal_learning as learning
from neurolab.lab import temporal_networks as networks
from neurolab.spiking.temporal_network import first_spike, first_spike_loss


def says(name, value):
    result = neurolab.check(f"temporal.{name}", value)
    return result.status, result.message


@pytest.fixture(autouse=True)
def plain_loop():
    with kernels.disable():
        yield


# Question 5


def with_cross_entropy(t, y):
    return cross_entropy(-t, y)


def by_hand(t, y):
    chance = torch.exp(-t) / torch.exp(-t).sum(1, keepdim=True)
    return -torch.log(chance[torch.arange(len(y)), y]).mean()


GUESSES, SOLVED = (0.9, 0.4, 0.0), [1.0, 0.8, 0.0]


@pytest.mark.parametrize("loss", [with_cross_entropy, by_hand, first_spike_loss])
def test_q5_whatever_is_the_loss_passes(loss):
    for guesses in (GUESSES, [1, 0, 0], np.array(GUESSES)):
        status, message = says("q5", (loss, guesses, SOLVED))
        assert status == "right", message


@pytest.mark.parametrize("reason", learning.LOSS_SLIPS)
def test_q5_wrong_losses_are_answered_by_name(reason):
    def slip(t, y):
        return learning.LOSS_SLIPS[reason](t.detach().numpy(), y.numpy())

    status, message = says("q5", (slip, GUESSES, SOLVED))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("loss", "guesses", "solved", "reason"),
    [
        (lambda t, y: cross_entropy(-t, y, reduction="none"), GUESSES, SOLVED, "mean over the"),
        (lambda t, y: cross_entropy(-t.detach(), y), GUESSES, SOLVED, "No gradient leads"),
        (lambda t, y: cross_entropy(-t, y).item(), GUESSES, SOLVED, "No gradient leads"),
        (lambda t, y: cross_entropy(-3 * t, y), GUESSES, SOLVED, "On random times"),
        (lambda t, y: t[9], GUESSES, SOLVED, "IndexError"),
        (with_cross_entropy, (1.0, 0.5, 0.5), SOLVED, "the third"),
        (with_cross_entropy, (0.0, 0.5, 0.0), SOLVED, "the first"),
        (with_cross_entropy, (100, 50, 0), SOLVED, "Guesses are fractions"),
        (with_cross_entropy, GUESSES, (5, 4, 0), "Solved are fractions"),
        (with_cross_entropy, (1.0, 0.0), SOLVED, "three each"),
    ],
)
def test_q5_other_mistakes(loss, guesses, solved, reason):
    status, message = says("q5", (loss, guesses, solved))
    assert status == "wrong" and reason in message


def test_q5_half_filled_is_not_yet():
    blank = (..., ..., ...)
    assert says("q5", (lambda t, y: None, blank, [None] * 3))[0] == "not yet"
    assert says("q5", (with_cross_entropy, GUESSES, [None, 1.0, 0.0]))[0] == "not yet"


def test_the_gradient_of_a_network_is_what_moving_each_weight_says():
    assert lab.gradient_gap(lab.xor_network(seed=1), first_spike_loss) < 1e-4

    def cut(t, y):  # in two, one of which hides from the gradient
        return first_spike_loss(t, y) + first_spike_loss(t.detach(), y)

    assert lab.gradient_gap(lab.xor_network(seed=1), cut) > 0.1


@pytest.mark.slow
def test_silent_outputs_are_moved_by_the_push_alone():
    for seed in range(5):
        loud, silent = lab.xor_network(2.0, 1.0, seed), lab.xor_network(-1.0, 0.0, seed)
        assert (loud(lab.XOR_IN) < math.inf).float().mean() > 0.4
        assert (silent(lab.XOR_IN) == math.inf).all()
        before = [w.clone() for w in silent.parameters()]
        lab.learn_xor(silent, first_spike_loss, steps=3)
        assert all(map(torch.equal, before, silent.parameters()))
        pushed = lab.learn_xor(lab.xor_network(-1.0, 1.0, seed), first_spike_loss, steps=3)
        assert not all(map(torch.equal, before, pushed.parameters()))


@pytest.mark.slow
def test_loud_networks_learn_xor():
    assert lab.share_solved(with_cross_entropy, 2.0, 1.0, 2) == 1
    assert lab.share_solved(lambda t, y: None, 2.0, 1.0, 1) is None  # still blank


# Question 6


def stretch(decay, weight, pulses, window):
    return decay / window, weight / window, pulses * window


def by_the_time_constant(decay, weight, pulses, window):
    tau = window * (1 / decay)
    return [1 / tau, (weight / window).tolist(), torch.mul(pulses, window)]


MEDIANS = (0.75, 15.0)


@pytest.mark.parametrize("make", [stretch, by_the_time_constant])
def test_q6_whatever_makes_all_times_longer_passes(make):
    status, message = says("q6", (make, 20, 15.1, MEDIANS))
    assert status == "right", message


@pytest.mark.parametrize("reason", learning.STRETCH_SLIPS)
def test_q6_slips_are_answered_by_name(reason):
    status, message = says("q6", (learning.STRETCH_SLIPS[reason], 20, 15.0, MEDIANS))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "window", "predicted", "medians", "reason"),
    [
        (stretch, 100, 75, MEDIANS, "from 5 to 50"),
        (stretch, 20, 0.75, MEDIANS, "still in windows"),
        (stretch, 20, 20, MEDIANS, "the last pixel comes"),
        (stretch, 20, 0.0375, MEDIANS, "Times, not rates"),
        (stretch, 20, 20.75, MEDIANS, "add nothing"),
        (stretch, 20, 10, MEDIANS, "too few"),
        (stretch, 20, 30, MEDIANS, "too many"),
        (stretch, 20, 15, (0.75, 3.0), "is expected"),
        (lambda *g: stretch(*g)[:2], 20, 15, MEDIANS, "Return three things"),
        (lambda d, w, p, c: (d / c, 2 * w / c, p * c), 20, 15, MEDIANS, "stretched your way"),
        (lambda d, w, p, c: (-d, w, p), 20, 15, MEDIANS, "above 0"),
        (lambda d, w, p, c: (d / c, w[:, :2], p), 20, 15, MEDIANS, "keep their shapes"),
    ],
)
def test_q6_other_mistakes(make, window, predicted, medians, reason):
    status, message = says("q6", (make, window, predicted, medians))
    assert status == "wrong" and reason in message


def test_q6_half_filled_is_not_yet():
    assert says("q6", (lambda *_: None, ..., ..., (0.75, None)))[0] == "not yet"
    assert says("q6", (stretch, 20, 15.0, (0.75, None)))[0] == "not yet"
    net = networks.digit_network()
    assert lab.stretched(net, lambda *_: None, ...) is None
    assert lab.stretched(net, stretch, ...) is None


def test_a_stretched_network_gives_the_same_answers_later():
    net, t_in = networks.digit_network(), lab.digits("held out")[0][:40]
    slow = lab.stretched(net, stretch, 20.0)
    with torch.no_grad():
        told, later = net(t_in), slow(20 * t_in)
    assert (told < math.inf).double().mean() > 0.5
    torch.testing.assert_close(later, 20 * told, rtol=1e-3, atol=1e-3)
    assert torch.equal(first_spike(later), first_spike(told))


def test_digits_are_spikes_of_ink_in_three_parts():
    assert [len(lab.digits(part)[1]) for part in networks.PARTS] == [1000, 347, 450]
    t_in, _ = lab.digits("learn")
    fires = t_in < math.inf
    assert 0.2 < fires.double().mean() < 0.8
    assert t_in[fires].min() == 0 and t_in[fires].max() < 1


def test_right_by_wants_the_right_output_first_and_in_time():
    t = torch.tensor([[1.0, 2.0], [0.5, 0.2], [math.inf, math.inf], [3.0, 4.0]])
    y = torch.tensor([0, 0, 0, 0])
    assert [lab.right_by(t, y, when) for when in (0.9, 1.0, 3.0)] == [0, 0.25, 0.5]


# The challenge


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        (0.5, "A function is asked"),
        (lambda t: t.mean(), "TypeError"),
        (lambda t, y: 1.0, "No gradient"),
        (lambda t, y: t, "one number"),
        (lambda t, y: t.mean() * math.nan, "nan"),
    ],
)
def test_a_loss_that_cannot_be_learned_by_is_refused(loss, reason):
    status, message = says("challenge", loss)
    assert status == "wrong" and reason in message


@pytest.mark.slow
def test_our_loss_is_sooner_than_cross_entropy(monkeypatch):
    monkeypatch.setattr(challenge, "passes", lambda: 3)
    challenge._our_score.cache_clear()
    status, message = says("challenge", challenge.ours)
    ours = challenge._our_score()
    challenge._our_score.cache_clear()
    assert status == "score" and message.count(f"{100 * ours.right:.1f} % (") == 2
    assert ours.right > challenge.score(with_cross_entropy).right
