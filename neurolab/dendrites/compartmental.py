"""A neuron of compartments with AMPA and NMDA synapses: local spikes of single branches.

    g_k = n_k (ampa a(t) + nmda s(t) B(v_k)),   B(v) = 1 / (1 + [Mg] exp(-0.062 v) / 3.57)

    symbol    meaning                                                     shape    unit
    n_k       synapses on compartment k that a spike comes to             (B, N)   -
    g_k       what they open, pulling to e_exc                            (B, N)   nS
    a, s      kernels of height 1: falls at once; rises, and falls late   (B, N)   -
    B         part of the NMDA receptors that magnesium leaves open       (B, N)   -
    v_k       potentials, joined as in ``cable``                          (B, N)   mV
    z         spikes of the soma, if it has a threshold                   (B,)     -

A depolarized branch unblocks its NMDA receptors, which depolarize it further. Of synapses close
together each is worth more than the one before, until the branch stands on a plateau near e_exc for
as long as glutamate stays bound, an NMDA spike; the soma sees more than their sum. The same number
spread over all branches never gets there: the soma sees their sum, or less, since each synapse
finds a smaller driving force.

What follows, and is tested: without magnesium, or without NMDA, no number of synapses gives more
than their sum; with both twelve on one branch give 1.7 times their sum, on all branches their sum;
a lasting input settles where the current of the synapses is that which leaves the branch. The
threshold is a jump, with two stable potentials for one number of synapses, only if somewhere
1 / (v - e_leak) + 1 / (e_exc - v) < 0.062 (1 - B(v)): so at rest -85 mV and 1 mM, but at -70 mV it
is steep and no jump. A run equals one without tensors, and may be cut anywhere.

Where it differs from the sources: the branch has no channels of its own, so its spike is the NMDA
spike alone; the potential that unblocks is that of the start of a step; the soma's spike, where it
has one, is that of an integrate-and-fire neuron and does not travel back.

References: Schiller et al. (2000), doi:10.1038/35005094 (NMDA spikes); Jahr & Stevens (1990),
doi:10.1523/JNEUROSCI.10-09-03178.1990 (block)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value
from neurolab.core.scan import scan
from neurolab.core.surrogate import spike
from neurolab.spiking.exponential import ExponentialParams, ExponentialState, exponential_step
from neurolab.spiking.nmda import NMDAParams, NMDAState, magnesium_block, nmda_step

from .cable import CableParams, CableTree, cable_step, cable_tree

MEMBRANE = CableParams()


@dataclass(frozen=True)
class GlutamateParams:
    ampa: float = 0.5  # nS, peak of a synapse
    nmda: float = 1.0  # nS, peak of a synapse without block
    tau_ampa: float = 2.0  # ms
    tau_rise: float = 2.0  # ms, NMDA
    tau_decay: float = 50.0  # ms, NMDA
    magnesium: float = 1.0  # mM
    e_exc: float = 0.0  # mV


class GlutamateState(NamedTuple):
    ampa: ExponentialState  # (B, N)
    nmda: NMDAState  # (B, N)


class CompartmentalState(NamedTuple):
    v: Tensor  # (B, N) mV
    synapses: GlutamateState


class Soma(NamedTuple):
    v: Tensor  # (T, B) mV, before a reset
    z: Tensor  # (T, B) spikes, 0 or 1


def glutamate_step(
    x: Value,
    v: Value,
    state: GlutamateState,
    params: GlutamateParams,
    dt: float,
) -> tuple[Value, GlutamateState]:
    """What the synapses of a compartment at ``v`` mV open (nS).

    Elementwise; x is how many of them a spike comes to.
    """
    fast = ExponentialParams(params.tau_ampa)
    slow = NMDAParams(params.tau_rise, params.tau_decay)
    a, ampa = exponential_step(x, state.ampa, fast, dt)
    s, nmda = nmda_step(x, state.nmda, slow, dt)
    free = magnesium_block(v, params.magnesium)
    g = params.ampa * a + params.nmda * s * free
    return g, GlutamateState(ampa, nmda)


def star(
    branches: int = 8,
    pieces: int = 2,
    long: float = 150.0,
    thick: float = 0.8,
    soma: float = 80.0,
    params: CableParams = MEMBRANE,
) -> CableTree:
    """A soma, as long as thick, and equal branches of so many pieces each; lengths in um.

    The soma, compartment 0, is large, since it stands for all other dendrites, too. Piece p of
    branch b, both from 0, is 1 + b pieces + p.
    """
    parent = [-1]
    for b in range(branches):
        for p in range(pieces):
            parent.append(0 if p == 0 else b * pieces + p)
    length = [soma if k == 0 else long / pieces for k in range(len(parent))]
    diameter = [soma if k == 0 else thick for k in range(len(parent))]
    return cable_tree(parent, length, diameter, params)


class Compartmental(nn.Module):
    """A neuron that spikes come to at given sites.

    Args:
        tree: its compartments, the first one the soma.
        sites: compartment of each of I synapses.
        params: of all synapses.
        threshold: mV from which the soma fires; inf for never.
        reset: mV of the soma after a spike.
        dt: time step in ms.
    """

    def __init__(
        self,
        tree: CableTree,
        sites: Sequence[int],
        params: GlutamateParams = GlutamateParams(),
        threshold: float = math.inf,
        reset: float = -70.0,
        dt: float = 0.5,
    ):
        super().__init__()
        size = len(tree.parent)
        if tree.parent[0] != -1 or any(not 0 <= p < k for k, p in enumerate(tree.parent) if k):
            raise ValueError(f"tree: -1, then parents before children needed, got {tree.parent}")
        if not len(sites) or any(not 0 <= int(k) < size for k in sites):
            raise ValueError(f"sites: compartments from 0 to {size - 1} are needed, got {sites}")
        if not reset < threshold:
            raise ValueError(f"reset: less than threshold = {threshold} mV is needed, got {reset}")
        if not 0 < dt < math.inf:
            raise ValueError(f"dt: a positive number of ms is needed, got {dt!r}")
        placed = torch.zeros(len(sites), size)
        placed[torch.arange(len(sites)), torch.as_tensor(sites)] = 1
        self.register_buffer("placed", placed)  # (I, N)
        self.tree, self.params, self.dt = tree, params, dt
        self.threshold, self.reset = threshold, reset

    def start(self, batch: int) -> CompartmentalState:
        """At rest."""
        zero = self.placed.new_zeros(batch, self.placed.shape[1])
        quiet = GlutamateState(ExponentialState(zero), NMDAState(zero, zero))
        return CompartmentalState(zero + self.tree.e_leak, quiet)

    def step(self, x: Tensor, state: CompartmentalState) -> tuple[Soma, CompartmentalState]:
        g, synapses = glutamate_step(x, state.v, state.synapses, self.params, self.dt)
        pulled = g * self.params.e_exc
        v, g, i = (list(part.unbind(1)) for part in (state.v, g, pulled))
        v = cable_step(v, g, i, self.tree, self.dt)
        soma, z = v[0], spike(v[0] - self.threshold)
        v[0] = torch.where(z > 0, self.reset, soma)
        return Soma(soma, z), CompartmentalState(torch.stack(v, 1), synapses)

    def forward(
        self, x: Tensor, state: CompartmentalState | None = None, keep: Sequence[str] = ()
    ) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: spikes (T, B, I), or how many come in a step.
            keep: ("v",) to record all potentials.

        Returns:
            ``Soma`` (T, B) and the last state; with ``keep`` also {"v": (T, B, N)}.
        """
        inputs = len(self.placed)
        if x.ndim != 3 or x.shape[2] != inputs:
            needed, given = f"(T, B, I = {inputs})", tuple(x.shape)
            raise ValueError(f"x: a shape {needed} is needed, got {given}")
        on = x.to(self.placed.dtype) @ self.placed  # (T, B, N)
        state = self.start(x.shape[1]) if state is None else state
        return scan(self.step, on, state, keep=keep)
