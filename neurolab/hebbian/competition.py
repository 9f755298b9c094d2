"""Competition by spike timing: one neuron, many inputs, and additive STDP.

Inputs that fire just before the neuron win; those that come late lose. Poisson inputs that are
alike drive the weights to both ends and the neuron into a balanced, irregular state.
Inputs with different latencies leave the early ones, so that the neuron answers sooner.

    g_exc <- g_exc + g_max sum_i w_i pre_i,     w within 0 .. 1 by hard bounds

    symbol   meaning                                         shape    unit
    w        weights, in parts of the largest conductance    (I,)     -
    pre      spikes of the excitatory inputs                 (I,)     -
    g_max    largest conductance, in units of the leak       ()       -

A step touches only the weights that it may change, and a run may stop anywhere and go on; both
give the numbers of whole vectors and of a run in one go. Tested.

Where it differs from the paper: learning is ``speed`` times faster (a_plus 0.005 ``speed``), so
that runs may be shorter, and weights jitter the more; the step is 1 ms; the burst protocol is ours
in its details (see ``Bursts``).

Reference: Song, Miller & Abbott (2000), doi:10.1038/78829
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from neurolab.core.trace import trace_step
from neurolab.spiking.conductance import ConductanceParams, conductance_step

from .bounds import BoundsParams, hard_bounds_step
from .stdp import STDPParams, STDPState, stdp_step

DT = 1.0  # ms
TAU_SYNAPSE = 5.0  # ms
INHIBITORY, INHIBITORY_RATE = 200, 10.0  # inputs, 1 / s
G_INHIBITORY = 0.05  # in units of the leak
NEURON, BOUNDS = ConductanceParams(), BoundsParams()
BLOCK = 100  # steps whose inputs are drawn at once; the numbers do not depend on it


class Run(NamedTuple):
    weights: np.ndarray  # (I,) at the end
    spikes: np.ndarray  # (T,) of the neuron, 0 or 1


@dataclass(frozen=True)
class Bursts:
    """Every ``period`` ms each input fires a Poisson burst, always after its own latency."""

    period: int = 200  # ms
    length: int = 20  # ms
    rate: float = 100.0  # 1 / s within the burst
    spread: float = 15.0  # ms, standard deviation of the latencies, which are normal
    middle: int = 80  # ms after the period began, the mean latency

    def latencies(self, inputs: int, seed: int) -> np.ndarray:
        chance = np.random.default_rng([seed, 1])
        return np.clip(self.middle + self.spread * chance.normal(size=inputs), 0, None)

    def rates(self, inputs: int, seed: int) -> np.ndarray:
        """(period, I) in 1 / s."""
        since = np.arange(self.period)[:, None] - self.latencies(inputs, seed)
        return self.rate * ((since >= 0) & (since < self.length))


class Competition:
    """One neuron that listens and learns; it can stop after any step and go on later.

    Args:
        rates: (P, I) of the inputs in 1 / s, repeated every P ms.
        seconds: length of the whole run; its inhibition is drawn at the start.
        weights: (I,) to start with, 0 .. 1.
        speed: of learning, in units of the paper's; 0 to listen without learning.
    """

    def __init__(
        self,
        rates: np.ndarray,
        seconds: float,
        seed: int,
        weights: np.ndarray,
        speed: float = 1.0,
        g_max: float = 0.015,
    ):
        self.odds, self.speed, self.g_max = rates * (DT / 1000), speed, g_max
        self.rule = STDPParams(0.005 * speed, 0.005 * 1.05 * speed)
        self.fade = trace_step(0.0, 1.0, self.rule.tau_plus, DT)  # of p in a step without a spike
        self.chance, self.steps = np.random.default_rng([seed, 2]), round(1000 * seconds / DT)
        mean = INHIBITORY * INHIBITORY_RATE * DT / 1000
        self.inhibition = self.chance.poisson(mean, self.steps)
        self.w, self.p, self.q = weights.copy(), 0.0 * weights, 0.0
        self.v, self.g_exc, self.g_inh, self.done = NEURON.rest, 0.0, 0.0, 0

    def advance(self, steps: int) -> np.ndarray:
        """The neuron's spikes in the next ``steps`` steps, 0 or 1.

        Raises:
            ValueError: so many are not left.
        """
        if not 0 <= steps <= self.steps - self.done:
            raise ValueError(f"steps must be 0 to {self.steps - self.done}, got {steps}")
        spikes = np.zeros(steps)
        for first in range(0, steps, BLOCK):
            times = np.arange(self.done, self.done + min(BLOCK, steps - first))
            fired = (
                self.chance.random((len(times), len(self.w))) < self.odds[times % len(self.odds)]
            )
            row, who = np.divmod(fired.ravel().nonzero()[0], len(self.w))
            ends = np.searchsorted(row, np.arange(len(times)), side="right").tolist()
            closing, start = self.inhibition[times].tolist(), 0
            for k, end in enumerate(ends):
                spikes[first + k] = self._step(who[start:end], closing[k])
                start = end
            self.done += len(times)
        return spikes

    def _step(self, who: np.ndarray, inhibition: float) -> float:
        """One step in which the inputs ``who`` fire. A weight is touched only if it may change."""
        w = self.w[who]
        drive = self.g_max * float(w.sum())
        self.g_exc = trace_step(drive, self.g_exc, TAU_SYNAPSE, DT)
        self.g_inh = trace_step(G_INHIBITORY * inhibition, self.g_inh, TAU_SYNAPSE, DT)
        post, self.v = conductance_step(self.g_exc, self.g_inh, self.v, NEURON, DT)
        if not self.speed:
            return post
        if post:  # every weight may rise
            pre = np.zeros(len(self.w))
            pre[who] = 1
            dw, (self.p, self.q) = stdp_step(pre, post, STDPState(self.p, self.q), self.rule, DT)
            self.w += hard_bounds_step(dw, self.w, BOUNDS)
        else:  # those that fire fall, all by the same
            dw, (_, self.q) = stdp_step(1.0, post, STDPState(0.0, self.q), self.rule, DT)
            self.w[who] = w + hard_bounds_step(dw, w, BOUNDS)
            self.p *= self.fade
            self.p[who] += 1
        return post

    def state(self) -> dict[str, Tensor | float | dict]:
        """All that decides the steps to come, as a checkpoint can hold it."""
        arrays = {name: torch.from_numpy(getattr(self, name).copy()) for name in ("w", "p")}
        plain = {name: getattr(self, name) for name in ("q", "v", "g_exc", "g_inh", "done")}
        return {**arrays, **plain, "chance": self.chance.bit_generator.state}

    def restore(self, state: Mapping[str, Tensor | float | dict]) -> None:
        """Go on from a ``state()`` of a run with the same arguments."""
        self.w, self.p = (state[name].numpy().copy() for name in ("w", "p"))
        for name in ("q", "v", "g_exc", "g_inh", "done"):
            setattr(self, name, state[name])
        self.chance.bit_generator.state = state["chance"]


def compete(
    rates: np.ndarray,
    seconds: float,
    seed: int,
    weights: np.ndarray,
    speed: float = 1.0,
    g_max: float = 0.015,
) -> Run:
    """A whole ``Competition`` of ``seconds`` s in one go."""
    one = Competition(rates, seconds, seed, weights, speed, g_max)
    spikes = one.advance(one.steps)
    return Run(one.w, spikes)


def ends(weights: np.ndarray, margin: float = 0.1) -> tuple[float, float]:
    """Parts of the weights within ``margin`` of 0 and of 1."""
    return float((weights < margin).mean()), float((weights > 1 - margin).mean())


def latency(spikes: np.ndarray, period: int) -> float:
    """Mean time of the first spike of a period that has one, in ms."""
    trials = spikes[: len(spikes) // period * period].reshape(-1, period)
    return float(trials[trials.any(1)].argmax(1).mean() * DT)
