"""Lab sequence-memory: right answers of different make pass, known slips are answered by name."""

from itertools import pairwise

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import sequence_memory as lab
from neurolab.lab import sequence_memory_cells as cells
from neurolab.lab import sequence_memory_tunes as tunes
from neurolab.tasks.melodies import MELODIES


def says(name, value):
    result = neurolab.check(f"sequence-memory.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 16 * 16 / 256)[0] == "right"
    assert "a sixteenth" in says("warmup", 16)[1]


# Questions 1 and 2


def by_a_mark(overlap, owner, threshold):
    told = np.zeros(24)
    told[owner[overlap >= threshold]] = 1
    return told


def by_the_largest(overlap, owner, threshold):
    most = torch.full((24,), -1).scatter_reduce(
        0, torch.as_tensor(owner), torch.as_tensor(overlap), "amax"
    )
    return most >= threshold


@pytest.mark.parametrize("make", [by_a_mark, by_the_largest, cells.expecting])
def test_q1_whatever_finds_the_cells_passes(make):
    status, message = says("q1", make)
    assert status == "right" and "of 24 cells" in message


@pytest.mark.parametrize("reason", cells.EXPECT_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", cells.EXPECT_SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda o, w, t: np.zeros(24), "should be 1 at threshold 8"),
        (lambda o, w, t: np.zeros(7), "one number for each of 24"),
        (lambda o, w, t: o[99], "IndexError"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


def with_where(told, on):
    return np.where(told.any(1, keepdims=True), told, 1) * on[:, None]


def with_torch(told, on):
    told, on = torch.as_tensor(told), torch.as_tensor(on)
    burst = (told.sum(1) == 0) & (on > 0)
    return (told.bool() | burst[:, None]) & (on > 0)[:, None]


@pytest.mark.parametrize("make", [with_where, with_torch, cells.firing])
def test_q2_whatever_fires_the_cells_passes(make):
    status, message = says("q2", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", cells.FIRE_SLIPS)
def test_q2_slips_are_answered_by_name(reason):
    status, message = says("q2", cells.FIRE_SLIPS[reason])
    assert status == "wrong" and reason in message


def test_q2_other_mistakes():
    assert "Look at one column" in says("q2", lambda told, on: 2 * told)[1]
    assert "The shape is" in says("q2", lambda told, on: told[0])[1]


# Questions 3 to 5


def test_q3_right_and_slips():
    assert says("q3", (6, lab.times_needed(0.22, 0.06)))[0] == "right"
    for value, reason in (
        ((5, 6), "These are the gains"),
        ((9, 6), "not at 0"),
        ((3, 6), "too few"),
        ((12, 6), "too many"),
        ((6, 4), "measured 4"),
        (6, "Pass two numbers"),
    ):
        assert reason in says("q3", value)[1]
    assert says("q3", (..., 6))[0] == "not yet"


@pytest.mark.parametrize(("initial", "gain", "times"), [(0.3, 0.1, 3), (0.45, 0.2, 2), (0.5, 1, 1)])
def test_a_memory_needs_as_many_times_as_the_gains_say(initial, gain, times):
    assert lab.times_needed(initial, gain) == times


def test_q4_right_and_slips():
    tune, after = lab.TUNES["frere"], {}
    for a, b in pairwise(tune):
        after.setdefault(a, set()).add(b)
    part = np.mean([len(after[a]) == 1 for a in tune[:-1]])
    measured = lab.with_cells(1)
    assert measured == pytest.approx(part), "one cell knows what is sure, and no more"
    assert says("q4", (part, measured))[0] == "right"
    assert "per cent" in says("q4", (100 * part, measured))[1]
    assert "list all that follow" in says("q4", (0.9, measured))[1]
    assert "from 0 to 1" in says("q4", (part, 20))[1]


def test_more_cells_know_more():
    assert lab.with_cells(12) > 0.9 > lab.with_cells(1) + 0.5


def test_q5_takes_any_two_parts():
    status, message = says("q5", (0.5, [0.8, 0.2]))
    assert status == "right" and "0.80 at the lower" in message
    assert "two parts" in says("q5", (0.5, [0.8]))[1] and "two parts" in says("q5", (0, [80, 2]))[1]
    assert says("q5", (..., [0.8, 0.2]))[0] == says("q5", (0.5, ...))[0] == "not yet"


@pytest.mark.slow
def test_punishment_costs_the_old_tune():
    kind, hard = lab.keep(0.0), lab.keep(0.1)
    assert kind.after > hard.after + 0.3 and kind.before > 0.8


def test_tunes_begin_with_their_titles():
    for k, (name, whole) in enumerate(zip(tunes.NAMES, tunes.LENGTHS, strict=True)):
        title, *notes = lab.TUNES[name]
        assert title == 100 + k and tuple(notes) == MELODIES[whole][: len(notes)]
        on = tunes.shown(name)
        assert on.sum(1).tolist() == [16] * len(lab.TUNES[name])
    assert len(torch.unique(tunes.codes(), dim=0)) == 16


@pytest.mark.slow
def test_challenge():
    result = neurolab.check("sequence-memory.challenge", (0.0, 0.5, 0.2))
    assert result.status == "score" and 20 < result.value <= 100 and "Ours" in result.message
    for value, reason in (((2, 0.5, 0.1), "punish must be"), ((0.5, 1), "three numbers")):
        assert reason in says("challenge", value)[1]


def test_explain_is_compared():
    assert says("explain", "New tunes find new cells and segments.")[0] == "compared"
    assert says("explain", "cells")[0] == says("explain", 7)[0] == "wrong"
