"""The segments of a whole layer, in arrays of fixed size, and how they learn by permanence.

    dp_dj = gain if a_j = 1, else -loss     on segments that learn, cut so that 0 <= p <= 1
    dp_dj = -punish if a_j = 1, else 0      on segments that predicted wrongly, cut at 0

    symbol    meaning                                                shape     unit
    a         which cells were active before                         (N,)      -
    j(d)      the cells on which the synapses of segment d sit       (K, S)    -
    p         permanence of a synapse; 0: there is none              (K, S)    -
    owner     the cell whose segment d is; -1: it is free            (K,)      -
    used      the step in which it was last of use; -1: it is free   (K,)      -

A learning segment grows synapses of permanence ``initial`` onto winners of the step before, until
``sample`` of its synapses are active: into free places, then in place of inactive synapses, the
weakest first. A segment that has lost all its synapses is free. Where no segment is free, the one
that has been of no use for the longest time is given up.

``grow``, ``punish`` and ``allot`` write into the store; the rest is pure. With ``chance`` None
winners to grow onto are taken in order.

What follows, and is tested with ``temporal_memory``: equal, step for step, to one object for each
segment with a dictionary of its synapses.

Where it differs from the papers: there a cell has up to 128 segments of its own, here all share.

Reference: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from .permanence import PermanenceParams, permanence_step


@dataclass(frozen=True)
class TemporalParams(PermanenceParams):
    threshold: int = 8  # active connected synapses that predict a cell
    matching: int = 6  # active synapses, silent ones too, with which a segment goes on to learn
    sample: int = 16  # active synapses that a learning segment wants
    connected: float = 0.5  # permanence from which a synapse transmits
    initial: float = 0.3  # permanence of a new synapse
    gain: float = 0.1  # of an active synapse
    loss: float = 0.1  # of an inactive one
    punish: float = 0.01  # taken from active synapses of a segment that predicted wrongly

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.punish, int | float) or not 0 <= self.punish <= 1:
            raise ValueError(f"punish: a number from 0 to 1 is needed, got {self.punish!r}")


class SegmentStore(NamedTuple):
    cells: Tensor  # (K, S) int64
    permanence: Tensor  # (K, S)
    owner: Tensor  # (K,) int64
    used: Tensor  # (K,) int64

    def first(self, count: int) -> "SegmentStore":
        """A view of the first segments."""
        return SegmentStore(*(part[:count] for part in self))

    def taken(self) -> "SegmentStore":
        """A view up to the last segment that is not free."""
        rows = (self.owner >= 0).nonzero()[:, 0]
        return self.first(int(rows[-1]) + 1 if len(rows) else 0)


def depolarize(active: Tensor, store: SegmentStore, params: TemporalParams) -> tuple:
    """Active connected synapses of each segment, and silent ones too: (K,) and (K,)."""
    count, room = store.cells.shape
    at = active.index_select(0, store.cells.reshape(-1)).nonzero()[:, 0]  # few are active
    p, row = store.permanence.reshape(-1)[at], at // room
    overlap = torch.bincount(row[p >= params.connected], minlength=count)
    return overlap, torch.bincount(row[p > 0], minlength=count)


def allot(cells: Tensor, store: SegmentStore, step: int) -> Tensor:
    """Gives each of these cells an empty segment; which ones these are."""
    slots = (store.owner < 0).nonzero()[: len(cells), 0]
    if len(slots) < len(cells):
        slots = store.used.argsort(stable=True)[: len(cells)]
    store.permanence[slots] = 0.0
    store.owner[slots], store.used[slots] = cells[: len(slots)], step
    return slots


def grow(
    rows: Tensor,
    active: Tensor,
    winners: Tensor,
    store: SegmentStore,
    params: TemporalParams,
    chance: torch.Generator | None = None,
) -> int:
    """Segments ``rows`` learn from the cells (N,) active before; how many synapses changed."""
    if not len(rows):
        return 0
    onto = winners.nonzero()[:, 0]
    cells, before = store.cells[rows], store.permanence[rows]
    on = active[cells] & (before > 0)
    p = before + permanence_step(on.to(before.dtype), before, params)
    has = ((cells[:, :, None] == onto) & (before > 0)[:, :, None]).any(1)  # (rows, winners)
    score = torch.zeros(has.shape) if chance is None else torch.rand(has.shape, generator=chance)
    order = (score + 2 * has).argsort(dim=1, stable=True)
    places = torch.where(on, torch.inf, p).argsort(dim=1, stable=True)
    most = torch.stack([params.sample - on.sum(1), (~has).sum(1), (~on).sum(1)]).amin(0)
    width = min(order.shape[1], places.shape[1])
    row, k = (torch.arange(width) < most[:, None]).nonzero(as_tuple=True)
    place = places[row, k]
    cells[row, place], p[row, place] = onto[order[row, k]], params.initial
    moved = p != before
    moved[row, place] = True
    store.cells[rows], store.permanence[rows] = cells, p
    _free(rows, store)
    return int(moved.sum())


def punish(rows: Tensor, active: Tensor, store: SegmentStore, params: TemporalParams) -> int:
    """Segments ``rows`` predicted wrongly from ``active`` (N,); how many synapses changed."""
    before = store.permanence[rows]
    lower = (before - params.punish).clamp(min=0.0)
    p = torch.where(active[store.cells[rows]], lower, before)
    store.permanence[rows] = p
    _free(rows, store)
    return int((p != before).sum())


def _free(rows: Tensor, store: SegmentStore) -> None:
    empty = rows[~(store.permanence[rows] > 0).any(1)]
    store.owner[empty], store.used[empty] = -1, -1
