"""Sanger's rule, the generalised Hebbian algorithm (GHA): Oja's rule for many components.

    dw_ni = rate y_n (x_i - sum over k <= n of y_k w_ki),     y_n = sum_i w_ni x_i

    symbol      meaning                                                   shape    unit
    x, y        input, its mean removed, and output                       (B, I), (B, N)
    w           weight                                                    (N, I)   weight
    explained   what the units up to n explain of x, sum_k<=n y_k w_ki    (N, I)   -
    rate        learning rate                                             ()       -

The first unit learns by Oja's rule. The second sees what the first leaves over, and so on: each is
Oja's rule on the input minus what the units before it explain.

What follows, and is tested: on scikit-learn's digits unit k turns to the k-th principal component,
and the span of eight units overlaps that of the first eight components by more than 0.98; the
weights become orthonormal; one unit alone is Oja's rule exactly.

Where it differs from the paper: the rate is what the caller gives (the proof lets it fall to zero).
The sum over the units before is not local to a synapse: it needs a feedback path from them.

Reference: Sanger (1989), doi:10.1016/0893-6080(89)90044-0
"""

from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, mean_product


def sanger_step(
    x: Value,
    y: Value,
    explained: Value,
    rate: float,
) -> Value:
    """The change of w by one input. Elementwise.

    For a layer x is (..., 1, I), y (..., N, 1), explained (..., N, I):
    the change is (..., N, I).
    """
    return rate * y * (x - explained)


class Sanger(Layer):
    """Linear units that learn the principal components in order; see ``Layer``."""

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        explained = (y[:, :, None] * self.weight).cumsum(1)
        return {"weight": sanger_step(x[:, None], y[:, :, None], explained, rate)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        before = mean_product(y, y).tril()  # <y_n y_k> for k <= n
        return {"weight": rate * (mean_product(y, x) - before @ self.weight)}
