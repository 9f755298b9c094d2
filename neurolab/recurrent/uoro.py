"""Unbiased online recurrent optimisation (UORO): RTRL with one column and one row, by chance.

    P(t) ~= s(t) q(t)^T,         E[s q^T] = P(t)
    v     = D(t) s(t - 1),       g = nu^T G(t),        nu_k = +1 or -1, drawn at each step
    s(t)  = r0 v + r1 nu,        q(t) = q(t - 1) / r0 + g / r1
    r0    = sqrt(|q(t - 1)| / |v|),   r1 = sqrt(|g| / |nu|)
    dE/dw ~= sum_t (dE(t)/dh(t) . s(t)) q(t)

    symbol   meaning                                          shape     unit
    s        a combination of states                          (B, N)    sqrt(1 / w)
    q        a combination of weights                         (B, W)    sqrt(1 / w)
    nu       random signs                                     (B, N)    -
    r0, r1   scales that keep s and q alike, least variance   (B, 1)    -
    P        influence of RTRL, never made                    (B, N, W)
    D, G     what a step did, see ``derivatives``

Since nu nu^T is the unit matrix on average, the cross terms of s q^T vanish on average and what is
left is D P + G: RTRL's line. Memory is that of the weights, at any length.

What follows, and is tested: the mean over many draws is the gradient of BPTT within its standard
error, and not without random signs; a single draw is off by more than the gradient is long.

Where it differs from the paper: the scales are taken without the small number added there; where a
norm is zero its scale is 1.

Reference: Tallec & Ollivier (2017), arXiv:1702.05043
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .derivatives import Cell, Weights, check, pulled, shaped, through, vanilla_cell


class UOROState(NamedTuple):
    h: Tensor  # (B, N)
    s: Tensor  # (B, N)
    q: Tensor  # (B, W)


def uoro_start(h: Tensor, weights: Weights) -> UOROState:
    """From a state (B, N) that owes nothing to the weights."""
    size = sum(w.numel() for w in weights)
    return UOROState(h, torch.zeros_like(h), h.new_zeros(len(h), size))


@torch.no_grad()
def uoro_step(
    x: Tensor,
    state: UOROState,
    weights: Weights,
    nu: Tensor,
    cell: Cell = vanilla_cell,
) -> UOROState:
    """One step later, for inputs (B, I), random signs ``nu`` (B, N)."""
    check(x, state.h, weights)
    _check_signs(nu, state.h)
    after, d = through(cell, x, state.h, weights)
    v = (d @ state.s[..., None])[..., 0]
    g = pulled(cell, x, state.h, weights, nu)
    r0, r1 = _scale(state.q, v), _scale(g, nu)
    return UOROState(after, r0 * v + r1 * nu, state.q / r0 + g / r1)


def uoro_gradient(error: Tensor, state: UOROState, weights: Weights) -> Weights:
    """What this step's ``error`` dE(t)/dh(t) (B, N) adds to the gradient, on average."""
    return shaped(((error * state.s).sum(1, keepdim=True) * state.q).sum(0), weights)


def _check_signs(nu: Tensor, h: Tensor) -> None:
    if nu.shape != h.shape or not bool((nu.abs() == 1).all()):
        needed = tuple(h.shape)
        raise ValueError(f"nu: +1 and -1 of shape {needed} are needed, got {tuple(nu.shape)}")


def _scale(above: Tensor, below: Tensor) -> Tensor:
    """sqrt(|above| / |below|) (B, 1), and 1 where one of them is zero."""
    over, under = above.norm(dim=1, keepdim=True), below.norm(dim=1, keepdim=True)
    fine = (over > 0) & (under > 0)
    return torch.where(fine, over / torch.where(fine, under, 1.0), 1.0).sqrt()
