"""Leaky integrate-and-fire neuron (LIF).

    tau dv/dt = -v + i               between spikes
    z = 1 if v > 1,  v <- v - z      at a spike

    symbol   meaning                                        shape       unit
    i        current, as the potential it would settle at   (T, B, N)   threshold distances
    v        membrane potential, after the reset            (B, N)      threshold distances
    u        v - 1 before the reset                         (B, N)      threshold distances
    z        spikes, 0 or 1                                 (T, B, N)   -
    tau      membrane time constant                         ()          ms
    dt       time step                                      ()          ms

Conventions: rest at 0, threshold at 1; exact decay, with the current held during a step; a spike
if u > 0; reset by subtraction of 1; no refractory time; the reset is hidden from the gradient.

What follows: a constant current i > 1 makes the neuron fire with the period tau log(i / (i - 1)),
and one of at most 1 never. In steps of dt the spike falls on the grid and its lateness is lost by
the reset, so the mean period is longer by dt / (2 i), up to terms in dt^2. Both are tested; so is
that a sequence may be cut anywhere and continued from the state.

Where it differs from the source: there the reset sets v to a fixed value, which in steps loses the
overshoot; subtraction keeps it. In continuous time the two are the same.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 1.3, doi:10.1017/CBO9781107447615
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, constant, exp
from neurolab.core.scan import scan
from neurolab.core.surrogate import Surrogate, spike

from .by_core import by_core, refuse_nan


@dataclass(frozen=True)
class LIFParams:
    tau: float = 20.0  # ms


class LIFState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    u: Value  # (B, N) distance to threshold, v - 1, before the reset


def lif_step(
    current: Value,
    state: LIFState,
    params: LIFParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, LIFState]:
    """The spikes and the state ``dt`` ms later. Elementwise.

    ``surrogate`` is what the gradient of the spike sees;
    None means ``FastSigmoid()``.
    """
    decay = exp(-dt / params.tau)
    v = decay * state.v + (1 - decay) * current
    u = v - 1
    z = spike(u, surrogate)
    return z, LIFState(v=v - constant(z), u=u)


def lif_start(params: LIFParams) -> LIFState:
    """The state at rest."""
    return LIFState(v=0.0, u=-1.0)


def lif_constants(params: LIFParams, dt: float) -> tuple[Value, Value]:
    """What a step multiplies by, for the fast core: decay, and what a current keeps of itself."""
    decay = exp(-dt / params.tau)
    return decay, 1 - decay


class LIF(nn.Module):
    """A layer of LIF neurons behind a weight matrix, without recurrence.

    Args:
        inputs, units: sizes I and N.
        params: time constant of all units.
        dt: time step in ms.
        surrogate: see ``core.surrogate``; None means ``FastSigmoid()``.
        step: another step of the same signature, for another convention.

    The weight (N, I) starts normal with variance 1 / I.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        params: LIFParams = LIFParams(),
        dt: float = 1.0,
        surrogate: Surrogate | None = None,
        step: Callable = lif_step,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        for name, time in (("tau", params.tau), ("dt", dt)):
            if not isinstance(time, int | float) or not 0 < time < math.inf:
                raise ValueError(f"{name}: a positive number of ms is needed, got {time!r}")
        self.weight = nn.Parameter(torch.randn(units, inputs) / math.sqrt(inputs))
        self.params, self.dt, self.surrogate, self.step = params, dt, surrogate, step

    def forward(self, x: Tensor, state: LIFState | None = None, keep: Sequence[str] = ()) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: inputs (T, B, I); whole numbers and booleans are taken as numbers of the
                weight's dtype.
            keep: fields of the state to record, see ``core.scan``.

        Returns:
            spikes (T, B, N) and the last state; with ``keep`` also {field: (T, B, N)}.
        """
        inputs = self.weight.shape[1]
        if x.ndim != 3:
            raise ValueError(f"x: three axes (T, B, I) are needed, got shape {tuple(x.shape)}")
        if x.shape[2] != inputs:
            raise ValueError(f"x: {inputs} inputs on the last axis are needed, got {x.shape[2]}")
        if not x.is_floating_point():
            x = x.to(self.weight.dtype)
        needed = (x.shape[1], self.weight.shape[0])
        if state is None:
            rest = x.new_zeros(needed)
            state = LIFState(v=rest, u=rest - 1)
        elif state.v.shape != needed:
            given = tuple(state.v.shape)
            raise ValueError(f"state: v of shape (B, N) = {needed} is needed, got {given}")
        step = partial(self.step, params=self.params, dt=self.dt, surrogate=self.surrogate)
        core = ("lif", lif_constants(self.params, self.dt)) if self.step is lif_step else None
        found = by_core(core, step, state, x, self.weight, keep=keep)
        if found is not None:
            spikes, _, state, kept = found
            return (spikes, state, kept) if keep else (spikes, state)
        refuse_nan("x", x)
        return scan(step, x @ self.weight.T, state, keep=keep)

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, tau={self.params.tau} ms, dt={self.dt} ms"
