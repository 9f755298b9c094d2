"""Digits in pieces: does a network that must forget its start read as well as an LSTM?

Each 8 x 8 digit of scikit-learn is shown ``width`` pixels at a time, in the order of reading; after
the last piece a linear read-out of the state names it. Two networks see the same digits in the
same order: an assembly of ``modules`` contracting networks of ``units`` neurons, with a coupling
that is antisymmetric in their metric, and an LSTM with as many units as it takes to have at least
as many parameters. Both learn by backpropagation through time.

Metrics: ``accuracy_assembly``, ``accuracy_lstm`` on the 450 test digits, ``held_out_assembly``,
``held_out_lstm`` on the last ``held_out`` of the digits to learn from, which nobody learns,
``contraction_rate`` (1/ms: largest log norm of the trained assembly's Jacobian in its metric, over
the states it visits while it reads the test digits; below 0 it contracts, and it must not exceed
-(1 - strength) / tau), ``parameters_assembly``, ``parameters_lstm``.

The settings of each network were chosen by the held-out digits, seed 10, after three tenths of a
run, out of six: for the assembly rates of learning 0.01 and 0.03 with tau 1, 3 and 10 ms, for the
LSTM rates of 0.003, 0.01, 0.015, 0.02, 0.03 and 0.05.

Reference: Kozachkov, Ennis & Slotine (2022), arXiv:2106.08928
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab import tasks
from neurolab.recurrent import LSTM, AssemblyParams, ContractingAssembly, log_norm
from neurolab.tasks.sequences import pixel_sequence

from .by_bptt import Learner, in_parts
from .contract import Progress, Refused, within

DATA = ("digits",)
PARTS = 10  # a run yields so often
WAYS = ("assembly", "lstm")
PROBED = 20  # test digits whose states are looked at, one step after the other


@dataclass(frozen=True)
class Config:
    width: int = 8  # pixels shown at a time; 8 is a row, 1 a pixel
    modules: int = 4  # subnetworks of the assembly
    units: int = 16  # neurons of each
    tau: float = 1.0  # ms, a piece is shown for 1 ms
    strength: float = 0.9  # of the weights inside a subnetwork; at 1 nothing is promised
    epochs: int = 60  # passes over the digits to learn from
    batch: int = 50  # digits between two changes of the weights
    learning_assembly: float = 0.01  # rate of Adam at first; falls to 0 as a cosine
    learning_lstm: float = 0.05  # the same for the LSTM
    clip: float = 1.0  # longest gradient
    held_out: int = 270  # digits of the 1,347 to learn from that nobody learns
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, width=(1, 64), modules=(1, 100), units=(1, 1000), tau=(0.1, 1e4))
        within(self, strength=(0, 0.999), epochs=(1, 10**4), batch=(1, 1000))
        within(self, learning_assembly=(0, 1), learning_lstm=(0, 1), clip=(1e-9, 1e9))
        within(self, held_out=(1, 1000), seed=(0, 2**31 - 1))
        if 64 % self.width:
            raise Refused(f"width must divide the 64 pixels, got {self.width}")
        if self.batch > 1347 - self.held_out:
            most = 1347 - self.held_out
            raise Refused(f"batch must be at most {most}, the digits learned, got {self.batch}")


PRESETS = {"quick": Config(modules=2, units=8, epochs=3), "full": Config()}


class Reader(nn.Module):
    """A recurrent network and a linear read-out of its last state."""

    def __init__(self, net: nn.Module, size: int):
        super().__init__()
        self.net, self.out = net, nn.Linear(size, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.net(x)[0][-1])

    def count(self) -> int:
        return sum(p.numel() for p in self.parameters())


def reader(config: Config, way: str) -> Reader:
    assembly = ContractingAssembly(
        config.width, config.modules, config.units, AssemblyParams(config.tau, config.strength)
    )
    made = Reader(assembly, config.modules * config.units)
    if way == "assembly":
        return made
    n = 1  # of an LSTM: 4 n (I + n + 2) weights, and 10 (n + 1) of the read-out
    while 4 * n * (config.width + n + 2) + 10 * (n + 1) < made.count():
        n += 1
    return Reader(LSTM(config.width, n), n)


def learner(config: Config, way: str) -> Learner:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = reader(config, way)
    steps = config.epochs * ((1347 - config.held_out) // config.batch)
    return Learner(way, net, {}, getattr(config, f"learning_{way}"), steps, config.clip)


def pieces(x: Tensor, width: int) -> Tensor:
    """Digits (B, 8, 8) as inputs (64 / width, B, width)."""
    return pixel_sequence(x)[:, :, 0].unflatten(0, (-1, width)).transpose(1, 2).contiguous()


def jacobians(net: ContractingAssembly, x: Tensor) -> Tensor:
    """Of dx/dt at states (S, N): (S, N, N), 1/ms. The slope of tanh is 1 - tanh^2."""
    weight, slope = torch.block_diag(*net.within()), 1 - torch.tanh(x) ** 2
    one = torch.eye(x.shape[-1]).to(x)
    return (weight * slope[:, None, :] + net.between() - one) / net.params.tau


@torch.no_grad()
def tested(learners: dict[str, Learner], data: dict, width: int) -> dict[str, float]:
    found = {}
    for way, one in learners.items():
        for name, split in (("accuracy", "test"), ("held_out", "held")):
            x, y = data[split]
            found[f"{name}_{way}"] = (one.net(x).argmax(-1) == y).double().mean().item()
        found[f"parameters_{way}"] = float(one.net.count())
    net = learners["assembly"].net.net
    states = net(data["test"][0][:, :PROBED])[0].flatten(0, 1)
    found["contraction_rate"] = log_norm(jacobians(net, states), net.metric).max().item()
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    train, test = tasks.load("digits", "train"), tasks.load("digits", "test")
    x, kept = pieces(train.x, config.width), len(train.y) - config.held_out
    data = {"test": (pieces(test.x, config.width), test.y), "held": (x[:, kept:], train.y[kept:])}
    learners = {way: learner(config, way) for way in WAYS}
    rounds, each = kept // config.batch, config.batch

    def once(k: int) -> None:
        chance = torch.Generator().manual_seed(config.seed * 10**6 + k // rounds)
        order = torch.randperm(kept, generator=chance)
        some = order[k % rounds * each : (k % rounds + 1) * each]
        for one in learners.values():
            one.step(cross_entropy(one.net(x[:, some]), train.y[some]))

    def measured(_: int) -> dict[str, float]:
        return tested(learners, data, config.width)

    total = config.epochs * rounds
    yield from in_parts(learners.values(), total, PARTS, once, measured, state)
