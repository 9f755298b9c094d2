"""Choosing k of each row, compiled: no sort, a threshold is found by halving and counting.

    p = x factor[which],     y = p where it is among the k largest of its row, else 0

The bits of a floating-point number, read as a whole number and turned round where the sign is set,
are in the order of the numbers. So halving the interval between the least and the largest of a row
finds the k-th largest exactly, in at most as many counts as a number has bits; a count is one pass
over a row that lies in the nearest cache.

    symbol     meaning                                             shape
    x          activity                                            (B, N)
    factor     of each row of a table, or (0, 0)                   (K, N)
    which      row of the table for each example                   (B,)
    y          output                                              (B, N)
    at         which units won, in their order                     (B, k)
"""

import numpy as np

from .forward import exact


@exact
def halve(keys, k):
    """The largest number that at least k of the keys reach, and how many reach it."""
    low, high = np.int64(keys[0]), np.int64(keys[0])
    for n in range(keys.shape[0]):
        key = np.int64(keys[n])
        low, high = min(low, key), max(high, key)
    reach = keys.shape[0]
    while low < high:
        gap = np.uint64(high) - np.uint64(low)  # may be larger than a signed number can be
        middle = np.int64(np.uint64(low) + (gap - gap // np.uint64(2)))
        edge, count = keys.dtype.type(middle), keys.dtype.type(0)
        for n in range(keys.shape[0]):  # as wide as the keys, so that as many are compared at once
            count = keys.dtype.type(count + (keys[n] >= edge))
        if count >= k:
            low, reach = middle, count
            if count == k:
                break
        else:
            high = middle - 1
    return low, reach


@exact
def choose(x, factor, which, k, kind, y, at, first, end):
    """Rows [first, end); how many numbers were not finite. ``kind``: whole numbers as wide as x."""
    size, bad = x.shape[1], 0
    p = np.empty(size, x.dtype)
    bits = p.view(kind.dtype)
    keys = np.empty(size, bits.dtype)
    last = kind.dtype.type(8 * x.itemsize - 1)
    turn = kind.dtype.type(~(kind.dtype.type(1) << last))
    zero, limit = x.dtype.type(0), x.dtype.type(np.inf)
    for b in range(first, end):
        if factor.shape[0]:
            row = which[b]
            for n in range(size):
                p[n] = x[b, n] * factor[row, n] + zero
        else:
            for n in range(size):
                p[n] = x[b, n] + zero  # -0 becomes 0
        for n in range(size):
            bad += not abs(p[n]) < limit
        for n in range(size):
            keys[n] = bits[n] ^ (kind.dtype.type(bits[n] >> last) & turn)
        edge, reach = halve(keys, k)
        edge = keys.dtype.type(edge)
        ties = 0
        if reach > k:
            above = 0
            for n in range(size):
                above += keys[n] > edge
            ties = k - above
        else:
            ties = size
        found = 0
        for n in range(size):
            y[b, n] = zero
        for n in range(size):
            if keys[n] >= edge:
                if keys[n] == edge:
                    if ties == 0:
                        continue
                    ties -= 1
                y[b, n] = p[n]
                at[b, found] = n
                found += 1
    return bad


@exact
def back(x, factor, which, at, dy, dx, d_factor, first, end):
    """Rows [first, end) of dx; adds to d_factor, where it is not (0, 0)."""
    zero = x.dtype.type(0)
    for b in range(first, end):
        for n in range(x.shape[1]):
            dx[b, n] = zero
        row = which[b] if factor.shape[0] else 0
        for e in range(at.shape[1]):
            n = at[b, e]
            g = dy[b, n]
            if factor.shape[0]:
                dx[b, n] = g * factor[row, n]
                if d_factor.shape[0]:
                    d_factor[row, n] += g * x[b, n]
            else:
                dx[b, n] = g
