"""Feedback weights: how the error at the read-out reaches the neurons.

    L_j = sum_k B_jk error_k                 learning signal of neuron j

    symmetric   B = W_out^T                  what the gradient asks for
    random      B drawn once, then fixed
    adaptive    B starts random and gets the change of W_out, transposed; both decay

    symbol   meaning                     shape     unit
    error    dE/dy                       (B, K)    -
    W_out    read-out weights            (K, N)    -
    B        feedback weights            (N, K)    -
    L        learning signal             (B, N)    -

Symmetric feedback would need synapses that know the weights of others. The adaptive kind needs what
both synapses see anyhow, error and filtered spike. What follows: under gradient descent with rate r
and weight decay d the difference B - W_out^T shrinks by exactly 1 - r d at each update, so B
aligns. Tested, as is that random feedback stays where it is.

References: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y; fixed random feedback: Lillicrap
et al. (2016), doi:10.1038/ncomms13276; the change that aligns: Kolen & Pollack (1994),
doi:10.1109/ICNN.1994.374486
"""

import math

import torch
from torch import Tensor, nn


class Symmetric(nn.Module):
    """The read-out's own weights."""

    def __init__(self, units: int, outputs: int):
        super().__init__()

    def matrix(self, output: Tensor) -> Tensor:
        """B (N, K), given W_out (K, N)."""
        return output.T

    def gradient(self, output: Tensor) -> Tensor | None:
        """What B is to follow, given the gradient of W_out (K, N); None if it stays."""
        return None


class Random(Symmetric):
    """Normal with variance 1 / N, as the read-out starts."""

    def __init__(self, units: int, outputs: int):
        super().__init__(units, outputs)
        self.register_buffer("weight", torch.randn(units, outputs) / math.sqrt(units))

    def matrix(self, output: Tensor) -> Tensor:
        return self.weight


class Adaptive(Symmetric):
    """Starts as ``Random``; its weight is a parameter. Give both weights the same decay."""

    def __init__(self, units: int, outputs: int):
        super().__init__(units, outputs)
        self.weight = nn.Parameter(torch.randn(units, outputs) / math.sqrt(units))

    def matrix(self, output: Tensor) -> Tensor:
        return self.weight

    def gradient(self, output: Tensor) -> Tensor | None:
        return output.T


FEEDBACKS = {"symmetric": Symmetric, "random": Random, "adaptive": Adaptive}
