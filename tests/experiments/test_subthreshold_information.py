"""The stimulus is in the potential before a spike tells it."""

from dataclasses import replace

import torch

from neurolab.experiments.subthreshold_information import PRESETS, Config, run, trials


def test_stimuli_differ_in_place_alone_and_all_are_shown_as_often():
    s, soma = trials(Config(trials=80), 0)
    assert s.bincount().tolist() == [20] * 4 and soma.v.shape == (100, 80)
    quiet, _ = trials(Config(trials=80, synapses=1), 0)
    assert torch.equal(quiet, s)
    rise = soma.v[:40].mean(0)
    by = torch.stack([rise[s == k].mean() for k in range(4)])
    assert by[0] > by[3] + 0.5, "together is more than apart"


def test_potential_tells_more_where_spikes_are_few():
    *_, last = run(replace(PRESETS["quick"], seed=12))
    found = last.metrics
    assert found["spikes_low"] < found["spikes_middle"] < found["spikes_high"]
    assert found["from_low"] > 0 and found["fraction_low"] > 0.1
    for end in ("_low", "_middle", "_high"):
        assert 0 <= found["bits_spikes" + end] <= 2 and found["bits_whole" + end] <= 2
        assert found["from" + end] <= found["fraction" + end] <= found["to" + end]

    silent = replace(PRESETS["quick"], seed=12, threshold=1e5, trials=80, draws=5)
    *_, last = run(silent)
    assert last.metrics["bits_spikes_high"] == 0 == last.metrics["spikes_high"]
