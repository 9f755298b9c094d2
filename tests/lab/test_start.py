"""The first line of a lab, and the table at its end."""

import random

import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter

import neurolab
from neurolab.lab import compare, fast


def draws():
    return random.random(), np.random.rand(), torch.rand(()).item()


def test_setup_seeds_all_three(capsys):
    neurolab.setup(seed=3)
    first = draws()
    neurolab.setup(seed=3)
    assert draws() == first
    neurolab.setup(seed=4)
    assert not set(draws()) & set(first)


def test_setup_prints_versions_and_device_in_two_lines(capsys):
    start = neurolab.setup()
    first, second = capsys.readouterr().out.splitlines()
    assert neurolab.__version__ in first and torch.__version__ in first and np.__version__ in first
    assert start.device in second and "seed 0" in second
    assert start.device in ("cpu", "cuda", "mps")
    assert torch.zeros(1, device=start.device).item() == 0
    assert DisplayFormatter().format(start) == ({}, {})


def test_another_version_is_said_clearly(capsys):
    neurolab.setup(version=neurolab.__version__)
    assert len(capsys.readouterr().out.splitlines()) == 2
    neurolab.setup(version="99.0")
    warning = capsys.readouterr().out.splitlines()[2]
    assert warning.startswith("Warning") and "99.0" in warning and neurolab.__version__ in warning


@pytest.mark.parametrize(
    ("given", "short"), [("1", True), ("0", False), ("", False), (None, False)]
)
def test_short_runs_are_asked_by_the_environment(given, short, monkeypatch, capsys):
    monkeypatch.delenv("NEUROLAB_FAST", raising=False)
    if given is not None:
        monkeypatch.setenv("NEUROLAB_FAST", given)
    assert fast() is short and neurolab.setup().fast is short
    assert ("short runs" in capsys.readouterr().out) is short


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "0", True, None])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match="seed must be"):
        neurolab.setup(seed=seed)


def test_the_table_fills_with_what_is_there(capsys):
    compare(("a", 21.4666, [22, 22]), ("b", ..., (0.3, 0.5)), ("c", None, torch.tensor(2.0)),
            ("d", object(), "text"), ("e", (..., ...), float("nan")))  # fmt: skip
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows == [["predicted", "measured"], ["a", "21.47", "22"],
                    ["b", "-", "0.3", "to", "0.5"], ["c", "-", "2"],
                    ["d", "?", "text"], ["e", "-", "nan"]]  # fmt: skip
