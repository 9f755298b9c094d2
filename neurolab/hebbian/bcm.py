"""BCM: a synapse grows above a threshold, shrinks below it, and the threshold slides.

    dw_i = rate y (y - theta) x_i
    theta <- theta + (y^2 - theta) / tau

    symbol       meaning                                              shape    unit
    x, y         input and output, rates above the spontaneous one    (B, I), (B, N)
    w            weight                                               (N, I)   weight
    theta        threshold between weakening and strengthening        (N,)     -
    tau          how many calls the threshold looks back              ()       calls
    inhibition   how much of the others' drive is taken off           ()       -

In the layer y_n = h_n - inhibition sum over m != n of h_m, with h = w x.

What follows, and is tested: at rest y is 0 or theta for every input, and theta is <y^2>. Of K
linearly independent inputs, shown equally often, a neuron comes to answer one with y = theta = K
and the others not at all; answering two, with K / 2 each, is unstable. Alone, several neurons may
pick the same input; with inhibition, as many neurons as clusters take one cluster each (measured:
ten of ten starts where neighbouring clusters overlap by a cosine of 0.17, seven of ten at 0.53).
Theta must slide faster than w moves: else the response oscillates and grows.

Where it differs from the papers: the first slides theta with a power of <y>, here with <y^2> as in
Intrator & Cooper; they pass the output through a sigmoid, here it is linear and may fall below 0.

References: Bienenstock, Cooper & Munro (1982), doi:10.1523/JNEUROSCI.02-01-00032.1982; Intrator &
Cooper (1992), doi:10.1016/S0893-6080(05)80003-6
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, mean_product, need


@dataclass(frozen=True)
class BCMParams(LayerParams):
    rate: float = 0.01
    tau: float = 20.0  # calls of learn
    inhibition: float = 0.0

    def __post_init__(self):
        super().__post_init__()
        need("tau", self.tau, 1, 1e300)
        need("inhibition", self.inhibition, 0, 1e300)


class BCMState(NamedTuple):
    theta: Value  # (N,) the sliding threshold


def bcm_step(
    x: Value,
    y: Value,
    state: BCMState,
    rate: float,
    tau: float,
) -> tuple[Value, BCMState]:
    """The change of w by one input, and the threshold. Elementwise.

    For a layer x is (..., 1, I), y and theta (..., N, 1):
    the change is (..., N, I).
    """
    change = rate * y * (y - state.theta) * x
    theta = state.theta + (y * y - state.theta) / tau
    return change, BCMState(theta=theta)


class BCM(Layer):
    """Linear units that become selective; see ``Layer``.

    ``theta`` (N,) starts at 0 and ``weight`` (N, I) uniform from 0 to 1 / sqrt(I). Inhibition stays
    below 1 / (N - 1), where it would cancel what the units have in common.
    """

    Params = BCMParams

    def __init__(self, inputs: int, units: int, params: BCMParams | None = None):
        super().__init__(inputs, units, params)
        if self.params.inhibition * (units - 1) >= 1:
            most, given = 1 / (units - 1), self.params.inhibition
            raise ValueError(f"inhibition: less than {most} is needed for {units}, got {given}")
        self.register_buffer("theta", torch.zeros(units))

    def start(self, units: int, inputs: int) -> Tensor:
        return torch.rand(units, inputs) / inputs**0.5

    def respond(self, x: Tensor) -> Tensor:
        drive = x @ self.weight.T
        return drive - self.params.inhibition * (drive.sum(1, keepdim=True) - drive)

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        before = BCMState(self.theta[:, None])
        dw, after = bcm_step(x[:, None], y[:, :, None], before, rate, self.params.tau)
        return {"weight": dw, "theta": (after.theta - before.theta)[:, :, 0]}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {
            "weight": rate * mean_product(y * (y - self.theta), x),
            "theta": (y.square().mean(0) - self.theta) / self.params.tau,
        }
