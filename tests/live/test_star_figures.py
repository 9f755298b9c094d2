"""The figures of a star-shaped neuron run the package: its cell, its models, its readers."""

import math
import random

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares

from neurolab.core.random import seeded
from neurolab.dendrites import (
    Compartmental,
    GlutamateParams,
    PointNeuron,
    TwoLayerNeuron,
    binned,
    linear_readout,
    star,
    without_spikes,
)
from neurolab.live.figures import readout, surrogate
from neurolab.live.linear import solve
from neurolab.live.star import BRANCHES, dealt

TIPS = [2 * (b + 1) for b in range(BRANCHES)]


def shown(figure, **moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def exact(x):
    return torch.tensor(x, dtype=torch.float64)


def test_solve_is_that_of_numpy():
    rng = np.random.default_rng(0)
    for size in (1, 2, 7, 17):
        square = rng.normal(size=(size + 3, size))
        a, b = square.T @ square + 0.1 * np.eye(size), rng.normal(size=size)
        np.testing.assert_allclose(solve(a.tolist(), b.tolist()), np.linalg.solve(a, b), rtol=1e-8)


def test_volleys_are_dealt_evenly_or_together_and_add_up():
    s, most = seeded(0), []
    for n in range(300):
        on, s = dealt(n % 37, s)
        assert sum(on) == n % 37 and min(on) >= 0
        most += [max(on) / sum(on)] if n % 37 > 20 else []
    assert min(most) < 0.25 and max(most) == 1 and 0.3 < np.median(most) < 0.9


# ---- how deep must a model be? -------------------------------------------------------------------


@pytest.mark.parametrize("nmda", [0.0, 1.0])
def test_surrogate_has_the_answers_of_the_package_s_neuron(nmda):
    params = GlutamateParams(nmda=nmda)
    xs, ys = surrogate.volleys(12, 8, 3, params)
    x = torch.zeros(surrogate.STEPS, 12, BRANCHES, dtype=torch.float64)
    x[0] = exact(xs)
    with torch.no_grad():
        soma, _ = Compartmental(star(), TIPS, params, dt=surrogate.DT).double()(x)
    np.testing.assert_allclose(ys, soma.v.mean(0) + 70, atol=1e-9)
    assert all(12 <= sum(on) <= 28 for on in xs) and len({sum(on) for on in xs}) > 5


def test_the_first_two_models_are_the_point_neuron_and_the_one_of_two_layers():
    xs = surrogate.volleys(20, 16, 4, GlutamateParams())[0]
    p = [0.3, 7.0, -1.5, 0.8, 4.0, 0.5]
    point, two = PointNeuron(BRANCHES).double(), TwoLayerNeuron(range(BRANCHES)).double()
    with torch.no_grad():
        point.weight.fill_(0.06)
        two.weight.fill_(1.0)
        two.strength.fill_(p[3])
        two.threshold.fill_(p[4])
        two.log_width.fill_(p[5])
        for net in (point, two):
            net.floor.fill_(p[0])
            net.height.fill_(p[1])
            net.bias.fill_(p[2])
        found = surrogate.answers([*p[:3], 0.06], 0, xs)
        np.testing.assert_allclose(found, point(exact(xs)), atol=1e-12)
        np.testing.assert_allclose(surrogate.answers(p, 1, xs), two(exact(xs)), atol=1e-12)


@pytest.fixture(scope="module")
def fits():
    """Volleys, and the numbers of the four models fitted to them."""
    xs, ys = surrogate.volleys(32, 8, 1, GlutamateParams())
    numbers = [surrogate.fitted(0, surrogate.begun(0, []), xs, ys)]
    for d in (1, 2, 3):
        numbers.append(surrogate.fitted(d, surrogate.begun(d, numbers[-1]), xs, ys))
    return xs, ys, numbers


def test_slopes_are_derivatives(fits):
    xs, _, numbers = fits
    for depth, p in enumerate(numbers):
        assert len(p) == surrogate.NUMBERS[depth]
        found = np.array(surrogate.slopes(p, depth, xs[:5]))
        for k in range(len(p)):
            ends = [[v + (h if j == k else 0) for j, v in enumerate(p)] for h in (1e-6, -1e-6)]
            up, down = (np.array(surrogate.answers(q, depth, xs[:5])) for q in ends)
            np.testing.assert_allclose(found[:, k], (up - down) / 2e-6, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("depth", [0, 1])
def test_fits_are_as_good_as_those_of_scipy(fits, depth):
    xs, ys, numbers = fits

    def gap(p):
        return np.array(surrogate.answers(list(p), depth, xs)) - ys

    best = least_squares(gap, numbers[depth], method="lm", max_nfev=1000)
    again = least_squares(gap, surrogate.begun(depth, []), method="lm", max_nfev=1000)
    ours = np.square(gap(numbers[depth])).sum()
    assert ours < 1.03 * 2 * best.cost and ours < 1.03 * 2 * again.cost


def test_each_layer_more_begins_near_the_fit_before_and_ends_no_worse(fits):
    xs, ys, numbers = fits
    missed = [surrogate.missed(surrogate.answers(p, d, xs), ys) for d, p in enumerate(numbers)]
    assert missed[0] > 50 * missed[1] and missed[1] > missed[2] > missed[3] > 0
    for d in (2, 3):
        start = surrogate.begun(d, numbers[d - 1])
        assert surrogate.missed(surrogate.answers(start, d, xs), ys) < 60


def test_what_is_missed_is_one_less_r2():
    ys, said = [1.0, 2.0, 4.0, 7.0], [1.5, 2.0, 3.0, 6.5]
    off = np.square(np.subtract(said, ys)).mean() / np.var(ys)
    assert surrogate.missed(said, ys) == pytest.approx(100 * off)


def test_a_point_neuron_tells_nothing_where_the_number_is_the_same():
    same, wide = shown(surrogate, spread=0), shown(surrogate, spread=16)
    assert same["new"][0] > 95 and wide["new"][0] < 20
    assert max(same["new"][1], wide["new"][1]) < 2
    assert same["here"] == [same["new"][0]] and "R² is -0.0" in same["summary"]


# ---- spikes or potential -------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "background", "threshold"), [(0, 15, 5.0), (3, 60, 7.0)])
def test_readout_runs_the_package_s_neuron(which, background, threshold):
    xs, s = readout.spikes_in(which, background, seeded(5))
    others, _ = readout.spikes_in(which, background, s)
    x = exact([xs, others]).transpose(0, 1)
    v, z = readout.trial(xs, threshold, readout.tree())
    neuron = Compartmental(star(), TIPS, threshold=-70 + threshold, dt=readout.DT).double()
    with torch.no_grad():
        soma, _ = neuron(x)
    np.testing.assert_allclose(v, soma.v[readout.BEFORE :, 0] + 70, atol=1e-9)
    assert z == soma.z[readout.BEFORE :, 0].tolist() and sum(z) > 0
    volley = x[readout.BEFORE] - x[readout.BEFORE].clamp(max=1)
    assert (volley.sum(1) > 12 - readout.SPREADS[which] - 1).all()


def test_readout_cuts_spikes_out_as_the_package_does():
    rng = random.Random(0)
    for chance in (0.0, 0.03, 0.1, 0.6, 1.0):
        v = [rng.uniform(0, 9) for _ in range(readout.STEPS)]
        z = [1.0 if rng.random() < chance else 0.0 for _ in v]
        for first in (0.0, 1.0):
            z[0] = first
            args = exact(v)[:, None], exact(z)[:, None], readout.AHEAD, readout.BEHIND
            np.testing.assert_allclose(readout.without_spikes(v, z), without_spikes(*args)[:, 0])


def test_readout_reads_as_the_package_s_reader():
    rng = np.random.default_rng(0)
    for noise in (0.3, 2.0):
        s = torch.arange(readout.LEARNED) % 4
        x = noise * rng.normal(size=(2, readout.LEARNED, readout.STEPS)) + s.numpy()[:, None] / 2
        f = [[readout.binned(one) for one in half.tolist()] for half in x]
        learned, fresh = (binned(exact(half).T, readout.BINS) for half in x)
        np.testing.assert_allclose(f[0], learned, atol=1e-12)
        found = linear_readout(learned, s, fresh, readout.RIDGE)
        assert readout.told(*f) == found.tolist()
        assert 0.25 < (found == s).double().mean() <= 1


@pytest.mark.slow
def test_the_potential_tells_more_where_spikes_are_rare_and_less_where_they_are_many():
    first, low = shown(readout), shown(readout, threshold=5)
    assert first["right"][1] > first["right"][0] + 25 and first["rate"][0] < 0.1
    assert low["right"][0] > low["right"][1] and low["rate"][0] > 0.5
    assert shown(readout, background=0)["right"][1:] == [100, 100]
    for reader, right in enumerate(first["right"]):
        data = shown(readout, reader=reader)
        assert (
            data["here"]
            == [right]
            == [pytest.approx(100 * np.mean(data["said"] == np.array(data["was"])))]
        )
        assert math.isclose(sum(data["part"]), 4) and (max(data["given"]) > 0) == (reader > 0)
