"""Store and recall: thresholds that adapt keep a bit for a second, membranes alone do not.

A stream of bits is shown. A command says which to keep, another, a second or more later, asks for
it; other bits come between. Two networks of as many neurons see the same trials and learn them by
backpropagation through time: one has ``alif`` adaptive neurons among its ``units``, the other none.
Each has its own rate of learning. Firing rates are held near ``rate``.

Metrics: ``error_alif``, ``error_lif`` (fraction of wrong answers in ``tested`` fresh trials, the
same at each report, by the mean read-out while it is asked), ``error_alif_late``,
``error_lif_late`` (the same where the bit was kept for ``late`` symbols or longer), ``rate_alif``,
``rate_lif`` (spikes of a neuron in a second).

The settings of each network were chosen with seed 10 out of the same four, by the smaller error:
rates of learning 0.01 and 0.02 with triangles of height 0.1 and 0.3 for the derivative of a spike.
(beta, coupling, clip and cost were set before, with the adaptive network.) At height 0.3 gradients
of the network without adaptation grow beyond float32 on their way back through 2,400 steps and are
thrown away.

Where it differs from the authors' program: sizes, times, batch and iterations are theirs; here no
delays, no refractory time, and the rest of the settings is ours.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from neurolab.core import Triangular
from neurolab.recurrent import LSNN, LSNNParams
from neurolab.tasks import Recall, store_recall

from .by_bptt import Learner, in_parts
from .contract import Progress, Refused, within

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("alif", "lif")


@dataclass(frozen=True)
class Config:
    units: int = 20  # neurons of each network
    alif: int = 10  # of them adaptive, in the first network
    symbols: int = 12  # in a trial
    symbol: int = 200  # ms
    delay: float = 6.0  # symbols for which a bit is kept, on average
    late: int = 4  # symbols from which a recall counts as late
    population: int = 10  # input neurons of each of four populations
    input_rate: float = 50.0  # Hz, while a population is on
    tau: float = 20.0  # ms, membrane
    tau_a: float = 1200.0  # ms, adaptation
    beta: float = 1.0  # threshold distances
    coupling: float = 0.3  # factor on the first recurrent weights
    tau_out: float = 20.0  # ms, read-out
    batch: int = 128  # trials between two changes of the weights
    iterations: int = 200  # changes of the weights
    learning_alif: float = 0.02  # rate of Adam at first, of the read-out; falls to 0 as a cosine
    learning_lif: float = 0.01  # the same without adaptation
    height_alif: float = 0.1  # of the triangle that stands in for the derivative of a spike
    height_lif: float = 0.1  # the same without adaptation
    clip: float = 1.0  # longest gradient
    rate: float = 10.0  # Hz, that firing is pulled to
    cost: float = 0.01  # of firing rates beside it
    tested: int = 512  # trials
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 5000), alif=(1, 5000), symbols=(2, 1000), symbol=(1, 10**4))
        within(self, delay=(1, 1000), late=(1, 1000), population=(1, 1000), input_rate=(0.1, 1000))
        within(self, tau=(0.1, 1e4), tau_a=(0.1, 1e5), beta=(0, 100), tau_out=(0.1, 1e4))
        within(self, coupling=(0, 10))
        within(self, batch=(1, 10**4), iterations=(PARTS, 10**6), learning_alif=(0, 1))
        within(self, learning_lif=(0, 1), height_alif=(0.001, 10))
        within(self, height_lif=(0.001, 10), clip=(1e-9, 1e9), rate=(0, 1000), cost=(0, 1e3))
        within(self, tested=(1, 10**5), seed=(0, 2**31 - 1))
        if self.alif > self.units:
            raise Refused(f"alif must be at most units = {self.units}, got {self.alif}")
        if self.delay > self.symbols:
            raise Refused(f"delay must be at most symbols = {self.symbols}, got {self.delay}")


PRESETS = {
    "quick": Config(
        **{"symbols": 4, "symbol": 20, "delay": 2.0, "late": 2, "population": 5},
        **{"input_rate": 200.0, "tau": 5.0, "tau_a": 100.0, "batch": 32, "iterations": 60},
        **{"rate": 50.0, "cost": 1e-3, "tested": 128},
    ),
    "full": Config(),
}


def trials(config: Config, count: int, draw: int) -> Recall:
    """Fresh trials, others for every ``draw``; the seed alone decides which."""
    same = ("symbols", "symbol", "delay", "population")
    settings = {name: getattr(config, name) for name in same}
    return store_recall(count, **settings, rate=config.input_rate, seed=config.seed * 10**7 + draw)


def network(config: Config, way: str) -> LSNN:
    alif = config.alif if way == "alif" else 0
    params = LSNNParams(config.tau, config.tau_a, config.beta, config.tau_out)
    surrogate = Triangular(getattr(config, f"height_{way}"))
    sizes = 4 * config.population, config.units - alif, alif, 2
    net = LSNN(*sizes, params, surrogate=surrogate)
    with torch.no_grad():
        net.layer.raw.mul_(config.coupling)
    return net


def learner(config: Config, way: str) -> Learner:
    """The weights of spikes are larger than those of the read-out, and learn as much faster."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = network(config, way)
    rate = getattr(config, f"learning_{way}")
    return Learner(way, net, {"layer": config.tau}, rate, config.iterations, config.clip)


def answers(net: LSNN, seen: Recall) -> tuple[Tensor, Tensor]:
    """The mean read-out in each symbol (S, B, 2), and the spikes."""
    y, z, _ = net(seen.x)
    return y.reshape(*seen.y.shape[:1], -1, *y.shape[1:]).mean(1), z


def waits(command: Tensor) -> Tensor:
    """Symbols (S, B) since the store of the bit that is asked for; 0 where nothing is asked."""
    since, found = torch.zeros_like(command[0]), torch.zeros_like(command)
    for s, now in enumerate(command):
        since = since + 1
        found[s] = torch.where(now == 2, since, 0)
        since = torch.where(now == 1, 0, since)
    return found


@torch.no_grad()
def tested(learners: dict[str, Learner], config: Config) -> dict[str, float]:
    """Errors and rates in trials that nobody learns from."""
    found, seen = {}, trials(config, config.tested, 0)
    asked, late = seen.y >= 0, waits(seen.command) >= config.late
    for way, one in learners.items():
        y, z = answers(one.net, seen)
        wrong = (y.argmax(-1) != seen.y).double()
        found[f"error_{way}"] = wrong[asked].mean().item()
        found[f"error_{way}_late"] = wrong[late].mean().item() if late.any() else 0.0
        found[f"rate_{way}"] = z.mean().item() * 1000 / one.net.dt
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners = {way: learner(config, way) for way in WAYS}

    def once(k: int) -> None:
        seen = trials(config, config.batch, 1 + k)
        asked = seen.y >= 0
        for one in learners.values():
            y, z = answers(one.net, seen)
            loss = cross_entropy(y[asked], seen.y[asked])
            one.step(loss + config.cost * one.net.rate_cost(z, config.rate))

    def measured(_: int) -> dict[str, float]:
        return tested(learners, config)

    yield from in_parts(learners.values(), config.iterations, PARTS, once, measured, state)
