"""Irregular sine: half of the samples are dropped; who knows how much time has passed?

A sine of unknown period and phase is looked at at random times, and after each look the next value
is asked for, at the time of the next look. Three networks learn this by backpropagation through
time, from the same streams and for as many changes of the weights:

    continuous   a CT-RNN whose rates relax for the time that has really passed
    discrete     the same network, told each time that the mean gap has passed: it counts looks
    timed        the discrete one with the time until the next look as a second input

They begin alike: the same cell with the same first weights. Continuous and discrete have the same
number of parameters, timed has ``units`` more. While they learn, a random part of the looks, up to
``thinnest``, is left out of each batch; at 0 they see whole streams only. Tested are fresh streams,
whole and with ``dropped`` of the looks left out.

Metrics, for each network: ``rmse_*_all`` and ``rmse_*_half`` (root of the mean squared error with
all looks, and with the part left out; ``tested`` streams, the same ones at each report; looks in
the first ``settle`` ms do not count), ``worse_*`` (the second over the first), ``parameters_*``.
``ratio`` and ``ratio_timed``: ``rmse_discrete_half``, and that of timed, over that of continuous.
``blind_all`` and ``blind_half``: the least error of who is not told the time, by the closed form of
the task.

The rate of learning was chosen with seed 10 for each network from the same two, 0.01 and 0.02, by
the errors after 500 changes; for all it was the larger.

References: Funahashi & Nakamura (1993), doi:10.1016/S0893-6080(05)80125-X; Rubanova, Chen &
Duvenaud (2019), arXiv:1907.03907 (time as an input, as a baseline)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.continuous import CTRNN
from neurolab.tasks import Sines, blind_rmse, irregular_sines, thinned

from .by_bptt import Learner, in_parts, no_denormals
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("continuous", "discrete", "timed")


@dataclass(frozen=True)
class Config:
    units: int = 24  # of each network
    samples: int = 50  # looks at a sine
    gap: float = 30.0  # mean time between two, ms
    shortest: float = 500.0  # period, ms
    longest: float = 1000.0  # period, ms
    settle: float = 400.0  # ms at first in which errors do not count
    dropped: float = 0.5  # part of the looks left out when tested
    thinnest: float = 0.75  # largest part left out of a batch that is learned from
    batch: int = 32  # streams between two changes of the weights
    iterations: int = 3000  # changes of the weights
    learning_continuous: float = 0.02  # rate of Adam at first; falls to 0 as a cosine
    learning_discrete: float = 0.02  # the same
    learning_timed: float = 0.02  # the same
    clip: float = 1.0  # longest gradient
    tested: int = 1000  # streams
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 5000), samples=(20, 10**5), gap=(1e-3, 1e6), shortest=(1e-3, 1e9))
        within(self, longest=(self.shortest, 1e9), settle=(0, 1e9), dropped=(0, 0.9))
        within(self, thinnest=(0, 0.9))
        within(self, batch=(1, 10**4), iterations=(PARTS, 10**7), clip=(1e-9, 1e9))
        within(self, tested=(1, 10**5), seed=(0, 2**31 - 1))
        within(self, **{f"learning_{way}": (0, 1) for way in WAYS})


PRESETS = {
    "quick": Config(units=16, iterations=200, tested=200),
    "full": Config(),
}


class Reader(nn.Module):
    """A CT-RNN with a linear read-out that answers, at each look but the first, what it will show.

    Args:
        way: one of WAYS.
        units: N.
        gap: what has passed, for who is not told; and the unit of time as an input.
    """

    def __init__(self, way: str, units: int, gap: float):
        super().__init__()
        self.way, self.gap = way, gap
        self.cell = CTRNN(2, units)
        self.output = nn.Linear(units, 1)
        if way != "timed":  # all draw the same first weights
            self.cell.weight_in = nn.Parameter(self.cell.weight_in.detach()[:, :1].clone())

    def forward(self, stream: Sines) -> Tensor:
        """Answers (T - 1, B) for ``stream.x[1:]``."""
        x, elapsed = stream.x[:-1], stream.t.diff(dim=0)
        if self.way == "timed":
            x = torch.cat([x, elapsed[..., None] / self.gap], -1)
        if self.way != "continuous":
            elapsed = torch.full_like(elapsed, self.gap)
        return self.output(self.cell(x, elapsed)[0])[..., 0]


def learner(config: Config, way: str) -> Learner:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = Reader(way, config.units, config.gap)
    rate = getattr(config, f"learning_{way}")
    return Learner(way, net, {}, rate, config.iterations, config.clip)


def streams(config: Config, count: int, draw: int) -> Sines:
    """Fresh streams, others for every ``draw``."""
    seed = config.seed * 10**7 + draw
    times = (config.samples, config.gap, config.shortest, config.longest)
    return irregular_sines(count, *times, seed)


def learned(config: Config, k: int) -> Sines:
    """What all learn from in iteration k."""
    whole = streams(config, config.batch, 1 + k)
    chance = torch.Generator().manual_seed(config.seed * 10**7 + k)
    part = config.thinnest * float(torch.rand((), generator=chance))
    return thinned(whole, part, config.seed * 10**7 + k)


def error(answers: Tensor, stream: Sines, settle: float) -> Tensor:
    """Mean squared error of the answers to looks that come after ``settle``."""
    counts = stream.t[1:] > settle
    return (answers - stream.x[1:, :, 0]).square()[counts].mean()


@torch.no_grad()
def tested(learners: dict[str, Learner], config: Config) -> dict[str, float]:
    """Errors in streams that nobody learns from, whole and thinned."""
    whole = streams(config, config.tested, 0)
    seen = {"all": whole, "half": thinned(whole, config.dropped, config.seed)}
    found = {}
    with no_denormals():
        for way, one in learners.items():
            for name, stream in seen.items():
                mse = error(one.net(stream), stream, config.settle)
                found[f"rmse_{way}_{name}"] = mse.sqrt().item()
            found[f"worse_{way}"] = found[f"rmse_{way}_half"] / found[f"rmse_{way}_all"]
            found[f"parameters_{way}"] = float(sum(p.numel() for p in one.net.parameters()))
    for name, way in (("ratio", "discrete"), ("ratio_timed", "timed")):
        found[name] = found[f"rmse_{way}_half"] / found["rmse_continuous_half"]
    for name, gap in (("all", config.gap), ("half", config.gap / (1 - config.dropped))):
        found[f"blind_{name}"] = blind_rmse(whole.period, gap)
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners = {way: learner(config, way) for way in WAYS}

    def once(k: int) -> None:
        seen = learned(config, k)
        for one in learners.values():
            one.step(error(one.net(seen), seen, config.settle))

    def measured(_: int) -> dict[str, float]:
        return tested(learners, config)

    yield from in_parts(learners.values(), config.iterations, PARTS, once, measured, state)
