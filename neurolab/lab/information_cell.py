"""What lab information listens to: a model cell of the retina, and answers made of its spikes.

    eight pieces of flicker, each shown many times; every spike moved by a Gaussian jitter

    symbol   meaning                                              shape     unit
    piece    number of the piece that was shown                   (n,)      -
    times    of a trial's spikes in order, inf after the last     (n, K)    ms
    answer   a whole number made of a trial's spikes              (n,)      -

The pieces are always the same: the third of four sets that we looked at. On all four the first
spike told more than the count at 2 ms of jitter (1.2 to 2.0 bits, 0.4 to 1.3).

Reference: Berry, Warland & Meister (1997), doi:10.1073/pnas.94.10.5411
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from neurolab.coding import words
from neurolab.coding.retina import GanglionParams, free_rate, ganglion, jittered

PIECES = 8
WINDOW, BEFORE, FRAME, DT = 100.0, 150.0, 15.0, 0.5  # ms
PIECES_SEED = 2


def recorded(trials: int, jitter: float = 2.0, seed: int = 1) -> tuple[Tensor, Tensor]:
    """Piece (n,) and spike times (n, K) of ``trials`` trials of each of the eight pieces.

    The same seed gives the same spikes, moved by the same draws times ``jitter`` (ms).
    """
    steps = round((BEFORE + WINDOW) / DT)
    chance = torch.Generator().manual_seed(PIECES_SEED)
    frames = math.ceil((BEFORE + WINDOW) / FRAME)
    light = torch.randn(frames, PIECES, generator=chance, dtype=torch.float64)
    light = light.repeat_interleave(round(FRAME / DT), 0)[:steps]
    rate = free_rate(light, GanglionParams(), DT)
    chance.manual_seed(1000 + seed)
    z = ganglion(rate, trials, chance, dt=DT)[round(BEFORE / DT) :]
    most = max(int(z.sum(0).max()), 1)
    times = jittered(z, jitter, chance, DT).sort(0).values[:most]
    piece = torch.arange(PIECES).repeat_interleave(trials)
    return piece, times.permute(1, 2, 0).reshape(PIECES * trials, most)


def count(times: Tensor) -> Tensor:
    """Spikes of each trial, (n,)."""
    return (times < math.inf).sum(1)


def binned(times: Tensor, width: float) -> Tensor:
    """Spikes in each bin, (n, bins); what lies past an end counts in the first or last."""
    bins = math.ceil(WINDOW / width)
    place = (times / width).floor().clamp(0, bins - 1)
    return torch.stack([((place == k) & (times < math.inf)).sum(1) for k in range(bins)], 1)


def train(times: Tensor, width: float = 20.0) -> Tensor:
    """The whole train as one answer (n,): alike where all bins hold as many spikes.

    So a train holds its count.
    """
    return words(binned(times, width))


def on_average(measure: Callable, times: int = 20) -> float | None:
    """The mean of ``measure()`` over ``times`` calls; None while it returns nothing."""
    found = [measure() for _ in range(times)]
    return None if any(f is None for f in found) else float(torch.tensor(found).mean())
