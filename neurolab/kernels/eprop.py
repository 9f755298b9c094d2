"""E-prop's sums over time, and one step of its traces, compiled.

With e_ji the eligibility of a synapse of a LIF or ALIF neuron (``eprop.eligibility``) and M_j(t)
any signal of its neuron:

    whole   G_ji = sum_t M_j(t) e_ji(t)
    online  e(t) and the traces after it, for each synapse; G as it stands at t

e is a filter of the presynaptic signal x_i, run by neuron j alone. A sum over time of a signal
times a filtered signal is the sum of the signal, filtered backward in time, times the other:

    mu = M + S,  D = psi mu,  lambda = D + alpha lambda(t + 1),   S(t - 1) = rho S - beta D
    G_ji = sum_t (1 - alpha) lambda_j(t) x_i(t)

These are the loops of ``backward`` without W' delta: e-prop is backpropagation through time in
which no error passes from a neuron to another. Nothing is kept for a synapse, only for a neuron,
and G costs a row for each spike. But lambda needs the signals to come, so a whole sequence must be
there: this way is not online. ``online_step`` is, at (B, N, S) numbers a step. On a GPU both go by
the kernels of ``eprop_gpu``.

    symbol          meaning                                           shape
    x, z            inputs, and spikes of the neurons                 (T, B, I), (T, B, N)
    before          spikes of the step before the first               (B, N)
    u               distance to threshold                             (T, B, N)
    signal, feedback, shared      M = signal feedback' + shared       (T, B, K), (N, K), (T, N)
    past_v, past_s  lambda, S: after the last step, then before the   (B, N)
                    first: what the traces from before count in G
    G               for all of the batch, or for each                 (1, S, N), (B, S, N)

S = I + N: sources, inputs first. Tested against the steps of ``eprop.eligibility``.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.surrogate import Surrogate

from .blocks import DENSE_FIRING, SAMPLE, _derivative, block_length
from .switch import for_gpu
from .workers import each, shares


class Ran(NamedTuple):
    """What a layer did, and what its step multiplies by."""

    cell: int  # as in ``forward``: LIF or ALIF
    constants: Tensor  # (C, N)
    surrogate: Surrogate
    x: Tensor  # (T, B, I)
    before: Tensor  # (B, N)
    z: Tensor  # (T, B, N)
    u: Tensor  # (T, B, N)


class Signal(NamedTuple):
    """M; None for a part that is not there."""

    signal: Tensor | None = None  # (T, B, K)
    feedback: Tensor | None = None  # (N, K)
    shared: Tensor | None = None  # (T, N), or (T, 1)


def filtered(x: Tensor, keep: float, start: Tensor | None = None, back: bool = False) -> Tensor:
    """y(t) = keep y(t - 1) + x(t), or keep y(t + 1) + x(t), of x (T, ...)."""
    y = x.clone(memory_format=torch.contiguous_format)
    if start is not None and len(y):
        y[-1 if back else 0] += keep * start
    if y.numel() and for_gpu(y):
        from . import eprop_gpu

        return eprop_gpu.filtered(y, keep, back)
    if y.numel():
        from .eprop_loops import decay

        decay(y.numpy().reshape(len(y), -1), keep, back)
    return y


@torch.no_grad()
def sums(ran: Ran, m: Signal, after_s: float = 0.0, apart: bool = False) -> tuple:
    """G (N, S), and past_v and past_s (B, N) before the first step.

    Args:
        m: the signal.
        after_s: S after the last step.
        apart: G of each member of the batch, (B, N, S).
    """
    if for_gpu(ran.u):
        from . import eprop_gpu

        return eprop_gpu.sums(ran, m, after_s, apart)
    steps, batch, units = ran.u.shape
    past_v, past_s = ran.u.new_zeros(batch, units), ran.u.new_full((batch, units), after_s)

    def task(start: int, stop: int) -> Tensor:
        shapes = [(stop - start if apart else 1, n, units) for n in (ran.x.shape[2], units)]
        parts = [ran.u.new_zeros(shape) for shape in shapes]
        _rows(ran, m, past_v[start:stop], past_s[start:stop], parts, (start, stop))
        return torch.cat(parts, 1).transpose(1, 2)

    found = each(task, shares(batch, steps * batch * units))
    return (torch.cat(found) if apart else sum(found[1:], found[0])[0]), past_v, past_s


@torch.no_grad()
def _rows(ran: Ran, m: Signal, past_v: Tensor, past_s: Tensor, g: list, part: tuple) -> None:
    """Rows [from, to) of the batch: moves the past in place and adds to both parts of ``g``."""
    from .eprop_loops import gather, reverse

    start, stop = part
    (steps, _, units), rows = ran.u.shape, stop - start
    length = min(block_length(rows, units), steps)
    psi, mu, delta = (ran.u.new_empty(length, rows, units) for _ in range(3))
    past = past_v.numpy(), past_s.numpy()
    for end in range(steps, 0, -length):
        t = max(0, end - length)
        n = end - t
        _derivative(ran.surrogate, ran.u[t:end], start, psi[:n])
        if m.signal is None:
            mu[:n] = 0
        else:
            torch.matmul(m.signal[t:end, start:stop], m.feedback.T, out=mu[:n])
        if m.shared is not None:
            mu[:n] += m.shared[t:end, None]
        now = delta[:n]
        blocks = psi[:n].numpy(), mu[:n].numpy(), *past, now.numpy()
        reverse(ran.cell, ran.constants.numpy(), *blocks)
        z = ran.z[t - 1 : end - 1] if t else torch.cat([ran.before[None], ran.z[: end - 1]])
        for source, to in zip((ran.x[t:end], z), g, strict=True):
            own = source[:, start:stop]
            seen = own[::SAMPLE]
            if torch.count_nonzero(seen) <= DENSE_FIRING * seen.numel():
                gather(source.numpy(), start, now.numpy(), to.numpy())
            elif len(to) > 1:  # (R, M, K) (R, K, N)
                to += own.permute(1, 2, 0) @ now.transpose(0, 1)
            else:
                to[0].addmm_(own.flatten(0, 1).T, now.flatten(0, 1))


class Traces(NamedTuple):
    """What a synapse remembers; None where there is none."""

    eps_v: Tensor  # (B, 1 or N, S), after this step
    eps_a: Tensor | None  # (B, N, S)
    e_bar: Tensor  # (B, N, S)


@torch.no_grad()
def online_step(
    psi: Tensor,
    traces: Traces,
    beta: Tensor,
    keep_a: Tensor,
    kappa: float,
    signal: Tensor | None = None,
    mean: bool = False,
) -> tuple:
    """eps_a and e_bar after one step, sum_b signal e_bar (N, S), and, if asked, mean_b e (N, S).

    Args:
        psi: derivative (B, N) at this step.
        traces: eps_a and e_bar before it; they stay as they are.
        beta, keep_a: (N,).
        signal: L (B, N), or None where nothing is asked.
    """
    if for_gpu(psi):
        from . import eprop_gpu

        return eprop_gpu.online_step(psi, traces, beta, keep_a, kappa, signal, mean)
    from .eprop_loops import online

    batch, units, size = traces.e_bar.shape
    none, like = psi.new_empty(0, 0, 0), traces.e_bar
    eps_a = none if traces.eps_a is None else traces.eps_a
    new_a, new_bar = torch.empty_like(eps_a), torch.empty_like(like)

    def task(start: int, stop: int) -> tuple:
        g, average = (like.new_zeros(units if yes else 0, size) for yes in (True, mean))
        told = psi.new_empty(0, 0) if signal is None else signal[start:stop]
        told = told.contiguous().numpy()
        rows = (x[start:stop] for x in (traces.eps_v, eps_a, like, new_a, new_bar))
        eps, a, bar, to_a, to_bar = (x.contiguous().numpy() for x in rows)
        shared = beta.numpy(), keep_a.numpy(), like.numpy().dtype.type(kappa)
        share = like.numpy().dtype.type(1 / batch)
        now = psi[start:stop].contiguous().numpy()
        online(now, *shared, eps, a, bar, to_a, to_bar, told, share, g.numpy(), average.numpy())
        return g, average

    parts = each(task, shares(batch, batch * units * size))
    g, average = (sum(of[1:], of[0]) for of in zip(*parts, strict=True))
    return (None if traces.eps_a is None else new_a), new_bar, g, average if mean else None
