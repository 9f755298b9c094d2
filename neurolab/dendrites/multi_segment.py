"""A neuron with many segments: it knows a pattern when any one of them is active.

    y = 1 if overlap_k >= theta for any segment k, else 0
    false match    1 - (1 - p_q)^(K - r) (1 - p_(q+1))^r       of M = q K + r patterns
    capacity       the largest M whose false match is at most an error, such as 1 %

    symbol   meaning                                                 shape     unit
    x        which cells are active, 0 or 1                          (B, I)    -
    y        whether the neuron is predicted, 0 or 1                 (B,)      -
    K        segments
    M        stored patterns, s synapses for each
    p_q      false match of a segment with synapses for q patterns             -

Patterns go to the segments in turn, so that r of them hold one more than the others. While M is at
most K each segment holds one, and p_1 is the false match of ``overlap``; beyond, a segment mixes
the synapses of several (``union``). Segments of random patterns are independent.

What follows, and is tested: false matches counted on random patterns are those of the formula, of
segments with one pattern and of mixed ones; the capacity is where they pass the error.

Where it differs from the papers: they count segments of one pattern, whose errors they add up.

References: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023; Ahmad & Hawkins (2016),
arXiv:1601.00720; Poirazi & Mel (2001), doi:10.1016/S0896-6273(01)00252-5
"""

import math

import torch
from torch import Tensor, nn

from .overlap import log_any_match
from .segment import segment_active, segment_overlap
from .union import union_law


def need(name: str, x: int, low: int) -> None:
    if not isinstance(x, int) or isinstance(x, bool) or x < low:
        raise ValueError(f"{name}: a whole number of at least {low} is needed, got {x!r}")


def log_segment_matches(threshold: int, n: int, active: int, synapses: int, most: int) -> Tensor:
    """log p_q for q = 0..most: false matches of a segment with synapses for q patterns."""
    need("threshold", threshold, 1)
    law = union_law(n, active, synapses, most)
    return law[:, threshold:].logsumexp(1).clamp(max=0)


def log_neuron_match(
    threshold: int, n: int, active: int, synapses: int, patterns: int, segments: int
) -> float:
    """log of the chance that a random pattern makes any of the segments active."""
    need("patterns", patterns, 0)
    need("segments", segments, 1)
    q, r = divmod(patterns, segments)
    less, more = log_segment_matches(threshold, n, active, synapses, q + 1)[-2:].tolist()
    of_less, of_more = log_any_match(less, segments - r), log_any_match(more, r)
    # either of two independent ones: log(a + b - a b)
    return max(of_less, of_more) if -math.inf in (of_less, of_more) else either(of_less, of_more)


def either(log_a: float, log_b: float) -> float:
    """log of the chance that at least one of two independent things happens."""
    high, low = max(log_a, log_b), min(log_a, log_b)
    return high + math.log1p(math.exp(low - high) * -math.expm1(high))


def capacity(
    threshold: int, n: int, active: int, synapses: int, segments: int, error: float = 0.01
) -> int:
    """The most patterns that are stored with false matches of at most ``error``."""
    if not isinstance(error, float) or not 0 < error < 1:
        raise ValueError(f"error: a number between 0 and 1 is needed, got {error!r}")
    need("segments", segments, 1)
    if threshold > active:
        raise ValueError(f"threshold: at most active = {active} is needed, got {threshold}")
    silent, most = math.log1p(-error), 1  # log of the chance that no segment is active
    while True:
        p = log_segment_matches(threshold, n, active, synapses, most)
        quiet = torch.log1p(-p.exp())  # of one segment, by the patterns it holds
        within = segments * quiet >= silent
        if not within.all():
            break
        most *= 2
    q = int(within.sum()) - 1  # of every segment; r of them hold one more
    room = silent - segments * float(quiet[q])
    return q * segments + int(room / float(quiet[q + 1] - quiet[q]))


class MultiSegmentNeuron(nn.Module):
    """K segments whose synapses are drawn from stored patterns.

    Args:
        inputs: cells I.
        segments: K.
        synapses: drawn from each stored pattern.
        threshold: active synapses that make a segment active.
        patterns: how many a segment may hold.

    ``cells`` (K, S) and ``connected`` (K, S) have S = patterns times synapses places; two patterns
    of a segment that draw the same cell share the synapse. ``stored`` counts the patterns.
    """

    def __init__(
        self, inputs: int, segments: int, synapses: int, threshold: int, patterns: int = 1
    ):
        super().__init__()
        sizes = {"inputs": inputs, "segments": segments, "synapses": synapses}
        for name, x in (sizes | {"threshold": threshold, "patterns": patterns}).items():
            need(name, x, 1)
        self.inputs, self.synapses, self.threshold = inputs, synapses, threshold
        self.patterns = patterns
        shape = (segments, patterns * synapses)
        self.register_buffer("cells", torch.zeros(shape, dtype=torch.long))
        self.register_buffer("connected", torch.zeros(shape, dtype=torch.bool))
        self.register_buffer("stored", torch.tensor(0))

    def store(self, pattern: Tensor, chance: torch.Generator | None = None) -> int:
        """Draw synapses from a pattern (I,) for the segment whose turn it is; says which one."""
        if pattern.shape != (self.inputs,):
            given = tuple(pattern.shape)
            raise ValueError(f"pattern: one of {self.inputs} cells is needed, got shape {given}")
        active = pattern.nonzero()[:, 0]
        if len(active) < self.synapses:
            raise ValueError(
                f"pattern: at least {self.synapses} active cells are needed, got {len(active)}"
            )
        turn, k = divmod(int(self.stored), len(self.cells))
        if turn == self.patterns:
            raise ValueError(f"pattern: there is no room, all {int(self.stored)} places are taken")
        drawn = active[torch.randperm(len(active), generator=chance)[: self.synapses]]
        known = torch.isin(drawn, self.cells[k][self.connected[k]])
        places = slice(turn * self.synapses, (turn + 1) * self.synapses)
        self.cells[k, places], self.connected[k, places] = drawn, ~known
        self.stored += 1
        return k

    def overlaps(self, x: Tensor) -> Tensor:
        """Active synapses of each segment, (..., K) for x (..., I)."""
        if x.shape[-1:] != (self.inputs,):
            given = tuple(x.shape)
            raise ValueError(f"x: {self.inputs} cells on the last axis are needed, got {given}")
        return segment_overlap(x, self.cells, self.connected)

    def forward(self, x: Tensor) -> Tensor:
        """1 where the neuron is predicted, (...) for x (..., I)."""
        return segment_active(self.overlaps(x), self.threshold).amax(-1)
