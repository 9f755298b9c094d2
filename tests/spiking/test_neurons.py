"""Constants of their own: each neuron has its time constant, and may learn it."""

from dataclasses import replace

import pytest
import torch

from neurolab.core import Triangular
from neurolab.spiking import LIF, NEURONS, ALIFParams, LIFParams, Neurons, RefractoryLIFParams

TAUS = torch.tensor([5.0, 10.0, 40.0]).double()


def test_equals_the_layer_of_lif():
    plain = LIF(5, 3).double()
    x = 5 * torch.randn(60, 2, 5).double()
    want, end = plain(x)
    assert want.sum() > 0
    got, state = Neurons().double()(x @ plain.weight.T)
    assert torch.equal(got, want)
    torch.testing.assert_close(state.v, end.v)


@pytest.mark.parametrize(
    ("row", "params", "learn"),
    [
        ("lif", LIFParams(TAUS), ("tau",)),
        ("alif", ALIFParams(TAUS, 100.0, torch.tensor([0.1, 0.2, 0.0]).double()), ("tau", "beta")),
        ("refractory_lif", RefractoryLIFParams(TAUS, 3.0), ("tau",)),
    ],
)
def test_gradient_of_a_constant_is_that_of_finite_differences(row, params, learn):
    """Of the potential below threshold, where no surrogate stands in for anything."""
    current = 0.9 * torch.rand(30, 2, 3).double()
    blind = Triangular(height=0.0)  # a spike would pass no gradient on
    layer = Neurons(NEURONS[row], params, surrogate=blind, learn=learn).double()
    weight = torch.randn(30, 2, 3).double()

    def loss(layer):
        spikes, _, kept = layer(current, keep="u")
        assert spikes.sum() == 0
        return (kept["u"] * weight).sum()

    loss(layer).backward()
    h = 1e-6
    for n in range(3):
        moved = []
        for sign in (1, -1):
            taus = TAUS.clone()
            taus[n] *= torch.exp(torch.tensor(sign * h).double())
            moved.append(loss(Neurons(NEURONS[row], replace(params, tau=taus))).item())
        want = (moved[0] - moved[1]) / (2 * h)
        assert abs(want) > 1e-3
        assert layer.learned["tau"].grad[n].item() == pytest.approx(want, rel=1e-5)


@pytest.mark.parametrize("row", ["lif", "alif"])
def test_time_constants_are_found_again(row):
    """From the potentials below threshold of neurons that have them."""
    current = 0.4 + 0.5 * torch.rand(50, 2, 3).double()
    make = NEURONS[row].params
    _, _, kept = Neurons(NEURONS[row], make(tau=TAUS))(current, keep="v")
    layer = Neurons(NEURONS[row], make(tau=torch.full((3,), 20.0).double()), learn="tau")
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.2)
    for _ in range(90):
        _, _, found = layer(current, keep="v")
        loss = ((found["v"] - kept["v"]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert (layer.params.tau > 0).all()
    torch.testing.assert_close(layer.params.tau.detach(), TAUS, rtol=0.05, atol=0)


def test_a_positive_constant_stays_positive_and_others_are_free():
    layer = Neurons(NEURONS["alif"], ALIFParams(beta=0.01), learn=("tau", "beta"))
    with torch.no_grad():
        for x in layer.parameters():
            x -= 50
    assert 0 < layer.params.tau.item() < 1e-10
    assert layer.params.beta.item() == pytest.approx(-49.99)


def test_what_is_learned_is_a_parameter_and_what_is_given_a_buffer():
    layer = Neurons(NEURONS["alif"], ALIFParams(TAUS, TAUS * 10, 0.2), learn="tau")
    assert [name for name, _ in layer.named_parameters()] == ["learned.tau"]
    assert [name for name, _ in layer.named_buffers()] == ["fixed_tau_a"]
    other = Neurons(NEURONS["alif"], ALIFParams(0 * TAUS + 1, TAUS, 0.2), learn="tau")
    other.load_state_dict(layer.state_dict())
    torch.testing.assert_close(other.params.tau, TAUS)
    torch.testing.assert_close(other.params.tau_a, TAUS * 10)
    single = layer.float()(torch.ones(5, 2, 3))[0]
    assert single.dtype == torch.float32
