"""A continuous-time recurrent network (CT-RNN) that is told things at any time.

    tau dr/dt = -r + g,    g = tanh(W r_k + W_in x_k + b)    between sample k and the next
    r(t_k + s) = g + (r_k - g) exp(-s / tau)

    symbol   meaning                                              shape       unit
    x        samples                                              (T, B, I)   -
    s        time elapsed since the last sample                   (T, B)      ms
    r        rates                                                (T, B, N)   -
    g        what the sample and the rates pull the rates to      (B, N)      -
    tau      time constant of each neuron, learned                (N,)        ms
    W, W_in  weights, learned                                     (N, N), (N, I)
    b        bias, learned                                        (N,)        -

Sample and recurrent drive are held until the next sample comes, so that the rates relax to a fixed
target and have a closed form at every time in between: no solver, and no step.

What follows, and is tested: one gap of s is two gaps of s / 2 under the same target, and is what
RK4 finds; as samples come closer, the network tends to the CT-RNN with nothing held, with order 1;
with fast neurons it is torch's tanh layer, which knows no time; with equal gaps s it is a leaky
layer whose step goes a part 1 - exp(-s / tau) of the way.

Where it differs from the papers: Funahashi and Nakamura hold nothing; their rates are also driven
by each other between samples. Mozer et al. and Che et al. let a gated cell decay over the gap in
the same closed form, toward zero or a mean, and update it at the sample; here the sample sets the
target, and the state has no jumps.

References: Funahashi & Nakamura (1993), doi:10.1016/S0893-6080(05)80125-X; Mozer, Kazakov & Lindsey
(2017), arXiv:1710.04110; Che et al. (2018), doi:10.1038/s41598-018-24271-9
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from neurolab.core.ops import Value, exp
from neurolab.core.scan import scan


class CTRNNState(NamedTuple):
    r: Value  # (B, N)


def ctrnn_step(
    r: Value,
    target: Value,
    elapsed: Value,
    tau: Value,
) -> Value:
    """The rates after so much time, during which they were pulled to
    one and the same ``target``. Exact for any time. Elementwise.
    """
    return target + (r - target) * exp(-elapsed / tau)


class CTRNN(nn.Module):
    """A recurrent layer whose rates relax for exactly the time between samples.

    Args:
        inputs, units: I and N.
        fastest, slowest: time constants to begin with, ms; the others between, evenly in ratio.
    """

    def __init__(self, inputs: int, units: int, fastest: float = 10.0, slowest: float = 1000.0):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if not 0 < fastest <= slowest < math.inf:
            given = f"{fastest!r} and {slowest!r}"
            raise ValueError(f"fastest, slowest: 0 < fastest <= slowest is needed, got {given}")
        most = 1 / math.sqrt(units)
        for name, rest in {"weight_in": (inputs,), "weight": (units,), "bias": ()}.items():
            first = torch.empty(units, *rest).uniform_(-most, most)
            self.register_parameter(name, nn.Parameter(first))
        spread = torch.linspace(math.log(fastest), math.log(slowest), units)
        self.log_tau = nn.Parameter(spread)

    @property
    def tau(self) -> Tensor:
        """Time constants (N,) in ms."""
        return self.log_tau.exp()

    def forward(
        self, x: Tensor, elapsed: Tensor, state: CTRNNState | None = None
    ) -> tuple[Tensor, CTRNNState]:
        """Run from sample to sample, from zeros or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, I).
            elapsed: from each sample to the next, or to when the network is asked, (T, B) in ms.

        Returns:
            r (T, B, N), the rates at the end of each gap, and the last state.
        """
        units, inputs = self.weight_in.shape
        if x.ndim != 3 or x.shape[2] != inputs:
            raise ValueError(f"x: shape (T, B, I = {inputs}) is needed, got {tuple(x.shape)}")
        for name, given in (("x", x), ("elapsed", elapsed)):
            if given.dtype != self.weight.dtype:
                raise ValueError(f"{name}: {self.weight.dtype} is needed, got {given.dtype}")
        if elapsed.shape != x.shape[:2]:
            needed, given = tuple(x.shape[:2]), tuple(elapsed.shape)
            raise ValueError(f"elapsed: shape (T, B) = {needed} is needed, got {given}")
        needed = (x.shape[1], units)
        if state is None:
            state = CTRNNState(x.new_zeros(needed))
        if state.r.shape != needed:
            given = tuple(state.r.shape)
            raise ValueError(f"state: r of shape (B, N) = {needed} is needed, got {given}")
        tau = self.tau

        def one(now: tuple[Tensor, Tensor], before: CTRNNState) -> tuple[Tensor, CTRNNState]:
            drive, gap = now
            target = torch.tanh(drive + linear(before.r, self.weight))
            after = ctrnn_step(before.r, target, gap, tau)
            return after, CTRNNState(after)

        drive = linear(x, self.weight_in, self.bias)
        return scan(one, (drive, elapsed[..., None]), CTRNNState(*state))

    def extra_repr(self) -> str:
        return f"inputs={self.weight_in.shape[1]}, units={self.weight_in.shape[0]}"
