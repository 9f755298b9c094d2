"""The nodes of a graph where nothing has to be learned: in a loop one step at a time.

    y = W z + b  =  b + sum over i with z_i = 1 of W[:, i]        events: only who fired is read
    z, state = step(x, state)                                    the step of a row of ``NEURONS``

    symbol    meaning                           shape
    W, b      weights and bias                  (to, from), (to,)
    z         spikes, 0 or 1                    (B, from)

A layer over time checks its input and looks for a fast core at each call, which is much for one
step. Here it is checked once, before the first, and a step is one compiled call where the neuron
has a core; where it has none, constants that are the same for all neurons are taken once, so that
a step has no exponential for each. With few spikes a column of W for each is less to read than W.

What follows, and is tested: a loop run in this way has the spikes that it has with gradients.

Reference: the event-driven sum is that of neuromorphic chips, Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from neurolab.spiking import Neurons
from neurolab.spiking.by_core import cells_by_core, sums_by_core
from neurolab.spiking.chain import run_layer

WORTH = 20  # steps, below which W is not turned over
MANY = 100  # rows of inputs in all, from which on W is turned over to look for spikes among them


def stepper(layer: nn.Module, steps: int, of_spikes: bool, kept: bool = True) -> Callable:
    """``run(x, state)`` of a layer, with x (B, ...) and (y, state) as at one step of time.

    Args:
        steps: how many will be run.
        of_spikes: whether all that goes in are spikes of one node.
        kept: whether y is needed for longer than the step after it.
    """
    if isinstance(layer, Neurons) and not watched(layer):
        return OfNeurons(layer, steps if kept else 2)
    if plain(layer) and of_spikes and steps >= WORTH:
        return _events(layer)
    return one_step(layer)


def watched(layer: nn.Module) -> bool:
    """Whether somebody wants to be called when the layer is."""
    return bool(layer._forward_hooks or layer._forward_pre_hooks)


def plain(layer: nn.Module) -> bool:
    """Whether the layer is W x + b, and nobody would miss its being called."""
    return type(layer) is nn.Linear and not watched(layer)


def one_step(layer: nn.Module) -> Callable:
    """The same for any layer, with gradients: a sequence of one step."""

    def run(x: Tensor, state: object) -> tuple:
        y, state = run_layer(layer, x[None], state)
        return y[0], state

    return run


class OfNeurons:
    """Neurons, by their fast core where there is one; by their step, bound once, where not."""

    def __init__(self, layer: Neurons, rows: int):
        self.layer, self.rows, self.core = layer, rows, None
        self.step: Callable | None = None  # bound when the first input comes

    def __call__(self, x: Tensor, state: tuple | None) -> tuple:
        flat = x.flatten(1)
        if self.step is None:
            self.layer.accept(flat[None], state)
            state = self.layer.start(flat) if state is None else state
            self.core = cells_by_core(self.layer.core(), state, flat, self.rows)
            self.step = partial(self.layer.stepper(), params=_once(self.layer.params))
        if self.core is None:
            z, state = self.step(flat, state)
        else:
            z, state = self.core(flat), self.core.state
        return z.view(x.shape), state


def over_time(layer: nn.Module, dense: bool) -> Callable:
    """``run(x, state)`` of a layer outside of loops, with x (T, B, ...), for one call or many.

    Args:
        dense: whether to leave it to torch, as where one learns or where few steps will come.
    """
    sums = None

    def run(x: Tensor, state: object) -> tuple:
        nonlocal sums
        if dense or not plain(layer):
            return run_layer(layer, x, state)
        flat = x.reshape(-1, x.shape[-1])
        sums = sums_by_core(layer.weight, layer.bias, flat) if sums is None else sums
        y = None if sums is None else sums.over(flat)
        return run_layer(layer, x, state) if y is None else (y.view(*x.shape[:-1], -1), None)

    return run


def _once(params: object) -> object:
    """Constants, each of those that is the same for all neurons with one entry."""
    same = {
        name: x[:1]
        for name, x in vars(params).items()
        if isinstance(x, Tensor) and x.ndim == 1 and len(x) and bool((x == x[0]).all())
    }
    return replace(params, **same) if same else params


def joined(run: Callable, ys: list[Tensor]) -> Tensor:
    """What a node gave at all steps (T, B, ...); not copied where it lies in one piece."""
    core = getattr(run, "core", None)
    if core is None or core.rows != len(ys):
        return torch.stack(ys)
    return core.spikes.view(len(ys), *ys[0].shape)


def _events(layer: nn.Linear) -> Callable:
    sums: Callable | None = None

    def run(z: Tensor, state: None) -> tuple:
        nonlocal sums
        flat = z.reshape(-1, z.shape[-1])
        if sums is None:
            sums = sums_by_core(layer.weight, layer.bias, flat) or layer
        return sums(flat).view(*z.shape[:-1], -1), None

    return run
