"""A layer of synapses: spikes in, current out, by any row of ``SYNAPSES``.

    current_j(t) = sum_i w_ji g_i(t),     g = the kernel of the row, after short-term plasticity

    symbol    meaning                                          shape       unit
    x         spikes, 0 or 1                                   (T, B, I)   -
    g         output of the step, the same for all targets     (T, B, I)   -
    w         weights (to, from)                               (N, I)      that of the current
    current   what the N neurons get                           (T, B, N)   that of w

The contract of a row: ``step(x, state, params, dt) -> (g, state)``, elementwise and pure;
``params`` its frozen dataclass; ``start`` the state at rest, in plain numbers that stand for all
synapses. Tested for every row at once: it agrees on floats, arrays, tensors and the page, may be
cut anywhere, keeps dtype and device, and is silent without spikes.

Reference: Gerstner et al. (2014), Neuronal Dynamics, ch. 3.1, doi:10.1017/CBO9781107447615
"""

import math
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan

from .alpha import AlphaParams, AlphaState, alpha_step
from .exponential import ExponentialParams, ExponentialState, exponential_step
from .nmda import NMDAParams, NMDAState, nmda_step
from .tsodyks_markram import TsodyksMarkramParams, TsodyksMarkramState, tsodyks_markram_step

SMALLEST = sys.float_info.min


class Synapse(NamedTuple):
    """One row of the family."""

    step: Callable  # step(x, state, params, dt) -> (g, state)
    params: type  # frozen dataclass with defaults
    start: tuple  # the state at rest


SYNAPSES = {
    "exponential": Synapse(exponential_step, ExponentialParams, ExponentialState(0.0)),
    "alpha": Synapse(alpha_step, AlphaParams, AlphaState(0.0, 0.0)),
    "nmda": Synapse(nmda_step, NMDAParams, NMDAState(0.0, 0.0)),
    "tsodyks_markram": Synapse(
        tsodyks_markram_step, TsodyksMarkramParams, TsodyksMarkramState(0.0, 1.0)
    ),
}


class SynapsesState(NamedTuple):
    kernel: tuple  # state of the row
    short_term: tuple  # state of the short-term plasticity


class Synapses(nn.Module):
    """Weights behind a synaptic kernel.

    Args:
        inputs, units: sizes I and N.
        kind: a row of ``SYNAPSES``.
        params: of that row; None means its defaults.
        dt: time step in ms.
        short_term: short-term plasticity before the kernel; None means none.

    The weight (N, I) starts normal with variance 1 / I. For NMDA multiply the current by
    ``magnesium_block(v)``.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        kind: Synapse = SYNAPSES["exponential"],
        params: object | None = None,
        dt: float = 1.0,
        short_term: TsodyksMarkramParams | None = None,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        params = kind.params() if params is None else params
        if not isinstance(params, kind.params):
            given = type(params).__name__
            raise TypeError(f"params: {kind.params.__name__} is needed, got {given}")
        if not isinstance(dt, int | float) or not 0 < dt < math.inf:
            raise ValueError(f"dt: a positive number of ms is needed, got {dt!r}")
        for settings in (params, short_term):
            check_settings(settings)
        self.weight = nn.Parameter(torch.randn(units, inputs) / math.sqrt(inputs))
        self.kind, self.params, self.dt, self.short_term = kind, params, dt, short_term

    def forward(self, x: Tensor, state: SynapsesState | None = None) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: spikes (T, B, I); whole numbers and booleans are taken as numbers of the
                weight's dtype.

        Returns:
            current (T, B, N) and the last state.
        """
        inputs = self.weight.shape[1]
        if x.ndim != 3 or x.shape[2] != inputs:
            needed, given = f"(T, B, I = {inputs})", tuple(x.shape)
            raise ValueError(f"x: spikes of shape {needed} are needed, got {given}")
        if not x.is_floating_point():
            x = x.to(self.weight.dtype)
        if not x.is_meta and not torch.isfinite(x).all():
            bad = int((~torch.isfinite(x)).sum())
            raise ValueError(f"x: finite numbers are needed, got {bad} that are nan or infinite")
        rest = SYNAPSES["tsodyks_markram"]
        if state is None:
            state = SynapsesState(_full(self.kind.start, x), _full(rest.start, x))
        for part in (*state.kernel, *state.short_term):
            if part.shape != x.shape[1:]:
                needed, given = tuple(x.shape[1:]), tuple(part.shape)
                raise ValueError(f"state: fields of shape (B, I) = {needed} needed, got {given}")

        def step(x_t, now):
            short_term = now.short_term
            if self.short_term is not None:
                x_t, short_term = rest.step(x_t, short_term, self.short_term, self.dt)
            g, kernel = self.kind.step(x_t, now.kernel, self.params, self.dt)
            return g, SynapsesState(kernel, short_term)

        g, state = scan(step, x, state)
        return g @ self.weight.T, state

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, {self.params}, dt={self.dt} ms"


def check_settings(params: object | None) -> None:
    """Refuse settings that no synapse can have, by name."""
    if params is None:
        return
    for field in fields(params):
        x, least = getattr(params, field.name), 0 if field.name == "tau_facil" else SMALLEST
        if not isinstance(x, int | float) or not least <= x < math.inf:
            allowed = "a positive number" if least else "a number of ms from 0"
            raise ValueError(f"{field.name}: {allowed} is needed, got {x!r}")
    if isinstance(params, TsodyksMarkramParams) and params.use > 1:
        raise ValueError(f"use: a number above 0 and at most 1 is needed, got {params.use!r}")
    if isinstance(params, NMDAParams) and params.tau_decay <= params.tau_rise:
        given = f"{params.tau_decay!r} beside tau_rise = {params.tau_rise!r}"
        raise ValueError(f"tau_decay: more ms than tau_rise are needed, got {given}")


def _full(start: tuple, x: Tensor) -> tuple:
    """Tensors (B, I) like ``x`` in place of the numbers."""
    return type(start)(*(x.new_full(x.shape[1:], number) for number in start))
