"""Adam for rows that seldom get a gradient: the rows that never got one are left alone.

    m = b1 m + (1 - b1) g,    v = b2 v + (1 - b2) g^2
    w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)        for rows touched so far

    symbol   meaning                                             shape
    w        parameter, its rows are all but the last dimension  (..., C)
    g        its gradient                                        (..., C)
    m, v     means of g and of g^2, kept for touched rows alone  (R, C)
    t        steps                                               ()

Where g has been zero from the first step on, m = v = 0 and Adam does not move w. So this is Adam,
exactly, and costs what the touched rows cost: with active dendrites one segment of each neuron and
few others, where Adam would read and write all of them five times a step.

Where a row is touched for the first time at step t, its means begin at zero there, as those of Adam
are then.

Tested against torch.optim.Adam, to rounding, and that a row once touched goes on when its gradient
is zero again.

Reference: Kingma & Ba (2015), arXiv:1412.6980
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class RowAdam(torch.optim.Optimizer):
    """Args as ``torch.optim.Adam``, without weight decay; parameters of at least two dimensions.

    Gradients may be dense, or sparse in the rows of a parameter of two dimensions.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ):
        if not 0 <= lr < math.inf:
            raise ValueError(f"lr: a number of at least 0 is needed, got {lr!r}")
        if not all(0 <= b < 1 for b in betas):
            raise ValueError(f"betas: numbers in [0, 1) are needed, got {betas!r}")
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim < 2:
                    given = tuple(p.shape)
                    raise ValueError(f"params: two dimensions or more are needed, got {given}")

    @torch.no_grad()
    def step(self, closure=None) -> None:
        if closure is not None:
            raise ValueError("closure: none is taken here; call backward before step")
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._move(p, group["lr"], group["betas"], group["eps"])

    def _move(self, p: nn.Parameter, rate: float, betas: tuple[float, float], eps: float) -> None:
        w, state = p.view(-1, p.shape[-1]), self.state[p]
        if not state:
            state["step"], state["rows"] = 0, torch.zeros(0, dtype=torch.long, device=p.device)
            state["place"] = torch.full((len(w),), -1, device=p.device)  # of a row in m and v
            state["m"], state["v"] = w.new_zeros(0, w.shape[1]), w.new_zeros(0, w.shape[1])
        state["step"] += 1
        given, g = touched(p.grad)
        fresh = given[state["place"][given] < 0]
        if len(fresh):
            first, more = len(state["rows"]), w.new_zeros(len(fresh), w.shape[1])
            state["place"][fresh] = torch.arange(first, first + len(fresh), device=p.device)
            state["rows"] = torch.cat([state["rows"], fresh])
            state["m"], state["v"] = (torch.cat([state[n], more]) for n in ("m", "v"))
        rows, m, v, t = (state[n] for n in ("rows", "m", "v", "step"))
        (b1, b2), at = betas, state["place"][given]
        m.mul_(b1).index_add_(0, at, g, alpha=1 - b1)
        v.mul_(b2).index_add_(0, at, g * g, alpha=1 - b2)
        size = v.sqrt().div_(math.sqrt(1 - b2**t)).add_(eps)
        w.index_add_(0, rows, m / size, alpha=-rate / (1 - b1**t))


def touched(gradient: Tensor) -> tuple[Tensor, Tensor]:
    """Which rows of a gradient, dense or sparse, are not zero: (R,), and these rows (R, C)."""
    if gradient.is_sparse:
        gradient = gradient.coalesce()
        rows, g = gradient.indices()[0], gradient.values()
        g = g.reshape(len(rows), -1)
        some = (g != 0).any(1)
        return (rows, g) if bool(some.all()) else (rows[some], g[some])
    g = gradient.reshape(-1, gradient.shape[-1])
    rows = (g != 0).any(1).nonzero()[:, 0]
    return rows, g[rows]


class Together:
    """Several optimizers as one, each for parameters of its own."""

    def __init__(self, *optimizers: torch.optim.Optimizer):
        self.optimizers = optimizers

    def state(self) -> dict:
        """What each optimizer keeps of each parameter, by "optimizer.parameter.name"."""
        kept = {}
        for i, one in enumerate(self.optimizers):
            for j, p in enumerate(p for group in one.param_groups for p in group["params"]):
                for name, x in one.state.get(p, {}).items():
                    kept[f"{i}.{j}.{name}"] = x.clone() if isinstance(x, Tensor) else x
        return kept

    def restore(self, state: dict) -> None:
        """Go on from a ``state``."""
        for i, one in enumerate(self.optimizers):
            for j, p in enumerate(p for group in one.param_groups for p in group["params"]):
                start = f"{i}.{j}."
                found = {n.removeprefix(start): x for n, x in state.items() if n.startswith(start)}
                if found:
                    one.state[p] = {
                        n: x.clone() if isinstance(x, Tensor) else x for n, x in found.items()
                    }

    def zero_grad(self) -> None:
        for one in self.optimizers:
            one.zero_grad()

    def step(self) -> None:
        for one in self.optimizers:
            one.step()
