"""Turnover of spines: most that come go again soon, some become persistent.

    empty      -> transient     at the rate ``birth``
    transient  -> empty         at 1 / tau_fast,   -> persistent  at ``settle``
    persistent -> empty         at 1 / tau_slow

    of the spines of day 0, of which a part q was persistent, there are after t days

        S(t) = (1 - q - r) exp(-a t) + (q + r) exp(-b t)
        a = 1 / tau_fast + settle,    b = 1 / tau_slow,    r = (1 - q) settle / (a - b)

    symbol     meaning                                                   shape    unit
    kind       of a site: 0 empty, 1 transient, 2 persistent             (N,)     -
    age        of its spine                                              (N,)     days
    u          draws, uniform from 0 to 1                                (N,)     -
    q          persistent part; at rest settle / (settle + b)            ()       -
    S          survival curve: falls fast, then hardly any more          ()       -

At rest as many spines come as go, so the turnover ratio of two looks t days apart, (gained + lost)
/ (first + second), is 1 - S(t) as well.

What follows, and is tested: S is that of the matrix exponential of the chain; a simulation has it,
and the turnover ratio, up to its chance and an error of first order in dt; without loss of
persistent spines S decays to a plateau.

Where it differs from the source: it reviews measurements, of which many are fitted by a constant
and an exponential; the chain is the smallest that has both populations.

Reference: Holtmaat & Svoboda (2009), doi:10.1038/nrn2699
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch

from neurolab.core.ops import Value, exp, where

from .multi_segment import need


@dataclass(frozen=True)
class TurnoverParams:
    tau_fast: float = 4.0  # days, of a transient spine
    tau_slow: float = 400.0  # days, of a persistent one; math.inf keeps it
    settle: float = 0.03  # per day, transient to persistent
    birth: float = 0.05  # per day, of an empty site

    def __post_init__(self):
        for name in ("tau_fast", "tau_slow", "settle", "birth"):
            value = getattr(self, name)
            least = value > 0 if name.startswith("tau") else 0 <= value < math.inf
            if not isinstance(value, int | float) or not least:
                raise ValueError(f"{name}: a number of at least 0 is needed, got {value!r}")
        if self.tau_slow < self.tau_fast:
            raise ValueError(f"tau_slow: at least tau_fast is needed, got {self.tau_slow!r}")


class TurnoverState(NamedTuple):
    kind: Value  # (N,) 0 empty, 1 transient, 2 persistent
    age: Value  # (N,) days since the spine came; 0 where there is none


def survival(t: Value, persistent: float, params: TurnoverParams) -> Value:
    """Part of the spines that are still there after t days, if so many of them were persistent."""
    a, b = 1 / params.tau_fast + params.settle, 1 / params.tau_slow
    later = (1 - persistent) * params.settle / (a - b) if params.settle else 0.0
    stay = persistent + later
    return (1 - stay) * exp(-a * t) + stay * exp(-b * t)


def persistent_at_rest(params: TurnoverParams) -> float:
    """Which part of the spines is persistent when as many come as go."""
    b = 1 / params.tau_slow
    return params.settle / (params.settle + b) if params.settle else 0.0


def turnover_step(
    state: TurnoverState,
    u: Value,
    params: TurnoverParams,
    dt: float,
) -> TurnoverState:
    """The sites ``dt`` days later, one event at most for each.

    Elementwise.
    """
    kind, age = state.kind, state.age
    leave = 1 / params.tau_fast + params.settle
    moved = 1 - exp(-dt * leave)
    lost = where(u < moved, 0.0, 1.0)
    young = where(u < moved * params.settle / leave, 2.0, lost)
    old = where(u < 1 - exp(-dt / params.tau_slow), 0.0, 2.0)
    fresh = where(u < 1 - exp(-dt * params.birth), 1.0, 0.0)
    after = where(kind > 1.5, old, where(kind > 0.5, young, fresh))
    there = where(kind > 0.5, where(after > 0.5, 1.0, 0.0), 0.0)
    return TurnoverState(kind=after, age=there * (age + dt))


class Turnover:
    """A dendrite with places for spines, from rest on.

    Args:
        sites: N.
        params: rates.
        dt: step in days.
        seed: of all that is drawn.

    Spines of the start have ages as if they had come then; ``survived`` counts those.
    """

    def __init__(
        self, sites: int, params: TurnoverParams | None = None, dt: float = 0.1, seed: int = 0
    ):
        need("sites", sites, 1)
        if not isinstance(dt, int | float) or not 0 < dt < math.inf:
            raise ValueError(f"dt: a positive number of days is needed, got {dt!r}")
        self.params, self.dt, self.time = params or TurnoverParams(), dt, 0.0
        self.chance = torch.Generator().manual_seed(seed)
        p, u = self.params, self._draw(sites)
        # At rest  empty : transient : persistent  =  1 : birth / a : birth settle / (a b)
        a = 1 / p.tau_fast + p.settle
        if p.settle and p.tau_slow == math.inf:
            raise ValueError("tau_slow: with settle above 0 only a finite time has a rest, got inf")
        transient = p.birth / a
        persistent = transient * p.settle * p.tau_slow if p.settle else 0.0
        whole = 1 + transient + persistent
        few = where(u < transient / whole, 1.0, 0.0)
        kind = where(u > 1 - persistent / whole, 2.0, few)
        self.state = TurnoverState(kind, torch.zeros_like(kind))
        self.first = float((kind > 0).sum())

    def _draw(self, sites: int) -> torch.Tensor:
        return torch.rand(sites, generator=self.chance, dtype=torch.float64)

    def run(self, days: float) -> None:
        for _ in range(round(days / self.dt)):
            self.state = turnover_step(
                self.state, self._draw(len(self.state.kind)), self.params, self.dt
            )
            self.time += self.dt

    @property
    def survived(self) -> float:
        """Part of the spines of the start that are there now."""
        old = (self.state.kind > 0) & (self.state.age > self.time - self.dt / 2)
        return float(old.sum()) / max(1.0, self.first)
