"""Spike-timing-dependent plasticity (STDP): the pair rule, with two traces.

    dw/dt = a_plus p post(t) - a_minus q pre(t)
    dp/dt = -p / tau_plus  + pre(t),     dq/dt = -q / tau_minus + post(t)

    symbol      meaning                                        shape     unit
    pre, post   spikes in this step, 0 or 1                    (B, ...)  -
    p, q        traces: what is left of pre, of post spikes    (B, ...)  -
    a_plus      change by a pair, pre just before post         ()        weight
    a_minus     loss by a pair, post just before pre           ()        weight
    tau_plus    how long a pre spike is remembered             ()        ms
    tau_minus   how long a post spike is remembered            ()        ms
    dt          time step                                      ()        ms

Conventions: every pair counts (all-to-all); traces decay exactly and a spike adds 1; they are read
before the spike of the same step adds to them, so pre and post in one step change nothing.

What follows: one pair with delay D = t_post - t_pre changes the weight by
    a_plus exp(-D / tau_plus)   if D > 0,     -a_minus exp(D / tau_minus)   if D < 0,     0 at 0,
and any two spike trains by the sum of this window over all their pairs. Both are tested.

Where it differs from the paper: there weights are kept between 0 and a largest conductance, here
the step returns the change and the caller keeps bounds; there a_plus is 0.005 of that largest
weight, here 0.01; a_minus / a_plus = 1.05 and both time constants of 20 ms are the paper's.

Reference: Song, Miller & Abbott (2000), doi:10.1038/78829; the traces as in Morrison, Diesmann &
Gerstner (2008), doi:10.1007/s00422-008-0233-1
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class STDPParams:
    a_plus: float = 0.01  # weight
    a_minus: float = 0.0105  # weight
    tau_plus: float = 20.0  # ms
    tau_minus: float = 20.0  # ms


class STDPState(NamedTuple):
    p: Value  # shape of pre: what is left of recent pre spikes
    q: Value  # shape of post: what is left of recent post spikes


def stdp_step(
    pre: Value,
    post: Value,
    state: STDPState,
    params: STDPParams,
    dt: float,
) -> tuple[Value, STDPState]:
    """The change of w in ``dt`` ms, and the next traces. Elementwise.

    For a layer pre is (B, 1, I) and post (B, N, 1):
    the change is (B, N, I).
    """
    p = exp(-dt / params.tau_plus) * state.p
    q = exp(-dt / params.tau_minus) * state.q
    change = params.a_plus * post * p - params.a_minus * q * pre
    return change, STDPState(p=p + pre, q=q + post)
