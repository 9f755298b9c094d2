"""Figures of patterns and segments show the package's laws, and a neuron that learns as its own."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import binom, chisquare, hypergeom

from neurolab.core.random import seeded
from neurolab.dendrites import (
    MultiSegmentNeuron,
    PermanenceLearning,
    PermanenceParams,
    capacity,
    log_false_match,
    log_neuron_match,
    log_overlap,
    union_law,
)
from neurolab.live import coincidences, permanences
from neurolab.live.figures import FIGURES
from neurolab.live.figures import capacity as filled
from neurolab.live.figures import overlap as pairs


def shown(name, **moved):
    figure = FIGURES[name]
    return figure.simulate(**(figure.params | moved))


# Parts


def test_patterns_are_drawn_without_repeats_and_every_set_alike():
    counts, state = {c: 0 for c in itertools.combinations(range(6), 3)}, seeded(1)
    for _ in range(4000):
        cells, state = coincidences.pattern(6, 3, state)
        counts[tuple(sorted(cells))] += 1
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_a_moved_pattern_keeps_its_size_and_takes_other_cells():
    state, kept = seeded(2), np.zeros(12)
    cells = list(range(3, 15))
    for _ in range(500):
        on, state = coincidences.moved(40, cells, 5, state)
        assert sum(on) == 12 and sum(on[3:15]) == 7
        kept += on[3:15]
    assert kept.min() > 200 and kept.max() < 390, "every cell moves as often"


# Overlap


@pytest.mark.parametrize("moved", [{}, {"cells": 1000, "density": 50}, {"cells": 100}])
def test_overlap_draws_the_law_and_counts_pairs_that_follow_it(moved):
    data = shown("overlap", **moved)
    given = FIGURES["overlap"].params | moved
    n = given["cells"]
    a = round(n * given["density"] / 100)
    law = hypergeom.pmf(np.arange(a + 1), n, a, a)
    b = np.rint(np.array(data["share"]) * a / 100).astype(int)
    np.testing.assert_allclose(data["expected"], law[b] / law.max(), rtol=1e-6)
    assert set(np.flatnonzero(law / law.max() > 0.003)) <= set(b)
    counts = np.zeros(a + 1)
    at = np.rint(np.array(data["bar_share"]) * a / 100).astype(int)
    counts[at] = np.array(data["bars"]) * pairs.PAIRS * law.max()
    assert counts.sum() == pytest.approx(pairs.PAIRS)
    enough = law * pairs.PAIRS >= 5
    groups = [[*x[enough], x[~enough].sum()] for x in (counts, law * pairs.PAIRS)]
    assert chisquare(*groups).pvalue > 0.001
    theta = math.ceil(a * given["alike"] / 100)
    tail = math.log(hypergeom.sf(theta - 1, n, a, a)) / math.log(10)
    assert data["limit_y"][0] == pytest.approx(tail, abs=1e-6)


def test_overlap_tails_are_the_package_s_and_more_cells_make_them_steeper():
    data = shown("overlap", density=10, cells=200)
    for name, n in (("chance", 200), ("chance_more", 800)):
        theta = np.array([math.ceil(x * n / 1000) for x in range(101)])
        want = log_false_match(theta, n, n // 10, n // 10) / math.log(10)
        np.testing.assert_allclose(data[name], want, rtol=1e-9, atol=1e-7)
    assert data["chance_more"][50] < 3 * data["chance"][50] < -10
    half = shown("overlap", density=50)
    assert half["chance_more"][50] > -0.31 and half["chance"][50] > -0.31


def test_overlap_s_field_holds_every_cell_once():
    for cells in (100, 420, 1000):
        data = shown("overlap", cells=cells)
        places = set(zip(data["all_x"], data["all_y"], strict=True))
        assert len(places) == cells
        assert all(0 < x < pairs.WIDE and 0 < y < pairs.HIGH for x, y in places)
        both = [set(zip(data[f"{k}_x"], data[f"{k}_y"], strict=True)) for k in ("one", "two")]
        assert both[0] | both[1] <= places and len(both[0]) == len(both[1]) == cells // 20


# Capacity


@pytest.mark.parametrize("moved", [{}, {"segments": 1, "cells": 3000}, {"segments": 7}])
def test_capacity_s_curve_is_the_package_s_formula(moved):
    given, data = FIGURES["capacity"].params | moved, shown("capacity", **moved)
    case = (given["threshold"], given["cells"], filled.ACTIVE, given["synapses"])
    for m in (1, 2, 5, 30, 150):
        want = log_neuron_match(*case, m, given["segments"]) / math.log(10)
        assert data["false"][m - 1] == pytest.approx(want, abs=1e-6)
        assert data["chance"][m - 1] == pytest.approx(10**want, rel=1e-5)
    assert data["capacity"] == [capacity(*case, given["segments"])]
    alone = filled.segment_matches(given["cells"], given["synapses"], 6, 12)
    law = union_law(given["cells"], filled.ACTIVE, given["synapses"], 12)
    np.testing.assert_allclose(alone, law[:, 6:].logsumexp(1).exp(), rtol=1e-6)


def test_capacity_counts_within_the_error_of_the_curve_and_as_the_package_counts():
    data = shown("capacity", patterns=90)
    p = 10 ** np.array([data["false"][m - 1] for m in data["seen_m"]])
    found = 10 ** np.array(data["seen"])
    chance = binom(filled.TESTS, p)
    assert (np.abs(found * filled.TESTS - chance.mean()) < 4.5 * chance.std() + 1).all()
    # the same patterns in the package's neuron
    cells, added, state = filled.stored(1000, 16, 16, seeded(11))
    neuron = MultiSegmentNeuron(1000, 16, 16, 10, 10)
    for m, new in enumerate(added):
        k, turn = m % 16, m // 16
        places = torch.arange(turn * 16, turn * 16 + len(new))
        neuron.cells[k, places], neuron.connected[k, places] = torch.tensor(new), True
        assert set(new) <= set(cells[m][:16])
        if m + 1 == 90:
            break
    taken, nearest = 0, 0
    for _ in range(filled.TESTS):
        stranger, state = coincidences.pattern(1000, 50, state)
        x = torch.tensor(coincidences.flags(1000, stranger))
        taken += int(neuron(x))
        nearest = max(nearest, int(neuron.overlaps(x).max()))
    assert f"of 500 drawn {taken} are, and the nearest meets {nearest} syn" in data["summary"]
    assert max(data["nearest"]) == nearest and taken > 5


def test_capacity_says_where_a_match_cannot_be():
    data = shown("capacity", synapses=8, segments=64, patterns=20)
    assert data["chance"][19] == 0 and "for one of them never" in data["summary"]


def test_capacity_asks_for_moved_patterns_too():
    """10 of 50 cells have moved: 16 synapses lose 3 or so, and 16 of 16 are hardly met."""
    summaries = {t: shown("capacity", threshold=t)["summary"] for t in (10, 16)}
    known = {t: int(s.split(" cells moved, ")[1].split(" ")[0]) for t, s in summaries.items()}
    assert known[10] > 36 and known[16] < 10


# Permanence


def put(neuron):
    """The package's neuron in the state of the figure's."""
    p = permanences
    params = PermanenceParams(p.THRESHOLD, p.MATCHING, p.SAMPLE, p.CONNECTED, p.INITIAL, 0.2, 0.1)
    net = PermanenceLearning(p.CELLS, p.SEGMENTS, p.PLACES, params)
    net.cells.copy_(torch.tensor(neuron.cells))
    net.permanence.copy_(torch.tensor(neuron.permanence, dtype=torch.float64))
    net.won.copy_(torch.tensor(neuron.won))
    return net


@pytest.mark.parametrize("noise", [0, 2, 6])
def test_a_show_is_a_step_of_the_package_s_neuron(noise):
    """From the same state: the same winner and counts, the same permanences up to their order."""
    p, state, seen = permanences, seeded(4), set()
    neuron, state = p.begin(state)
    wanted = []
    for _ in range(5):
        cells, state = coincidences.pattern(p.CELLS, p.ACTIVE, state)
        wanted.append(cells)
    for t in range(40):
        on, state = coincidences.moved(p.CELLS, wanted[t // 4 % 5], noise, state)
        net = put(neuron)
        after, told, state = p.learn(neuron, on, t, p.Rates(0.2, 0.1), state)
        one = net.learn(torch.tensor(on))
        assert told == (one.winner, one.touched, one.grown, one.removed)
        for mine, theirs in zip(after.permanence, net.permanence.tolist(), strict=True):
            assert sorted(mine) == pytest.approx(sorted(theirs))
        for k, cells in enumerate(after.cells):
            held = [c for c, q in zip(cells, after.permanence[k], strict=True) if q > 0]
            assert len(set(held)) == len(held)
            assert k == told[0] or (cells, after.permanence[k]) == (
                neuron.cells[k],
                neuron.permanence[k],
            )
        neuron = after
        seen.add((told[0], told[2] > 0))
    assert {k for k, _ in seen} == {0, 1, 2} and {g for _, g in seen} >= {True}
    assert noise or {g for _, g in seen} == {True, False}


def test_permanence_tells_what_it_draws():
    data, given = shown("permanence"), FIGURES["permanence"].params
    shows = given["patterns"] * given["shows"]
    value = np.array(data["value"]).reshape(shows, permanences.SEGMENTS, permanences.PLACES)
    moved = (value[1:] != value[:-1]).any(2)
    assert (moved.sum(1) == 1).all(), "one segment changes in a show, the others rest"
    assert sum(data["counts"]) == permanences.SEGMENTS * permanences.PLACES
    assert len(data["one"]) == (value >= 0.5).sum()
    assert f"{(value[-1] >= 0.5).sum()} transmit" in data["summary"]
    assert (np.array(data["grown"]) + np.array(data["removed"]) == 0).all()
    first = value[:3, 0]
    assert (first[:2] < 0.5).all() and (first[2] >= 0.5).sum() >= permanences.THRESHOLD


def test_the_laws_of_the_figures_are_one_law():
    b = np.arange(13)
    want = log_overlap(b, 300, 40, 12)
    np.testing.assert_allclose(coincidences.law(300, 40, 12), want, atol=1e-9)
    want = log_false_match(b, 300, 40, 12) / math.log(10)
    np.testing.assert_allclose(coincidences.tails(coincidences.law(300, 40, 12)), want, atol=1e-9)
