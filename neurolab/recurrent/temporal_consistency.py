"""Temporal consistency: a price on hidden activity that changes while nothing comes in.

    C(h) = mean over t in the delay of |h(t + 1) - h(t)|^2 / N

    symbol   meaning                                          shape       unit
    h        hidden states                                    (T, B, N)   -
    rest     1 in steps of the delay, where nothing comes in  (T,)        -
    C        the price, added to the loss times a factor      ()          -

A change counts where both its steps lie in the delay, so that an answer to an input is never
priced. C knows nothing of the task: it asks that something be held, not what.

What follows, and is tested: C is 0 for a state that stands still, and q^2 a neuron for one that
moves by q a step; for a linear state h(t) = a^t it is (1 - a)^2 times a mean of a^(2 t), and its
gradient pulls a toward 1 from below; what moves outside of the delay changes nothing.

Where it differs from the paper: this form is our reading of what its abstract names; which steps
count, the division by N and the constant factor are ours.

Reference: Haputhanthri et al. (2025), arXiv:2502.07256
"""

from torch import Tensor


def consistency_step(h: Tensor, after: Tensor) -> Tensor:
    """The price of one step from ``h`` to ``after``, a neuron."""
    return (after - h).square().mean(-1)


def temporal_consistency(h: Tensor, rest: Tensor | None = None) -> Tensor:
    """C of hidden states; differentiable.

    Args:
        h: (T, B, N), at least two steps.
        rest: (T,), not 0 in the steps of the delay; None: all.

    Returns:
        C, a tensor without axes.

    Raises:
        ValueError: a shape is not as said, or no two steps in a row are in the delay.
    """
    if h.ndim != 3 or len(h) < 2:
        raise ValueError(f"h: shape (T, B, N) with T from 2 is needed, got {tuple(h.shape)}")
    moved = consistency_step(h[:-1], h[1:])  # (T - 1, B)
    if rest is None:
        return moved.mean()
    if rest.shape != (len(h),):
        raise ValueError(f"rest: shape (T = {len(h)},) is needed, got {tuple(rest.shape)}")
    both = (rest[:-1] != 0) & (rest[1:] != 0)
    if not both.any():
        raise ValueError("rest: two steps in a row in the delay are needed, got none")
    return moved[both].mean()
