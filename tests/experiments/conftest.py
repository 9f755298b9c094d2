"""Checkpoints go into the test's own folder; the random walk is an experiment by name."""

import pytest
import walk

from neurolab import experiments


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROLAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setitem(experiments.EXPERIMENTS, "walk", "walk")
    walk.CALLS.clear()
    return tmp_path / "runs"
