"""Krotov and Hopfield's rule: hidden units compete, the best learns, a runner-up unlearns.

    h_n = sum_i sign(w_ni) |w_ni|^(p-1) x_i
    dw_ni = rate g_n (radius^p x_i - h_n w_ni)
    g = 1 for the largest h, -delta for the k-th largest, 0 for all others

    symbol   meaning                                              shape    unit
    x        input                                                (B, I)   -
    h        input current, the output of the layer               (B, N)   -
    w        weight                                               (N, I)   weight
    g        what the rank of a unit makes of it                  (B, N)   -
    p        order of the norm the weights obey                   ()       -
    k        rank that unlearns, 2 or more                        ()       -
    delta    strength of unlearning                               ()       -
    radius   length a weight vector comes to, as a p-norm         ()       weight

What follows, and is tested: the p-norm of a unit that wins goes to ``radius``, since
d|w|_p^p / dt = p g h (radius^p - |w|_p^p); the winner turns to its input and the k-th unit away
from it, all others stay; on digits the weights become prototypes, by which held-out digits can be
told apart.

Where it differs from the paper: the paper writes a flow in time and competition by lateral
inhibition; this is the authors' fast form with ranks. Their code divides each batch's change by its
largest entry, so that ``rate`` is the largest step of any weight: ``scaled=True`` does. The demo's
settings are rate 0.02 falling to 0 over 200 passes, batch 100, p 2, k 2, delta 0.4, scaled. Inputs
are not negative. A read-out takes max(0, w x)^n; that is left to the caller.

Reference: Krotov & Hopfield (2019), doi:10.1073/pnas.1820458116, arXiv:1806.10181
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, Rows, mean_product, need


@dataclass(frozen=True)
class KrotovHopfieldParams(LayerParams):
    rate: float = 0.02
    p: float = 2.0
    k: int = 2
    delta: float = 0.4
    radius: float = 1.0  # weight
    scaled: bool = False  # divide a batch's change by its largest entry, as the authors' code

    def __post_init__(self):
        super().__post_init__()
        need("p", self.p, 1.01, 100)
        need("k", self.k, 2, 10**9)
        need("delta", self.delta, 0, 1e300)
        need("radius", self.radius, 1e-12, 1e300)
        if self.k != int(self.k):
            raise ValueError(f"k: a whole number is needed, got {self.k}")


def krotov_hopfield_step(
    x: Value,
    h: Value,
    g: Value,
    w: Value,
    radius_p: float,
    rate: float,
) -> Value:
    """The change of w by one input; radius_p is radius^p. Elementwise.

    For a layer x is (..., 1, I), h and g (..., N, 1), w (N, I):
    the change is (..., N, I).
    """
    return rate * g * (radius_p * x - h * w)


class KrotovHopfield(Layer):
    """Units that compete for every input; see ``Layer``. At least k of them.

    ``weight`` (N, I) starts normal with variance 1, as in the authors' code: its norm comes
    to the radius while a unit learns, and tells the units that never won.
    """

    Params = KrotovHopfieldParams

    def __init__(self, inputs: int, units: int, params: KrotovHopfieldParams | None = None):
        super().__init__(inputs, units, params)
        if units < self.params.k:
            raise ValueError(f"units: at least k={self.params.k} are needed, got {units}")

    def start(self, units: int, inputs: int) -> Tensor:
        return torch.randn(units, inputs)

    def respond(self, x: Tensor) -> Tensor:
        w, p = self.weight, self.params.p
        return x @ (w if p == 2 else w.sign() * w.abs() ** (p - 1)).T

    def ranks(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Who learns and who unlearns (B, 2), and with which g (B, 2); it is 0 for the others."""
        k = int(self.params.k)
        units = h.topk(k, dim=1).indices[:, [0, k - 1]]
        return units, h.new_tensor([1.0, -self.params.delta]).expand(len(h), 2)

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        g = torch.zeros_like(y).scatter(1, *self.ranks(y))[:, :, None]
        args = x[:, None], y[:, :, None], g, self.weight, self.params.radius**self.params.p
        return {"weight": self._scaled(krotov_hopfield_step(*args, rate), rate)}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Rows]:
        units, g = self.ranks(y)
        rows, place = units.unique(return_inverse=True)  # at most 2 B of the N units change
        g = x.new_zeros(len(x), len(rows)).scatter(1, place, g)  # (B, R)
        pull = (g * y[:, rows]).mean(0)[:, None]
        drawn = self.params.radius**self.params.p * mean_product(g, x)
        dw = self._scaled(rate * (drawn - pull * self.weight[rows]), rate)
        return {"weight": Rows(rows, dw)}

    def _scaled(self, dw: Tensor, rate: float) -> Tensor:
        if not self.params.scaled:
            return dw
        mean = dw.mean(0) if dw.ndim == 3 else dw
        return dw * (rate / mean.abs().max().clamp(min=1e-30))
