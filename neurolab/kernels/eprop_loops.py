"""The loops of ``eprop``, compiled: filters over time, sums for spikes, and a step of the traces.

symbol             meaning                                                shape
psi, mu, delta     of a block of time: derivative, signal, result         (K, R, N)
past_v, past_s     as in ``backward``, moved in place                     (R, N)
x                  sources; row ``shift`` is the first of this part       (K, ., M)
g                  sums, for all rows or for each                         (1 or R, M, N)
eps_v              trace of the membrane: alike for all neurons, or not   (B, 1 or N, S)
eps_a, e_bar       traces of a synapse; eps_a empty for LIF               (B, N, S)
signal             L, or empty where nothing is asked                     (B, N) or (0, 0)
"""

import numpy as np

from .backward import add_rows, back
from .forward import exact, loose, nonzero


@exact
def decay(x, keep, back):
    """x[t] += keep x[t - 1], or, if ``back``, keep x[t + 1]; in place, over (T, M)."""
    steps, keep = x.shape[0], x.dtype.type(keep)
    for k in range(1, steps):
        t = steps - 1 - k if back else k
        other = t + 1 if back else t - 1
        for n in range(x.shape[1]):
            x[t, n] += keep * x[other, n]


@exact
def reverse(cell, constants, psi, mu, past_v, past_s, delta):
    """``backward`` without W' delta, for a block of time."""
    nothing = np.empty((0, 0, 0), psi.dtype)
    for t in range(psi.shape[0] - 1, -1, -1):
        for r in range(psi.shape[1]):
            back(cell, constants, psi, mu, nothing, nothing, nothing, past_v, past_s, delta, t, r)


@exact
def gather(x, shift, delta, g):
    """g[r] += x[t, shift + r] delta[t, r] over time, or g[0] for all r; rows of spikes alone."""
    found, apart = np.empty(x.shape[2] + 1, np.int64), g.shape[0] > 1
    for t in range(delta.shape[0]):
        for r in range(delta.shape[1]):
            count = nonzero(x, t, shift + r, found)
            add_rows(g[r if apart else 0], x, shift + r, delta, t, r, found, count)


@loose
def online(psi, beta, keep_a, kappa, eps_v, eps_a, e_bar, new_a, new_bar, signal, share, g, mean):
    """One step of the traces of rows of the batch; ``new_a`` and ``new_bar`` are filled, and
    signal e_bar added to ``g`` and share e to ``mean`` (N, S) where there are such."""
    batch, units, size = e_bar.shape
    alike, adapts = eps_v.shape[1] == 1, eps_a.shape[0] > 0
    asked, averaged = signal.shape[0] > 0, mean.shape[0] > 0
    e = np.empty(size, e_bar.dtype)
    for b in range(batch):
        for n in range(units):
            k = 0 if alike else n
            p = psi[b, n]
            if adapts:
                for i in range(size):
                    e[i] = p * (eps_v[b, k, i] - beta[n] * eps_a[b, n, i])
                    new_a[b, n, i] = keep_a[n] * eps_a[b, n, i] + e[i]
            else:
                for i in range(size):
                    e[i] = p * eps_v[b, k, i]
            for i in range(size):
                new_bar[b, n, i] = kappa * e_bar[b, n, i] + e[i]
            if asked:
                told = signal[b, n]
                for i in range(size):
                    g[n, i] += told * new_bar[b, n, i]
            if averaged:
                for i in range(size):
                    mean[n, i] += share * e[i]
