"""A dendritic segment: it is active when enough of its synapses are.

    overlap = sum_j c_j x_i(j)
    y = 1 if overlap >= theta, else 0

    symbol    meaning                                           shape     unit
    x         which cells are active, 0 or 1                    (B, I)    -
    i(j)      the cell on which synapse j sits                  (K, S)    -
    c         1 for a synapse that is connected, else 0         (K, S)    -
    overlap   active connected synapses of each segment         (B, K)    -
    theta     threshold of the dendritic (NMDA) spike           ()        synapses
    y         whether the segment is active, 0 or 1             (B, K)    -

K segments, S places for a synapse on each, I cells. A segment knows few of the cells and has no
weights: a synapse is there or not.

What follows, and is tested: a segment whose s synapses were drawn from a stored pattern is active
for that pattern, and for random patterns as often as ``overlap`` says.

Where it differs from the sources: in Mel's and in Poirazi and Mel's models the answer of a branch
grows smoothly with its input and the soma adds up the branches; here it is a step.

References: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023; Mel (1992),
doi:10.1162/neco.1992.4.4.502; Poirazi & Mel (2001), doi:10.1016/S0896-6273(01)00252-5
"""

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, where


def segment_overlap(x: Tensor, cells: Tensor, connected: Tensor | None = None) -> Tensor:
    """Active connected synapses of each segment: (..., K) for x (..., I) and cells (K, S)."""
    on = x.to(torch.bool)[..., cells]
    return (on if connected is None else on & connected).sum(-1)


def segment_active(overlap: Value, threshold: Value) -> Value:
    """1 where overlap reaches the threshold, else 0. Elementwise."""
    return where(overlap >= threshold, 1.0, 0.0)


def subsets(count: int, size: int, of: int, chance: torch.Generator | None = None) -> Tensor:
    """``count`` random sets of ``size`` whole numbers from 0 to ``of`` - 1, all alike likely.

    Rows (count, size), in rising order.
    """
    for name, n, low in (("count", count, 0), ("size", size, 0), ("of", of, 1)):
        if not isinstance(n, int) or isinstance(n, bool) or n < low:
            raise ValueError(f"{name}: a whole number of at least {low} is needed, got {n!r}")
    if size > of:
        raise ValueError(f"size: at most of = {of} is needed, got {size}")
    if 2 * size > of:
        return torch.rand(count, of, generator=chance).argsort(1)[:, :size].sort(1)[0]
    found = torch.randint(of, (count, size), generator=chance)
    while True:  # a number that is there twice is drawn again
        found = found.sort(1)[0]
        twice = torch.zeros_like(found, dtype=torch.bool)
        twice[:, 1:] = found[:, 1:] == found[:, :-1]
        if not twice.any():
            return found
        found[twice] = torch.randint(of, (int(twice.sum()),), generator=chance)


def patterns_of(cells: Tensor, inputs: int) -> Tensor:
    """The patterns (..., I) of booleans whose active cells are the rows (..., a)."""
    if cells.numel() and not 0 <= int(cells.min()) <= int(cells.max()) < inputs:
        given = f"{int(cells.min())} to {int(cells.max())}"
        raise ValueError(f"cells: numbers from 0 to {inputs - 1} are needed, got {given}")
    x = torch.zeros(*cells.shape[:-1], inputs, dtype=torch.bool, device=cells.device)
    return x.scatter(-1, cells, True)


class Segment(nn.Module):
    """One segment with synapses on the given cells.

    Args:
        cells: the cells of its synapses (s,), each once.
        threshold: active synapses that make it active.
    """

    def __init__(self, cells: Tensor, threshold: int):
        super().__init__()
        if cells.ndim != 1 or cells.is_floating_point() or len(cells.unique()) != len(cells):
            raise ValueError(f"cells: one row of whole numbers, all different, got {cells}")
        if not isinstance(threshold, int) or threshold < 1:
            raise ValueError(f"threshold: a whole number of at least 1, got {threshold!r}")
        self.register_buffer("cells", cells.long())
        self.threshold = threshold

    def forward(self, x: Tensor) -> Tensor:
        """1 where the segment is active, (...) for x (..., I)."""
        return segment_active(segment_overlap(x, self.cells[None])[..., 0], self.threshold)
