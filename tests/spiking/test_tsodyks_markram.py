"""Short-term plasticity against the steady state, event by event, and at high rates."""

import math

import numpy as np
import pytest

from neurolab.spiking import (
    FACILITATING,
    SYNAPSES,
    TsodyksMarkramParams,
    tsodyks_markram_step,
)

START = SYNAPSES["tsodyks_markram"].start
SETS = {
    "depressing": TsodyksMarkramParams(),
    "facilitating": FACILITATING,
    "both": TsodyksMarkramParams(use=0.15, tau_rec=50.0, tau_facil=750.0),
}
SET = pytest.mark.parametrize("p", SETS.values(), ids=SETS)


def responses(times, p, dt=1.0, step=tsodyks_markram_step):
    """What each spike releases; times in ms on the grid."""
    spikes = np.zeros(round(max(times) / dt) + 1)
    spikes[np.round(np.array(times) / dt).astype(int)] = 1
    state, out = START, []
    for x in spikes.tolist():
        released, state = step(x, state, p, dt)
        out.append(released)
    assert all(r == 0 for r, x in zip(out, spikes, strict=True) if x == 0)
    return np.array(out)[spikes == 1]


def from_spike_to_spike(times, p):
    """The recursion over spikes, without a grid."""
    u, r, out = 0.0, 1.0, []
    for k, t in enumerate(times):
        if k:
            gap = t - times[k - 1]
            u *= math.exp(-gap / p.tau_facil) if p.tau_facil else 0.0
            r = 1 - (1 - r) * math.exp(-gap / p.tau_rec)
        u += p.use * (1 - u)
        out.append(u * r)
        r *= 1 - u
    return np.array(out)


def steady(gap, p):
    facil = math.exp(-gap / p.tau_facil) if p.tau_facil else 0.0
    u = p.use / (1 - (1 - p.use) * facil)
    kept = math.exp(-gap / p.tau_rec)
    return u * (1 - kept) / (1 - (1 - u) * kept)


@SET
@pytest.mark.parametrize("dt", [1.0, 0.1])
def test_20_hz_reach_the_steady_state(p, dt):
    last = responses(list(range(0, 5000, 50)), p, dt)[-1]
    assert last == pytest.approx(steady(50.0, p), rel=1e-3)


@SET
def test_irregular_trains_follow_the_recursion(p):
    times = np.cumsum(np.random.default_rng(0).integers(2, 120, size=60)).tolist()
    np.testing.assert_allclose(responses(times, p), from_spike_to_spike(times, p), rtol=1e-10)


def test_one_tires_and_one_warms_up():
    down = responses(list(range(0, 500, 50)), SETS["depressing"])
    up = responses(list(range(0, 500, 50)), SETS["facilitating"])
    assert (np.diff(down) < 0).all() and down[-1] < 0.2 * down[0]
    assert (np.diff(up[:6]) > 0).all() and up[-1] > 3 * up[0]


@SET
def test_first_spike_and_recovery(p):
    first, second = responses([0, 20_000], p)
    assert first == pytest.approx(p.use)
    assert second == pytest.approx(p.use, rel=1e-6)


def test_at_high_rates_what_flows_no_longer_tells_the_rate():
    """Released in a second: rate times the steady state, saturating at 1 / tau_rec."""
    p = SETS["depressing"]
    flow = [responses(list(range(0, 4000, gap)), p)[-1] / gap for gap in (2, 4, 8)]
    np.testing.assert_allclose(flow, 1 / p.tau_rec, rtol=0.02)


def test_no_facilitation_is_the_limit_of_a_short_memory():
    times = list(range(0, 1000, 50))
    none, short = TsodyksMarkramParams(), TsodyksMarkramParams(tau_facil=1e-3)
    np.testing.assert_allclose(responses(times, none), responses(times, short), rtol=1e-12)


@SET
def test_u_and_r_stay_between_0_and_1(p):
    spikes, state = np.random.default_rng(0).random((2000, 50)) < 0.3, START
    for x in spikes * 1.0:
        _, state = tsodyks_markram_step(x, state, p, 1.0)
        assert state.u.min() >= 0 and state.u.max() <= 1
        assert state.r.min() >= 0 and state.r.max() <= 1
