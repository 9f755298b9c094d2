"""The balanced network: its sums against a full matrix, its rates against two linear equations."""

import math

import pytest
import torch

from neurolab.recurrent import (
    Balanced,
    BalancedParams,
    BalancedState,
    balanced_rates,
    balanced_step,
    irregularity,
)

P = BalancedParams()


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def matrix(net):
    """All weights (N, N), to and from."""
    full, before = torch.zeros(sum(net.sizes), sum(net.sizes)), 0
    for y, size in enumerate(net.sizes):
        reached, weight = getattr(net, f"reached{y}"), getattr(net, f"weight{y}")
        for n in range(size):
            for m, w in zip(reached[n].tolist(), weight.tolist(), strict=True):
                full[m, before + n] += w
        before += size
    return full


def test_balance_by_hand():
    """r_E = (J_I0 J_EI - J_E0 J_II) / det times r_0, by Cramer's rule."""
    det = 1.0 * -2.5 - -2.0 * 2.0
    wanted = [20 * (0.8 * -2.0 - 1.0 * -2.5) / det, 20 * (1.0 * 2.0 - 0.8 * 1.0) / det]
    assert balanced_rates(P).tolist() == pytest.approx(wanted)


@pytest.mark.parametrize("sizes", [(60, 60), (80, 20)])
def test_sums_are_those_of_a_full_matrix(sizes):
    net = Balanced(*sizes, 10, generator=chance())
    full, n = matrix(net), sum(sizes)
    z = (torch.rand(3, n, generator=chance(1)) < 0.2).float()
    plus, minus = net.heard(z)
    torch.testing.assert_close(plus, z[:, : sizes[0]] @ full[:, : sizes[0]].T)
    torch.testing.assert_close(minus, z[:, sizes[0] :] @ full[:, sizes[0] :].T)
    for x, to in enumerate((slice(sizes[0]), slice(sizes[0], n))):
        for y, of in enumerate((slice(sizes[0]), slice(sizes[0], n))):
            total = full[to, of].sum(1).mean().item()  # of all that a neuron hears
            assert total == pytest.approx(P.strength[x][y] * math.sqrt(10), rel=1e-5)


def test_a_lone_potential_is_the_closed_form():
    v = 0.0
    for _ in range(70):
        v = balanced_step(v, 0.0, 1.7, 20.0, 0.5)
    assert v == pytest.approx(1.7 * (1 - math.exp(-35 / 20)))
    assert balanced_step(0.3, 0.2, 0.0, 20.0, 0.5) == pytest.approx(0.3 * math.exp(-0.025) + 0.2)


def test_a_spike_is_heard_after_its_delay_and_refractory_neurons_wait():
    net = Balanced(30, 30, 5, BalancedParams(refractory=3.0), delay=0.5, generator=chance())
    net.drive.zero_()
    v = torch.full((1, 60), 0.4)
    v[0, 3] = 1.5  # fires in the first step, an excitatory neuron
    state = BalancedState(v, torch.zeros_like(v), torch.zeros(5, 1, 60))
    z, _, _ = net(1, state)
    assert z[0, 0].nonzero().flatten().tolist() == [3]
    heard = matrix(net)[:, 3]
    for steps in (5, 6):  # in the fifth step after its own it arrives
        after = net(steps, state)[2].v[0]
        silent = 0.4 * math.exp(-0.1 * steps / 20)
        others = heard.clone()
        others[3] = 0
        wanted = silent + (others if steps == 6 else 0 * others)
        keep = (torch.arange(60) != 3) & (wanted < 1)
        torch.testing.assert_close(after[keep], wanted[keep], rtol=1e-4, atol=1e-5)
        assert after[3] == 0
    assert (heard > 0).sum() > 5


def test_a_longer_run_is_two_shorter_ones():
    net = Balanced(50, 50, 20, delay=0.3, generator=chance())
    start = net.start(2, chance(1))
    whole, inputs, last = net(400, start)
    first, one, state = net(150, start)
    second, two, after = net(250, state)
    assert torch.equal(torch.cat([first, second]), whole) and whole.sum() > 50
    assert all(torch.equal(a, b) for a, b in zip(after, last, strict=True))
    torch.testing.assert_close((150 * one[0] + 250 * two[0]) / 400, inputs[0])


def test_mean_inputs_are_those_of_the_rates():
    net = Balanced(200, 200, 50, generator=chance())
    z, inputs, _ = net(1000, net.start(1, chance(1)))
    heard = torch.cat([torch.zeros(1, 1, 400, dtype=torch.bool), z[:-1]])  # a step later
    rates = heard.double().mean(0)[0].split(net.sizes)
    rates = torch.stack([part.mean() for part in rates]) * 1000 / P.dt
    strength = torch.tensor(P.strength).double()
    outside = 20.0 * torch.tensor(P.outside).double()
    scale = math.sqrt(50) * P.tau / 1000
    for part, wanted in (
        (inputs.excitation, scale * (strength[:, 0] * rates[0] + outside)),
        (inputs.inhibition, scale * strength[:, 1] * rates[1]),
    ):
        found = torch.stack([half.mean() for half in part[0].split(net.sizes)])
        torch.testing.assert_close(found.double(), wanted, rtol=1e-4, atol=1e-4)


def settled(k, n, steps=2500, dt=0.2):
    """Rates, mean net input, excitation and inhibition to E, variation of intervals."""
    p = BalancedParams(dt=dt)
    net = Balanced(n, n, k, p, generator=chance(k))
    _, _, state = net(500, net.start(1, chance(k + 1)))
    z, inputs, _ = net(steps, state)
    rates = torch.stack([part.double().mean() for part in z.split(net.sizes, 2)]) * 1000 / dt
    plus, minus = (part[0, :n].mean().item() for part in inputs)
    return rates, plus, minus, irregularity(z[:, :, ::4], dt)


@pytest.mark.slow
def test_rates_come_to_the_balance_as_k_grows():
    """Sixteen times K: the gap would fall fourfold, if the net input did not drift."""
    sizes, gaps, plus = (25, 100, 400), [], []
    for k in sizes:
        rates, excitation, inhibition, cv = settled(k, 800)
        gaps.append((rates - balanced_rates(P)).norm().item())
        plus.append(excitation)
        assert -2 < excitation + inhibition < 1  # of order 1, below threshold
        assert 0.75 < cv.mean() < 1.3 and len(cv) > 30
    assert gaps[0] > gaps[1] > gaps[2] and 2 < gaps[0] / gaps[2] < 6, gaps
    assert gaps[2] < 0.12 * balanced_rates(P).norm()
    assert plus[2] / plus[0] == pytest.approx(4, rel=0.1)  # root of 16


def test_irregularity_of_a_clock_and_of_chance():
    clock = torch.zeros(1000, 1, 1, dtype=torch.bool)
    clock[::20] = True
    poisson = torch.rand(20000, 1, 20, generator=chance()) < 0.02
    assert irregularity(clock, 0.5).tolist() == pytest.approx([0.0])
    assert irregularity(poisson, 0.5).mean().item() == pytest.approx(1, abs=0.03)
    assert len(irregularity(clock[:60], 0.5)) == 0


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda: Balanced(0, 5, 2), "excitatory: a whole number"),
        (lambda: Balanced(10, 5, 6), "inputs: at most 5"),
        (lambda: Balanced(10, 10, 2, delay=-1.0), "delay, refractory: ms from 0"),
        (lambda: Balanced(10, 10, 2, BalancedParams(tau=0.0)), "tau: a positive"),
        (lambda: Balanced(10, 10, 2, BalancedParams(outside=(0.2, 0.8))), "strength: the balance"),
        (lambda: Balanced(10, 10, 2)(0), "steps: a whole number"),
    ],
    ids=list("abcdef"),
)
def test_refuses(what, message):
    with pytest.raises(ValueError, match=message):
        what()
