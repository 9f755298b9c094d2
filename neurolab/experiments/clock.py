"""A network by the clock and from spike to spike: how far apart are their spikes?

``units`` LIF neurons with exponential synapses, random and mildly inhibitory, each with a constant
current below or above the threshold. The clocked network advances in steps of dt, its spikes fall
on the grid, and a reset forgets how late it was. The event-driven one has no steps.

    symbol   meaning                                        shape    unit
    weight   from ``EACH`` others                           (N, N)   threshold distances
    current  constant                                       (N,)     threshold distances

Reference: Brette et al. (2007), doi:10.1007/s10827-007-0038-6
"""

import math

import numpy as np

from neurolab.spiking import CurrentLIFParams, CurrentLIFState, EventDrivenLIF, current_lif_step

TAU, TAU_SYN, DELAY = 20.0, 5.0, 1.0  # ms
STEPS = (0.2, 0.1, 0.05, 0.025)  # ms
EACH = 10


def network(seed: int, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (N, N) and currents (N,)."""
    rng = np.random.default_rng(seed)
    weight = np.zeros((units, units))
    for n in range(units):
        others = rng.choice(units, min(EACH, units), replace=False)
        weight[n, others] = rng.normal(-0.02, 0.05, len(others))
    np.fill_diagonal(weight, 0)
    return weight, rng.uniform(0.8, 2.0, units)


def by_the_clock(
    weight: np.ndarray, current: np.ndarray, dt: float, duration: float
) -> list[np.ndarray]:
    """Spike times of each neuron; the delay is a whole number of steps."""
    units, wait = len(current), round(DELAY / dt)
    under_way, rest = np.zeros((wait, units)), np.zeros(len(current))
    state, params, found = CurrentLIFState(rest, rest, rest - 1), CurrentLIFParams(TAU, TAU_SYN), []
    level = current * -math.expm1(-dt / TAU) * math.exp(dt / TAU)  # what the current adds to v
    for k in range(round(duration / dt)):
        x = weight @ under_way[k % wait]
        z, state = current_lif_step(x, state._replace(v=state.v + level), params, dt)
        under_way[k % wait] = z
        found += [((k + 1) * dt, int(n)) for n in np.flatnonzero(z)]
    return [np.array([t for t, m in found if m == n]) for n in range(units)]


def clock_against_events(seed: int, units: int, duration: float = 50.0) -> dict[str, float]:
    """``clock_order``, slope of log mean gap over log dt; ``clock_gap``, the largest in steps."""
    weight, current = network(seed, units)
    exact = EventDrivenLIF(weight, current, TAU, TAU_SYN, DELAY).run(duration)
    means, largest = [], 0.0
    for dt in STEPS:
        times = by_the_clock(weight, current, dt, duration + 1)
        gap = []
        for n, t in enumerate(times):
            want = exact.times[exact.neurons == n]
            gap += list(np.abs(t[: len(want)] - want[: len(t)]))
        means.append(np.mean(gap))
        largest = max(largest, max(gap) / dt)
    order = np.polyfit(np.log(STEPS), np.log(means), 1)[0]
    return {"clock_order": float(order), "clock_gap": float(largest)}
