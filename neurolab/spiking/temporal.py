"""Exact spike times: neurons that fire at most once, and the gradient of when they do.

    V(t) = sum over inputs with t_i < t of  w_i (t - t_i) exp(-decay (t - t_i))
    t    = the first time at which V(t) = threshold
    a = sum of w_i exp(decay t_i),   b = sum of w_i t_i exp(decay t_i)      over t_i < t
    V(t) = (a t - b) exp(-decay t)
    t = b / a - W(z) / decay,        z = -decay threshold / a  exp(decay b / a)
    dt/dw_i = -(t - t_i) exp(decay t_i) / s,      s = a - decay (a t - b) = V'(t) exp(decay t)
    dt/dt_i = w_i (1 - decay (t - t_i)) exp(decay t_i) / s

    symbol      meaning                                                   shape     unit
    t_i         when each input fires, inf: never                         (B, I)    1
    w           weights (to, from)                                        (O, I)    threshold / 1
    t           when each neuron fires, inf: never                        (B, O)    1
    V           potential, a sum of alpha functions                       (B, O)    threshold
    decay       of the synapses; an input acts most 1 / decay after it    ()        1 / time
    threshold   what V has to reach                                       ()        -
    W           Lambert's function, W exp(W) = z, the branch W >= -1

The inputs before t are the causal set. It is found input by input in order of time: between two of
them V is (a t - b) exp(-decay t), with one top at b / a + 1 / decay. A neuron fires there if V has
reached the threshold at the next input or at a top before it. On the way up t lies before the top,
so W = decay (b / a - t) >= -1: the upper branch. The lower one is the time at which V falls below
the threshold again. z < 0, for without a > 0 there is no way up.

Both derivatives come from V(t; w, t_i) = threshold by implicit differentiation: what an input adds
to V, divided by how steeply V rises. They have no bound where V only just touches the threshold,
so each is kept within ``limit``. A neuron that does not fire has no derivative; ``penalty`` is then
taken from the gradient of each weight whose input fired (its mean over the batch), so that a step
downhill makes them grow.

What follows, and is tested: times equal those of a search on a fine grid to 1e-9, derivatives equal
finite differences to 1e-5, in any order of inputs and with ties; moving all inputs moves t as much.

Where it differs from the paper: a spike is found by what V is at the next input and at its top, so
that Lambert's function is computed once a neuron and not once an input.

Reference: Comsa et al. (2019), arXiv:1907.13223; W: Corless et al. (1996), doi:10.1007/BF02124750
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, exp, log, maximum, sqrt, where

STEPS = 5  # of Halley's method, which triples the right digits
TINY = 1e-30  # in place of 0 where it would be divided by


@dataclass(frozen=True)
class TemporalParams:
    decay: float = 0.181769  # 1 / time, where inputs come from 0 to 1
    threshold: float = 1.16732
    penalty: float = 48.375  # for each weight of a neuron that did not fire
    limit: float = 539.7  # of a derivative, either sign

    def __post_init__(self):
        for name, least in (("decay", 0), ("threshold", 0), ("penalty", None), ("limit", 0)):
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            low = number and (value > 0 if least == 0 else value >= 0)
            if not low or not (value < math.inf or name == "limit"):
                allowed = "a positive number" if least == 0 else "a number from 0"
                raise ValueError(f"{name}: {allowed} is needed, got {value!r}")


class Fired(NamedTuple):
    t: Tensor  # (B, O) when, inf: never
    a: Tensor  # (B, O) sums over the causal set, 1 and 0 without a spike
    b: Tensor


def alpha(s: Value, decay: float) -> Value:
    """What a spike adds to V at a time s after it, for a weight of 1."""
    s = maximum(s, 0.0)
    return s * exp(-decay * s)


def potential(t: Tensor, t_in: Tensor, w: Tensor, decay: float) -> Tensor:
    """V (...) at times t (...) from inputs at t_in (I,) with weights w (I,)."""
    return (w * alpha(t[..., None] - t_in, decay)).sum(-1)


def lambert_w(z: Value) -> Value:
    """W >= -1 with W exp(W) = z, for z >= -1 / e; elementwise."""
    p = sqrt(2.0 * maximum(1.0 + math.e * z, 0.0))
    near = -1.0 + p * (1.0 - p / 3.0 + 11.0 / 72.0 * p * p)
    w = where(z < 0.25, near, log(1.0 + maximum(z, 0.0)))
    for _ in range(STEPS):
        f = w - z * exp(-w)
        one = maximum(w + 1.0, TINY)
        w = maximum(w - f / (one - (one + 1.0) * f / (2.0 * one)), -1.0)
    return w


def crossing_time(
    a: Value,
    b: Value,
    decay: float,
    threshold: float,
) -> Value:
    """When (a t - b) exp(-decay t), a > 0, rises to the threshold."""
    z = -decay * threshold / a * exp(decay * b / a)
    return b / a - lambert_w(z) / decay


def crossing_gradient(
    t: Value, t_in: Value, w: Value, a: Value, b: Value, decay: float
) -> tuple[Value, Value]:
    """dt/dw and dt/dt_in of an input of the causal set; elementwise."""
    slope = maximum(a - decay * (a * t - b), TINY)
    share = exp(decay * t_in) / slope
    by_weight = -(t - t_in) * share
    by_time = w * (1.0 - decay * (t - t_in)) * share
    return by_weight, by_time


def crosses(a: Value, b: Value, start: Value, end: Value, params: TemporalParams) -> Value:
    """Whether (a t - b) exp(-decay t) reaches the threshold in [start, end], from below."""
    decay, threshold = params.decay, params.threshold
    sure = where(end < math.inf, end, 0.0)
    at_end = (end < math.inf) & (a * sure - b >= threshold * exp(decay * sure))
    safe = where(a > 0, a, 1.0)
    top = b / safe + 1.0 / decay
    high = a / decay >= threshold * exp(decay * top)
    return (start < end) & (at_end | ((a > 0) & (start < top) & (top <= end) & high))


def causal_spikes(t_in: Tensor, w: Tensor, params: TemporalParams) -> Fired:
    """When each neuron fires; t_in (B, I), w (O, I)."""
    start, order = t_in.sort(dim=1, stable=True)
    seen = torch.where(start < math.inf, start, 0.0)
    grown = torch.where(start < math.inf, (params.decay * seen).exp(), 0.0)
    each = w.T[order] * grown[..., None]  # (B, I, O)
    a, b = each.cumsum(1), (each * seen[..., None]).cumsum(1)
    end = torch.cat([start[:, 1:], torch.full_like(start[:, :1], math.inf)], 1)
    start, end = start[..., None], end[..., None]
    found = crosses(a, b, start, end, params)
    fires, k = found.any(1), found.to(torch.int8).argmax(1, keepdim=True)
    a, b = (torch.where(fires, x.gather(1, k)[:, 0], safe) for x, safe in ((a, 1.0), (b, 0.0)))
    start, end = (x.expand(found.shape).gather(1, k)[:, 0] for x in (start, end))
    t = crossing_time(a, b, params.decay, params.threshold)
    t = torch.minimum(torch.maximum(t, start), end)  # rounding may put it just outside
    return Fired(torch.where(fires, t, math.inf), a, b)


def causal_gradient(
    g: Tensor, t_in: Tensor, w: Tensor, fired: Fired, params: TemporalParams
) -> tuple[Tensor, Tensor]:
    """dL/dt_in (B, I) and dL/dw (O, I) from g = dL/dt (B, O)."""
    fires = fired.t < math.inf
    t, a, b = (torch.where(fires, x, 0.0)[..., None] for x in fired)  # (B, O, 1)
    causal = fires[..., None] & (t_in[:, None] < t)  # (B, O, I)
    before = torch.where(causal, t_in[:, None], 0.0)
    by_weight, by_time = crossing_gradient(t, before, w, a, b, params.decay)
    g = torch.where(fires, g, 0.0)[..., None]
    limit = params.limit
    d_w = (g * torch.where(causal, by_weight.clamp(-limit, limit), 0.0)).sum(0)
    d_t = (g * torch.where(causal, by_time.clamp(-limit, limit), 0.0)).sum(1)
    silent = (~fires).to(w.dtype).T @ (t_in < math.inf).to(w.dtype)
    return d_t, d_w - params.penalty / max(1, len(t_in)) * silent
