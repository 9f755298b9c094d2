"""Competition by spike timing: one neuron, many inputs, and additive STDP.

Inputs that fire just before the neuron win; those that come late lose. Poisson inputs that are
alike drive the weights to both ends and the neuron into a balanced, irregular state.
Inputs with different latencies leave the early ones, so that the neuron answers sooner.

    g_exc <- g_exc + g_max sum_i w_i pre_i,     w within 0 .. 1 by hard bounds

    symbol   meaning                                         shape    unit
    w        weights, in parts of the largest conductance    (I,)     -
    pre      spikes of the excitatory inputs                 (I,)     -
    g_max    largest conductance, in units of the leak       ()       -

Where it differs from the paper: learning is ``speed`` times faster (a_plus 0.005 ``speed``), so
that minutes take the place of hours, and weights jitter the more; the step is 1 ms; the burst
protocol is ours in its details (see ``Bursts``).

Reference: Song, Miller & Abbott (2000), doi:10.1038/78829
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neurolab.core.trace import trace_step
from neurolab.spiking.conductance import ConductanceParams, conductance_step

from .bounds import BoundsParams, hard_bounds_step
from .stdp import STDPParams, STDPState, stdp_step

DT = 1.0  # ms
TAU_SYNAPSE = 5.0  # ms
INHIBITORY, INHIBITORY_RATE = 200, 10.0  # inputs, 1 / s
G_INHIBITORY = 0.05  # in units of the leak


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


def compete(
    rates: np.ndarray,
    seconds: float,
    seed: int,
    weights: np.ndarray,
    speed: float = 1.0,
    g_max: float = 0.015,
) -> Run:
    """Let one neuron listen for ``seconds`` s; ``rates`` (P, I) in 1 / s, repeated every P ms.

    Args:
        weights: (I,) to start with, 0 .. 1.
        speed: of learning, in units of the paper's; 0 to listen without learning.
    """
    chance = np.random.default_rng([seed, 2])
    rule = STDPParams(0.005 * speed, 0.005 * 1.05 * speed)
    neuron, bounds = ConductanceParams(), BoundsParams()
    w, state, v, g_exc, g_inh = weights.copy(), STDPState(0.0 * weights, 0.0), neuron.rest, 0.0, 0.0
    steps = round(1000 * seconds / DT)
    spikes, odds = np.zeros(steps), rates * (DT / 1000)
    inhibition = chance.poisson(INHIBITORY * INHIBITORY_RATE * DT / 1000, steps).tolist()
    for t in range(steps):
        pre = (chance.random(len(w)) < odds[t % len(odds)]) * 1.0
        g_exc = trace_step(g_max * float(pre @ w), g_exc, TAU_SYNAPSE, DT)
        g_inh = trace_step(G_INHIBITORY * inhibition[t], g_inh, TAU_SYNAPSE, DT)
        post, v = conductance_step(g_exc, g_inh, v, neuron, DT)
        spikes[t] = post
        if speed:
            dw, state = stdp_step(pre, post, state, rule, DT)
            w = w + hard_bounds_step(dw, w, bounds)
    return Run(w, spikes)


def ends(weights: np.ndarray, margin: float = 0.1) -> tuple[float, float]:
    """Parts of the weights within ``margin`` of 0 and of 1."""
    return float((weights < margin).mean()), float((weights > 1 - margin).mean())


def latency(spikes: np.ndarray, period: int) -> float:
    """Mean time of the first spike of a period that has one, in ms."""
    trials = spikes[: len(spikes) // period * period].reshape(-1, period)
    return float(trials[trials.any(1)].argmax(1).mean() * DT)
