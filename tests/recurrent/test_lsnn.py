"""LSNN against a loop by hand, what its thresholds remember, and what its rates are pulled to."""

import math

import pytest
import torch

from neurolab import kernels
from neurolab.core import Triangular, exponential_trace
from neurolab.recurrent import LSNN, LSNNParams, leaky, rate_cost
from neurolab.spiking import ALIFParams, ALIFState, Delays, alif_step

PARAMS = LSNNParams(tau=10.0, tau_a=100.0, beta=0.3, tau_out=15.0)


def network(lif=3, alif=4, inputs=5, outputs=2, params=PARAMS, **more):
    torch.manual_seed(3)
    return LSNN(inputs, lif, alif, outputs, params, **more).double()


@pytest.fixture
def x():
    torch.manual_seed(4)
    return (torch.rand(150, 3, 5) < 0.3).double()


def by_hand(net, x):
    """Read-out and spikes by the equations, one step after the other."""
    beta = torch.tensor([0.0] * 3 + [0.3] * 4).double()
    weights = net.layer.weight, net.layer.raw * (1 - torch.eye(7).double())
    rest = torch.zeros(x.shape[1], 7).double()
    state, z, o = ALIFState(rest, rest, rest - 1), rest, torch.zeros(x.shape[1], 2).double()
    ys, zs = [], []
    for x_t in x.unbind():
        current = x_t @ weights[0].T + z @ weights[1].T
        z, state = alif_step(current, state, ALIFParams(10.0, 100.0, beta), 1.0, Triangular())
        o = math.exp(-1 / 15) * o + z @ net.output.T
        ys.append(o + net.bias)
        zs.append(z)
    return torch.stack(ys), torch.stack(zs)


@pytest.mark.parametrize("fast", [True, False])
def test_is_the_loop_by_hand_in_values_and_gradients(fast, x):
    net = network()
    y, z = by_hand(net, x)
    rates = z.detach().mean((0, 1))
    pull = torch.randn_like(y)
    ((y * pull).sum() + z.mean()).backward()
    wanted = {name: p.grad.clone() for name, p in net.named_parameters()}
    net.zero_grad()
    with kernels.enable() if fast else kernels.disable():
        found, spikes, _ = net(x)
        ((found * pull).sum() + spikes.mean()).backward()
    assert 0.02 < rates[:3].mean() < 0.5 and 0.02 < rates[3:].mean() < 0.5
    assert torch.equal(spikes, z)
    torch.testing.assert_close(found, y)
    for name, p in net.named_parameters():
        assert p.grad.abs().sum() > 0
        torch.testing.assert_close(p.grad, wanted[name])


def test_runs_by_the_fast_core(x):
    pytest.importorskip("numba")
    assert kernels.explain(network(), x) == ["alif: fast core"]
    slow = LSNNParams(t_ref=2.0)
    assert "scan" in kernels.explain(network(params=slow), x)[0]


@pytest.mark.parametrize("longest", [0, 5])
@pytest.mark.parametrize("cut", [0, 1, 70, 150])
def test_continued_sequence_equals_one_run(cut, longest, x):
    net = network(longest=longest)
    whole, spikes, end = net(x)
    first, z1, middle = net(x[:cut])
    second, z2, last = net(x[cut:], middle)
    assert spikes.sum() > 0 and torch.equal(torch.cat([z1, z2]), spikes)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    torch.testing.assert_close(last.o, end.o)


@pytest.mark.parametrize("shape", [(0, 2, 3), (1, 2, 3), (64, 2, 3), (65, 2, 3), (200, 0, 3)])
def test_the_filter_by_blocks_is_the_trace(shape):
    x, start = torch.randn(shape).double(), torch.randn(shape[1:]).double()
    torch.testing.assert_close(leaky(x, start, 15.0, 0.5), exponential_trace(x, 15.0, 0.5, start))


def test_with_delays_it_is_the_delayed_current(x):
    """One delay of 4 steps for all is the same as an input that comes 4 steps later."""
    net, other = network(longest=4), network()
    with torch.no_grad():
        net.delays.delays.fill_(4.0)
        for mine, its in (
            (other.layer.weight, net.delays.weight),
            (other.layer.raw, net.layer.raw),
            (other.output, net.output),
        ):
            mine.copy_(its)
    assert isinstance(net.delays, Delays)
    shifted = torch.cat([x.new_zeros(4, 3, 5), x[:-4]])
    spikes = net(x)[1]
    assert spikes.sum() > 0 and torch.equal(spikes, other(shifted)[1])


def test_refractory_neurons_pause(x):
    spikes = network(params=LSNNParams(tau=10.0, t_ref=3.0))(5 * x)[1]
    together = spikes[:-3] * (spikes[1:-2] + spikes[2:-1] + spikes[3:])
    assert spikes.sum() > 100 and together.sum() == 0
    assert (network()(5 * x)[1].unfold(0, 2, 1).sum(-1) == 2).any()


def reach(lif, alif, wait=300):
    """Largest derivative of the read-out by an input of ``wait`` steps before (tau is 10)."""
    net = network(lif, alif)
    with torch.no_grad():
        net.layer.raw.zero_()
    x = torch.zeros(wait + 40, 1, 5).double()
    x[:20], x[-40:] = 1.0, 0.7
    x.requires_grad_()
    y, z, _ = net(x)
    assert z[:20].sum() > 0 and z[-30:].sum() > 0
    y[-30:].sum().backward()
    return float(x.grad[:20].abs().max())


def test_thresholds_remember_what_potentials_forget():
    """30 membrane time constants later nothing is left in a LIF neuron, but in a threshold."""
    assert reach(0, 7) > 1e-4
    assert reach(7, 0) < 1e-6  # what the read-out keeps, exp(-290 / 15), is still there


def test_learning_beta_leaves_lif_neurons_as_they_are(x):
    net = network(learn=("beta", "tau_a"))
    adam = torch.optim.Adam(net.parameters(), 0.05)
    first = net.layer.neurons.params
    with torch.no_grad():
        net.layer.weight.abs_()  # so that all of them fire
    for _ in range(5):
        y, z, _ = net(x)
        adam.zero_grad()
        (y.square().mean() + net.rate_cost(z)).backward()
        adam.step()
    now = net.layer.neurons.params
    assert torch.equal(now.beta[:3], torch.zeros(3).double())
    assert ((now.beta[3:] - first.beta[3:]).abs() > 1e-3).all()
    assert ((now.tau_a[3:] - first.tau_a[3:]).abs() > 1e-3).all()


def test_rate_cost_by_counting():
    z = torch.zeros(1000, 2, 2)
    z[:30, 0, 0] = 1  # 30 Hz in one trial, silent in the other; at 2 ms half of each
    assert float(rate_cost(z, 10.0, 1.0)) == pytest.approx(((15 - 10) ** 2 + 10**2) / 2)
    assert float(rate_cost(z, 10.0, 2.0)) == pytest.approx(((7.5 - 10) ** 2 + 10**2) / 2)
    assert float(rate_cost(z[:0], 10.0, 1.0)) == 0


@pytest.mark.parametrize("gain", [0.6, 3.0])
def test_rates_are_pulled_to_the_target(gain, x):
    """From neurons that hardly fire, and from ones that fire far too often."""
    net = network(params=LSNNParams(tau=10.0, beta=0.1))
    with torch.no_grad():
        net.layer.weight.abs_().mul_(gain)
    adam = torch.optim.Adam(net.layer.parameters(), 0.1)
    costs = []
    for _ in range(150):
        cost = net.rate_cost(net(x)[1], 50.0)
        costs.append(float(cost.detach()))
        adam.zero_grad()
        cost.backward()
        adam.step()
    assert costs[-1] < 0.05 * costs[0]


def test_wrong_arguments_are_refused(x):
    for name, make in {
        "inputs": lambda: LSNN(0, 1, 1, 1),
        "lif": lambda: LSNN(1, -1, 1, 1),
        "alif: with lif = 0": lambda: LSNN(1, 0, 0, 1),
        "outputs": lambda: LSNN(1, 1, 1, True),
        "longest": lambda: LSNN(1, 1, 1, 1, longest=-1),
        "tau_out": lambda: LSNN(1, 1, 1, 1, LSNNParams(tau_out=0.0)),
        "beta: a number or shape": lambda: LSNN(1, 1, 2, 1, LSNNParams(beta=torch.ones(3))),
        "tau:": lambda: LSNN(1, 1, 2, 1, LSNNParams(tau=-1.0)),
        "learn": lambda: LSNN(1, 1, 2, 1, learn="tau_out"),
        "state: o of shape": lambda: network()(
            x, network()(x)[2]._replace(o=torch.zeros(1, 2).double())
        ),
        "x: shape": lambda: network()(x[..., :3]),
        "nan or inf": lambda: network()(x + math.nan),
        "target": lambda: rate_cost(torch.zeros(3, 1, 1), -1.0, 1.0),
    }.items():
        with pytest.raises(ValueError, match=name):
            make()
