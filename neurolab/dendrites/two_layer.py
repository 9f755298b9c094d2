"""A neuron as a network of two layers: branches with a sigmoid each, then the soma.

    n_b = sum over synapses i of branch b of w_i x_i
    h_b = sigmoid((n_b - threshold_b) / width_b)
    r   = floor + height sigmoid(bias + sum_b strength_b h_b)

    symbol         meaning                                               shape    unit
    x              how active each synapse is                            (B, I)   -
    w              weights of the synapses                               (I,)     -
    n              what a branch gets                                    (B, K)   -
    h              what it passes on                                     (B, K)   -
    threshold, width  of a branch                                        (K,)     -
    strength       of a branch at the soma                               (K,)     -
    r              response                                              (B,)     that of the data
    floor, height  between which r lies                                  ()       that of r

A point neuron is the same without the layer between: r = floor + height sigmoid(bias + sum_i w_i
x_i). It cannot tell where its input comes from, beyond one weight a synapse.

What follows, and is tested: of two volleys that only the branches tell apart, together or spread
out, a point neuron whose synapses are alike says the same; where all branches are wide, compared
with what they get, the two models are one; a two-layer neuron finds another one from its answers.

Where it differs from the source: there the shape of the sigmoid is measured on single branches of a
detailed model and the same for all, here every branch has its own and all is fitted at once; there
the response is a firing rate.

Reference: Poirazi, Brannon & Mel (2003), doi:10.1016/S0896-6273(03)00149-1
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, sigmoid


def branch_step(n: Value, threshold: Value, width: Value) -> Value:
    """What a branch that gets ``n`` passes on. Elementwise."""
    return sigmoid((n - threshold) / width)


class PointNeuron(nn.Module):
    """One weighted sum and one sigmoid.

    Args:
        inputs: synapses I.
        typical: a number of synapses that moves the response about halfway.
    """

    def __init__(self, inputs: int, typical: float = 10.0):
        super().__init__()
        if not isinstance(inputs, int) or inputs < 1:
            raise ValueError(f"inputs: a whole number of at least 1 is needed, got {inputs!r}")
        if not typical > 0:
            raise ValueError(f"typical: a number above 0 is needed, got {typical!r}")
        self.weight = nn.Parameter(torch.full((inputs,), 1 / typical))
        self.bias = nn.Parameter(torch.tensor(-1.0))
        self.floor = nn.Parameter(torch.tensor(0.0))
        self.height = nn.Parameter(torch.tensor(1.0))

    def drive(self, x: Tensor) -> Tensor:
        """What the soma gets (B,)."""
        return x @ self.weight

    def forward(self, x: Tensor) -> Tensor:
        """Response (B,) to inputs (B, I)."""
        if x.ndim != 2 or x.shape[1] != len(self.weight):
            needed, given = f"(B, I = {len(self.weight)})", tuple(x.shape)
            raise ValueError(f"x: a shape {needed} is needed, got {given}")
        return self.floor + self.height * torch.sigmoid(self.bias + self.drive(x))


class TwoLayerNeuron(PointNeuron):
    """Branches between the synapses and the soma.

    Args:
        branch: of each of the I synapses, numbers from 0.
        typical: a number of synapses that moves a branch about halfway.
    """

    def __init__(self, branch: Sequence[int], typical: float = 10.0):
        branch = [int(b) for b in branch]
        if not branch or min(branch) < 0:
            raise ValueError(f"branch: a number from 0 for each synapse is needed, got {branch}")
        super().__init__(len(branch), typical)
        size = max(branch) + 1
        self.register_buffer("placed", torch.eye(size)[branch])  # (I, K)
        self.threshold = nn.Parameter(torch.ones(size))
        self.log_width = nn.Parameter(torch.full((size,), -1.0))
        self.strength = nn.Parameter(torch.ones(size))

    def branches(self, x: Tensor) -> Tensor:
        """What each branch passes on (B, K)."""
        n = (x * self.weight) @ self.placed
        return branch_step(n, self.threshold, self.log_width.exp())

    def drive(self, x: Tensor) -> Tensor:
        return self.branches(x) @ self.strength
