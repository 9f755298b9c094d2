"""The bytes that a gradient holds, by formula, against a count of all tensors while it is made."""

import pytest

from neurolab.experiments.memory_bill import Config, measured
from neurolab.recurrent import (
    bytes_bptt,
    bytes_checkpointed,
    bytes_eprop,
    bytes_rtrl,
    bytes_truncated,
)


@pytest.mark.parametrize(("units", "steps", "window"), [(20, 64, 16), (33, 36, 17)])
def test_each_way_holds_the_bytes_of_its_formula(units, steps, window):
    """To the byte. 20 inputs, 2 outputs, at least 20 neurons, and a window of ten."""
    config = Config(units=units, window=window)
    found = {w: measured(w, config, steps)[0] for w in ("bptt", "checkpointed", "truncated")}
    assert found["bptt"] == bytes_bptt(steps, units)
    assert found["checkpointed"] == bytes_checkpointed(steps, units)
    assert found["truncated"] == bytes_truncated(window, units)
    assert measured("eprop", config, 9)[0] == bytes_eprop(units)


def test_rtrl_holds_the_bytes_of_its_formula_at_any_length():
    config = Config(rtrl_units=8)
    assert measured("rtrl", config, 2)[0] == measured("rtrl", config, 9)[0] == bytes_rtrl(8)
