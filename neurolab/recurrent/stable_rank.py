"""Spectral and stable-rank normalisation of the operator that a layer is, convolutions included.

    sigma = u^T A(w) v            largest singular value, u and v by power iteration on A itself
    spectral norm   w <- w min(1, bound / sigma)
    stable rank     |A|_F^2 / sigma^2 <= r:   w <- w1 + gamma (w - w1)
                    w1 = sigma C / <A(C), A(C)>,   <A(C), A(.)> = u^T A(.) v

    symbol   meaning                                              shape             unit
    w        weights of the layer, (to, from)                     (O, I), (O, I, k, k)
    A(w)     the linear map they make of a whole input            -                 -
    v, u     input and output of A where it stretches most        (I,) or (I, H, W) -
    sigma    its largest singular value: A is sigma-Lipschitz     ()                -
    |A|_F    root of the sum of its squared entries               ()                -
    w1       part of w along u v^T, as near as weights come       as w              -
    gamma    factor from 0 to 1 on the rest                       ()                -

A small kernel moves over a whole picture, so the matrix (O, I k k) of its weights says little of
how far it stretches one: its largest singular value may be smaller than that of A, by a factor up
to k, and is never larger. So v and u are pictures here, and A is applied as the layer applies it.

With joined borders a convolution never leaves a spatial frequency, so v would stay at the one that
was largest before. It is nudged towards all directions before each round of learning.

What follows, and is tested: sigma equals the largest singular value of the dense matrix of A, for
linear layers and for convolutions with zeros or with joined borders; after ``settle`` the norm
exceeds its bound by less than a thousandth; for linear layers stable-rank normalisation keeps u, v
and sigma and reaches r; for convolutions sigma may grow and the rank stays at r or below.

Where it differs from the papers: u v^T is no convolution, so its nearest one stands in for it, in
the inner product of operators; the spectral norm bounds and does not set (a smaller one stays).
Power iteration comes from below: until it has settled the norm may lie above the bound.

References: Tanay et al. (2020), arXiv:2010.05099; Sanyal, Torr & Dokania (2020), arXiv:1906.04659;
Miyato et al. (2018), arXiv:1802.05957
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, normalize, pad
from torch.nn.utils.parametrize import register_parametrization

NUDGE = 0.01  # length, beside that of v


class Operator:
    """The linear map of a layer: what it does to a whole input, and its transpose.

    Args:
        layer: nn.Linear, or nn.Conv2d with an odd kernel whose output is as large as its input.
        size: (H, W) of the pictures that a convolution sees.
    """

    def __init__(self, layer: nn.Module, size: tuple[int, int] | None = None):
        if not isinstance(layer, nn.Linear | nn.Conv2d):
            kind = type(layer).__name__
            raise TypeError(f"layer: nn.Linear or nn.Conv2d is needed, got {kind}")
        self.shape, self.margin, self.mode = layer.weight.shape, None, None
        self.sides = (self.shape[1],), (self.shape[0],)
        if isinstance(layer, nn.Linear):
            return
        k = layer.kernel_size
        margin = layer.padding
        if margin == "same":
            margin = (k[0] // 2, k[1] // 2)
        same = {"stride": (1, 1), "dilation": (1, 1), "groups": 1}
        kept = all(getattr(layer, name) == value for name, value in same.items())
        modes = {"zeros": "constant", "circular": "circular"}
        if not kept or k[0] % 2 == 0 or k[1] % 2 == 0 or margin != (k[0] // 2, k[1] // 2):
            raise ValueError(f"layer: as large an output as input is needed, got {layer}")
        if layer.padding_mode not in modes:
            given = layer.padding_mode
            raise ValueError(f"layer: padding_mode of {[*modes]} is needed, got {given!r}")
        if size is None or len(size) != 2 or min(size) < max(k):
            raise ValueError(f"size: (H, W), at least the kernel {k}, is needed, got {size}")
        self.margin = (margin[1], margin[1], margin[0], margin[0])
        self.mode, self.size = modes[layer.padding_mode], tuple(size)
        self.sides = (self.shape[1], *size), (self.shape[0], *size)

    def forth(self, w: Tensor, v: Tensor) -> Tensor:
        """A(w) v for inputs (B, ...)."""
        if self.margin is None:
            return v @ w.mT
        return conv2d(pad(v, self.margin, self.mode), w)

    def back(self, w: Tensor, u: Tensor) -> Tensor:
        """A(w)^T u for outputs (B, ...)."""
        turned = w.mT if self.margin is None else w.flip(2, 3).transpose(0, 1)
        return self.forth(turned, u)

    def slope(self, u: Tensor, v: Tensor) -> Tensor:
        """Derivative of u^T A(w) v by w, for one u and one v."""
        if self.margin is None:
            return torch.outer(u, v)
        seen = pad(v[None], self.margin, self.mode).transpose(0, 1)
        return conv2d(seen, u[:, None]).transpose(0, 1)

    def copies(self, like: Tensor) -> Tensor:
        """How many entries of the matrix each weight fills."""
        if self.margin is None:
            return torch.ones_like(like[:1, :1])
        if self.mode == "circular":
            return torch.full_like(like[:1, :1], self.size[0] * self.size[1])
        lost = [torch.arange(k).sub(k // 2).abs() for k in self.shape[2:]]
        rows, columns = (n - away for n, away in zip(self.size, lost, strict=True))
        return (rows[:, None] * columns).to(like)[None, None]

    def dense(self, w: Tensor) -> Tensor:
        """The matrix of A(w), columns by inputs. Large."""
        many = torch.eye(torch.Size(self.sides[0]).numel()).to(w)
        return self.forth(w, many.unflatten(1, self.sides[0])).flatten(1).mT


class _Normalised(nn.Module):
    """A parametrization of a weight that keeps a pair (u, v) of its operator at hand."""

    def __init__(self, layer: nn.Module, size: tuple[int, int] | None, rounds: int = 1):
        super().__init__()
        self.operator, self.rounds = Operator(layer, size), rounds
        w = layer.weight.detach()
        self.register_buffer("v", w.new_empty(self.operator.sides[0]))
        self.register_buffer("u", w.new_empty(self.operator.sides[1]))
        chance = torch.randn(self.v.shape, generator=torch.Generator().manual_seed(0))
        self.register_buffer("nudge", (NUDGE * chance / chance.norm()).to(w), persistent=False)
        self.v.copy_(chance)
        self.turn(w, 20)

    @torch.no_grad()
    def turn(self, w: Tensor, rounds: int) -> None:
        """Rounds of power iteration, after a nudge towards all directions."""
        self.v.add_(self.nudge)
        for _ in range(rounds):
            u = normalize(self.operator.forth(w, self.v[None]).flatten(), dim=0)
            self.u.copy_(u.view_as(self.u))
            v = normalize(self.operator.back(w, self.u[None]).flatten(), dim=0)
            self.v.copy_(v.view_as(self.v))

    def sigma(self, w: Tensor) -> Tensor:
        """u^T A(w) v, with a gradient by w."""
        if self.training and torch.is_grad_enabled():
            self.turn(w.detach(), self.rounds)
        u, v = self.u.clone(), self.v.clone()
        return (u * self.operator.forth(w, v[None])[0]).sum()


class SpectralNorm(_Normalised):
    """Largest singular value at most ``bound``."""

    def __init__(self, layer, size=None, bound: float = 1.0, rounds: int = 1):
        if not bound > 0:
            raise ValueError(f"bound: a number above 0 is needed, got {bound}")
        super().__init__(layer, size, rounds)
        self.bound = bound

    def forward(self, w: Tensor) -> Tensor:
        return w * (self.bound / self.sigma(w).clamp(min=self.bound))


class StableRank(_Normalised):
    """Squared Frobenius norm over sigma squared at most ``rank``."""

    def __init__(self, layer, size=None, rank=1.0, rounds: int = 1):
        if not rank >= 1:
            raise ValueError(f"rank: at least 1 is needed, got {rank}")
        super().__init__(layer, size, rounds)
        self.rank = rank

    def forward(self, w: Tensor) -> Tensor:
        sigma, copies = self.sigma(w), self.operator.copies(w)
        slope = self.operator.slope(self.u, self.v)
        near = slope / copies
        first = sigma / (slope * near).sum() * near
        rest = w - first
        room = self.rank * sigma**2 - (copies * first**2).sum()
        taken = (copies * rest**2).sum().clamp(min=1e-12)
        gamma = (room.clamp(min=0) / taken).sqrt().clamp(max=1)
        return first + gamma * rest


def constrain(layer: nn.Module, size=None, bound: float = 1.0, rank: float | None = None):
    """Hold a layer's spectral norm at ``bound`` or below, and its stable rank at ``rank``."""
    if rank is not None:
        register_parametrization(layer, "weight", StableRank(layer, size, rank))
    register_parametrization(layer, "weight", SpectralNorm(layer, size, bound))
    return layer


@torch.no_grad()
def settle(net: nn.Module, rounds: int = 300) -> None:
    """Power iteration until it stands, for each normalised weight of a network."""
    for module in net.modules():
        for chain in getattr(module, "parametrizations", {}).values():
            w = chain.original
            for part in chain:
                if isinstance(part, _Normalised):
                    part.turn(w, rounds)
                was, part.training = part.training, False
                w = part(w)
                part.training = was


def stable_rank(matrix: Tensor) -> Tensor:
    """|A|_F^2 over the squared largest singular value, of a dense matrix (..., O, I)."""
    return (matrix**2).sum((-2, -1)) / torch.linalg.matrix_norm(matrix, 2) ** 2
