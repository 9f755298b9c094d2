"""Gate and k winners in one call: y = the k largest of x factor[which] in each row, 0 elsewhere.

    symbol     meaning                                                   shape
    x          activity                                                  (B, N)
    factor     what it is multiplied by: one for all, one for each       (1, N), (B, N)
               example, a table, or None                                 (K, N)
    which      row of the table for each example, or None                (B,)
    y          output                                                    (B, N)

What ``dendrites`` does by sorting is done here by halving an interval, and gate and choice touch a
row once. Kept for the gradient: which units won (B, k), on a GPU a byte a unit, and x. Equal to the
sort with ties too; the gradient of the gradient goes through torch.
"""

from functools import cache

import torch
from torch import Tensor

from . import switch
from .neurons import refuse
from .workers import each, shares

WIDEST = 2**14  # units of a row in the registers of a GPU's program


class GatedWinners(torch.autograd.Function):
    """(x, factor, which, k, gpu) to y and the winners; of those no gradient."""

    @staticmethod
    def forward(x, factor, which, k, on_gpu):
        if on_gpu:
            return _on_gpu(x, factor, which, k)
        from . import winners_loops as loops

        rows, size = x.shape
        y, at = torch.empty_like(x), torch.empty(rows, k, dtype=torch.int32)
        table, row = _numpy(x, factor, which)
        kind = torch.empty(0, dtype=torch.int32 if x.itemsize == 4 else torch.int64).numpy()

        given = x.detach().numpy(), table, row, k, kind, y.numpy(), at.numpy()

        def part(first: int, end: int) -> int:
            return loops.choose(*given, first, end)

        if sum(each(part, shares(rows, rows * size))):
            refuse(x=x, factor=factor)
            raise ValueError("x: finite products with factor are needed, got some too large")
        return y, at

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, factor, which, ctx.k, ctx.on_gpu = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(x, factor, which, output[1])

    @staticmethod
    def backward(ctx, dy, _):
        x, factor, which, at = ctx.saved_tensors
        if ctx.on_gpu or switch.by_torch(dy):
            won = at.bool() if ctx.on_gpu else _dense(at, x)
            g = torch.where(won, dy, torch.zeros_like(dy))
            if factor is None:
                return g, None, None, None, None
            taken = factor if which is None else factor[which]
            d_factor = None
            if ctx.needs_input_grad[1]:
                d_factor = g * x
                if which is not None:
                    d_factor = torch.zeros_like(factor).index_add(0, which, d_factor)
                elif len(factor) == 1:
                    d_factor = d_factor.sum(0, keepdim=True)
            return g * taken, d_factor, None, None, None
        from . import winners_loops as loops

        rows, size = x.shape
        dx, dy = torch.empty_like(x), dy.contiguous()
        table, row = _numpy(x, factor, which)
        parts = shares(rows, rows * size)
        wanted = factor is not None and ctx.needs_input_grad[1]
        sums = [torch.zeros_like(factor) if wanted else x.new_empty(0, 0) for _ in parts]

        given = x.detach().numpy(), table, row, at.numpy(), dy.numpy(), dx.numpy()

        def part(first: int, end: int) -> None:
            d_factor = sums[parts.index((first, end))].numpy()
            loops.back(*given, d_factor, first, end)

        each(part, parts)
        return dx, sum(sums[1:], sums[0]) if wanted else None, None, None, None

    @staticmethod
    def vmap(info, in_dims, x, factor, which, k, on_gpu):
        """One by one; ``gated_winners`` leaves torch.func to torch, which does better."""
        out = []
        for i in range(info.batch_size):
            pairs = zip((x, factor, which), in_dims, strict=False)
            given = (t if d is None else t.select(d, i) for t, d in pairs)
            out.append(GatedWinners.apply(*given, k, on_gpu))
        return tuple(map(torch.stack, zip(*out, strict=True))), (0, 0)


def _dense(at: Tensor, x: Tensor) -> Tensor:
    return torch.zeros_like(x, dtype=torch.bool).scatter_(1, at.long(), True)


def _numpy(x: Tensor, factor: Tensor | None, which: Tensor | None):
    """Table and rows for the loops."""
    if factor is None:
        return x.new_empty(0, 0).numpy(), torch.zeros(0, dtype=torch.long).numpy()
    if which is None:
        some = len(factor) > 1
        which = torch.arange(len(x)) if some else torch.zeros(len(x), dtype=torch.long)
    return factor.detach().numpy(), which.long().contiguous().numpy()


def _on_gpu(x, factor, which, k):
    from . import winners_gpu as loops

    rows, size = x.shape
    y, won = torch.empty_like(x), torch.empty_like(x, dtype=torch.int8)
    shared = 0 if factor is None or len(factor) == 1 else 1
    block = max(16, 1 << (size - 1).bit_length())
    wide = x.dtype == torch.float64
    with torch.cuda.device_of(x):
        loops.choose[(rows,)](
            x, factor, which, y, won, size, k, shared,
            BLOCK=block, WIDE=wide, num_warps=min(16, max(1, block // 256)),
        )  # fmt: skip
    return y, won


@cache
def trial(device: torch.device) -> str | None:
    """None if the kernel gives here what pen and paper give; else what it does."""
    x = torch.tensor([[1.0, -2, 3, 3, 0], [-0.0, 0, -5, -1, -4]], device=device)
    try:
        found = _on_gpu(x, x.new_tensor([[1.0, -2, 1, 1, 1]]), None, 2)
        y, won = (t.tolist() for t in found)
    except Exception as error:  # of a compiler or driver, which may raise whatever they like
        return f"Triton fails here ({type(error).__name__}: {error})"
    if (y, won) == ([[0, 4, 3, 0, 0], [0] * 5], [[0, 1, 1, 0, 0], [1, 1, 0, 0, 0]]):
        return None
    return f"Triton chooses {won} of {x.tolist()} here"


def gated_winners(x: Tensor, factor: Tensor | None, which: Tensor | None, k: int) -> Tensor | None:
    """y (B, N), or None where torch shall do it; sizes have been checked by the caller."""
    given = [t for t in (x, factor) if t is not None]
    on_gpu = switch.for_gpu(x)
    reason = switch.obstacle(given, gpu=True)
    if reason is None and (k == 0 or x.numel() == 0):
        reason = "there is nothing to choose"
    if reason is None and on_gpu and x.shape[1] > WIDEST:
        reason = f"a row of {x.shape[1]} units is too wide (at most {WIDEST})"
    if reason is None and on_gpu:
        reason = trial(x.device)
    switch.note("winners", reason, on_gpu)
    if reason is not None:
        return None
    x, factor = (t if t is None else t.contiguous() for t in (x, factor))
    return GatedWinners.apply(x, factor, which, k, on_gpu)[0]
