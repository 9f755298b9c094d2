"""The reflex in spikes: what its equations say of forces, and what it does."""

import pytest
import torch

from neurolab.spiking.grasp import (
    GraspParams,
    GraspState,
    activation_step,
    band,
    cells_step,
    currents,
    kept,
    reflex_step,
)
from neurolab.spiking.lif import LIFState

PARAMS = GraspParams()
GAINS = torch.linspace(PARAMS.spread, 1, 20, dtype=torch.float64)


def held(force: float, steps: int = 2000) -> tuple[float, float, float]:
    """Mean s of the second half at a force that lasts, and spikes of both groups then."""
    rest = torch.zeros(20, dtype=torch.float64)
    cells = LIFState(rest, rest - 1)
    state = GraspState(cells, cells, cells, rest[:1], rest[:1])
    s, sums = [], [0.0, 0.0]
    for t in range(steps):
        drive = currents(force, state.s, GAINS, PARAMS)
        z, groups = cells_step(drive, state, PARAMS, 1.0)
        state = GraspState(*groups, reflex_step(state.s, z.touched.mean(), PARAMS, 1.0), state.a)
        s.append(float(state.s))
        if t >= steps // 2:
            sums = [sums[0] + float(z.closing.sum()), sums[1] + float(z.opening.sum())]
    return sum(s[steps // 2 :]) / (steps - steps // 2), *sums


@pytest.mark.parametrize("force", [1.4, 2.0, 4.0])
def test_synapses_keep_what_rates_say(force):
    expected = sum(kept(force, g, PARAMS) for g in GAINS.tolist()) / 20
    assert held(force)[0] == pytest.approx(expected, rel=0.08)


@pytest.mark.slow
def test_closing_ends_and_opening_begins_at_the_band():
    low, high = band(tuple(GAINS.tolist()), PARAMS)
    assert low < high
    for force, closes, opens in ((0.9 * low, 1, 0), ((low + high) / 2, 0, 0), (1.15 * high, 0, 1)):
        _, closing, opening = held(force)
        assert (closing > 0, opening > 0) == (closes, opens)


def test_the_activation_counts_spikes_and_stays_within_its_ends():
    assert activation_step(0.5, 0.4, 0.1, PARAMS) == pytest.approx(0.5 + PARAMS.speed * 0.3)
    assert activation_step(0.999, 1.0, 0.0, PARAMS) == 1
    assert activation_step(0.001, 0.0, 1.0, PARAMS) == 0
