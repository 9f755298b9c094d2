"""Operations counted one by one, and the energy that follows from them."""

import itertools

import pytest
import torch
from torch import nn

from neurolab.neuromorphic import (
    ASSUMPTIONS,
    MEMORIES,
    PRECISIONS,
    Costs,
    Operations,
    SynOpCounter,
    break_even,
    costs_of,
    energy_step,
    energy_table,
)
from neurolab.spiking import LIF, LIFParams, Recurrent


def walk(x, mask):
    """Synaptic operations, one spike and one synapse after the other; mask (to, from)."""
    count = 0
    for t, b, i in itertools.product(*map(range, x.shape)):
        if x[t, b, i]:
            for n in range(len(mask)):
                count += int(mask[n, i])
    return count


def busy(steps=9, pictures=3, inputs=5):
    return (torch.rand(steps, pictures, inputs) < 0.4).float()


def test_counts_each_spike_and_each_synapse():
    x, net = busy(), LIF(5, 4, LIFParams(3.0))
    with torch.no_grad():
        net.weight.abs_().mul_(9)
    with SynOpCounter(net) as counter:
        net(x)
    assert counter.total == Operations(0, walk(x, torch.ones(4, 5)), 9 * 3 * 4)
    assert counter.spikes == {"": x.sum()}
    net(x)
    assert counter.total.updates == 9 * 3 * 4, "it counts only while it is open"


def test_counts_recurrent_synapses_that_exist():
    mask = torch.rand(6, 6) < 0.5
    x, net = busy(), Recurrent(5, 6, mask=mask)
    with torch.no_grad():
        net.weight.abs_().mul_(40)
    with SynOpCounter(net) as counter:
        first, state = net(x)
    inside = walk(first[:-1], net.mask)
    assert inside > 0 and first[-1].sum() > 0
    assert counter.total.acs == walk(x, torch.ones(6, 5)) + inside
    with SynOpCounter(net) as counter:
        second, _ = net(x, state)
    acted = torch.cat([first[-1:], second[:-1]])
    assert counter.total.acs == walk(x, torch.ones(6, 5)) + walk(acted, net.mask)


def test_multiplies_what_is_no_spike():
    x = busy()
    x[0, 0, 0], x[1, 1, 1] = 0.5, -1.0
    net = LIF(5, 4)
    with SynOpCounter(net) as counter:
        net(x)
    assert counter.total.macs == 2 * 4
    assert counter.total.acs == 4 * int((x == 1).sum())


def test_a_dense_net_multiplies_everything_and_says_what_was_zero():
    net = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))
    x = torch.rand(7, 6) * (torch.rand(7, 6) < 0.5)
    with SynOpCounter(net) as counter:
        net(x)
    hidden = torch.relu(net[0](x))
    assert counter.total == Operations(7 * (6 * 4 + 4 * 3), 0, 0)
    assert counter.zeros == (x == 0).sum() * 4 + (hidden == 0).sum() * 3


def test_spikes_into_a_read_out_are_accumulated():
    x, net = busy(), nn.ModuleDict({"out": nn.Linear(5, 3, bias=False)})
    with SynOpCounter(net, spikes_into=("out",)) as counter:
        net["out"](x)
    assert counter.total == Operations(0, walk(x, torch.ones(3, 5)), 9 * 3 * 3)
    with pytest.raises(ValueError, match="spikes_into"):
        SynOpCounter(net, spikes_into=("in",))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("memory", MEMORIES)
def test_at_the_break_even_rate_both_layers_cost_the_same(precision, memory):
    """By counting: a layer of the size given, and spikes one by one until it costs as much."""
    costs, inputs, units, steps = costs_of(precision, memory), 300, 7, 4
    dense = energy_step(Operations(inputs * units, 0, 0), costs)
    rate = break_even(inputs, steps, costs)
    spikes, spent = 0, energy_step(Operations(0, 0, units * steps), costs)
    while spent < dense:
        spikes += 1
        for _ in range(units):
            spent += costs.add + costs.word
    assert spikes > 100
    assert spikes / (inputs * steps) == pytest.approx(rate, abs=1.01 / (inputs * steps))


def test_dear_memory_allows_one_spike_an_input():
    for precision in PRECISIONS:
        cheap, dear = (10 * break_even(10**6, 10, costs_of(precision, m)) for m in ("none", "DRAM"))
        assert cheap > 3 and dear == pytest.approx(1, abs=0.01)


def test_updates_alone_can_cost_more_than_the_dense_layer():
    assert break_even(20, 25, Costs()) < 0 < break_even(20, 15, Costs())


def test_figures_are_those_of_the_source():
    assert PRECISIONS["float32"] == (0.9, 3.7) and PRECISIONS["int32"] == (0.1, 3.1)
    assert PRECISIONS["int8"] == (0.03, 0.2) and PRECISIONS["float16"] == (0.4, 1.1)
    assert costs_of("float32", "SRAM").word == 5.0 and costs_of("int8", "SRAM").word == 1.25
    with pytest.raises(ValueError, match="precision: one of"):
        costs_of("float8")
    with pytest.raises(ValueError, match="memory: one of"):
        costs_of(memory="flash")


def test_table_prints_its_numbers_and_its_assumptions():
    table = energy_table({"dense": Operations(1000, 0, 0), "spiking": Operations(0, 2000, 30)})
    assert "| dense | 1,000 | 0 | 0 | 4.6 | 9.6 |" in table
    assert "| spiking | 0 | 2,000 | 30 | 1.9 | 12.2 |" in table
    assert all(text in table for text in ASSUMPTIONS)
