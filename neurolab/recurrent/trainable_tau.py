"""A rate network whose neurons learn their time constants together with their weights.

    r(t) = (1 - 1 / tau) r(t - 1) + 1 / tau phi(W r(t - 1) + W_in s(t) + b),    tau >= 1

    symbol   meaning                                              shape       unit
    s        inputs                                               (T, B, I)   -
    r        rates, and what is put out                           (T, B, N)   -
    tau      time constant of each neuron, learned                (N,)        steps
    W, W_in  weights, learned                                     (N, N), (N, I)
    b        bias, learned                                        (N,)        -
    phi      x above 0, slope x below (leaky rectifier)

1 / tau is the sigmoid of a free parameter, so tau stays above 1 without a check. ``learn_tau``
False keeps all tau where they began.

What follows, and is tested: without recurrent weights a pulse fades as (1 - 1 / tau)^k; at tau = 1
it is torch's layer with the same weights; gradients of tau are those of finite differences.
A neuron that feeds itself with weight w keeps a pulse as long as a lone one with
tau / (1 - w): the network's time constant and the neuron's cannot be told apart from one response.

Where it differs from the paper: there tau is clipped at 1, and the leaky rectifier takes the sum of
both terms; the weights start alike, uniform within 1 / sqrt(N).

Reference: Khajehabdollahi et al. (2023), arXiv:2309.12927
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear

from neurolab.core.ops import Value
from neurolab.core.scan import scan


class TauState(NamedTuple):
    r: Value  # (B, N)


def tau_step(r: Value, target: Value, tau: Value) -> Value:
    """The rates one step later: a part 1 / tau of the way to where
    the sums in the neurons pull them, ``target``. Elementwise.
    """
    return r + (target - r) / tau


class TrainableTau(nn.Module):
    """A recurrent layer of leaky rate neurons; each learns its own time constant.

    Args:
        inputs, units: I and N.
        tau: time constant to begin with, above 1, in steps.
        learn_tau: whether it is learned.
        slope: of phi below 0.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        tau: float = 1.5,
        learn_tau: bool = True,
        slope: float = 0.1,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if not 1 < tau < math.inf:
            raise ValueError(f"tau: a number of steps above 1 is needed, got {tau!r}")
        if not 0 <= slope <= 1:
            raise ValueError(f"slope: a number from 0 to 1 is needed, got {slope!r}")
        self.slope, most = slope, 1 / math.sqrt(units)
        for name, rest in {"weight_in": (inputs,), "weight": (units,), "bias": ()}.items():
            first = torch.empty(units, *rest).uniform_(-most, most)
            self.register_parameter(name, nn.Parameter(first))
        raw = torch.full((units,), -math.log(tau - 1))
        self.raw_tau = nn.Parameter(raw, requires_grad=learn_tau)

    @property
    def tau(self) -> Tensor:
        """Time constants (N,) in steps: 1 / sigmoid(raw)."""
        return 1 + torch.exp(-self.raw_tau)

    def forward(self, s: Tensor, state: TauState | None = None) -> tuple[Tensor, TauState]:
        """Run over time, from zeros or from a ``state`` that an earlier call gave back.

        Args:
            s: (T, B, I).

        Returns:
            r (T, B, N) and the last state.
        """
        units, inputs = self.weight_in.shape
        if s.ndim != 3 or s.shape[2] != inputs:
            raise ValueError(f"s: shape (T, B, I = {inputs}) is needed, got {tuple(s.shape)}")
        if s.dtype != self.weight.dtype:
            raise ValueError(f"s: {self.weight.dtype} is needed, got {s.dtype}")
        needed = (s.shape[1], units)
        if state is None:
            state = TauState(s.new_zeros(needed))
        if state.r.shape != needed:
            given = tuple(state.r.shape)
            raise ValueError(f"state: r of shape (B, N) = {needed} is needed, got {given}")
        tau = self.tau

        def one(drive: Tensor, now: TauState) -> tuple[Tensor, TauState]:
            target = leaky_relu(drive + linear(now.r, self.weight), self.slope)
            after = TauState(tau_step(now.r, target, tau))
            return after.r, after

        return scan(one, linear(s, self.weight_in, self.bias), TauState(*state))

    def extra_repr(self) -> str:
        return f"inputs={self.weight_in.shape[1]}, units={self.weight_in.shape[0]}"
