"""Exact spike times of a layer, and their gradient, in compiled loops.

``spiking.temporal`` is the definition; this computes the same numbers with less work:

    - inputs that never fire are left out, and no input is looked at once all neurons have fired
    - whether a neuron fires before the next input is told by comparing sums, without an exponential
    - sums over the causal set grow with the inputs in place: memory for one row, not for all inputs
    - all neurons are looked at side by side

    symbol     meaning                                              shape
    start      times of the inputs in order; order: which ones      (B, I)
    count      how many of them fire                                (B,)
    w          weights transposed                                   (I, O)
    t, a, b    spike times and sums, see ``spiking.temporal``       (B, O)

Threads share the rows of a batch. Tested against ``spiking.temporal``, values and gradients.
"""

import math

import numpy as np
import torch
from numba import njit
from torch import Tensor

from .workers import each, shares

STEPS = 5  # of Halley's method
TINY = 1e-30
LATE = 1e30  # stands for never where inf would not do
SLACK = 0.9999  # of the threshold, in the quick look for neurons that may fire


def compiled(**options):
    def with_cache(function):
        try:
            return njit(nogil=True, error_model="numpy", cache=True, **options)(function)
        except RuntimeError:  # no folder to keep the code in
            return njit(nogil=True, error_model="numpy", **options)(function)

    return with_cache


exact = compiled()
loose = compiled(fastmath={"contract", "reassoc", "nsz"})  # for sums of products


@exact
def lambert_w(z):
    """``spiking.temporal.lambert_w`` for z < 0."""
    p = math.sqrt(2.0 * max(1.0 + math.e * z, 0.0))
    w = -1.0 + p * (1.0 - p / 3.0 + 11.0 / 72.0 * p * p)
    for _ in range(STEPS):
        f = w - z * math.exp(-w)
        one = max(w + 1.0, TINY)
        w = max(w - f / (one - (one + 1.0) * f / (2.0 * one)), -1.0)
    return w


@loose
def add(w, grown, start, a, b):
    """An input fires: its weights join the sums of all neurons."""
    for o in range(w.shape[0]):
        new = w[o] * grown
        a[o] += new
        b[o] += new * start


@loose
def rises(a, b, open_, end, least):
    """How many neurons that have not fired have reached the threshold at the next input."""
    count = np.int32(0)
    for o in range(a.shape[0]):
        count += np.int32((a[o] * end - b[o] >= least) & (open_[o] > 0))
    return count


@loose
def tops(a, b, open_, start, end, per, least):
    """How many have a top before the next input that might be high enough."""
    count = np.int32(0)
    for o in range(a.shape[0]):
        top = b[o] + a[o] * per  # times a
        inside = (a[o] * start < top) & (top <= a[o] * end) & (a[o] * per >= least)
        count += np.int32(inside & (open_[o] > 0))
    return count


@exact
def settle(a, b, open_, start, end, decay, threshold, t, kept_a, kept_b):
    """Neurons that fire between ``start`` and ``end`` get their time; how many."""
    least, fired = threshold * math.exp(decay * end), 0
    for o in range(a.shape[0]):
        x, y = np.float64(a[o]), np.float64(b[o])
        if open_[o] == 0:
            continue
        found = x * end - y >= least
        if not found and x > 0:
            top = y / x + 1.0 / decay
            found = start < top <= end and x / decay >= threshold * math.exp(decay * top)
        if found:
            z = -decay * threshold / x * math.exp(decay * y / x)
            t[o] = min(max(y / x - lambert_w(z) / decay, start), end)
            kept_a[o], kept_b[o], open_[o] = a[o], b[o], 0
            fired += 1
    return fired


@exact
def forward(start, order, count, grown, bar, w, per, decay, threshold, t, a, b, first, last):
    """Fill rows [first, last) of ``t`` (inf before), ``a`` and ``b``."""
    size = w.shape[1]
    now_a, now_b, open_ = np.empty(size, w.dtype), np.empty(size, w.dtype), np.empty(size, np.int32)
    for row in range(first, last):
        now_a[:], now_b[:], open_[:], left = 0, 0, 1, size
        for k in range(count[row]):
            begin, end = start[row, k], start[row, k + 1]
            add(w[order[row, k]], grown[row, k], begin, now_a, now_b)
            if not begin < end:
                continue
            maybe = tops(now_a, now_b, open_, begin, end, per[0], bar[row, k])
            maybe += rises(now_a, now_b, open_, end, bar[row, k + 1])
            if maybe > 0:
                left -= settle(
                    now_a, now_b, open_, np.float64(begin), np.float64(end), decay, threshold,
                    t[row], a[row], b[row],
                )  # fmt: skip
                if left == 0:
                    break


@loose
def from_input(w, t, steep, g, blame, time, grown, decay, limit, d_w):
    """An input of one row: adds to dL/dw of its weights; answers dL/dt of the input."""
    total = g[0] * 0
    for o in range(w.shape[0]):
        s = t[o] - time
        share = grown * steep[o]
        by_weight = min(max(-s * share, -limit), limit)
        by_time = min(max(w[o] * (share - decay * s * share), -limit), limit)
        mine = s > 0
        d_w[o] += (g[o] * by_weight if mine else 0 * s) - blame[o]
        total += g[o] * by_time if mine else 0 * s
    return total


@exact
def backward(t_in, w, t, steep, g, blame, grown, numbers, d_w, d_t, first, last):
    """Fill rows [first, last) of ``d_t``; adds to ``d_w`` (I, O)."""
    for row in range(first, last):
        for i in range(t_in.shape[1]):
            if t_in[row, i] < math.inf:
                d_t[row, i] = from_input(
                    w[i], t[row], steep[row], g[row], blame[row], t_in[row, i], grown[row, i],
                    numbers[0], numbers[1], d_w[i],
                )  # fmt: skip


def causal_spikes(t_in: Tensor, w: Tensor, params) -> tuple[Tensor, Tensor, Tensor]:
    """What ``spiking.temporal.causal_spikes`` answers."""
    t_in, w = t_in.detach(), w.detach()
    start, order = t_in.sort(dim=1, stable=True)
    count = (start < math.inf).sum(1)
    start = torch.cat([start, start.new_full((len(start), 1), math.inf)], 1).clamp(max=LATE)
    grown = (params.decay * start).exp()
    t = w.new_full((len(t_in), len(w)), math.inf)
    a, b = torch.ones_like(t), torch.zeros_like(t)
    inputs = start, order, count, grown, SLACK * params.threshold * grown, w.T.contiguous()
    numbers = t.new_tensor([1 / params.decay])
    arrays = [x.numpy() for x in (*inputs, numbers)]
    outputs = [x.numpy() for x in (t, a, b)]

    def rows(first, last):
        forward(*arrays, params.decay, params.threshold, *outputs, first, last)

    each(rows, shares(len(t), t.numel() * t_in.shape[1]))
    return t, a, b


def causal_gradient(g: Tensor, t_in: Tensor, w: Tensor, fired, params) -> tuple[Tensor, Tensor]:
    """What ``spiking.temporal.causal_gradient`` answers."""
    g, t_in, w, t, a, b = (x.detach() for x in (g, t_in, w, *fired))
    fires = t < math.inf
    steep = (a - params.decay * (a * t - b)).clamp(min=TINY).reciprocal()
    g, steep = (torch.where(fires, x, 0.0) for x in (g, steep))
    when = torch.where(fires, t, -LATE)
    blame = (~fires).to(w.dtype) * (params.penalty / max(1, len(t)))
    grown, d_t = (params.decay * t_in).exp(), t_in.new_zeros(t_in.shape)
    numbers = t.new_tensor([params.decay, params.limit])
    inputs = t_in, w.T, when, steep, g, blame, grown, numbers
    arrays = [x.contiguous().numpy() for x in inputs]

    def rows(first, last):
        d_w = np.zeros(w.shape[::-1], arrays[1].dtype)
        backward(*arrays, d_w, d_t.numpy(), first, last)
        return d_w

    parts = each(rows, shares(len(t), t.numel() * t_in.shape[1]))
    return d_t, torch.from_numpy(sum(parts[1:], parts[0]).T)
