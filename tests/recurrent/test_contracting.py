"""Two copies under the same input come together, as fast as promised, whatever the parameters."""

import numpy as np
import pytest
import torch
from torch import nn

from neurolab.recurrent import (
    AssemblyParams,
    AssemblyState,
    ContractingAssembly,
    coupling,
    diagonal_metric,
    distance,
    log_norm,
)

SEEDS = range(5)


def assembly(seed, spread=1.0, **changes):
    """An assembly with parameters far from where they start; in double precision."""
    torch.manual_seed(seed)
    net = ContractingAssembly(2, 3, 4, AssemblyParams(**changes)).double()
    with torch.no_grad():
        for p in net.parameters():
            p.add_(spread * torch.randn_like(p))
    return net


def jacobians(net, count=50):
    """Of dx/dt at random states, slopes of tanh between 0 and 1."""
    x = 2 * torch.randn(count, 12, dtype=torch.float64)
    slope = 1 - torch.tanh(x) ** 2
    w = torch.block_diag(*net.within().detach())
    return (w * slope[:, None, :] + net.between().detach() - torch.eye(12)) / net.params.tau


@pytest.mark.parametrize("seed", SEEDS)
def test_contracts_at_the_promised_rate_at_random_states(seed):
    net = assembly(seed)
    found = log_norm(jacobians(net), net.metric.detach())
    assert found.max() < -net.rate + 1e-12 < 0
    assert found.max() > -2 / net.params.tau  # not for lack of weights


@pytest.mark.parametrize("spread", (1.0, 30.0))
def test_two_trajectories_come_together_in_every_step(spread):
    """Coupling thirty times stronger than the leak turns, and does not part."""
    net = assembly(7)
    with torch.no_grad():
        net.pairs.mul_(spread)
    i = torch.randn(30, 20, 2, dtype=torch.float64)
    with torch.no_grad():
        x, _ = net(i, AssemblyState(3 * torch.randn(20, 12, dtype=torch.float64)))
        y, _ = net(i, AssemblyState(3 * torch.randn(20, 12, dtype=torch.float64)))
    gaps = distance(x, y, net.metric.detach())
    shrinks = gaps[1:] / gaps[:-1]
    assert shrinks.max() <= net.factor + 1e-9
    assert gaps[-1].max() < 0.75 * gaps[0].max() and gaps[-1].min() > 1e-9


def test_a_step_is_a_contraction_of_the_promised_factor():
    """The largest singular value of the step's Jacobian, by differences."""
    nudges, tightest = 1e-6 * torch.eye(12, dtype=torch.float64), 0.0
    for seed in SEEDS:
        net = assembly(seed, strength=0.6, tau=3.0)
        root, x = net.metric.detach().sqrt(), torch.randn(12, dtype=torch.float64)
        with torch.no_grad():
            near = AssemblyState(torch.cat([x + nudges, x - nudges]))
            up, down = net(torch.zeros(1, 24, 2).double(), near)[0][0].chunk(2)
        found = torch.linalg.matrix_norm(root[:, None] * ((up - down).T / 2e-6) / root, 2)
        assert found <= net.factor + 1e-7
        tightest = max(tightest, found.item())
    assert tightest > 0.8 * net.factor


def test_training_cannot_break_the_promise():
    """Trained to hold a bit for ever, which a contracting network cannot."""
    torch.manual_seed(0)
    net = ContractingAssembly(1, 2, 5)
    i = torch.zeros(8, 16, 1)
    i[0] = torch.randn(16, 1).sign()
    before = net.pairs.detach().clone()
    for _ in range(8):
        loss = nn.functional.mse_loss(net(i)[0][-1, :, 0], 5 * i[0, :, 0])
        for p, g in zip(
            net.parameters(), torch.autograd.grad(loss, [*net.parameters()]), strict=True
        ):
            with torch.no_grad():
                p.sub_(0.05 * g.sign())
    assert (net.pairs - before).abs().max() > 0.1 and net.log_root.abs().max() > 0.1
    net = net.double()
    a = torch.block_diag(*net.within().detach())
    q = net.metric.detach().sqrt()
    found = torch.linalg.matrix_norm(q[:, None] * a / q, 2)
    assert found <= net.params.strength * (1 + 1e-6)
    assert log_norm(net.between().detach(), net.metric.detach()).abs() < 1e-6


def test_a_free_coupling_breaks_it():
    """The planted case: B alone, and L in a metric that is not that of the subnetworks."""
    net = assembly(1)
    free, metric = net.free().detach(), net.metric.detach()
    w = torch.block_diag(*net.within().detach())
    rest = (w - torch.eye(12)) / net.params.tau
    assert log_norm(rest + net.between().detach() / net.params.tau, metric) < 0
    assert log_norm(rest + 5 * free / net.params.tau, metric) > 0
    assert log_norm(rest + coupling(5 * free, metric.flip(0)) / net.params.tau, metric) > 0


def test_small_steps_follow_the_differential_equation():
    """The gap to a fine Runge-Kutta solution halves with the step."""
    net = assembly(3, spread=0.3)
    w, coupled = torch.block_diag(*net.within().detach()), net.between().detach()
    x = start = torch.randn(1, 12, dtype=torch.float64)
    u = net.bias.detach()

    def flow(x):
        return (-x + torch.tanh(x) @ w.T + x @ coupled.T + u) / net.params.tau

    h = 0.05
    for _ in range(200):
        k1 = flow(x)
        k2 = flow(x + h / 2 * k1)
        k3 = flow(x + h / 2 * k2)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + flow(x + h * k3))
    gaps = []
    for dt in (0.2, 0.1, 0.05):
        net.params = AssemblyParams(dt=dt)
        zeros = torch.zeros(round(10 / dt), 1, 2, dtype=torch.float64)
        gaps.append((net(zeros, AssemblyState(start))[0][-1] - x).norm().item())
    order = np.log2(np.array(gaps[:-1]) / gaps[1:])
    np.testing.assert_allclose(order, 1, atol=0.05)


def test_a_sequence_may_be_cut_anywhere():
    net, i = assembly(2), torch.randn(6, 2, 2, dtype=torch.float64)
    whole, last = net(i)
    first, state = net(i[:2])
    rest, end = net(i[2:], state)
    torch.testing.assert_close(torch.cat([first, rest]), whole)
    torch.testing.assert_close(end.x, last.x)
    assert whole.abs().min(0)[0].max() > 0.01, "a silent network would make this test empty"


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_of_weights_promise_a_rate(seed):
    """No slopes part two states faster; with positive weights and full slopes it is reached."""
    torch.manual_seed(seed)
    w = torch.randn(8, 8, dtype=torch.float64) * torch.rand(8, 1) * 0.15
    w[0, 0] = -9.0  # inhibits itself: helps
    gain, one = 1.2, torch.eye(8)
    metric, rate = diagonal_metric(w, gain)
    slopes = gain * torch.rand(200, 1, 8, dtype=torch.float64)
    found = log_norm(w * slopes - one, metric)
    assert 0 < rate < 1 and found.max() <= -rate + 1e-9
    all_on = torch.where(torch.eye(8).bool() & (w < 0), 0.0, w.abs())
    assert log_norm(gain * all_on - one, metric).item() == pytest.approx(-rate, abs=1e-6)
    assert log_norm(gain * all_on - one, torch.ones(8)).item() > -rate + 0.01  # others: less


def test_weights_that_are_too_large_are_refused():
    w = torch.full((3, 3), 0.4)
    assert diagonal_metric(w, 0.8)[1] == pytest.approx(1 - 0.96, abs=1e-6)
    with pytest.raises(ValueError, match=r"rho\(\|W\|\) must be below 1, got 1.2"):
        diagonal_metric(w)
    parts = torch.diag(torch.tensor([0.5, 0.2]))  # two neurons that do not hear each other
    assert diagonal_metric(parts)[1] == pytest.approx(0.5, abs=1e-3)
    assert diagonal_metric(torch.zeros(2, 2))[1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    (
        (lambda: ContractingAssembly(0, 1, 1), "inputs: a whole number"),
        (lambda: ContractingAssembly(1, 1.5, 1), "modules: a whole number"),
        (lambda: ContractingAssembly(1, 1, 1, AssemblyParams(strength=1.0)), "strength: a number"),
        (lambda: ContractingAssembly(1, 1, 1, AssemblyParams(tau=0.0)), "tau: a number of ms"),
        (lambda: ContractingAssembly(2, 1, 1)(torch.zeros(3, 1, 1)), r"i: shape \(T, B, I = 2\)"),
        (lambda: diagonal_metric(torch.zeros(2, 3)), r"weight: a shape \(N, N\)"),
        (lambda: diagonal_metric(torch.zeros(2, 2), 0.0), "gain: a number above 0"),
        (lambda: log_norm(torch.eye(2), torch.tensor([1.0, 0.0])), "metric: positive"),
    ),
)
def test_says_what_is_wrong(make, message):
    with pytest.raises(ValueError, match=message):
        make()
