"""Basal ganglia and thalamus in spiking neurons: one action of several, and how long it takes.

    D1, D2, STN, GPe, GPi     ensembles for each action; inputs as in ``basal_ganglia``, each
                              through its synapse, 2 ms where it excites, 8 ms where it inhibits
    thalamus                  1 - inhibit GPi - sum of the other actions' thalamus

    symbol     meaning                                              shape      unit
    q          use of each action                                   (B, M)     -
    thalamus   near 1 for the selected action, near 0 for others    (B, M)     -
    N          neurons of each ensemble                             ()         -

Decoders of the nuclei have one sign: an STN neuron only excites, the others only inhibit.
An action is selected while its thalamus is above one half and all others are below; the latency is
the time from a change of the uses until the new one is.

What follows, and is tested: GPi settles where the model without neurons does; the same neurons in
nengo-spa's networks give the same output; latencies are those of nengo-spa within noise.

References: Gurney, Prescott & Redgrave (2001), doi:10.1007/PL00007984; in neurons: Stewart,
Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.spiking.refractory import RefractoryLIFState

from .array import EnsembleArray, one_sided, one_sign
from .basal_ganglia import BasalGangliaParams

NUCLEI = ("d1", "d2", "stn", "gpe", "gpi")


class SelectionState(NamedTuple):
    cells: RefractoryLIFState  # (B, 5 M, N) each
    relays: RefractoryLIFState  # (B, M, N') of the thalamus
    use: Tensor  # (B, M) filtered, as are the next
    nuclei: Tensor  # (B, 5, M)
    gpi: Tensor  # (B, M) as the thalamus gets it
    thalamus: Tensor  # (B, M)


class ActionSelection(nn.Module):
    """Uses in, the selected action out.

    Args:
        actions: M.
        neurons, relays: of each ensemble of the basal ganglia, and of the thalamus.
        params: thresholds, weights and time constants; None means those of ``basal_ganglia``.
        tau_relay: of the synapses among thalamic ensembles, and behind them, ms.
        dt: time step, ms.
        seed: of the neurons.
    """

    def __init__(
        self,
        actions: int,
        neurons: int = 100,
        relays: int = 50,
        params: BasalGangliaParams | None = None,
        tau_relay: float = 5.0,
        dt: float = 1.0,
        seed: int = 0,
    ):
        super().__init__()
        if isinstance(actions, bool) or not isinstance(actions, int) or actions < 2:
            raise ValueError(f"actions: a whole number of at least 2 is needed, got {actions!r}")
        p, first = params or BasalGangliaParams(), 10_000 * seed
        self.actions, self.p, self.dt = actions, p, dt
        edges = (p.threshold, p.threshold, p.threshold_stn, p.threshold_gpe, p.threshold_gpi)
        self.ensembles = [
            one_sided(neurons, e, 1.5, first + actions * k + m)
            for k, e in enumerate(edges)
            for m in range(actions)
        ]
        functions = [lambda x, e=e: (x - e).clamp_min(0) for e in edges for _ in range(actions)]
        self.nuclei = EnsembleArray(self.ensembles, functions, dt, solver=one_sign)
        self.relay_ensembles = [
            one_sided(relays, 0.2, 1.0, first + 5000 + m) for m in range(actions)
        ]
        self.relays = EnsembleArray(self.relay_ensembles, dt=dt)
        up, down = (math.exp(-dt / tau) for tau in (p.tau_excite, p.tau_inhibit))
        self.up, self.down, self.relay = up, down, math.exp(-dt / tau_relay)
        keep = torch.tensor([down, down, up, down, down])[:, None]  # behind each nucleus
        self.register_buffer("keep", keep)

    def start(self, batch: int) -> SelectionState:
        """At rest."""
        none = self.keep.new_zeros(batch, self.actions)
        nuclei = self.keep.new_zeros(batch, len(NUCLEI), self.actions)
        cells, relays = self.nuclei.start(batch), self.relays.start(batch)
        return SelectionState(cells, relays, none, nuclei, none, none)

    def inputs(self, use: Tensor, nuclei: Tensor) -> Tensor:
        """What each nucleus gets, (B, 5, M), from filtered uses (B, M) and outputs (B, 5, M)."""
        p = self.p
        d1, d2, stn, gpe, _ = nuclei.unbind(1)
        reach = p.reach_stn * stn.sum(-1, keepdim=True)
        given = (
            (1 + p.more_d1) * use,
            (1 - p.less_d2) * use,
            use - gpe,
            reach - d2,
            reach - d1 - p.weight_gpe * gpe,
        )
        return torch.stack(given, 1)

    def forward(self, use: Tensor, state: SelectionState | None = None) -> tuple:
        """Run over time, for uses (T, B, M).

        Returns:
            filtered thalamus (T, B, M), filtered GPi (T, B, M), spikes of all neurons of each
            nucleus (T, B, 5, M), the last state.
        """
        if use.ndim != 3 or use.shape[2] != self.actions:
            needed, given = f"(T, B, {self.actions})", tuple(use.shape)
            raise ValueError(f"use: shape {needed} is needed, got {given}")
        state = self.start(use.shape[1]) if state is None else state

        def step(use_t, now):
            x = self.inputs(now.use, now.nuclei)
            y, z, cells = self.nuclei.step(x.flatten(1), now.cells)
            others = now.thalamus.sum(-1, keepdim=True) - now.thalamus
            drive = 1 - self.p.inhibit * now.gpi - others
            passed, _, relays = self.relays.step(drive, now.relays)
            y = y.view_as(now.nuclei)
            now = SelectionState(
                cells=cells,
                relays=relays,
                use=self.up * now.use + (1 - self.up) * use_t,
                nuclei=self.keep * now.nuclei + (1 - self.keep) * y,
                gpi=self.down * now.gpi + (1 - self.down) * y[:, -1],
                thalamus=self.relay * now.thalamus + (1 - self.relay) * passed,
            )
            return (now.thalamus, now.gpi, z.sum(-1).view_as(x)), now

        (thalamus, gpi, spikes), state = scan(step, use, state)
        return thalamus, gpi, spikes, state


def selected(thalamus: Tensor) -> Tensor:
    """Number of the action that is selected (T, B): -1 for none, or for more than one."""
    on = thalamus > 0.5
    return torch.where(on.sum(-1) == 1, on.double().argmax(-1), -1)


def latency(thalamus: Tensor, action: int, change: int, dt: float = 1.0, hold: int = 10) -> Tensor:
    """Time (B,) in ms from step ``change`` until ``action`` is selected for ``hold`` steps; inf."""
    right = (selected(thalamus[change:]) == action).double()  # (T, B)
    if len(right) < hold:
        raise ValueError(f"hold: at most {len(right)} steps are left, got {hold}")
    steady = right.unfold(0, hold, 1).mean(-1) == 1
    first = steady.double().argmax(0) * dt
    return torch.where(steady.any(0), first, torch.inf)
