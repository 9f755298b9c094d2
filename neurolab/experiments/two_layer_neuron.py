"""How much network is in a neuron: models of one, two and more layers, fitted to its answers.

The neuron is a soma with eight branches in compartments (``dendrites.star``, ``Compartmental``),
each with synapses at its end. Two questions are asked of it.

1. A volley of 4 to 40 synapses at once, dealt among the branches evenly, all on one, or anything
   between; the response is the mean potential of the soma over 100 ms. A point neuron (a weight a
   branch, a sigmoid) and a two-layer neuron (a sigmoid a branch before it) are fitted to the same
   volleys, each by Adam at the best of the same three rates, and told apart on fresh ones: of 4 to
   40 synapses, of 10 to 30, and of 20.
2. For ``steps`` of 2 ms each branch gets single synapses and volleys of up to 16 at random; the
   response is the potential of the soma in time, to which networks that look back 200 ms are
   fitted: a linear filter (depth 0), and convolutions with 1, 2 and 3 layers of rectifiers, all
   with the same rate. The same again with a neuron whose synapses have AMPA receptors alone, and
   whose lone synapse has the same peak at the soma.

    r2 = 1 - mean square of what is missed / variance of the response,    on fresh stimuli

How much a point neuron misses is a matter of the stimuli: where the number of synapses differs
much it explains most, and where it is the same, next to nothing; so three sets are reported.

Where it differs from Beniaguev et al.: there a neuron without NMDA receptors needs no depth. Here
it needs as much, since up to 16 synapses at one place also saturate.

Metrics: ``r2_point``, ``r2_two_layer`` and their difference ``gap`` (question 1, 10 to 30
synapses), and the same with ``_wide`` (4 to 40) and ``_fixed`` (20); ``r2_depth_0`` .. ``_3`` and
``r2_ampa_depth_0`` .. ``_3`` (question 2); ``response`` and ``potential``, the standard deviations
of both responses in mV.

Rates were chosen on seeds 10 and 11, from 0.01, 0.03 and 0.1 (question 1, by fresh volleys) and
0.003, 0.01 and 0.03 (question 2, by fresh streams).

References: Poirazi, Brannon & Mel (2003), doi:10.1016/S0896-6273(03)00149-1; Beniaguev, Segev &
London (2021), doi:10.1016/j.neuron.2021.07.002
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.dendrites import (
    Compartmental,
    GlutamateParams,
    NeuronTCN,
    PointNeuron,
    TwoLayerNeuron,
    star,
)

from .by_bptt import Learner, in_parts
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
BRANCHES = 8
TIPS = tuple(2 * (b + 1) for b in range(BRANCHES))  # compartments at the ends
DEPTHS = (0, 1, 2, 3)
STEPS = 50  # of 2 ms, in which a volley is answered
DT = 2.0  # ms
WINDOW = 100  # steps that a network looks back over: four times as long as NMDA receptors close
SETS = {"": (10, 30), "_wide": (4, 40), "_fixed": (20, 20)}  # synapses of a volley
NMDA = GlutamateParams()
AMPA = GlutamateParams(nmda=0.0, ampa=0.6)


@dataclass(frozen=True)
class Config:
    volleys: int = 2000  # to learn from, and as many fresh ones
    streams: int = 128  # to learn from; a quarter as many fresh ones
    steps: int = 300  # of 2 ms, of a stream
    iterations: int = 800  # changes of the networks of question 2; five times as many of question 1
    batch: int = 16  # streams a change
    units: int = 16  # of a layer of a network
    learning_point: float = 0.1  # first rate of Adam
    learning_two_layer: float = 0.03  # first rate of Adam
    learning_deep: float = 0.01  # first rate of Adam, of all networks
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, volleys=(10, 10**6), streams=(4, 10**5), steps=(2, 10**6))
        within(self, iterations=(PARTS, 10**6))
        within(self, batch=(1, 10**4), units=(1, 10**4), learning_point=(1e-6, 10))
        within(self, learning_two_layer=(1e-6, 10), learning_deep=(1e-6, 10), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(volleys=300, streams=8, iterations=20, batch=4),
    "full": Config(),
}


def dealt(total: Tensor, chance: torch.Generator) -> Tensor:
    """Synapses of each branch (B, 8) that add up to ``total`` (B,), together or spread out.

    Each synapse picks a branch by chances that are a power of random numbers, the same for a
    volley: 0.1 deals nearly evenly, 100 puts all on one branch.
    """
    chances = torch.rand(len(total), BRANCHES, generator=chance)
    power = 10 ** (3 * torch.rand(len(total), 1, generator=chance) - 1)
    chances = (power * chances.log()).softmax(1)
    picked = chances.multinomial(int(total.max()), replacement=True, generator=chance)
    counted = torch.arange(picked.shape[1]) < total[:, None]
    return torch.zeros(len(total), BRANCHES).scatter_add_(1, picked, counted.float())


def respond(x: Tensor, params: GlutamateParams) -> Tensor:
    """The soma above rest (T, B) in mV, where synapses x (T, B, 8) at the tips are reached."""
    neuron = Compartmental(star(), TIPS, params, dt=DT)
    with torch.no_grad():
        soma, _ = neuron(x)
    return soma.v - neuron.tree.e_leak


def volleys(count: int, seed: int, fewest: int, most: int) -> tuple[Tensor, Tensor]:
    """Synapses (B, 8) and mean response (B,)."""
    chance = torch.Generator().manual_seed(seed)
    x = dealt(torch.randint(fewest, most + 1, (count,), generator=chance), chance)
    time = torch.zeros(STEPS, count, BRANCHES)
    time[0] = x
    return x, respond(time, NMDA).mean(0)


def streams(count: int, steps: int, seed: int, params: GlutamateParams) -> tuple[Tensor, Tensor]:
    """Synapses (T, B, 8) and potential (T, B): single ones at 15 / s, volleys at 1 / s a branch."""
    chance = torch.Generator().manual_seed(seed)
    size = (steps, count, BRANCHES)
    lone = torch.rand(size, generator=chance) < 0.015 * DT
    volley = torch.rand(size, generator=chance) < 0.001 * DT
    large = torch.randint(4, 17, size, generator=chance)
    x = lone.float() + volley * large
    return x, respond(x, params)


def r2(told: Tensor, y: Tensor) -> float:
    return (1 - (told - y).square().mean() / y.var(correction=0)).item()


class Static:
    """One model of the response to volleys; it learns the response in standard deviations."""

    def __init__(self, config: Config, way: str):
        net = PointNeuron(BRANCHES) if way == "point" else TwoLayerNeuron(range(BRANCHES))
        rate, steps = getattr(config, f"learning_{way}"), 5 * config.iterations
        self.way, self.learner = way, Learner(way, net, {}, rate, steps, math.inf)

    def learn(self, x: Tensor, y: Tensor) -> None:
        target = (y - y.mean()) / y.std()
        for _ in range(5):
            self.learner.step((self.learner.net(x) - target).square().mean())

    @torch.no_grad()
    def measured(self, y: Tensor, fresh: dict) -> dict[str, float]:
        return {
            f"r2_{self.way}{end}": r2(self.learner.net(x) * y.std() + y.mean(), asked)
            for end, (x, asked) in fresh.items()
        }


class Deep:
    """One network that follows the potential; it learns the potential in standard deviations."""

    def __init__(self, config: Config, name: str, params: GlutamateParams, depth: int):
        self.config, self.name = config, name
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            net = NeuronTCN(BRANCHES, depth, config.units, WINDOW)
        rate, steps = config.learning_deep, config.iterations
        self.learner = Learner(name, net, {}, rate, steps, 1.0)

    def learn(self, k: int, x: Tensor, y: Tensor) -> None:
        chance = torch.Generator().manual_seed(self.config.seed * 10**6 + k)
        rows = torch.randperm(x.shape[1], generator=chance)[: self.config.batch]
        target = (y[:, rows] - y.mean()) / y.std()
        self.learner.step((self.learner.net(x[:, rows]) - target).square().mean())

    @torch.no_grad()
    def measured(self, y: Tensor, fresh: tuple[Tensor, Tensor]) -> dict[str, float]:
        told = self.learner.net(fresh[0]) * y.std() + y.mean()
        return {f"r2_{self.name}": r2(told, fresh[1])}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    seed = 100 * config.seed
    x, y = volleys(config.volleys, seed, *SETS["_wide"])
    fresh = {
        end: volleys(config.volleys, seed + 10 + k, *between)
        for k, (end, between) in enumerate(SETS.items())
    }
    static = [Static(config, way) for way in ("point", "two_layer")]
    shown, deep = {}, {}
    for kind, params in (("", NMDA), ("ampa_", AMPA)):
        asked = streams(max(config.streams // 4, 1), config.steps, seed + 4, params)
        shown[kind] = (streams(config.streams, config.steps, seed + 3, params), asked)
        deep[kind] = [Deep(config, f"{kind}depth_{d}", params, d) for d in DEPTHS]

    def once(k: int) -> None:
        for one in static:
            one.learn(x, y)
        for kind, nets in deep.items():
            for net in nets:
                net.learn(k, *shown[kind][0])

    def measured(_: int) -> dict[str, float]:
        found = {"response": y.std().item(), "potential": shown[""][0][1].std().item()}
        for one in static:
            found |= one.measured(y, fresh)
        for end in fresh:
            found[f"gap{end}"] = found[f"r2_two_layer{end}"] - found[f"r2_point{end}"]
        for kind, nets in deep.items():
            (_, target), asked = shown[kind]
            for net in nets:
                found |= net.measured(target, asked)
        return found

    learners = [one.learner for one in static]
    learners += [net.learner for nets in deep.values() for net in nets]
    yield from in_parts(learners, config.iterations, PARTS, once, measured, state)
