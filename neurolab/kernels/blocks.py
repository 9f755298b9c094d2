"""One thread's part of a layer: its rows of the batch, through time in blocks.

A block of time fits a fast cache. The current from the inputs, the surrogate's derivative and the
gradient of the current live in buffers of one block, used again and again; only what is given
back or needed for the gradient (spikes, and u) has the length of the sequence. So the cost of a
step does not depend on how many there are.

Products with whole matrices (inputs, their weights) are torch's. For the recurrent weights the
cheaper way is chosen block by block from the share of neurons that fired, or are near threshold.

Tested through ``neurons``: allocations, and the cut into blocks and rows changes nothing.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from neurolab.core.surrogate import ArcTan, FastSigmoid, Surrogate, Triangular

BLOCK = 2**17  # numbers in a buffer: half a MB of float32
DENSE_FIRING = 0.12  # share of spikes above which the gradient of W is a product of matrices
SAMPLE = 4  # spikes of every fourth step are counted to tell
# Rough, from one machine: they choose between two ways to the same numbers.
SPARSE_COST, DENSE_COST, CALL_COST = 0.068, 0.0143, 1e4  # ns a multiplication; ns a call


class Work(NamedTuple):
    """What all threads share. Optional tensors are None where they do not apply."""

    cell: int
    constants: Tensor  # (C, N)
    x: Tensor  # (T, B, I), or the current itself (T, B, N)
    weight: Tensor | None  # (N, I)
    recurrent: Tensor | None  # (N, N), to and from
    columns: Tensor  # (N, N) recurrent transposed, or (0, 0)
    before: Tensor  # (1, B, N) spikes before the first step
    surrogate: Surrogate | None = None


def room(*shape: int, like: Tensor) -> Tensor:
    """Uninitialised, for long tensors: numpy asks for large pages, which spares first touches."""
    kinds = {torch.float32: np.float32, torch.float64: np.float64}
    if like.dtype not in kinds or like.device.type != "cpu":
        return like.new_empty(shape)
    return torch.from_numpy(np.empty(shape, kinds[like.dtype]))


def block_length(rows: int, size: int) -> int:
    return max(1, BLOCK // max(1, rows * size))


@torch.no_grad()  # threads of their own do not know that there is no gradient here
def run_rows(work: Work, v: Tensor, s: Tensor, spikes: Tensor, u: Tensor, kept: list, part: tuple):
    """Forward for rows [from, to) of ``part``: fills ``spikes``, ``u`` and ``kept``, moves v and s.

    ``u`` has one step only where its history is not wanted; its last step is the last either way.
    """
    from . import forward as loops

    start, stop = part
    rows, steps, size = stop - start, len(work.x), v.shape[1]
    length = block_length(rows, size)
    whole = len(u) == steps
    here = u if whole else u.new_empty(min(length, steps), rows, size)
    current = v.new_empty(length, rows, size)
    inputs = None if work.weight is None else work.x.new_empty(length, rows, work.x.shape[2])
    before, w = work.before.numpy(), None if work.weight is None else work.weight.T
    shift = start if whole else 0
    for t in range(0, steps, length):
        end = min(t + length, steps)
        n = end - t
        if inputs is None:
            current[:n] = work.x[t:end, start:stop]
        else:
            inputs[:n] = work.x[t:end, start:stop]
            torch.mm(inputs[:n].flatten(0, 1), w, out=current[:n].view(n * rows, size))
        at_u = u[t:end] if whole else here[:n]
        histories = (x[t:end] if len(x) else x for x in kept)
        loops.forward(
            work.cell, work.constants.numpy(), current[:n].numpy(), work.columns.numpy(), before,
            v.numpy(), s.numpy(), spikes[t:end].numpy(), at_u.numpy(), shift,
            *(x.numpy() for x in histories), start,
        )  # fmt: skip
        before = spikes[end - 1 : end].numpy()
    if not whole:
        u[0, start:stop] = here[n - 1]


class Said(NamedTuple):
    """The gradient of the loss by each output; None where it has none."""

    spikes: Tensor | None  # (T, B, N)
    last: Tensor | None  # (B, N), by the last spikes
    v: Tensor | None  # (B, N), by the last state
    s: Tensor | None
    u: Tensor | None
    all_u: Tensor | None  # (T, B, N), by the histories
    all_v: Tensor | None
    all_s: Tensor | None


class Found(NamedTuple):
    """The gradients by the inputs, filled by rows; None where nobody asks."""

    x: Tensor | None
    before: Tensor | None
    v: Tensor
    s: Tensor


@torch.no_grad()
def back_rows(
    work: Work, spikes: Tensor, u: Tensor, said: Said, found: Found, wants: tuple, part: tuple
) -> tuple[Tensor | None, Tensor | None]:
    """Backward for rows [from, to): fills ``found``, answers this part of dL/dweight and dL/dW.

    ``wants`` tells which of the two are asked for.
    """
    from . import backward as loops

    start, stop = part
    steps, _, size = u.shape
    rows, like = stop - start, u
    length = min(block_length(rows, size), steps)
    psi, dz, delta = (like.new_empty(length, rows, size) for _ in range(3))
    extra = [like.new_empty(0 if g is None else length, rows, size) for g in said[5:]]
    if said.u is not None and said.all_u is None:
        extra[0] = like.new_empty(length, rows, size)
    past_v, past_s = (like.new_zeros(rows, size) for _ in range(2))
    for past, last in ((past_v, said.v), (past_s, said.s)):
        if last is not None:
            past.copy_(last[start:stop])
    ahead, product = like.new_zeros(1, rows, size), like.new_empty(rows, size)
    w = work.weight
    d_weight = torch.zeros_like(w) if wants[0] else None
    d_rows = like.new_zeros(size, size) if wants[1] else like.new_empty(0, size)
    d_recurrent = like.new_zeros(size, size) if wants[1] else None
    nothing, constants, shift = psi[:0].numpy(), work.constants.numpy(), 0
    inputs = None if d_weight is None else like.new_empty(length, rows, work.x.shape[2])
    arrays = [x.numpy() for x in (psi, dz, *extra, past_v, past_s, ahead, product, delta)]
    columns, deltas = work.columns.numpy(), delta.unbind(0)
    for end in range(steps, 0, -length):
        t = max(0, end - length)
        n = end - t
        near = _derivative(work.surrogate, u[t:end], start, psi[:n])
        _fill(dz[:n], said.spikes, said.last if end == steps else None, t, part)
        for buffer, g, last in zip(extra, said[5:], (said.u, None, None), strict=True):
            if len(buffer):
                _fill(buffer[:n], g, last if end == steps else None, t, part)
        mode, few = loops.NONE, nothing
        if work.recurrent is not None:
            ns = rows * size * size * (SPARSE_COST * near / psi[:n].numel() - DENSE_COST)
            mode = loops.SPARSE if ns < CALL_COST else loops.GIVEN
            if t:
                z, shift = spikes[t - 1 : end - 1], start
            else:
                z, shift = torch.cat([work.before, spikes[: end - 1]])[:, start:stop], 0
                z = z.contiguous()
            fired = loops.number(z.numpy(), shift, rows, SAMPLE)
            dense = fired > DENSE_FIRING * psi[:n:SAMPLE].numel()
            few = z.numpy() if wants[1] and not dense else nothing
        to_rows = few, shift, d_rows.numpy()
        fixed = work.cell, constants, *arrays[:7], mode, columns, *arrays[7:], *to_rows
        if mode == loops.GIVEN:
            after = ahead[0]
            for k in range(n - 1, -1, -1):
                torch.mm(after, work.recurrent, out=product)
                loops.backward(*fixed, k, k + 1)
                after = deltas[k]
        else:
            loops.backward(*fixed, 0, n)
        ahead[0] = delta[0]
        flat = delta[:n].view(n * rows, size)
        if wants[1] and not len(few):
            d_recurrent.addmm_(flat.T, z[:, shift : shift + rows].reshape(n * rows, size))
        if d_weight is not None:
            inputs[:n] = work.x[t:end, start:stop]
            d_weight.addmm_(flat.T, inputs[:n].view(n * rows, -1))
        if found.x is not None:
            to = found.x[t:end, start:stop]
            to.copy_(delta[:n] if w is None else (flat @ w).view(n, rows, -1))
    found.v[start:stop], found.s[start:stop] = past_v, past_s
    if found.before is not None:
        torch.mm(ahead[0], work.recurrent, out=found.before[start:stop])
    return d_weight, d_recurrent.add_(d_rows.T) if wants[1] else None


def _derivative(surrogate: Surrogate, u: Tensor, start: int, psi: Tensor) -> int:
    """Fill psi for rows from ``start`` on; how many are not zero. Any surrogate will do: the three
    that need no exponential are compiled."""
    from . import backward as loops

    match surrogate:
        case Triangular(height, width):
            kind = loops.TRIANGULAR, height, width
        case FastSigmoid(sharpness):
            kind = loops.FAST_SIGMOID, sharpness, 0.0
        case ArcTan(sharpness):
            kind = loops.ARCTAN, sharpness / 2, math.pi / 2 * sharpness
        case _:
            psi.copy_(surrogate.derivative(u[:, start : start + psi.shape[1]]))
            return loops.number(psi.numpy(), 0, psi.shape[1], 1)
    return loops.derivative(kind[0], float(kind[1]), float(kind[2]), u.numpy(), start, psi.numpy())


def _fill(buffer: Tensor, g: Tensor | None, last: Tensor | None, t: int, part: tuple) -> None:
    """What the loss says about a block of one output, and about its last step alone."""
    start, stop = part
    if g is None:
        buffer.zero_()
    else:
        buffer.copy_(g[t : t + len(buffer), start:stop])
    if last is not None:
        buffer[-1] += last[start:stop]
