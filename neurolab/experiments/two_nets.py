"""One trainer for a dense network of ReLUs and for networks of spiking neurons.

    dense      y = V max(0, W x + b) + c
    spiking    a pixel x fires once, at (1 - x) times ``window`` ms; a neuron of the hidden layer is
               a LIF neuron behind W; u_k is the leaky sum of V_kn over the hidden spikes

    symbol   meaning                                       shape        unit
    x        picture, 0 paper to 1 ink                     (B, I)       -
    s        spikes of the pixels, 0 or 1                  (T, B, I)    -
    z        spikes of the hidden neurons, 0 or 1          (T, B, N)    -
    u        potential of the output neurons, no reset     (T, B, C)    threshold distances

Pixels at or below ``threshold`` stay silent. The trainer is the same for all: Adam, a rate that
falls linearly to zero, new orders in every epoch, each batch shifted by up to ``shift`` pixels in
each direction. It stops after any epoch and goes on to the same numbers.

References: latencies: ``coding.latency``; learning through a stand-in for the derivative of a
spike: Neftci et al. (2019), doi:10.1109/MSP.2019.2931595; Adam: Kingma & Ba (2015),
arXiv:1412.6980
"""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from neurolab import tasks
from neurolab.coding.latency import LinearLatencyParams, linear_latency
from neurolab.core import Triangular, exponential_trace
from neurolab.spiking import LIF, LIFParams

SETS = {"digits": (("train", 0, 1000), ("train", 1000, 1347), ("test", 0, 450))}
SETS["mnist"] = (("fit", 0, 50_000), ("held-out", 0, 10_000), ("test", 0, 10_000))
CLASSES = 10


def images(name: str, part: int) -> tuple[Tensor, Tensor]:
    """x (B, H, W) from 0 to 1 and labels (B,) of part 0 (to learn), 1 (held out) or 2 (test)."""
    split, first, last = SETS[name][part]
    x, y = tasks.load(name, split=split)
    return x[first:last], y[first:last]


class Dense(nn.Module):
    """Pictures (B, I) to scores (B, C)."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.first = nn.Linear(inputs, units)
        self.second = nn.Linear(units, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(torch.relu(self.first(x)))


class Spiking(nn.Module):
    """Pictures (B, I) to the potentials u (T, B, C) of the output neurons.

    Args:
        steps, dt: how long it listens.
        window: ms over which the pixels fire.
        threshold: pixels at or below it are silent.
        tau: membrane time constant in ms, of both layers.
        gain: size of the first weights, of which about ``1 / sqrt(I)`` is that of LIF.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        steps: int,
        dt: float,
        window: float,
        threshold: float,
        tau: float,
        gain: float,
    ):
        super().__init__()
        self.steps, self.dt, self.tau = steps, dt, tau
        self.code = LinearLatencyParams(last=window, threshold=threshold)
        self.hidden = LIF(inputs, units, LIFParams(tau), dt, surrogate=Triangular(1.0))
        self.out = nn.Linear(units, CLASSES, bias=False)
        with torch.no_grad():  # an input spike moves v by 1 - exp(-dt / tau) of its weight
            self.hidden.weight.mul_(gain / (1 - math.exp(-dt / tau)))

    def spikes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Those of the pixels (T, B, I) and of the hidden neurons (T, B, N)."""
        s = linear_latency(x, self.steps, self.code, self.dt)
        return s, self.hidden(s)[0]

    def potentials(self, z: Tensor) -> Tensor:
        return exponential_trace(self.out(z), self.tau, self.dt)

    def forward(self, x: Tensor) -> Tensor:
        return self.potentials(self.spikes(x)[1])


class Fit:
    """A network in training; ``state`` after any epoch is where ``restore`` goes on.

    Args:
        net: what learns, pictures (B, I) in.
        loss: of what the network answers and the labels (B,).
        rate: of the first step of Adam.
    """

    def __init__(
        self,
        net: nn.Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        rate: float,
        batch: int,
        epochs: int,
        shift: int,
        seed: int,
    ):
        self.net, self.loss, self.rate, self.batch = net, loss, rate, batch
        self.epochs, self.shift, self.done = epochs, shift, 0
        self.adam = torch.optim.Adam(net.parameters(), rate)
        self.chance = torch.Generator().manual_seed(seed)

    def batches(self, x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Pictures (B, I), shifted, and labels, in a new order."""
        for rows in torch.randperm(len(x), generator=self.chance).split(self.batch):
            by = torch.randint(-self.shift, self.shift + 1, (2,), generator=self.chance).tolist()
            yield x[rows].roll(by, (1, 2)).flatten(1), y[rows]

    def epoch(self, x: Tensor, y: Tensor) -> None:
        """Learn from all pictures x (B, H, W) once."""
        count = math.ceil(len(x) / self.batch)
        for k, (some, labels) in enumerate(self.batches(x, y)):
            left = 1 - (self.done + k / count) / self.epochs
            self.adam.param_groups[0]["lr"] = self.rate * left
            self.net.zero_grad()
            self.loss(self.net(some), labels).backward()
            self.adam.step()
        self.done += 1

    def state(self, name: str) -> dict:
        """Weights, what Adam remembers, and the chance, by names that begin with ``name``."""
        kept = {f"{name}.done": self.done, f"{name}.chance": self.chance.get_state()}
        for field, p in self.net.named_parameters():
            kept[f"{name}.{field}"] = p.detach().clone()
            for what, value in self.adam.state.get(p, {}).items():
                kept[f"{name}.{field}.{what}"] = value.clone()
        return kept

    @torch.no_grad()
    def restore(self, name: str, state: dict) -> None:
        self.done = state[f"{name}.done"]
        self.chance.set_state(state[f"{name}.chance"])
        for field, p in self.net.named_parameters():
            p.copy_(state[f"{name}.{field}"])
            if f"{name}.{field}.step" in state:
                known = ("step", "exp_avg", "exp_avg_sq")
                self.adam.state[p] = {k: state[f"{name}.{field}.{k}"].clone() for k in known}
