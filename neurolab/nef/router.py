"""Routing: what an action sends goes through while the action is selected, in spiking neurons.

    gate_m    = f(1 - thalamus_m)                 one ensemble; silent for the selected action
    channel_m = v_m                               d ensembles; the gate takes current from them all
    out       = sum_m channel_m                   through a synapse

    symbol      meaning                                                 shape      unit
    v           what each action would send                             (B, M, d)  -
    thalamus    near 1 for the selected action, near 0 for others       (B, M)     -
    f           0 below 0.3
    close       current that a gate at 1 takes from each neuron         ()         thresholds

No weight changes and nothing is multiplied: a channel is open as long as nothing silences it.

What follows, and is tested: an open channel sends its value, a closed one no spike; switched by
``ActionSelection``, the output changes later than the action. Differs from nengo-spa: a gate
silences its channel wholly, where nengo-spa takes three threshold distances.

References: Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling; in a large
model: Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

import math
from typing import NamedTuple

from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.spiking.refractory import RefractoryLIFState

from .array import EnsembleArray, one_sided
from .ensemble import Ensemble


class RouterState(NamedTuple):
    gates: RefractoryLIFState  # (B, M, N') each
    channels: RefractoryLIFState  # (B, M d, N)
    told: Tensor  # (B, M) the thalamus as gates get it
    hold: Tensor  # (B, M) gates as channels get them
    out: Tensor  # (B, d)


class Router(nn.Module):
    """Channels for vectors, opened by the thalamus.

    Args:
        actions, dimensions: M and d.
        neurons: of each ensemble of a channel.
        gate: neurons of each gate.
        radius: of an entry of v; None means 3.5 / sqrt(d), for vectors of length 1.
        close: current that a closed gate takes.
        tau_told, tau_hold, tau_out: of the synapses, ms.
        dt: time step, ms.
        seed: of the neurons.
    """

    def __init__(
        self,
        actions: int,
        dimensions: int,
        neurons: int = 50,
        gate: int = 40,
        radius: float | None = None,
        close: float = 60.0,
        tau_told: float = 2.0,
        tau_hold: float = 8.0,
        tau_out: float = 10.0,
        dt: float = 1.0,
        seed: int = 0,
    ):
        super().__init__()
        radius = min(1.0, 3.5 / math.sqrt(dimensions)) if radius is None else radius
        first = 10_000 * seed
        gates = [one_sided(gate, 0.3, 1.0, first + m) for m in range(actions)]
        entries = [
            Ensemble(neurons, 1, radius, seed=first + 1000 + k) for k in range(actions * dimensions)
        ]
        self.actions, self.dimensions, self.close = actions, dimensions, close
        self.gates, self.channels = EnsembleArray(gates, dt=dt), EnsembleArray(entries, dt=dt)
        self.told, self.hold, self.out = (
            math.exp(-dt / tau) for tau in (tau_told, tau_hold, tau_out)
        )

    def start(self, batch: int) -> RouterState:
        """At rest."""
        none = self.gates.slope.new_zeros(batch, self.actions)
        out = none.new_zeros(batch, self.dimensions)
        return RouterState(self.gates.start(batch), self.channels.start(batch), none, none, out)

    def forward(self, thalamus: Tensor, v: Tensor, state: RouterState | None = None) -> tuple:
        """Run over time, for the thalamus (T, B, M) and values v (T, B, M, d).

        Returns:
            filtered output (T, B, d), spikes of each channel (T, B, M), the last state.
        """
        if v.shape != (*thalamus.shape, self.dimensions):
            needed, given = f"(T, B, {self.actions}, {self.dimensions})", tuple(v.shape)
            raise ValueError(f"v: shape {needed} is needed, got {given}")
        state = self.start(thalamus.shape[1]) if state is None else state

        def step(given, now):
            action, value = given
            shut, _, gates = self.gates.step(1 - now.told, now.gates)
            hold = self.close * now.hold.repeat_interleave(self.dimensions, -1)
            sent, z, channels = self.channels.step(value.flatten(1), now.channels, hold)
            sent = sent.view_as(value).sum(1)
            now = RouterState(
                gates=gates,
                channels=channels,
                told=self.told * now.told + (1 - self.told) * action,
                hold=self.hold * now.hold + (1 - self.hold) * shut,
                out=self.out * now.out + (1 - self.out) * sent,
            )
            return (now.out, z.sum(-1).view(*value.shape).sum(-1)), now

        (out, spikes), state = scan(step, (thalamus, v), state)
        return out, spikes, state
