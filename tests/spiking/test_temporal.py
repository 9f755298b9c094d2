"""Exact spike times against a search on a fine grid, their gradient against finite differences."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from neurolab.spiking.temporal import (
    TemporalParams,
    alpha,
    causal_gradient,
    causal_spikes,
    crossing_time,
    lambert_w,
    potential,
)

P = TemporalParams(penalty=0.0, limit=math.inf)


def searched(t_in, w, decay, threshold):
    """The first time at which V reaches the threshold, by looking at it; numpy, one neuron."""
    t_in, w = t_in[np.isfinite(t_in)], w[np.isfinite(t_in)]
    if not len(t_in):
        return math.inf

    def above(t):
        s = np.maximum(t - t_in, 0)
        return (w * s * np.exp(-decay * s)).sum() - threshold

    last = t_in.max()
    fine, tail = np.linspace(t_in.min(), last, 1000), np.linspace(last, last + 20 / decay, 2000)
    grid = np.unique(np.concatenate([fine, tail, t_in]))
    s = np.maximum(grid[:, None] - t_in, 0)
    over = (w * s * np.exp(-decay * s)).sum(1) >= threshold
    if not over.any():
        return math.inf
    k = int(over.argmax())
    return brentq(above, grid[k - 1], grid[k], xtol=1e-13)


def batch(seed, kind, rows=6, inputs=12, units=8):
    """Times and weights, with what the case ``kind`` adds."""
    chance = torch.Generator().manual_seed(seed)
    t_in = torch.rand(rows, inputs, generator=chance, dtype=torch.float64) * 3
    w = torch.randn(units, inputs, generator=chance, dtype=torch.float64) + 0.3
    match kind:
        case "ties":
            t_in = (2 * t_in).round() / 2
        case "one time":
            t_in = torch.full_like(t_in, 0.7)
        case "silent inputs":
            t_in[torch.rand(t_in.shape, generator=chance) < 0.5] = math.inf
            t_in[0] = math.inf
        case "falling order":
            t_in = t_in.sort(1, descending=True).values
        case "inhibition in between":  # it cancels what would have been a spike
            w[:, ::2], w[:, 1::2] = w[:, ::2].abs() * 2, -w[:, 1::2].abs()
            t_in[:, 1::2] = t_in[:, ::2] + 0.05
        case "negative times":
            t_in = t_in - 5
        case "weak":
            w = w * 0.1
    return t_in, w


KINDS = ["plain", "ties", "one time", "silent inputs", "falling order"]
KINDS += ["inhibition in between", "negative times", "weak"]


# ---- Lambert's function --------------------------------------------------------------------------


def test_lambert_w_is_the_upper_branch_of_the_inverse():
    z = np.concatenate([-np.exp(-1 - np.geomspace(1e-12, 50, 400)), [0.0], np.geomspace(1e-9, 1e9)])
    w = lambert_w(z)
    assert (w >= -1).all()
    np.testing.assert_allclose(w * np.exp(w), z, rtol=1e-13, atol=1e-300)
    inside = np.linspace(-0.9999, 3, 500)
    np.testing.assert_allclose(lambert_w(inside * np.exp(inside)), inside, atol=1e-11)
    assert lambert_w(-1 / math.e) == pytest.approx(-1, abs=1e-7)
    assert lambert_w(1.0) == pytest.approx(0.5671432904097838, rel=1e-14)  # the omega constant


def test_lambert_w_is_one_function_of_floats_arrays_and_tensors():
    z = np.linspace(-0.36, 2, 50)
    one = [lambert_w(float(x)) for x in z]
    np.testing.assert_allclose(lambert_w(z), one, rtol=1e-14)
    np.testing.assert_allclose(lambert_w(torch.from_numpy(z)).numpy(), one, rtol=1e-14)


# ---- the time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_times_equal_those_of_a_search(kind):
    fired = silent = 0
    for seed in range(3):
        t_in, w = batch(seed, kind)
        found = causal_spikes(t_in, w, P).t.numpy()
        wanted = [[searched(*x, P.decay, P.threshold) for x in pairs(row, w)] for row in t_in]
        np.testing.assert_allclose(found, wanted, atol=1e-9)
        fired, silent = fired + np.isfinite(found).sum(), silent + np.isinf(found).sum()
    assert fired >= 20 and silent >= 5, "nothing fires, or everything: an empty test"


def pairs(row, w):
    return [(row.numpy(), weights.numpy()) for weights in w]


def test_one_input_by_hand():
    """w = threshold / (t exp(-decay t)) crosses at t, if that is before the top."""
    t = torch.tensor([0.1, 1.0, 3.0, 5.0, 5.5, 6.0], dtype=torch.float64)
    w = P.threshold / alpha(t, P.decay)
    found = causal_spikes(torch.zeros(1, 1, dtype=t.dtype), w[:, None], P).t[0]
    torch.testing.assert_close(found[:5], t[:5], atol=1e-9, rtol=0)
    assert found[5] < 1 / P.decay < t[5], "the later one of the two crossings"
    lower = w * (1 - 1e-9)  # too weak by a little at the top itself
    at_top = P.threshold * math.e * P.decay
    assert w.min() > at_top
    nearly = torch.tensor([[at_top * (1 - 1e-9)], [at_top * (1 + 1e-9)]], dtype=t.dtype)
    silent, fires = causal_spikes(torch.zeros(1, 1, dtype=t.dtype), nearly, P).t[0]
    assert silent == math.inf and fires == pytest.approx(1 / P.decay, abs=1e-3)
    assert (causal_spikes(torch.zeros(1, 1, dtype=t.dtype), lower[:, None], P).t[0] > found).all()


def test_v_is_the_threshold_at_the_time_and_below_it_before():
    t_in, w = batch(5, "plain")
    found = causal_spikes(t_in, w, P)
    for row, times in zip(t_in, found.t, strict=True):
        for weights, t in zip(w, times, strict=True):
            if t < math.inf:
                assert potential(t, row, weights, P.decay) == pytest.approx(P.threshold, abs=1e-9)
                earlier = row.min() + (t - row.min()) * torch.linspace(0, 0.999, 500).double()
                assert potential(earlier, row, weights, P.decay).max() < P.threshold


def test_an_input_that_comes_too_late_changes_nothing():
    t_in, w = batch(2, "plain")
    t = causal_spikes(t_in, w, P).t
    late = torch.where(t < math.inf, t, 0.0).max() + 1e-6
    more = torch.cat([t_in, late.expand(len(t_in), 1)], 1)
    again = causal_spikes(more, torch.cat([w, -9 * torch.ones(len(w), 1).double()], 1), P).t
    fires = t < math.inf
    assert fires.sum() > 10 and torch.equal(t[fires], again[fires])


def test_moving_all_inputs_moves_the_spikes_as_much():
    t_in, w = batch(3, "plain")
    t = causal_spikes(t_in, w, P).t
    torch.testing.assert_close(causal_spikes(t_in + 7.5, w, P).t, t + 7.5, atol=1e-9, rtol=0)


def test_the_order_in_which_inputs_are_given_does_not_matter():
    t_in, w = batch(4, "ties")
    t = causal_spikes(t_in, w, P).t
    for seed in range(5):
        order = torch.randperm(t_in.shape[1], generator=torch.Generator().manual_seed(seed))
        again = causal_spikes(t_in[:, order], w[:, order], P).t
        torch.testing.assert_close(again, t, atol=1e-10, rtol=0)


def test_a_crossing_at_the_very_time_of_an_input_is_found_once():
    """The next input lies at the crossing, or a rounding before or after it."""
    first = torch.tensor([2.0], dtype=torch.float64)
    t = causal_spikes(torch.zeros(1, 1).double(), first[:, None], P).t.item()
    for place in (t, math.nextafter(t, 0), math.nextafter(t, 9)):
        for weight in (-3.0, 3.0):
            t_in = torch.tensor([[0.0, place, place]]).double()
            w = torch.tensor([[2.0, weight, 1.0]]).double()
            assert causal_spikes(t_in, w, P).t.item() == pytest.approx(t, abs=1e-9)


# ---- the gradient --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "silent inputs", "falling order", "negative times"])
def test_gradient_equals_finite_differences(kind):
    t_in, w = batch(11, kind, rows=3, inputs=7, units=5)
    fired = causal_spikes(t_in, w, P)
    fires = fired.t < math.inf
    assert 3 <= fires.sum() < fires.numel() or kind == "plain"
    g = torch.randn(fired.t.shape, generator=torch.Generator().manual_seed(0), dtype=w.dtype)
    d_t, d_w = causal_gradient(g, t_in, w, fired, P)

    def loss(t_in, w):
        t = causal_spikes(t_in, w, P).t
        assert torch.equal(t < math.inf, fires)
        return (g * torch.where(fires, t, 0.0)).sum().item()

    h = 1e-6
    for x, d in ((t_in, d_t), (w, d_w)):
        for place in np.ndindex(*x.shape):
            if x[place] == math.inf:
                assert d[place] == 0
                continue
            step = torch.zeros_like(x)
            step[place] = h
            moved = [(t_in + s * step, w) if x is t_in else (t_in, w + s * step) for s in (1, -1)]
            slope = (loss(*moved[0]) - loss(*moved[1])) / (2 * h)
            assert d[place].item() == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_derivatives_by_all_inputs_add_up_to_one():
    t_in, w = batch(6, "plain")
    fired = causal_spikes(t_in, w, P)
    fires = fired.t < math.inf
    d_t, _ = causal_gradient(torch.ones_like(fired.t), t_in, w, fired, P)
    torch.testing.assert_close(d_t.sum(1), fires.sum(1).double(), atol=1e-8, rtol=0)


def test_the_penalty_raises_the_weights_that_could_have_helped():
    t_in = torch.tensor([[0.1, math.inf, 0.2], [0.3, 0.4, math.inf]]).double()
    w = torch.tensor([[0.1, 0.1, 0.1], [9.0, 9.0, 9.0]]).double()
    params = TemporalParams(penalty=3.0)
    fired = causal_spikes(t_in, w, params)
    assert (fired.t[:, 0] == math.inf).all() and (fired.t[:, 1] < math.inf).all()
    d_t, d_w = causal_gradient(torch.zeros_like(fired.t), t_in, w, fired, params)
    assert torch.equal(d_w, torch.tensor([[-3.0, -1.5, -1.5], [0, 0, 0]]).double())
    assert not d_t.any()


def test_derivatives_are_kept_within_the_limit():
    """At a top that only just reaches the threshold they have no bound."""
    at_top = P.threshold * math.e * P.decay
    t_in, w = torch.zeros(1, 1).double(), torch.tensor([[at_top * (1 + 1e-13)]]).double()
    fired = causal_spikes(t_in, w, P)
    free = causal_gradient(torch.ones(1, 1).double(), t_in, w, fired, P)[1]
    assert free.item() < -1e4
    params = TemporalParams(limit=539.7)
    held = causal_gradient(torch.ones(1, 1).double(), t_in, w, fired, params)[1]
    assert held.item() == -539.7


def test_no_rows_and_no_spikes():
    fired = causal_spikes(torch.zeros(0, 3), torch.ones(2, 3), P)
    assert fired.t.shape == (0, 2)
    d_t, d_w = causal_gradient(torch.zeros(0, 2), torch.zeros(0, 3), torch.ones(2, 3), fired, P)
    assert d_t.shape == (0, 3) and torch.equal(d_w, torch.zeros(2, 3))
    t_in = torch.full((2, 3), math.inf)
    assert (causal_spikes(t_in, torch.ones(2, 3), P).t == math.inf).all()


@pytest.mark.parametrize("name", ["decay", "threshold", "penalty", "limit"])
@pytest.mark.parametrize("wrong", [-1.0, math.nan, "1", True])
def test_params_out_of_range_are_refused_by_name(name, wrong):
    with pytest.raises(ValueError, match=name):
        TemporalParams(**{name: wrong})


def test_crossing_time_of_floats_is_that_of_tensors():
    a, b = 3.0, 1.2
    t = crossing_time(a, b, 0.2, 1.0)
    assert isinstance(t, float) and (a * t - b) * math.exp(-0.2 * t) == pytest.approx(1.0)
    tensors = crossing_time(*torch.tensor([a, b], dtype=torch.float64), 0.2, 1.0)
    assert tensors.item() == pytest.approx(t, rel=1e-14)
