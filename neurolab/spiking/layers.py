"""A recurrent layer of any neuron of the family: dense, sparse, or with Dale's law.

    current(t) = W_in x(t) + W z(t - 1),     z(t), state = step(current(t), state)

    symbol    meaning                                            shape       unit
    x         inputs                                             (T, B, I)   -
    z         spikes, 0 or 1                                     (T, B, N)   -
    W_in      weights from the inputs (to, from)                 (N, I)      that of the current
    W         weights among the neurons (to, from)               (N, N)      that of the current
    mask      which connections exist                            (N, N)      -
    signs     +1 for an excitatory neuron, -1 an inhibitory one  (N,)        -

A spike acts one step later. Nobody is connected to itself. With signs the layer keeps Dale's law: a
neuron has the same effect wherever it reaches, W_nm = signs_m |raw_nm|, however raw is learned.

What follows: it is the loop above (tested against one written by hand); a masked connection has no
weight and no gradient; excitation cannot turn into inhibition while learning; at the start each
neuron with signs gets as much of one as of the other, where there are enough of both. All tested.

References: Dale's law in learned networks: Song, Yang & Wang (2016),
doi:10.1371/journal.pcbi.1004792; recurrent layers of spiking neurons: Bellec et al. (2018),
arXiv:1803.09574
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import fields_of, scan

from .by_core import by_core, refuse_nan
from .neurons import Neurons


class RecurrentState(NamedTuple):
    neurons: tuple  # state of the row
    z: Tensor  # (B, N) spikes of the last step


class Recurrent(nn.Module):
    """Neurons behind input weights and among themselves.

    Args:
        inputs, units: sizes I and N.
        neurons: their kind, constants, step of time and surrogate; None means plain LIF.
        mask: connections that exist, (N, N) booleans; None means all.
        signs: (N,) of +1 and -1, for Dale's law; None means none.

    Weights start normal: from the inputs with variance 1 / I, among the neurons with variance
    1 / (number of connections to a neuron); with signs, balanced.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        neurons: Neurons | None = None,
        mask: Tensor | None = None,
        signs: Tensor | None = None,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        mask = torch.ones(units, units, dtype=torch.bool) if mask is None else mask
        if mask.dtype != torch.bool or mask.shape != (units, units):
            needed, given = (units, units), f"{tuple(mask.shape)} of {mask.dtype}"
            raise ValueError(f"mask: booleans (N, N) = {needed} are needed, got {given}")
        if signs is not None and (signs.shape != (units,) or not (signs.abs() == 1).all()):
            raise ValueError(f"signs: +1 or -1 for each of {units} neurons is needed, got {signs}")
        self.neurons = Neurons() if neurons is None else neurons
        self.weight = nn.Parameter(torch.randn(units, inputs) / math.sqrt(inputs))
        mask = mask & ~torch.eye(units, dtype=torch.bool)
        self.register_buffer("mask", mask)
        self.register_buffer("signs", None if signs is None else signs.to(self.weight.dtype))
        raw = torch.randn(units, units) / mask.sum(1, keepdim=True).clamp(min=1).sqrt()
        self.raw = nn.Parameter((raw if signs is None else self._balanced(raw)) * mask)

    def _balanced(self, raw: Tensor) -> Tensor:
        """Inhibition scaled so that each neuron gets as much of it as of excitation."""
        reach = raw.abs() * self.mask
        plus = (reach * (self.signs > 0)).sum(1, keepdim=True)
        minus = (reach * (self.signs < 0)).sum(1, keepdim=True)
        ratio = torch.where((plus > 0) & (minus > 0), plus / minus, torch.ones_like(plus))
        return torch.where(self.signs < 0, ratio * raw, raw)

    @property
    def recurrent(self) -> Tensor:
        """W (N, N), masked and signed."""
        raw = self.raw if self.signs is None else self.raw.abs() * self.signs
        return raw * self.mask

    def forward(
        self, x: Tensor, state: RecurrentState | None = None, keep: Sequence[str] = ()
    ) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, I); whole numbers and booleans are taken as numbers of the weight's dtype.
            keep: fields of the neurons' state to record.

        Returns:
            spikes (T, B, N) and the last state; with ``keep`` also {field: (T, B, N)}.
        """
        inputs = self.weight.shape[1]
        if x.ndim != 3 or x.shape[2] != inputs:
            raise ValueError(f"x: shape (T, B, I = {inputs}) is needed, got {tuple(x.shape)}")
        x = x if x.is_floating_point() else x.to(self.weight.dtype)
        size = (*x.shape[:2], len(self.weight))
        like = x.new_empty(()).expand(size)
        self.neurons.accept(like, None if state is None else (*state.neurons, state.z))
        if state is None:
            state = RecurrentState(self.neurons.start(like), x.new_zeros(size[1:]))
        keep, step, recurrent = (
            fields_of(keep, state.neurons),
            self.neurons.stepper(),
            self.recurrent,
        )
        core, given = self.neurons.core(), (x, self.weight, recurrent, state.z)
        found = by_core(core, step, state.neurons, *given, keep=keep)
        if found is not None:
            z, last, neurons, kept = found
            state = RecurrentState(neurons, last)
            return (z, state, kept) if keep else (z, state)
        refuse_nan("x", x)
        current, weight = x @ self.weight.T, recurrent.T

        def one(current, now):
            z, neurons = step(current + now.z @ weight, now.neurons)
            kept = tuple(getattr(neurons, name) for name in keep)
            return (z, kept), RecurrentState(neurons, z)

        (z, kept), state = scan(one, current, state)
        return (z, state, dict(zip(keep, kept, strict=True))) if keep else (z, state)

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, connections={int(self.mask.sum())}"
