"""The same LIF neuron as five other libraries step it, each a step of its own.

    snnTorch ``Leaky``            v <- beta v + x - z_before;       z = 1 if v > 1
    Norse ``LIFCell``             i <- i + x, v <- v + dt / tau (i - v), i <- (1 - dt / tau_syn) i;
                                  z = 1 if v > 1,  v <- 0
    SpikingJelly ``LIFNode``      v <- v + (x - v) / tau;           z = 1 if v >= 1,  v <- 0
    Brian2, ``method="exact"``    v <- i + (v - i) exp(-dt / tau) unless refractory;
                                  z = 1 if v > 1,  v <- 0
    Nengo ``LIF``                 as Brian2 for the part of the step behind t_ref, which began
                                  where v crossed 1 within its step;  v <- 0, never below 0

    convention      snnTorch           Norse            SpikingJelly   Brian2       ours, ``lif``
    decay           beta, per step     1 - dt / tau     1 - 1 / tau    exp          exp
    input scaled    no                 by dt / tau      by 1 / tau     by 1 - exp   by 1 - exp
    reset           minus 1, after     to 0             to 0           to 0         minus 1
                    the next decay
    at threshold    no spike           no spike         spike          no spike     no spike
    refractory      no                 no               no             yes          no

In snnTorch and SpikingJelly time is counted in steps: ``dt`` is not used. In Brian2 the step of the
spike counts as the first of the refractory time, so v is held for one step less than t_ref.

Nengo's ``LIF`` decays, takes its input and resets as Brian2's.

Tested against recorded outputs of the first three and against Brian2 and Nengo themselves; and how
each maps on ours: below threshold all but Nengo's are ``lif_step`` with tau = -dt / log(decay) and
the scaled input, and snnTorch's is ``lif_step`` with the current x / (1 - beta) - z_before, spikes
included. The reset is hidden from the gradient.

References: Eshraghian et al. (2023), doi:10.1109/JPROC.2023.3308088 (snnTorch); Pehle & Pedersen
(2021), doi:10.5281/zenodo.4422025 (Norse); Fang et al. (2023), doi:10.1126/sciadv.adi1480
(SpikingJelly); Stimberg et al. (2019), doi:10.7554/eLife.47314 (Brian2); Bekolay et al. (2014),
doi:10.3389/fninf.2013.00048 (Nengo)
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, constant, exp, log, maximum, minimum, where
from neurolab.core.surrogate import Surrogate, spike

from .current_lif import CurrentLIFParams, CurrentLIFState
from .lif import LIFState
from .refractory import RefractoryLIFParams, RefractoryLIFState


@dataclass(frozen=True)
class SnnTorchParams:
    beta: Value = 0.95  # what is left of v after a step


@dataclass(frozen=True)
class SpikingJellyParams:
    tau: Value = 2.0  # steps


class SnnTorchState(NamedTuple):
    v: Value  # (B, N) potential, its reset still to come
    u: Value  # (B, N) distance to threshold


def lif_snntorch_step(
    current: Value,
    state: SnnTorchState,
    params: SnnTorchParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, SnnTorchState]:
    """``Leaky`` with reset by subtraction, delayed by a step. Elementwise."""
    v = params.beta * state.v + current - constant(spike(state.v - 1))
    return spike(v - 1, surrogate), SnnTorchState(v=v, u=v - 1)


def lif_norse_step(
    current: Value,
    state: CurrentLIFState,
    params: CurrentLIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, CurrentLIFState]:
    """``LIFCell`` with v_leak = v_reset = 0, v_th = 1; its tau_mem_inv is 1 / tau. Elementwise."""
    i = state.i + current
    v = state.v + dt / params.tau * (i - state.v)
    u = v - 1
    z = spike(u, surrogate)
    return z, CurrentLIFState(v=where(u > 0, 0.0, v), i=i - dt / params.tau_syn * i, u=u)


def lif_spikingjelly_step(
    current: Value,
    state: LIFState,
    params: SpikingJellyParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, LIFState]:
    """``LIFNode`` with decay_input and a hard reset to 0. Elementwise."""
    v = state.v + (current - state.v) / params.tau
    u = v - 1
    z = spike(u, surrogate) + where(u == 0, 1.0 + 0.0 * u, 0.0 * u)
    return z, LIFState(v=where(u >= 0, 0.0, v), u=u)


def lif_brian2_step(
    current: Value,
    state: RefractoryLIFState,
    params: RefractoryLIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, RefractoryLIFState]:
    """``dv/dt = (i - v) / tau : 1 (unless refractory)``, reset to 0. Elementwise."""
    held = state.left > dt / 2
    decay = exp(-dt / params.tau)
    v = where(held, state.v, decay * state.v + (1 - decay) * current)
    u = v - 1
    z = where(held, 0.0, spike(u, surrogate))
    left = where(z > 0, params.t_ref - dt + 0.0 * v, state.left - dt)
    return z, RefractoryLIFState(v=where(z > 0, 0.0, v), left=maximum(left, 0.0), u=u)


def lif_nengo_step(
    current: Value,
    state: RefractoryLIFState,
    params: RefractoryLIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, RefractoryLIFState]:
    """``LIF`` with min_voltage 0; its tau_rc is tau. Elementwise."""
    left = state.left - dt
    free = minimum(maximum(dt - left, 0.0), dt)
    v = state.v + (current - state.v) * (1 - exp(-free / params.tau))
    u = v - 1
    z = spike(u, surrogate)
    over = where(u > 0, constant(u), 0.0 * u)  # so that no logarithm is taken of what did not fire
    above = where(u > 0, constant(current) - 1, 1.0 + 0.0 * u)
    crossed = dt + params.tau * log(1 - over / above)
    left = where(u > 0, params.t_ref + crossed, maximum(left, 0.0))
    return z, RefractoryLIFState(v=where(u > 0, 0.0 * v, maximum(v, 0.0)), left=left, u=u)


def lif_snntorch_start(params: SnnTorchParams) -> SnnTorchState:
    """The state at rest."""
    return SnnTorchState(v=0.0, u=-1.0)


def lif_spikingjelly_start(params: SpikingJellyParams) -> LIFState:
    """The state at rest."""
    return LIFState(v=0.0, u=-1.0)
