"""A node inside a loop, one step at a time, where nothing has to be learned.

    y = W z + b  =  b + sum over i with z_i = 1 of W[:, i]        events: only who fired is read
    z, state = step(x, state)                                    the step of a row of ``NEURONS``

    symbol    meaning                           shape
    W, b      weights and bias                  (to, from), (to,)
    z         spikes, 0 or 1                    (1, from)

A layer over time checks its input and looks for a fast core at each call, which is much for one
step. Here it is checked once, before the first. With few spikes a column of W for each is less to
read than W; with more than one in ``DENSE`` neurons firing W is read as it is. Constants that are
the same for all neurons are taken once, so that a step has no exponential for each neuron.

What follows, and is tested: a loop run in this way has the spikes that it has with gradients.

Reference: the event-driven sum is that of neuromorphic chips, Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, linear

from neurolab.spiking import Neurons
from neurolab.spiking.chain import run_layer

DENSE = 3  # neurons, of which more than one fires
WORTH = 20  # steps, below which W is not turned over


def stepper(layer: nn.Module, steps: int, of_spikes: bool) -> Callable:
    """``run(x, state)`` of a layer, with x (B, ...) and (y, state) as at one step of time.

    Args:
        steps: how many will be run.
        of_spikes: whether all that goes in are spikes of one node.
    """
    if isinstance(layer, Neurons):
        return _cells(layer)
    if isinstance(layer, nn.Linear) and of_spikes and steps >= WORTH:
        return _events(layer)
    return one_step(layer)


def one_step(layer: nn.Module) -> Callable:
    """The same for any layer, with gradients: a sequence of one step."""

    def run(x: Tensor, state: object) -> tuple:
        y, state = run_layer(layer, x[None], state)
        return y[0], state

    return run


def _cells(layer: Neurons) -> Callable:
    step, checked = partial(layer.stepper(), params=_once(layer.params)), False

    def run(x: Tensor, state: tuple | None) -> tuple:
        nonlocal checked
        flat = x.flatten(1)
        if not checked:
            layer.accept(flat[None], state)
            checked = True
        z, state = step(flat, layer.start(flat) if state is None else state)
        return z.view(x.shape), state

    return run


def _once(params: object) -> object:
    """Constants, each of those that is the same for all neurons with one entry."""
    same = {
        name: x[:1]
        for name, x in vars(params).items()
        if isinstance(x, Tensor) and x.ndim == 1 and len(x) and bool((x == x[0]).all())
    }
    return replace(params, **same) if same else params


def _events(layer: nn.Linear) -> Callable:
    turned, first = layer.weight.t().contiguous(), torch.zeros(1, dtype=torch.long)

    def run(z: Tensor, state: None) -> tuple:
        if z.shape[:-1].numel() != 1 or z.device.type != "cpu":
            return layer(z), None
        fired = z.reshape(-1).nonzero()[:, 0]
        if DENSE * len(fired) > len(turned):
            return linear(z, layer.weight, layer.bias), None
        y = embedding_bag(fired, turned, first, mode="sum")
        y = y if layer.bias is None else y + layer.bias
        return y.view(*z.shape[:-1], -1), None

    return run
