"""Kinds of cells by four letters, and spike times against a solver with events."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import (
    CHATTERING,
    FAST_SPIKING,
    REGULAR_SPIKING,
    izhikevich_start,
    izhikevich_step,
)


def spike_times(current, params, duration, dt):
    state, times = izhikevich_start(params), []
    for k in range(round(duration / dt)):
        z, state = izhikevich_step(current, state, params, dt)
        if z:
            times.append((k + 1) * dt)
    return np.array(times)


def by_events(current, params, count):
    """Spike times by an adaptive solver that finds where v passes 30."""
    start = izhikevich_start(params)

    def slope(t, y):
        v, w = y
        return 0.04 * v**2 + 5 * v + 140 - w + current, params.a * (params.b * v - w)

    def peak(t, y):
        return y[0] - 30

    peak.terminal, peak.direction = True, 1
    t, y, times = 0.0, start[:2], []
    while len(times) < count:
        end = solve_ivp(slope, (t, t + 500), y, events=peak, rtol=1e-10, atol=1e-10)
        t = end.t[-1]
        y = (params.c, end.y[1, -1] + params.d)
        times.append(t)
    return np.array(times)


@pytest.mark.parametrize("params", [REGULAR_SPIKING, FAST_SPIKING, CHATTERING])
def test_spike_times_converge_with_order_one(params):
    want = by_events(10.0, params, 6)
    steps, errors = 0.1 / 2.0 ** np.arange(5), []
    for dt in steps:
        found = spike_times(10.0, params, want[-1] + 10, dt)[: len(want)]
        errors.append(np.abs(found - want).mean())
    order, _ = np.polyfit(np.log(steps), np.log(errors), 1)
    assert order == pytest.approx(1, abs=0.15)
    assert errors[-1] < 0.1


def test_rest_and_threshold_are_the_roots():
    start = izhikevich_start(REGULAR_SPIKING)
    assert start.v == pytest.approx(-70)
    assert start.w == pytest.approx(-14)
    for v, fires in ((-50.1, False), (-49.0, True)):  # with the recovery held at its start
        state, count = start._replace(v=v, w=0.2 * v), 0
        for _ in range(400):
            z, state = izhikevich_step(0.0, state._replace(w=0.2 * state.v), REGULAR_SPIKING, 0.1)
            count += z
            if z:
                break
        assert bool(count) == fires


def test_a_regular_cell_slows_down_and_a_fast_one_does_not():
    regular = np.diff(spike_times(10.0, REGULAR_SPIKING, 1000.0, 0.1))
    fast = np.diff(spike_times(10.0, FAST_SPIKING, 1000.0, 0.1))
    assert regular[-1] - regular[0] > 20
    assert fast[-1] - fast[0] < 5
    assert 5 * fast[-1] < regular[-1]


def test_a_chattering_cell_fires_in_bursts():
    gaps = np.diff(spike_times(10.0, CHATTERING, 1000.0, 0.1))
    within, between = gaps[gaps < 10], gaps[gaps > 20]
    assert len(within) + len(between) == len(gaps), "no gap of a length between"
    assert len(within) >= 2 * len(between) >= 20
    regular = np.diff(spike_times(10.0, REGULAR_SPIKING, 1000.0, 0.1))
    assert regular.max() < 4 * regular.min() and between.min() > 4 * within.min()
