"""Overlap of sparse patterns by chance: false matches of a segment, and matches it misses.

    P(b) = C(s, b) C(n - s, a - b) / C(n, a)        b of s synapses meet a pattern drawn at random
    false match    sum of P(b) over b >= theta
    missed match   sum of P(b) over b < theta, with a in place of n and a - m in place of a:
                   m active cells of the stored pattern are silent, m others fire for them
    any of K       1 - (1 - p)^K, at most K p       K independent segments, or stored patterns
    without C      P(b + 1) = P(b) (s - b) (a - b) / ((b + 1) (n - s - a + b + 1))

    symbol   meaning                                               shape   unit
    n        cells                                                 (...)   -
    a        cells that are active at a time                       (...)   -
    s        synapses of a segment, each on another cell           (...)   -
    theta    active synapses that make the segment active          (...)   -
    b        overlap, the synapses whose cell is active            (...)   -
    m        cells of the stored pattern that have moved           (...)   -

Synapses of a segment are drawn from a stored pattern (s <= a) and so can lose cells when that
pattern moves, but win none. Two whole patterns are the case s = a.

Every function takes whole numbers, numpy arrays and tensors, which are broadcast, and answers in
kind: a number, an array or a tensor of float64. Probabilities stay in logarithms: ``log_*`` is
right where the probability itself is below the smallest float.

What follows, and is tested: the law is scipy's ``hypergeom``, and counting all patterns by hand
gives the same; exact fractions agree to 1e-9 relative up to n = 20,000; the published figures of
false matches (n 300 to 19,900) and medians over thresholds come out digit by digit; at a fixed
number of active cells log P falls by theta log n, at a fixed fraction it does not fall to 0.

Where it differs from the papers: there "any of K" is bounded by K p, and a threshold is judged by
false matches alone; ``best_threshold`` adds the missed ones. A preprint of the third prints
1.6e-18 for n = 200,000, a = 2,000, s = 20, theta = 10; its equation gives 1.6e-15.

References: Ahmad & Hawkins (2016), arXiv:1601.00720; Ahmad & Hawkins (2015), arXiv:1503.07469;
Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023
"""

import math

import numpy as np
import torch
from torch import Tensor

from neurolab.core.ops import Value, log

Whole = int | np.ndarray | Tensor


def whole(name: str, x: Whole, low: int = 0, high: Whole = math.inf) -> Tensor:
    """``x`` as a tensor of float64.

    Raises:
        ValueError: not whole, or not from ``low`` to ``high``; says ``name`` and what was given.
    """
    given = x if isinstance(x, Tensor) else torch.as_tensor(np.asarray(x))
    right = not given.is_complex() and given.dtype != torch.bool
    value = given.double() if right else torch.zeros(())
    top = torch.as_tensor(high, dtype=torch.float64)
    if not right or bool(((value != value.floor()) | (value < low) | (value > top)).any()):
        limit = "" if top.min() == math.inf else f" and at most {top.long().tolist()}"
        raise ValueError(f"{name}: whole numbers of at least {low}{limit} are needed, got {x!r}")
    return value


def in_kind(found: Tensor, *given: Whole) -> Value:
    """A tensor if one was given, else an array if one was, else a number."""
    if any(isinstance(x, Tensor) for x in given):
        return found
    array = found.ndim or any(isinstance(x, np.ndarray) for x in given)
    return found.numpy() if array else found.item()


def log_choose(n: Tensor, k: Tensor) -> Tensor:
    """log C(n, k); -inf where k is not from 0 to n."""
    inside = (k >= 0) & (k <= n)
    k = torch.where(inside, k, 0.0)
    n = torch.where(inside, n, 0.0)
    found = torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    return torch.where(inside, found, -math.inf)


def _law(b: Tensor, n: Tensor, a: Tensor, s: Tensor) -> Tensor:
    found = log_choose(s, b) + log_choose(n - s, a - b) - log_choose(n, a)
    return found.clamp(max=0)


def _sum(theta: Tensor, n: Tensor, a: Tensor, s: Tensor, above: bool) -> Tensor:
    """log of the sum of P(b) over b >= theta, or over b < theta."""
    theta, n, a, s = torch.broadcast_tensors(theta, n, a, s)
    b = torch.arange(int(s.max()) + 1 if s.numel() else 1, dtype=torch.float64, device=s.device)
    law = _law(b, n[..., None], a[..., None], s[..., None])
    taken = (b >= theta[..., None]) == above
    return torch.where(taken, law, -math.inf).logsumexp(-1).clamp(max=0)


def log_overlap(overlap: Whole, n: Whole, active: Whole, synapses: Whole) -> Value:
    """log P(b): the chance that exactly ``overlap`` synapses meet an active cell."""
    cells = whole("n", n, 1)
    b, a = whole("overlap", overlap), whole("active", active, 0, cells)
    found = _law(b, cells, a, whole("synapses", synapses, 0, cells))
    return in_kind(found, overlap, n, active, synapses)


def log_false_match(threshold: Whole, n: Whole, active: Whole, synapses: Whole) -> Value:
    """log of the chance that a random pattern reaches ``threshold`` of a segment's synapses."""
    cells = whole("n", n, 1)
    theta, a = whole("threshold", threshold), whole("active", active, 0, cells)
    found = _sum(theta, cells, a, whole("synapses", synapses, 0, cells), True)
    return in_kind(found, threshold, n, active, synapses)


def log_missed_match(threshold: Whole, active: Whole, synapses: Whole, moved: Whole) -> Value:
    """log of the chance that the stored pattern falls short after ``moved`` of its cells moved."""
    a, theta = whole("active", active, 1), whole("threshold", threshold)
    s, m = whole("synapses", synapses, 0, a), whole("moved", moved, 0, a)
    return in_kind(_sum(theta, a, a - m, s, False), threshold, active, synapses, moved)


def log_any_match(log_match: Value, count: Whole) -> Value:
    """log of the chance that at least one of ``count`` independent ones matches."""
    p = torch.as_tensor(log_match, dtype=torch.float64)
    if bool((p > 0).any()) or bool(p.isnan().any()):
        raise ValueError(f"log_match: logarithms of chances, at most 0, are needed, got {p}")
    k = whole("count", count)
    exact = torch.log(-torch.expm1(k * torch.log1p(-p.exp())))
    found = torch.where(p + k.log() < -600, p + k.log(), exact)  # there exp may be 0
    return in_kind(found, log_match, count)


def overlap_step(
    log_p: Value,
    b: Value,
    n: Value,
    a: Value,
    s: Value,
) -> Value:
    """log P(b + 1) from log P(b). Elementwise.

    The law without factorials, where b < s, b < a and n >= s + a;
    P(0) is the product of (n - a - i) / (n - i) over i < s.
    """
    ways = (s - b) * (a - b)
    return log_p + log(ways / ((b + 1) * (n - s - a + b + 1)))


def best_threshold(
    n: Whole, active: Whole, synapses: Whole, moved: Whole, cost: float = 1.0
) -> Value:
    """The threshold with the smallest P(false match) + ``cost`` P(missed match).

    Of several that are alike the lowest. A cost below 1 makes a false match the worse mistake.
    """
    if not isinstance(cost, int | float) or not 0 < cost < math.inf:
        raise ValueError(f"cost: a positive number is needed, got {cost!r}")
    given = (n, active, synapses, moved)
    cells, a = whole("n", n, 1), whole("active", active, 1)
    s, m = whole("synapses", synapses, 1, a), whole("moved", moved, 0, a)
    cells, a, s, m = (x[..., None] for x in torch.broadcast_tensors(cells, a, s, m))
    b = torch.arange(int(s.max()) + 1, dtype=torch.float64, device=s.device)
    false = _law(b, cells, a, s).flip(-1).logcumsumexp(-1).flip(-1)[..., 1:]  # theta = 1, 2, ...
    missed = _law(b, a, a - m, s).logcumsumexp(-1)[..., :-1]
    total = torch.logaddexp(false, missed + math.log(cost))
    return in_kind(1 + torch.where(b[1:] <= s, total, math.inf).argmin(-1), *given)
