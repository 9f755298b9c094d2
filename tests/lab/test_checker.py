"""The checker prints one line, returns it, and survives whatever a learner hands in."""

import datetime
import math
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

import neurolab
from neurolab.lab import LABS, checker, pca
from neurolab.lab.values import Wrong, array, is_blank, number

QUESTIONS = checker._questions(LABS)
NAMES = list(QUESTIONS)


class Evil:
    """Raises whatever it is asked."""

    def _no(self, *_, **__):
        raise RuntimeError("no")

    __eq__ = __hash__ = __repr__ = __str__ = __len__ = __iter__ = __getitem__ = _no
    __float__ = __array__ = __bool__ = __getattr__ = __contains__ = __lt__ = __gt__ = _no


class EvilList(list):
    __iter__ = __len__ = Evil._no


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def stops(problem):
    def function(*_):
        raise problem

    return function


def endless(*arguments):
    return endless(*arguments)


ITSELF: list = [1.0]
ITSELF.append(ITSELF)

HOSTILE = {
    "object": object(),
    "evil": Evil(),
    "evil list": EvilList([1, 2]),
    "list of evil": [Evil(), Evil()],
    "list in itself": ITSELF,
    "text": "22",
    "bytes": b"22",
    "nan": math.nan,
    "inf": math.inf,
    "minus inf": -math.inf,
    "complex": 1j,
    "too large for a float": 10**400,
    "true": True,
    "nothing in a list": [[]],
    "dict": {"low": 0.3},
    "set": {1, 2},
    "range": range(10**12),
    "generator": (k for k in range(3)),
    "date": datetime.date(2026, 1, 1),
    "module": math,
    "type": int,
    "empty array": np.array([]),
    "array of text": np.array(["a"]),
    "array of objects": np.array([object()]),
    "big array": np.zeros((3, 4)),
    "masked": np.ma.masked,
    "tensor": torch.zeros(2, 2, requires_grad=True),
    "complex tensor": torch.zeros(2, dtype=torch.complex64),
    "sparse tensor": torch.eye(2).to_sparse(),
    "function of none": lambda: 1,
    "function that divides by zero": lambda *_: 1 / 0,
    "function that exits": lambda *_: sys.exit(),
    "function that calls itself": endless,
    "function with many words": stops(ValueError("x\n" * 1000)),
    "function with no words": stops(Unspeakable()),
    "function that cancels": stops(GeneratorExit()),
    "function that returns text": lambda *_: "a",
    "function that returns inf": lambda *_: math.inf,
    "function that returns evil": lambda *_: Evil(),
    "function that returns itself": lambda *_: endless,
}


def one_line(capsys, result) -> str:
    out = capsys.readouterr().out
    assert out == f"{result.message}\n"
    assert result.message.count("\n") == 0
    return result.message


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_makes_it_raise_or_passes(value, capsys):
    for name in NAMES:
        result = neurolab.check(name, HOSTILE[value])
        assert result.status in ("wrong", "not yet"), result.message
        assert one_line(capsys, result).startswith(f"{name}: {result.status}. ")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(NAMES) | st.text(), anything, anything)
def test_no_question_value_or_hint_makes_it_raise(question, value, hint):
    result = neurolab.check(question, value, hint)
    if question.strip().lower() not in LABS:
        assert "\n" not in result.message


def test_an_exit_is_quoted_like_any_exception(capsys):
    message = neurolab.check("pca.q1", lambda *_: sys.exit()).message
    assert "Your function stopped with SystemExit" in message


@pytest.mark.parametrize("blank", [None, ..., "", " ... ", [], (..., 0.5), [None, None]])
def test_blank_is_not_yet(blank, capsys):
    for name in NAMES:
        result = neurolab.check(name, blank)
        assert (result.status, bool(result)) == ("not yet", False), name
        assert "hint=1" in one_line(capsys, result)


def test_a_call_without_value_is_blank(capsys):
    assert neurolab.check("pca.q1").status == "not yet"


@pytest.mark.parametrize("name", [n for n in NAMES if not n.endswith(".challenge")])
def test_an_interrupt_is_the_learners_own(name, capsys, monkeypatch):
    asked = checker.Question("t", stops(KeyboardInterrupt()), ("", "", ""))
    lab, key = name.split(".")
    monkeypatch.setitem(checker._lab(lab).QUESTIONS, key, asked)
    with pytest.raises(KeyboardInterrupt):
        neurolab.check(name, 1)


def test_a_missing_package_is_named_and_not_the_learners_fault(capsys, monkeypatch):
    asked = checker.Question("t", stops(ModuleNotFoundError("x", name="sklearn")), ("", "", ""))
    monkeypatch.setitem(pca.QUESTIONS, "q2", asked)
    result = neurolab.check("pca.q2", 1)
    assert result.status == "not yet"
    assert "sklearn" in result.message


@pytest.mark.parametrize("name", NAMES)
def test_three_hints_that_differ(name, capsys):
    said = [neurolab.check(name, None, hint=hint).message for hint in (1, 2, 3)]
    hints = QUESTIONS[name].hints
    assert len(set(hints)) == 3
    for k, (line, hint) in enumerate(zip(said, hints, strict=True), 1):
        assert line.endswith(f" Hint {k} of 3: {hint}")


@pytest.mark.parametrize("hint", [-1, 4, 1.5, "1", None, "evil", [1]])
def test_a_hint_that_does_not_exist_says_which_do(hint, capsys):
    result = neurolab.check("pca.q1", None, HOSTILE.get(str(hint), hint))
    assert "hint takes 1 to 3" in one_line(capsys, result)


def test_a_right_answer_gets_no_hint(capsys):
    assert "Hint" not in neurolab.check("pca.warmup", 64, hint=1).message


@pytest.mark.parametrize("question", ["nope.q1", "q1", 7, "evil", ["pca.q1"], "distal_reward.q1"])
def test_an_unknown_question_lists_what_exists(question, capsys):
    result = neurolab.check(HOSTILE.get(str(question), question), 1)
    assert result.status == "unknown" and not result
    line = one_line(capsys, result)
    assert all(name in line for name in NAMES)


@pytest.mark.parametrize("question", [f"{lab}.{end}" for lab in LABS for end in ("q99", "")])
def test_an_unknown_question_of_a_lab_lists_those_of_this_lab(question, capsys):
    result = neurolab.check(question, 1)
    assert result.status == "unknown" and not result
    line, lab = one_line(capsys, result), question.split(".")[0]
    assert all((name in line) == name.startswith(f"{lab}.") for name in NAMES)


def test_the_name_may_be_typed_with_capitals_and_spaces(capsys):
    assert neurolab.check(" PCA.Warmup ", 64).status == "right"


def test_the_list_shows_what_was_found(capsys, monkeypatch):
    monkeypatch.setattr(checker, "_found", {})
    neurolab.check("pca.warmup", 64)
    neurolab.check("pca.q2", "text")
    neurolab.check("pca.q1")
    capsys.readouterr()
    assert neurolab.check() is None
    everything = capsys.readouterr().out
    for lab in LABS:
        assert neurolab.check(lab) is None
    assert everything == capsys.readouterr().out
    rows = {line.split()[0]: line for line in everything.splitlines() if line.startswith("  ")}
    assert list(rows) == NAMES
    found = {"pca.warmup": "right", "pca.q2": "wrong", "pca.q1": "not yet"}
    for name, line in rows.items():
        assert found.get(name, "not tried") in line


def test_a_result_shows_once_in_a_notebook_and_briefly_elsewhere(capsys):
    result = neurolab.check("pca.warmup", 64)
    assert DisplayFormatter().format(result) == ({}, {})
    assert (repr(result), str(result), bool(result)) == ("Result('right')", result.message, True)


class Ascii:
    """A terminal that knows ASCII alone."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        text.encode("ascii")
        self.text += text


def test_a_terminal_without_unicode_gets_the_line(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Ascii())
    neurolab.check("pca.challenge", lambda seen: 0.01)
    assert "pca.challenge: score." in sys.stdout.text


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array([[2]]), torch.tensor(2), [2]])
def test_a_number_may_come_in_many_dresses(value):
    assert number(value) == 2.0


@pytest.mark.parametrize("value", [[1, 2], torch.ones(2), (1.0, torch.tensor(2.0))])
def test_an_array_may_too(value):
    assert array(value, shape=(2,)).shape == (2,)
    with pytest.raises(Wrong, match=r"shape is \(2,\); it must be \(3,\)"):
        array(value, shape=(3,))


def test_a_list_that_would_fill_the_memory_is_refused():
    with pytest.raises(Wrong, match="of type range"):
        array(range(200_000))


def test_zero_and_false_are_no_blanks():
    assert not any(map(is_blank, (0, False, 0.0, [0], np.zeros(0))))
