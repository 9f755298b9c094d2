"""STDP makes a neuron answer sooner: of inputs with different latencies the early ones win.

Every 200 ms each of the inputs fires a burst of 20 ms at 100 / s, always after its own latency
(normal, 80 ms in the mean). One conductance neuron listens and learns by additive STDP with hard
bounds. Before, and after each tenth of the learning, it listens to the same bursts with its weights
held, and the time of its first spike of a period is measured.

    early   inputs more than ``spread`` sooner than the middle
    late    inputs more than ``spread`` later

Metrics: ``latency_before``, ``latency_after``, ``latency_reduction`` (ms from the start of a
period, the whole period for a neuron that is silent), ``latency_shuffled`` (ms: the learned weights
handed out to the inputs at random, so that only their sizes are left), ``weight_early``,
``weight_late`` (means at the end, 0 to 1).

What to expect: latency_reduction above 10 ms, early weights well above late ones, which end near 0,
and shuffled weights no sooner than the first ones. The answer is soonest after a tenth of the full
run; later 1 to 2 ms are given back, as the early weights fall a little. The settings were chosen on
seeds 10 to 12.

Where it differs from the paper: see ``neurolab.hebbian.competition``.

Reference: Song, Miller & Abbott (2000), doi:10.1038/78829
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from neurolab.hebbian.competition import DT, Bursts, Competition, compete, latency

from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often


@dataclass(frozen=True)
class Config:
    inputs: int = 1000  # each with a latency of its own
    spread: float = 15.0  # ms, standard deviation of the latencies
    start: float = 0.2  # every weight at first, in parts of the largest
    speed: float = 1.0  # of learning, in units of the paper's
    seconds: float = 200.0  # simulated, of learning
    listen: float = 20.0  # simulated seconds for each measurement
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, inputs=(100, 10**5), spread=(1.0, 25.0), start=(0.0, 1.0))
        within(self, speed=(0.0, 100.0), seconds=(1.0, 1e5), listen=(0.2, 1e4), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(seconds=30.0, speed=4.0, listen=5.0), "full": Config()}


def answer(rates: np.ndarray, w: np.ndarray, config: Config) -> float:
    """Latency in ms of a neuron with held weights; all measurements hear the same spikes."""
    spikes = compete(rates, config.listen, config.seed, w, speed=0, g_max=g_max(config)).spikes
    return latency(spikes, len(rates)) if spikes.any() else len(rates) * DT


def g_max(config: Config) -> float:
    """As much drive in all as 1000 inputs of the paper's 0.015 have."""
    return 0.015 * 1000 / config.inputs


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    bursts, start = Bursts(spread=config.spread), np.full(config.inputs, config.start)
    rates = bursts.rates(config.inputs, config.seed)
    since = bursts.latencies(config.inputs, config.seed) - bursts.middle
    one = Competition(rates, config.seconds, config.seed, start, config.speed, g_max(config))
    if state is None:
        before, done = answer(rates, start, config), 0
    else:
        one.restore(state)
        before, done = state["before"], state["parts"]
    shuffled = np.random.default_rng([config.seed, 3]).permutation(config.inputs)
    while done < PARTS:
        one.advance(one.steps * (done + 1) // PARTS - one.done)
        after, done = answer(rates, one.w, config), done + 1
        metrics = {
            "latency_before": before,
            "latency_after": after,
            "latency_reduction": before - after,
            "latency_shuffled": answer(rates, one.w[shuffled], config),
            "weight_early": float(one.w[since < -config.spread].mean()),
            "weight_late": float(one.w[since > config.spread].mean()),
        }
        yield Progress(done, PARTS, metrics, {**one.state(), "before": before, "parts": done})
