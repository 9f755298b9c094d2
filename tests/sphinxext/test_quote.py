"""``quote`` hands plain numbers to the page, and says what it cannot hand over."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from neurolab.sphinxext.quote import as_plain, quote


@pytest.fixture
def glued(monkeypatch):
    found = {}
    fake = type(sys)("myst_nb")
    fake.glue = lambda name, value, display: found.update({name: (value, display)})
    monkeypatch.setitem(sys.modules, "myst_nb", fake)
    return found


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (1, 1),
        (2.5, 2.5),
        (torch.tensor(2.5), 2.5),
        (torch.tensor([[3]]), 3),
        (torch.tensor(2.5, requires_grad=True), 2.5),
        (np.float32(0.5), 0.5),
        (np.array([4]), 4),
        ("10 to 11", "10 to 11"),
    ],
)
def test_values_become_plain(given, plain):
    found = as_plain("a", given)
    assert found == plain and type(found) is type(plain)


def test_each_name_is_glued_once_and_not_shown(glued):
    quote(gap=torch.tensor(0.25), bad=2)
    assert glued == {"gap": (0.25, False), "bad": (2, False)}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (torch.zeros(2, 3), ValueError, r"a has shape \(2, 3\)"),
        (np.zeros(0), ValueError, r"a has shape \(0,\)"),
        (" ", ValueError, "empty"),
        (None, TypeError, "NoneType"),
        (True, TypeError, "bool"),
        (torch.tensor(True), TypeError, "bool"),
        (1 + 2j, TypeError, "complex"),
        ([1.0], TypeError, "list"),
    ],
)
def test_other_values_are_refused_by_name(glued, given, error, message):
    with pytest.raises(error, match=message):
        quote(a=given)
    assert glued == {}


def test_a_wrong_value_glues_nothing_of_the_call(glued):
    with pytest.raises(TypeError):
        quote(good=1, bad=None)
    assert glued == {}


def test_no_value_and_no_name_are_refused(glued):
    with pytest.raises(ValueError, match="no value"):
        quote()
    with pytest.raises(ValueError, match="no name"):
        quote(**{"a b": 1})


def test_importing_it_loads_no_sphinx():
    code = "import sys; from neurolab.sphinxext import quote; print('sphinx' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
