"""Small networks of earlier chapters, trained here in seconds, for ``neurolab export | compare``.

    model     chapter   what it is                                            inputs
    digits    spikes    64 LIF neurons, a leaky read-out; a pixel is one      spikes
                        spike, the darker the sooner
    sweeps    e-prop    48 recurrent LIF neurons, a leaky read-out, learned   spikes
                        through time; rising and falling sounds through a
                        cochlea
    rates     spikes    48 rectified units, converted into integrate-and-     currents
                        fire neurons (``neuromorphic.convert``)

Data are scikit-learn's digits and sounds made here; examples to be shown are of their test sets.
The same seed makes the same network.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab.neuromorphic import convert
from neurolab.spiking import Chain, ExponentialParams, Synapses

from . import spoken_digits
from .two_nets import Dense, Fit, Spiking, images


class Model(NamedTuple):
    net: nn.Module  # what ``neuromorphic.to_nir`` takes
    x: Tensor  # (T, B, I) of the test set
    y: Tensor  # (B,)


def digits(seed: int, count: int) -> Model:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Spiking(64, 64, 12, 1.0, 10.0, 0.2, 10.0, 1.0)
    _fit(net, 0.02, 10, seed)
    x, y = images("digits", 2)
    spikes, _ = net.spikes(x[:count].flatten(1))
    return Model(Chain(net.hidden, _filter(net.out.weight, net.tau, net.dt)), spikes, y[:count])


def rates(seed: int, count: int) -> Model:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Dense(64, 48)
    _fit(net, 0.005, 10, seed)
    x, _ = images("digits", 0)
    parts = nn.Sequential(net.first, nn.ReLU(), net.second)
    made, _ = convert(parts, x.flatten(1))
    x, y = images("digits", 2)
    return Model(made, x[:count].flatten(1).expand(50, -1, -1), y[:count])


def sweeps(seed: int, count: int) -> Model:
    config = spoken_digits.Config(
        **{"data": "sweeps", "units": 48, "channels": 8, "longest": 20, "beta": 0.0},
        **{"shift": 0, "epochs": 8, "batch": 40, "learning": 0.01, "seed": seed},
    )
    (learned,), (test,) = spoken_digits.split(config, 0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = spoken_digits.network(config)
    chance, adam = torch.Generator().manual_seed(seed), torch.optim.Adam(net.parameters(), 0.01)
    for _ in range(config.epochs):
        spoken_digits.epoch(net, adam, learned, config, chance)
    dt = net.layer.neurons.dt
    filters = _filter(torch.eye(config.units), net.tau_out, dt)
    with torch.random.fork_rng(devices=[]):
        read = nn.Linear(config.units, 10)
    read.weight.data, read.bias.data = net.output.data, net.bias.data
    chosen = torch.randperm(len(test.y), generator=chance)[:count]
    return Model(Chain(net.layer, filters, read), test.of(chosen)[0], test.y[chosen])


MODELS: dict[str, Callable[[int, int], Model]] = {
    "digits": digits,
    "sweeps": sweeps,
    "rates": rates,
}


def _filter(weight: Tensor, tau: float, dt: float) -> Synapses:
    """A leaky sum of what these weights (to, from) carry."""
    with torch.random.fork_rng(devices=[]):
        made = Synapses(weight.shape[1], weight.shape[0], params=ExponentialParams(tau), dt=dt)
    made.weight.data = weight.detach().clone()
    return made


def _fit(net: nn.Module, rate: float, epochs: int, seed: int) -> None:
    def loss(answer: Tensor, y: Tensor) -> Tensor:
        return cross_entropy(answer.mean(0) if answer.ndim == 3 else answer, y)

    fit = Fit(net, loss, rate, 25, epochs, 0, seed)
    for _ in range(epochs):
        fit.epoch(*images("digits", 0))
