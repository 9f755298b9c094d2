"""Active dendrites: segments read a context and decide how far their neuron may answer.

    d_ns = u_ns . c                               each segment reads the context
    g_n  = d_ns of the segment s with the         ``max_gate``: largest d       (the paper's text)
                                                  ``abs_max_gate``: largest |d|, its sign kept
                                                                                (the released code)
    y_n  = yhat_n sigmoid(g_n - shut)             the feed-forward sum yhat, turned down or not

    symbol      meaning                                      shape
    yhat        what the neuron's other synapses add up to   (B, N)
    c           context: one, one for each example, or a     (C,), (B, C), (K, C)
                table, and which of it each example has      and (B,)
    u           weights of the segments, N S rows            (N S, C)
    d           what each segment says                       (..., N, S)
    g           what the winning one says                    (..., N)
    shut        what it takes to open a neuron half; 0 in    ()
                the paper

Only the winning segment of a neuron gets a gradient, so what other contexts wrote into the others
stays. With one segment a gate is sigmoid(u c): multiplicative attention between the neuron's key u
and the query c.

A context that all examples of a batch share is read once, and a table of K contexts once for each
row, whatever the batch. With ``sparse`` the gradient of u has the rows of winners only (as torch's
nn.Embedding has it), which ``RowAdam`` and torch's SparseAdam take: for few contexts at a time.

What follows, and is tested: both gates against a loop; gradients reach the winner alone; where all
d are positive the two gates agree; shared, repeated and tabled contexts give one answer; one
segment is attention.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, linear

from neurolab.core.ops import Value, sigmoid


def gate_step(yhat: Value, g: Value) -> Value:
    """A sum, turned down by the segment that won. Elementwise."""
    return yhat * sigmoid(g)


def max_gate(d: Tensor) -> Tensor:
    """(..., N): of (..., N, S) the largest; the first of equal ones."""
    return d.gather(-1, d.argmax(-1, keepdim=True))[..., 0]


def abs_max_gate(d: Tensor) -> Tensor:
    """(..., N): of (..., N, S) the largest in size, with its sign."""
    return d.gather(-1, d.abs().argmax(-1, keepdim=True))[..., 0]


GATES: dict[str, Callable[[Tensor], Tensor]] = {"max": max_gate, "abs_max": abs_max_gate}


class Segments(nn.Module):
    """``segments`` dendritic segments on each of ``units`` neurons, that read a context.

    Args:
        units: N.
        segments: S.
        context: C.
        gate: from (..., N, S) to (..., N), one of ``GATES`` or your own that chooses a segment.
        sparse: whether the gradient of the weights is a sparse tensor of the winners' rows.

    ``weight`` is (N S, C), the segments of a neuron one behind another; first weights are uniform
    within 1 / sqrt(C), as torch's linear layer has them.
    """

    def __init__(
        self,
        units: int,
        segments: int,
        context: int,
        gate: Callable[[Tensor], Tensor] = abs_max_gate,
        sparse: bool = False,
    ):
        super().__init__()
        sizes = {"units": units, "segments": segments, "context": context}
        for name, value in sizes.items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {value!r}")
        self.units, self.segments, self.context, self.gate = units, segments, context, gate
        self.sparse, bound = sparse, 1 / math.sqrt(context)
        self.weight = nn.Parameter(torch.empty(units * segments, context).uniform_(-bound, bound))

    def extra_repr(self) -> str:
        return f"units={self.units}, segments={self.segments}, context={self.context}"

    def responses(self, c: Tensor) -> Tensor:
        """d (..., N, S) of contexts (..., C)."""
        if c.ndim == 0 or c.shape[-1] != self.context:
            given = tuple(c.shape)
            raise ValueError(f"context: shape (..., {self.context}) is needed, got {given}")
        d = linear(c, self.weight)
        return d.unflatten(-1, (self.units, self.segments))

    def winning(self, c: Tensor) -> Tensor:
        """Which segment decides, (..., N), for contexts (..., C); by the gate's own choice."""
        with torch.no_grad():
            d = self.responses(c)
        d.requires_grad_()
        with torch.enable_grad():
            (chosen,) = torch.autograd.grad(self.gate(d).sum(), d)
        return chosen.argmax(-1)

    def forward(self, c: Tensor) -> Tensor:
        """g (..., N) of contexts (..., C)."""
        if not self.sparse or not torch.is_grad_enabled():
            return self.gate(self.responses(c))
        first = torch.arange(self.units, device=c.device) * self.segments
        rows = embedding(first + self.winning(c), self.weight, sparse=True)  # (..., N, C)
        return (rows @ c[..., None])[..., 0] if c.ndim == 1 else (rows * c[..., None, :]).sum(-1)


class ActiveDendrites(nn.Module):
    """y = yhat sigmoid(g - shut): turns the sums of neurons down, by the context.

    Args: as ``Segments``, and ``shut``.

    Shapes: yhat (B, N); context (C,) for all examples, (B, C), or (K, C) with ``which`` (B,) of
    whole numbers below K; y (B, N).
    """

    def __init__(
        self,
        units: int,
        segments: int,
        context: int,
        gate: Callable[[Tensor], Tensor] = abs_max_gate,
        sparse: bool = False,
        shut: float = 0.0,
    ):
        super().__init__()
        if not math.isfinite(shut):
            raise ValueError(f"shut: a finite number is needed, got {shut!r}")
        self.segments, self.shut = Segments(units, segments, context, gate, sparse), shut

    def said(self, yhat: Tensor, context: Tensor, which: Tensor | None = None) -> Tensor:
        """g - shut: (N,) for all examples, (B, N), or (K, N) where there is ``which``."""
        units = self.segments.units
        if yhat.ndim != 2 or yhat.shape[1] != units:
            raise ValueError(f"yhat: shape (B, {units}) is needed, got {tuple(yhat.shape)}")
        alone = context.ndim == 1
        if which is None and not alone and len(context) != len(yhat):
            raise ValueError(
                f"context: one for all, or one for each of {len(yhat)} examples, or a table with "
                f"which; got {tuple(context.shape)}"
            )
        if which is not None:
            if alone or which.shape != yhat.shape[:1] or which.is_floating_point():
                shape = f"{tuple(which.shape)} of {which.dtype}"
                raise ValueError(f"which: ({len(yhat)},) rows of a table are needed, got {shape}")
            if len(which) and not 0 <= int(which.min()) <= int(which.max()) < len(context):
                low, high = int(which.min()), int(which.max())
                raise ValueError(f"which: rows 0 to {len(context) - 1}, got {low} to {high}")
        return self.segments(context) - self.shut

    def factor(self, yhat: Tensor, context: Tensor, which: Tensor | None = None) -> Tensor:
        """sigmoid(g - shut), in the shape of ``said``."""
        return sigmoid(self.said(yhat, context, which))

    def forward(self, yhat: Tensor, context: Tensor, which: Tensor | None = None) -> Tensor:
        g = self.said(yhat, context, which)
        return gate_step(yhat, g if which is None else g[which])
