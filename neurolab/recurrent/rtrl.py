"""Real-time recurrent learning (RTRL): the exact gradient of BPTT, carried forward in time.

    P(t)  = D(t) P(t - 1) + G(t),        P(0) = 0
    dE/dw = sum_t (dE(t)/dh(t))^T P(t)

    symbol   meaning                                            shape        unit
    h        state                                              (B, N)       -
    P        influence: how h(t) moves with each weight         (B, N, W)    1 / w
    W        number of weights, N (N + I + 1) in a vanilla net  ()           -
    E(t)     loss of a step; E is their sum                     ()           -
    D, G     what a step did, see ``derivatives``

Nothing of the past is kept but P, and the weights may change after any step. The price: P holds
about N^3 numbers, and a step costs about N^4 products.

What follows, and is tested: with fixed weights the gradient is that of BPTT to 1e-10, of the
vanilla cell and of others; the bytes alive at once are the same at any length, and grow as N^3.

Reference: Williams & Zipser (1989), doi:10.1162/neco.1989.1.2.270
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .derivatives import Cell, Weights, check, direct, shaped, through, vanilla_cell


class RTRLState(NamedTuple):
    h: Tensor  # (B, N)
    influence: Tensor  # (B, N, W)


def rtrl_start(h: Tensor, weights: Weights) -> RTRLState:
    """From a state (B, N) that owes nothing to the weights."""
    size = sum(w.numel() for w in weights)
    return RTRLState(h, h.new_zeros(*h.shape, size))


@torch.no_grad()
def rtrl_step(
    x: Tensor,
    state: RTRLState,
    weights: Weights,
    cell: Cell = vanilla_cell,
) -> RTRLState:
    """State and influence one step later, for an input (B, I)."""
    check(x, state.h, weights)
    after, d = through(cell, x, state.h, weights)
    influence = d @ state.influence
    if cell is vanilla_cell:
        _add_direct(influence, 1 - after * after, x, state.h)
    else:
        influence += direct(cell, x, state.h, weights)
    return RTRLState(after, influence)


def rtrl_gradient(error: Tensor, state: RTRLState, weights: Weights) -> Weights:
    """What this step's ``error`` dE(t)/dh(t) (B, N) adds to the gradient."""
    return shaped(torch.einsum("bn,bnp->p", error, state.influence), weights)


def _add_direct(influence: Tensor, slope: Tensor, x: Tensor, h: Tensor) -> None:
    """Add G of the vanilla cell, of which unit k has row k alone; ``slope`` is 1 - h^2."""
    (batch, units), first = slope.shape, 0
    for source in (x, h, torch.ones_like(h[:, :1])):
        size = units * source.shape[1]
        block = influence[:, :, first : first + size].view(batch, units, units, -1)
        block.diagonal(dim1=1, dim2=2).add_(torch.einsum("bn,bj->bjn", slope, source))
        first += size
