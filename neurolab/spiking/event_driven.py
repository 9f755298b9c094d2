"""Spike to spike: the LIF network and SRM0 without time steps, each spike at its exact time.

Between two events a potential is a sum of exponentials and a constant,
    v(t) = c_0 + sum_k c_k exp(-t / tau_k),
so nothing has to be computed until a spike arrives or v passes the threshold. The time of the
passage is found by the zeros of v - 1. A queue holds the events in order of time: spikes under way,
and for each neuron its next own spike, which is forgotten when another spike reaches it first.

    symbol     meaning                                         shape    unit
    w          weights (to, from)                              (N, N)   threshold distances
    delay      from a spike to its arrival, above 0            ()       ms
    current    constant current of each neuron                 (N,)     threshold distances
    tau        membrane time constant                          ()       ms
    tau_syn    that of the synapses; 0: a spike moves v        ()       ms

Zeros of a sum of exponentials: exp(t / tau_1) times the sum, derived, is such a sum with a term
less. Between two of its zeros, found in the same way, the sum is monotone.

What follows: the times equal those of a numerical integration to 1e-6 ms (``scipy``, with events),
for LIF with delta and exponential synapses and for SRM0. A network of 100 neurons run by the clock
comes to these times with slope 1 in dt; spikes fall on the grid and a reset forgets how late it
was, so the gap grows with the number of spikes: over 50 ms up to 2 dt. All tested.

References: Brette et al. (2007), doi:10.1007/s10827-007-0038-6; the exact times: Brette (2006),
doi:10.1162/neco.2006.18.8.2004
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .srm0 import SRM0Params

Terms = list[tuple[float, float]]  # (c, rate): c exp(-rate t), rate 0 for the constant


class EventQueue:
    """What comes next? Events in order of time; those of one time in the order they were put."""

    def __init__(self):
        self._heap, self._count = [], 0

    def push(self, time: float, event: object) -> None:
        heapq.heappush(self._heap, (time, self._count, event))
        self._count += 1

    def pop(self) -> tuple[float, object]:
        """The earliest (time, event), taken out."""
        time, _, event = heapq.heappop(self._heap)
        return time, event

    def __len__(self) -> int:
        return len(self._heap)


def value(terms: Terms, t: float) -> float:
    """The sum of exponentials at ``t``."""
    return sum(c * math.exp(-rate * t) for c, rate in terms)


def zeros(terms: Terms, end: float) -> list[float]:
    """Times from 0 to ``end`` at which the sum changes its sign, in order."""
    terms = [(c, rate) for c, rate in terms if c != 0]
    if len(terms) < 2 or all(c > 0 for c, _ in terms) or all(c < 0 for c, _ in terms):
        return []
    first = terms[0][1]
    slope = [(c * (first - rate), rate) for c, rate in terms[1:]]  # times exp(first t), derived
    marks = [0.0, *zeros(slope, end), end]
    found = []
    for low, high in pairwise(marks):
        below = value(terms, low) < 0
        if below != (value(terms, high) < 0):
            while (middle := (low + high) / 2) not in (low, high):
                low, high = (middle, high) if (value(terms, middle) < 0) == below else (low, middle)
            found.append(high)
    return found


def passage(terms: Terms, end: float) -> float:
    """The first time up to ``end`` at which the sum rises above 0; inf if it does not."""
    if value(terms, 0.0) > 0:
        return 0.0
    found = [t for t in zeros(terms, end) if value(terms, t) >= 0]
    return found[0] if found else math.inf


class Spikes(NamedTuple):
    times: np.ndarray  # (K,) ms, in order
    neurons: np.ndarray  # (K,) which one


class EventDrivenLIF:
    """A network of LIF neurons; a spike lowers v by 1, as in ``lif``.

    Args:
        weight: (N, N), to and from, all delayed by ``delay``.
        current: (N,), constant.
        tau, tau_syn, delay: ms; ``tau_syn`` 0 means delta synapses.
    """

    def __init__(
        self,
        weight: np.ndarray,
        current: np.ndarray,
        tau: float = 20.0,
        tau_syn: float = 5.0,
        delay: float = 1.0,
    ):
        self.weight, self.current = np.array(weight, float), np.array(current, float)
        units = len(self.current) if self.current.ndim == 1 else -1
        if self.weight.shape != (units, units):
            given = f"{self.weight.shape} beside a current {self.current.shape}"
            raise ValueError(f"weight: shape (N, N) is needed for a current (N,), got {given}")
        if not (np.isfinite(self.weight).all() and np.isfinite(self.current).all()):
            raise ValueError("weight, current: finite numbers are needed, got some that are not")
        for name, ms, least in (("tau", tau, 0), ("delay", delay, 0), ("tau_syn", tau_syn, -1)):
            if not isinstance(ms, int | float) or not least < ms < math.inf or ms < 0:
                allowed = "a number from 0" if least < 0 else "a number above 0"
                raise ValueError(f"{name}: {allowed} is needed, in ms, got {ms!r}")
        if tau_syn == tau:
            raise ValueError(f"tau_syn: another time than tau is needed, got {tau_syn!r} for both")
        self.tau, self.tau_syn, self.delay = tau, tau_syn, delay

    def run(self, duration: float, given: Iterable[tuple[float, int, float]] = ()) -> Spikes:
        """All spikes from rest at 0 until ``duration``, ms.

        Args:
            given: spikes from outside: (time of arrival, neuron, weight).
        """
        units, queue = len(self.current), EventQueue()
        self.v, self.i = np.zeros(units), np.zeros(units)  # at the time ``seen`` of each neuron
        self.seen, self.plan = np.zeros(units), np.zeros(units, int)
        for time, neuron, weight in given:
            queue.push(time, (neuron, None, weight))
        for n in range(units):
            self._expect(n, queue, duration)
        times, neurons = [], []
        while queue:
            time, (n, plan, weight) = queue.pop()
            if time > duration:
                break
            if plan is not None and plan != self.plan[n]:
                continue  # another spike came first
            self._advance(n, time)
            if plan is None:
                if self.tau_syn:
                    self.i[n] += weight
                else:
                    self.v[n] += weight
            else:
                self.v[n] -= 1
                times.append(time)
                neurons.append(n)
                for target in np.flatnonzero(self.weight[:, n]):
                    queue.push(time + self.delay, (target, None, self.weight[target, n]))
            self._expect(n, queue, duration)
        return Spikes(np.array(times), np.array(neurons, int))

    def _terms(self, n: int) -> Terms:
        """v - 1 of a neuron from ``seen`` on."""
        synaptic = 0.0
        if self.tau_syn:
            synaptic = self.i[n] * self.tau_syn / (self.tau - self.tau_syn)
        away = self.v[n] - self.current[n] + synaptic
        own = [(self.current[n] - 1, 0.0), (away, 1 / self.tau)]
        return [*own, (-synaptic, 1 / self.tau_syn)] if self.tau_syn else own

    def _advance(self, n: int, time: float) -> None:
        passed = time - self.seen[n]
        self.v[n] = 1 + value(self._terms(n), passed)
        if self.tau_syn:
            self.i[n] *= math.exp(-passed / self.tau_syn)
        self.seen[n] = time

    def _expect(self, n: int, queue: EventQueue, duration: float) -> None:
        """Put the neuron's next spike into the queue; what stood there before counts no more."""
        self.plan[n] += 1
        after = passage(self._terms(n), duration - self.seen[n])
        if after < math.inf:
            queue.push(self.seen[n] + after, (n, self.plan[n], 0.0))


def event_driven_srm0(
    given: Sequence[tuple[float, float]], params: SRM0Params, duration: float
) -> np.ndarray:
    """Spike times of one SRM0 neuron until ``duration``, ms.

    Args:
        given: (time of arrival, weight) of the spikes that come in, in order of time.

    Raises:
        ValueError: the input is so strong that v is above the threshold right after a spike.
    """
    rates = (1 / params.tau, 1 / params.tau_syn, 1 / params.tau_ref)
    gain = params.tau_syn / (params.tau - params.tau_syn)
    slow = fast = eta = now = 0.0  # h = slow + fast
    times, rest = [], [*sorted(given), (duration, 0.0)]
    for arrival, weight in rest:
        if arrival > duration:
            break
        while True:
            terms = [(-1.0, 0.0), (slow, rates[0]), (fast, rates[1]), (eta, rates[2])]
            after = passage(terms, arrival - now)
            fires = after < arrival - now
            passed = after if fires else arrival - now
            decays = [math.exp(-rate * passed) for rate in rates]
            slow, fast, eta = slow * decays[0], fast * decays[1], eta * decays[2]
            now += passed
            if not fires:
                break
            eta = -params.depth
            times.append(now)
            if slow + fast + eta >= 1:
                raise ValueError(f"depth: more than {params.depth} is needed, v stays above 1")
        slow, fast, now = slow + gain * weight, fast - gain * weight, arrival
    return np.array(times)
