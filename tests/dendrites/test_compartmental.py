"""NMDA spikes of a branch: their threshold, their plateau, and the integration behind them."""

import math
from itertools import pairwise

import pytest
import torch

from neurolab.core import integrate
from neurolab.dendrites import (
    CableParams,
    Compartmental,
    GlutamateParams,
    GlutamateState,
    cable_step,
    glutamate_step,
    star,
)
from neurolab.spiking import ExponentialState, NMDAState, magnesium_block

TREE, GLUTAMATE = star(), GlutamateParams()
SIZE = len(TREE.parent)
TIP = 2  # end of the first branch
TIPS = [2 * (b + 1) for b in range(8)]
COUNTS = [0, 1, 4, 8, 12, 16]


def volley(counts, where, params=GLUTAMATE, time=100.0, dt=0.5, tree=TREE):
    """All synapses at once, ``counts[b]`` of them in row b, dealt out among compartments."""
    neuron = Compartmental(tree, range(len(tree.parent)), params, dt=dt).double()
    x = torch.zeros(round(time / dt), len(counts), len(tree.parent))
    for b, count in enumerate(counts):
        for k in range(count):
            x[0, b, where[k % len(where)]] += 1
    soma, _, kept = neuron(x, keep=("v",))
    return soma.v.amax(0) - TREE.e_leak, kept["v"]


def over_linear(params, where):
    """The peak at the soma by what as many lone synapses add up to."""
    peak, v = volley(COUNTS, where, params)
    lone = peak[1]
    return peak[2:] / (lone * torch.tensor(COUNTS[2:])), v


def test_clustered_synapses_cross_a_threshold_where_scattered_ones_do_not():
    clustered, near = over_linear(GlutamateParams(), [TIP])
    scattered, far = over_linear(GlutamateParams(), TIPS)
    late = near[60, :, TIP]  # after 30 ms
    assert late[COUNTS.index(8)] < -55 and late[COUNTS.index(12)] > -45
    assert (far[60] < -60).all()
    assert clustered[COUNTS.index(12) - 2] > 1.6
    torch.testing.assert_close(scattered, torch.ones(4).double(), atol=0.05, rtol=0)


@pytest.mark.parametrize(
    "params", [GlutamateParams(nmda=0.0), GlutamateParams(magnesium=0.0)], ids=["ampa", "no block"]
)
def test_without_block_no_sum_is_more_than_linear(params):
    for where in ([TIP], TIPS):
        ratio, _ = over_linear(params, where)
        assert (ratio < 1).all() and (ratio.diff() < 0).all()


def balance(rest, magnesium):
    """At potentials of the tip: how many lasting synapses of 1 nS hold it there.

    Their current enters, and leaves by the tree as seen from the tip.
    """
    tree = star(params=CableParams(e_leak=rest))
    i = [1.0 if k == TIP else 0.0 for k in range(SIZE)]
    v = cable_step([0.0] * SIZE, [0.0] * SIZE, i, tree, math.inf)
    leaves = 1 / (v[TIP] - rest)  # nS
    v = torch.linspace(rest + 0.01, -1, 4000, dtype=torch.float64)
    free = magnesium_block(v, magnesium)
    jumps = (1 / (v - rest) - 1 / v < 0.062 * (1 - free)).any()
    return tree, v, leaves * (v - rest) / (-v * free), bool(jumps)


@pytest.mark.parametrize("rest, magnesium", [(-70.0, 1.0), (-85.0, 1.0), (-80.0, 2.0)])
def test_a_lasting_input_settles_where_the_currents_are_equal(rest, magnesium):
    """On the lower of three potentials, as long as there is one; if so, then there is a jump."""
    tree, v, held, jumps = balance(rest, magnesium)
    falls = (held.diff() < 0).nonzero()
    assert jumps == bool(len(falls)) == (rest < -75)
    counts = [2.0, 6.0, 12.0]
    if jumps:
        first, last = int(falls[0]), int(falls[-1]) + 1
        counts += [float(held[last] + held[first]) / 2, float(held[first]) * 1.02]
    forever = GlutamateParams(0.0, 1.0, tau_rise=0.01, tau_decay=1e9, magnesium=magnesium)
    neuron = Compartmental(tree, [TIP], forever, dt=5.0).double()
    x = torch.zeros(300, len(counts), 1, dtype=torch.float64)
    x[0, :, 0] = torch.tensor(counts)
    _, state = neuron(x)
    for n, found in zip(counts, state.v[:, TIP].tolist(), strict=True):
        lowest = v[(held >= n).nonzero()[0]].item()
        assert found == pytest.approx(lowest, abs=0.3)
    if jumps:
        assert state.v[4, TIP] - state.v[3, TIP] > 15


def test_potentials_converge_to_a_solver_of_fourth_order():
    """The same neuron written as one equation, its kernels in closed form."""
    p, spikes = GlutamateParams(tau_decay=30.0), torch.zeros(SIZE, dtype=torch.float64)
    spikes[TIP], spikes[5] = 15, 5
    capacitance, leak = (torch.tensor(x).double() for x in (TREE.capacitance, TREE.leak))
    ratio = p.tau_decay / p.tau_rise
    peak = p.tau_decay * math.log(ratio) / (ratio - 1)
    height = math.exp(-peak / p.tau_decay) - math.exp(-peak / p.tau_rise)

    def slope(t, v):
        s = (math.exp(-t / p.tau_decay) - math.exp(-t / p.tau_rise)) / height
        free = 1 / (1 + p.magnesium * torch.exp(-0.062 * v) / 3.57)
        g = spikes * (p.ampa * math.exp(-t / p.tau_ampa) + p.nmda * s * free)
        i = leak * (TREE.e_leak - v) - g * v
        for k in range(1, SIZE):
            flow = TREE.axial[k] * (v[k] - v[TREE.parent[k]])
            i[k] -= flow
            i[TREE.parent[k]] += flow
        return i / capacitance

    rest = torch.full((SIZE,), TREE.e_leak, dtype=torch.float64)
    exact = integrate(slope, rest, [0.05 * k for k in range(401)])[-1]  # after 20 ms
    errors = []
    for dt in (0.4, 0.2, 0.1):
        neuron = Compartmental(TREE, [TIP, 5], p, dt=dt).double()
        x = torch.zeros(round(20 / dt) + 1, 1, 2)
        x[0, 0] = torch.tensor([15.0, 5.0])
        _, _, kept = neuron(x, keep=("v",))
        errors.append((kept["v"][-1, 0] - exact).abs().max().item())
    assert (exact - rest).max() > 30
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    assert errors[-1] < 1 and orders == pytest.approx([1, 1], abs=0.3)


def test_floats_run_the_same_neuron():
    """As the page does it: one compartment after the other, in lists."""
    neuron = Compartmental(TREE, [TIP, 7], dt=0.5).double()
    x = (torch.rand(60, 1, 2) < 0.3).double() * 4
    soma, _ = neuron(x)
    p, v = GlutamateParams(), [TREE.e_leak] * SIZE
    states = [GlutamateState(ExponentialState(0.0), NMDAState(0.0, 0.0))] * SIZE
    for t in range(60):
        on = [0.0] * SIZE
        on[TIP], on[7] = x[t, 0].tolist()
        moved = [glutamate_step(a, b, c, p, 0.5) for a, b, c in zip(on, v, states, strict=True)]
        states = [state for _, state in moved]
        v = cable_step(v, [g for g, _ in moved], [0.0] * SIZE, TREE, 0.5)
        assert v[0] == pytest.approx(soma.v[t, 0].item(), abs=1e-9)
    assert v[0] > -65


def test_may_be_cut_anywhere_and_fires_at_its_threshold():
    neuron = Compartmental(TREE, TIPS, threshold=-55.0, reset=-62.0).double()
    x = (torch.rand(200, 3, 8) < 0.05).double() * torch.tensor([0.0, 2.0, 6.0])[:, None]
    whole, last, kept = neuron(x, keep=("v",))
    first, state = neuron(x[:77])
    second, end = neuron(x[77:], state)
    torch.testing.assert_close(torch.cat([first.v, second.v]), whole.v)
    torch.testing.assert_close(end.v, last.v)
    fired = whole.z.bool()
    assert torch.equal(fired, whole.v > -55) and fired[:, 2].sum() > 3 and not fired[:, 0].any()
    assert (kept["v"][:, :, 0][fired] == -62).all()


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: Compartmental(TREE, []), "sites"),
        (lambda: Compartmental(TREE, [17]), "sites"),
        (lambda: Compartmental(TREE._replace(parent=[-1, 2, 0, *[0] * 14]), [1]), "tree"),
        (lambda: Compartmental(TREE, [1], dt=0), "dt"),
        (lambda: Compartmental(TREE, [1], threshold=-61, reset=-60), "reset"),
        (lambda: Compartmental(TREE, [1])(torch.zeros(5, 1, 2)), "x: a shape"),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
