"""The figures of the page on sparse codes: checked in arrays, by theory and by the package."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from neurolab.core.random import seeded, uniform
from neurolab.dendrites import patterns_of, segment_overlap
from neurolab.dendrites import winners as k_largest
from neurolab.live import FIGURES
from neurolab.live.figures import melody, rewiring, winners
from neurolab.tasks.melodies import MELODIES


def shown(name, **moved):
    figure = FIGURES[name]
    return figure.simulate(**(figure.params | moved))


# rewiring


def teacher():
    """The sizes of the teacher's 24 connections: the same draws as the figure."""
    s, there, found = seeded(5), [False] * 144, []
    for _ in range(12):
        _, s = uniform(s)
    for _ in range(24):
        at, s = rewiring.free_site(there, s)
        there[at] = True
        u, s = uniform(s)
        found.append(0.6 + 0.8 * u)
    return np.array(found)


@pytest.mark.parametrize("moved", [{}, {"connections": 12}, {"temperature": 40}])
def test_as_many_connections_at_any_step(moved):
    k = (FIGURES["rewiring"].params | moved)["connections"]
    for until in (0, 50, 300):
        data = shown("rewiring", until=until, **moved)
        assert len(set(zip(data["x"], data["y"], strict=True))) == k
    assert (np.diff(data["survived"]) <= 0).all() and (np.diff(data["moves"]) >= 0).all()
    assert data["survived"][0] == 100 and min(data["r"]) >= 2


@pytest.mark.parametrize("l1", [0.05, 0.2])
def test_without_chance_it_rests_where_gradient_and_pull_meet(l1):
    """There theta = teacher - l1 for what exists, so the error is 24 l1^2 of the sum of squares."""
    data, w = shown("rewiring", temperature=0, l1=l1, connections=36), teacher()
    assert data["found"] == [24]
    floor = 100 * 24 * l1 * l1 / (w * w).sum()
    assert floor - 1e-6 < data["wrong"][-1] < floor + 0.3
    fewest = 36 - 24  # those not needed move in nearly every step
    assert data["moves"][300] - data["moves"][200] > 0.7 * 100 * fewest
    sizes = (np.sort(data["r"])[-24:] - 2) / 4
    np.testing.assert_allclose(sizes, np.sort(w) - l1, atol=0.02)


def test_without_a_pull_useless_connections_stay():
    data = shown("rewiring", temperature=0, l1=0)
    assert data["found"][0] < 24 and data["wrong"][-1] > 3


def test_too_few_connections_leave_the_rest_of_the_error():
    """12 of 24: of those found the sizes are the teacher's; the others are missing whole."""
    data = shown("rewiring", connections=12, temperature=0)
    assert data["found"] == [12] and 40 < data["wrong"][-1] < 60


# winners


def population():
    """Wiring (N, S), pictures (P, I), draws (T, P, I) and the codes of the pictures."""
    s, rows, pictures = seeded(winners.SEED), [], []
    for _ in range(winners.CELLS):
        row, s = winners.chosen(winners.SYNAPSES, winners.INPUTS, s)
        rows.append(row)
    for _ in range(winners.PATTERNS):
        row, s = winners.chosen(winners.ON, winners.INPUTS, s)
        pictures.append(row)
    size = (winners.TRIALS, winners.PATTERNS, winners.INPUTS)
    draws = []
    for _ in range(int(np.prod(size))):
        u, s = uniform(s)
        draws.append(u)
    x = patterns_of(torch.tensor(pictures), winners.INPUTS)
    return torch.tensor(rows), x, torch.tensor(draws, dtype=torch.float64).view(size)


@pytest.mark.parametrize("k, share", [(12, 50), (24, 30), (48, 70), (2, 90)])
def test_winners_and_segments_are_the_package_s(k, share):
    rows, clean, draws = population()
    lower = torch.arange(winners.CELLS) / (2 * winners.CELLS)

    def drive(x):
        return segment_overlap(x, rows).double() - lower

    bar = drive(clean).flatten().topk(k * winners.PATTERNS).values[-1]
    codes = {
        "win": lambda x: k_largest(drive(x).flatten(0, -2), k).view(*x.shape[:-1], -1),
        "bar": lambda x: drive(x) >= bar,
    }
    data = shown("winners", k=k, share=share)
    for way, code in codes.items():
        stored = code(clean).double()
        for at, q in enumerate(winners.LEVELS):
            changed = torch.where(draws < abs(q) / 100, torch.tensor(q > 0), clean)
            found = code(changed).double()
            need = share / 100 * stored.sum(1)
            told = (found @ stored.T >= need - 1e-9).double()
            own = torch.diagonal(told, dim1=1, dim2=2)
            right = (own > 0) & (told.sum(2) == 1)
            assert data[f"by_{way}"][at] == pytest.approx(100 * float(right.double().mean()))
            assert data[f"on_{way}"][at] == pytest.approx(100 * float(found.mean()))


# budget


def test_the_budget_is_used_up_and_the_best_part_is_the_best():
    for moved in ({}, {"supply": 0.8, "spike": 2.4}, {"rate": 5, "rest": 2}):
        data, p = shown("budget", **moved), FIGURES["budget"].params | moved
        used = p["rest"] + np.array(data["part"]) / 100 * p["spike"] * np.array(data["rate"])
        assert np.where(np.array(data["part"]) < 100, used, p["supply"]) == pytest.approx(
            p["supply"]
        )
        at = int(np.argmax(data["worth"]))
        assert data["most"][0] >= max(data["worth"]) > 0.99 * data["most"][0]
        assert data["percent"][max(at - 1, 0)] <= data["best"][0]
        assert data["best"][0] <= data["percent"][min(at + 1, 100)] + 1e-9


# melody


def test_the_tunes_are_those_of_the_package():
    for name, notes in (("frere jacques", melody.FRERE), ("ode to joy", melody.JOY)):
        assert tuple(n + melody.LOWEST for n in notes) == MELODIES[name]
    assert 0 <= min(melody.FRERE + melody.JOY) <= max(melody.FRERE + melody.JOY) < melody.NOTES


def followers(prefix, tune):
    """Notes that come after what was heard so far, wherever it stands in the tune."""
    size = len(prefix)
    return {tune[k + size] for k in range(len(tune) - size) if tune[k : k + size] == prefix}


def test_with_cells_enough_it_expects_what_followed_all_it_has_heard():
    """The first note is a surprise and fires its whole column: from there on each note that can
    follow is expected, by the sequence since the start alone."""
    tune = melody.FRERE
    data = shown("melody", cells=12, passes=8)
    heard = np.array(data["when"]) == 8
    count = np.array(data["count"])[heard].tolist()
    wanted = [0, *(len(followers(tune[:t], tune)) for t in range(1, 32))]
    assert count == wanted and count[1] > 3 > 1 == count[8]
    assert np.array(data["came"])[heard].tolist() == [0] + 31 * [1]


def test_one_cell_a_note_knows_the_last_note_alone():
    """Without punishment a note is expected alone where it always follows the one before."""
    tune, after = melody.FRERE, {}
    for before, note in pairwise(tune):
        after.setdefault(before, set()).add(note)
    sure = sum(len(after[before]) == 1 for before in tune[:-1])
    data = shown("melody", cells=1, passes=8, punish=0)
    assert data["alone"][-1] == pytest.approx(100 * sure / 32)
    assert data["told"][-1] == pytest.approx(100 * 31 / 32)


def test_three_times_are_enough_and_too_few_cells_are_not():
    data = shown("melody", cells=12)
    assert data["told"][:4] == [0, 0, 0, 100 * 31 / 32]
    assert shown("melody", cells=4)["alone"][-1] < 60 < 90 < data["alone"][-1]


def test_what_is_shown_is_active_or_expected():
    for at in (9, 20, 32):
        data = shown("melody", at=at, cells=12)
        assert len(data["on_x"]) == 1 and data["on_x"] == data["at_n"]
        if at < 32:
            assert set(data["soon_x"]) == {melody.FRERE[at] + melody.LOWEST}
    new = shown("melody", passes=0)
    assert len(new["on_x"]) == 8 and len(new["missed_t"]) == 32
