"""Lab temporal, questions 3 and 4: what moves a spike, and by how much."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab import kernels
from neurolab.lab import temporal_gradient as gradients
from neurolab.lab import temporal_search as referee
from neurolab.spiking.temporal import TemporalParams, causal_spikes, crossing_gradient
from neurolab.spiking.temporal_network import fire


def says(name, value):
    result = neurolab.check(f"temporal.{name}", value)
    return result.status, result.message


# Question 3


def with_sums(t, t_in, w, decay):
    s = np.maximum(t - t_in, 0)
    fade = (s > 0) * np.exp(-decay * s)
    rise = w * (1 - decay * s) * fade
    return -s * fade / rise.sum(), rise / rise.sum()


def with_the_formula(t, t_in, w, decay):
    grown = np.exp(decay * t_in) * (t_in < t)
    a, b = (w * grown).sum(), (w * grown * t_in).sum()
    both = [crossing_gradient(t, t_in[k], w[k], a, b, decay) for k in range(len(w))]
    return [np.where(t_in < t, [pair[n] for pair in both], 0.0) for n in (0, 1)]


def by_autograd(t, t_in, w, decay):
    params = TemporalParams(decay=decay, threshold=1.0)
    both = torch.tensor(w).requires_grad_(), torch.tensor(t_in).requires_grad_()
    with kernels.disable():
        t = fire(both[1][None], both[0][None], params)
    return torch.autograd.grad(t.sum(), both)


def by_moving(t, t_in, w, decay):
    """By moving each a little to one side, as a learner would."""
    params, h, moved = TemporalParams(decay=decay, threshold=1.0), 1e-6, []
    for k in range(len(w)):
        unit = torch.eye(len(w), dtype=torch.float64)[k] * h
        for by_t, by_w in ((0, unit), (unit, 0)):
            later, heavier = torch.tensor(t_in) + by_t, torch.tensor(w) + by_w
            there = causal_spikes(later[None], heavier[None], params).t.item()
            moved.append((there - t) / h)
    return moved[::2], moved[1::2]


@pytest.mark.parametrize("make", [with_sums, with_the_formula, by_autograd, by_moving])
def test_q3_whatever_gives_the_derivatives_passes(make):
    status, message = says("q3", make)
    assert status == "right", message
    assert "1.000, 1.000, 1.000" in message


@pytest.mark.parametrize("reason", gradients.SLIPS)
def test_q3_slips_are_answered_by_name(reason):
    def slip(t, t_in, w, decay):
        return gradients.SLIPS[reason](gradients._parts(referee.Neuron(t_in, w, t)))

    status, message = says("q3", slip)
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *g: with_sums(*g)[0], "Return two things"),
        (lambda t, t_in, w, d: [x[t_in < t] for x in with_sums(t, t_in, w, d)], "with 0"),
        (lambda *g: (with_sums(*g)[0], 1.1 * with_sums(*g)[1]), "by the times, that of input"),
        (lambda *g: (np.full(6, np.nan), with_sums(*g)[1]), "by the weights, that of input"),
        (lambda *g: ("a", "b"), "Numbers are asked"),
    ],
)
def test_q3_other_mistakes(make, reason):
    status, message = says("q3", make)
    assert status == "wrong" and reason in message


def test_q3_half_filled_is_not_yet():
    assert says("q3", lambda *_: None)[0] == says("q3", lambda *_: (None, None))[0] == "not yet"


# Question 4


def right_step():
    g = gradients.example().by_w
    rate = 1 / (g @ g)
    return rate, gradients.example().moved(rate)


def test_q4_right_and_the_step_falls_short():
    rate, moved = right_step()
    assert -0.75 < moved < -0.65
    for answer in ((rate, moved), (torch.tensor(rate), np.float64(moved))):
        assert says("q4", answer)[0] == "right"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda g, rate, moved: (1 / np.sqrt(g @ g), moved), "comes in twice"),
        (lambda g, rate, moved: (g @ g, moved), "sum of squares itself"),
        (lambda g, rate, moved: (1 / abs(g).sum(), moved), "has a square"),
        (lambda g, rate, moved: (1 / abs(g).max(), moved), "largest derivative: all"),
        (lambda g, rate, moved: (1 / abs(g).max() ** 2, moved), "largest derivative's weight"),
        (lambda g, rate, moved: (-rate, moved), "above 0"),
        (lambda g, rate, moved: (rate / 2, moved), "no 1/2"),
        (lambda g, rate, moved: (rate * 1.2, moved), "too large"),
        (lambda g, rate, moved: (rate * 0.8, moved), "too small"),
        (lambda g, rate, moved: (rate, -1.0), "your prediction"),
        (lambda g, rate, moved: (rate, -moved), "after minus before"),
        (lambda g, rate, moved: (rate, gradients.example().t + moved), "when it fires now"),
        (lambda g, rate, moved: (rate, gradients.example().moved(-rate)), "up the gradient"),
        (lambda g, rate, moved: (rate, -0.5), "a search says"),
        (lambda g, rate, moved: (str(rate), moved), "quotation marks"),
        (lambda g, rate, moved: (rate,), "two numbers"),
    ],
)
def test_q4_slips_are_answered_by_name(change, reason):
    status, message = says("q4", change(gradients.example().by_w, *right_step()))
    assert status == "wrong" and reason in message
