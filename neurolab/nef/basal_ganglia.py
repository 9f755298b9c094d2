"""Basal ganglia and thalamus: of several actions the one of largest use is let through.

    D1  = f(x; e)     x = (1 + l_d1) q                       striatum, first kind
    D2  = f(x; e)     x = (1 - l_d2) q                       striatum, second kind
    STN = f(x; e_p)   x = q - GPe                            subthalamic nucleus
    GPe = f(x; e_e)   x = w_p sum(STN) - D2                  external pallidum
    GPi = f(x; e_i)   x = w_p sum(STN) - D1 - w_e GPe        internal pallidum: what it holds back
    thalamus = max(0, 1 - inhibit GPi)                       1 for the action that goes on
    f(x; e) = max(0, x - e);   each x follows its input with tau

    symbol      meaning                                            shape     unit
    q           use of each action now                             (B, M)    -
    D1 .. GPi   activity                                           (B, M)    -
    sum         over the actions: STN reaches all of them          (B, 1)    -
    e           thresholds                                         ()        -
    tau         of excitation 2, of inhibition 8                   ()        ms

GPi is active at rest and holds all actions back. An action of use turns its own GPi off (through
D1) and, through STN, all others up: so the most useful one is released, and how sure that is
depends on differences, not on the scale of q. The one with the least GPi is selected.

What follows, and is tested: the largest of the uses is selected; in the steady state all activities
are those of Nengo's BasalGanglia without neurons; a switch takes tens of ms.

References: Gurney, Prescott & Redgrave (2001), doi:10.1007/PL00007984; as a network of ensembles:
Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, exp, maximum
from neurolab.core.scan import scan


@dataclass(frozen=True)
class BasalGangliaParams:
    threshold: float = 0.2  # of the striatum
    threshold_stn: float = -0.25
    threshold_gpe: float = -0.2
    threshold_gpi: float = -0.2
    more_d1: float = 0.2  # dopamine: what D1 gets more
    less_d2: float = 0.2  # and D2 less
    reach_stn: float = 0.9  # weight of STN on the pallidum
    weight_gpe: float = 0.3  # of GPe on GPi
    tau_excite: float = 2.0  # ms
    tau_inhibit: float = 8.0  # ms
    inhibit: float = 3.0  # of GPi on the thalamus


class BasalGangliaState(NamedTuple):
    d1: Value  # (B, M) what each nucleus is driven by
    d2: Value
    stn_up: Value  # from the uses
    stn_down: Value  # from GPe
    gpe_up: Value  # from STN
    gpe_down: Value  # from D2
    gpi_up: Value  # from STN
    gpi_down: Value  # from D1 and GPe


class Activity(NamedTuple):
    d1: Value  # (B, M)
    d2: Value
    stn: Value
    gpe: Value
    gpi: Value


def activity(
    state: BasalGangliaState,
    params: BasalGangliaParams,
) -> Activity:
    """How active each nucleus is. Elementwise."""
    d1 = state.d1 - params.threshold
    d2 = state.d2 - params.threshold
    stn = state.stn_up - state.stn_down - params.threshold_stn
    gpe = state.gpe_up - state.gpe_down - params.threshold_gpe
    gpi = state.gpi_up - state.gpi_down - params.threshold_gpi
    return Activity(
        d1=maximum(d1, 0.0),
        d2=maximum(d2, 0.0),
        stn=maximum(stn, 0.0),
        gpe=maximum(gpe, 0.0),
        gpi=maximum(gpi, 0.0),
    )


def basal_ganglia_step(
    use: Value, total: Value, state: BasalGangliaState, params: BasalGangliaParams, dt: float
) -> BasalGangliaState:
    """The state ``dt`` ms later; ``total`` is STN of all actions. Elementwise."""
    p, now = params, activity(state, params)
    up, down = 1 - exp(-dt / p.tau_excite), 1 - exp(-dt / p.tau_inhibit)
    return BasalGangliaState(
        d1=state.d1 + up * ((1 + p.more_d1) * use - state.d1),
        d2=state.d2 + up * ((1 - p.less_d2) * use - state.d2),
        stn_up=state.stn_up + up * (use - state.stn_up),
        stn_down=state.stn_down + down * (now.gpe - state.stn_down),
        gpe_up=state.gpe_up + up * (p.reach_stn * total - state.gpe_up),
        gpe_down=state.gpe_down + down * (now.d2 - state.gpe_down),
        gpi_up=state.gpi_up + up * (p.reach_stn * total - state.gpi_up),
        gpi_down=state.gpi_down + down * (now.d1 + p.weight_gpe * now.gpe - state.gpi_down),
    )


def thalamus(gpi: Value, params: BasalGangliaParams) -> Value:
    """What GPi lets through. Elementwise."""
    return maximum(1 - params.inhibit * gpi, 0.0)


def select(
    use: Tensor,
    params: BasalGangliaParams = BasalGangliaParams(),
    dt: float = 1.0,
    state: BasalGangliaState | None = None,
) -> tuple[Tensor, Activity, BasalGangliaState]:
    """Run over time: thalamus (T, B, M), activities (T, B, M) each, last state; uses (T, B, M)."""
    if use.ndim != 3:
        raise ValueError(f"use: shape (T, B, M) is needed, got {tuple(use.shape)}")
    if state is None:
        state = BasalGangliaState(*[use.new_zeros(use.shape[1:])] * len(BasalGangliaState._fields))

    def step(use_t, now):
        total = activity(now, params).stn.sum(-1, keepdim=True)
        now = basal_ganglia_step(use_t, total, now, params, dt)
        return activity(now, params), now

    found, state = scan(step, use, state)
    return thalamus(torch.as_tensor(found.gpi), params), found, state
