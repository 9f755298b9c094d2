"""Twelve LIF neurons on a ring for a driver, run from event to event and by a clock.

Both do the same with a membrane: let it leak for a time, then take in what arrives. Events are
inputs from outside, spikes that arrive, and each neuron's own next spike, which is forgotten when
something arrives before. It is ``EventDrivenLIF`` with delta synapses, in the page's Python.
"""

from typing import NamedTuple

from neurolab.core.ops import exp, log
from neurolab.core.random import seeded, uniform
from neurolab.live.heap import pop, push
from neurolab.spiking import LIFParams, LIFState, lif_step

CELLS = 12
CURRENT = [0.8 + 0.05 * n for n in range(CELLS)]  # steady, threshold distances
SENT = 3  # neurons that each one sends to
WEIGHTS = [-0.15 if n % 4 == 3 else 0.15 for n in range(CELLS)]  # of what a neuron sends
INPUT = 0.1  # of a spike from outside
TAU = 20.0  # ms, membranes
DELAY = 2.0  # ms from a spike to its arrival
LENGTH = 60.0  # ms
SEED = 11  # of the inputs; in its lateness a typical one of thirty
SEEN = 6  # the neuron whose potential is drawn
INSIDE = -1  # an event that a neuron of the net sent
EXPECTED = -2  # a neuron's own next spike, if nothing comes before


class Event(NamedTuple):
    """What comes next to a neuron; ``number`` counts events, ``kind`` inputs of its train."""

    time: float
    number: int
    neuron: int
    weight: float
    kind: int


def arrive(weight, state, current, elapsed):
    """Let a membrane leak for a time, then take in what arrives: the spike and the state."""
    lifted = LIFState(v=state.v + weight * exp(elapsed / TAU), u=state.u)
    return lif_step(current, lifted, LIFParams(tau=TAU), elapsed)


def passage(v, current):
    """Time until the potential passes the threshold if nothing comes; long if it does not."""
    if v >= 1:
        return 0.0
    return TAU * log((current - v) / (current - 1)) if current > 1 else 1e9


def targets(n: int):
    """Those 1, 4 and 6 places further round the ring."""
    away = [(m - n) % CELLS for m in range(CELLS)]
    return [m for m, a in enumerate(away) if a == 1 or a == 4 or a == 6]


def trains(rate):
    """Times in ms of the inputs to each neuron, at random; the last lies after the end."""
    found, s = [], seeded(SEED)
    for _ in range(CELLS):
        t, times = 0.0, []
        while t <= LENGTH:
            u, s = uniform(s)
            t = t - 1000 / rate * log(u)
            times.append(t)
        found.append(times)
    return found


def drift(t, v, start, since, now):
    """Go on with the curve of the neuron that is drawn, up to its next event."""
    points = int(2 * (now - since)) + 1
    for k in range(1, points + 1):
        passed = (now - since) * k / points
        t.append(since + passed)
        v.append(CURRENT[SEEN] + (start - CURRENT[SEEN]) * exp(-passed / TAU))


def by_events(given):
    """From event to event; also the potential of one neuron, which is known for all times."""
    state = [LIFState(v=0.0, u=-1.0) for _ in range(CELLS)]
    seen, plan = [0.0 for _ in range(CELLS)], [2 * n + 1 for n in range(CELLS)]
    heap, size, number, compared, moved = [], 0, 2 * CELLS, 0, 0
    times, neurons, t, v, coming = [], [], [0.0], [0.0], []
    for n in range(CELLS):
        coming.append(Event(given[n][0], 2 * n, n, INPUT, 0))
        coming.append(Event(passage(0.0, CURRENT[n]), 2 * n + 1, n, 0.0, EXPECTED))
    while True:  # until the first input after the end
        for one in coming:
            compared += push(heap, size, one)
            size += 1
        event, coming = heap[0], []
        compared += pop(heap, size)
        size -= 1
        n, now = event.neuron, event.time
        if now > LENGTH:
            drift(t, v, state[SEEN].v, seen[SEEN], LENGTH)
            break
        if event.kind == EXPECTED and event.number != plan[n]:
            continue  # something else came before it
        if n == SEEN:
            drift(t, v, state[n].v, seen[n], now)
        _, then = arrive(event.weight, state[n], CURRENT[n], now - seen[n])
        fires = 1.0 if event.kind == EXPECTED else 0.0
        left = then.u + 1 - fires
        state[n], seen[n], plan[n] = LIFState(v=left, u=then.u), now, number
        moved += 1
        if n == SEEN:
            for x in [left + fires, left]:
                t.append(now)
                v.append(x)
        own = now + passage(left, CURRENT[n])
        if own <= LENGTH:  # after all that comes at the same moment
            coming.append(Event(own, number, n, 0.0, EXPECTED))
        k = event.kind + 1
        if 0 < k < len(given[n]):
            coming.append(Event(given[n][k], number + 1, n, INPUT, k))
        if fires > 0:
            times.append(now)
            neurons.append(n)
            for j, to in enumerate(targets(n)):
                coming.append(Event(now + DELAY, number + 2 + j, to, WEIGHTS[n], INSIDE))
        number += 2 + SENT
    return {"times": times, "neurons": neurons, "moved": moved, "t": t, "v": v}, compared


def by_clock(given, dt):
    """In steps: what arrived within a step is taken in at its end."""
    state = [LIFState(v=0.0, u=-1.0) for _ in range(CELLS)]
    at = [0 for _ in range(CELLS)]  # the next input of each train
    times, neurons, t, v, moved = [], [], [0.0], [0.0], 0
    sent = 0  # spikes that have arrived; later ones are under way
    for k in range(int(LENGTH / dt + 1e-6)):
        now = (k + 1) * dt
        x = [0.0 for _ in range(CELLS)]
        for n, train in enumerate(given):
            while train[at[n]] <= now:
                x[n] += INPUT
                at[n] += 1
        while sent < len(times) and times[sent] + DELAY <= now + 1e-9:
            for to in targets(neurons[sent]):
                x[to] += WEIGHTS[neurons[sent]]
            sent += 1
        after = []
        for n, one in enumerate(state):
            z, then = arrive(x[n], one, CURRENT[n], dt)
            after.append(then)
            moved += 1
            if z > 0:
                times.append(now)
                neurons.append(n)
        state = after
        t.append(now)
        v.append(state[SEEN].v)
    return {"times": times, "neurons": neurons, "moved": moved, "t": t, "v": v}
