"""Oja's rule: Hebb's rule with a brake that each synapse can compute.

    dw_i = rate y (x_i - y w_i),     y = sum_i w_i x_i

    symbol   meaning                             shape   unit
    x        input, its mean removed             (I,)    -
    y        output of the neuron                ()      -
    w        weights                             (I,)    -
    rate     learning rate                       ()      -
    C        covariance of the input, <x x^T>    (I, I)  -

What follows, and is tested:
- for a weight of length 1 it is, to first order in ``rate``, Hebb's rule followed by division by
  the length (the gap falls fourfold when the rate halves);
- every unit eigenvector of C is a fixed point of the averaged rule; only that of the largest
  eigenvalue, PC1, is stable: on scikit-learn's digits |cos| to PC1 passes 0.99;
- the length tends to 1, and at a finite rate to a little more, to first order in it:
  |w|^2 - 1 ~ rate <y^2 |x - y w|^2> / (2 <y^2>).

Where it differs from the paper: the rate stays constant, where the proof of convergence lets it
fall to zero; then w hovers around PC1.

Reference: Oja (1982), doi:10.1007/BF00275687
"""

from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, mean_product


def oja_step(x: Value, y: Value, w: Value, rate: float) -> Value:
    """The change of w by one input; y is w . x. Elementwise.

    For a layer x is (..., 1, I), y (..., N, 1), w (N, I):
    the change is (..., N, I).
    """
    return rate * y * (x - y * w)


class Oja(Layer):
    """Linear units that learn by Oja's rule; see ``Layer``.

    They do not know of each other: all of them turn to PC1 (for more of them see ``Sanger``).
    """

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"weight": oja_step(x[:, None], y[:, :, None], self.weight, rate)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        power = y.square().mean(0)[:, None]  # (N, 1)
        return {"weight": rate * (mean_product(y, x) - power * self.weight)}
