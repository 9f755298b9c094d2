"""Truncated BPTT: walk back over the last k steps only, and learn while the sequence runs.

    at each t   r = dE(t)/dh(t)
                for s = t, t - 1, .. t - k + 1:   dE/dw += r^T G(s),   r <- r^T D(s)

    chunks      cut the sequence every k steps; BPTT inside a piece, nothing across a cut

    symbol   meaning                                               shape            unit
    k        window                                                ()               steps
    past     the last k inputs and the states before them          k x (B, I + N)   -
    r        derivative of E(t) by h(s)                            (B, N)           of E
    D, G     what a step did, see ``derivatives``

The first form lets every error see exactly k steps and costs k steps back at each step. The second
costs one step back at each, but an error sees 1 to k steps, by where it falls in its piece.

What follows, and is tested: with k >= T both are BPTT. What they miss, the bias, does not average
out. In a linear network h(t) = a h(t - 1) + x with the loss at the end, the share of dE/da that a
window keeps has a closed form (in the test), whose lost part falls as a^k: a task that spans more
than k steps gives no signal at all. Memory grows with k and not with T.

Reference: Williams & Peng (1990), doi:10.1162/neco.1990.2.4.490
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.scan import length_of
from neurolab.core.tree import Tree, leaves_of, mapped

from .derivatives import Cell, Weights, added, advance, back, check, vanilla_cell, zeros_like


class TruncatedState(NamedTuple):
    h: Tensor  # (B, N)
    past: tuple[tuple[Tensor, Tensor], ...]  # (x, state before), the last k, oldest first


def truncated_start(h: Tensor) -> TruncatedState:
    """Nothing remembered."""
    return TruncatedState(h, ())


@torch.no_grad()
def truncated_step(
    x: Tensor, state: TruncatedState, weights: Weights, window: int, cell: Cell = vanilla_cell
) -> TruncatedState:
    """The network one step later; of the past the last ``window`` steps stay."""
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        raise ValueError(f"window: a whole number of steps from 1 is needed, got {window!r}")
    check(x, state.h, weights)
    past = (*state.past, (x, state.h))[-window:]
    return TruncatedState(advance(cell, x, state.h, weights), past)


@torch.no_grad()
def truncated_gradient(
    error: Tensor, state: TruncatedState, weights: Weights, cell: Cell = vanilla_cell
) -> Weights:
    """What this step's ``error`` dE(t)/dh(t) (B, N) adds to the gradient."""
    gradient = zeros_like(weights)
    for x, before in reversed(state.past):
        error, part = back(cell, x, before, weights, error)
        gradient = added(gradient, part)
    return gradient


def chunked_backward(
    run: Callable[[Tree, Tree], tuple],
    x: Tree,
    state: Tree,
    loss: Callable[[slice, Tensor], Tensor],
    window: int,
) -> tuple[Tensor, Tree]:
    """The second form for autograd: gradients of all pieces add up in ``grad``.

    Args:
        run: (piece of x, state) -> (outputs, state).
        x: inputs (T, ...), a tensor or a tuple of them.
        loss: (which steps, their outputs) -> what they cost.
        window: k.

    Returns:
        the summed loss, and the last state, cut off from the past.
    """
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        raise ValueError(f"window: a whole number of steps from 1 is needed, got {window!r}")
    total = torch.zeros((), dtype=leaves_of(state)[0].dtype)
    for first in range(0, length_of(x), window):
        which = slice(first, first + window)
        outputs, state = run(mapped(lambda v, which=which: v[which], x), state)
        cost = loss(which, outputs)
        cost.backward()
        total += cost.detach()
        state = mapped(lambda leaf: leaf.detach(), state)
        del outputs, cost
    return total, state
