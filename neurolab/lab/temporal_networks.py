"""The networks of lab temporal: XOR of spike times, small digits, and another unit of time.

    XOR       two inputs at 0 or 2, times in units of tau_s; output 1 is to fire first where they
              differ; 16 hidden neurons, no pulses, Adam
    digits    64 pixels, each fires once at 1 - ink, white ones never; time in units of this window;
              60 hidden neurons, 10 outputs, 10 pulses a layer
    push      on the weights of a neuron that does not fire (``TemporalParams.penalty``)

    symbol    meaning                                    shape
    t_in      when the inputs fire, inf: never           (B, I)
    y         labels                                     (B,)
    t         when the outputs fire                      (B, C)

Digits: of the 1,797 that come with scikit-learn the first 1,000 are learned, the next 347 held out,
the last 450 kept for the challenge.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from neurolab import tasks
from neurolab.spiking.temporal import TemporalParams
from neurolab.spiking.temporal_network import TemporalNetwork, first_spike

LATE = 100.0  # stands for never in a loss
PARTS = {"learn": ("train", 0, 1000), "held out": ("train", 1000, 1347), "test": ("test", 0, 450)}
XOR_IN, XOR_OUT = torch.tensor([[0.0, 0], [0, 2], [2, 0], [2, 2]]), torch.tensor([0, 1, 1, 0])


def stepped(net: TemporalNetwork, adam: Any, loss: Callable, t_in: Tensor, y: Tensor) -> None:
    """One step of learning; outputs that never fire stand at ``LATE`` in the loss."""
    adam.zero_grad()
    loss(net(t_in).clamp(max=LATE), y).backward()
    adam.step()


def xor_network(mean: float = 2.0, push: float = 1.0, seed: int = 0) -> TemporalNetwork:
    """Before learning; ``mean`` lifts the first weights, in their standard deviations."""
    params = TemporalParams(decay=1.0, threshold=0.5, penalty=push, limit=10.0)
    chance = torch.Generator().manual_seed(seed)
    return TemporalNetwork((2, 16, 2), pulses=0, mean=mean, params=params, generator=chance)


def learn_xor(net: TemporalNetwork, loss: Callable, steps: int = 200) -> TemporalNetwork:
    """It stops at once where no weight has a gradient, since then none would ever move."""
    adam = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(steps):
        stepped(net, adam, loss, XOR_IN, XOR_OUT)
        if not any(layer.weight.grad.any() for layer in net.layers):
            break
    return net


def share_solved(loss: Callable, mean: float, push: float, seeds: int) -> float | None:
    """Of ``seeds`` networks that learn by ``loss``, how many give all four answers; None where the
    loss does not work, which the check tells."""
    try:
        nets = [learn_xor(xor_network(mean, push, seed), loss) for seed in range(seeds)]
    except Exception:
        return None
    right = [torch.equal(first_spike(net(XOR_IN)), XOR_OUT) for net in nets]
    return sum(right) / seeds


def gradient_gap(net: TemporalNetwork, loss: Callable) -> float:
    """Largest difference between the gradient of the loss by the weights and what moving each
    weight a little does to it, over the largest derivative. In double precision; push and limit,
    which are no part of the gradient, are off."""
    net, h = net.double(), 1e-6
    for layer in net.layers:
        layer.params = replace(layer.params, penalty=0.0, limit=math.inf)
    t_in = XOR_IN.double()
    weights = [layer.weight for layer in net.layers]
    found = torch.autograd.grad(loss(net(t_in), XOR_OUT), weights)
    gap = 0.0
    with torch.no_grad():
        for w, d in zip((w.view(-1) for w in weights), (d.view(-1) for d in found), strict=True):
            for k in range(len(w)):
                ends = []
                for way in (h, -h):
                    w[k] += way
                    ends.append(loss(net(t_in), XOR_OUT).item())
                    w[k] -= way
                gap = max(gap, abs((ends[0] - ends[1]) / (2 * h) - d[k].item()))
    return gap / max(d.abs().max().item() for d in found)


# Digits


@functools.cache
def digits(part: str = "learn") -> tuple[Tensor, Tensor]:
    """Spike times (B, 64) and labels (B,) of "learn", "held out" or "test"."""
    split, first, last = PARTS[part]
    x, y = tasks.load("digits", split=split)
    x = x[first:last].flatten(1)
    return torch.where(x > 0, 1 - x, math.inf), y[first:last]


def digit_network(seed: int = 0) -> TemporalNetwork:
    """Before learning."""
    chance = torch.Generator().manual_seed(seed)
    params = TemporalParams(penalty=1.0, limit=3.0)
    sizes, means = (64, 60, 10), {"mean": 1.0, "pulse_mean": 4.0}
    return TemporalNetwork(sizes, params=params, generator=chance, **means)


def learn_digits(loss: Callable, passes: int, seed: int = 0) -> TemporalNetwork:
    """A network after ``passes`` over the digits to learn from, 32 a step."""
    net, (t_in, y) = digit_network(seed), digits("learn")
    adam = torch.optim.Adam(net.parameters(), lr=0.005)
    chance = torch.Generator().manual_seed(seed)
    for _ in range(passes):
        for rows in torch.randperm(len(y), generator=chance).split(32):
            stepped(net, adam, loss, t_in[rows], y[rows])
    return net


@torch.no_grad()
def median_decision(net: TemporalNetwork, t_in: Tensor) -> float:
    """Median time of the first output."""
    return net(t_in).amin(1).median().item()


@torch.no_grad()
def right_by(t: Tensor, y: Tensor, deadline: float) -> float:
    """Fraction (B,) of right first spikes no later than ``deadline``."""
    return ((first_spike(t) == y) & (t.amin(1) <= deadline)).double().mean().item()


@torch.no_grad()
def stretched(net: TemporalNetwork, stretch: Callable, window: float) -> TemporalNetwork | None:
    """A copy with decay, weights and pulses as ``stretch`` says; None where it does not work."""
    sizes = [net.layers[0].weight.shape[1] - len(net.layers[0].pulses)]
    sizes += [len(layer.weight) for layer in net.layers]
    try:
        made = []
        for layer in net.layers:
            old = layer.params
            decay, w, pulses = stretch(old.decay, layer.weight, layer.pulses, window)
            params = TemporalParams(float(decay), old.threshold, old.penalty, old.limit)
            made.append((params, w + 0 * layer.weight, pulses + 0 * layer.pulses))
        new = TemporalNetwork(sizes, pulses=len(net.layers[0].pulses))
        for layer, (params, w, pulses) in zip(new.layers, made, strict=True):
            layer.params = params
            layer.weight.copy_(w)
            layer.pulses.copy_(pulses)
    except Exception:
        return None
    return new
