"""Backpropagation through time (BPTT), written out: run forward, keep everything, walk back.

    forward    h(t) = cell(x(t), h(t - 1), w),       t = 1 .. T, all kept
    backward   c(T) = 0
               r(t) = dE(t)/dh(t) + c(t)             all that E owes to h(t)
               dE/dw += r(t)^T G(t),   c(t - 1) = r(t)^T D(t)

    vanilla    d = (1 - h^2) r,   dW_in += d x^T,  dW += d h(t - 1)^T,  db += d,  c(t - 1) = W^T d

    symbol   meaning                                        shape       unit
    x        input                                          (T, B, I)   -
    h        state                                          (B, N)      -
    E(t)     loss of a step; E is their sum                 ()          -
    r        derivative of E by the state, all paths        (B, N)      of E
    c        its part that comes from later steps           (B, N)      of E
    d        derivative of E by the sum in a unit           (B, N)      of E
    D, G     what a step did, see ``derivatives``

Unrolled, T steps are a feed-forward network with T layers that share one matrix. All T states have
to be kept until the walk back comes to them, and nothing is learned before the end.

What follows, and is tested: the gradient is that of autograd to 1e-10, of the vanilla cell and of
others; the bytes alive at once grow by exactly one state (B, N) for each step.

Reference: Werbos (1990), doi:10.1109/5.58337
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .derivatives import Cell, Weights, added, advance, back, check, vanilla_cell, zeros_like

# error(t, h) -> dE(t)/dh(t), of the shape of h, for the step t = 0 .. T - 1
Error = Callable[[int, Tensor], Tensor]


def bptt_step(
    error: Tensor,
    carried: Tensor,
    x: Tensor,
    before: Tensor,
    weights: Weights,
    cell: Cell = vanilla_cell,
) -> tuple[Weights, Tensor]:
    """One step back in time.

    Args:
        error: dE(t)/dh(t) (B, N).
        carried: c(t) (B, N).
        x: input (B, I) of the step.
        before: h(t - 1) (B, N).

    Returns:
        what the step adds to the gradient, and c(t - 1).
    """
    carried, part = back(cell, x, before, weights, error + carried)
    return part, carried


@torch.no_grad()
def bptt_gradient(
    x: Tensor, start: Tensor, weights: Weights, error: Error, cell: Cell = vanilla_cell
) -> tuple[Weights, Tensor]:
    """The gradient of the weights, of a sequence x (T, B, I), and the last state."""
    states = [start]
    for x_t in x:
        check(x_t, states[-1], weights)
        states.append(advance(cell, x_t, states[-1], weights))
    last, gradient, carried = states[-1], zeros_like(weights), torch.zeros_like(start)
    for t in range(len(x) - 1, -1, -1):
        after = states.pop()
        part, carried = bptt_step(error(t, after), carried, x[t], states[-1], weights, cell)
        gradient = added(gradient, part)
    return gradient, last
