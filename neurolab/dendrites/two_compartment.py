"""Soma and apical dendrite: a burst where inputs to both coincide (BAC firing).

    dv_s/dt = -(v_s - rest) / tau_s + (g_s f(v_d) + i_s - w_s) / C_s
    dv_d/dt = -(v_d - rest) / tau_d + (g_d f(v_d) + back K(t - t_s) + i_d - w_d) / C_d
    tau_ws dw_s/dt = -w_s,                             w_s <- w_s + b at a spike
    tau_wd dw_d/dt = -w_d + a (v_d - rest)
    f(v) = sigmoid((v - half) / wide)
    z = 1 where v_s > threshold; then v_s stays at rest for ``refractory`` ms

    symbol       meaning                                                        shape   unit
    v_s, v_d     potential of the soma, of the apical dendrite                  (B,)    mV
    i_s, i_d     currents from outside                                          (B,)    pA
    w_s, w_d     adaptation: by spikes, by the potential of the dendrite        (B,)    pA
    f            open part of the calcium channels of the dendrite              (B,)    -
    g_s, g_d     what they drive into soma and dendrite, wide open              ()      pA
    K            1 from 0.5 to 2.5 ms after a spike of the soma, else 0         (B,)    -
    back         what a spike that travels back drives into the dendrite        ()      pA

A spike of the soma travels back and depolarizes the dendrite. Alone that stays below the calcium
channels, and so does a short input to the dendrite; together they open them, the dendrite keeps
itself up for tens of ms, and its current makes the soma fire again: a burst.

What follows, and is tested: short inputs give one spike (soma), none (dendrite), and three or more
(both), if they are apart by some ms; without ``back`` they give one spike at any distance. Below
the calcium channels the dendrite is linear, and its potential that of a matrix exponential, to
second order in dt.

Where it differs from the source: no noise; the potential after a spike is rest; times between spike
and K are counted in whole steps. Larkum et al. found the effect in slices of rat cortex; the model
is one of its short forms.

References: Naud & Sprekeler (2018), doi:10.1073/pnas.1720995115 (equations and constants); Larkum,
Zhu & Sakmann (1999), doi:10.1038/18686
"""

import math
from dataclasses import dataclass, fields
from functools import partial
from typing import NamedTuple

from torch import Tensor, nn

from neurolab.core.ops import Value, exp, sigmoid, where
from neurolab.core.scan import scan
from neurolab.core.surrogate import spike


@dataclass(frozen=True)
class TwoCompartmentParams:
    tau_s: float = 16.0  # ms
    tau_d: float = 7.0  # ms
    c_s: float = 370.0  # pF
    c_d: float = 170.0  # pF
    g_s: float = 1300.0  # pA
    g_d: float = 1200.0  # pA
    back: float = 2600.0  # pA
    half: float = -38.0  # mV
    wide: float = 6.0  # mV
    b: float = 200.0  # pA a spike
    tau_ws: float = 100.0  # ms
    a: float = 13.0  # nS
    tau_wd: float = 30.0  # ms
    rest: float = -70.0  # mV
    threshold: float = -50.0  # mV
    refractory: float = 3.0  # ms
    first: float = 0.5  # ms from a spike to the start of K
    last: float = 2.5  # ms from a spike to the end of K


class TwoCompartmentState(NamedTuple):
    v_s: Value  # (B,) mV, after a reset
    v_d: Value  # (B,) mV
    w_s: Value  # (B,) pA
    w_d: Value  # (B,) pA
    since: Value  # (B,) ms since the last spike


def two_compartment_start(params: TwoCompartmentParams) -> TwoCompartmentState:
    """At rest, without a spike behind it."""
    return TwoCompartmentState(params.rest, params.rest, 0.0, 0.0, 1e9)


def two_compartment_step(
    i_s: Value,
    i_d: Value,
    state: TwoCompartmentState,
    params: TwoCompartmentParams,
    dt: float,
) -> tuple[Value, TwoCompartmentState]:
    """The spikes, and the state ``dt`` ms later.

    Elementwise; potentials relax exactly toward where the currents
    of the start of the step would hold them.
    """
    p, since = params, state.since + dt
    f = sigmoid((state.v_d - p.half) / p.wide)
    late = since - dt / 2  # so that rounding of times does not matter
    k = where(late > p.last, 0.0 * f, 1 + 0.0 * f)
    k = where(late > p.first, k, 0.0 * f)
    into_s = p.g_s * f + i_s - state.w_s
    into_d = p.g_d * f + p.back * k + i_d - state.w_d
    fade_s, fade_d = exp(-dt / p.tau_s), exp(-dt / p.tau_d)
    held_s = p.rest + p.tau_s / p.c_s * into_s
    held_d = p.rest + p.tau_d / p.c_d * into_d
    v_s = held_s + fade_s * (state.v_s - held_s)
    v_d = held_d + fade_d * (state.v_d - held_d)
    fade_w = exp(-dt / p.tau_wd)
    w_d = fade_w * state.w_d + (1 - fade_w) * p.a * (v_d - p.rest)
    v_s = where(late > p.refractory, v_s, p.rest + 0.0 * v_s)
    z = spike(v_s - p.threshold)
    v_s = where(z > 0, p.rest + 0.0 * v_s, v_s)
    w_s = exp(-dt / p.tau_ws) * state.w_s + p.b * z
    since = where(z > 0, 0.0 * v_s, since)
    return z, TwoCompartmentState(v_s, v_d, w_s, w_d, since)


class TwoCompartment(nn.Module):
    """Neurons with soma and apical dendrite, that currents are given to.

    Args:
        params: constants of all neurons.
        dt: time step in ms, at most 0.5.
    """

    def __init__(self, params: TwoCompartmentParams = TwoCompartmentParams(), dt: float = 0.1):
        super().__init__()
        for field in fields(params):
            x = getattr(params, field.name)
            if not isinstance(x, int | float) or not math.isfinite(x):
                raise ValueError(f"{field.name}: a finite number is needed, got {x!r}")
        for name in ("tau_s", "tau_d", "c_s", "c_d", "wide", "tau_ws", "tau_wd"):
            if not getattr(params, name) > 0:
                given = getattr(params, name)
                raise ValueError(f"{name}: a positive number is needed, got {given!r}")
        if not 0 < dt <= 0.5:
            raise ValueError(f"dt: a number of ms above 0 and up to 0.5 is needed, got {dt!r}")
        self.params, self.dt = params, dt

    def forward(
        self, i_s: Tensor, i_d: Tensor, state: TwoCompartmentState | None = None, keep=()
    ) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            i_s, i_d: currents (T, B) in pA.
            keep: fields of the state to record, see ``core.scan``.

        Returns:
            spikes (T, B) and the last state; with ``keep`` also {field: (T, B)}.
        """
        if i_s.ndim != 2 or i_s.shape != i_d.shape:
            given = f"{tuple(i_s.shape)} and {tuple(i_d.shape)}"
            raise ValueError(f"i_s, i_d: one shape (T, B) is needed, got {given}")
        if state is None:
            start = two_compartment_start(self.params)
            state = TwoCompartmentState(*(i_s.new_full(i_s.shape[1:], x) for x in start))
        step = partial(two_compartment_step, params=self.params, dt=self.dt)
        return scan(lambda i, now: step(*i, now), (i_s, i_d), state, keep=keep)
