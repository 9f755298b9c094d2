"""Gradients that pull against each other: how much, and PCGrad, which takes the conflict out.

    conflict    cos(g_i, g_j) = g_i . g_j / |g_i| |g_j|        below zero: against each other
    PCGrad      h_i = g_i at first; for each i, for j in an order drawn anew:
                    if h_i . g_j < 0:  h_i = h_i - (h_i . g_j / |g_j|^2) g_j
                g = sum_i h_i

    symbol    meaning                                  shape
    g         gradient of each task, flat              (K, P)
    h         the same, without what conflicts         (K, P)

What follows, and is tested: gradients that do not conflict are only summed; of two that do, each
ends orthogonal to the other as it was; a step along the result lowers both of two losses.

Reference: Yu, Kumar, Gupta, Levine, Hausman & Finn (2020), arXiv:2001.06782
"""

import torch
from torch import Tensor

from neurolab.core.ops import Value, minimum


def project_step(h: Value, g: Value, hg: Value, gg: Value) -> Value:
    """h less what points against g; hg = h . g, gg = |g|^2."""
    return h - minimum(hg, 0.0) / gg * g


def _rows(g: Tensor) -> None:
    if g.ndim != 2 or not len(g):
        raise ValueError(f"g: shape (K, P), K at least 1, is needed, got {tuple(g.shape)}")


def gradient_conflict(g: Tensor) -> Tensor:
    """Cosine of each pair of gradients (K, P): (K, K). A gradient of zeros has cosine 0."""
    _rows(g)
    length = g.norm(dim=1, keepdim=True).clamp_min(torch.finfo(g.dtype).tiny)
    g = g / length
    return g @ g.T


def pcgrad(g: Tensor, chance: torch.Generator | None = None) -> Tensor:
    """The summed gradient (P,) of tasks (K, P), each without what points against another."""
    _rows(g)
    square = g.square().sum(1)
    found = g.clone()
    for i in range(len(g)):
        for j in torch.randperm(len(g), generator=chance).tolist():
            along = found[i] @ g[j]
            if j != i and along < 0:
                found[i] = project_step(found[i], g[j], along, square[j])
    return found.sum(0)
