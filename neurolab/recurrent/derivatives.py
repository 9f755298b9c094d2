"""What one step of a recurrent network did to its state: the derivatives that all methods share.

    h(t) = cell(x(t), h(t - 1), w),      D = dh(t)/dh(t - 1),      G = dh(t)/dw at fixed h(t - 1)

    vanilla cell     h = tanh(a),  a = W_in x + W h(t - 1) + b
    its derivatives  D = diag(1 - h^2) W,   dh_k/da_k = 1 - h_k^2,   da_k/dw_kj = x_j, h_j(t - 1), 1

    symbol   meaning                                              shape                      unit
    x        input                                                (B, I)                     -
    h        state                                                (B, N)                     -
    w        weights, a tuple of tensors (to, from) or (to,)      P numbers in all           -
    D        what the state before did to the state               (B, N, N)                  -
    G        what the weights did to it in this step              (B, N, P)                  1 / w

A cell is any pure function ``cell(x, h, weights)`` that takes one example, x (I,) and h (N,), and
gives the next h (N,); ``torch.func`` finds its derivatives. What has more than one variable a unit
lays them side by side in h. For ``vanilla_cell`` they are written out, and it takes batches, too.

Tested: the general way and the one written out are equal, and equal finite differences.

Reference: Williams & Zipser (1989), doi:10.1162/neco.1989.1.2.270
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.func import jacrev, vjp, vmap

Weights = tuple[Tensor, ...]
Cell = Callable[[Tensor, Tensor, Weights], Tensor]


class VanillaWeights(NamedTuple):
    weight: Tensor  # (N, I) from the inputs
    recurrent: Tensor  # (N, N) from the state
    bias: Tensor  # (N,)


def vanilla_cell(x: Tensor, h: Tensor, weights: VanillaWeights) -> Tensor:
    """The next state, of one example or of a batch."""
    return torch.tanh(x @ weights.weight.T + h @ weights.recurrent.T + weights.bias)


def advance(cell: Cell, x: Tensor, h: Tensor, weights: Weights) -> Tensor:
    """The next state (B, N)."""
    if cell is vanilla_cell:
        return vanilla_cell(x, h, weights)
    return vmap(lambda x, h: cell(x, h, weights))(x, h)


def through(cell: Cell, x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """The next state (B, N) and D (B, N, N)."""
    after = advance(cell, x, h, weights)
    if cell is vanilla_cell:
        return after, (1 - after * after)[:, :, None] * weights.recurrent
    return after, vmap(jacrev(lambda h, x: cell(x, h, weights)))(h, x)


def direct(cell: Cell, x: Tensor, h: Tensor, weights: Weights) -> Tensor:
    """G (B, N, P), by ``torch.func`` for any cell."""

    def one(x: Tensor, h: Tensor) -> Tensor:
        parts = jacrev(lambda w: cell(x, h, w))(weights)
        return torch.cat([part.flatten(1) for part in parts], 1)

    return vmap(one)(x, h)


def pulled(cell: Cell, x: Tensor, h: Tensor, weights: Weights, vector: Tensor) -> Tensor:
    """vector^T G (B, P) for a ``vector`` (B, N), without making G."""
    if cell is vanilla_cell:
        after = advance(cell, x, h, weights)
        d = (1 - after * after) * vector
        outer = [torch.einsum("bn,bj->bnj", d, source).flatten(1) for source in (x, h)]
        return torch.cat([*outer, d], 1)

    def one(x: Tensor, h: Tensor, vector: Tensor) -> Tensor:
        (parts,) = vjp(lambda w: cell(x, h, w), weights)[1](vector)
        return torch.cat([part.flatten() for part in parts])

    return vmap(one)(x, h, vector)


def back(
    cell: Cell, x: Tensor, h: Tensor, weights: Weights, vector: Tensor
) -> tuple[Tensor, Weights]:
    """vector^T D (B, N), and vector^T G summed over the batch, shaped as the weights."""
    if cell is vanilla_cell:
        after = advance(cell, x, h, weights)
        d = (1 - after * after) * vector
        return d @ weights.recurrent, VanillaWeights(d.T @ x, d.T @ h, d.sum(0))
    _, pull = vjp(lambda h, w: vmap(lambda x, h: cell(x, h, w))(x, h), h, weights)
    return pull(vector)


def shaped(flat: Tensor, weights: Weights) -> Weights:
    """P numbers (P,) in the shapes of the weights."""
    parts = flat.split([w.numel() for w in weights])
    made = [part.reshape(w.shape) for part, w in zip(parts, weights, strict=True)]
    return type(weights)(*made) if hasattr(weights, "_fields") else tuple(made)


def added(a: Weights, b: Weights) -> Weights:
    """The sum of two gradients."""
    made = [x + y for x, y in zip(a, b, strict=True)]
    return type(a)(*made) if hasattr(a, "_fields") else tuple(made)


def zeros_like(weights: Weights) -> Weights:
    """A gradient of nothing."""
    made = [torch.zeros_like(w) for w in weights]
    return type(weights)(*made) if hasattr(weights, "_fields") else tuple(made)


def check(x: Tensor, h: Tensor, weights: Weights) -> None:
    """Refuse by name what no step can use."""
    for name, value in (("x", x), ("h", h)):
        if value.ndim != 2:
            raise ValueError(f"{name}: two axes (B, ...) are needed, got {tuple(value.shape)}")
    if len(x) != len(h):
        raise ValueError(f"x: a batch of {len(h)}, as h has it, is needed, got {len(x)}")
    if isinstance(weights, VanillaWeights):
        units, inputs = weights.weight.shape
        wanted = {"x": (x, inputs), "h": (h, units)}
        for name, (value, size) in wanted.items():
            if value.shape[1] != size:
                raise ValueError(
                    f"{name}: {size} on the last axis are needed, got {value.shape[1]}"
                )
    for name, value in (("x", x), ("h", h)):
        if not bool(torch.isfinite(value).all()):
            raise ValueError(f"{name}: finite numbers are needed, got some nan or infinite")
