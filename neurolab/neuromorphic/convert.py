"""From a trained network of rectified units to one of spikes, without learning again.

    unit of layer l      a_l = max(0, W_l a_{l-1} + b_l)
    neuron               v <- v + W'_l z_{l-1} + b'_l;  a spike at v > 1, v <- v - 1
    W'_l = W_l lambda_{l-1} / lambda_l,    b'_l = b_l / lambda_l

    symbol    meaning                                                       shape
    a         activity of a unit                                            (B, N)
    z         spikes                                                        (T, B, N)
    lambda    activity that a spike in every step stands for: a             ()
              ``percentile`` of what units of the layer do on pictures
              they know ("threshold balancing"); lambda_0 = 1
    T         steps for which an input is shown                             -

Over T steps a neuron fires T a / lambda times, cut to 0 .. T and rounded, since what is left in v
stays there (a reset by subtraction). So rates come within 1 / T of the activities where none is
above lambda; a large percentile cuts few and makes all rates lower, a small one cuts many.

The input acts as a current, the same in every step; the read-out adds up the spikes with its
weights and biases, and its mean over the steps is the network's answer.

What follows, and is tested: with constant input a rate is within 1 / T of a / lambda; the answer
comes as near to the network's as one likes as T grows.

References: Diehl et al. (2015), doi:10.1109/IJCNN.2015.7280696 (largest activity); Rueckauer et al.
(2017), doi:10.3389/fnins.2017.00682 (percentile, subtraction, biases)
"""

import copy

import torch
from torch import Tensor, nn

from neurolab.spiking import Chain, Neurons

from .cells import CELL, CellParams
from .nir import Unsupported

WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d)
PASSING = (nn.Flatten, nn.AvgPool2d)


@torch.no_grad()
def convert(
    net: nn.Sequential, x: Tensor, percentile: float = 99.9, dt: float = 1.0
) -> tuple[Chain, list[float]]:
    """The spiking network, and lambda of each hidden layer.

    Args:
        net: nn.Linear, nn.Conv1d, nn.Conv2d, nn.AvgPool2d, nn.Flatten, nn.Dropout and nn.ReLU, a
            layer of weights last.
        x: inputs (M, ...) on which activities are measured, of the training set.
        percentile: of the activities above 0, 0 to 100.
        dt: a step of the spiking network in ms.

    Returns:
        a Chain of inputs (T, B, ...), constant in time, to its read-out (T, B, C).
    """
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile: a number above 0, to 100, is needed, got {percentile!r}")
    layers, scales, before = [], [], 1.0
    parts = [part for part in net if not isinstance(part, nn.Dropout)]
    tops = iter(activities(nn.Sequential(*parts), x, percentile))
    for k, part in enumerate(parts):
        behind = parts[k + 1] if k + 1 < len(parts) else None
        if isinstance(part, nn.ReLU):
            layers.append(Neurons(CELL, CellParams(decay=1.0, gain=1.0), dt))
        elif isinstance(part, PASSING):
            layers.append(copy.deepcopy(part))
        elif isinstance(part, WEIGHTS):
            layer, after = copy.deepcopy(part), 1.0
            if isinstance(behind, nn.ReLU):
                after = next(tops)
                scales.append(after)
            elif behind is not None and not isinstance(behind, WEIGHTS):
                given = type(behind).__name__
                raise Unsupported(f"net: nn.ReLU behind weights is needed, got {given}")
            layer.weight.mul_(before / after)
            if layer.bias is not None:
                layer.bias.div_(after)
            layers.append(layer)
            before = after
        else:
            raise Unsupported(f"net: a layer of weights or nn.ReLU, got {type(part).__name__}")
    return Chain(*layers), scales


@torch.no_grad()
def activities(net: nn.Sequential, x: Tensor, percentile: float = 99.9) -> list[float]:
    """lambda of each rectified layer."""
    found, parts = [], list(net)
    for k, part in enumerate(parts):
        if isinstance(part, nn.ReLU):
            active = _activity(parts[: k + 1], x)
            found.append(float(torch.quantile(active, percentile / 100)) if len(active) else 1.0)
    return found


def _activity(parts: list[nn.Module], x: Tensor) -> Tensor:
    """Activities above 0 behind these layers, at most a million of them."""
    found = []
    for some in x.split(500):
        for part in parts:
            some = part(some)
        found.append(some[some > 0].flatten())
    active = torch.cat(found)
    return active[:: 1 + len(active) // 1_000_000]


def shown(x: Tensor, steps: int) -> Tensor:
    """Inputs (B, ...) as a current for T steps, (T, B, ...)."""
    return x.expand(steps, *x.shape)
