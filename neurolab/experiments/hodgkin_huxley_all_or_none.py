"""Is an action potential all or none? Pulses into a Hodgkin-Huxley neuron, and how high it rises.

A pulse of ``width`` ms either makes the potential pass ``fired`` mV or it does not. The threshold
amplitude is enclosed by trying 17 amplitudes at once and keeping the gap between the last that
failed and the first that fired: four halvings a round. Then pulses of ``pulses`` random amplitudes
from ``least`` to ``most`` times the threshold are given, and as many from 0 to ``below`` times it.

    symbol            meaning                                                    unit
    threshold         smallest amplitude that made a spike                       uA / cm^2
    height            highest potential above rest, of a pulse over threshold    mV

Metrics: ``threshold``; ``height`` (mean); ``height_variation`` (largest minus smallest, over the
mean); ``highest_below`` (mV, the highest rise by a pulse under threshold); ``fired_above``,
``fired_below`` (the share of the pulses that made a spike); ``enclosed`` (width of the gap).

What to expect: heights that differ by a few percent over more than a threefold range of amplitudes,
and a few mV below. The law is steep, not a jump: within a millionth of the threshold a pulse can
make a rise between the two.

Reference: Hodgkin & Huxley (1952), doi:10.1113/jphysiol.1952.sp004764
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from neurolab.spiking import (
    HodgkinHuxleyParams,
    HodgkinHuxleyState,
    hodgkin_huxley_start,
    hodgkin_huxley_step,
)

from .contract import Progress, Refused, within

DATA = ()
TRIED = 17  # amplitudes of one round
PARAMS = HodgkinHuxleyParams()
REST = hodgkin_huxley_start(PARAMS)


@dataclass(frozen=True)
class Config:
    width: float = 1.0  # of the pulse, ms
    least: float = 1.2  # smallest amplitude over threshold, in thresholds
    most: float = 4.0  # largest amplitude, in thresholds
    below: float = 0.98  # largest amplitude under threshold, in thresholds
    pulses: int = 200  # on either side of the threshold
    rounds: int = 6  # of the search, each narrows it 16 times
    fired: float = 0.0  # potential that counts as a spike, mV
    duration: float = 20.0  # of one trial, ms
    dt: float = 0.005  # ms
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, width=(0.1, 1000.0), least=(1.0, 100.0), most=(1.0, 100.0), below=(0.0, 1.0))
        within(self, pulses=(2, 10**5), rounds=(3, 12), fired=(-40.0, 30.0))
        within(self, duration=(1.0, 1000.0), dt=(0.0001, 0.1), seed=(0, 2**32 - 1))
        if self.most < self.least:
            raise Refused(f"most must be at least least = {self.least:g}, got {self.most:g}")


PRESETS = {"quick": Config(pulses=40, rounds=4, dt=0.02), "full": Config()}


def peaks(amplitude: ArrayLike, width: float, duration: float, dt: float) -> np.ndarray:
    """Highest potential (N,), mV, of neurons at rest that get a pulse (N,), uA / cm^2."""
    amplitude = np.asarray(amplitude, dtype=float)
    state = HodgkinHuxleyState(*(np.full_like(amplitude, x) for x in REST))
    highest = state.v
    for k in range(round(duration / dt)):
        current = amplitude if k < round(width / dt) else 0.0
        _, state = hodgkin_huxley_step(current, state, PARAMS, dt)
        highest = np.maximum(highest, state.v)
    return highest


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    if state is None:
        chance = torch.Generator().manual_seed(config.seed)
        share = torch.rand(2, config.pulses, generator=chance, dtype=torch.float64)
        low, high, done = 0.0, 200.0 / min(config.width, 10.0), 0
    else:
        share, low, high, done = state["share"], state["low"], state["high"], state["done"]
    above = (config.least + (config.most - config.least) * share[0]).numpy()
    under = (config.below * share[1]).numpy()
    while done < config.rounds:
        tried = np.linspace(low, high, TRIED)
        found = peaks(tried, config.width, config.duration, config.dt)
        spikes = found > config.fired
        if not spikes.any():
            raise Refused(f"fired: no pulse up to {high:g} uA / cm^2 lifts v to {config.fired} mV")
        first = int(np.argmax(spikes))
        low, high, done = float(tried[max(0, first - 1)]), float(tried[first]), done + 1
        both = np.concatenate([above * high, under * low])
        top = peaks(both, config.width, config.duration, config.dt)
        over, rest = top[: len(above)], top[len(above) :]
        height = over - REST.v
        metrics = {
            "threshold": high,
            "height": float(height.mean()),
            "height_variation": float(np.ptp(height) / height.mean()),
            "highest_below": float(rest.max() - REST.v),
            "fired_above": float((over > config.fired).mean()),
            "fired_below": float((rest > config.fired).mean()),
            "enclosed": high - low,
        }
        kept = {"share": share, "low": low, "high": high, "done": done}
        yield Progress(done, config.rounds, metrics, kept)
