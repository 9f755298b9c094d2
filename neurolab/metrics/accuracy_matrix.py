"""What is left of earlier tasks: numbers from the accuracy after each task on each task.

    R_ij                   accuracy on task j after task i has been learned
    average                mean_j R_Kj                                   after the last task
    backward transfer      mean_{j < K} R_Kj - R_jj                      below zero: forgotten
    forgetting             mean_{j < K} max_{j <= i < K} R_ij - R_Kj     from the best it ever was
    forward transfer       mean_{j > 1} R_{j-1, j} - b_j                 before it was learned

    symbol   meaning                                                 shape
    R        one row after each task, one column for each            (K, K)
    b        accuracy of a network that has learned nothing          (K,)

All are in the unit of R. Entries above the diagonal are used by forward transfer alone and may be
nan for the others.

Reference: Lopez-Paz & Ranzato (2017), arXiv:1706.08840; Chaudhry et al. (2018), arXiv:1801.10112
"""

import torch
from torch import Tensor


def _square(r: Tensor, least: int = 1) -> Tensor:
    r = torch.as_tensor(r)
    if r.ndim != 2 or r.shape[0] != r.shape[1] or len(r) < least:
        given = tuple(r.shape)
        raise ValueError(f"r: a square matrix of at least {least} tasks is needed, got {given}")
    return r if r.is_floating_point() else r.double()


def average_accuracy(r: Tensor) -> float:
    """Mean accuracy on all tasks after the last."""
    return _square(r)[-1].mean().item()


def backward_transfer(r: Tensor) -> float:
    """Mean change of the accuracy on a task since it was learned; the last task is left out."""
    r = _square(r, 2)
    return (r[-1, :-1] - r.diagonal()[:-1]).mean().item()


def forgetting(r: Tensor) -> float:
    """Mean loss since the best accuracy on a task; the last task is left out."""
    r = _square(r, 2)
    best = torch.stack([r[j:-1, j].max() for j in range(len(r) - 1)])
    return (best - r[-1, :-1]).mean().item()


def forward_transfer(r: Tensor, untrained: Tensor) -> float:
    """Mean gain on a task before it is learned, over a network that has learned nothing."""
    r = _square(r, 2)
    untrained = torch.as_tensor(untrained, dtype=r.dtype)
    if untrained.shape != r.shape[:1]:
        given = tuple(untrained.shape)
        raise ValueError(f"untrained: shape ({len(r)},) is needed, got {given}")
    return (r.diagonal(1) - untrained[1:]).mean().item()
