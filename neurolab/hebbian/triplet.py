"""The triplet rule: a third spike decides how much a pair counts.

    at a post spike   w rises by p (a2_plus + a3_plus slow_q)
    at a pre spike    w falls by q (a2_minus + a3_minus slow_p)
    dp/dt = -p / tau_plus + pre(t),        dslow_p/dt = -slow_p / tau_x + pre(t)
    dq/dt = -q / tau_minus + post(t),      dslow_q/dt = -slow_q / tau_y + post(t)

    symbol           meaning                                      shape     unit
    pre, post        spikes in this step, 0 or 1                  (B, ...)  -
    p, q             fast traces of pre and post spikes           (B, ...)  -
    slow_p, slow_q   slow traces of pre and post spikes           (B, ...)  -
    a2_plus, a2_minus   change by a pair                          ()        weight
    a3_plus          by a triplet post, pre, post                 ()        weight
    a3_minus         by a triplet pre, post, pre                  ()        weight
    tau_plus .. tau_y   time constants of the four traces         ()        ms
    dt               time step                                    ()        ms

Conventions: all spikes count (all-to-all); all four traces are read before the spikes of the same
step add to them, so a coincidence changes nothing and no spike is its own neighbour.

What follows: two trains change the weight by the sum over all their pairs and triplets; without the
a3 it is the pair rule. Pairs repeated at a high frequency strengthen whatever their order, since
post spikes come close to each other, and at a low one hardly at all: so it is measured in visual
cortex, where the pair rule fails. Independent Poisson trains at rates x and y change w in the mean
by  x y (a3_plus tau_plus tau_y y - a2_minus tau_minus)  a ms (minimal model): the BCM rule, linear
in x, with a threshold in y. All tested.

The defaults are the minimal model for visual cortex (all-to-all; Table 3 of the paper);
``HIPPOCAMPUS`` holds those for hippocampal cultures (Table 4). Where it differs from the paper:
weights are kept in bounds by the caller.

Reference: Pfister & Gerstner (2006), doi:10.1523/JNEUROSCI.1425-06.2006
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class TripletParams:
    a2_plus: float = 0.0  # weight
    a3_plus: float = 6.5e-3  # weight
    a2_minus: float = 7.1e-3  # weight
    a3_minus: float = 0.0  # weight
    tau_plus: float = 16.8  # ms
    tau_minus: float = 33.7  # ms
    tau_x: float = 101.0  # ms; without effect where a3_minus is 0
    tau_y: float = 114.0  # ms


VISUAL_CORTEX = TripletParams()
HIPPOCAMPUS = TripletParams(a2_plus=5.3e-3, a3_plus=8.0e-3, a2_minus=3.5e-3, tau_y=40.0)


class TripletState(NamedTuple):
    p: Value  # shape of pre: fast trace of pre spikes
    slow_p: Value  # shape of pre: slow trace of pre spikes
    q: Value  # shape of post: fast trace of post spikes
    slow_q: Value  # shape of post: slow trace of post spikes


def triplet_step(
    pre: Value,
    post: Value,
    state: TripletState,
    params: TripletParams,
    dt: float,
) -> tuple[Value, TripletState]:
    """The change of w in ``dt`` ms, and the next traces. Elementwise.

    Shapes as in ``stdp_step``.
    """
    p = exp(-dt / params.tau_plus) * state.p
    slow_p = exp(-dt / params.tau_x) * state.slow_p
    q = exp(-dt / params.tau_minus) * state.q
    slow_q = exp(-dt / params.tau_y) * state.slow_q
    rise = post * (params.a2_plus + params.a3_plus * slow_q) * p
    fall = pre * (params.a2_minus + params.a3_minus * slow_p) * q
    return rise - fall, TripletState(
        p=p + pre, slow_p=slow_p + pre, q=q + post, slow_q=slow_q + post
    )
