"""Digits pixel by pixel: LSNN, LIF and LSTM see one pixel a step and name the digit at the end.

A picture is read row by row, a pixel a step of 1 ms, as spikes where its grey crosses one of
``thresholds`` thresholds. Then an input of its own says for ``answer`` ms that the answer is asked;
the mean read-out in these steps is the answer. The three see the same pictures in the same order,
as often, and learn by backpropagation through time with Adam; firing rates of the two spiking ones
are held near ``rate``.

    images     mnist                         digits
    learn      50,000, "fit"                 the first 1,000
    held out   10,000, "held-out"            the next 347
    test       10,000, at the end, once      the last 450
    steps      ``side`` squared: 196, 784    64

Metrics: ``accuracy_lsnn``, ``accuracy_lif``, ``accuracy_lstm`` (of all test images, 0 until the
end), ``held_out_lsnn``, ``held_out_lif``, ``held_out_lstm`` (of the first ``shown`` images held
out, at each report), ``rate_lsnn``, ``rate_lif`` (spikes of a neuron in a second, on the latter).

The rates of learning were chosen with seed 10 on images held out, after 300 iterations, out of
0.002 and 0.005 for each of the three; ``height``, ``beta``, ``coupling``, ``rate`` and ``cost``
before, with the LSNN alone.

Where it differs from the paper: pictures of 14 x 14 take 196 steps and not 784 (``side`` 28 is
theirs), and "full" has 2,000 iterations of 128 images, five passes, so that a seed of all three
takes less than half an hour; the recurrent weights are dense.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab import tasks
from neurolab.core import Triangular
from neurolab.recurrent import LSNN, LSTM, LSNNParams

from .by_bptt import Learner, in_parts, no_denormals
from .contract import Progress, Refused, within

SETS = {"digits": (("train", 0, 1000), ("train", 1000, 1347), ("test", 0, 450))}
SETS["mnist"] = (("fit", 0, 50_000), ("held-out", 0, 10_000), ("test", 0, 10_000))
SIDES = {"digits": (8,), "mnist": (14, 28)}
WAYS = ("lsnn", "lif", "lstm")
PARTS = 20  # a run yields so often
CLASSES = 10
AT_ONCE = 500  # images, where nothing is learned


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or digits, which come with scikit-learn
    side: int = 14  # pixels of a side: 14 (means of 2 x 2) or 28 of mnist, 8 of digits
    thresholds: int = 40  # of grey
    answer: int = 20  # ms, the answer is asked
    lif: int = 100  # LIF neurons of the LSNN
    alif: int = 120  # ALIF neurons of the LSNN; the LIF network has lif + alif LIF neurons
    lstm: int = 128  # units of the LSTM
    tau: float = 20.0  # ms, membrane
    tau_a: float = 200.0  # ms, adaptation
    beta: float = 1.0  # threshold distances
    tau_out: float = 20.0  # ms, read-out
    coupling: float = 0.3  # factor on the first recurrent weights of spiking neurons
    batch: int = 128  # images between two changes of the weights
    iterations: int = 2000  # changes of the weights
    learning_lsnn: float = 0.005  # rate of Adam at first, of the read-out; falls as a cosine
    learning_lif: float = 0.002  # the same without adaptation
    learning_lstm: float = 0.005  # of all weights of the LSTM
    height: float = 0.1  # of the triangle that stands in for the derivative of a spike
    clip: float = 1.0  # longest gradient
    rate: float = 20.0  # Hz, that firing is pulled to
    cost: float = 3e-4  # of firing rates beside it
    shown: int = 1000  # images held out, at each report
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        within(self, side=(1, 28), thresholds=(1, 1000), answer=(1, 10**4), lif=(0, 5000))
        within(self, alif=(1, 5000), lstm=(1, 5000), tau=(0.1, 1e4), tau_a=(0.1, 1e5))
        within(self, beta=(0, 100), tau_out=(0.1, 1e4), coupling=(0, 10), batch=(1, 1000))
        within(
            self,
            iterations=(PARTS, 10**6),
            height=(0.001, 10),
            clip=(1e-9, 1e9),
            rate=(0, 1000),
            cost=(0, 1e3),
        )
        within(self, shown=(1, 10**4), seed=(0, 2**31 - 1))
        within(self, **{f"learning_{way}": (0, 1) for way in WAYS})
        if self.side not in SIDES[self.data]:
            needed = " or ".join(map(str, SIDES[self.data]))
            raise Refused(f"side must be {needed} for data {self.data!r}, got {self.side}")


PRESETS = {
    "quick": Config(
        **{"data": "digits", "side": 8, "thresholds": 20, "lif": 20, "alif": 30, "lstm": 20},
        **{"batch": 50, "iterations": 40, "learning_lstm": 0.02, "learning_lsnn": 0.01},
        **{"learning_lif": 0.01, "shown": 100},
    ),
    "full": Config(),
}


class ReadLSTM(nn.Module):
    """An LSTM whose gate f starts open, and a linear read-out of its last steps."""

    def __init__(self, inputs: int, units: int, answer: int):
        super().__init__()
        self.cell, self.output, self.answer = LSTM(inputs, units), nn.Linear(units, CLASSES), answer
        with torch.no_grad():
            self.cell.bias_ih[units : 2 * units] = 1

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return self.output(self.cell(x)[0][-self.answer :]), None


def images(config: Config, part: int) -> tuple[Tensor, Tensor]:
    """x (B, side, side) and labels (B,) of part 0 (to learn), 1 (held out) or 2 (test)."""
    split, first, last = SETS[config.data][part]
    x, y = tasks.load(config.data, split=split)
    x, y = x[first:last], y[first:last]
    return (x if x.shape[1] == config.side else tasks.halved(x)), y


def sequence(config: Config, x: Tensor) -> Tensor:
    """Inputs (T, B, 2 thresholds + 1): crossings, and one that asks for the answer at the end."""
    spikes = tasks.pixel_sequence(x, "crossings", config.thresholds)
    steps, batch, size = spikes.shape
    found = spikes.new_zeros(steps + config.answer, batch, size + 1)
    found[:steps, :, :size], found[steps:, :, size] = spikes, 1
    return found


def learner(config: Config, way: str) -> Learner:
    inputs, units = 2 * config.thresholds + 1, config.lif + config.alif
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        if way == "lstm":
            net, faster = ReadLSTM(inputs, config.lstm, config.answer), {}
        else:
            alif = config.alif if way == "lsnn" else 0
            params = LSNNParams(config.tau, config.tau_a, config.beta, config.tau_out)
            surrogate, faster = Triangular(config.height), {"layer": config.tau}
            net = LSNN(inputs, units - alif, alif, CLASSES, params, surrogate=surrogate)
            with torch.no_grad():
                net.layer.raw.mul_(config.coupling)
    rate = getattr(config, f"learning_{way}")
    return Learner(way, net, faster, rate, config.iterations, config.clip)


def answers(net: nn.Module, x: Tensor, answer: int) -> tuple[Tensor, Tensor | None]:
    """Scores (B, 10), and the spikes if there are."""
    y, z, *_ = net(x)
    return y[-answer:].mean(0), z


@torch.no_grad()
def measured(net: nn.Module, config: Config, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Fraction of right answers, and spikes of a neuron in a second."""
    right = fired = 0.0
    with no_denormals():
        for k in range(0, len(x), AT_ONCE):
            some, truth = x[k : k + AT_ONCE], y[k : k + AT_ONCE]
            found, z = answers(net, sequence(config, some), config.answer)
            right += int((found.argmax(1) == truth).sum())
            fired += 0.0 if z is None else z.mean().item() * len(some)
    return right / len(x), 1000 * fired / len(x)


def batch(config: Config, count: int, k: int) -> Tensor:
    """Which of ``count`` images iteration k sees: every epoch draws an order of its own."""
    batches = max(1, count // config.batch)
    chance = torch.Generator().manual_seed(config.seed * 10**6 + k // batches)
    order = torch.randperm(count, generator=chance)
    return order[k % batches * config.batch :][: config.batch]


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners = {way: learner(config, way) for way in WAYS}
    x, y = images(config, 0)
    held = tuple(part[: config.shown] for part in images(config, 1))

    def once(k: int) -> None:
        rows = batch(config, len(x), k)
        seen = sequence(config, x[rows])
        for one in learners.values():
            found, z = answers(one.net, seen, config.answer)
            loss = cross_entropy(found, y[rows])
            cost = 0.0 if z is None else config.cost * one.net.rate_cost(z, config.rate)
            one.step(loss + cost)

    def measures(done: int) -> dict[str, float]:
        metrics = {}
        for way, one in learners.items():
            metrics[f"held_out_{way}"], rate = measured(one.net, config, *held)
            if way != "lstm":
                metrics[f"rate_{way}"] = rate
            test = images(config, 2) if done == PARTS else None  # once
            metrics[f"accuracy_{way}"] = measured(one.net, config, *test)[0] if test else 0.0
        return metrics

    yield from in_parts(learners.values(), config.iterations, PARTS, once, measures, state)
