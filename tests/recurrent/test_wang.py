"""Wang's network: its parts against closed forms and a network of single synapses."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from neurolab.recurrent import (
    Wang,
    WangParams,
    WangState,
    gate_step,
    membrane_step,
    structure,
    wang_trials,
)

SMALL = WangParams(neurons=40, dt=0.5)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_membrane_is_exact_with_fixed_conductances():
    def leaks(t, v):
        return (-25.0 * (v + 70) - 12.0 * v - 7.0 * (v + 70)) / 500.0

    wanted = solve_ivp(leaks, (0, 8.0), (-65.0,), rtol=1e-10, atol=1e-10).y[0, -1]
    v = -65.0
    for _ in range(16):
        v = membrane_step(v, 12.0, 7.0, 500.0, 25.0, 0.5)
    assert v == pytest.approx(wanted, abs=1e-7)


def test_gate_comes_to_the_solver_and_saturates():
    """Spikes at 5, 7 and 9 ms; then a long burst."""

    def opens(t, y):
        return [-y[0] / 2, -y[1] / 100 + 0.5 * y[0] * (1 - y[1])]

    state = (0.0, 0.0)
    for start, end in ((5, 7), (7, 9), (9, 40)):
        run = solve_ivp(opens, (start, end), (state[0] + 1, state[1]), rtol=1e-10, atol=1e-12)
        state = run.y[:, -1]
    gaps = []
    for dt in (0.1, 0.05):
        x = s = 0.0
        for k in range(round(40 / dt)):
            x, s = gate_step(1.0 if k in {round(at / dt) for at in (5, 7, 9)} else 0.0, x, s, dt)
        gaps.append(abs(s - state[1]))
    assert gaps[1] < 0.01 and gaps[1] < 0.6 * gaps[0]
    for _ in range(4000):
        x, s = gate_step(1.0, x, s, 0.1)
    assert 0.99 < s < 1


def test_weights_leave_the_sum_of_inputs_as_it_is():
    for share, potentiated in ((0.15, 1.7), (0.25, 2.0)):
        sizes = torch.tensor([share, share, 1 - 2 * share])
        torch.testing.assert_close(structure(share, potentiated) @ sizes, torch.ones(4))


def by_synapses(net, arrivals, state):
    """The same network with a weight and an open synapse for each pair of neurons, in numpy."""
    p, n = net.params, net.pyramidal
    group = round(p.share * n)
    kind = np.repeat([0, 1, 2, 3], [group, group, n - 2 * group, p.neurons - n])
    less = 1 - p.share * (p.potentiated - 1) / (1 - p.share)
    w = np.ones((p.neurons, p.neurons))
    for to in range(p.neurons):
        for of in range(n):
            if kind[to] < 2:
                w[to, of] = p.potentiated if kind[to] == kind[of] else less
    scale, inhibits = 2000 / p.neurons, kind == 3
    g_ext, g_ampa = np.where(inhibits, 1.62, 2.1), np.where(inhibits, 0.04, 0.05) * scale
    g_nmda = np.where(inhibits, 0.13, 0.165) * scale
    g_gaba = np.where(inhibits, 1.0, 1.3) * scale
    leak, capacity = np.where(inhibits, 20.0, 25.0), np.where(inhibits, 200.0, 500.0)
    v, held = state.v[0].numpy(), np.zeros(p.neurons)
    ext, fast = np.zeros(p.neurons), np.zeros(p.neurons)
    slow, x, s = np.zeros(p.neurons), np.zeros(n), np.zeros(n)
    spikes = []
    for arrive in arrivals:
        ext = ext * math.exp(-p.dt / 2) + arrive
        block = 1 / (1 + np.exp(-0.062 * v) / 3.57)
        up = g_ext * ext + g_ampa * (w[:, :n] @ fast[:n]) + g_nmda * block * (w[:, :n] @ s)
        down = g_gaba * (w[:, n:] @ slow[n:])
        total = leak + up + down
        goal = -70 * (leak + down) / total
        moved = goal + (v - goal) * np.exp(-p.dt * total / capacity)
        v = np.where(held > 0, v, moved)
        z = v > -50
        v = np.where(z, -55.0, v)
        held = np.where(z, np.where(inhibits, 1.0, 2.0) / p.dt, np.maximum(held - 1, 0))
        fast = fast * math.exp(-p.dt / 2) + z
        slow = slow * math.exp(-p.dt / 5) + z
        x = x * math.exp(-p.dt / 2) + z[:n]
        rate = 0.01 + 0.5 * x
        s = 0.5 * x / rate + (s - 0.5 * x / rate) * np.exp(-p.dt * rate)
        spikes.append(z)
    return np.array(spikes), v, s


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_sums_over_populations_are_those_over_single_synapses(double):
    net = Wang(SMALL)
    state = net.start(1, chance())
    rates, g = torch.full((1, 4), 2900.0), chance(1)
    arrivals = [net.arrivals(rates, g) for _ in range(300)]
    spikes, v, s = by_synapses(net, [a[0].numpy() for a in arrivals], state)
    told = []
    for arrive in arrivals:
        z, state = net.step(arrive, state)
        told.append(z[0].numpy() > 0)
    assert spikes[:, : net.pyramidal].sum() > 10 and spikes[:, net.pyramidal :].sum() > 10
    assert (np.array(told) == spikes).all()
    np.testing.assert_allclose(state.v[0].numpy(), v, atol=1e-6)
    np.testing.assert_allclose(state.s[0].numpy(), s, atol=1e-9)


def test_arrivals_are_poisson_in_each_neuron():
    net = Wang(WangParams(neurons=100, dt=0.2))
    rates, g = torch.tensor([[2400.0, 1000.0, 500.0, 4000.0], [0.0, 5000.0, 100.0, 10.0]]), chance()
    told = torch.stack([net.arrivals(rates, g) for _ in range(600)]).double()
    assert told.shape == (600, 2, 100)
    mean = (rates.double() * 0.0002) @ net.member.double().T
    off = (told.mean(0) - mean).abs()
    assert (off < 5 * (mean / 600).sqrt() + 1e-9).all()
    for k, part in enumerate(told.split(net.sizes, 2)):
        wanted = 0.0002 * rates[:, k].double()
        torch.testing.assert_close(part.var(0).mean(1), wanted, rtol=0.1, atol=1e-3)


def test_a_batch_may_be_cut_in_time():
    net = Wang(SMALL)
    whole, last = net(100, chance(3), torch.zeros(2))
    g = chance(3)
    first, state = net(50, g, torch.zeros(2))
    second, after = net(50, g, torch.zeros(2), state)
    assert torch.equal(torch.cat([first, second]), whole) and whole.shape == (20, 2, 4)
    assert all(torch.equal(a, b) for a, b in zip(after, last, strict=True))


class Told:
    """Stands in for the network: rates (bins, B, 4) that are given; keeps who is still there."""

    def __init__(self, rates):
        self.rates, self.at, self.seen = rates, 0, []

    def __call__(self, duration, generator, coherence=None, state=None, trials=1):
        bins = round(duration / 5)
        who = torch.arange(trials) if state is None else state.v[:, 0].long()
        told = self.rates[self.at : self.at + bins][:, who]
        self.at += bins
        self.seen.append(None if coherence is None else coherence.tolist())
        return told, WangState(*[who[:, None].float()] * 7)


def test_trials_end_when_a_window_is_above_the_threshold():
    """Rates that step up at known times; the window of 50 ms passes 15 Hz a known while later."""
    rates = torch.zeros(70, 3, 4)  # 50 ms of rest, 300 ms of stimulus
    rates[10 + 20 :, 0, 1] = 30.0  # second group, from 100 ms: above 15 after 6 bins
    rates[10 + 3 :, 1, 0] = 100.0  # first group, from 15 ms: above after 2 bins
    rates[:, 2, 0], rates[:, 2, 1] = 3.0, 4.0  # never
    net = Told(rates)
    told = wang_trials(net, torch.tensor([0.1, 0.2, 0.3]), chance(), 15.0, 50.0, 300.0)
    assert told.choice.tolist() == [2, 1, 2]
    assert told.time.tolist() == [130.0, 25.0, math.inf]
    shown = [[round(c, 4) for c in row] for row in net.seen[1:]]
    assert shown == [[0.1, 0.2, 0.3]] + [[0.1, 0.3]] * 2 + [[0.3]] * 3


@pytest.mark.slow
def test_rates_come_together_as_steps_shrink():
    """At rest: mean over 12 trials of 300 ms, of all pyramidal cells and of interneurons."""
    found = {}
    for dt in (0.2, 0.05):
        net = Wang(WangParams(neurons=400, dt=dt))
        told, _ = net(400, chance(), trials=12)
        found[dt] = (told[20:].mean((0, 1)) * torch.tensor([0.15, 0.15, 0.7, 1.0])).tolist()
    fine, coarse = found[0.05], found[0.2]
    assert 1 < sum(fine[:3]) < 5 and 4 < fine[3] < 12  # Hz
    assert sum(coarse[:3]) == pytest.approx(sum(fine[:3]), rel=0.3), found
    assert coarse[3] == pytest.approx(fine[3], rel=0.15), found


@pytest.mark.slow
def test_the_network_follows_strong_evidence_to_either_side():
    net, shown = Wang(WangParams(neurons=400, dt=0.25)), torch.tensor([0.8, -0.8]).repeat(5)
    choice, time = wang_trials(net, shown, chance(), before=100.0, longest=1500.0)
    assert (choice == torch.tensor([1, 2]).repeat(5)).sum() >= 9
    assert time.isfinite().sum() >= 9 and 100 < time[time.isfinite()].mean() < 1000


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda: Wang(WangParams(neurons=39)), "neurons: a whole number"),
        (lambda: Wang(WangParams(share=0.5)), "share: a number"),
        (lambda: Wang(WangParams(potentiated=0.5)), "potentiated: from 1"),
        (lambda: Wang(WangParams(dt=1.0)), "dt: ms above 0"),
        (lambda: Wang(SMALL)(70, chance()), "duration: a positive multiple"),
        (lambda: Wang(SMALL)(50, chance(), torch.tensor([2.0])), "coherence: "),
        (lambda: wang_trials(Wang(SMALL), torch.zeros(2), chance(), before=20.0), "before: "),
        (lambda: wang_trials(Wang(SMALL), torch.zeros(2), chance(), -1.0), "threshold: "),
    ],
    ids=list("abcdefgh"),
)
def test_refuses(what, message):
    with pytest.raises(ValueError, match=message):
        what()
