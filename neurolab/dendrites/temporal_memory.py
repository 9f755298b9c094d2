"""Temporal memory: cells in columns predict the next element from all of the sequence so far.

    cell i is predicted    some segment d of it has  sum_j c_dj a_j(d)(t-1) >= threshold
    a_i(t) = 1             its column is on, and either the cell was predicted, or no cell of the
                           column was: then all of them fire, the column bursts
    winners                active cells that were predicted; of a bursting column the cell of the
                           segment with the most active synapses, silent ones too, if these are
                           at least ``matching``; else the cell with the fewest segments
    learning               segments that predicted an active cell, and those of the winners of
                           bursting columns, a new one where there is none
    punished               segments that predicted a cell whose column stayed off

    symbol    meaning                                                shape     unit
    columns   which columns are on: the element of the sequence      (M,)      -
    a         which cells are active, C in a column                  (M C,)    -
    j(d)      the cells on which the synapses of segment d sit       (K, S)    -
    c         whether a synapse transmits                            (K, S)    -

One element fires other cells in other contexts, so a cell stands for the element and for what came
before it. How segments learn stands in ``segment_store``.

What follows, and is tested: every step equals an implementation with an object for each segment
and a dictionary of its synapses; a repeated sequence is predicted after a few passes; of ABCDE and
XBCDY the last element is predicted, from the first; nearly the same with two fifths of the cells
dead, if ``threshold`` is well below the synapses that these leave.

Where it differs from the papers: segments start empty and grow onto winners alone, as in the
released program. With ``chance`` None ties go to the first.

References: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023; Cui, Ahmad & Hawkins (2016),
doi:10.1162/NECO_a_00893
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .multi_segment import need
from .segment_store import SegmentStore, TemporalParams, allot, depolarize, grow, punish


class TemporalState(NamedTuple):
    active: Tensor  # (M C,) booleans
    winners: Tensor  # (M C,) booleans
    overlap: Tensor  # (K',) active connected synapses of the segments taken
    known: Tensor  # (K',) silent ones too


class Activation(NamedTuple):
    active: Tensor  # (M C,) booleans
    winners: Tensor  # (M C,) booleans
    learning: Tensor  # segments
    new: Tensor  # cells that are to get a new segment
    wrong: Tensor  # segments to punish


def predicted(
    state: TemporalState,
    store: SegmentStore,
    params: TemporalParams,
) -> Tensor:
    """Which cells are predicted for the next element: (M C,)."""
    told = state.overlap >= params.threshold
    found = torch.zeros_like(state.active)
    found[store.owner[: len(told)][told]] = True
    return found


def activate(
    columns: Tensor,
    state: TemporalState,
    store: SegmentStore,
    params: TemporalParams,
    alive: Tensor,
    chance: torch.Generator | None = None,
) -> Activation:
    """Which cells fire, and which segments are to learn, when ``columns`` (M,) are on. Pure."""
    size, count = len(columns), max(1, len(state.overlap))
    owner, there = store.owner[: len(state.overlap)], alive.view(size, -1)
    each = there.shape[1]
    foreseen = predicted(state, store, params).view(size, each) & there
    burst = columns & ~foreseen.any(1)
    right = (foreseen & columns[:, None]).flatten()
    active = right | (there & burst[:, None]).flatten()
    told = (state.overlap >= params.threshold).nonzero()[:, 0]
    wrong = told[~columns[owner[told] // each]]

    # Of a bursting column the segment that knows most; of equal ones the first.
    near = ((state.known >= params.matching) & (owner >= 0)).nonzero()[:, 0]
    near = near[burst[owner[near] // each]]
    key = state.known[near] * count + (count - 1 - near)
    key = key.new_full((size,), -1).scatter_reduce(0, owner[near] // each, key, "amax")
    best = count - 1 - key[key >= 0] % count

    # Of one without, the cell with the fewest segments.
    rows = (burst & (key < 0) & there.any(1)).nonzero()[:, 0]
    has = torch.bincount(owner + 1, minlength=len(alive) + 1)[1:].view(size, each)[rows].double()
    if chance is not None:
        has += torch.rand(has.shape, generator=chance)
    new = rows * each + has.masked_fill(~there[rows], torch.inf).argmin(1)

    winners = right.clone()
    winners[owner[best]] = True
    winners[new] = True
    return Activation(active, winners, torch.cat([told[right[owner[told]]], best]), new, wrong)


def temporal_step(
    columns: Tensor,
    state: TemporalState,
    store: SegmentStore,
    params: TemporalParams,
    alive: Tensor,
    step: int | None = None,
    chance: torch.Generator | None = None,
) -> tuple[TemporalState, int]:
    """The state after ``columns`` (M,) were on, and how many synapses changed.

    With ``step``, a number that grows, it learns: the store is written to.
    """
    told, changed = activate(columns, state, store, params, alive, chance), 0
    if step is not None:
        store.used[told.learning] = step
        changed = punish(told.wrong, state.active, store, params)
        fresh = allot(told.new if bool(state.winners.any()) else told.new[:0], store, step)
        kept = told.learning[~torch.isin(told.learning, fresh)]
        rows = torch.cat([kept, fresh])
        changed += grow(rows, state.active, state.winners, store, params, chance)
    seen = depolarize(told.active, store.taken(), params)
    return TemporalState(told.active, told.winners, *seen), changed


class TemporalMemory(nn.Module):
    """A sequence memory; it learns while it is in training mode.

    Args:
        columns, cells: M, and C cells in each.
        segments, room: K, which all cells share, and S places for synapses on each.
        params: thresholds and sizes of steps; None means ``TemporalParams()``.
        chance: draws winners among equals and cells to grow onto; None: the first.

    ``changed`` says how many synapses the last call changed.
    """

    def __init__(
        self,
        columns: int,
        cells: int,
        segments: int,
        room: int,
        params: TemporalParams | None = None,
        chance: torch.Generator | None = None,
    ):
        super().__init__()
        params = params or TemporalParams()
        need("columns", columns, 1)
        need("cells", cells, 1)
        need("segments", segments, 1)
        need("room", room, params.sample)
        self.columns, self.params, self.chance, self.changed = columns, params, chance, 0
        self.register_buffer("cells", torch.zeros(segments, room, dtype=torch.long))
        self.register_buffer("permanence", torch.zeros(segments, room))
        self.register_buffer("owner", torch.full((segments,), -1))
        self.register_buffer("used", torch.full((segments,), -1))
        self.register_buffer("alive", torch.ones(columns * cells, dtype=torch.bool))
        self.register_buffer("active", torch.zeros(columns * cells, dtype=torch.bool))
        self.register_buffer("winners", torch.zeros(columns * cells, dtype=torch.bool))
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    @property
    def store(self) -> SegmentStore:
        return SegmentStore(self.cells, self.permanence, self.owner, self.used)

    @property
    def state(self) -> TemporalState:
        seen = depolarize(self.active, self.store.taken(), self.params)
        return TemporalState(self.active.clone(), self.winners.clone(), *seen)

    @property
    def synapses(self) -> int:
        """How many there are."""
        return int((self.permanence > 0).sum())

    def reset(self) -> None:
        """Forget what came before, not what was learned."""
        self.active[:] = False
        self.winners[:] = False

    def kill(self, cells: Tensor) -> None:
        """These cells never fire again, and their segments are gone."""
        self.alive[cells] = False
        self.active &= self.alive
        self.winners &= self.alive
        gone = (self.owner >= 0) & ~self.alive[self.owner.clamp(min=0)]
        self.permanence[gone] = 0.0
        self.owner[gone], self.used[gone] = -1, -1

    def forward(self, x: Tensor) -> Tensor:
        """How many cells of each column are predicted after each element: (T, M) for x (T, M)."""
        if x.ndim != 2 or x.shape[1] != self.columns:
            given = tuple(x.shape)
            raise ValueError(f"x: shape (T, {self.columns}) is needed, got {given}")
        state, store, found, self.changed = self.state, self.store, [], 0
        for columns in x.to(torch.bool).unbind():
            self.step += 1
            step = int(self.step) if self.training else None
            state, changed = temporal_step(
                columns, state, store, self.params, self.alive, step, self.chance
            )
            self.changed += changed
            cells = predicted(state, store, self.params) & self.alive
            found.append(cells.view(self.columns, -1).sum(1))
        self.active.copy_(state.active)
        self.winners.copy_(state.winners)
        return torch.stack(found) if found else x.new_zeros(0, self.columns, dtype=torch.long)
