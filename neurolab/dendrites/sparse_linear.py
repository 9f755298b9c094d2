"""A linear layer of which most weights do not exist: each unit has the same number of them.

    y = x (mask * w)' + b,      sum_i mask_ni = round(density I) for every unit n

    symbol    meaning                                     shape
    x         input                                       (..., I)
    w         weights (to, from)                          (N, I)
    mask      1 where a weight exists; drawn once         (N, I)
    b         bias                                        (N,)

First weights are uniform within 1 / sqrt(density I active), where ``active`` is the part of the
inputs that is on at a time: so a unit that reads 5 % of winners through half of its weights gets as
large an input as a dense one that reads all.

What follows, and is tested: the number of weights of each unit, now and after learning; a weight
that does not exist has no gradient; the output is that of a dense layer with the same zeros.

Reference: Ahmad & Scheinkman (2019), arXiv:1903.11257
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from neurolab.kernels import connected


def sparse_mask(
    units: int, inputs: int, density: float, chance: torch.Generator | None = None
) -> Tensor:
    """Booleans (units, inputs): each row has round(density inputs), at least 1, places drawn."""
    if not isinstance(density, int | float) or not 0 < density <= 1:
        raise ValueError(f"density: a number in (0, 1] is needed, got {density!r}")
    k = max(1, round(density * inputs))
    mask = torch.zeros(units, inputs, dtype=torch.bool)
    drawn = torch.rand(units, inputs, generator=chance).topk(k, dim=1).indices
    return mask.scatter_(1, drawn, True)


class SparseLinear(nn.Module):
    """y = x (mask * weight)' + bias.

    Args:
        inputs: I.
        units: N.
        density: part of the weights of a unit that exist.
        active: part of the inputs that is on at a time, for the size of the first weights.
        bias: whether there is one; it begins uniform within 1 / sqrt(I), as in torch.

    Shapes: x (..., I), y (..., N).
    """

    def __init__(
        self, inputs: int, units: int, density: float = 0.5, active: float = 1.0, bias: bool = True
    ):
        super().__init__()
        if not isinstance(active, int | float) or not 0 < active <= 1:
            raise ValueError(f"active: a number in (0, 1] is needed, got {active!r}")
        self.inputs, self.units, self.density = inputs, units, density
        mask = sparse_mask(units, inputs, density)
        bound = 1 / math.sqrt(max(1.0, active * inputs * density))
        self.weight = nn.Parameter(torch.empty(units, inputs).uniform_(-bound, bound) * mask)
        self.register_buffer("mask", mask)
        edge = 1 / math.sqrt(inputs)
        self.bias = nn.Parameter(torch.empty(units).uniform_(-edge, edge)) if bias else None

    def extra_repr(self) -> str:
        return f"{self.inputs}, {self.units}, density={self.density}"

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.inputs:
            raise ValueError(f"x: shape (..., {self.inputs}) is needed, got {tuple(x.shape)}")
        flat = x if x.ndim == 2 else x.reshape(-1, self.inputs)
        fast = connected(flat, self.weight, self.mask, self.bias)
        if fast is not None:
            return fast.view(*x.shape[:-1], self.units)
        return linear(x, self.weight * self.mask, self.bias)
