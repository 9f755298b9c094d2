"""A network with 2 % of its connections learns digits while DEEP R rewires it all the time.

    y = W3 max(0, W2 max(0, W1 x + b1) + b2) + b3

Of W1, W2 and W3 only the parts ``first``, ``second`` and ``third`` of the weights exist at any
time (``recurrent.deep_r``); the biases learn by plain gradient descent. The rate falls in a
straight line to a tenth in the last epoch.

Metrics: ``test_accuracy``; ``held_out`` and ``held_out_1of2``, at the end and half-way;
``connectivity``, of all weights; ``turnover_early`` and ``turnover_late``, the part of the
connections that is replaced in an iteration, mean over the first and over the last epoch;
``survived`` and ``survived_1of8`` .. ``survived_3of4``, the part of the first connections that has
existed all the time, after all epochs and after that part of them; ``plateau``, which part of those
that had survived three quarters is there at the end. All are 0 until measured.

What to expect: the survival of the first connections falls fast, then ever more slowly, as with
the spines of a cortex (``dendrites.turnover``), while the accuracy stays. Turnover itself need not
fall: most connections that are given up are young.

The settings of "full" are not tuned: sizes, parts and the first rate are those of the paper's
program; batches are larger and the pull ``l1`` is a guess, made before any run.

Where it differs from the paper: there batches of 10 images and 10 epochs.

Reference: Bellec, Kappel, Maass & Legenstein (2018), arXiv:1711.05136
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab.recurrent import DeepR, DeepRParams

from .contract import Progress, Refused, within
from .two_nets import CLASSES, SETS, images

PARTS = {"_1of8": 0.125, "_1of4": 0.25, "_1of2": 0.5, "_3of4": 0.75, "": 1.0}


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or digits, which come with scikit-learn
    units: int = 300  # of the first hidden layer
    units2: int = 100  # of the second
    first: float = 0.01  # part of the connections of the first layer that exist
    second: float = 0.03  # of the second
    third: float = 0.3  # of the third
    epochs: int = 16  # over the images to learn from
    batch: int = 32  # images an iteration
    rate: float = 0.5  # of gradient descent, in the first epoch
    l1: float = 1e-4  # pulls all weights to zero
    temperature: float = 0.0  # of the walk of the weights
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        within(self, units=(1, 10**4), units2=(1, 10**4), first=(1e-4, 1), second=(1e-4, 1))
        within(self, third=(1e-4, 1), epochs=(3, 10**4), batch=(1, 10**4), rate=(1e-6, 10))
        within(self, l1=(0, 1), temperature=(0, 1), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"data": "digits", "units": 60, "units2": 30, "first": 0.1, "second": 0.15},
        **{"epochs": 8, "batch": 10, "l1": 3e-4},
    ),
    "full": Config(),
}


class Net:
    """The network, its wiring, and what has happened to it."""

    def __init__(self, config: Config, inputs: int, state: dict | None):
        c = self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(c.seed)
            sizes = (inputs, c.units, c.units2, CLASSES)
            self.layers = [nn.Linear(i, n) for i, n in pairwise(sizes)]
        self.params = DeepRParams(c.rate, c.l1, c.temperature)
        parts = (c.first, c.second, c.third)
        self.wirings = [
            DeepR(w.weight, max(1, round(part * w.weight.numel())), self.params, seed=c.seed + k)
            for k, (w, part) in enumerate(zip(self.layers, parts, strict=True))
        ]
        self.chance = torch.Generator().manual_seed(c.seed)
        self.left = [d.active.clone() for d in self.wirings]  # of the first connections
        self.connections = sum(d.connections for d in self.wirings)
        self.curve = torch.zeros(0, 3, dtype=torch.float64)  # survived, turnover, held-out
        if state is not None:
            self.restore(state)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)

    def epoch(self, x: Tensor, y: Tensor, held_out: tuple[Tensor, Tensor]) -> None:
        moved, count = 0, math.ceil(len(x) / self.config.batch)
        done = len(self.curve)
        for k, rows in enumerate(
            torch.randperm(len(x), generator=self.chance).split(self.config.batch)
        ):
            gone = (done + k / count) / self.config.epochs
            moved += self.iteration(x[rows], y[rows], self.config.rate * (1 - 0.9 * gone))
        survived = sum(int(some.sum()) for some in self.left) / self.connections
        row = [survived, moved / count / self.connections, self.accuracy(*held_out)]
        self.curve = torch.cat([self.curve, torch.tensor([row], dtype=torch.float64)])

    def iteration(self, x: Tensor, y: Tensor, rate: float) -> int:
        """One step of weights, wiring and biases; how many connections moved."""
        for layer in self.layers:
            layer.zero_grad()
        cross_entropy(self.forward(x), y).backward()
        moved, params = 0, replace(self.params, rate=rate)
        for k, (layer, wiring) in enumerate(zip(self.layers, self.wirings, strict=True)):
            wiring.params = params
            moved += wiring.step()
            self.left[k] &= wiring.theta > 0  # 0 of one that was lost, and drawn again at once
            with torch.no_grad():
                layer.bias -= rate * layer.bias.grad
        return moved

    @torch.no_grad()
    def accuracy(self, x: Tensor, y: Tensor) -> float:
        return float((self.forward(x).argmax(1) == y).double().mean())

    def state(self) -> dict:
        kept = {"curve": self.curve.clone(), "chance": self.chance.get_state()}
        for k, (layer, wiring) in enumerate(zip(self.layers, self.wirings, strict=True)):
            kept |= {f"{k}.bias": layer.bias.detach().clone(), f"{k}.left": self.left[k].clone()}
            kept |= {f"{k}.{name}": value for name, value in wiring.state().items()}
        return kept

    @torch.no_grad()
    def restore(self, state: dict) -> None:
        self.curve = state["curve"].clone()
        self.chance.set_state(state["chance"])
        for k, (layer, wiring) in enumerate(zip(self.layers, self.wirings, strict=True)):
            layer.bias.copy_(state[f"{k}.bias"])
            self.left[k] = state[f"{k}.left"].clone()
            names = ("theta", "active", "signs", "chance")
            wiring.restore({name: state[f"{k}.{name}"] for name in names})


def measured(net: Net, test: tuple[Tensor, Tensor]) -> dict[str, float]:
    """From the curve so far; the test images are looked at after the last epoch alone."""
    epochs, (survived, turnover, held_out) = net.config.epochs, net.curve.T.tolist()
    whole = len(survived) == epochs
    at = {end: max(1, round(part * epochs)) - 1 for end, part in PARTS.items()}
    found = {f"survived{end}": survived[k] if k < len(survived) else 0.0 for end, k in at.items()}
    found["plateau"] = found["survived"] / found["survived_3of4"] if found["survived"] else 0.0
    found["turnover_early"] = turnover[0]
    found["turnover_late"] = turnover[-1] if whole else 0.0
    found["held_out_1of2"] = held_out[at["_1of2"]] if len(survived) > at["_1of2"] else 0.0
    found["held_out"] = held_out[-1] if whole else 0.0
    found["connectivity"] = net.connections / sum(w.weight.numel() for w in net.layers)
    found["test_accuracy"] = net.accuracy(*test) if whole else 0.0
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    (x, y), held_out, test = (_flat(*images(config.data, part)) for part in range(3))
    net = Net(config, x.shape[1], state)
    while len(net.curve) < config.epochs:
        net.epoch(x, y, held_out)
        yield Progress(len(net.curve), config.epochs, measured(net, test), net.state())


def _flat(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x.flatten(1), y
