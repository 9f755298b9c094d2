"""Foldiak's network: sparse codes by Hebbian input, anti-Hebbian inhibition and thresholds.

    du_n/dt = f(sum_i w_ni x_i + sum_m l_nm u_m - theta_n) - u_n,     f(a) = 1 / (1 + exp(-slope a))
    y_n = 1 if u_n > 1/2 at rest, else 0
    dw_ni = rate y_n (x_i - w_ni)
    dl_nm = -lateral_rate (y_n y_m - density^2),     at most 0, and 0 for n = m
    dtheta_n = threshold_rate (y_n - density)

    symbol           meaning                                   shape    unit
    x, y             input and output, 0 or 1                  (B, I), (B, N)
    u                activity while the network settles        (B, N)   -
    w, l             feed-forward and lateral weight           (N, I), (N, N)
    theta            threshold                                 (N,)     weight
    density          how often a unit shall answer             ()       -
    t                time of settling, 0 to 10                 ()       time constants

What follows, and is tested: thresholds make every unit answer with probability ``density``; on
8 x 8 pictures of random bars (each of 16 present with probability 1/8) each unit comes to stand for
one bar, and every bar has a unit.

Where it differs from the paper: settling is 100 Euler steps of 0.1 from u = 0. The rate given to
``learn`` is that of w; the other two are in ``Params``.

Reference: Foldiak (1990), Forming sparse representations by local anti-Hebbian learning,
doi:10.1007/BF02331346
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, sigmoid

from .layer import Layer, LayerParams, mean_product, need, without_diagonal

STEPS, DT = 100, 0.1  # of settling; time constants


@dataclass(frozen=True)
class FoldiakParams(LayerParams):
    rate: float = 0.02  # of the feed-forward weight
    lateral_rate: float = 0.1
    threshold_rate: float = 0.02
    density: float = 0.125  # fraction of examples a unit answers to
    slope: float = 10.0  # of f, 1 / weight

    def __post_init__(self):
        super().__post_init__()
        for name in ("lateral_rate", "threshold_rate", "slope"):
            need(name, getattr(self, name), 0, 1e300)
        need("density", self.density, 0, 1)


def foldiak_step(x: Value, y: Value, w: Value, rate: float) -> Value:
    """The change of a feed-forward weight by one input. Elementwise.

    For a layer x is (..., 1, I), y (..., N, 1), w (N, I):
    the change is (..., N, I).
    """
    return rate * y * (x - w)


def foldiak_lateral_step(
    y_from: Value,
    y_to: Value,
    density: float,
    rate: float,
) -> Value:
    """The change of a lateral weight by one input. Elementwise."""
    return -rate * (y_to * y_from - density * density)


class Foldiak(Layer):
    """Binary units that share the input out among themselves; see ``Layer``.

    ``weight`` (N, I) starts as positive random rows of length 1, ``lateral`` (N, N) at 0 and
    ``threshold`` (N,) at 1/2.
    """

    Params = FoldiakParams

    def __init__(self, inputs: int, units: int, params: FoldiakParams | None = None):
        super().__init__(inputs, units, params)
        self.register_buffer("lateral", torch.zeros(units, units))
        self.register_buffer("threshold", torch.full((units,), 0.5))

    def start(self, units: int, inputs: int) -> Tensor:
        w = torch.rand(units, inputs)
        return w / w.norm(dim=1, keepdim=True)

    def respond(self, x: Tensor) -> Tensor:
        drive = x @ self.weight.T - self.threshold
        u = torch.zeros_like(drive)
        for _ in range(STEPS):
            u = u.lerp(sigmoid(self.params.slope * torch.addmm(drive, u, self.lateral.T)), DT)
        return (u > 0.5).to(x.dtype)

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        p = self.params
        return {
            "weight": foldiak_step(x[:, None], y[:, :, None], self.weight, rate),
            "lateral": foldiak_lateral_step(y[:, None], y[:, :, None], p.density, p.lateral_rate),
            "threshold": p.threshold_rate * (y - p.density),
        }

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        p, active = self.params, y.mean(0)
        return {
            "weight": rate * (mean_product(y, x) - active[:, None] * self.weight),
            "lateral": -p.lateral_rate * (mean_product(y, y) - p.density * p.density),
            "threshold": p.threshold_rate * (active - p.density),
        }

    def limit(self, name: str, before: Tensor, change: Tensor) -> Tensor:
        after = super().limit(name, before, change)
        return without_diagonal(after.clamp(max=0)) if name == "lateral" else after
