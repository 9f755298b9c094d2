"""STDP drives the weights of inputs that are all alike to both ends, and balances the neuron.

Excitatory inputs, Poisson and alike, drive one conductance neuron; 200 inhibitory ones do not
learn. Excitatory weights start at ``start`` and change by additive STDP with hard bounds, at the
paper's own speed in the full preset.

Metrics: ``low_fraction``, ``high_fraction`` (of the weights, within 0.1 of 0 and of 1; 0.1 each if
they were spread evenly), ``rate_before``, ``cv_before`` (1 / s; standard deviation of the intervals
between spikes over their mean; in 10 s with the first weights held), ``rate_after``, ``cv`` (in the
last twentieth of the run, while learning goes on; 0 if fewer than three spikes fell into it).

What to expect: more than half of all weights at the ends, rate_after a small part of rate_before,
cv well above cv_before. The quick preset learns twenty times as fast and shows only the last two:
its steps are so large that chance spreads the weights again. Its settings were chosen on seeds 10
and 11; those of the full preset are the paper's, as far as the model has them.

Where it differs from the paper: see ``neurolab.hebbian.competition``; the step is 1 ms, so that a
regular, fast neuron looks a little less regular.

Reference: Song, Miller & Abbott (2000), doi:10.1038/78829
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from neurolab.hebbian.competition import DT, Competition, compete, ends

from .contract import Progress, within

DATA = ()
PARTS = 20  # a run yields so often


@dataclass(frozen=True)
class Config:
    inputs: int = 1000  # excitatory
    rate: float = 10.0  # of each input, 1 / s
    start: float = 1.0  # every weight at first, in parts of the largest
    speed: float = 1.0  # of learning, in units of the paper's
    seconds: float = 2000.0  # simulated
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, inputs=(100, 10**5), rate=(0.1, 100.0), start=(0.0, 1.0))
        within(self, speed=(0.0, 100.0), seconds=(1.0, 1e5), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(seconds=50.0, speed=20.0), "full": Config()}


def firing(spikes: np.ndarray) -> tuple[float, float]:
    """Rate in 1 / s and irregularity of a train; a Poisson train has 1, a clock 0."""
    intervals = np.diff(np.flatnonzero(spikes))
    irregular = float(intervals.std() / intervals.mean()) if len(intervals) > 1 else 0.0
    return float(spikes.mean() * 1000 / DT), irregular


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    rates, start = np.full((1, config.inputs), config.rate), np.full(config.inputs, config.start)
    g_max = 0.015 * 1000 / config.inputs  # as much drive in all as 1000 inputs have
    one = Competition(rates, config.seconds, config.seed, start, config.speed, g_max)
    if state is None:
        before = firing(compete(rates, 10.0, config.seed, start, speed=0, g_max=g_max).spikes)
        done = 0
    else:
        one.restore(state)
        before, done = state["before"], state["parts"]
    while done < PARTS:
        after = firing(one.advance(one.steps * (done + 1) // PARTS - one.done))
        done += 1
        low, high = ends(one.w)
        metrics = {
            "low_fraction": low,
            "high_fraction": high,
            "rate_before": before[0],
            "cv_before": before[1],
            "rate_after": after[0],
            "cv": after[1],
        }
        kept = {**one.state(), "before": list(before), "parts": done}
        yield Progress(done, PARTS, metrics, kept)
