"""Checkpoints go into the test's own folder; the random walk is an experiment by name."""

import pytest
import walk

from neurolab import experiments

LONG = (  # experiments of which even a small run takes seconds
    *("abrupt-learning", "code-sparsity", "cue-accumulation", "dcaap-xor", "dendrite-ablations"),
    *("memory-bill", "memristor", "mini-spaun", "multitask-reach", "nef-decoders"),
    *("recurrent-denoiser", "sequential-mnist", "stdp-digits", "two-layer-neuron", "wang-decision"),
)


def pytest_collection_modifyitems(items):
    """Contract tests that run one of the long experiments are slow tests."""
    for item in items:
        asked = getattr(item, "callspec", None)
        if asked and asked.id in LONG and "whole" in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROLAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setitem(experiments.EXPERIMENTS, "walk", "walk")
    walk.CALLS.clear()
    return tmp_path / "runs"
