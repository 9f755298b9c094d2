"""The spike, and what stands in for its derivative.

    forward    z = 1 where u > 0, else 0
    backward   dz/du := psi(u), one of the surrogates below

    symbol      meaning                                  unit
    u           distance to threshold, before a reset    threshold distances
    z           spike, 0 or 1                            -
    psi(u)      pseudo-derivative, largest at u = 0      1 / threshold distance

    name           psi(u)                                       psi(0)                 integral
    Triangular     height max(0, 1 - |u| / width)               height                 height width
    FastSigmoid    1 / (1 + sharpness |u|)^2                    1                      2 / sharpness
    ArcTan         sharpness / 2 / (1 + (pi/2 sharpness u)^2)   sharpness / 2          1
    Gaussian       exp(-u^2 / 2 width^2) / (width sqrt(2 pi))   1 / width sqrt(2 pi)   1

The true derivative is 0 everywhere but at the threshold, so nothing could be learned from it.
ArcTan and Gaussian are densities (integral 1, as the step from 0 to 1 asks for); Triangular and
FastSigmoid keep the height their papers chose, and so scale every gradient. At u = 0 there is no
spike: the threshold must be passed.

Tested: psi is what autograd gets; integrals and symmetry; vmap(grad) equals a loop;
torch.compile equals eager.

References: Esser et al. (2016), doi:10.1073/pnas.1604850113 and Bellec et al. (2018),
arXiv:1803.09574 (triangular, height 0.3); Zenke & Ganguli (2018), doi:10.1162/neco_a_01086 (fast
sigmoid); Fang et al. (2021), doi:10.1109/ICCV48922.2021.00266 (arctan); Wu et al. (2018),
doi:10.3389/fnins.2018.00331 (Gaussian); all of them: Neftci et al. (2019),
doi:10.1109/MSP.2019.2931595
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.autograd import forward_ad

from .ops import Value, abs, exp, maximum


class Surrogate(Protocol):
    """Anything with a ``derivative``; autograd, forward-mode rules and plots call the same one."""

    def derivative(self, u: Value) -> Value:
        """psi(u), of the shape of ``u``."""


@dataclass(frozen=True)
class Triangular:
    height: float = 0.3  # psi(0); the dampening factor of Bellec et al.
    width: float = 1.0  # threshold distances; 0 beyond

    def derivative(self, u: Value) -> Value:
        return self.height * maximum(1 - abs(u) / self.width, 0.0)


@dataclass(frozen=True)
class FastSigmoid:
    sharpness: float = 10.0  # 1 / threshold distance

    def derivative(self, u: Value) -> Value:
        far = 1 + self.sharpness * abs(u)
        return 1 / (far * far)  # a product, since float ** 2 raises where it overflows


@dataclass(frozen=True)
class ArcTan:
    sharpness: float = 2.0  # 1 / threshold distance

    def derivative(self, u: Value) -> Value:
        far = math.pi / 2 * self.sharpness * u
        return self.sharpness / 2 / (1 + far * far)


@dataclass(frozen=True)
class Gaussian:
    width: float = 0.5  # threshold distances, one standard deviation

    def derivative(self, u: Value) -> Value:
        far = u / self.width
        return exp(-far * far / 2) / (self.width * math.sqrt(2 * math.pi))


SURROGATES = {
    "triangular": Triangular,
    "fast_sigmoid": FastSigmoid,
    "arctan": ArcTan,
    "gaussian": Gaussian,
}
DEFAULT = FastSigmoid()


class _Spike(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(u, surrogate):
        return (u > 0).to(u.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        u, ctx.surrogate = inputs
        ctx.save_for_backward(u)

    @staticmethod
    def backward(ctx, upstream):
        (u,) = ctx.saved_tensors
        return upstream * ctx.surrogate.derivative(u), None


def spike(u: Value, surrogate: Surrogate | None = None) -> Value:
    """1 where ``u`` is above zero, else 0, of the shape and dtype of ``u`` (nan gives 0).

    ``surrogate`` is what the gradient of a tensor sees; None means ``FastSigmoid()``.
    """
    if isinstance(u, Tensor):
        if not torch.is_grad_enabled() and forward_ad.unpack_dual(u).tangent is None:
            return (u > 0).to(u.dtype)  # apply() takes longer, and nobody learns
        return _Spike.apply(u, DEFAULT if surrogate is None else surrogate)
    if isinstance(u, np.ndarray):
        return (u > 0).astype(u.dtype)
    return (u > 0) * 1.0
