"""What lies between spikes: every way from one neuron of a graph to another, as numbers.

    x_j(t + k) += w_ij(k)     for a spike of i at t

    symbol    meaning                                                      shape
    w         what a spike is worth at its target, k steps later           (K + 1, I, N)

Weights, means over pixels and delays are linear, so a spike put in at one end and what comes out
at the other say all about them; what comes out for silence is the bias.

What follows, and is tested: by these numbers alone a network has the spikes it has layer by layer.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from neurolab.spiking.chain import knows_time, run_layer

from .graph_net import GraphNet, in_doubles
from .layers import Leaky, Wait
from .nir import Unsupported


class Way(NamedTuple):
    """From spikes, or the input, to neurons."""

    origin: str
    nodes: list[str]  # between the two ends
    target: str
    looped: bool  # whether an edge that closes a loop is on it


class Heard(NamedTuple):
    """What a way does."""

    w: Tensor  # (K + 1, I, N)
    bias: Tensor  # (N,)
    filters: list[Leaky]  # on the way, left out of w


def ways(net: GraphNet, target: str) -> list[Way]:
    """All ways to a node from the spikes before it."""
    arrows, found, open_ways = [*net.edges, *net.back], [], [([target], False)]
    while open_ways:
        way, looped = open_ways.pop()
        for a, b in arrows:
            if b != way[0]:
                continue
            closes = looped or (a, b) in net.back
            if a in (net.source, *net.spiking):
                found.append(Way(a, way[:-1], target, closes))
            elif a in way[:-1]:
                raise Unsupported(f"graph: a loop without neurons, at {a}, has no place here")
            else:
                open_ways.append(([a, *way], closes))
    return found


def size_before(net: GraphNet, way: Way, inputs: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what enters a way."""
    return inputs if way.origin == net.source else net.shapes[way.origin]


def through(layers: list[nn.Module], x: Tensor) -> Tensor:
    """x (T, B, ...) behind all these layers."""
    with torch.no_grad():
        for layer in layers:
            x, _ = run_layer(in_doubles(layer), x)
    return x


def heard(net: GraphNet, way: Way, inputs: tuple[int, ...]) -> Heard:
    """The numbers of a way, for inputs of this shape.

    Raises:
        Unsupported: it holds something that is not linear.
    """
    layers, filters = split(net, way)
    steps = 1 + sum(layer.longest for layer in layers if isinstance(layer, Wait))
    shape = size_before(net, way, inputs)
    size = int(np.prod(shape))
    silent = through(layers, torch.zeros(steps, 1, *shape, dtype=torch.float64))[-1]
    impulse = torch.zeros(steps, size, *shape, dtype=torch.float64)
    impulse[0] = torch.eye(size, dtype=torch.float64).view(size, *shape)
    w = (through(layers, impulse) - silent).flatten(2)
    return Heard(w, silent.flatten(), filters)


def split(net: GraphNet, way: Way) -> tuple[list[nn.Module], list[Leaky]]:
    """The linear layers of a way, and its synaptic filters."""
    layers = [net.of[node] for node in way.nodes]
    filters = [layer for layer in layers if isinstance(layer, Leaky)]
    layers = [layer for layer in layers if not isinstance(layer, Leaky)]
    for layer in layers:
        if knows_time(layer) and not isinstance(layer, Wait):
            raise Unsupported(f"graph: {type(layer).__name__} has no place between spikes here")
    return layers, filters


def synapses(net: GraphNet, inputs: tuple[int, ...]) -> dict[str, Tensor]:
    """How many synapses a spike of each neuron reaches, {name of what fires: (I,)}."""
    found: dict[str, Tensor] = {}
    for name in net.spiking:
        for way in ways(net, name):
            reached = (heard(net, way, inputs).w != 0).sum((0, 2)).double()
            found[way.origin] = found.get(way.origin, 0.0) + reached
    return found
