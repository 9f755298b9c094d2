"""The neuron of two figures: a soma with eight branches of two pieces, synapses at their ends."""

from typing import NamedTuple

from neurolab.core.ops import exp, log, maximum
from neurolab.core.random import uniform
from neurolab.dendrites.cable import CableParams, CableTree, cable_step
from neurolab.dendrites.compartmental import GlutamateParams, GlutamateState, glutamate_step, star
from neurolab.spiking.exponential import ExponentialState
from neurolab.spiking.nmda import NMDAState

BRANCHES = 8
PIECES = 2  # compartments of a branch
REST = -70.0  # mV


class Cell(NamedTuple):
    v: list  # mV, of each compartment, the soma first
    synapses: list  # of the branches' ends
    reached: list  # whether a spike ever came to them, 1 or 0


def tree():
    return star(BRANCHES, PIECES, 150.0, 0.8, 80.0, CableParams())


def at_rest():
    quiet = GlutamateState(ExponentialState(0.0), NMDAState(0.0, 0.0))
    v = [REST for _ in range(1 + BRANCHES * PIECES)]
    return Cell(v, [quiet for _ in range(BRANCHES)], [0.0 for _ in range(BRANCHES)])


def cell_step(x: list, cell: Cell, grown: CableTree, params: GlutamateParams, dt) -> Cell:
    """``dt`` ms later, with spikes to so many synapses of each branch."""
    g = [0.0 for _ in cell.v]
    synapses, reached = [], []
    for b, n in enumerate(x):
        end = (b + 1) * PIECES
        before, on = cell.synapses[b], maximum(cell.reached[b], 1.0 if n > 0 else 0.0)
        if on > 0:  # what was never reached stays shut
            g[end], after = glutamate_step(n, cell.v[end], before, params, dt)
            synapses.append(after)
        else:
            synapses.append(before)
        reached.append(on)
    none = [0.0 for _ in g]  # what synapses pull to is at 0 mV
    return Cell(cable_step(cell.v, g, none, grown, dt), synapses, reached)


def dealt(total: int, s):
    """Synapses of each branch, together or spread out, and the next random state.

    Each picks a branch by chances that are a power of uniform numbers, the same for a volley; the
    power is anything from 0.1, which deals nearly evenly, to 100, which puts all on one branch.
    """
    u, s = uniform(s)
    power = exp(log(10) * (3 * u - 1))
    logs = []
    for _ in range(BRANCHES):
        u, s = uniform(s)
        logs.append(power * log(u))
    top = logs[0]
    for x in logs:
        top = maximum(top, x)
    chances, whole = [exp(x - top) for x in logs], 0.0
    for c in chances:
        whole += c
    on = [0 for _ in range(BRANCHES)]
    for _ in range(total):
        u, s = uniform(s)
        left, b = u * whole - chances[0], 0
        while left > 0 and b < BRANCHES - 1:
            b += 1
            left = left - chances[b]
        on[b] += 1
    return on, s
