"""The challenge of lab information: an answer of sixteen values that tells most of a whole train.

    score = bits about the piece by Panzeri-Treves, ``tested()`` trials of each, seed 0

Every spike is moved by 10 ms of jitter.
Sixteen values and hundreds of trials, so that hardly any of the score is excess. Ours compares a
train with each piece's mean: bins of the train as Poisson counts, the most likely piece (Bayes, all
pieces being equally likely), and whether it is much more likely than the next.
On seeds 20 to 24, 500 trials of each, it tells 1.62 to 1.66 bits; the first spike in bins of 7 ms
1.39 to 1.43, the count 1.26 to 1.29.

Reference: Panzeri et al. (2007), doi:10.1152/jn.00559.2007
"""

import functools
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from neurolab.coding import joint, panzeri_treves

from .information_cell import PIECES, binned, recorded
from .start import fast
from .values import Wrong, array, call

SEED, JITTER, VALUES = 0, 10.0, 16
WIDTH, SURE = 20.0, 0.5  # ms, nats: best of nine pairs, tried on seed 12


class Score(NamedTuple):
    bits: float
    took: float  # s, of answering and computing


def tested() -> int:
    """Trials of each piece."""
    return 100 if fast() else 500


def score(answer: Callable[[Tensor], Any], seed: int = SEED) -> Score:
    """What ``answer(times)``, (n, K) to n whole numbers from 0 to 15, tells about the piece.

    Trials come in an order without meaning. Choose on other seeds, say 10 and up.

    Raises:
        ValueError: answers of another shape, that are not whole, or beyond 0 to 15.
        Whatever ``answer`` raises.
    """
    piece, times = recorded(tested(), JITTER, seed)
    order = torch.randperm(len(piece), generator=torch.Generator().manual_seed(seed))
    started = time.perf_counter()
    found = torch.as_tensor(array(answer(times[order].clone())))
    if found.shape != piece.shape:
        raise ValueError(f"answers must be of shape {tuple(piece.shape)}, got {tuple(found.shape)}")
    if not bool(((found >= 0) & (found < VALUES) & (found == found.floor())).all()):
        raise ValueError(f"answers must be whole numbers from 0 to {VALUES - 1}")
    bits = panzeri_treves(joint(piece[order], found.long()))
    return Score(bits, time.perf_counter() - started)


@functools.cache
def _means() -> Tensor:
    """Mean spikes of each piece in each bin, of 400 trials a piece, seed 10."""
    piece, times = recorded(400, JITTER, seed=10)
    held = binned(times, WIDTH).double()
    return torch.stack([held[piece == k].mean(0) for k in range(PIECES)]) + 0.01


def our_answer(times: Tensor) -> Tensor:
    """The most likely piece, and a bit more: is it likely beyond doubt?"""
    likely = binned(times, WIDTH).double() @ _means().log().T - _means().sum(1)
    best, where = likely.topk(2, dim=1)
    sure = best[:, 0] - best[:, 1] > SURE
    return 2 * where[:, 0] + sure


_our_score = functools.cache(lambda: score(our_answer))


def judge_answer(function: Any) -> tuple[str, float]:
    if not callable(function):
        raise Wrong("A function is asked: pass its name, without brackets.")
    call(function, recorded(2, JITTER, seed=SEED)[1])
    try:
        yours = score(function)
    except ValueError as problem:
        raise Wrong(f"Your {problem}.") from problem
    line = (
        f"{_text(yours)}. Ours: {_text(_our_score())}. Both: bits about eight pieces, "
        f"{tested()} trials of each, seed {SEED}."
    )
    return line, yours.bits


def _text(got: Score) -> str:
    return f"{got.bits:.2f} bits ({got.took:.2f} s of computing)"
