"""Rich or lazy: how much a network's weights, tangent kernel and hidden states change by learning.

    effective rank    (sum_k s_k^2)^2 / sum_k s_k^4           of singular values s_k
    tangent kernel    K_ij = sum_p dy_i/dp dy_j/dp            over all weights p
    alignment         A(K, K') = <K, K'> / (|K| |K'|)         of two kernels, 1: only the size moved
    representation    the same of H H^T, H the hidden states with their mean removed
    weight change     |W' - W| / |W|                          Frobenius norms

    symbol   meaning                                       shape
    W        recurrent weights                             (N, N)
    y_i      read-out of example i, one number             (B,)
    K        how learning example j moves answer i         (B, B)
    H        hidden states at the time of the answer       (B, N)

A lazy learner reaches the answer while K stands nearly still, as a linear model in its weights
would; a rich one moves K toward the task. ``low_rank`` draws W of a given rank and a given norm,
so that rank is all that differs between two starts.

What follows, and is tested: a linear model's kernel does not move, whatever it learns; the
effective rank is N for a multiple of an orthogonal matrix and 1 for an outer product; alignment
is 1 for multiples, and 0 for kernels of examples at right angles; the kernel is that of a product
of Jacobians written by hand.

Where it differs from the paper: effective rank is the participation ratio of the squared singular
values.

Reference: Liu, Baratin, Cornford, Mihalas, Shea-Brown & Lajoie (2023), arXiv:2310.08513
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.func import jacrev


def low_rank(size: int, rank: int, norm: float, chance: torch.Generator | None = None) -> Tensor:
    """W (N, N) of this rank and Frobenius norm: a random matrix without its smaller parts.

    Raises:
        ValueError: ``rank`` is not a whole number from 1 to ``size``, or ``norm`` not above 0.
    """
    for name, value in (("size", size), ("rank", rank)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: a whole number of at least 1 is needed, got {value!r}")
    if rank > size:
        raise ValueError(f"rank: at most size = {size} is allowed, got {rank}")
    if not 0 < norm < float("inf"):
        raise ValueError(f"norm: a number above 0 is needed, got {norm!r}")
    u, s, vt = torch.linalg.svd(torch.randn(size, size, generator=chance))
    w = (u[:, :rank] * s[:rank]) @ vt[:rank]
    return w * (norm / w.norm())


def effective_rank(w: Tensor) -> Tensor:
    """Over how many singular values a matrix is spread: 1 to N; nan for zeros."""
    if w.ndim != 2:
        raise ValueError(f"w: a matrix is needed, got shape {tuple(w.shape)}")
    s = torch.linalg.svdvals(w).square()
    return s.sum().square() / s.square().sum()


def tangent_kernel(answer: Callable[[Mapping[str, Tensor]], Tensor], weights: Mapping) -> Tensor:
    """K (B, B) of an answer (B,) as a function of weights by name."""
    slopes = jacrev(lambda w: answer(w))({name: w.detach() for name, w in weights.items()})
    for name, slope in slopes.items():
        if slope.shape[1:] != weights[name].shape:
            given = tuple(slope.shape[: slope.ndim - weights[name].ndim])
            raise ValueError(f"answer: one number an example, shape (B,), is needed, got {given}")
    flat = torch.cat([slope.flatten(1) for slope in slopes.values()], 1)
    return flat @ flat.T


def alignment(k: Tensor, other: Tensor) -> Tensor:
    """Cosine between two kernels (B, B): 1 where one is a multiple of
    the other.
    """
    if k.shape != other.shape or k.ndim != 2:
        got = f"{tuple(k.shape)} and {tuple(other.shape)}"
        raise ValueError(f"other: two equal shapes needed, got {got}")
    return (k * other).sum() / (k.norm() * other.norm())


def representation(h: Tensor) -> Tensor:
    """Likeness (B, B) of hidden states (B, N), their mean removed."""
    if h.ndim != 2:
        raise ValueError(f"h: shape (B, N) is needed, got {tuple(h.shape)}")
    h = h - h.mean(0)
    return h @ h.T


def weight_change(before: Tensor, after: Tensor) -> Tensor:
    """Length of the change, in units of the length before."""
    if before.shape != after.shape:
        shapes = f"{tuple(before.shape)} and {tuple(after.shape)}"
        raise ValueError(f"after: the shape of before is needed, got {shapes}")
    return (after - before).norm() / before.norm()
