"""Networks of lab kwta-noise: digits, read by rectified units or by k winners, under noise.

    score = mean of the right answers at 0, 10, 20 and 30 % of the pixels turned on, seed 0

Digits are the 1797 that come with scikit-learn, 450 of them to test.
"""

import functools
import time
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab import tasks
from neurolab.dendrites import KWinners, KWinnersParams, SparseLinear

from .numbers_challenge import judge_numbers
from .start import fast

UNITS, NOISE = 48, (0.0, 0.1, 0.2, 0.3)


class Choice(NamedTuple):
    part: float  # of the units that win; 1 is a rectified layer
    connected: float  # part of the first weights that exist
    boost: float  # strength of boosting


class Score(NamedTuple):
    right: float  # part of the answers
    took: float  # s


@functools.cache
def digits(split: str) -> tuple[Tensor, Tensor]:
    """x (B, 64) from 0 to 1 and labels."""
    x, y = tasks.load("digits", split=split)
    return x.flatten(1), y


def network(part: float, connected: float = 1.0, boost: float = 1.5, seed: int = 0) -> nn.Module:
    """A network 64-48-10 that has learned the digits, of whose units so many win."""
    (x, y), epochs = digits("train"), 1 if fast() else 10
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        act = KWinners(UNITS, part, KWinnersParams(boost, 0.85)) if part < 1 else nn.ReLU()
        first = SparseLinear(64, UNITS, connected) if connected < 1 else nn.Linear(64, UNITS)
        net = nn.Sequential(first, act, nn.Linear(UNITS, 10))
        adam = torch.optim.Adam(net.parameters(), 0.005)
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(32):
                adam.zero_grad()
                cross_entropy(net(x[rows]), y[rows]).backward()
                adam.step()
            if part < 1:
                act.fade()
    return net.eval()


@torch.no_grad()
def read_rightly(net: nn.Module, noise: float, seed: int = 0) -> float:
    """Part of the test digits, with so many pixels turned on."""
    x, y = digits("test")
    on = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed)) < noise
    return float((net(torch.where(on, 1.0, x)).argmax(1) == y).double().mean())


def lead(noise: float = 0.2, part: float = 0.2, seeds: int = 3) -> list[float]:
    """By how many points a network with winners is ahead of a rectified one, of each seed."""
    pairs = [[network(p, seed=s) for p in (part, 1.0)] for s in range(seeds)]
    return [100 * (read_rightly(a, noise) - read_rightly(b, noise)) for a, b in pairs]


def score(part: float, connected: float, boost: float, seed: int = 0) -> Score:
    """Right answers over four levels of noise. Choose on other seeds, say 10 and up.

    Raises:
        ValueError: a part is not in (0, 1], or boosting not from 0 to 100.
    """
    for name, value, low, high in (
        ("part", part, 0.02, 1),
        ("connected", connected, 0.02, 1),
        ("boost", boost, 0, 100),
    ):
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")
    started = time.perf_counter()
    net = network(part, connected, boost, seed)
    right = sum(read_rightly(net, q, seed) for q in NOISE) / len(NOISE)
    return Score(right, time.perf_counter() - started)


OURS = Choice(1.0, 0.3, 0.0)  # best of five, tried on seeds 10 and 11

_our_score = functools.cache(lambda: score(*OURS))


def judge_choice(value: Any) -> tuple[str, float]:
    both = "right answers at four levels of noise, seed 0"
    asked = ("part that wins", "part connected", "boosting")
    line, yours = judge_numbers(value, Choice._fields, score, _our_score, _text, both, asked)
    return line, 100 * yours.right


def _text(got: Score) -> str:
    return f"{100 * got.right:.1f} % ({got.took:.1f} s)"
