"""A retinal cell: the time of its first spike tells more than its count, up to a jitter.

Pieces of random flicker are shown again and again to one ganglion cell. Of each trial two things
are kept: the number of spikes in a window, and the time of the first of them (or that there was
none). Then all spikes are moved by a Gaussian jitter, more and more, and the information about
the piece is measured again.

    information   Panzeri-Treves, of the number of the piece and the response, in bits

Metrics: ``information_times`` at the first jitter, ``information_counts`` (jitter moves spikes, not
their number), ``crossing_jitter`` (ms at which both tell the same, by straight lines between
jitters; the first or last jitter where they do not cross), ``fano`` (of the counts),
``information_check`` (the times at the first jitter by quadratic extrapolation, another way to
correct for few trials).

What to expect: times tell more at the first jitter, the crossing lies at tens of ms, and fano is
well below 1. The settings were chosen on seeds 10 and 11.

Where it differs from the papers: a model cell; information about which piece of flicker is shown,
not about the flicker as it goes on. A whole train could not tell less than its count at any jitter
that leaves the count alone; the first spike alone can, and that is what crosses.

References: Berry, Warland & Meister (1997), doi:10.1073/pnas.94.10.5411; first spike against count:
Gollisch & Meister (2008), doi:10.1126/science.1149639
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.coding.information import joint, panzeri_treves, quadratic, time_bins
from neurolab.coding.retina import GanglionParams, fano_factor, free_rate, ganglion, jittered

from .contract import Progress, within

DATA = ()
DT = 0.5  # ms
BEFORE = 150.0  # ms of flicker ahead of the window
LEVELS = (1.0, 1.5, 2.5, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0)  # in first jitters


@dataclass(frozen=True)
class Config:
    pieces: int = 16  # of flicker, to be told apart
    trials: int = 1000  # of each piece
    window: float = 100.0  # ms in which spikes are counted
    frame: float = 15.0  # ms for which the light stays the same
    width: float = 2.0  # ms, of the bins of the time
    jitter: float = 2.0  # ms, standard deviation, the first of eleven
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, pieces=(2, 1000), trials=(10, 10**6), window=(5.0, 1000.0))
        within(self, frame=(DT, 1000.0), width=(0.1, 100.0), jitter=(0.1, 100.0))
        within(self, seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(trials=200), "full": Config()}


def chance(config: Config, use: int) -> torch.Generator:
    """A generator for each use; seeds and uses do not share one."""
    return torch.Generator().manual_seed(config.seed * 1000 + use)


def record(config: Config) -> Tensor:
    """Spikes (T, pieces, trials) in the window."""
    frames = math.ceil((BEFORE + config.window) / config.frame)
    light = torch.randn(frames, config.pieces, generator=chance(config, 0), dtype=torch.float64)
    light = light.repeat_interleave(math.ceil(config.frame / DT), 0)
    light = light[: round((BEFORE + config.window) / DT)]
    rate = free_rate(light, GanglionParams(), DT)
    return ganglion(rate, config.trials, chance(config, 1), dt=DT)[round(BEFORE / DT) :]


def crossing(jitters: Tensor, times: Tensor, counts: float) -> float:
    """Where the falling ``times`` pass ``counts``, by straight lines; an end if they do not."""
    below = (times < counts).nonzero()
    if len(below) == 0 or int(below[0]) == 0:
        return float(jitters[len(times) - 1 if len(below) == 0 else 0])
    k = int(below[0])
    part = (times[k - 1] - counts) / (times[k - 1] - times[k])
    return float(jitters[k - 1] + part * (jitters[k] - jitters[k - 1]))


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    z = record(config)
    piece = torch.arange(config.pieces).repeat_interleave(config.trials)
    n = z.sum(0)
    counts = panzeri_treves(joint(piece, n.long().flatten()))
    jitters = config.jitter * torch.tensor(LEVELS, dtype=torch.float64)
    times = torch.zeros(0, dtype=torch.float64) if state is None else state["times"]
    check = None if state is None else state["check"]
    while len(times) < len(LEVELS):
        level = len(times)
        first = jittered(z, float(jitters[level]), chance(config, 2 + level), DT).amin(0)
        bins = time_bins(first.flatten(), config.width)
        times = torch.cat([times, times.new_tensor([panzeri_treves(joint(piece, bins))])])
        check = quadratic(piece, bins) if check is None else check
        metrics = {
            "information_times": float(times[0]),
            "information_counts": counts,
            "information_check": check,
            "crossing_jitter": crossing(jitters, times, counts),
            "fano": fano_factor(n),
        }
        yield Progress(len(times), len(LEVELS), metrics, {"times": times, "check": check})
