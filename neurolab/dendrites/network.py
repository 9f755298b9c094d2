"""A network with active dendrites: sparse sums, gates by context, k winners; then a read-out.

    y_l = kwinners(gate(W_l y_{l-1}, c)),     l = 1 .. L,     logits = W_out y_L

    symbol    meaning                                  shape
    x         input                                    (B, I)
    c         context, see ``ActiveDendrites``         (C,), (B, C) or (K, C) with which (B,)
    W_l       sparse weights, fixed places             (N_l, N_{l-1})
    y_l       activity, k of N_l on                    (B, N_l)
    logits    one for each class or action             (B, O)

The same class learns tasks one after another and all at once. Without segments it is a network of
k-winners, without winners (``density`` 1) one of rectified units: the controls of the paper.

Where it differs from the paper: the read-out is dense; first weights as in ``SparseLinear``.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from .active import ActiveDendrites, abs_max_gate
from .kwinners import KWinners
from .sparse_linear import SparseLinear


class DendriticNetwork(nn.Module):
    """Layers of sparse sums, dendritic gates and k winners.

    Args:
        inputs: I.
        hidden: N_1, ..., N_L.
        outputs: O.
        segments: S on each hidden neuron; 0 for none.
        context: C; unused without segments.
        density: part of the units of a layer that win; 1 for rectified units instead.
        connected: part of the hidden weights that exist.
        gate: one of ``GATES``.
        sparse, shut: see ``ActiveDendrites``.
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        outputs: int,
        segments: int = 10,
        context: int = 0,
        density: float = 0.05,
        connected: float = 0.5,
        gate: Callable[[Tensor], Tensor] = abs_max_gate,
        sparse: bool = False,
        shut: float = 0.0,
    ):
        super().__init__()
        if not hidden:
            raise ValueError("hidden: at least one hidden layer is needed, got none")
        self.sums, self.dendrites, self.choice = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        active = 1.0
        for before, units in zip([inputs, *hidden], hidden, strict=False):
            self.sums.append(SparseLinear(before, units, connected, active))
            if segments:
                self.dendrites.append(ActiveDendrites(units, segments, context, gate, sparse, shut))
            self.choice.append(nn.ReLU() if density == 1 else KWinners(units, density))
            active = density
        self.read_out = SparseLinear(hidden[-1], outputs, 1.0, active)

    def layers(
        self, x: Tensor, context: Tensor | None = None, which: Tensor | None = None
    ) -> list[Tensor]:
        """Activities y_1 .. y_L, each (B, N_l)."""
        if self.dendrites and context is None:
            raise ValueError("context: this network has dendrites and needs one, got None")
        found, y = [], x
        for k, (add, choose) in enumerate(zip(self.sums, self.choice, strict=True)):
            y = add(y)
            if self.dendrites and isinstance(choose, KWinners):  # in one pass over y
                y = choose(y, self.dendrites[k].factor(y, context, which), which)
            elif self.dendrites:
                y = choose(self.dendrites[k](y, context, which))
            else:
                y = choose(y)
            found.append(y)
        return found

    def forward(
        self, x: Tensor, context: Tensor | None = None, which: Tensor | None = None
    ) -> Tensor:
        return self.read_out(self.layers(x, context, which)[-1])


@torch.no_grad()
def subnetwork_overlap(activity: Sequence[Tensor]) -> Tensor:
    """How much the units that tasks use coincide, (K, K), from activities (B, N) of K tasks.

    r_k is how often each unit is on in task k; the overlap of two tasks is their cosine
    r_j . r_k / |r_j| |r_k|: 1 for the same units as often, 0 for other units.
    """
    rates = torch.stack([(y != 0).to(y.dtype).mean(0) for y in activity])
    length = rates.norm(dim=1, keepdim=True)
    rates = rates / length.clamp_min(torch.finfo(rates.dtype).tiny)
    return rates @ rates.T
