"""The challenge of lab memory-bill: the exact gradient of a long sequence in the fewest bytes.

    score = peak bytes of a function that makes the gradient, beyond inputs and weights

    symbol    meaning                                        shape
    x         inputs                                         (T, B, I)
    start     first state                                    (B, N)
    asked     derivative of |h(T)|^2 / 2 by W_in, W, b       as the weights

The gradient must be that of autograd to 0.1 %. Ours halves the sequence again and again: it keeps
the states at the middles alone, log2(T) of them at once, and runs about log2(T) / 2 times as many
steps forward. Arrays of numpy are not seen by the count.

Reference: Griewank (1992), doi:10.1080/10556789208805505
"""

import functools
import time
from typing import Any, NamedTuple

import torch
from torch import Tensor

from neurolab.recurrent import VanillaWeights, bptt_step, vanilla_cell

from .memory_bill_peak import network, peak
from .memory_bill_sizes import BATCH, UNITS
from .start import fast
from .values import Wrong, array, call

NEAR = 1e-3
NAMES = VanillaWeights._fields


class Score(NamedTuple):
    bytes: int  # the most at once
    off: float  # distance to the gradient of autograd, over its length
    took: float  # s


def steps() -> int:
    return 300 if fast() else 2000


@functools.cache
def exact(length: int) -> Tensor:
    """The gradient by autograd, flat."""
    x, h, weights = network(length, UNITS, BATCH)
    learned = VanillaWeights(*(w.clone().requires_grad_() for w in weights))
    for now in x:
        h = vanilla_cell(now, h, learned)
    parts = torch.autograd.grad(h.square().sum() / 2, learned)
    return torch.cat([part.flatten() for part in parts])


def score(gradient: Any) -> Score:
    """Bytes, exactness and time of ``gradient(x, start, weights)``.

    Raises:
        Wrong: it returns no gradient of the right shapes.
    """
    x, start, weights = network(steps(), UNITS, BATCH)
    found: list[Any] = []
    started = time.perf_counter()
    bytes = peak(lambda: found.append(call(gradient, x, start, weights)), x, start, *weights)
    took = time.perf_counter() - started
    if not isinstance(found[0], list | tuple) or len(found[0]) != len(NAMES):
        raise Wrong("Return three things: the derivatives by W_in, by W and by b.")
    parts = [array(p, tuple(w.shape)) for p, w in zip(found[0], weights, strict=True)]
    flat = torch.cat([torch.tensor(part).flatten() for part in parts]).double()
    right = exact(len(x)).double()
    return Score(bytes, float((flat - right).norm() / right.norm()), took)


@torch.no_grad()
def ours(x: Tensor, start: Tensor, weights: VanillaWeights) -> VanillaWeights:
    """Halve the sequence: first the later half back, then the earlier one."""
    h = start
    for now in x:
        h = vanilla_cell(now, h, weights)
    total, zero = [torch.zeros_like(w) for w in weights], torch.zeros_like(start)

    def back(first: int, last: int, before: Tensor, owed: Tensor) -> Tensor:
        """What is owed to the state before step ``first``."""
        if last - first == 1:
            part, owed = bptt_step(zero, owed, x[first], before, weights)
            for whole, more in zip(total, part, strict=True):
                whole += more
            return owed
        middle, h = (first + last) // 2, before
        for k in range(first, middle):
            h = vanilla_cell(x[k], h, weights)
        owed = back(middle, last, h, owed)
        del h
        return back(first, middle, before, owed)

    back(0, len(x), start, h)
    return VanillaWeights(*total)


_our_score = functools.cache(lambda: score(ours))


def judge_gradient(gradient: Any) -> tuple[str, float]:
    yours = score(gradient)
    if not yours.off < NEAR:
        raise Wrong(
            f"Your gradient is {100 * yours.off:.3g} % of its length off; {100 * NEAR:g} % is "
            f"allowed. It took {yours.bytes / 1000:.1f} kB."
        )
    line = (
        f"{_text(yours)}. Ours: {_text(_our_score())}. Both: the most bytes at once, "
        f"{steps()} steps of {BATCH} examples with {UNITS} units."
    )
    return line, float(yours.bytes)


def _text(got: Score) -> str:
    return f"{got.bytes / 1000:.1f} kB ({got.took:.1f} s of computing)"
