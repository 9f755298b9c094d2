"""Products of which one side has few numbers that are not zero, compiled.

    y_bn = b_n + sum_i w_ni x_bi,     dw_ni = mask_ni sum_b dy_bn x_bi,     dx_bi = sum_n dy_bn w_ni

Only the x (in y) or the dy (in dw and dx) that are not zero are visited: k in each row where k of
all units win.

    symbol     meaning                                             shape
    w          weights, 0 where the mask is                        (N, I)
    columns    the same turned round                               (I, N)
    mask       whether a weight exists                             (N, I)
    x, y       input, sums                                         (B, I), (B, N)
    rows       where the entries of each row or column begin       (B + 1,)
    places     in which column or row each entry is                (E,)
    values     the entries                                         (E,)
"""

import numpy as np

from .forward import add_columns, exact, loose, nonzero


@exact
def count(x, limit):
    """How many numbers are not zero; stops in a row that leads above the limit."""
    found = 0
    for b in range(x.shape[0]):
        for n in range(x.shape[1]):
            found += x[b, n] != 0
        if found > limit:
            break
    return found


@exact
def by_rows(x, rows, places, values):
    """The numbers of x that are not zero, row by row."""
    e = 0
    for b in range(x.shape[0]):
        rows[b] = e
        for n in range(x.shape[1]):
            if x[b, n] != 0:
                places[e], values[e] = n, x[b, n]
                e += 1
    rows[x.shape[0]] = e


@exact
def by_columns(rows, places, values, begin, at, turned):
    """The same entries column by column; ``begin`` (N + 1,) comes as zeros."""
    for e in range(places.shape[0]):
        begin[places[e] + 1] += 1
    for n in range(begin.shape[0] - 1):
        begin[n + 1] += begin[n]
    free = begin[:-1].copy()
    for b in range(rows.shape[0] - 1):
        for e in range(rows[b], rows[b + 1]):
            n = places[e]
            at[free[n]], turned[free[n]] = b, values[e]
            free[n] += 1


@loose
def add_rows(matrix, places, values, first, end, total):
    """total += the sum of values[e] matrix[places[e]] over e in [first, end); four at a time."""
    size, e = total.shape[0], first
    while e + 4 <= end:
        m0, m1, m2, m3 = places[e], places[e + 1], places[e + 2], places[e + 3]
        v0, v1, v2, v3 = values[e], values[e + 1], values[e + 2], values[e + 3]
        for i in range(size):
            total[i] += (
                v0 * matrix[m0, i] + v1 * matrix[m1, i] + v2 * matrix[m2, i] + v3 * matrix[m3, i]
            )
        e += 4
    while e < end:
        m0, v0 = places[e], values[e]
        for i in range(size):
            total[i] += v0 * matrix[m0, i]
        e += 1


@loose
def sums(rows, places, values, matrix, start, y, first, end):
    """Rows [first, end) of y = start + entries times matrix; no ``start`` where it is (0,)."""
    zero = y.dtype.type(0)
    for b in range(first, end):
        for n in range(y.shape[1]):
            y[b, n] = start[n] if start.shape[0] else zero
        add_rows(matrix, places, values, rows[b], rows[b + 1], y[b])


@exact
def few_columns(columns, start, z, y, dense):
    """y = start + z[0] columns; False if of ``dense`` z in a row more than one is not 0."""
    found = np.empty(columns.shape[0] + 1, np.int64)
    zero = y.dtype.type(0)
    for b in range(y.shape[0]):
        count = nonzero(z, 0, b, found)
        if dense * count > columns.shape[0]:
            return False
        total = y[b]
        for n in range(y.shape[1]):
            total[n] = start[n] if start.shape[0] else zero
        add_columns(columns, z, 0, b, found, count, total)
    return True


@loose
def slopes(begin, at, values, x, mask, dw, first, end):
    """Rows [first, end) of dw, from the entries of dy column by column."""
    zero = dw.dtype.type(0)
    total = np.empty(dw.shape[1], dw.dtype)
    for n in range(first, end):
        for i in range(total.shape[0]):
            total[i] = zero
        add_rows(x, at, values, begin[n], begin[n + 1], total)
        for i in range(total.shape[0]):
            dw[n, i] = total[i] if mask[n, i] else zero


@exact
def masked(w, mask, found, first, end):
    """Rows [first, end) of w where the mask is, 0 elsewhere."""
    zero = w.dtype.type(0)
    for n in range(first, end):
        for i in range(w.shape[1]):
            found[n, i] = w[n, i] if mask[n, i] else zero
