"""The figure of clock and events: the package's networks run the same, and the work is counted."""

import heapq
import math

import numpy as np
import pytest

from neurolab.live import heap, ring
from neurolab.live.figures import clock
from neurolab.spiking import EventDrivenLIF, LIFParams, LIFState, lif_step


def weights():
    found = np.zeros((ring.CELLS, ring.CELLS))
    for n in range(ring.CELLS):
        assert len(ring.targets(n)) == ring.SENT
        for to in ring.targets(n):
            found[to, n] = ring.WEIGHTS[n]
    return found


def reference(rate):
    """The package's simulator, which finds each passage by the zeros of a sum of exponentials."""
    given = [(t, n, ring.INPUT) for n, train in enumerate(ring.trains(rate)) for t in train]
    net = EventDrivenLIF(weights(), np.array(ring.CURRENT), ring.TAU, 0.0, ring.DELAY)
    return net.run(ring.LENGTH, given), len([t for t, _, _ in given if t <= ring.LENGTH])


@pytest.mark.parametrize("rate", [20, 240, 800])
def test_events_are_those_of_the_package(rate):
    exact, inputs = reference(rate)
    told, _ = ring.by_events(ring.trains(rate))
    assert len(exact.times) >= 10
    assert told["neurons"] == exact.neurons.tolist()
    np.testing.assert_allclose(told["times"], exact.times, atol=1e-9)
    from_inside = sum(t + ring.DELAY <= ring.LENGTH for t in exact.times) * ring.SENT
    assert told["moved"] == inputs + from_inside + len(exact.times)


def test_the_potential_lies_on_the_exact_one():
    """Every point of the curve, from the inputs, spikes and resets of neuron 7, in closed form."""
    exact, _ = reference(240)
    data = clock.simulate(0.5, 240)
    moments = [(t, ring.INPUT) for t in ring.trains(240)[ring.SEEN]]
    for t, m in zip(exact.times, exact.neurons, strict=True):
        if weights()[ring.SEEN, m]:
            moments.append((t + ring.DELAY, weights()[ring.SEEN, m]))
    moments += [(t, -1.0) for t in exact.times[exact.neurons == ring.SEEN]]
    times, sizes = np.array(moments).T
    t, v = np.array(data["t"]), np.array(data["v"])
    away = np.abs(t[:, None] - times).min(1) > 1e-6
    since = t[away][:, None] - times
    want = ring.CURRENT[ring.SEEN] * -np.expm1(-t[away] / ring.TAU)
    want += np.where(since > 0, sizes * np.exp(-np.maximum(since, 0) / ring.TAU), 0).sum(1)
    assert away.sum() > 100 and (sizes == -1).sum() >= 3
    np.testing.assert_allclose(v[away], want, atol=1e-9)


def by_arrays(rate, dt):
    """[(time, neuron)]: all neurons at once, inputs dealt to steps beforehand."""
    steps = int(ring.LENGTH / dt + 1e-6)
    x = np.zeros((steps, ring.CELLS))
    for n, train in enumerate(ring.trains(rate)):
        for t in train:
            k = int(np.searchsorted(dt * np.arange(1, steps + 1), t))
            if k < steps:
                x[k, n] += ring.INPUT
    rest, current, w, found = np.zeros(ring.CELLS), np.array(ring.CURRENT), weights(), []
    state, wait = LIFState(rest, rest - 1), math.ceil(ring.DELAY / dt - 1e-6)
    for k in range(steps):
        lifted = state._replace(v=state.v + x[k] * math.exp(dt / ring.TAU))
        z, state = lif_step(current, lifted, LIFParams(ring.TAU), dt)
        if z.any():
            x[k + wait : k + wait + 1] += w @ z
            found += [((k + 1) * dt, int(n)) for n in np.flatnonzero(z)]
    return found


@pytest.mark.parametrize("dt", [0.1, 0.5, 3.0])
def test_the_clock_is_that_of_arrays(dt):
    found, told = by_arrays(240, dt), ring.by_clock(ring.trains(240), dt)
    assert len(found) > 20 and told["moved"] == int(60 / dt + 1e-6) * ring.CELLS
    assert told["neurons"] == [n for _, n in found]
    np.testing.assert_allclose(told["times"], [t for t, _ in found])


def test_the_clock_comes_to_the_events_with_slope_one():
    exact, _ = ring.by_events(ring.trains(240))
    steps, gaps = (0.1, 0.05, 0.025, 0.0125), []
    for dt in steps:
        times, neurons = zip(*by_arrays(240, dt), strict=True)
        late, lost = clock.lateness(exact, {"times": times, "neurons": neurons})
        assert lost == 0
        gaps.append(late)
    assert np.polyfit(np.log(steps), np.log(gaps), 1)[0] == pytest.approx(1, abs=0.15)


def test_the_heap_gives_the_earliest_and_counts_at_most_what_theory_allows():
    rng, ours, theirs, size = np.random.default_rng(0), [], [], 0
    for k in range(3000):
        if size == 0 or rng.random() < 0.55:
            time = float(rng.integers(50))  # many at one time
            compared = heap.push(ours, size, ring.Event(time, k, 0, 0.0, 0))
            heapq.heappush(theirs, (time, k))
            size += 1
            assert compared <= math.log2(size) + 1e-9
        else:
            assert (ours[0].time, ours[0].number) == theirs[0]
            assert heap.pop(ours, size) <= 2 * math.log2(size)
            heapq.heappop(theirs)
            size -= 1
    assert size > 100


def test_bars_and_sentence_tell_the_counts():
    few, many = clock.simulate(0.1, 240), clock.simulate(0.5, 240)
    assert few["updates"][1] == 5 * many["updates"][1] == 12 * 600
    assert few["events"] == many["events"] and few["queue"] == many["queue"]
    assert f"moves a neuron {12 * 600} times" in few["summary"]
