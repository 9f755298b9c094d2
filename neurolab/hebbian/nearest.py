"""Spike-timing-dependent plasticity between nearest neighbours only.

    dw/dt = a_plus p post(t) - a_minus q pre(t)
    dp/dt = -p / tau_plus, p <- 1 at a pre spike;     dq/dt = -q / tau_minus, q <- 1 at a post spike

    symbol      meaning                                         shape     unit
    pre, post   spikes in this step, 0 or 1                     (B, ...)  -
    p, q        traces: of the last pre, of the last post spike (B, ...)  -
    a_plus      change by a pair, pre just before post          ()        weight
    a_minus     loss by a pair, post just before pre            ()        weight
    tau_plus    how long a pre spike is remembered              ()        ms
    tau_minus   how long a post spike is remembered             ()        ms
    dt          time step                                       ()        ms

Conventions: every post spike pairs with the last pre spike before it, every pre spike with the last
post spike before it (the symmetric scheme). Traces are read before the spike of the same step sets
them, so a coincidence changes nothing, and hides what came before it.

What follows: a single pair has the window of ``stdp_step``; in trains a spike counts once a side,
however many came before. So chance pairs at rates r of pre and post change the weight, with
T = tau, by
    r^2 (a_plus T_plus / (1 + r T_plus) - a_minus T_minus / (1 + r T_minus)) a ms,
not by r^2 (a_plus T_plus - a_minus T_minus): at high rates the time constants cease to matter.
With T_minus above T_plus and a_plus above a_minus the sign turns with the rate. All tested.

References: Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1 (the schemes);
Izhikevich & Desai (2003), doi:10.1162/089976603321891783 (the turning sign)
"""

from neurolab.core.ops import Value, exp

from .stdp import STDPParams, STDPState


def nearest_stdp_step(
    pre: Value,
    post: Value,
    state: STDPState,
    params: STDPParams,
    dt: float,
) -> tuple[Value, STDPState]:
    """The change of w in ``dt`` ms, and the next traces. Elementwise.

    Shapes as in ``stdp_step``.
    """
    p = exp(-dt / params.tau_plus) * state.p
    q = exp(-dt / params.tau_minus) * state.q
    change = params.a_plus * post * p - params.a_minus * q * pre
    return change, STDPState(p=p + pre * (1 - p), q=q + post * (1 - q))
