"""Counts the operations of a network while it runs.

    accumulates   = sum over spikes of the synapses that each reaches
    of a layer without recurrence: spikes of its inputs times its neurons N

    symbol   meaning                       shape       unit
    x        what goes into a layer        (T, B, I)   -
    z        spikes that come out of it    (T, B, N)   -

What is counted: an input of 1 is accumulated, an input of 0 costs nothing, and any other number is
multiplied. A dense layer multiplies all its inputs, those that are 0 too; ``zeros`` says how many
of them that were, since a machine may skip them. Every neuron is updated in every step, as in a
clocked simulation. Bias and read-out comparisons are not counted.

Tested: against loops over single spikes, for layers with and without recurrence and masks.

Reference: synaptic operations as a measure: Merolla et al. (2014), doi:10.1126/science.1254642
"""

import torch
from torch import Tensor, nn

from neurolab.spiking import LIF, Recurrent

from .energy import Operations


class SynOpCounter:
    """Counts while it is open: ``with SynOpCounter(net) as counter: net(x)``.

    Args:
        net: of LIF, Recurrent and nn.Linear layers, anywhere inside.
        spikes_into: names of the nn.Linear layers that spikes (T, B, I) go into, and whose outputs
            are potentials; the others are dense.

    Attributes:
        layers: name -> Operations of all that ran.
        zeros: multiply-accumulates of dense layers whose input was 0.
        spikes: name -> spikes that came into a layer.
    """

    def __init__(self, net: nn.Module, spikes_into: tuple[str, ...] = ()):
        found = dict(net.named_modules())
        for name in spikes_into:
            if not isinstance(found.get(name), nn.Linear):
                raise ValueError(f"spikes_into: names of nn.Linear layers are needed, got {name!r}")
        self.net, self.spikes_into = net, spikes_into
        self.layers: dict[str, Operations] = {}
        self.spikes: dict[str, int] = {}
        self.zeros = 0
        self._hooks: list = []

    @property
    def total(self) -> Operations:
        rows = list(self.layers.values()) or [Operations(0, 0, 0)]
        return Operations(*(sum(column) for column in zip(*rows, strict=True)))

    def __enter__(self) -> "SynOpCounter":
        for name, module in self.net.named_modules():
            if isinstance(module, LIF | Recurrent | nn.Linear):
                count = self._dense if isinstance(module, nn.Linear) else self._spiking
                count = self._potentials if name in self.spikes_into else count
                hook = module.register_forward_hook(
                    lambda m, given, out, name=name, count=count: count(name, m, given, out)
                )
                self._hooks.append(hook)
        return self

    def __exit__(self, *error) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    def _add(self, name: str, macs: int, acs: int, updates: int, spikes: int = 0) -> None:
        before = self.layers.get(name, Operations(0, 0, 0))
        self.layers[name] = Operations(
            before.macs + macs, before.acs + acs, before.updates + updates
        )
        self.spikes[name] = self.spikes.get(name, 0) + spikes

    def _dense(self, name: str, layer: nn.Linear, given: tuple, out: Tensor) -> None:
        (x,) = given
        self.zeros += int((x == 0).sum()) * layer.out_features
        self._add(name, x.numel() * layer.out_features, 0, 0)

    def _potentials(self, name: str, layer: nn.Linear, given: tuple, out: Tensor) -> None:
        ones, others = _sorted(given[0])
        n = layer.out_features
        self._add(name, others * n, ones * n, out.numel(), ones)

    def _spiking(self, name: str, layer: LIF | Recurrent, given: tuple, out: tuple) -> None:
        (ones, others), z = _sorted(given[0]), out[0]
        n = z.shape[-1]
        acs = ones * n
        if isinstance(layer, Recurrent):  # the spikes of the last step have not acted yet
            before = [z[:-1].flatten(0, 1).sum(0)]
            state = given[1] if len(given) > 1 else None
            before += [] if state is None else [state.z.sum(0)]
            acs += int((torch.stack(before).sum(0) * layer.mask.sum(0)).sum())
        self._add(name, others * n, acs, z.numel(), ones)


def _sorted(x: Tensor) -> tuple[int, int]:
    """How many inputs are 1, and how many are neither 0 nor 1."""
    ones = int((x == 1).sum())
    return ones, int((x != 0).sum()) - ones
