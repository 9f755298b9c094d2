"""A recurrent spiking network learns to draw sums of sines: e-prop beside BPTT.

A network of adaptive neurons (half of them plain, beta 0) gets the same frozen Poisson spikes in
each trial, and its read-out is to follow three sums of sines. Three copies start alike and see the
same: one learns by e-prop, one by backpropagation through time, one in its read-out only. Each has
its own Adam with the same rate. A run ends with a trial of each network without learning.

Metrics: ``nmse_eprop``, ``nmse_bptt``, ``nmse_readout`` (sum of squared errors over the variance of
the targets; 1 is drawing their mean), ``rate_eprop``, ``rate_bptt``, ``rate_readout`` (spikes of a
neuron in a second), ``cosine`` (between e-prop's gradient of input and recurrent weights and
BPTT's, at the weights that e-prop has reached).
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core import Triangular
from neurolab.eprop import FEEDBACKS, EProp, RateParams
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent
from neurolab.tasks import poisson_trains, sums_of_sines

from .contract import Progress, Refused, within
from .eprop_beside import rate_cost, restore, saved

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("eprop", "bptt", "readout")


@dataclass(frozen=True)
class Config:
    feedback: str = "symmetric"  # of e-prop: symmetric, random or adaptive
    units: int = 100  # neurons
    inputs: int = 100  # input neurons
    outputs: int = 3  # sums of sines
    steps: int = 1000  # ms, of a trial
    trials: int = 200  # of learning
    input_rate: float = 50.0  # Hz
    tau: float = 20.0  # ms, membrane
    tau_a: float = 200.0  # ms, adaptation
    beta: float = 0.1  # threshold distances, of half of the neurons
    tau_out: float = 20.0  # ms, read-out
    learning: float = 0.01  # rate of Adam
    rate: float = 20.0  # Hz, that firing is pulled to
    cost: float = 1e-4  # of firing rates beside it
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.feedback not in FEEDBACKS:
            raise Refused(f"feedback must be one of {list(FEEDBACKS)}, got {self.feedback!r}")
        within(self, units=(2, 5000), inputs=(1, 5000), outputs=(1, 100), steps=(10, 10**5))
        within(self, trials=(PARTS, 10**6), input_rate=(0.1, 1000), tau=(0.1, 1e4))
        within(self, tau_a=(0.1, 1e5), beta=(0, 100), tau_out=(0.1, 1e4), learning=(0, 1))
        within(self, rate=(0, 1000), cost=(0, 1e3), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(units=30, inputs=30, steps=100, trials=20, learning=0.02),
    "full": Config(),
}


def task(config: Config) -> tuple[Tensor, Tensor]:
    """Input spikes (T, 1, I) and targets (T, 1, K)."""
    rates = torch.full((config.inputs,), config.input_rate)
    x = poisson_trains(rates, config.steps, seed=config.seed)
    y = sums_of_sines(config.steps, config.outputs, seed=config.seed + 2**31)
    return x[:, None], y[:, None]


def network(config: Config) -> EProp:
    beta = torch.zeros(config.units)
    beta[: config.units // 2] = config.beta
    params = ALIFParams(config.tau, config.tau_a, beta)
    neurons = Neurons(NEURONS["alif"], params, surrogate=Triangular())
    layer = Recurrent(config.inputs, config.units, neurons)
    rates = RateParams(config.rate, config.cost)
    net = EProp(
        layer, config.outputs, feedback=config.feedback, tau_out=config.tau_out, rates=rates
    )
    with torch.no_grad():  # an input spike moves v by 1 / tau of its weight
        layer.weight.mul_(config.tau * (50 / config.input_rate) ** 0.5)
        layer.raw.mul_(config.tau / 2)
        net.output.mul_(0.1)
    return net


def through_time(net: EProp, x: Tensor, y: Tensor) -> None:
    """The gradient by backpropagation through time, of the loss of ``EProp.learn``."""
    drawn, z = net(x)
    loss = (drawn - y).square().sum() / 2 + rate_cost(z, net.rates, net.layer.neurons.dt)
    loss.backward()


def learn(way: str, net: EProp, x: Tensor, y: Tensor) -> None:
    """Put one trial's gradient where the optimizer looks for it."""
    net.zero_grad()
    if way == "eprop":
        net.learn(x, y, last=False)
    else:
        through_time(net, x, y)


def optimizer(way: str, net: EProp, rate: float) -> torch.optim.Adam:
    if way == "readout":
        net.layer.requires_grad_(False)
    return torch.optim.Adam([p for p in net.parameters() if p.requires_grad], rate)


@torch.no_grad()
def nmse(drawn: Tensor, y: Tensor) -> float:
    return float((drawn - y).square().sum() / (y - y.mean(0)).square().sum())


def cosine(net: EProp, x: Tensor, y: Tensor) -> float:
    """Between the two gradients of input and recurrent weights."""
    found = []
    for way in ("eprop", "bptt"):
        learn(way, net, x, y)
        found.append(torch.cat([p.grad.flatten() for p in (net.layer.weight, net.layer.raw)]))
    net.zero_grad()
    return float(torch.nn.functional.cosine_similarity(*found, dim=0))


def measured(nets: dict[str, EProp], x: Tensor, y: Tensor) -> dict[str, float]:
    """The metrics, without learning."""
    found = {}
    with torch.no_grad():
        for way, net in nets.items():
            drawn, z = net(x)
            found[f"nmse_{way}"] = nmse(drawn, y)
            found[f"rate_{way}"] = float(z.mean()) * 1000 / net.layer.neurons.dt
    return found | {"cosine": cosine(nets["eprop"], x, y)}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    x, y = task(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        first = network(config)
    nets = {way: deepcopy(first) for way in WAYS}
    optimizers = {way: optimizer(way, net, config.learning) for way, net in nets.items()}
    done = 0 if state is None else state["done"]
    for way in WAYS if state is not None else ():
        restore(way, nets[way], optimizers[way], state)
    while done < PARTS:
        for _ in range(config.trials * done // PARTS, config.trials * (done + 1) // PARTS):
            for way, net in nets.items():
                learn(way, net, x, y)
                optimizers[way].step()
        done += 1
        kept = {"done": done}
        for way in WAYS:
            kept |= saved(way, nets[way], optimizers[way])
        yield Progress(done, PARTS, measured(nets, x, y), kept)
