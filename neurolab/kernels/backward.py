"""The loops backward in time, compiled: the gradient of ``forward``, written by hand.

With psi(t) the surrogate's derivative at u(t), and what the loss says about each output
as dz, du, dv, ds (its direct share at each step):

    LIF           lambda = dv + du + psi (dz + W' delta(t + 1))        dL/d(potential before reset)
                  delta  = gain lambda                                 dL/d(total current)
                  dv(t - 1) += decay lambda
    ALIF          mu     = du + psi (dz + W' delta(t + 1) + ds),  lambda = dv + mu
                  ds(t - 1) += keep_a ds - beta mu,               the rest as LIF
    current LIF   lambda as LIF,  delta = decay gain lambda + keep_i ds,  ds(t - 1) += delta
    all           dW += delta(t) z(t - 1)'

The reset is hidden from the gradient, so it does not appear. W' delta is needed only where psi is
not zero, which for a surrogate of finite width is a part of the neurons: a product for each of
those (``SPARSE``). Where that does not pay, the caller brings the whole product (``GIVEN``), one
step a call. dW gets rows only for neurons that fired (``add_rows``), or is left to the caller.

    symbol            meaning                                             shape
    psi, dz           of a block of time, for rows of the batch           (K, R, N)
    du, dv, ds        likewise, or empty where the loss has no say        (K, R, N) or (0, 0, 0)
    past_v, past_s    dL/dv, dL/ds after the block; before it on return   (R, N)
    ahead             delta of the step after the block                   (1, R, N)
    product           W' delta(t + 1), if GIVEN                           (R, N)
    delta             output                                              (K, R, N)
    z                 spikes of the step before each, from row ``start``  (K, ., N) or (0, 0, 0)
    rows              dW transposed, added to                             (N, N)
"""

import numpy as np

from .forward import ALIF, CURRENT_LIF, exact, loose, nonzero

NONE, SPARSE, GIVEN = range(3)
TRIANGULAR, FAST_SIGMOID, ARCTAN = range(3)


@exact
def derivative(kind, a, b, u, start, psi):
    """psi = the surrogate's derivative at u[:, start:]; how many are not zero."""
    steps, rows, size = psi.shape
    one, a, b, count = u.dtype.type(1), u.dtype.type(a), u.dtype.type(b), 0
    for t in range(steps):
        for r in range(rows):
            if kind == TRIANGULAR:
                for n in range(size):
                    psi[t, r, n] = a * max(one - abs(u[t, start + r, n]) / b, u.dtype.type(0))
                for n in range(size):
                    count += psi[t, r, n] != 0
            else:
                count += size
            if kind == FAST_SIGMOID:
                for n in range(size):
                    far = one + a * abs(u[t, start + r, n])
                    psi[t, r, n] = one / (far * far)
            if kind == ARCTAN:
                for n in range(size):
                    far = b * u[t, start + r, n]
                    psi[t, r, n] = a / (one + far * far)
    return count


@exact
def number(x, start, rows, every):
    """How many of x[::every, start : start + rows] are not zero."""
    count = 0
    for t in range(0, x.shape[0], every):
        for r in range(start, start + rows):
            for n in range(x.shape[2]):
                count += x[t, r, n] != 0
    return count


@loose
def add_products(columns, delta, t, r, found, count, dz, at):
    """dz[at, r, n] += sum_m columns[n, m] delta[t, r, m] for the n that are ``found``."""
    size, e, zero = columns.shape[1], 0, delta.dtype.type(0)
    while e + 4 <= count:
        n0, n1, n2, n3 = found[e], found[e + 1], found[e + 2], found[e + 3]
        s0 = s1 = s2 = s3 = zero
        for m in range(size):
            x = delta[t, r, m]
            s0 += x * columns[n0, m]
            s1 += x * columns[n1, m]
            s2 += x * columns[n2, m]
            s3 += x * columns[n3, m]
        dz[at, r, n0] += s0
        dz[at, r, n1] += s1
        dz[at, r, n2] += s2
        dz[at, r, n3] += s3
        e += 4
    while e < count:
        n0, s0 = found[e], zero
        for m in range(size):
            s0 += delta[t, r, m] * columns[n0, m]
        dz[at, r, n0] += s0
        e += 1


@loose
def add_rows(rows, z, row, delta, t, r, found, count):
    """rows[m] += z[t, row, m] delta[t, r] for the m that are ``found``."""
    for e in range(count):
        m = found[e]
        x = z[t, row, m]
        for n in range(rows.shape[1]):
            rows[m, n] += x * delta[t, r, n]


@loose
def back(cell, constants, psi, dz, du, dv, ds, past_v, past_s, delta, t, r):
    """One step of one row: ``delta`` from ``dz``, and the past from the present."""
    size = psi.shape[2]
    if ds.shape[0]:
        for n in range(size):
            past_s[r, n] += ds[t, r, n]
    if dv.shape[0]:
        for n in range(size):
            past_v[r, n] += dv[t, r, n]
    if cell == ALIF:
        for n in range(size):
            dz[t, r, n] += past_s[r, n]
    for n in range(size):
        dz[t, r, n] *= psi[t, r, n]  # from here on mu, dL/du
    if du.shape[0]:
        for n in range(size):
            dz[t, r, n] += du[t, r, n]
    for n in range(size):
        past_v[r, n] += dz[t, r, n]  # lambda
    for n in range(size):
        delta[t, r, n] = constants[1, n] * past_v[r, n]
    for n in range(size):
        past_v[r, n] *= constants[0, n]
    if cell == ALIF:
        for n in range(size):
            past_s[r, n] = constants[2, n] * past_s[r, n] - constants[3, n] * dz[t, r, n]
    if cell == CURRENT_LIF:
        for n in range(size):
            delta[t, r, n] *= constants[0, n]
        for n in range(size):
            delta[t, r, n] += constants[2, n] * past_s[r, n]
        for n in range(size):
            past_s[r, n] = delta[t, r, n]


@exact
def backward(
    cell, constants, psi, dz, du, dv, ds, past_v, past_s,
    mode, columns, ahead, product, delta, z, start, rows, first, end,
):  # fmt: skip
    """Run the steps [first, end) of a block of time backwards, in place."""
    _, count_rows, size = psi.shape
    found = np.empty(size + 1, np.int64)
    for t in range(end - 1, first - 1, -1):
        for r in range(count_rows):
            if mode == GIVEN:
                for n in range(size):
                    dz[t, r, n] += product[r, n]
            if mode == SPARSE:
                count = nonzero(psi, t, r, found)
                if t == end - 1:
                    add_products(columns, ahead, 0, r, found, count, dz, t)
                else:
                    add_products(columns, delta, t + 1, r, found, count, dz, t)
            back(cell, constants, psi, dz, du, dv, ds, past_v, past_s, delta, t, r)
            if z.shape[0]:
                count = nonzero(z, t, start + r, found)
                add_rows(rows, z, start + r, delta, t, r, found, count)
