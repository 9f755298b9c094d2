"""Dendritic calcium action potential (dCaAP): largest at its threshold, smaller above it.

    u = w . x + b                                             depolarization of the dendrite
    a(u) = exp(-(u - 1) / fall)   for u >= 1                  size of the dCaAP
    a(u) = exp((u - 1) / rise)    for u < 1
    the soma fires where a(u) > soma

    symbol   meaning                                           shape    unit
    x        input                                             (B, I)   -
    w        weights (to, from)                                (N, I)   threshold distances
    u        depolarization: rest at 0, threshold at 1         (B, N)   threshold distances
    a        size of the dCaAP, 1 at the threshold             (B, N)   -
    fall     how much more depolarization divides a by e       ()       threshold distances
    rise     softness of the threshold; 0: all or nothing      ()       threshold distances
    soma     threshold of the soma, between 0 and 1            (N,)     -

What follows: the soma fires while u lies in a band, from 1 + rise log(soma) to 1 - fall log(soma),
so in the plane of two inputs between two parallel lines, where a threshold unit has one. Both
inputs alike, w = (1, 1), the corners of the square have u = 0, 1, 1, 2: the band around 1 is XOR,
which no threshold unit gets more than three quarters of (``linear_dichotomies``). Noise may move a
corner by the margin at least before an answer turns; in XOR no band has more than 1 / sqrt(8), and
that from 0.5 to 1.5 has it. With normal noise the chance to fire is that of a normal number to lie
in the band. All tested.

Where it differs from the paper: there the size is that of a current with its own time course, the
threshold is hard and calcium spikes are followed by 200 ms without; here is the size alone, and a
side that rises within ``rise`` lets a gradient through. The exponential and fall = 0.3 are those of
the authors' simulation of XOR (ModelDB 254217).

Reference: Gidon et al. (2020), doi:10.1126/science.aax6239
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp, log, minimum


@dataclass(frozen=True)
class DCaAPParams:
    fall: float = 0.3  # threshold distances
    rise: float = 0.1  # threshold distances


def dcaap_step(u: Value, params: DCaAPParams) -> Value:
    """The size of the dCaAP at depolarization ``u``. Elementwise."""
    return exp(minimum((u - 1) / params.rise, (1 - u) / params.fall))


def dcaap_band(soma: Value, params: DCaAPParams) -> tuple[Value, Value]:
    """Between which depolarizations a soma of this threshold fires."""
    return 1 + params.rise * log(soma), 1 - params.fall * log(soma)


class DCaAP(nn.Module):
    """N neurons, each with one dendrite that fires dCaAPs.

    Args:
        inputs, units: sizes I and N.
        params: of all dendrites.

    The weight (N, I) starts uniform from -1 to 1, the bias (N,) uniform from 0 to 1, ``soma`` (N,)
    at 0.5. Calling it gives a(u) - soma, the distance to the threshold of the soma: above 0 it
    fires.
    """

    def __init__(self, inputs: int, units: int = 1, params: DCaAPParams = DCaAPParams()):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        for name, width in (("fall", params.fall), ("rise", params.rise)):
            if not isinstance(width, int | float) or not 0 < width < math.inf:
                raise ValueError(f"{name}: a positive number is needed, got {width!r}")
        self.weight = nn.Parameter(2 * torch.rand(units, inputs) - 1)
        self.bias = nn.Parameter(torch.rand(units))
        self.soma = nn.Parameter(torch.full((units,), 0.5))
        self.params = params

    def depolarization(self, x: Tensor) -> Tensor:
        """u (B, N) of inputs (B, I)."""
        if x.ndim != 2 or x.shape[1] != self.weight.shape[1]:
            needed, given = f"(B, I = {self.weight.shape[1]})", tuple(x.shape)
            raise ValueError(f"x: a shape {needed} is needed, got {given}")
        return x.to(self.weight.dtype) @ self.weight.T + self.bias

    def forward(self, x: Tensor) -> Tensor:
        """Distance (B, N) of the dCaAP to the threshold of the soma."""
        return dcaap_step(self.depolarization(x), self.params) - self.soma

    def chance(self, x: Tensor, noise: float) -> Tensor:
        """The chance (B, N) to fire where each input has normal noise of this size added."""
        low, high = dcaap_band(self.soma, self.params)
        spread = noise * self.weight.norm(dim=1)
        u, normal = self.depolarization(x), torch.special.ndtr
        return normal((high - u) / spread) - normal((low - u) / spread)

    def margin(self, x: Tensor, y: Tensor) -> Tensor:
        """How far (N,) the nearest of x (B, I) is from a line where the answer turns.

        Below 0 where an answer is wrong. ``y`` (B,) is true where the neuron is to fire.
        """
        low, high = dcaap_band(self.soma, self.params)
        u = self.depolarization(x)
        inside = torch.minimum(u - low, high - u) / self.weight.norm(dim=1)
        return torch.where(y.bool()[:, None], inside, -inside).amin(0)

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, {self.params}"
