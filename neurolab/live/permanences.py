"""A small neuron that learns by permanence, for live figures: ``dendrites.permanence`` in floats.

The winner and its step are those of ``PermanenceLearning``; which of the active cells a new synapse
grows onto is drawn with ``core.random``.
"""

from typing import NamedTuple

from neurolab.core.random import uniform
from neurolab.dendrites.permanence import permanence_step
from neurolab.dendrites.segment import segment_active
from neurolab.live.coincidences import flags, pattern

CELLS = 400
ACTIVE = 20
SEGMENTS = 3
PLACES = 12  # for synapses on a segment
SAMPLE = 10  # active synapses that the winner wants
MATCHING = 6  # active ones, silent too, with which a segment goes on to learn
THRESHOLD = 5  # active connected ones that make it active
CONNECTED = 0.5
INITIAL = 0.3


class Rates(NamedTuple):
    gain: float
    loss: float


class Neuron(NamedTuple):
    cells: list  # the cell of each place, by segment
    permanence: list
    won: list  # the step of each segment's last win


def begin(state):
    """Silent synapses on random cells."""
    cells, permanence = [], []
    for _ in range(SEGMENTS):
        own, state = pattern(CELLS, PLACES, state)
        cells.append(own)
        row = []
        for _ in range(PLACES):
            u, state = uniform(state)
            row.append(INITIAL * u)
        permanence.append(row)
    return Neuron(cells, permanence, [-1 for _ in range(SEGMENTS)]), state


def met(neuron, on, k: int, least) -> int:
    """Active synapses of segment k, of those whose permanence is at least ``least``."""
    count = 0
    for cell, p in zip(neuron.cells[k], neuron.permanence[k], strict=True):
        count += 1 if on[cell] and p > 0 and p >= least else 0
    return count


def winner(neuron, on):
    """The segment that learns, and whether it takes the pattern for a new one."""
    best, most, near, known, oldest = 0, -1, 0, -1, 0
    for k in range(SEGMENTS):
        overlap, all_met = met(neuron, on, k, CONNECTED), met(neuron, on, k, 0)
        if overlap > most:
            best, most = k, overlap
        if all_met > known:
            near, known = k, all_met
        if neuron.won[k] < neuron.won[oldest]:
            oldest = k
    if segment_active(most, THRESHOLD) > 0:
        return best, False
    if known >= MATCHING:
        return near, False
    return oldest, True


def learn(neuron, on, clock: int, rates, state):
    """One show: the neuron after it, (winner, touched, grown, removed), and the next state."""
    k, new = winner(neuron, on)
    cells, before = [c for c in neuron.cells[k]], [p for p in neuron.permanence[k]]
    after, active, touched, removed = [], 0, 0, 0
    for cell, p in zip(cells, before, strict=True):
        x = 1.0 if on[cell] and p > 0 else 0.0
        active += 1 if x > 0 else 0
        after.append(p + permanence_step(x, p, rates))
    held = flags(CELLS, [])
    for cell, p in zip(cells, after, strict=True):
        held[cell] = held[cell] or p > 0
    fresh, grown = [False for _ in cells], 0
    for _ in range(SAMPLE - active):
        place = -1  # the weakest that may be given up
        for j in range(PLACES):
            kept = fresh[j] or (on[cells[j]] and before[j] > 0)
            free = not kept and (new or after[j] < CONNECTED)
            if free and (place < 0 or after[j] < after[place]):
                place = j
        choice = [c for c in range(CELLS) if on[c] and not held[c]]
        if place >= 0 and len(choice) > 0:
            u, state = uniform(state)
            cells[place] = choice[int(u * len(choice))]
            held[cells[place]] = True
            fresh[place] = True
            grown += 1
    for j in range(PLACES):
        removed += 1 if before[j] > 0 and (fresh[j] or after[j] <= 0) else 0
        touched += 1 if fresh[j] or after[j] != before[j] else 0
    last = [INITIAL if f else p for f, p in zip(fresh, after, strict=True)]
    kept_cells = [cells if j == k else neuron.cells[j] for j in range(SEGMENTS)]
    kept_values = [last if j == k else neuron.permanence[j] for j in range(SEGMENTS)]
    won = [clock if j == k else neuron.won[j] for j in range(SEGMENTS)]
    return Neuron(kept_cells, kept_values, won), (k, touched, grown, removed), state
