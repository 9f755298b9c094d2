"""Fixed points of a recurrent network, found by making its speed small.

    q(h) = |F(h) - h|^2 / 2,     h' = h - (J^T J + d I)^-1 J^T (F(h) - h),     J = dF/dh - I

    symbol   meaning                                            shape       unit
    F        one step of the network, its input held constant   -           -
    h        state                                              (N,)        -
    q        speed                                              ()          -
    d        damping: Gauss-Newton where 0, gradient descent where large     -

Many starts are moved at once. A start that comes faster is taken back and its damping is raised
tenfold, else it is lowered; so q never grows. A point is stable if all eigenvalues of dF/dh lie
inside the unit circle.

What follows, and is tested: of a network with planted fixed points (weights g v v^T / |v|^2) it
finds the states +m v, 0 and -m v with m = tanh(g m), and says that 0 is unstable for g above 1.

Reference: Sussillo & Barak (2013), doi:10.1162/NECO_a_00409 (there q is minimised by other means)
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.func import jacrev, vmap


class FixedPoints(NamedTuple):
    h: Tensor  # (P, N), one row a point
    speed: Tensor  # (P,) q of each
    radius: Tensor  # (P,) largest size of an eigenvalue of dF/dh; stable below 1


def speed(step: Callable[[Tensor], Tensor], h: Tensor) -> Tensor:
    """q of states (..., N)."""
    return (step(h) - h).square().sum(-1) / 2


@torch.no_grad()
def fixed_points(
    step: Callable[[Tensor], Tensor],
    starts: Tensor,
    iterations: int = 50,
    below: float = 1e-10,
    apart: float = 1e-2,
) -> FixedPoints:
    """Different fixed points that the starts lead to.

    Args:
        step: F, from states (..., N) to states.
        starts: (S, N).
        iterations: of the search.
        below: q that a fixed point must be below.
        apart: distance from which on two points are two.

    Returns:
        the points, slowest first; none (P = 0) where no start got below.
    """
    if starts.ndim != 2 or not len(starts):
        raise ValueError(f"starts: shape (S, N) is needed, got {tuple(starts.shape)}")
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 1:
        raise ValueError(f"iterations: a whole number of at least 1 is needed, got {iterations!r}")
    h, unit = starts.clone(), torch.eye(starts.shape[1], dtype=starts.dtype)
    damping = torch.full((len(h), 1, 1), 0.1, dtype=h.dtype)
    slope, now = vmap(jacrev(step)), speed(step, h)
    for _ in range(iterations):
        jacobian = slope(h) - unit
        left = jacobian.mT @ jacobian + damping * unit
        right = jacobian.mT @ (step(h) - h)[..., None]
        tried = h - torch.linalg.solve(left, right)[..., 0]
        after = speed(step, tried)
        better = after <= now
        h = torch.where(better[:, None], tried, h)
        now = torch.where(better, after, now)
        factor = torch.where(better, 0.3, 10.0)[:, None, None]
        damping = (damping * factor).clamp(1e-10, 1e6)
    kept: list[int] = []
    for k in now.argsort().tolist():
        if now[k] < below and all((h[k] - h[j]).norm() > apart for j in kept):
            kept.append(k)
    found = h[kept]
    radius = found.new_zeros(len(kept))
    if kept:
        radius = torch.linalg.eigvals(slope(found)).abs().amax(-1)
    return FixedPoints(found, now[kept], radius)
