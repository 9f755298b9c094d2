"""Adding problem: two marked numbers out of 200 are to be added; an LSTM can, a vanilla RNN cannot.

Each step shows a number in [0, 1) and a marker; one marker stands in the first half, one in the
second. After the last step the sum of the two marked numbers is asked. An LSTM and a vanilla RNN of
as many units see the same sequences and learn them by backpropagation through time.

Metrics: ``mse_lstm``, ``mse_vanilla`` (mean squared error in ``tested`` fresh sequences, the same
at each report), ``mse_guess`` (of always answering 1, the mean; 1 / 6 on average),
``thrown_vanilla`` (gradients that were not finite).

Settings: each network's were chosen with seed 10 out of four, by the smaller error after 1,000
changes: rates of learning 0.003 and 0.01, with two starts each. Those of the LSTM: biases of gate f
at 1, or spread so that its memories last up to ``steps`` steps at first (f at ln u, i at -ln u, u
uniform from 1 to ``steps`` - 1). Those of the vanilla RNN: recurrent weights uniform as in torch,
or orthogonal.

The networks learn as torch.nn.LSTM and RNN, which hold the weights of ``recurrent.LSTM`` and
``VanillaRNN``, equal them to 1e-5 and take less time; what is reported was computed by ours.

References: Hochreiter & Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735 (the task); Tallec &
Ollivier (2018), arXiv:1804.11188 (the spread biases)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.recurrent import LSTM, VanillaRNN
from neurolab.tasks import Adding, adding

from .by_bptt import Learner, in_parts, no_denormals
from .contract import Progress, Refused, within

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("lstm", "vanilla")
CELLS = {"lstm": LSTM, "vanilla": VanillaRNN}
STARTS = {"lstm": ("spread", "one"), "vanilla": ("orthogonal", "uniform")}


@dataclass(frozen=True)
class Config:
    units: int = 32  # of each network
    steps: int = 200  # of a sequence
    batch: int = 32  # sequences between two changes of the weights
    iterations: int = 2000  # changes of the weights
    learning_lstm: float = 0.01  # rate of Adam at first; falls to 0 as a cosine
    learning_vanilla: float = 0.01  # the same
    start_lstm: str = "spread"  # or one: biases of gate f
    start_vanilla: str = "orthogonal"  # or uniform: recurrent weights
    clip: float = 1.0  # longest gradient
    tested: int = 1000  # sequences
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 5000), steps=(4, 10**5), batch=(1, 10**4))
        within(self, iterations=(PARTS, 10**7), learning_lstm=(0, 1), learning_vanilla=(0, 1))
        within(self, clip=(1e-9, 1e9), tested=(1, 10**5), seed=(0, 2**31 - 1))
        for way, allowed in STARTS.items():
            given = getattr(self, f"start_{way}")
            if given not in allowed:
                raise Refused(f"start_{way} must be one of {', '.join(allowed)}, got {given!r}")


PRESETS = {
    "quick": Config(units=16, steps=12, iterations=400, learning_lstm=0.03, tested=200),
    "full": Config(),
}


class Reader(nn.Module):
    """A recurrent cell, and a linear read-out of its last step; learns as torch's layer."""

    def __init__(self, cell: nn.Module):
        super().__init__()
        self.kind, self.cell = type(cell), cell.to_torch()
        self.output = nn.Linear(cell.weight_hh.shape[1], 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.cell(x)[0][-1])[:, 0]

    def answers(self, x: Tensor) -> Tensor:
        """The same by the cell of the package."""
        return self.output(self.kind.from_torch(self.cell)(x)[0][-1])[:, 0]


def started(config: Config, way: str) -> nn.Module:
    """The cell with its first weights."""
    cell, start = CELLS[way](2, config.units), getattr(config, f"start_{way}")
    with torch.no_grad():
        if way == "lstm":
            into, keep = cell.bias_ih[: config.units], cell.bias_ih[config.units :][: config.units]
            cell.bias_hh.zero_()
            if start == "one":
                keep.fill_(1)
            else:
                keep.copy_(torch.log(torch.rand(config.units) * (config.steps - 2) + 1))
                into.copy_(-keep)
        elif start == "orthogonal":
            nn.init.orthogonal_(cell.weight_hh)
    return cell


def learner(config: Config, way: str) -> Learner:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = Reader(started(config, way))
    rate = getattr(config, f"learning_{way}")
    return Learner(way, net, {}, rate, config.iterations, config.clip)


def sequences(config: Config, count: int, draw: int) -> Adding:
    """Fresh sequences, others for every ``draw``."""
    return adding(count, config.steps, config.seed * 10**7 + draw)


@torch.no_grad()
def tested(learners: dict[str, Learner], config: Config) -> dict[str, float]:
    """Errors in sequences that nobody learns from."""
    seen = sequences(config, config.tested, 0)
    found = {"mse_guess": (seen.y - 1).square().mean().item()}
    with no_denormals(), torch.random.fork_rng(devices=[]):  # a cell is made anew: it draws
        for way, one in learners.items():
            found[f"mse_{way}"] = (one.net.answers(seen.x) - seen.y).square().mean().item()
    return found | {"thrown_vanilla": float(learners["vanilla"].thrown)}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners = {way: learner(config, way) for way in WAYS}

    def once(k: int) -> None:
        seen = sequences(config, config.batch, 1 + k)
        for one in learners.values():
            one.step((one.net(seen.x) - seen.y).square().mean())

    def measured(_: int) -> dict[str, float]:
        return tested(learners, config)

    yield from in_parts(learners.values(), config.iterations, PARTS, once, measured, state)
