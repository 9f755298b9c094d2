"""The union property: several patterns are mixed in one place, and still told apart.

    k -> k + h,   P(h) = C(w - k, h) C(n - w + k, s - h) / C(n, s)      one more pattern is mixed in
    expected part of all n bits that are on    1 - (1 - s / n)^M

    symbol   meaning                                                  shape          unit
    n        bits in all                                              ()             -
    s        bits of each pattern that is mixed in                    ()             -
    M        patterns that are mixed                                  ()             -
    w        bits of a pattern that is tested                         ()             -
    k        how many of the w bits are on in the mixture             0 .. w         -
    law      log of the chance of each k after 0, 1, ..., M patterns  (M + 1, w + 1) -

Patterns are drawn at random, each bit of one pattern once. Two uses: a segment that holds s
synapses for each of M patterns, tested by a pattern of w active cells; and a segment of w synapses
that sees M patterns of s cells at the same time (a union of predictions).

What follows, and is tested: the law is that of inclusion and exclusion in exact fractions, and of
mixtures that were drawn; its mean is w times the expected part; M = 1 is the law of ``overlap``.

Where it differs from the papers: there the expected number of bits, rounded, stands in for the
random one. In their figure (n 1,000 to 20,000) that is off by at most 8 %, to either side. Their
printed numbers are tested as well.

References: Ahmad & Hawkins (2015), arXiv:1503.07469; Ahmad & Hawkins (2016), arXiv:1601.00720
"""

import math

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .overlap import Whole, in_kind, log_overlap, whole


def union_density(n: Whole, each: Whole, patterns: Whole) -> Value:
    """Expected part of n bits that are on: ``patterns`` of ``each``."""
    cells, m = whole("n", n, 1), whole("patterns", patterns)
    s = whole("each", each, 0, cells)
    off = m * torch.log1p(-s / cells)  # log of the part that is off
    return in_kind(-torch.expm1(off), n, each, patterns)


def union_law(n: int, bits: int, each: int, patterns: int) -> Tensor:
    """log P(k) for k = 0..bits after 0..patterns patterns were mixed: (patterns + 1, bits + 1)."""
    for name, x, high in (("bits", bits, n), ("each", each, n), ("patterns", patterns, math.inf)):
        if whole(name, x, 0, high).ndim:
            raise ValueError(f"{name}: one whole number is needed, got {x!r}")
    k = torch.arange(bits + 1)
    new = k[None] - k[:, None]  # from k of the row to that of the column
    move = log_overlap(new.clamp(min=0), n, each, bits - k[:, None])
    move = torch.where(new >= 0, move, -math.inf)
    rows = [torch.where(k == 0, 0.0, -math.inf).double()]
    for _ in range(patterns):
        rows.append((rows[-1][:, None] + move).logsumexp(0))
    return torch.stack(rows).clamp(max=0)


def log_union_match(threshold: int, n: int, bits: int, each: int, patterns: int) -> float:
    """log of the chance that a random pattern of ``bits`` has ``threshold`` or more in the mix."""
    theta = int(whole("threshold", threshold))
    return union_law(n, bits, each, patterns)[-1, theta:].logsumexp(0).item()
