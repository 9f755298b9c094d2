"""Two ways to compute: a dense network and a spiking one learn the same digits, and are counted.

Both have one hidden layer of ``units`` and learn by one trainer, ``two_nets.Fit``. The dense one
takes all pixels at once. To the spiking one a pixel is a single spike, the sooner the darker; its
answer is the class whose leaky potential is largest on average over the time it listens.

    images     mnist                         digits
    learn      50,000, "fit"                 the first 1,000
    held out   10,000, "held-out"            the next 347
    test       10,000, at the end, once      the last 450

Metrics: ``accuracy_mlp`` and ``accuracy_spiking`` on the test images, ``held_out_mlp`` and
``held_out_spiking`` (each is 0 until measured). For one test image, on average: ``macs_mlp``,
``macs_mlp_not_zero`` (those whose input is not 0), ``synops_spiking`` (accumulates),
``neuron_updates`` and ``spikes_hidden``. Estimates of ``neuromorphic.energy`` at float32, in nJ:
``energy_mlp`` and ``energy_spiking`` by arithmetic alone, ``energy_mlp_sram`` and
``energy_spiking_sram`` with a memory of 8 KB.

The settings of "full" were chosen with seed 10 on the images held out. Of each network 12 settings
were tried, for 4 to 15 epochs: of the dense one its rate; of the spiking one its rate, its time
constant, its first weights, its surrogate and whether images are moved.

Reference: energies of single operations: Horowitz (2014), doi:10.1109/ISSCC.2014.6757323
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab.neuromorphic import Operations, SynOpCounter, costs_of, energy_step

from .contract import Progress, Refused, within
from .two_nets import SETS, Dense, Fit, Spiking, images

WAYS = ("mlp", "spiking")
COUNTED = ("macs_mlp", "macs_mlp_not_zero", "synops_spiking", "neuron_updates", "spikes_hidden")
ENERGIES = tuple(f"energy_{way}{memory}" for way in WAYS for memory in ("", "_sram"))


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or digits, which come with scikit-learn
    units: int = 256  # hidden units of each network
    epochs: int = 15  # of each network
    batch: int = 128  # images a step
    shift: int = 1  # pixels, by which a batch is moved at most in each direction
    mlp_rate: float = 0.005  # first rate of Adam, dense network
    spiking_rate: float = 0.02  # the same, spiking network
    steps: int = 12  # of time
    dt: float = 1.0  # ms
    window: float = 10.0  # ms in which the pixels fire
    threshold: float = 0.2  # pixels at or below it are silent
    tau: float = 10.0  # ms, membranes
    gain: float = 2.0  # of the first weights of the spiking network
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        within(self, units=(1, 10**5), epochs=(2, 10**4), batch=(1, 10**4), shift=(0, 10))
        within(self, mlp_rate=(1e-6, 1), spiking_rate=(1e-6, 1), steps=(1, 10**4))
        within(self, dt=(0.01, 100), window=(0.1, 10**4), threshold=(0, 0.99), tau=(0.1, 10**4))
        within(self, gain=(0.01, 100), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"data": "digits", "units": 64, "epochs": 10, "batch": 25, "shift": 0},
        **{"gain": 1.0, "spiking_rate": 0.02},
    ),
    "full": Config(),
}


def scores(net: nn.Module, x: Tensor) -> Tensor:
    """(B, C), for the spiking network the mean potentials."""
    answer = net(x)
    return answer.mean(0) if answer.ndim == 3 else answer


def fits(config: Config, side: int) -> dict[str, Fit]:
    """Both networks and what trains them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        dense = Dense(side * side, config.units)
        time = (config.steps, config.dt, config.window, config.threshold, config.tau)
        spiking = Spiking(side * side, config.units, *time, config.gain)

    def loss(answer: Tensor, y: Tensor) -> Tensor:
        return cross_entropy(answer.mean(0) if answer.ndim == 3 else answer, y)

    plan = (config.batch, config.epochs, config.shift, config.seed)
    rates = (config.mlp_rate, config.spiking_rate)
    pairs = zip((dense, spiking), rates, strict=True)
    return {way: Fit(net, loss, rate, *plan) for way, (net, rate) in zip(WAYS, pairs, strict=True)}


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    right = 0
    for some, labels in zip(x.flatten(1).split(1000), y.split(1000), strict=True):
        right += int((scores(net, some).argmax(-1) == labels).sum())
    return right / len(y)


@torch.no_grad()
def measured(way: str, fit: Fit, config: Config) -> dict[str, float]:
    """Accuracies, and operations and energies for one test image."""
    x, y = images(config.data, 2)
    found = {f"held_out_{way}": accuracy(fit.net, *images(config.data, 1))}
    with SynOpCounter(fit.net, spikes_into=("out",) if way == "spiking" else ()) as counter:
        found[f"accuracy_{way}"] = accuracy(fit.net, x, y)
    done = Operations(*(n / len(x) for n in counter.total))
    if way == "mlp":
        found["macs_mlp"] = done.macs
        found["macs_mlp_not_zero"] = done.macs - counter.zeros / len(x)
    else:
        found["synops_spiking"], found["neuron_updates"] = done.acs, done.updates
        found["spikes_hidden"] = counter.spikes["out"] / len(x)
    for name, memory in (("", "none"), ("_sram", "SRAM")):
        found[f"energy_{way}{name}"] = energy_step(done, costs_of("float32", memory)) / 1000
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    x, y = images(config.data, 0)
    both = fits(config, x.shape[-1])
    names = [f"{what}_{way}" for way in WAYS for what in ("accuracy", "held_out")]
    metrics = dict.fromkeys((*names, *COUNTED, *ENERGIES), 0.0)
    if state is not None:
        metrics |= state["metrics"]
        for way, fit in both.items():
            fit.restore(way, state)
    total = len(WAYS) * config.epochs
    while (done := sum(fit.done for fit in both.values())) < total:
        way = WAYS[done // config.epochs]
        both[way].epoch(x, y)
        if both[way].done == config.epochs:
            metrics |= measured(way, both[way], config)
        kept = {"metrics": dict(metrics)}
        for name, fit in both.items():
            kept |= fit.state(name)
        yield Progress(done + 1, total, dict(metrics), kept)
