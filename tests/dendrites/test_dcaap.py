"""A dendrite whose spike shrinks with its input solves XOR; a threshold unit cannot."""

import math

import numpy as np
import pytest
import torch

from neurolab.dendrites import (
    DCaAP,
    DCaAPParams,
    best_linear,
    dcaap_band,
    dcaap_step,
    linear_dichotomies,
)

CORNERS = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]).double()
XOR = torch.tensor([False, True, True, False])
EVEN = DCaAPParams(fall=0.3, rise=0.3)


def neuron(weight, bias, soma, params=EVEN):
    made = DCaAP(len(weight[0]), len(weight), params).double()
    with torch.no_grad():
        for name, value in (("weight", weight), ("bias", bias), ("soma", soma)):
            getattr(made, name).copy_(torch.tensor(value))
    return made


def test_largest_at_the_threshold_and_falls_by_e_on_either_side():
    params = DCaAPParams(fall=0.4, rise=0.05)
    assert dcaap_step(1.0, params) == 1
    for k in (1, 2, 3):
        assert dcaap_step(1 + 0.4 * k, params) == pytest.approx(math.exp(-k))
        assert dcaap_step(1 - 0.05 * k, params) == pytest.approx(math.exp(-k))
    u = np.linspace(-3, 5, 1601)
    a = dcaap_step(u, params)
    assert u[a.argmax()] == pytest.approx(1, abs=1e-9) and a.max() == pytest.approx(1)
    np.testing.assert_allclose(a, dcaap_step(torch.tensor(u), params).numpy(), rtol=1e-12)


def test_soma_fires_inside_its_band_and_nowhere_else():
    u = np.linspace(-1, 4, 5001)
    for soma, params in ((0.5, EVEN), (0.1, DCaAPParams(0.3, 0.02)), (0.9, DCaAPParams(1.0, 0.5))):
        low, high = dcaap_band(soma, params)
        fires = dcaap_step(u, params) > soma
        inside = (u > low) & (u < high)
        assert 0 < fires.sum() < len(u) and (fires == inside).all()


def test_one_neuron_does_xor():
    one = neuron([[1.0, 1.0]], [0.0], [0.5], DCaAPParams())
    assert ((one(CORNERS)[:, 0] > 0) == XOR).all()


def test_no_threshold_unit_does():
    reached = {tuple(row) for row in linear_dichotomies(CORNERS).tolist()}
    missing = {tuple(bool(k >> j & 1) for j in range(4)) for k in range(16)} - reached
    assert missing == {tuple(XOR.tolist()), tuple((~XOR).tolist())}
    assert best_linear(CORNERS, XOR) == best_linear(CORNERS, ~XOR) == 0.75
    assert best_linear(CORNERS, CORNERS[:, 0] * CORNERS[:, 1]) == 1


@pytest.mark.parametrize("inputs, count", [(1, 4), (2, 14), (3, 104), (4, 1882)])
def test_functions_of_bits_are_as_many_as_have_been_counted(inputs, count):
    """Threshold functions of n bits: 4, 14, 104, 1882, ... (sequence A000609)."""
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * inputs).reshape(-1, inputs)
    assert len(linear_dichotomies(bits)) == count


@pytest.mark.parametrize("n, d", [(3, 2), (5, 2), (7, 2), (6, 3), (7, 3)])
def test_points_in_general_position_have_the_number_of_cover(n, d):
    """Points of the curve (t, t^2, ...) are in general position."""
    x = torch.stack([torch.arange(n, dtype=torch.float64) ** k for k in range(1, d + 1)], 1)
    assert len(linear_dichotomies(x)) == 2 * sum(math.comb(n - 1, k) for k in range(d + 1))


def test_each_labelling_that_is_reached_can_be_learned():
    """Another algorithm: the perceptron stops only when all points are right."""
    torch.manual_seed(0)
    x = torch.randint(0, 6, (7, 2)).double().unique(dim=0)
    z = torch.cat([x, torch.ones(len(x), 1)], 1)
    found = linear_dichotomies(x)
    assert 8 < len(found) < 2 ** len(x)
    for labels in found:
        sign, w = 2.0 * labels - 1, torch.zeros(3, dtype=torch.float64)
        for _ in range(100_000):
            wrong = (sign * (z @ w) <= 0).nonzero()
            if not len(wrong):
                break
            w = w + sign[wrong[0]] * z[wrong[0, 0]]
        assert not len(wrong)


def test_chance_is_that_of_many_draws():
    one = neuron([[0.8, -0.5], [1.0, 1.1]], [0.3, 0.1], [0.4, 0.6])
    drawn = CORNERS + 0.4 * torch.randn(100_000, 4, 2, dtype=torch.float64)
    fired = (one(drawn.reshape(-1, 2)) > 0).double().reshape(-1, 4, 2).mean(0)
    told = one.chance(CORNERS, 0.4)
    assert (told > 0.1).any() and (told < 0.9).any()
    torch.testing.assert_close(fired, told, atol=0.006, rtol=0)


def test_margin_is_the_least_move_that_turns_an_answer():
    """Another algorithm: moves in all directions, of growing length."""
    one = neuron([[1.1, 0.9]], [0.05], [0.3])
    told = one.margin(CORNERS, XOR).item()
    angle = torch.linspace(0, 2 * math.pi, 721).double()[:-1]
    around = torch.stack([angle.cos(), angle.sin()], 1)
    for size, turned in ((0.99 * told, False), (1.01 * told, True)):
        moved = (CORNERS[:, None] + size * around).reshape(-1, 2)
        answers = (one(moved)[:, 0] > 0).reshape(4, -1)
        assert bool((answers != XOR[:, None]).any()) == turned
    assert told > 0.1
    assert one.margin(CORNERS, ~XOR).item() < 0


def test_no_band_has_a_larger_margin_than_the_root_of_an_eighth():
    half = math.exp(-0.5 / 0.3)  # the band from 0.5 to 1.5
    best = neuron([[1.0, 1.0]], [0.0], [half])
    assert best.margin(CORNERS, XOR).item() == pytest.approx(1 / math.sqrt(8))
    many = DCaAP(2, 200_000, EVEN).double()
    with torch.no_grad():
        many.weight.uniform_(-4, 4)
        many.bias.uniform_(-4, 4)
        many.soma.uniform_(0.01, 0.99)
        found = many.margin(CORNERS, XOR)
    assert 0.25 < found.max() <= 1 / math.sqrt(8)


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: DCaAP(0), "inputs"),
        (lambda: DCaAP(2, 1.5), "units"),
        (lambda: DCaAP(2, 1, DCaAPParams(fall=0)), "fall"),
        (lambda: DCaAP(2, 1, DCaAPParams(rise=math.inf)), "rise"),
        (lambda: DCaAP(2)(torch.zeros(4, 3)), "x: a shape"),
        (lambda: linear_dichotomies(torch.zeros(4)), "x: points"),
        (lambda: linear_dichotomies(torch.zeros(4, 2)), "hyperplane"),
        (lambda: best_linear(CORNERS, XOR[:3]), "y: one label"),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
