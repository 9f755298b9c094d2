"""Choosing k of each row as a Triton kernel: ``winners_loops`` for a GPU, a program for each row.

A row, up to ``WIDEST`` units, stays in registers: it is read once, the threshold is found by
halving and counting there, and the winners are written.

    symbol     meaning                                                   shape
    x          activity, rows contiguous                                 (B, N)
    factor     a table, or None                                          (K, N)
    which      row of the table for each example; None: its own number   (B,)
    y          output                                                    (B, N)
    won        1 where a unit won                                        (B, N)
"""

import triton
import triton.language as tl


@triton.jit
def choose(x, factor, which, y, won, size, k, shared, BLOCK: tl.constexpr, WIDE: tl.constexpr):
    """One row. ``shared``: 0 where all examples have row 0 of the table."""
    b = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    real = n < size
    kind: tl.constexpr = tl.float64 if WIDE else tl.float32
    p = tl.load(x + b * size + n, real, 0.0).to(kind)
    if factor is not None:
        row = b * shared
        if which is not None:
            row = tl.load(which + b).to(tl.int64)
        p = p * tl.load(factor + row * size + n, real, 0.0).to(kind)
    p = p + 0.0  # -0 becomes 0
    if WIDE:
        bits = p.to(tl.int64, bitcast=True)
        keys = bits ^ ((bits >> 63) & 0x7FFFFFFFFFFFFFFF)
    else:
        bits = p.to(tl.int32, bitcast=True)
        keys = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).to(tl.int64)
    low = tl.min(tl.where(real, keys, 0x7FFFFFFFFFFFFFFF), 0)
    high = tl.max(tl.where(real, keys, -0x7FFFFFFFFFFFFFFF), 0)
    rounds: tl.constexpr = 65 if WIDE else 33
    for _ in range(rounds):
        # halves are added apart, since the gap may be larger than a signed number can be
        middle = (low >> 1) + (high >> 1) + ((low | high) & 1)
        count = tl.sum((real & (keys >= middle)).to(tl.int32), 0)
        enough = count >= k
        low = tl.where(enough, middle, low)
        high = tl.where(enough, high, tl.maximum(middle - 1, low))
    above = real & (keys > low)
    tied = real & (keys == low)
    left = k - tl.sum(above.to(tl.int32), 0)
    winner = above | (tied & (tl.cumsum(tied.to(tl.int32), 0) <= left))
    kept = tl.where(winner, p, 0.0)
    tl.store(y + b * size + n, kept.to(y.dtype.element_ty), real)
    tl.store(won + b * size + n, winner.to(tl.int8), real)
