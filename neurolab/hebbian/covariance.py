"""The covariance rule: Hebb's rule on what exceeds the average.

    dw_i = rate (y - <y>) (x_i - <x_i>)
    <x> <- <x> + (x - <x>) / min(n, tau),     <y> likewise, in the n-th call

    symbol     meaning                                       shape    unit
    x, y       input and output                              (B, I), (B, N)
    <x>, <y>   running averages, of the calls before         (I,), (N,)
    w          weight                                        (N, I)   weight
    tau        how many calls the averages look back         ()       calls
    rate       learning rate                                 ()       -
    C          covariance of the input                       (I, I)   -

What follows, and is tested: for linear units the mean change is rate C w, whatever the mean of the
input, while plain Hebb runs after the mean (<y> lags behind a moving w, which is noise of second
order in the rate). A synapse weakens when one side is active and the other silent. As Hebb's rule
it grows without limit.

Where it differs from the paper: there the averages are given, here they are estimated while
learning; in the first call there are none yet, so it sets the averages and leaves the weight alone.
A batch is compared with the averages of the calls before it.

Reference: Sejnowski (1977), doi:10.1007/BF00275079
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, mean_product, need


@dataclass(frozen=True)
class CovarianceParams(LayerParams):
    tau: float = 100.0  # calls of learn

    def __post_init__(self):
        super().__post_init__()
        need("tau", self.tau, 1, 1e300)


def covariance_step(
    x: Value,
    y: Value,
    mean_x: Value,
    mean_y: Value,
    rate: float,
) -> Value:
    """The change of w by one input. Elementwise.

    For a layer x is (..., 1, I) and y (..., N, 1):
    the change is (..., N, I).
    """
    return rate * (y - mean_y) * (x - mean_x)


class Covariance(Layer):
    """Linear units that learn by the covariance rule; see ``Layer``."""

    Params = CovarianceParams

    def __init__(self, inputs: int, units: int, params: CovarianceParams | None = None):
        super().__init__(inputs, units, params)
        self.register_buffer("mean_x", torch.zeros(inputs))
        self.register_buffer("mean_y", torch.zeros(units))
        self.register_buffer("calls", torch.zeros(()))  # at most tau are counted

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        rate = rate * (self.calls > 0)
        means = self.mean_x, self.mean_y[:, None]
        dw = covariance_step(x[:, None], y[:, :, None], *means, rate)
        return {"weight": dw, **self._averages(x, y)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        rate = rate * (self.calls > 0)
        dw = rate * mean_product(y - self.mean_y, x - self.mean_x)
        return {"weight": dw, **{n: c.mean(0) for n, c in self._averages(x, y).items()}}

    def _averages(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        calls = (self.calls + 1).clamp(max=self.params.tau)
        return {
            "mean_x": (x - self.mean_x) / calls,
            "mean_y": (y - self.mean_y) / calls,
            "calls": (calls - self.calls).expand(len(x)),
        }
