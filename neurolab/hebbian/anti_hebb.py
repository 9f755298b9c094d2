"""Anti-Hebbian learning: neurons that fire together come to inhibit each other.

    dl_nm = -rate y_n y_m  for n != m,     y_n = sum_i w_ni x_i + sum_m l_nm y_m

    symbol   meaning                                      shape    unit
    x, y     input and output                             (B, I), (B, N)
    w        feed-forward weight, fixed                   (N, I)   weight
    l        lateral weight, zero on the diagonal         (N, N)   weight
    rate     learning rate                                ()       -

The output is the fixed point of the lateral loop, y = (1 - l)^-1 w x. The rule rests only where no
two outputs are correlated, <y_n y_m> = 0 for inputs with mean 0.

What follows, and is tested: two inputs of variance 1 with correlation c and w = 1 end at
    l = -(s - 1) / (s + 1),     s = sqrt((1 + c) / (1 - c)),
and many correlated inputs come out decorrelated. The step alone, on a feed-forward weight, is minus
Hebb: a neuron forgets what it is shown, the more often the more.

Where it differs from the paper: there the feed-forward weights learn, too (by Oja's rule); here
they are fixed, so that decorrelation is seen alone. Outputs are solved for, not iterated.

Reference: Foldiak (1989), Adaptive network for optimal linear feature extraction,
doi:10.1109/IJCNN.1989.118615
"""

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, mean_product, without_diagonal


def anti_hebb_step(x: Value, y: Value, rate: float) -> Value:
    """The change of w by one input: minus Hebb's. Elementwise.

    For a layer x is (..., 1, I) and y (..., N, 1):
    the change is (..., N, I).
    """
    return -rate * y * x


class AntiHebb(Layer):
    """Linear units behind fixed weights that learn to inhibit each other; see ``Layer``.

    ``lateral`` (N, N) learns and is what the bounds hold for; ``weight`` (N, I) stays. To
    decorrelate the inputs themselves, make the weight the identity. float32 or float64.
    """

    bounds_on = "lateral"

    def __init__(self, inputs: int, units: int, params: LayerParams | None = None):
        super().__init__(inputs, units, params)
        self.register_buffer("lateral", torch.zeros(units, units))

    def respond(self, x: Tensor) -> Tensor:
        loop = torch.eye(len(self.lateral), dtype=x.dtype, device=x.device) - self.lateral
        return torch.linalg.solve(loop, (x @ self.weight.T).T).T

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"lateral": anti_hebb_step(y[:, None], y[:, :, None], rate)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"lateral": -rate * mean_product(y, y)}

    def limit(self, name: str, before: Tensor, change: Tensor) -> Tensor:
        return without_diagonal(super().limit(name, before, change))
