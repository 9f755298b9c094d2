"""A contracting assembly: networks that forget their start, coupled so that the whole does too.

    tau dx/dt = -x + W phi(x) + L x + u,      u = W_in i + b
    W   block-diagonal, W_k = Q_k^-1 A_k Q_k with the largest singular value of A_k at most s < 1
    L   B - P^-1 B^T P between the blocks, with P = Q^2
    one step of dt, a = dt / tau:   x' = K (x + a (W phi(x) + u)),   K = ((1 + a) I - a L)^-1

    symbol   meaning                                             shape              unit
    i        inputs                                              (T, B, I)          -
    x        state, and what is put out                          (T, B, N)          -
    phi      activation, slopes between -1 and 1                 -                  -
    W, A     weights inside the subnetworks, and in the metric   (M, n, n), N = M n -
    Q        root of the metric, a diagonal                      (M, n)             -
    B        free weights between pairs of subnetworks           (M (M-1)/2, n, n)  -
    s        strength: how much of the leak the weights may use  ()                 -
    tau, dt  time constant, step                                 ()                 ms

What follows, and is tested: two states under the same input come closer in the metric P by the
factor (1 + s a) / (1 + a) in every step, and by exp(-(1 - s) t / tau) as dt goes to 0, for any
value of any parameter and any size of L. So training needs no projection and no check.

Where it differs from the paper: it steps by Euler, which an antisymmetric L can make unstable; here
leak and coupling are taken at the end of the step (one inverse a sequence), so the promise is kept
by the steps too. Blocks below the diagonal of B are the parameters; those above would do the same.
A_k is V_k, shrunk where its largest singular value exceeds s, instead of a product of orthogonal
matrices; activations with slope 1 (tanh, relu) in place of a general g.

Reference: Kozachkov, Ennis & Slotine (2022), arXiv:2106.08928
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value
from neurolab.core.scan import scan

from .contraction import coupling


@dataclass(frozen=True)
class AssemblyParams:
    tau: float = 10.0  # ms
    strength: float = 0.9  # s, of the weights inside, below 1
    dt: float = 1.0  # ms


class AssemblyState(NamedTuple):
    x: Value  # (B, N)


def assembly_step(x: Value, recurrent: Value, u: Value, tau, dt):
    """A step before leak and coupling act: ``recurrent`` is W phi(x).

    Elementwise; the product with K comes after.
    """
    return x + dt / tau * (recurrent + u)


class ContractingAssembly(nn.Module):
    """Subnetworks that contract, coupled so that the whole contracts at the same rate.

    Args:
        inputs: I.
        modules, units: M subnetworks of n neurons each; N = M n.
        params: time constant, strength, step.
        activation: phi, with slopes between -1 and 1.
    """

    def __init__(
        self,
        inputs: int,
        modules: int,
        units: int,
        params: AssemblyParams | None = None,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("modules", modules), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        self.params = params or AssemblyParams()
        if not 0 <= self.params.strength < 1:
            given = self.params.strength
            raise ValueError(f"strength: a number from 0 to below 1 is needed, got {given}")
        for name in ("tau", "dt"):
            if not 0 < getattr(self.params, name) < math.inf:
                given = getattr(self.params, name)
                raise ValueError(f"{name}: a number of ms above 0 is needed, got {given}")
        self.inputs, self.modules_, self.units, self.activation = inputs, modules, units, activation
        pairs = modules * (modules - 1) // 2
        self.raw = nn.Parameter(torch.randn(modules, units, units) / math.sqrt(units))
        self.log_root = nn.Parameter(torch.zeros(modules, units))  # of Q
        self.pairs = nn.Parameter(torch.randn(pairs, units, units) / math.sqrt(modules * units))
        self.weight_in = nn.Parameter(torch.randn(modules * units, inputs) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(modules * units))

    @property
    def metric(self) -> Tensor:
        """P (N,)."""
        return (2 * self.log_root).exp().flatten()

    @property
    def rate(self) -> float:
        """Promised rate of contraction, 1/ms, for dt to 0."""
        return (1 - self.params.strength) / self.params.tau

    @property
    def factor(self) -> float:
        """Largest factor on the distance of two states in one step."""
        a = self.params.dt / self.params.tau
        return (1 + self.params.strength * a) / (1 + a)

    def within(self) -> Tensor:
        """Weights inside the subnetworks (M, n, n)."""
        norm = torch.linalg.matrix_norm(self.raw, 2).clamp(min=max(self.params.strength, 1e-30))
        a = self.params.strength / norm[:, None, None] * self.raw
        return a * (self.log_root[:, None, :] - self.log_root[:, :, None]).exp()

    def free(self) -> Tensor:
        """B (N, N): the parameters in the blocks below the diagonal, zeros elsewhere."""
        m, n = self.modules_, self.units
        to, source = torch.tril_indices(m, m, -1)
        blocks = self.pairs.new_zeros(m, m, n, n).index_put((to, source), self.pairs)
        return blocks.transpose(1, 2).reshape(m * n, m * n)

    def between(self) -> Tensor:
        """L (N, N)."""
        return coupling(self.free(), self.metric)

    def forward(self, i: Tensor, state: AssemblyState | None = None):
        """Run over time, from zeros or from a ``state`` that an earlier call gave back.

        Args:
            i: (T, B, I).

        Returns:
            x (T, B, N) and the last state.
        """
        if i.ndim != 3 or i.shape[2] != self.inputs:
            raise ValueError(f"i: shape (T, B, I = {self.inputs}) is needed, got {tuple(i.shape)}")
        shape = (i.shape[1], self.modules_ * self.units)
        state = AssemblyState(i.new_zeros(shape)) if state is None else AssemblyState(*state)
        if state.x.shape != shape:
            given = tuple(state.x.shape)
            raise ValueError(f"state: x of shape (B, N) = {shape} is needed, got {given}")
        weight = torch.block_diag(*self.within()).mT
        a, one = self.params.dt / self.params.tau, torch.eye(shape[1]).to(i)
        k = torch.linalg.inv((1 + a) * one - a * self.between()).mT

        def step(u: Tensor, now: AssemblyState) -> tuple[Tensor, AssemblyState]:
            recurrent = self.activation(now.x) @ weight
            x = assembly_step(now.x, recurrent, u, self.params.tau, self.params.dt) @ k
            return x, AssemblyState(x)

        return scan(step, i @ self.weight_in.mT + self.bias, state)

    def extra_repr(self) -> str:
        p = self.params
        sizes = f"inputs={self.inputs}, modules={self.modules_}, units={self.units}"
        return f"{sizes}, tau={p.tau}, strength={p.strength}, dt={p.dt}"
