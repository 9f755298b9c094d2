"""Similarity matching: outputs as alike as their inputs, by Hebb forward and anti-Hebb sideways.

    y_n = sum_i w_ni x_i - sum over m != n of m_nm y_m
    D_n <- discount D_n + y_n^2
    dw_ni = rate / D_n y_n (x_i - y_n w_ni),     dm_nm = rate / D_n y_n (y_m - y_n m_nm)

    symbol     meaning                                              shape    unit
    x, y       input, its mean removed, and output                  (B, I), (B, N)
    w          feed-forward weight                                  (N, I)   weight
    m          lateral weight, inhibition; zero on the diagonal     (N, N)   weight
    D          summed power of the output: a falling learning rate  (N,)     -
    discount   1 as in the paper; below 1 the past is forgotten     ()       -

Both changes are Oja's rule, one with the inputs, one with the other outputs. They follow from one
objective, the least squares of x_s . x_t - y_s . y_t over all pairs of examples.

What follows, and is tested: the Gram matrix of the outputs becomes the best approximation of rank N
of that of the inputs, X X^T cut to its N largest eigenvalues; and the effective filter (1 + m)^-1 w
becomes orthonormal and spans the first N principal components, in no order.

Where it differs from the paper: outputs are solved for, where the paper iterates unit by unit to
the same fixed point; a batch adds its mean power to D, once.

Reference: Pehlevan, Hu & Chklovskii (2015), doi:10.1162/NECO_a_00745
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .layer import Layer, LayerParams, mean_product, need, without_diagonal
from .oja import oja_step


@dataclass(frozen=True)
class SimilarityParams(LayerParams):
    rate: float = 1.0  # over D
    start_power: float = 10.0  # D at the start: the larger, the slower the first steps
    discount: float = 1.0  # per call

    def __post_init__(self):
        super().__post_init__()
        need("start_power", self.start_power, 1e-12, 1e300)
        need("discount", self.discount, 0, 1)


class SimilarityMatching(Layer):
    """Linear units whose outputs are compared as their inputs are; see ``Layer``.

    ``lateral`` (N, N) and ``power`` (N,) learn beside ``weight`` (N, I). float32 or float64.
    """

    Params = SimilarityParams

    def __init__(self, inputs: int, units: int, params: SimilarityParams | None = None):
        super().__init__(inputs, units, params)
        self.register_buffer("lateral", torch.zeros(units, units))
        self.register_buffer("power", torch.full((units,), float(self.params.start_power)))

    def respond(self, x: Tensor) -> Tensor:
        loop = torch.eye(len(self.lateral), dtype=x.dtype, device=x.device) + self.lateral
        return torch.linalg.solve(loop, (x @ self.weight.T).T).T

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        power = self._power(y)
        pace = rate / power[:, None]
        return {
            "weight": oja_step(x[:, None], y[:, :, None], self.weight, pace),
            "lateral": oja_step(y[:, None], y[:, :, None], self.lateral, pace),
            "power": (power - self.power).expand(len(x), -1),
        }

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        power, square = self._power(y), y.square().mean(0)[:, None]
        pace = rate / power[:, None]
        return {
            "weight": pace * (mean_product(y, x) - square * self.weight),
            "lateral": pace * (mean_product(y, y) - square * self.lateral),
            "power": power - self.power,
        }

    def limit(self, name: str, before: Tensor, change: Tensor) -> Tensor:
        after = super().limit(name, before, change)
        return without_diagonal(after) if name == "lateral" else after

    def _power(self, y: Tensor) -> Tensor:
        return self.params.discount * self.power + y.square().mean(0)
