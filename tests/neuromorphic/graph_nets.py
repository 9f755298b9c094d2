"""Small networks of every kind that NIR can say: how each is made, how large its inputs are, and
their shape."""

import torch
from torch import nn

from neurolab.spiking import (
    LIF,
    NEURONS,
    Chain,
    CurrentLIFParams,
    Delays,
    LIFParams,
    Neurons,
    Recurrent,
    RefractoryLIFParams,
    Synapses,
)
from neurolab.spiking.family import CONVENTIONS

TAUS = torch.linspace(3, 30, 8)


def cells(kind: str = "lif", params: object | None = None) -> Neurons:
    return Neurons(NEURONS[kind], params)


def hard() -> Neurons:
    return Neurons(CONVENTIONS["brian2"], RefractoryLIFParams(7.0, 0.0))


def positive(*layers: nn.Module) -> Chain:
    """With weights that excite."""
    net = Chain(*layers)
    for weight in (p for n, p in net.named_parameters() if n.endswith("weight")):
        weight.data = 10 * weight.data.abs() - 0.2
    return net


FLAT, VECTOR = (1, 8, 8), (6,)
NETS = {
    "layers": (lambda: Chain(LIF(6, 8, LIFParams(7.3)), LIF(8, 5)), 20.0, VECTOR),
    "own times": (lambda: Chain(nn.Linear(6, 8), cells("lif", LIFParams(TAUS))), 15.0, VECTOR),
    "reset to 0": (lambda: Chain(nn.Linear(6, 8), hard(), nn.Linear(8, 5), hard()), 15.0, VECTOR),
    "current": (
        lambda: Chain(nn.Linear(6, 8), cells("current_lif", CurrentLIFParams(TAUS, 4.0))),
        4.0,
        VECTOR,
    ),
    "recurrent": (lambda: Recurrent(6, 8), 15.0, VECTOR),
    "recurrent current": (lambda: Recurrent(6, 8, cells("current_lif")), 4.0, VECTOR),
    "two loops": (
        lambda: Chain(Recurrent(6, 8), nn.Linear(8, 8), Recurrent(8, 5)),
        15.0,
        VECTOR,
    ),
    "delay an input": (
        lambda: Chain(Delays(6, 8, 4, torch.arange(6) / 1.5), cells()),
        15.0,
        VECTOR,
    ),
    "delay a synapse": (lambda: Chain(Delays(6, 8, 4), cells()), 15.0, VECTOR),
    "synapses": (lambda: Chain(Synapses(6, 8), cells()), 8.0, VECTOR),
    "maps": (
        lambda: positive(
            *(nn.Conv2d(1, 4, 3), cells(), nn.AvgPool2d(2), nn.Flatten()),
            *(nn.Linear(36, 5), cells()),
        ),
        3.0,
        FLAT,
    ),
    "rows": (
        lambda: positive(
            nn.Conv1d(2, 4, 3, 2, 1), cells(), nn.Flatten(), nn.Linear(20, 5), cells()
        ),
        6.0,
        (2, 9),
    ),
}


def louder(net: nn.Module) -> nn.Module:
    """Weights behind spikes, so that the last layer fires, too."""
    weights = [p for n, p in net.named_parameters() if n.endswith("weight")]
    for weight in weights[1:]:
        weight.data *= 1 if weights[0].ndim > 2 else 12
    return net
