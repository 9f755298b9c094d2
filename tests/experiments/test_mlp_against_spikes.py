"""Two networks by one trainer: what they compute, what is counted, and that both learn."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments.mlp_against_spikes import PRESETS, fits, measured, run
from neurolab.experiments.two_nets import Fit, Spiking, images
from neurolab.neuromorphic import Costs, Operations, energy_step
from neurolab.spiking import LIFParams, LIFState, lif_step


@torch.no_grad()
def test_spiking_network_is_a_loop_over_pixels_and_steps():
    """Written out: pixel by pixel, step by step."""
    net = Spiking(9, 6, 8, 2.0, 12.0, 0.3, 7.0, 3.0)
    x = torch.rand(5, 9)
    state, u = LIFState(torch.zeros(5, 6), torch.full((5, 6), -1.0)), torch.zeros(5, 10)
    leak, fired = torch.exp(torch.tensor(-2.0 / 7.0)), 0
    for k, found in enumerate(net(x)):
        current = torch.zeros(5, 6)
        for b in range(5):
            for i in range(9):
                when = 12.0 * (1 - float(x[b, i]))
                if x[b, i] > 0.3 and 2 * k <= when < 2 * (k + 1):
                    current[b] += net.hidden.weight[:, i]
        z, state = lif_step(current, state, LIFParams(7.0), 2.0)
        u, fired = leak * u + z @ net.out.weight.T, fired + z.sum()
        torch.testing.assert_close(found, u, rtol=1e-4, atol=1e-5)
    assert fired > 5


def test_a_batch_is_moved_as_a_whole_and_keeps_its_labels():
    x = torch.zeros(6, 5, 5)
    x[torch.arange(6), 2, 2] = torch.arange(1.0, 7.0)
    fit = Fit(torch.nn.Linear(25, 2), lambda u, y: u.sum(), 0.1, 3, 1, 1, seed=0)
    places = set()
    for _ in range(40):
        for some, y in fit.batches(x, torch.arange(6)):
            at = some.argmax(1)
            assert len(set(at.tolist())) == 1
            assert torch.equal(some.amax(1), y + 1.0)
            places.add(int(at[0]))
    assert places == {5 * r + c for r in (1, 2, 3) for c in (1, 2, 3)}


def test_rate_falls_in_a_line_to_zero():
    rates = []
    net = torch.nn.Linear(4, 2)
    fit = Fit(
        net, lambda u, y: rates.append(fit.adam.param_groups[0]["lr"]) or u.sum(), 0.1, 2, 2, 0, 0
    )
    for _ in range(2):
        fit.epoch(torch.rand(4, 2, 2), torch.zeros(4))
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])


def test_operations_are_those_of_the_sizes_and_of_the_spikes():
    config = replace(PRESETS["quick"], units=16, epochs=2)
    both = fits(config, 8)
    x, _ = images("digits", 2)
    x = x.flatten(1)
    dense, spiking = (measured(way, both[way], config) for way in ("mlp", "spiking"))
    assert dense["macs_mlp"] == 64 * 16 + 160
    with torch.no_grad():
        hidden = torch.relu(both["mlp"].net.first(x))
        not_zero = 16 * (x != 0).sum() + 10 * (hidden != 0).sum()
        s, z = both["spiking"].net.spikes(x)
    assert dense["macs_mlp_not_zero"] == pytest.approx(float(not_zero) / 450)
    assert spiking["synops_spiking"] == pytest.approx(float(16 * s.sum() + 10 * z.sum()) / 450)
    assert spiking["neuron_updates"] == 12 * (16 + 10)
    assert spiking["spikes_hidden"] == pytest.approx(float(z.sum()) / 450)
    done = Operations(0, spiking["synops_spiking"], spiking["neuron_updates"])
    assert spiking["energy_spiking_sram"] == pytest.approx(energy_step(done, Costs(word=5.0)) / 1e3)
    assert dense["energy_mlp"] == pytest.approx((64 * 16 + 160) * 4.6e-3)


@pytest.mark.parametrize("seed", (1, 2))
def test_both_learn_and_the_spiking_one_does_less(seed):
    *_, last = run(replace(PRESETS["quick"], seed=seed))
    found = last.metrics
    assert found["accuracy_mlp"] > 0.85 and found["accuracy_spiking"] > 0.8
    assert found["synops_spiking"] < found["macs_mlp_not_zero"] < found["macs_mlp"]
    assert found["energy_spiking"] < found["energy_mlp"]
