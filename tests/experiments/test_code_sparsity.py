"""The codes are what their models promise, and the measures are taken over the right axis."""

import math
from dataclasses import replace

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.code_sparsity import MODELS, PRESETS, Config, measured, run

SMALL = replace(PRESETS["quick"], units=20, epochs=1, passes=1, columns=40, cells=5, seed=11)


def test_measures_of_codes_that_are_known():
    """Ten of 100 units for each of 50 stimuli, in turn, and stimuli and units that never answer."""
    r = torch.zeros(52, 102)
    for b in range(50):
        r[b, [(10 * b + k) % 100 for k in range(10)]] = 2.0
    found = measured(r)
    assert found["active"] == pytest.approx(10 / 102)
    assert found["treves_rolls"] == pytest.approx(10 / 102)
    hoyer = (math.sqrt(102) - math.sqrt(10)) / (math.sqrt(102) - 1)
    assert found["hoyer"] == pytest.approx(hoyer)
    assert found["lifetime"] == pytest.approx((1 - 5 / 52) / (1 - 1 / 52))  # 5 of 52 for each unit


def test_codes_with_counted_winners_have_them():
    torch.manual_seed(0)
    for name, units, winners in (("winners", 20, 2), ("pooler", 40, 4)):
        r = MODELS[name](SMALL).detach()
        assert r.shape == (450, units) and (r >= 0).all()
        assert (r > 0).sum(1).max() == winners
    notes = MODELS["memory"](SMALL)
    assert notes.shape == (32, 200)
    columns = notes.view(32, 40, 5)
    assert (columns.any(2).sum(1) == 4).all(), "four columns are on at each note"


@pytest.mark.slow
def test_every_model_answers_and_the_population_is_the_least_sparse_of_tuning():
    reports = list(run(SMALL))
    assert [p.done for p in reports] == list(range(1, len(MODELS) + 1))
    found = reports[-1].metrics
    assert all(0 < value <= 1 for value in found.values())
    assert found["active_population"] == found["active_hopfield"] == 1
    assert found["active_memory"] < found["active_winners"] < found["active_dense"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"units": 5}, "units"), ({"density": 0.0}, "density"), ({"columns": 20}, "density")],
)
def test_bad_settings_are_named(changes, name):
    with pytest.raises(Refused, match=name):
        replace(Config(), **changes)
