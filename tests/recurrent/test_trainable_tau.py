"""Rates with a time constant each: closed forms, torch's layer, finite differences."""

import pytest
import torch
from torch import nn

from neurolab.recurrent import TauState, TrainableTau, tau_step


def lone(tau, weight=0.0):
    """One neuron that passes its input on, and feeds itself with this weight."""
    net = TrainableTau(1, 1, tau, slope=1.0).double()
    with torch.no_grad():
        net.weight_in.fill_(1)
        net.weight.fill_(weight)
        net.bias.zero_()
    return net


def pulse(steps):
    s = torch.zeros(steps, 1, 1, dtype=torch.float64)
    s[0] = 1
    return s


@pytest.mark.parametrize("tau", (1.5, 4.0, 30.0))
def test_a_pulse_fades_with_the_time_constant(tau):
    r, last = lone(tau)(pulse(20))
    k = torch.arange(20, dtype=torch.float64)
    torch.testing.assert_close(r[:, 0, 0], (1 - 1 / tau) ** k / tau)
    torch.testing.assert_close(last.r, r[-1])


def test_a_self_weight_is_as_good_as_a_longer_time_constant():
    """tau = 2 with weight 0.8 keeps a pulse as a lone neuron with tau = 2 / 0.2 = 10 does."""
    short, long = (net(pulse(30))[0].flatten() for net in (lone(2.0, 0.8), lone(10.0)))
    torch.testing.assert_close(short / short[0], long / long[0])
    other = lone(2.0, 0.7)(pulse(30))[0].flatten()
    assert (other / other[0] - long / long[0]).abs().max() > 0.1


def test_at_tau_one_it_is_the_layer_of_torch():
    torch.manual_seed(0)
    net, peer = TrainableTau(3, 5, slope=0.0).double(), nn.RNN(3, 5, nonlinearity="relu").double()
    with torch.no_grad():
        net.raw_tau.fill_(50.0)  # tau = 1 + e^-50
        for ours, theirs in (("weight_in", "weight_ih_l0"), ("weight", "weight_hh_l0")):
            getattr(net, ours).copy_(getattr(peer, theirs))
        net.bias.copy_(peer.bias_ih_l0 + peer.bias_hh_l0)
    s = torch.randn(7, 2, 3, dtype=torch.float64)
    torch.testing.assert_close(net(s)[0], peer(s)[0])


def test_gradients_are_those_of_finite_differences():
    torch.manual_seed(1)
    net = TrainableTau(2, 4).double()
    s = torch.randn(6, 3, 2, dtype=torch.float64)
    names = [name for name, _ in net.named_parameters()]
    assert "raw_tau" in names

    def run(*values):
        return torch.func.functional_call(net, dict(zip(names, values, strict=True)), (s,))[0]

    assert torch.autograd.gradcheck(run, tuple(net.parameters()))


def test_time_constants_learn_unless_told_not_to():
    s = torch.randn(6, 3, 2)
    for learn in (True, False):
        net = TrainableTau(2, 4, tau=3.0, learn_tau=learn)
        torch.testing.assert_close(net.tau, torch.full((4,), 3.0))
        net(s)[0].square().sum().backward()
        assert (net.raw_tau.grad is not None) == learn
        assert not learn or net.raw_tau.grad.abs().min() > 0
        assert net.weight.grad.abs().sum() > 0


def test_a_sequence_may_be_cut_anywhere():
    torch.manual_seed(2)
    net, s = TrainableTau(2, 4), torch.randn(9, 3, 2)
    whole, last = net(s)
    for cut in (0, 4, 9):
        first, state = net(s[:cut])
        rest, end = net(s[cut:], state)
        torch.testing.assert_close(torch.cat([first, rest]), whole)
        torch.testing.assert_close(end.r, last.r)


def test_a_step_goes_a_part_of_the_way():
    assert tau_step(1.0, 3.0, 4.0) == 1.5 and tau_step(1.0, 3.0, 1.0) == 3.0


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("inputs", {"inputs": 0, "units": 3}),
        ("units", {"inputs": 1, "units": 2.0}),
        ("tau", {"inputs": 1, "units": 3, "tau": 1.0}),
        ("slope", {"inputs": 1, "units": 3, "slope": 1.5}),
    ],
)
def test_wrong_sizes_are_refused_by_name(name, options):
    with pytest.raises(ValueError, match=name):
        TrainableTau(**options)


def test_wrong_inputs_are_refused_by_name():
    net = TrainableTau(2, 4)
    for s in (torch.zeros(5, 2), torch.zeros(5, 1, 3), torch.zeros(5, 1, 2).double()):
        with pytest.raises(ValueError, match="s:"):
            net(s)
    with pytest.raises(ValueError, match="state"):
        net(torch.zeros(5, 1, 2), TauState(torch.zeros(2, 4)))
