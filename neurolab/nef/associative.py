"""An associative memory in neurons: what resembles a known word comes out as it, or its partner.

    s_m = e_m . x                                  similarity to each word, through a synapse
    y_m = f(s_m - theta - c sum_(j != m) y'_j)     an ensemble a word, silent below the threshold
    out = sum_m y_m p_m                            through a synapse

    symbol    meaning                                              shape      unit
    x         a noisy pointer                                      (B, d)     -
    e, p      known words, and what each stands for                (M, d), (M, K)
    theta     threshold                                            ()         -
    f(v)      v + theta for v > 0, else 0
    c         inhibition among words; 0 lets several through       ()         -
    y'        what of a similarity is above the threshold          (B, M)     -
    tau_syn   of all synapses                                      ()         ms

With p = e it cleans up: noise that resembles no word above theta is lost. With c > 0 the best word
holds the others down.

What follows, and is tested: without neurons it is ``exact``; a word below the threshold makes no
spike; the same neurons in nengo-spa's network give the same output; the winner takes all with
c = 1, and two words pass with c = 0.

References: Stewart, Tang & Eliasmith (2011), doi:10.1016/j.cogsys.2010.06.006; clean-up of bound
vectors: Plate (1995), doi:10.1109/72.377968
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.spiking.refractory import RefractoryLIFState

from .array import EnsembleArray, thresholding


class AssociativeState(NamedTuple):
    cells: RefractoryLIFState  # (B, M, N) each
    s: Tensor  # (B, M) filtered similarities
    above: Tensor  # (B, M) filtered y'
    out: Tensor  # (B, K)


class AssociativeMemory(nn.Module):
    """Words in, words out.

    Args:
        words: e, (M, d).
        partners: p, (M, K); None means the words themselves, and it cleans up.
        threshold: theta.
        neurons: of each word.
        inhibition: c.
        tau_syn: of all synapses, ms.
        dt: time step, ms.
        seed: of the neurons.
    """

    def __init__(
        self,
        words: Tensor,
        partners: Tensor | None = None,
        threshold: float = 0.3,
        neurons: int = 50,
        inhibition: float = 0.0,
        tau_syn: float = 5.0,
        dt: float = 1.0,
        seed: int = 0,
    ):
        super().__init__()
        partners = words if partners is None else partners
        if words.ndim != 2 or partners.ndim != 2 or len(words) != len(partners):
            given = f"{tuple(words.shape)} and {tuple(partners.shape)}"
            raise ValueError(f"partners: as many as words (M, d) are needed, got {given}")
        if not 0 <= threshold < 1:
            raise ValueError(f"threshold: a number from 0 to below 1 is needed, got {threshold!r}")
        self.threshold, self.inhibition = threshold, inhibition
        self.keep = math.exp(-dt / tau_syn)
        self.register_buffer("words", words)
        self.register_buffer("partners", partners)
        first = 10_000 * seed
        self.ensembles = [thresholding(neurons, seed=first + 2 * k) for k in range(len(words))]
        self.said = EnsembleArray(self.ensembles, lambda v: v + threshold, dt)
        self.register_buffer("above", EnsembleArray(self.ensembles, dt=dt).weights)

    def exact(self, x: Tensor) -> Tensor:
        """What it would compute without neurons and without inhibition, (..., K)."""
        s = x @ self.words.T
        return torch.where(s > self.threshold, s, 0.0 * s) @ self.partners

    def start(self, batch: int) -> AssociativeState:
        """At rest."""
        none = self.words.new_zeros(batch, len(self.words))
        out = self.words.new_zeros(batch, self.partners.shape[1])
        return AssociativeState(self.said.start(batch), none, none, out)

    def forward(self, x: Tensor, state: AssociativeState | None = None) -> tuple:
        """Run over time, for pointers x (T, B, d).

        Returns:
            filtered output (T, B, K), spikes of each word's neurons (T, B, M), the last state.
        """
        if x.ndim != 3 or x.shape[2] != self.words.shape[1]:
            needed, given = f"(T, B, {self.words.shape[1]})", tuple(x.shape)
            raise ValueError(f"x: shape {needed} is needed, got {given}")
        state = self.start(x.shape[1]) if state is None else state
        keep, rest = self.keep, 1 - self.keep
        per_spike = 1000 / self.said.dt

        def step(similar, now):
            others = now.above.sum(-1, keepdim=True) - now.above
            value = now.s - self.threshold - self.inhibition * others
            y, z, cells = self.said.step(value, now.cells)
            above = per_spike * (z * self.above).sum(-1)
            now = AssociativeState(
                cells=cells,
                s=keep * now.s + rest * similar,
                above=keep * now.above + rest * above,
                out=keep * now.out + rest * y @ self.partners,
            )
            return (now.out, z.sum(-1)), now

        (out, spikes), state = scan(step, x @ self.words.T, state)
        return out, spikes, state
