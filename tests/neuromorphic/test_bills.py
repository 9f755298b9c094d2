"""Each rule against a loop that multiplies number by number and comes to the module's answer, or
against ``SynOpCounter`` while a module runs."""

import itertools
import math

import pytest
import torch
from torch import nn

from neurolab.dendrites import DendriticNetwork, SparseLinear
from neurolab.eprop import EProp
from neurolab.neuromorphic import (
    Operations,
    SynOpCounter,
    convolved,
    dense,
    fired,
    gated,
    segments,
    spiking,
    together,
    winners,
)
from neurolab.recurrent import GRU, LSTM, VanillaRNN
from neurolab.recurrent.cells import gru_step, lstm_step, vanilla_step
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent


class Bench:
    """Sums of products, one after the other; counts them."""

    def __init__(self):
        self.macs = 0

    def sum(self, weights, numbers):
        total = 0.0
        for w, x in zip(weights.tolist(), numbers, strict=True):
            total += w * float(x)
            self.macs += 1
        return total

    def skipping(self, weights, mask, numbers):
        """Where a weight exists and its input is not 0."""
        total = 0.0
        for w, there, x in zip(weights.tolist(), mask.tolist(), numbers, strict=True):
            if there and x != 0:
                total += w * float(x)
                self.macs += 1
        return total


def test_dense_is_what_the_counter_sees():
    net = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))
    with SynOpCounter(net) as counter:
        net(torch.rand(7, 6))  # as seven steps
    assert dense((6, 4, 3), 7) == counter.total


@pytest.mark.parametrize("border", ["valid", "circular"])
def test_convolved_multiplies_at_every_place(border):
    around = {"padding": "same", "padding_mode": "circular"} if border == "circular" else {}
    layer = nn.Conv2d(2, 3, 3, bias=False, **around).double()
    x = torch.rand(2, 5, 5).double()
    wanted, bench = layer(x[None])[0], Bench()
    padded = x if border == "valid" else nn.functional.pad(x[None], [1] * 4, mode="circular")[0]
    side = wanted.shape[-1]
    for n, r, c in itertools.product(range(3), range(side), range(side)):
        seen = padded[:, r : r + 3, c : c + 3].flatten()
        found = bench.sum(layer.weight[n].flatten(), seen)
        assert found == pytest.approx(wanted[n, r, c].item())
    assert convolved(2, 3, 3, side**2) == Operations(bench.macs, 0, 0)


def of_vanilla(p, q, h, _):
    return vanilla_step(torch.tensor(p[0] + q[0])).h, 0.0


def of_lstm(p, q, h, c):
    sums = [torch.tensor(a + b) for a, b in zip(p, q, strict=True)]
    return lstm_step(*sums, type("S", (), {"h": h, "c": c}))


def of_gru(p, q, h, _):
    p, q = ([torch.tensor(v) for v in part] for part in (p, q))
    sums = p[0] + q[0], p[1] + q[1], p[2], q[2]
    return gru_step(*sums, type("S", (), {"h": h})).h, 0.0


@pytest.mark.parametrize(
    "cell, rows, step", [(VanillaRNN, 1, of_vanilla), (GRU, 3, of_gru), (LSTM, 4, of_lstm)]
)
def test_gated_is_what_a_recurrent_cell_multiplies(cell, rows, step):
    inputs, units, steps = 3, 4, 5
    net = cell(inputs, units).double()
    for bias in (net.bias_ih, net.bias_hh):
        nn.init.zeros_(bias)
    x, bench, updates = torch.randn(steps, 1, inputs).double(), Bench(), 0
    h, c = [0.0] * units, [0.0] * units
    for x_t in x[:, 0]:
        after = []
        for n in range(units):
            of = [n + k * units for k in range(rows)]
            p = [bench.sum(net.weight_ih[row], x_t) for row in of]
            q = [bench.sum(net.weight_hh[row], h) for row in of]
            after.append(step(p, q, h[n], c[n]))
            updates += rows > 1  # what it keeps is decayed and added to
        h, c = ([float(pair[k]) for pair in after] for k in range(2))
    assert h == pytest.approx(net(x)[0][-1, 0].tolist())
    assert gated(inputs, units, rows, steps, int(rows > 1)) == (bench.macs, 0, updates)


def test_winners_is_the_mean_over_all_that_may_be_on():
    layer = SparseLinear(6, 5, 0.5, bias=False).double()
    counts = []
    for on in itertools.combinations(range(6), 2):
        x = torch.zeros(6).double()
        x[list(on)] = torch.rand(2).double() + 0.1
        bench = Bench()
        rows = zip(layer.weight, layer.mask, strict=True)
        found = [bench.skipping(w, mask, x.tolist()) for w, mask in rows]
        assert found == pytest.approx(layer(x[None])[0].tolist())
        counts.append(bench.macs)
    assert len(set(counts)) > 1, "else this would be no mean"
    mean = sum(counts) / len(counts)
    assert winners((6, 5), (2,), (0.5,)).macs == pytest.approx(mean)


@pytest.mark.parametrize("read", [True, False])
def test_a_network_with_dendrites_is_counted_in_its_parts(read):
    sizes, k, each, context = (7, 10, 10, 3), 2, 3, 4
    net = DendriticNetwork(7, [10, 10], 3, each, context, density=0.2, connected=1.0).double()
    for layer in (*net.sums, net.read_out):
        nn.init.zeros_(layer.bias)
    x, c = torch.rand(7).double() + 0.1, torch.randn(context).double()
    bench, y = Bench(), x.tolist()
    known = [part.segments(c).tolist() for part in net.dendrites]
    for layer, part, gates in zip(net.sums, net.dendrites, known, strict=True):
        sums = [bench.skipping(w, m, y) for w, m in zip(layer.weight, layer.mask, strict=True)]
        told = gates
        if read:
            said = [bench.sum(w, c) for w in part.segments.weight]
            told = [max(said[n * each :][:each], key=abs) for n in range(10)]
            assert told == pytest.approx(gates)
        factors = [1 / (1 + math.exp(-g)) for g in told]
        y = [bench.sum(torch.tensor([f]), [s]) for f, s in zip(factors, sums, strict=True)]
        least = sorted(y)[-k]
        y = [v if v >= least else 0.0 for v in y]
    out = net.read_out
    logits = [bench.skipping(w, m, y) for w, m in zip(out.weight, out.mask, strict=True)]
    assert logits == pytest.approx(net(x[None], c)[0].tolist())
    feed = winners(sizes, (7, k, k), (1, 1, 1))
    parts = [segments(10, each, context, read)] * 2
    assert together(feed, *parts) == (bench.macs, 0, 0)


def test_spiking_is_what_the_counter_sees():
    """Inputs, neurons among themselves and a leaky read-out; spikes come from a stored rate."""
    steps, inputs, units, outputs, dt = 30, 5, 6, 2, 2.0
    layer = Recurrent(inputs, units, Neurons(NEURONS["alif"], ALIFParams(), dt=dt))
    with torch.no_grad():
        layer.weight.abs_().mul_(20)
    net = nn.ModuleDict({"layer": layer, "out": nn.Linear(units, outputs, bias=False)})
    x = (torch.rand(steps, 1, inputs) < 0.4).float()
    with SynOpCounter(net, spikes_into=("out",)) as counter:
        z, _ = layer(x)
        net["out"](z)
    rate = z.mean().item() * 1000 / dt  # as the experiments store it
    spikes = fired(rate, units, steps * dt)
    assert spikes == pytest.approx(z.sum().item()) and spikes > 10
    reach = units, units - 1 + outputs
    bill = spiking((x.sum().item(), spikes), reach, units + outputs, steps)
    not_yet = z[-1].sum().item() * (units - 1)  # the counter waits until spikes have acted
    assert bill.acs == pytest.approx(counter.total.acs + not_yet)
    assert bill.updates == counter.total.updates


def test_spiking_is_what_a_network_takes_spike_by_spike():
    """Adaptive neurons and a leaky read-out, each number decayed and each spike added by hand."""
    steps, inputs, units, adaptive, outputs = 25, 4, 6, 3, 2
    beta = torch.zeros(units).double()
    beta[:adaptive] = 0.3
    params = ALIFParams(20.0, 50.0, beta)
    net = EProp(Recurrent(inputs, units, Neurons(NEURONS["alif"], params)), outputs).double()
    with torch.no_grad():
        net.layer.weight.abs_().mul_(30)
    x = (torch.rand(steps, 1, inputs) < 0.5).double()
    wanted, fired_in_all = net(x)

    decay, fade, kappa = math.exp(-1 / 20), math.exp(-1 / 50), math.exp(-1 / net.tau_out)
    v, a, o = [0.0] * units, [0.0] * adaptive, [0.0] * outputs
    z, acs, updates = [0] * units, 0, 0
    into, among, out = (w.tolist() for w in (net.layer.weight, net.layer.recurrent, net.output))
    for x_t in x[:, 0].tolist():
        current = [0.0] * units
        for weights, spikes in ((into, x_t), (among, z)):
            for j, n in itertools.product(range(len(spikes)), range(units)):
                if spikes[j] and not (weights is among and n == j):  # none has a synapse on itself
                    current[n] += weights[n][j]
                    acs += 1
        for n in range(units):
            v[n] = decay * v[n] + (1 - decay) * current[n]
            z[n] = int(v[n] > 1 + (0.3 * a[n] if n < adaptive else 0))
            v[n] -= z[n]
            updates += 1
        for n in range(adaptive):
            a[n] = fade * a[n] + z[n]
            updates += 1
        for k in range(outputs):
            o[k] *= kappa
            updates += 1
            for n in range(units):
                if z[n]:
                    o[k] += out[k][n]
                    acs += 1

    assert o == pytest.approx((wanted[-1, 0] - net.bias).tolist(), rel=1e-4)
    count, last = fired_in_all.sum().item(), sum(z)
    assert count > 10
    bill = spiking(
        (x.sum().item(), count - last, last),
        (units, units - 1 + outputs, outputs),  # the last spikes reach the read-out alone
        units + adaptive + outputs,
        steps,
    )
    assert bill == (0, acs, updates)
