"""The loops forward in time, compiled: for each step and row, spikes in, one step of the neuron.

    total(t) = current(t) + W z(t - 1),     z, state = step(total(t), state)

Only the columns of W whose neuron has fired are added, so the product costs what the spikes cost.
The sums of the elementwise steps are in the order of ``spiking`` and not contracted: without
recurrence the numbers equal those of scan to the last bit.

    symbol      meaning                                       shape
    constants   rows as ``neurons.CELLS`` names them          (C, N)
    current     of a block of time, for rows of the batch     (K, R, N)
    columns     W transposed, columns of W one behind another (N, N) or (0, 0)
    before      spikes of the step before the block           (1, B, N)
    v, s        state: potential, and trace or current        (B, N)
    spikes, u   outputs; ``shift`` is the first row in u      (K, B, N)
    kept_v, _s  histories of the state, or empty              (K, B, N) or (0, 0, 0)

Compiled code is kept beside this file, or in the user's cache or ``NUMBA_CACHE_DIR`` where that
folder cannot be written; where nothing can be, it is compiled anew in each process.
"""

import numpy as np
from numba import njit

LIF, ALIF, CURRENT_LIF = range(3)


def compiled(**options):
    def with_cache(function):
        try:
            return njit(nogil=True, error_model="numpy", cache=True, **options)(function)
        except RuntimeError:  # no folder to keep it in
            return njit(nogil=True, error_model="numpy", **options)(function)

    return with_cache


exact = compiled()
loose = compiled(fastmath={"contract", "reassoc", "nsz"})  # for sums of products


@exact
def nonzero(x, t, row, found):
    """Write the places where x[t, row] is not zero into ``found``; how many there are."""
    count = 0
    for n in range(x.shape[2]):
        found[count] = n
        count += x[t, row, n] != 0
    return count


@loose
def add_columns(columns, z, t, row, found, count, total):
    """total += columns[m] z[t, row, m] for the m that are ``found``; four at a time."""
    size, e = total.shape[0], 0
    while e + 4 <= count:
        m0, m1, m2, m3 = found[e], found[e + 1], found[e + 2], found[e + 3]
        z0, z1, z2, z3 = z[t, row, m0], z[t, row, m1], z[t, row, m2], z[t, row, m3]
        for n in range(size):
            total[n] += (
                z0 * columns[m0, n]
                + z1 * columns[m1, n]
                + z2 * columns[m2, n]
                + z3 * columns[m3, n]
            )
        e += 4
    while e < count:
        m0 = found[e]
        z0 = z[t, row, m0]
        for n in range(size):
            total[n] += z0 * columns[m0, n]
        e += 1


@exact
def move(cell, constants, total, v, s, b):
    """The potential of row b, before any reset, under ``total``."""
    size = total.shape[0]
    if cell == CURRENT_LIF:
        for n in range(size):
            s[b, n] += total[n]
        for n in range(size):
            v[b, n] = constants[0, n] * (v[b, n] + constants[1, n] * s[b, n])
        for n in range(size):
            s[b, n] *= constants[2, n]
    else:
        for n in range(size):
            v[b, n] = constants[0, n] * v[b, n] + constants[1, n] * total[n]


@exact
def fire(cell, constants, v, s, b, spikes, u, t, row):
    """Distance to the threshold, spikes, reset, and the trace of the spikes."""
    size = v.shape[1]
    one = v.dtype.type(1)
    for n in range(size):
        u[t, row, n] = v[b, n] - one
    if cell == ALIF:
        for n in range(size):
            u[t, row, n] -= constants[3, n] * s[b, n]
    for n in range(size):
        spikes[t, b, n] = one if u[t, row, n] > 0 else v.dtype.type(0)
    for n in range(size):
        v[b, n] -= spikes[t, b, n]
    if cell == ALIF:
        for n in range(size):
            s[b, n] = constants[2, n] * s[b, n] + spikes[t, b, n]


@exact
def forward(
    cell, constants, current, columns, before, v, s, spikes, u, shift, kept_v, kept_s, start
):
    """Run a block of time for the rows from ``start`` on, in place."""
    steps, rows, size = current.shape
    total, found = np.empty(size, current.dtype), np.empty(size + 1, np.int64)
    for t in range(steps):
        for r in range(rows):
            b = start + r
            for n in range(size):
                total[n] = current[t, r, n]
            if columns.shape[0]:
                if t == 0:
                    count = nonzero(before, 0, b, found)
                    add_columns(columns, before, 0, b, found, count, total)
                else:
                    count = nonzero(spikes, t - 1, b, found)
                    add_columns(columns, spikes, t - 1, b, found, count, total)
            move(cell, constants, total, v, s, b)
            fire(cell, constants, v, s, b, spikes, u, t, shift + r)
            if kept_v.shape[0]:
                for n in range(size):
                    kept_v[t, b, n] = v[b, n]
            if kept_s.shape[0]:
                for n in range(size):
                    kept_s[t, b, n] = s[b, n]
