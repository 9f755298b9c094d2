"""Nodes win where the teacher differs in gains alone, and lose where it does not."""

from dataclasses import replace

import pytest

from neurolab.experiments.nodal_adaptation import Config, run


def test_a_race_that_nodes_win_and_three_that_links_win():
    config = Config(trunks=5, links=10, students=30, presentations=600)
    *_, last = run(replace(config, seed=12))
    found = last.metrics
    for kind in ("nodes", "links"):  # students are averaged first, and errors of a few are large
        theory = found[f"theory_{kind}"]
        assert 0.6 * theory < found[f"presentations_{kind}"] < 1.8 * theory
    assert found["theory_links"] / found["theory_nodes"] == pytest.approx(10, rel=0.15)
    assert 5 < found["faster"] < 20
    assert found["signs_nodes"] < 0.5 * found["signs_links"]
    assert found["crossing_100"] < found["crossing_10"] <= found["crossing_1"] <= 600
    assert found["reach_0"] == pytest.approx(0, abs=1e-5)
    assert found["reach_100"] == pytest.approx(0.9, abs=0.02)
    for end in ("_1", "_10", "_100"):
        assert found["nodes" + end] > found["reach" + end] > 0.5 * (1 - 0.1) * 0.01
    assert found["links_100"] < 0.05 < 0.9 < found["nodes_100"]
    assert found["nodes_0"] < 1e-6 and last.done == last.total == 600
