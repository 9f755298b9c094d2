"""The decision experiment: its fit finds a known curve, its metrics are those of the trials."""

import math
from dataclasses import replace

import pytest
import torch

from neurolab.experiments import wang_decision
from neurolab.experiments.contract import Refused
from neurolab.experiments.wang_decision import COHERENCES, PRESETS, measured, run, weibull
from neurolab.recurrent import Decisions


@pytest.mark.parametrize("alpha, beta", [(9.2, 1.5), (4.0, 0.9), (20.0, 2.5)])
def test_fit_finds_the_curve_that_made_the_answers(alpha, beta):
    trials = 10**6
    right = [round(trials * (1 - math.exp(-((c / alpha) ** beta)) / 2)) for c in COHERENCES]
    found = weibull(right, trials)
    assert found[0] == pytest.approx(alpha, rel=0.02)
    assert found[1] == pytest.approx(beta, rel=0.05)
    at = 1 - math.exp(-1) / 2
    assert at == pytest.approx(0.816, abs=1e-3)  # what alpha means


def test_fit_of_answers_that_are_all_right_is_finite():
    assert all(math.isfinite(x) for x in weibull([5] + [10] * 5, 10))


def test_metrics_are_those_of_the_trials(monkeypatch):
    asked = []

    def trials(net, coherence, generator, threshold, before, longest):
        asked.append((float(coherence[0]), len(coherence), threshold, before, longest))
        choice = torch.tensor([1, 1, 2, 1])
        return Decisions(choice, torch.tensor([100.0, 300.0, math.inf, 200.0]))

    monkeypatch.setattr(wang_decision, "wang_trials", trials)
    told = list(run(replace(PRESETS["quick"], trials=4, longest=800.0)))
    assert [p.done for p in told] == [1, 2, 3, 4, 5, 6]
    assert [round(100 * a[0], 3) for a in asked] == list(COHERENCES)
    assert {a[1:] for a in asked} == {(4, 15.0, 50.0, 800.0)}
    last = told[-1].metrics
    assert last["accuracy_c128"] == 0.75 and last["time_c128"] == 200.0
    assert last["undecided"] == 0.25 and told[0].metrics["time_c512"] == 0
    assert set(last) == set(measured([1], [1.0], 0, PRESETS["quick"]))


def test_refuses_pieces_that_do_not_fit():
    with pytest.raises(Refused, match="before must be in pieces of 50 ms, got 70"):
        replace(PRESETS["quick"], before=70.0)
