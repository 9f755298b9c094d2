"""What the read-out is asked for: a loss at each step, and its error, the derivative.

    regression       E = 1/2 sum_k (y_k - t_k)^2                        dE/dy_k = y_k - t_k
    classification   E = -log p_c,  p = softmax(y),  c the class        dE/dy_k = p_k - [k = c]

    symbol   meaning                      shape                               unit
    y        read-out                     (B, K)                              that of the target
    t, c     target                       (B, K), or (B,) whole numbers       -
    E        loss                         (B,)                                -
    error    dE/dy                        (B, K)                              -

Tested: the error is what autograd gets from the loss, and the loss is torch's own.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y, regression and
classification
"""

import torch
from torch import Tensor


def squared_error(y: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Loss (B,) and error (B, K) for a target (B, K)."""
    if target.shape != y.shape:
        needed, given = tuple(y.shape), tuple(target.shape)
        raise ValueError(f"target: shape (B, K) = {needed} is needed, got {given}")
    error = y - target
    return error.square().sum(-1) / 2, error


def cross_entropy(y: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Loss (B,) and error (B, K) for classes (B,), 0 .. K - 1."""
    if target.shape != y.shape[:-1] or target.is_floating_point() or target.dtype == torch.bool:
        given = f"{tuple(target.shape)} of {target.dtype}"
        raise ValueError(f"target: classes (B,) = {tuple(y.shape[:-1])} are needed, got {given}")
    if target.numel() and not 0 <= int(target.min()) <= int(target.max()) < y.shape[-1]:
        given = f"{int(target.min())} to {int(target.max())}"
        raise ValueError(f"target: classes from 0 to {y.shape[-1] - 1} are needed, got {given}")
    log_p = y.log_softmax(-1)
    loss = -log_p.gather(-1, target[:, None])[:, 0]
    return loss, log_p.exp() - torch.nn.functional.one_hot(target, y.shape[-1])


LOSSES = {"regression": squared_error, "classification": cross_entropy}
