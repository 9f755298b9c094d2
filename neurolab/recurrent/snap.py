"""SnAp-1: RTRL that keeps only what a weight did to the unit it ends in.

    p_kj(t) = D_kk(t) p_kj(t - 1) + dh_k(t)/dw_kj,       dE/dw_kj ~= sum_t dE(t)/dh_k(t) p_kj(t)

    symbol   meaning                                                 shape       unit
    p        influence of weight kj on unit k, one number a weight   (B, W)      1 / w
    D_kk     what unit k did to itself in the step                   (B, N)      -
    E(t)     loss of a step; E is their sum                          ()          -

RTRL's influence with all else set to zero: the paths of a weight through other units are dropped.
E-prop drops the same ones. Memory is that of the weights, at any length. Every weight must have the
unit it ends in as its first axis, and end there alone within the step.

What follows, and is tested: it is RTRL where units reach only themselves (W diagonal); else it is
RTRL with the other entries of P set to zero after each step, for the vanilla cell and for others;
on small dense networks its angle to BPTT is measured, and grows with W.

Reference: Menick et al. (2021), arXiv:2006.07232
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .derivatives import Cell, Weights, check, pulled, shaped, through, vanilla_cell


class SnApState(NamedTuple):
    h: Tensor  # (B, N)
    p: Tensor  # (B, W)


def snap_start(h: Tensor, weights: Weights) -> SnApState:
    """From a state (B, N) that owes nothing to the weights."""
    for k, w in enumerate(weights):
        if w.ndim == 0 or len(w) != h.shape[1]:
            needed, given = h.shape[1], tuple(w.shape)
            raise ValueError(f"weights: {needed} rows in tensor {k} are needed, got {given}")
    return SnApState(h, h.new_zeros(len(h), sum(w.numel() for w in weights)))


@torch.no_grad()
def snap_step(
    x: Tensor,
    state: SnApState,
    weights: Weights,
    cell: Cell = vanilla_cell,
) -> SnApState:
    """State and influence one step later, for an input (B, I)."""
    check(x, state.h, weights)
    g = pulled(cell, x, state.h, weights, torch.ones_like(state.h))
    if cell is vanilla_cell:
        after = vanilla_cell(x, state.h, weights)
        own = (1 - after * after) * weights.recurrent.diagonal()
    else:
        after, d = through(cell, x, state.h, weights)
        own = d.diagonal(dim1=1, dim2=2)
    return SnApState(after, _rows(own, weights) * state.p + g)


def snap_gradient(error: Tensor, state: SnApState, weights: Weights) -> Weights:
    """What this step's ``error`` dE(t)/dh(t) (B, N) adds to the gradient, nearly."""
    return shaped((_rows(error, weights) * state.p).sum(0), weights)


def _rows(unit: Tensor, weights: Weights) -> Tensor:
    """A number for each unit (B, N) as one for each weight (B, W): that of its row."""
    parts = [unit.repeat_interleave(w[0].numel(), dim=1) for w in weights]
    return torch.cat(parts, 1)
