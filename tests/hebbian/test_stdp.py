"""The pair rule against its window in closed form."""

import math

import numpy as np
import pytest
import torch

from neurolab.core import scan, trace_step
from neurolab.hebbian import STDPParams, STDPState, stdp_step

UNEQUAL = STDPParams(a_plus=0.02, a_minus=0.013, tau_plus=11.0, tau_minus=27.0)


def window(delay, p):
    """Change by one pair, post - pre = ``delay`` ms."""
    if delay == 0:
        return 0.0
    return (
        p.a_plus * math.exp(-delay / p.tau_plus)
        if delay > 0
        else -p.a_minus * math.exp(delay / p.tau_minus)
    )


def total_change(pre, post, params, dt):
    """Of two trains (T,) of 0 and 1, from empty traces."""
    state, total = STDPState(0.0, 0.0), 0.0
    for pre_t, post_t in zip(pre, post, strict=True):
        dw, state = stdp_step(pre_t, post_t, state, params, dt)
        total += dw
    return total


@pytest.mark.parametrize("dt", [1.0, 0.25])
@pytest.mark.parametrize("params", [STDPParams(), UNEQUAL], ids=["default", "unequal"])
def test_window_is_the_closed_form(params, dt):
    steps = 160
    for delay in range(-60, 61):
        pre, post = np.zeros((2, steps + abs(delay) + 1))
        pre[max(0, -delay) + 20] = post[max(0, delay) + 20] = 1
        change = total_change(pre.tolist(), post.tolist(), params, dt)
        assert change == pytest.approx(window(delay * dt, params), rel=1e-12, abs=1e-15)


def test_trains_change_the_weight_by_the_sum_over_all_pairs():
    rng = np.random.default_rng(0)
    pre, post = (rng.random((2, 300)) < 0.15) * 1.0
    pairs = [(s, t) for s in np.flatnonzero(pre) for t in np.flatnonzero(post)]
    assert len(pairs) > 1000
    assert any(s == t for s, t in pairs), "a coincidence belongs into this test"
    want = sum(window((t - s) * 0.5, UNEQUAL) for s, t in pairs)
    got = total_change(pre.tolist(), post.tolist(), UNEQUAL, 0.5)
    assert got == pytest.approx(want, rel=1e-10)


def test_a_coincidence_changes_nothing_but_leaves_traces():
    dw, state = stdp_step(1.0, 1.0, STDPState(0.0, 0.0), STDPParams(), 1.0)
    assert dw == 0
    assert state == (1.0, 1.0)


def test_traces_are_those_of_core():
    state = STDPState(0.3, 0.8)
    _, after = stdp_step(1.0, 0.0, state, UNEQUAL, 0.5)
    assert after.p == pytest.approx(trace_step(1.0, 0.3, UNEQUAL.tau_plus, 0.5))
    assert after.q == pytest.approx(trace_step(0.0, 0.8, UNEQUAL.tau_minus, 0.5))


def test_default_weakens_on_chance():
    """Independent trains: a_minus tau_minus > a_plus tau_plus, as in Song et al."""
    p = STDPParams()
    assert p.a_minus / p.a_plus == pytest.approx(1.05)
    delays = [d for d in range(-400, 401) if d]
    assert sum(window(d, p) for d in delays) < 0


def test_a_layer_is_the_rule_for_every_synapse():
    """pre (T, B, 1, I) against post (T, B, N, 1), scanned; the same as synapse by synapse."""
    spikes = (torch.rand(40, 2, 7) < 0.2).double()
    pre, post = spikes[..., None, :4], spikes[..., 4:, None]
    start = STDPState(torch.zeros(2, 1, 4).double(), torch.zeros(2, 3, 1).double())

    def step(x, state):
        return stdp_step(*x, state, UNEQUAL, 1.0)

    dw, _ = scan(step, (pre, post), start)
    assert dw.shape == (40, 2, 3, 4)
    for b, n, i in ((0, 0, 0), (1, 2, 3), (0, 1, 2)):
        want = total_change(pre[:, b, 0, i].tolist(), post[:, b, n, 0].tolist(), UNEQUAL, 1.0)
        assert want != 0
        assert dw[:, b, n, i].sum().item() == pytest.approx(want, rel=1e-10)


def test_floats_and_arrays_agree():
    rows = np.random.default_rng(0).random((4, 50))

    def run(pre, post, p, q):
        dw, state = stdp_step(pre, post, STDPState(p, q), UNEQUAL, 1.0)
        return dw, *state

    floats = np.array([run(*column) for column in rows.T.tolist()]).T
    np.testing.assert_allclose(np.array(run(*rows)), floats, rtol=1e-12, atol=1e-16)
