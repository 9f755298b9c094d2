"""What one threshold unit can tell apart: every labelling of some points, by exact search.

    y = 1 where w . x + b > 0, else 0

    symbol   meaning                               shape
    x        points                                (n, d)
    y        a labelling of them                   (n,)
    w, b     weights and bias of a unit            (d,), ()

A labelling can be reached if and only if some w, b keep it with |w . x + b| >= 1 at all points.
Those w, b form a polyhedron, and it has a corner, at which d + 1 of the points have exactly 1 or
-1, if the points do not all lie in one hyperplane. So solving for each choice of d + 1 points and
signs, and looking whether the other points keep their distance, finds every labelling there is,
and no other. No search by learning can do that: it never shows that nothing better exists.

What follows, and is tested: of n points in general position Cover's number can be reached,
2 sum_k (n - 1 over k) for k = 0 .. d; four corners of a square leave out two of sixteen, XOR and
its opposite, of which a unit gets three quarters.

The answers are exact for points with small whole coordinates: what is compared with 1 then differs
from it by far more than rounding.

Reference: Cover (1965), doi:10.1109/PGEC.1965.264137
"""

from itertools import combinations, product

import torch
from torch import Tensor

ROUNDING = 1e-9


def linear_dichotomies(x: Tensor) -> Tensor:
    """All labellings (K, n) of points x (n, d) that a threshold unit can reach, as booleans.

    Raises:
        ValueError: points of another shape, or all in one hyperplane.
    """
    if x.ndim != 2 or x.shape[1] < 1:
        raise ValueError(f"x: points of shape (n, d) are needed, got {tuple(x.shape)}")
    z = torch.cat([x.double(), torch.ones(len(x), 1, dtype=torch.float64)], 1)
    size = z.shape[1]
    if torch.linalg.matrix_rank(z) < size:
        raise ValueError(f"x: {len(x)} points all lie in one hyperplane, so it has fewer axes")
    signs = torch.tensor(list(product((-1.0, 1.0), repeat=size)), dtype=torch.float64).T
    rows = torch.tensor(list(combinations(range(len(z)), size)))
    tight = z[rows]
    tight = tight[torch.linalg.matrix_rank(tight) == size]
    values = z @ torch.linalg.solve(tight, signs)  # (choices, n, 2^(d+1)), one column a unit
    kept = (values.abs() >= 1 - ROUNDING).all(1)
    return (values > 0).mT[kept].unique(dim=0)


def best_linear(x: Tensor, y: Tensor) -> float:
    """The largest part of labels y (n,) of points x (n, d) that a threshold unit gets right."""
    if y.shape != x.shape[:1]:
        raise ValueError(f"y: one label for each of {len(x)} points needed, got {tuple(y.shape)}")
    right = linear_dichotomies(x) == y.bool()
    return right.double().mean(1).max().item()
