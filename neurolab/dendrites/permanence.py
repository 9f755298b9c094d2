"""Permanence: one segment learns, by synapses that grow, hold on and go.

    dp_j = gain if x_i(j) = 1, else -loss        synapses of the winner, cut so that 0 <= p <= 1
    c_j = 1 if p_j >= connected, else 0          a synapse transmits, or is silent
    p_j = 0: the synapse is gone, its place free

    symbol      meaning                                               shape     unit
    x           which cells are active, 0 or 1                        (I,)      -
    i(j)        the cell on which synapse j sits                      (K, S)    -
    p           permanence of a synapse                               (K, S)    -
    c           whether it transmits                                  (K, S)    -
    sample      synapses that the winner wants on active cells        ()        synapses
    matching    active synapses, silent ones too, that let it go on   ()        synapses

The winner, of K segments with S places each, is
    the active one with the largest overlap;
    if none is active, the one with the most active synapses, if these are at least ``matching``;
    if there is none either, the one that has not won for the longest time: a new pattern.

After the step the winner grows synapses of permanence ``initial`` onto active cells it has none
on, until ``sample`` are active: into free places, then in place of silent inactive synapses, the
weakest first; for a new pattern in place of connected ones as well. All other segments stay as
they are.

What follows, and is tested: a step leaves every other segment alone, so that it touches at most
1 / K of the synapses where all places are taken; permanences stay within 0 and 1; a repeated
pattern is known once ``initial`` + k gain passes ``connected``; a learned neuron's false matches
are those of ``multi_segment``.

Where it differs from the papers: the segments of one neuron, which learns each pattern it is
given. Their networks choose the neurons that learn, and also weaken a segment that predicted what
did not come.

References: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023; growth of single synapses and
branches: Losonczy et al. (2008), doi:10.1038/nature06725
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, maximum, minimum, where

from .multi_segment import need
from .segment import segment_active, segment_overlap, subsets


@dataclass(frozen=True)
class PermanenceParams:
    threshold: int = 10  # active connected synapses that make a segment active
    matching: int = 10  # active synapses, silent ones too, with which a segment goes on
    sample: int = 20  # active synapses that the winner wants
    connected: float = 0.5  # permanence from which a synapse transmits
    initial: float = 0.3  # permanence of a new synapse
    gain: float = 0.15  # of an active synapse
    loss: float = 0.05  # of an inactive one

    def __post_init__(self):
        for name in ("threshold", "matching", "sample"):
            need(name, getattr(self, name), 1)
        for name in ("connected", "initial", "gain", "loss"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ValueError(f"{name}: a number from 0 to 1 is needed, got {value!r}")
        for name in ("connected", "initial"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: 0 means that there is no synapse, got 0")


class Learned(NamedTuple):
    """What one step did."""

    winner: int  # the segment that learned
    touched: int  # synapses whose permanence or cell changed
    grown: int  # new ones among them
    removed: int  # pruned, or given up for a new one
    fraction: float  # touched, of the synapses that the neuron had or has


def permanence_step(
    x: Value,
    p: Value,
    params: PermanenceParams,
) -> Value:
    """The change of a permanence, by an active cell or an inactive one.

    Where there is no synapse, at p = 0, nothing changes. Elementwise.
    """
    moved = p + params.gain * x - params.loss * (1 - x)
    return where(p > 0, minimum(maximum(moved, 0.0), 1.0) - p, 0.0 * p)


class PermanenceLearning(nn.Module):
    """A neuron whose segments learn by permanence.

    Args:
        inputs: cells I.
        segments: K.
        room: places S for synapses on a segment, at least ``sample``.
        params: thresholds and sizes of steps.
        chance: draws the first synapses.

    At first every place has a silent synapse on a random cell, its permanence uniform below
    ``initial`` and ``connected``.
    """

    def __init__(
        self,
        inputs: int,
        segments: int,
        room: int,
        params: PermanenceParams = PermanenceParams(),
        chance: torch.Generator | None = None,
    ):
        super().__init__()
        need("inputs", inputs, 1)
        need("segments", segments, 1)
        need("room", room, params.sample)
        self.inputs, self.params = inputs, params
        highest = min(params.initial, params.connected)
        silent = torch.rand(segments, room, generator=chance, dtype=torch.float64)
        self.register_buffer("cells", subsets(segments, room, inputs, chance))
        self.register_buffer("permanence", highest * (1 - silent))  # above 0
        self.register_buffer("won", torch.full((segments,), -1))  # the step of the last win

    @property
    def connected(self) -> Tensor:
        """Which synapses transmit (K, S)."""
        return self.permanence >= self.params.connected

    def forward(self, x: Tensor) -> Tensor:
        """1 where the neuron is predicted, (...) for x (..., I)."""
        overlap = segment_overlap(x, self.cells, self.connected)
        return segment_active(overlap, self.params.threshold).amax(-1)

    def winner(self, x: Tensor) -> tuple[int, bool]:
        """The segment that learns from x (I,), and whether it takes x for a new pattern."""
        overlap = segment_overlap(x, self.cells, self.connected)
        known = segment_overlap(x, self.cells, self.permanence > 0)
        if overlap.max() >= self.params.threshold:
            return int(overlap.argmax()), False
        if known.max() >= self.params.matching:
            return int(known.argmax()), False
        return int(self.won.argmin()), True

    def learn(self, x: Tensor, chance: torch.Generator | None = None) -> Learned:
        """One step of the winner on a pattern (I,)."""
        if x.shape != (self.inputs,):
            given = tuple(x.shape)
            raise ValueError(f"x: one pattern of {self.inputs} cells is needed, got shape {given}")
        x = x.to(torch.bool)
        k, new = self.winner(x)
        before = self.permanence[k].clone()
        had = before > 0
        on = x[self.cells[k]] & had
        p = before + permanence_step(on.double(), before, self.params)
        places = self._grow(k, x, p, on, new, chance)
        fresh = torch.zeros_like(had)
        fresh[places] = True
        removed, changed = had & (fresh | (p <= 0)), fresh | (p != before)
        total = int((self.permanence > 0).sum()) + int((fresh & ~had).sum())
        self.permanence[k] = torch.where(fresh, self.params.initial, p)
        self.won[k] = self.won.max() + 1
        touched, grown = int(changed.sum()), len(places)
        return Learned(k, touched, grown, int(removed.sum()), touched / max(1, total))

    def _grow(self, k: int, x: Tensor, p: Tensor, on: Tensor, new: bool, chance) -> Tensor:
        """Puts new cells into places of segment k, and says which places these are."""
        wanted = self.params.sample - int(on.sum())
        cells = x.nonzero()[:, 0]
        cells = cells[~torch.isin(cells, self.cells[k][p > 0])]
        free = ~on if new else ~on & (p < self.params.connected)
        places = torch.where(free, p, torch.inf).argsort()[: int(free.sum())]
        count = max(0, min(wanted, len(cells), len(places)))
        chosen = torch.randperm(len(cells), generator=chance)[:count]
        self.cells[k, places[:count]] = cells[chosen]
        return places[:count]
