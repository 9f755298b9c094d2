"""The CT-RNN from sample to sample: solvers, closed forms, torch's layer, finite differences."""

import math

import pytest
import torch
from torch import nn

from neurolab.continuous import CTRNN, CTRNNState, ctrnn_step
from neurolab.core.solvers import integrate
from neurolab.recurrent import tau_step


def net(inputs=2, units=4, seed=0, **options):
    torch.manual_seed(seed)
    return CTRNN(inputs, units, **options).double()


def test_a_gap_is_what_runge_kutta_finds():
    r, g = (torch.tensor(v, dtype=torch.float64) for v in ([0.9, -0.4, 0.1], [-0.3, 0.8, 0.1]))
    tau = torch.tensor([5.0, 40.0, 300.0], dtype=torch.float64)
    times = torch.linspace(0, 60, 601)
    path = integrate(lambda _, x: (g - x) / tau, r, times)
    for k in (1, 100, 600):
        found = ctrnn_step(r, g, times[k].double(), tau)
        torch.testing.assert_close(found, path[k], rtol=0, atol=1e-6)
    assert (path[-1] - r).abs().max() > 0.5


def test_a_gap_may_be_cut_anywhere():
    for cut in (0.0, 3.0, 17.5, 50.0):
        half = ctrnn_step(0.9, -0.3, cut, 20.0)
        assert ctrnn_step(half, -0.3, 50.0 - cut, 20.0) == pytest.approx(
            ctrnn_step(0.9, -0.3, 50.0, 20.0), rel=1e-12
        )
    assert ctrnn_step(0.9, -0.3, 0.0, 20.0) == pytest.approx(0.9)
    assert ctrnn_step(0.9, -0.3, 1e6, 20.0) == -0.3


def test_equal_gaps_are_steps_of_a_leaky_neuron():
    """The discrete step of the book's other rate networks, with 1 / tau = 1 - exp(-s / tau)."""
    steps = 1 / (1 - math.exp(-30.0 / 80.0))
    assert ctrnn_step(0.2, 0.7, 30.0, 80.0) == pytest.approx(tau_step(0.2, 0.7, steps))


def test_tends_to_the_network_with_nothing_held_with_order_one():
    """Twice as many samples of a smooth input, half the distance to RK4 on the whole equation."""
    one = net(1, 5, fastest=30.0, slowest=200.0)
    with torch.no_grad():
        one.weight.mul_(3)
        tau, w, w_in, b = one.tau, one.weight, one.weight_in[:, 0], one.bias

        def flow(t, r):
            return (torch.tanh(w @ r + w_in * 3 * math.sin(t / 40) + b) - r) / tau

        exact = integrate(flow, torch.zeros(5, dtype=torch.float64), torch.linspace(0, 200, 2001))
        away = []
        for samples in (100, 200, 400):
            t = torch.arange(samples, dtype=torch.float64) * 200 / samples
            x = 3 * torch.sin(t / 40)[:, None, None]
            r = one(x, torch.full((samples, 1), 200 / samples, dtype=torch.float64))[0]
            away.append((r[-1, 0] - exact[-1]).norm())
    order = torch.log2(torch.stack(away[:-1]) / torch.stack(away[1:]))
    torch.testing.assert_close(order, torch.ones(2, dtype=order.dtype), atol=0.1, rtol=0)
    assert exact[-1].norm() > 0.5


def test_with_fast_neurons_it_is_the_layer_of_torch_which_knows_no_time():
    one, peer = net(3, 5, fastest=1e-3, slowest=1e-3), nn.RNN(3, 5).double()
    with torch.no_grad():
        for ours, theirs in (("weight_in", "weight_ih_l0"), ("weight", "weight_hh_l0")):
            getattr(one, ours).copy_(getattr(peer, theirs))
        one.bias.copy_(peer.bias_ih_l0 + peer.bias_hh_l0)
    x = torch.randn(7, 2, 3, dtype=torch.float64)
    for gap in (1.0, 50.0):
        r = one(x, torch.full((7, 2), gap, dtype=torch.float64))[0]
        torch.testing.assert_close(r, peer(x)[0])


def test_time_makes_a_difference_to_slow_neurons_and_only_to_what_comes_after():
    one, x = net(), torch.randn(6, 3, 2, dtype=torch.float64)
    gaps = torch.full((6, 3), 20.0, dtype=torch.float64)
    late = gaps.clone()
    late[2, 1] = 60.0
    r, other = one(x, gaps)[0], one(x, late)[0]
    assert torch.equal(r[:2], other[:2]) and torch.equal(r[:, [0, 2]], other[:, [0, 2]])
    assert (r[2:, 1] - other[2:, 1]).abs().amax(1).min() > 1e-4


def test_gradients_are_those_of_finite_differences():
    one = net(fastest=20.0, slowest=90.0)
    x = torch.randn(5, 3, 2, dtype=torch.float64)
    gaps = (10 + 40 * torch.rand(5, 3, dtype=torch.float64)).requires_grad_()
    names = [name for name, _ in one.named_parameters()]
    assert "log_tau" in names

    def run(gaps, *values):
        return torch.func.functional_call(one, dict(zip(names, values, strict=True)), (x, gaps))[0]

    assert torch.autograd.gradcheck(run, (gaps, *one.parameters()))


def test_a_sequence_may_be_cut_anywhere():
    one, x = net(), torch.randn(9, 3, 2, dtype=torch.float64)
    gaps = 50 * torch.rand(9, 3, dtype=torch.float64)
    whole, last = one(x, gaps)
    for cut in (0, 4, 9):
        first, state = one(x[:cut], gaps[:cut])
        rest, end = one(x[cut:], gaps[cut:], state)
        torch.testing.assert_close(torch.cat([first, rest]), whole)
        torch.testing.assert_close(end.r, last.r)


def test_time_constants_begin_evenly_in_ratio():
    tau = net(1, 3, fastest=10.0, slowest=1000.0).tau.detach()
    torch.testing.assert_close(tau, torch.tensor([10.0, 100.0, 1000.0]).double(), rtol=1e-5, atol=0)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("inputs", {"inputs": 0, "units": 3}),
        ("units", {"inputs": 1, "units": 2.0}),
        ("fastest", {"inputs": 1, "units": 3, "fastest": 0.0}),
        ("slowest", {"inputs": 1, "units": 3, "slowest": 1.0}),
    ],
)
def test_wrong_sizes_are_refused_by_name(name, options):
    with pytest.raises(ValueError, match=name):
        CTRNN(**options)


def test_wrong_inputs_are_refused_by_name():
    one, x, gaps = CTRNN(2, 4), torch.zeros(5, 1, 2), torch.zeros(5, 1)
    for wrong in (torch.zeros(5, 2), torch.zeros(5, 1, 3), x.double()):
        with pytest.raises(ValueError, match="x:"):
            one(wrong, gaps)
    for wrong in (torch.zeros(5), torch.zeros(4, 1), gaps.double()):
        with pytest.raises(ValueError, match="elapsed:"):
            one(x, wrong)
    with pytest.raises(ValueError, match="state"):
        one(x, gaps, CTRNNState(torch.zeros(2, 4)))
