"""Population code: each value is spread over cells that prefer different values.

    on a line     f_j(s) = base + peak exp(-(s - c_j)^2 / (2 width^2))
    on a circle   f_j(s) = base + peak exp(kappa (cos(s - c_j) - 1))

    symbol   meaning                                     shape       unit
    s        value (on a circle an angle, rad)           (B, N)      -
    c_j      what cell j prefers                         (M,)        that of s
    f_j      tuning curve: firing rate of cell j         (B, N, M)   1 / s
    base     rate far from c_j                           ()          1 / s
    peak     what is added at c_j                        ()          1 / s
    width    of a Gaussian curve                         ()          that of s
    kappa    sharpness of a von Mises curve              ()          -

What follows, and is tested: both have their largest rate, base + peak, at c_j; the von Mises curve
is periodic, and for large kappa the Gaussian of width 1 / sqrt(kappa); curves at even distances add
up to an almost constant rate (on the circle to base + peak exp(-kappa) I0(kappa) a cell, I0 the
modified Bessel function), so the population as a whole does not tell s by its total.

Reference: Seung & Sompolinsky (1993), doi:10.1073/pnas.90.22.10749
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, cos, exp

from .rate import RateParams, poisson
from .spikes import check_from_zero, check_positive, check_values


@dataclass(frozen=True)
class GaussianParams:
    width: float = 0.15
    peak: float = 100.0  # 1 / s
    base: float = 2.0  # 1 / s

    def __post_init__(self):
        check_positive(width=self.width, peak=self.peak)
        check_from_zero(base=self.base)


@dataclass(frozen=True)
class VonMisesParams:
    kappa: float = 2.0
    peak: float = 50.0  # 1 / s
    base: float = 2.0  # 1 / s

    def __post_init__(self):
        check_positive(kappa=self.kappa, peak=self.peak)
        check_from_zero(base=self.base)


@dataclass(frozen=True)
class PopulationParams:
    cells: int = 8  # for each value
    curve: GaussianParams = GaussianParams()

    def __post_init__(self):
        if not isinstance(self.cells, int) or self.cells < 2:
            raise ValueError(f"cells: a whole number from 2 is needed, got {self.cells!r}")


def gaussian_rate(s: Value, centre: Value, params: GaussianParams) -> Value:
    """Rate of a cell that prefers ``centre``. Elementwise."""
    away = (s - centre) / params.width
    return params.base + params.peak * exp(-0.5 * away * away)


def von_mises_rate(
    s: Value,
    centre: Value,
    params: VonMisesParams,
) -> Value:
    """Rate of a cell that prefers ``centre``. Elementwise."""
    near = exp(params.kappa * (cos(s - centre) - 1))
    return params.base + params.peak * near


def on_line(cells: int, like: Tensor) -> Tensor:
    """Preferred values (cells,) at even distances, 0 and 1 among them."""
    return torch.linspace(0, 1, cells, dtype=like.dtype, device=like.device)


def on_circle(cells: int, like: Tensor) -> Tensor:
    """Preferred angles (cells,) at even distances, from 0."""
    return torch.arange(cells, dtype=like.dtype, device=like.device) * (2 * math.pi / cells)


def population(
    x: Tensor,
    steps: int,
    generator: torch.Generator,
    params: PopulationParams = PopulationParams(),
    dt: float = 1.0,
) -> Tensor:
    """Poisson spikes (steps, B, N cells) of Gaussian cells on 0 .. 1, from values (B, N)."""
    check_values(x)
    rates = gaussian_rate(x[..., None], on_line(params.cells, x), params.curve).flatten(1)
    most = params.curve.base + params.curve.peak
    share = (rates / most).clamp(0, 1)  # rounding may pass 1
    return poisson(share, steps, generator, RateParams(rate=most), dt)
