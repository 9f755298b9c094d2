"""Tempotron: a neuron that learns to say yes, by a spike, to some patterns of spikes in time.

    v(t) = sum_i w_i g_i(t),      g_i(t) = sum_k K(t - t_ik),      yes if max_t v > 1
    K(s) = (exp(-s / tau) - exp(-s / tau_s)) / (its largest value),    0 for s < 0
    dw_i = rate g_i(t*),  t* = argmax_t v,     after a wrong no;  minus that after a wrong yes

    symbol      meaning                                                   shape       unit
    g           potentials that the spikes of each afferent would cause   (T, B, N)   threshold
    w           weights                                                   (N,)        -
    v           potential                                                 (T, B)      threshold
    tau, tau_s  decay of the membrane and of the synapse, tau > tau_s     ()          ms
    yes         whether a trial is of the kind to be answered             (B,)        bool

What follows, and is tested: the change is the gradient of the distance from the threshold,
v(t*) - 1, summed over the wrong trials and made to shrink, so it needs to know of time only where
the potential was largest; one afferent's lone spike causes a potential of largest value w.

Where it differs from the paper: changes of all trials of a batch are averaged, and the potential is
not shut off after a spike, which does not change whether there was one.

Reference: Gutig & Sompolinsky (2006), doi:10.1038/nn1643
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.scan import scan

from .spikes import check_ordered, check_positive


@dataclass(frozen=True)
class TempotronParams:
    tau: float = 15.0  # ms
    tau_s: float = 3.75  # ms

    def __post_init__(self):
        check_positive(tau=self.tau, tau_s=self.tau_s)
        check_ordered(tau_s=self.tau_s, tau=self.tau)


def potentials(z: Tensor, params: TempotronParams = TempotronParams(), dt: float = 1.0) -> Tensor:
    """g (T, B, N) of spikes (T, B, N): exact on the grid, a spike acts from its own step on."""
    check_positive(dt=dt)
    slow, fast = math.exp(-dt / params.tau), math.exp(-dt / params.tau_s)
    peak = params.tau * params.tau_s / (params.tau - params.tau_s)
    peak *= math.log(params.tau / params.tau_s)
    height = math.exp(-peak / params.tau) - math.exp(-peak / params.tau_s)

    def step(x, state):
        a, b = slow * state[0] + x, fast * state[1] + x
        return (a - b) / height, (a, b)

    rest = z.new_zeros(z.shape[1:])
    return scan(step, z, (rest, rest))[0]


def largest(g: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """max_t v and its step, (B,) each."""
    v, when = (g @ w).max(0)
    return v, when


def tempotron_step(g: Tensor, w: Tensor, yes: Tensor, rate: float) -> Tensor:
    """The change of w (N,) by a batch of trials (T, B, N)."""
    v, when = largest(g, w)
    wrong = yes.to(w.dtype) - (v > 1).to(w.dtype)  # 1 after a wrong no, -1 after a wrong yes
    at_peak = g[when, torch.arange(g.shape[1], device=g.device)]
    return rate * (wrong[:, None] * at_peak).mean(0)


def fit_tempotron(
    g: Tensor, yes: Tensor, w: Tensor, rate: float = 0.3, passes: int = 200
) -> Tensor:
    """Weights after at most ``passes`` over the trials; it ends early when all are right."""
    for _ in range(passes):
        dw = tempotron_step(g, w, yes, rate)
        if not bool(dw.any()):
            break
        w = w + dw
    return w
