"""Events against a solver that looks for them, and the clock against the events."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.spiking import (
    CurrentLIFParams,
    CurrentLIFState,
    EventDrivenLIF,
    EventQueue,
    LIFParams,
    LIFState,
    SRM0Params,
    SRM0State,
    current_lif_step,
    event_driven_srm0,
    lif_step,
    srm0_step,
)
from neurolab.spiking.event_driven import passage, value, zeros


def test_queue_gives_the_earliest_first_and_equal_times_in_order():
    queue = EventQueue()
    for time, event in ((3.0, "c"), (1.0, "a"), (2.0, "b1"), (2.0, "b2"), (0.5, "first")):
        queue.push(time, event)
    assert len(queue) == 5
    assert [queue.pop()[1] for _ in range(5)] == ["first", "a", "b1", "b2", "c"]


def test_zeros_are_all_of_them():
    """A sum made to vanish at 1, 4 and 9: four exponentials, three given zeros."""
    rates, wanted = np.array([0.0, 0.1, 0.3, 0.7]), [1.0, 4.0, 9.0]
    system = np.exp(-np.outer(wanted, rates))
    rest = np.linalg.solve(system[:, 1:], -system[:, 0])
    terms = list(zip([1.0, *rest], rates, strict=True))
    np.testing.assert_allclose(zeros(terms, 50.0), wanted, rtol=1e-9)
    np.testing.assert_allclose(zeros(terms, 5.0), wanted[:2], rtol=1e-9)
    rising = [t for t in wanted if value(terms, t + 0.01) > 0]
    start = 0.0 if value(terms, 0.0) > 0 else rising[0]
    assert passage(terms, 50.0) == pytest.approx(start)
    assert zeros([(1.0, 0.0), (2.0, 0.5)], 9.0) == [] and passage([(-1.0, 0.2)], 9.0) == math.inf


# ---- one neuron against a numerical integration --------------------------------------------------


def arrivals(seed, count=25, duration=100.0, high=0.9):
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, duration, count))
    weights = rng.uniform(-0.2, high, count)
    return [(float(t), float(w)) for t, w in zip(times, weights, strict=True)]


def integrate(slope, y, given, duration, on_arrival, on_spike):
    """Spike times by an adaptive solver that looks for v = 1; ``on_spike`` knows what v is."""

    def level(t, y):
        return on_spike(y, look=True)

    level.terminal, level.direction = True, 1
    t, y, times = 0.0, np.array(y, float), []
    for arrival, weight in [*given, (duration, 0.0)]:
        while t < arrival:
            while level(t, y) >= 0:  # an arrival lifted it over the threshold at once
                times.append(t)
                y = on_spike(y)
            end = solve_ivp(slope, (t, arrival), y, "DOP853", events=level, rtol=1e-12, atol=1e-13)
            t, y = end.t[-1], end.y[:, -1]
            if len(end.t_events[0]) and t < arrival:
                times.append(t)
                y = on_spike(y)
        y = on_arrival(y, weight)
    return np.array(times)


@pytest.mark.parametrize("tau_syn", [0.0, 4.0])
@pytest.mark.parametrize("current", [0.3, 1.3])
def test_lif_equals_numerical_integration(tau_syn, current):
    given = arrivals(1, 40, high=1.5)

    def slope(t, y):
        return [(current - y[0] + y[1]) / 20, -y[1] / (tau_syn or 1)]

    def on_arrival(y, weight):
        return y + ([0, weight] if tau_syn else [weight, 0])

    def on_spike(y, look=False):
        return y[0] - 1 if look else y - [1, 0]

    want = integrate(slope, [0, 0], given, 100.0, on_arrival, on_spike)
    net = EventDrivenLIF(np.zeros((1, 1)), np.array([current]), 20.0, tau_syn)
    found = net.run(100.0, [(t, 0, w) for t, w in given])
    assert len(want) >= 4
    np.testing.assert_allclose(found.times, want, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_srm0_equals_numerical_integration(seed):
    """The potential as four coupled equations: current, h, eta, and nothing of our formulas."""
    p, given = SRM0Params(), arrivals(seed, 40, high=2.0)

    def slope(t, y):
        return [(y[1] - y[0]) / p.tau, -y[1] / p.tau_syn, -y[2] / p.tau_ref]

    def on_arrival(y, weight):
        return y + np.array([0, weight, 0])

    def on_spike(y, look=False):
        return y[0] + y[2] - 1 if look else np.array([y[0], y[1], -p.depth])

    want = integrate(slope, [0, 0, 0], given, 100.0, on_arrival, on_spike)
    found = event_driven_srm0(given, p, 100.0)
    assert len(want) >= 4
    np.testing.assert_allclose(found, want, atol=1e-6)


def test_srm0_by_the_clock_comes_to_the_events():
    p, errors = SRM0Params(), []
    given = [(round(t), w) for t, w in arrivals(0, 40, high=2.0)]
    want = event_driven_srm0(given, p, 100.0)
    for dt in (0.1, 0.05, 0.025):
        state, times = SRM0State(0.0, 0.0, 0.0, 0.0, -1.0), []
        put = {}
        for t, w in given:
            put[round(t / dt)] = put.get(round(t / dt), 0.0) + w
        for k in range(round(100 / dt)):
            z, state = srm0_step(put.get(k, 0.0), state, p, dt)
            if z:
                times.append((k + 1) * dt)
        assert len(times) == len(want)
        errors.append(np.abs(times - want).max())
        assert errors[-1] < 2 * dt
    assert errors[2] < 0.5 * errors[0]


# ---- a network: the clock comes to the events ----------------------------------------------------


def network(seed, units=100, each=10):
    """Random and mildly inhibitory, with currents above and below the threshold."""
    rng = np.random.default_rng(seed)
    weight = np.zeros((units, units))
    for n in range(units):
        others = rng.choice(units, each, replace=False)
        weight[n, others] = rng.normal(-0.02, 0.05, each)
    np.fill_diagonal(weight, 0)
    return weight, rng.uniform(0.8, 2.0, units)


def by_the_clock(weight, current, dt, duration, tau_syn, delay=1.0):
    """[(time, neuron)]; delays are whole numbers of steps, spikes act from their grid point on."""
    units, wait = len(current), round(delay / dt)
    under_way = np.zeros((wait, units))
    rest = np.zeros(units)
    plain, synaptic = LIFState(rest, rest - 1), CurrentLIFState(rest, rest, rest - 1)
    params, found = CurrentLIFParams(20.0, tau_syn or 5.0), []
    level = current * -np.expm1(-dt / 20)
    for k in range(round(duration / dt)):
        x = weight @ under_way[k % wait]
        if tau_syn:  # the constant current is what one step of it would add to v
            moved = synaptic._replace(v=synaptic.v + level * math.exp(dt / 20))
            z, synaptic = current_lif_step(x, moved, params, dt)
        else:
            z, plain = lif_step(current, plain._replace(v=plain.v + x), LIFParams(20.0), dt)
        under_way[k % wait] = z
        found += [((k + 1) * dt, int(n)) for n in np.flatnonzero(z)]
    return found


def gaps(tau_syn, steps, duration=50.0):
    """For each step of time |t_clock - t_event| of all spikes of the 100 neurons."""
    weight, current = network(0)
    exact = EventDrivenLIF(weight, current, 20.0, tau_syn, 1.0).run(duration)
    want = [exact.times[exact.neurons == n] for n in range(100)]
    assert len(exact.times) > 100
    for dt in steps:
        found = by_the_clock(weight, current, dt, duration + 1, tau_syn)
        times = [np.array([t for t, m in found if m == n])[: len(want[n])] for n in range(100)]
        yield np.abs(np.concatenate(times) - np.concatenate(want))


STEPS = np.array([0.2, 0.1, 0.05, 0.025])


def slope(gap):
    return np.polyfit(np.log(STEPS), np.log(gap), 1)[0]


def test_a_network_by_the_clock_comes_to_the_events_with_slope_one():
    """Each reset forgets how late it was, so the gap may reach 2 dt."""
    late = list(gaps(5.0, STEPS))
    assert slope([gap.mean() for gap in late]) == pytest.approx(1, abs=0.1)
    assert slope([gap.max() for gap in late]) == pytest.approx(1, abs=0.1)
    assert all(gap.max() < 2 * dt for gap, dt in zip(late, STEPS, strict=True))


def test_so_does_one_with_delta_synapses_but_for_a_few_spikes():
    """A jump that lifts v just over the threshold by the events may miss it by the clock."""
    late = list(gaps(0.0, STEPS))
    assert slope([np.median(gap) for gap in late]) == pytest.approx(1, abs=0.1)
    assert all((gap < 2 * dt).mean() > 0.95 for gap, dt in zip(late[2:], STEPS[2:], strict=True))


def test_without_connections_the_period_is_the_closed_form():
    net = EventDrivenLIF(np.zeros((3, 3)), np.array([0.9, 1.2, 2.0]))
    spikes = net.run(200.0)
    assert 0 not in spikes.neurons
    for n, i in ((1, 1.2), (2, 2.0)):
        gaps = np.diff(spikes.times[spikes.neurons == n])
        np.testing.assert_allclose(gaps, 20 * math.log(i / (i - 1)), rtol=1e-11)


def test_bad_settings_say_what_is_wrong():
    for arguments, message in (
        ({"weight": np.zeros((2, 3))}, r"weight: shape \(N, N\) is needed"),
        ({"current": np.array([1.0, math.nan])}, "weight, current: finite numbers"),
        ({"tau": 0.0}, "tau: a number above 0 is needed, in ms, got 0.0"),
        ({"delay": 0.0}, "delay: a number above 0 is needed"),
        ({"tau_syn": -1.0}, "tau_syn: a number from 0 is needed, in ms, got -1.0"),
        ({"tau_syn": 20.0}, "tau_syn: another time than tau is needed, got 20.0 for both"),
    ):
        with pytest.raises(ValueError, match=message):
            EventDrivenLIF(**({"weight": np.zeros((2, 2)), "current": np.ones(2)} | arguments))
