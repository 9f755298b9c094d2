"""Refractory time: after a spike LIF and ALIF do nothing for a while.

    for t_ref after a spike    v stays at its reset, z = 0; a (ALIF) goes on decaying
    otherwise                  the step of LIF or ALIF

    symbol   meaning                                        shape       unit
    left     time for which the neuron is still held        (B, N)      ms
    t_ref    refractory time                                () or (N,)  ms
    the rest as in ``lif`` and ``adaptive_lif``

Convention: the spike ends its step, then v is held for t_ref / dt steps, rounded to the nearest.
What the neuron is given meanwhile is lost, and no gradient passes: the spike of a held neuron is
the constant 0. (u is what it would be without spike: v - A.)

What follows: the period is longer by t_ref and nothing else, so a constant current i makes
    t_ref + tau log(i / (i - 1)),
and no rate is above 1 / t_ref. With t_ref = 0 it is LIF or ALIF. Tested.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 1.3, doi:10.1017/CBO9781107447615
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, maximum, where
from neurolab.core.surrogate import Surrogate

from .adaptive_lif import ALIFState, alif_step
from .lif import LIFState, lif_step


@dataclass(frozen=True)
class RefractoryLIFParams:
    tau: Value = 20.0  # ms
    t_ref: Value = 5.0  # ms


class RefractoryLIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    left: Value  # (B, N) ms for which it is held
    u: Value  # (B, N) distance to threshold, before the reset


@dataclass(frozen=True)
class RefractoryALIFParams:
    tau: Value = 20.0  # ms
    tau_a: Value = 200.0  # ms
    beta: Value = 0.2  # threshold distances
    t_ref: Value = 5.0  # ms


class RefractoryALIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    a: Value  # (B, N) trace of the spikes
    left: Value  # (B, N) ms for which it is held
    u: Value  # (B, N) distance to the threshold, before the reset


def refractory_lif_step(
    current: Value,
    state: RefractoryLIFState,
    params: RefractoryLIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, RefractoryLIFState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    held = state.left > dt / 2
    z, free = lif_step(current, LIFState(state.v, state.u), params, dt, surrogate)
    z = where(held, 0.0, z)
    return z, RefractoryLIFState(
        v=where(held, state.v, free.v),
        left=where(z > 0, params.t_ref + 0.0 * free.v, maximum(state.left - dt, 0.0)),
        u=where(held, state.v - 1, free.u),
    )


def refractory_alif_step(
    current: Value,
    state: RefractoryALIFState,
    params: RefractoryALIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, RefractoryALIFState]:
    """The spikes and the state ``dt`` ms later. Elementwise."""
    held = state.left > dt / 2
    z, free = alif_step(current, ALIFState(state.v, state.a, state.u), params, dt, surrogate)
    fallen = free.a - z
    z = where(held, 0.0, z)
    return z, RefractoryALIFState(
        v=where(held, state.v, free.v),
        a=fallen + z,
        left=where(z > 0, params.t_ref + 0.0 * free.v, maximum(state.left - dt, 0.0)),
        u=where(held, state.v - 1 - params.beta * state.a, free.u),
    )


def refractory_lif_start(params: RefractoryLIFParams) -> RefractoryLIFState:
    """The state at rest."""
    return RefractoryLIFState(v=0.0, left=0.0, u=-1.0)


def refractory_alif_start(params: RefractoryALIFParams) -> RefractoryALIFState:
    """The state at rest."""
    return RefractoryALIFState(v=0.0, a=0.0, left=0.0, u=-1.0)
