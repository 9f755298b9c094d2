"""Hebb's rule: a synapse grows by the product of its input and the neuron's output.

    dw_i = rate y x_i,     y = sum_i w_i x_i

    symbol   meaning                             shape   unit
    x        input, its mean removed             (I,)    -
    y        output of the neuron                ()      -
    w        weights                             (I,)    -
    rate     learning rate                       ()      -
    C        covariance of the input, <x x^T>    (I, I)  -

What follows: averaged over inputs, dw = rate C w a step. So each component of w along an
eigenvector of C grows by the factor 1 + rate lambda, with that eigenvector's eigenvalue: w turns
toward the first principal component and its length grows without limit, in the end at the rate of
the largest eigenvalue: log(1 + rate lambda_max), about rate lambda_max, a step.
Tested: under the averaged rule on scikit-learn's digits (every fourth) the log of the length grows
by rate lambda_max a step, within 2 %.

Where it differs from the source: Hebb gave a sentence, not an equation ("When an axon of cell A
is near enough to excite a cell B and repeatedly or persistently takes part in firing it ..."); the
sentence names no decrease, so no brake, and speaks of firing, which is never negative as x and y
can be.

Reference: Hebb (1949), The Organization of Behavior, Wiley; reprint doi:10.4324/9781410612403
"""

from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, mean_product


def hebb_step(x: Value, y: Value, rate: float) -> Value:
    """The change of w by one input; y is w . x. Elementwise.

    For a layer x is (..., 1, I) and y (..., N, 1):
    the change is (..., N, I).
    """
    return rate * y * x


class Hebb(Layer):
    """Linear units, each of which learns by Hebb's rule; see ``Layer``."""

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"weight": hebb_step(x[:, None], y[:, :, None], rate)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"weight": rate * mean_product(y, x)}
