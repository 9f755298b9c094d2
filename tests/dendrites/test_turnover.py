"""Spines that come and go against the matrix exponential of their chain, and a simulation."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import expm

from neurolab.dendrites import (
    Turnover,
    TurnoverParams,
    TurnoverState,
    persistent_at_rest,
    survival,
    turnover_step,
)

PARAMS = TurnoverParams(tau_fast=3.0, tau_slow=120.0, settle=0.05, birth=0.2)


def chain(p, birth=0.0):
    """Rates out of empty, transient, persistent (columns) into each (rows)."""
    rates = np.array(
        [[0, 1 / p.tau_fast, 1 / p.tau_slow], [birth, 0, 0], [0, p.settle, 0]], dtype=float
    )
    return rates - np.diag(rates.sum(0))


@pytest.mark.parametrize("p", [PARAMS, TurnoverParams(2.0, 90.0, 0.0), TurnoverParams(4.0, 4.5)])
@pytest.mark.parametrize("q", [0.0, 0.4, 1.0])
def test_survival_is_the_matrix_exponential(p, q):
    for t in (0.0, 0.5, 3.0, 20.0, 200.0):
        left = 1 - (expm(t * chain(p)) @ [0, 1 - q, q])[0]
        assert survival(t, q, p) == pytest.approx(left, abs=1e-12)
    many = survival(torch.tensor([0.5, 3.0]), q, p)
    assert many.tolist() == pytest.approx([survival(0.5, q, p), survival(3.0, q, p)])


def test_rest_is_where_the_chain_comes_to_rest():
    _, transient, persistent = expm(1e4 * chain(PARAMS, PARAMS.birth)) @ [1, 0, 0]
    assert persistent_at_rest(PARAMS) == pytest.approx(persistent / (transient + persistent))


def test_a_plateau_is_left_where_persistent_spines_stay():
    """settle / a of the transient ones arrive there, and the fall to it is the fast one."""
    p = TurnoverParams(tau_fast=2.0, tau_slow=math.inf, settle=0.1)
    plateau = 0.3 + 0.7 * 0.1 / 0.6
    assert survival(1e3, 0.3, p) == pytest.approx(plateau)
    above = [survival(t, 0.3, p) - plateau for t in (1.0, 2.0, 3.0)]
    assert [above[1] / above[0], above[2] / above[1]] == pytest.approx([math.exp(-0.6)] * 2)


def test_a_simulation_has_the_survival_and_the_turnover_of_the_formula():
    sites = 40_000
    spines, q = Turnover(sites, PARAMS, dt=0.1, seed=1), persistent_at_rest(PARAMS)
    start, looks = spines.state.kind > 0, []
    transient = spines.state.kind == 1
    n = int(start.sum())
    assert float(1 - transient.sum() / n) == pytest.approx(q, abs=4 * math.sqrt(q * (1 - q) / n))
    for days in (2, 6, 16):
        spines.run(days - round(spines.time))
        s = survival(float(days), q, PARAMS)
        chance = 4 * math.sqrt(s * (1 - s) / n)
        assert spines.survived == pytest.approx(s, abs=chance + 0.002), days
        now = spines.state.kind > 0
        new = now & (spines.state.age < days - 0.05)  # came since: gained, also in an old place
        ratio = (n - spines.survived * n + int(new.sum())) / (n + int(now.sum()))
        assert ratio == pytest.approx(1 - s, abs=2 * chance)
        looks.append(s)
    assert 0.2 < looks[-1] < looks[0] - 0.05 < 0.95, "something was tested"


def test_one_step_by_hand():
    """Leaving takes 1 - exp(-dt a) of the draws, the first settle / a of them become persistent."""
    a, dt = 1 / 3 + 0.05, 0.5
    leave, settled = 1 - math.exp(-dt * a), (1 - math.exp(-dt * a)) * 0.05 / a
    cases = [  # kind, u, after
        (1.0, settled - 1e-6, 2.0), (1.0, settled + 1e-6, 0.0), (1.0, leave + 1e-6, 1.0),
        (2.0, 1 - math.exp(-dt / 120) - 1e-6, 0.0), (2.0, 1 - math.exp(-dt / 120) + 1e-6, 2.0),
        (0.0, 1 - math.exp(-dt * 0.2) - 1e-6, 1.0), (0.0, 1 - math.exp(-dt * 0.2) + 1e-6, 0.0),
    ]  # fmt: skip
    for kind, u, after in cases:
        found = turnover_step(TurnoverState(kind, 7.0), u, PARAMS, dt)
        assert found.kind == after
        assert found.age == (7.5 if kind and after else 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: TurnoverParams(tau_fast=0), "tau_fast"),
        (lambda: TurnoverParams(settle=-1), "settle: a number of at least 0 is needed, got -1"),
        (lambda: TurnoverParams(tau_slow=1.0), "tau_slow: at least tau_fast"),
        (lambda: Turnover(0), "sites: a whole number of at least 1 is needed, got 0"),
        (lambda: Turnover(3, dt=0), "dt: a positive number of days is needed, got 0"),
        (lambda: Turnover(3, TurnoverParams(tau_slow=math.inf)), "tau_slow: with settle above 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
