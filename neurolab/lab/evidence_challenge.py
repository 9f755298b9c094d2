"""The challenge of lab evidence: how often is a network right after a short training?

    score = fraction of right answers in 512 fresh trials, after ``changes()`` of the weights

The learner chooses tau_a, beta and the rate; the rest is that of ``evidence_networks.py``.
"""

import functools
import math
import time
from typing import Any, NamedTuple

from .evidence_networks import answers, network, train, trials
from .numbers_challenge import judge_numbers
from .start import fast
from .values import Wrong

TESTED, SEED = 512, 0


class Choice(NamedTuple):
    tau_a: float  # ms
    beta: float  # threshold distances
    rate: float


class Score(NamedTuple):
    right: float  # fraction of right answers; nan where the read-out is no number
    took: float  # s, of computing


def changes() -> int:
    """How often the weights change."""
    return 15 if fast() else 40


def score(tau_a: float, beta: float, rate: float, seed: int = SEED) -> Score:
    """How often the network is right. Choose on other seeds, say 10 and up.

    Args:
        tau_a: how long a threshold stays raised, 1 to 100,000 ms.
        beta: its rise by one spike, 0 to 100 threshold distances.
        rate: of learning, above 0, at most 1.

    Raises:
        ValueError: one of them is out of its range.
    """
    limits = {"tau_a": (tau_a, 1, 1e5), "beta": (beta, 0, 100), "rate": (rate, 1e-9, 1)}
    for name, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")
    started, net = time.perf_counter(), network("adaptive", seed, tau_a, beta)
    train(net, changes(), seed, rate)
    seen = trials(TESTED, seed=10**6 * seed)
    y = answers(net, seen)[seen.recall > 0].mean(0)
    right = float((y.argmax(-1) == seen.y).float().mean()) if y.isfinite().all() else math.nan
    return Score(right, time.perf_counter() - started)


OURS = Choice(tau_a=500.0, beta=0.3, rate=0.05)  # best of eight with seed 10

_our_score = functools.cache(lambda: score(*OURS))


def judge_choice(value: Any) -> tuple[str, float]:
    both = f"right answers in {TESTED} trials after {changes()} changes of the weights, seed {SEED}"
    line, yours = judge_numbers(value, Choice._fields, _learned, _our_score, _text, both)
    return line, yours.right


def _learned(*chosen: float) -> Score:
    found = score(*chosen)
    if math.isnan(found.right):
        raise Wrong("The read-out is no number any more: the rate is too large.")
    return found


def _text(got: Score) -> str:
    return f"{100 * got.right:.1f} % ({got.took:.1f} s of computing)"
