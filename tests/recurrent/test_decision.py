"""The reduced decision network: fixed points by other means, noise, and what it decides."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq, fsolve

from neurolab.recurrent import (
    DecisionParams,
    DecisionState,
    decide,
    decision_flow,
    decision_rate,
    decision_step,
    jacobian_of_decision,
    nullcline,
    resting_points,
    stimulus_current,
)

P = DecisionParams()


def gates(s, i1, i2):
    """dS/dt written out once more, in seconds."""
    told = []
    for own, other, i in ((s[0], s[1], i1), (s[1], s[0], i2)):
        y = 270 * (0.2609 * own - 0.0497 * other + 0.3255 + i) - 108
        told.append(-own / 0.1 + 0.641 * (1 - own) * y / (1 - math.exp(min(-0.154 * y, 600))))
    return np.array(told)


def test_flow_is_that_of_the_paper():
    for s in ((0.1, 0.1), (0.6, 0.05), (0.3, 0.5)):
        i1, i2 = 5.2e-4 * 30 * 1.128, 5.2e-4 * 30 * 0.872
        found = decision_flow(*s, i1, i2, P)[2:]
        np.testing.assert_allclose(1000 * np.array(found), gates(s, i1, i2), rtol=1e-12)
    assert stimulus_current(0.128, P) == pytest.approx(i1)


def test_rate_has_no_hole_where_its_formula_has():
    at = P.b / P.a
    assert decision_rate(at, P) == pytest.approx(1 / P.d)
    assert decision_rate(at + 1e-7, P) == pytest.approx(1 / P.d, rel=1e-4)
    assert decision_rate(1.0, P) == pytest.approx(P.a - P.b, rel=1e-6)


@pytest.mark.parametrize("coherence", [None, 0.0, 0.128, 0.512])
def test_resting_points_are_those_of_a_root_finder(coherence):
    """From 144 starts; none of them is missing, and no other is found."""
    i1, i2 = (
        (0.0, 0.0)
        if coherence is None
        else (stimulus_current(coherence, P), stimulus_current(-coherence, P))
    )
    wanted = []
    for a in np.linspace(0.01, 0.9, 12):
        for b in np.linspace(0.01, 0.9, 12):
            s, _, ok, _ = fsolve(gates, (a, b), args=(i1, i2), full_output=True)
            new = all(np.abs(s - w).max() > 1e-4 for w in wanted)
            if ok == 1 and np.abs(gates(s, i1, i2)).max() < 1e-9 and new:
                wanted.append(s)
    wanted = np.array(sorted(wanted, key=lambda s: s[0]))
    found = np.array(resting_points(i1, i2, P))
    np.testing.assert_allclose(found[:, :2], wanted, atol=1e-7)
    for s1, s2, kind in found:
        step = 1e-6
        columns = [
            (gates((s1 + a, s2 + b), i1, i2) - gates((s1 - a, s2 - b), i1, i2)) / 2e3 / step
            for a, b in ((step, 0), (0, step))
        ]
        numerical = np.array(columns).T
        np.testing.assert_allclose(
            np.reshape(jacobian_of_decision(s1, s2, i1, i2, P), (2, 2)), numerical, rtol=1e-5
        )
        growing = (np.linalg.eigvals(numerical).real > 0).sum()
        assert kind == {0: 1.0, 1: 0.0, 2: -1.0}[int(growing)]


def test_a_stimulus_makes_the_symmetric_state_a_saddle():
    quiet, shown = resting_points(0.0, 0.0, P), resting_points(0.0156, 0.0156, P)
    assert [row[2] for row in quiet] == [1, 0, 1, 0, 1]  # rest, and both choices kept in mind
    assert [row[2] for row in shown] == [1, 0, 1]
    assert shown[1][0] == pytest.approx(shown[1][1], abs=1e-6)
    strong = resting_points(stimulus_current(1.0, P), stimulus_current(-1.0, P), P)
    assert len(strong) == 1 and strong[0][0] > strong[0][1]


def test_nullcline_is_where_the_gate_rests():
    def still(other, s, i):
        return gates((s, other), i, 0.0)[0]

    for s in (0.02, 0.1, 0.4, 0.7):
        assert nullcline(s, 0.0156, P) == pytest.approx(
            brentq(still, -20, 20, args=(s, 0.0156)), abs=1e-6
        )
    s = torch.tensor([0.1, 0.4], dtype=torch.float64)
    assert nullcline(s, 0.0156, P).tolist() == [nullcline(x, 0.0156, P) for x in s.tolist()]


@pytest.mark.parametrize("dt", [1.0, 4.0])
def test_noise_adds_up_to_that_of_continuous_time(dt):
    """Its integral over 400 ms has variance sigma^2 tau_n T, up to the ends; at any step."""
    g = torch.Generator().manual_seed(0)
    zero = torch.zeros(1000, dtype=torch.float64)
    state, total, kept = DecisionState(zero, zero, zero, zero), zero, []
    for _ in range(round(400 / dt)):
        a, b = torch.randn(2, 1000, generator=g, dtype=torch.float64)
        _, state = decision_step(0.0, 0.0, a, b, state, P, dt)
        total = total + dt * state.n1
        kept.append(state.n1)
    assert total.var().item() == pytest.approx(P.sigma**2 * P.tau_n * 400, rel=0.16)
    lag = (kept[-1] * kept[-2]).mean() / kept[-1].square().mean()
    assert lag.item() == pytest.approx(math.exp(-dt / P.tau_n), abs=0.12)


def test_steps_come_to_an_ode_solver():
    from scipy.integrate import solve_ivp

    i1, i2 = stimulus_current(0.1, P), stimulus_current(-0.1, P)
    wanted = solve_ivp(lambda t, s: gates(s, i1, i2), (0, 0.5), (0.1, 0.12), rtol=1e-9).y[:, -1]
    gaps = []
    for dt in (2.0, 1.0):
        state = DecisionState(0.1, 0.12, 0.0, 0.0)
        for _ in range(round(500 / dt)):
            _, state = decision_step(i1, i2, 0.0, 0.0, state, P, dt)
        gaps.append(abs(state.s1 - wanted[0]))
    assert gaps[1] < 1e-3 and math.log2(gaps[0] / gaps[1]) == pytest.approx(1, abs=0.1)


def test_psychometric_and_chronometric_curves():
    trials, shown = 150, (0.0, 0.032, 0.096, 0.512)
    c = torch.tensor(shown).double().repeat_interleave(trials)
    choice, time = decide(c, torch.Generator().manual_seed(0), dt=2.0)
    right = (choice == 1).double().view(4, trials).mean(1)
    assert abs(right[0] - 0.5) < 3 * 0.5 / math.sqrt(trials)
    assert right[0] < right[1] < right[2] <= right[3] and right[3] > 0.99, right
    assert (time.isinf()).sum() < 0.05 * len(time)
    time = torch.where(time.isinf(), 2000.0, time).view(4, trials).mean(1)
    assert (time.diff() < 0).all() and time[0] > 2 * time[3], time
    turned, _ = decide(-c[-trials:], torch.Generator().manual_seed(1), dt=2.0)
    assert (turned == 2).double().mean() > 0.99


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda g: decide(torch.ones(2, 2), g), "coherence: floats"),
        (lambda g: decide(torch.full((2,), 1.5), g), "coherence: floats"),
        (lambda g: decide(torch.zeros(2), g, threshold=0.0), "threshold: a positive"),
        (lambda g: decide(torch.zeros(2), g, dt=-1.0), "dt: a positive"),
        (lambda g: decide(torch.zeros(2), g, DecisionParams(base=0.3411)), "params: without"),
    ],
    ids=list("abcde"),
)
def test_refuses(what, message):
    with pytest.raises(ValueError, match=message):
        what(torch.Generator())
