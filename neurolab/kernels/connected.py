"""Sums over the weights that exist: y = x (mask w)' + b, fast where few numbers are not zero.

    symbol     meaning                                     shape
    x          input                                       (B, I)
    w          weights                                     (N, I)
    mask       whether a weight exists                     (N, I)
    b          bias, or None                               (N,)
    y          sums                                        (B, N)

Behind k winners few x are not zero, and before them few dL/dy. Where at most ``FEW`` of them are,
the products visit those alone, else they are torch's; how many there are is counted each time. The
weights that do not exist are left out in one pass. For the gradient x and the masked weights are
kept; the gradient of the gradient goes through torch.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear

from . import switch
from .workers import each, shares

FEW = 0.1  # part of the numbers up to which visiting them alone is faster
LARGE = 2**14  # weights from which on there is anything to gain


class Connected(torch.autograd.Function):
    """(x, w, mask, b) to y and the masked weights; of those no gradient."""

    @staticmethod
    def forward(x, w, mask, bias):
        from . import connected_loops as loops

        size, kept = len(w), torch.empty_like(w)
        given = w.detach().numpy(), mask.numpy(), kept.numpy()
        each(lambda first, end: loops.masked(*given, first, end), shares(size, w.numel()))
        few = entries(x)
        if few is None:
            return linear(x, kept, bias), kept
        y, start = x.new_empty(len(x), size), w.new_empty(0) if bias is None else bias.detach()
        add(few, kept.T.contiguous(), start, y)
        return y, kept

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, mask, _ = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(x, mask, w, output[1])

    @staticmethod
    def backward(ctx, dy, _):
        x, mask, w, kept = ctx.saved_tensors
        wants = ctx.needs_input_grad
        d_bias = dy.sum(0) if wants[3] else None
        alone = switch.by_torch(dy)
        few = None if alone else entries(dy.contiguous())
        if few is None:
            live = w * mask if alone else kept
            dx = dy @ live if wants[0] else None
            return dx, (dy.T @ x) * mask if wants[1] else None, None, d_bias
        dx = dw = None
        if wants[0]:
            dx = torch.empty_like(x)
            add(few, kept, w.new_empty(0), dx)
        if wants[1]:
            dw = torch.empty_like(w)
            _slopes(few, x, mask, dw)
        return dx, dw, None, d_bias

    @staticmethod
    def vmap(info, in_dims, x, w, mask, bias):
        """One by one; ``connected`` leaves torch.func to torch, which does better."""
        out = []
        for i in range(info.batch_size):
            pairs = zip((x, w, mask, bias), in_dims, strict=True)
            given = (t if d is None else t.select(d, i) for t, d in pairs)
            out.append(Connected.apply(*given))
        return tuple(map(torch.stack, zip(*out, strict=True))), (0, 0)


def entries(x: Tensor):
    """The numbers of x (B, M) that are not zero, by rows; None if there are many of them."""
    from . import connected_loops as loops

    x = x.detach()
    limit = int(FEW * x.numel())
    found = loops.count(x.numpy(), limit)
    if found > limit:
        return None
    rows, places = (torch.empty(n, dtype=torch.int32).numpy() for n in (len(x) + 1, found))
    values = x.new_empty(found).numpy()
    loops.by_rows(x.numpy(), rows, places, values)
    return rows, places, values


def add(few, matrix: Tensor, start: Tensor, y: Tensor) -> None:
    """y = start + x matrix, for x by its ``entries``; no start where it is (0,)."""
    from . import connected_loops as loops

    given = *few, matrix.numpy(), start.numpy(), y.numpy()
    work = len(few[2]) * matrix.shape[1]
    each(lambda first, end: loops.sums(*given, first, end), shares(len(y), work))


def _slopes(few, x: Tensor, mask: Tensor, dw: Tensor) -> None:
    from . import connected_loops as loops

    rows, places, values = few
    begin = torch.zeros(len(dw) + 1, dtype=torch.int32).numpy()
    at, turned = places.copy(), values.copy()
    loops.by_columns(rows, places, values, begin, at, turned)
    given = begin, at, turned, x.detach().numpy(), mask.numpy(), dw.numpy()
    each(lambda first, end: loops.slopes(*given, first, end), shares(len(dw), dw.numel()))


def connected(x: Tensor, w: Tensor, mask: Tensor, bias: Tensor | None) -> Tensor | None:
    """y (B, N), or None where torch shall do it; shapes have been checked by the caller."""
    reason = switch.obstacle([t for t in (x, w, bias) if t is not None])
    if reason is None and (w.numel() < LARGE or x.numel() == 0):
        reason = "there is little to add"
    switch.note("sums", reason)
    if reason is not None:
        return None
    return Connected.apply(x.contiguous(), w.contiguous(), mask.contiguous(), bias)[0]
