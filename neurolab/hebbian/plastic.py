"""A layer of plastic synapses under any row of ``STDP_RULES``.

    w <- w + bound(mean over the batch of dw, w),     dw = what the step of the row asks for

    symbol   meaning                                            shape       unit
    pre      presynaptic spikes, 0 or 1                         (T, B, I)   -
    post     postsynaptic spikes; "voltage": the potential      (T, B, N)   -, mV
    reward   third factor, of the rows that have one            (T, B)      1 / ms
    w        weights (to, from)                                 (N, I)      weight

The contract of a row: ``step(*inputs, state, params, dt) -> (dw, state)``, elementwise and pure,
on pre (B, 1, I), post (B, N, 1), reward (B, 1, 1); ``inputs`` names them; ``params`` is its frozen
dataclass; ``start`` its state without a past, in plain numbers that stand for all synapses. Tested
for every row at once: the layer is the step synapse by synapse; floats, arrays, tensors and the
page agree; a sequence may be cut anywhere; dtype and device are kept; silence changes nothing.

Reference: Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1
"""

import math
from collections.abc import Callable
from dataclasses import fields
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan

from .bounds import BoundsParams, hard_bounds_step
from .nearest import nearest_stdp_step
from .reward import RSTDPParams, RSTDPState, rstdp_step
from .stdp import STDPParams, STDPState, stdp_step
from .triplet import TripletParams, TripletState, triplet_step
from .voltage import VoltageParams, VoltageState, voltage_step


class SpikeRule(NamedTuple):
    """One row of the family."""

    step: Callable  # step(*inputs, state, params, dt) -> (dw, state)
    params: type  # frozen dataclass with defaults
    start: tuple  # the state without a past
    inputs: tuple[str, ...] = ("pre", "post")


STDP_RULES = {
    "pair": SpikeRule(stdp_step, STDPParams, STDPState(0.0, 0.0)),
    "nearest": SpikeRule(nearest_stdp_step, STDPParams, STDPState(0.0, 0.0)),
    "triplet": SpikeRule(triplet_step, TripletParams, TripletState(0.0, 0.0, 0.0, 0.0)),
    "voltage": SpikeRule(voltage_step, VoltageParams, VoltageState(0.0, -70.6, -70.6)),
    "reward": SpikeRule(
        rstdp_step, RSTDPParams, RSTDPState(0.0, 0.0, 0.0, 0.0), ("pre", "post", "reward")
    ),
}


class PlasticSynapses(nn.Module):
    """Weights that change by the spikes on both sides; they take no gradient.

    Args:
        inputs, units: sizes I and N.
        rule: a row of ``STDP_RULES``.
        params: of that row; None means its defaults.
        bounds: smallest and largest weight; None means 0 and 1.
        bounds_step: a row of ``BOUNDS``.
        dt: time step in ms.

    The weight (N, I), a buffer, starts uniform between the bounds.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        rule: SpikeRule = STDP_RULES["pair"],
        params: object | None = None,
        bounds: BoundsParams | None = None,
        bounds_step: Callable = hard_bounds_step,
        dt: float = 1.0,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        bounds = BoundsParams() if bounds is None else bounds
        params = rule.params() if params is None else params
        if not isinstance(params, rule.params):
            given = type(params).__name__
            raise TypeError(f"params: {rule.params.__name__} is needed, got {given}")
        check_settings(params, bounds, dt)
        start = torch.rand(units, inputs) * (bounds.high - bounds.low) + bounds.low
        self.register_buffer("weight", start)
        self.rule, self.params, self.dt = rule, params, dt
        self.bounds, self.bounds_step = bounds, bounds_step

    @torch.no_grad()
    def forward(
        self,
        pre: Tensor,
        post: Tensor,
        reward: Tensor | None = None,
        state: tuple | None = None,
    ) -> tuple:
        """Let the weight follow the spikes, from no past or from a ``state`` given back earlier.

        Args:
            pre: (T, B, I); whole numbers and booleans become numbers of the weight's dtype.
            post: (T, B, N), reward: (T, B).

        Returns:
            how much the weight changed (N, I), and the last state.
        """
        units, inputs = self.weight.shape
        given = {"pre": pre, "post": post, "reward": reward}
        if reward is not None and "reward" not in self.rule.inputs:
            raise ValueError(f"reward: this rule takes {self.rule.inputs}, got a reward as well")
        shapes = {"pre": ("T", "B", inputs), "post": ("T", "B", units), "reward": ("T", "B")}
        given = {name: self._checked(name, given[name], shapes[name]) for name in self.rule.inputs}
        for name, x in given.items():
            if x.shape[:2] != pre.shape[:2]:
                needed, found = tuple(pre.shape[:2]), tuple(x.shape[:2])
                raise ValueError(f"{name}: (T, B) = {needed} is needed as in pre, got {found}")
        if pre.shape[1] == 0:
            raise ValueError("pre: a batch of at least 1 is needed, got 0")
        # To (T, B, 1, I), (T, B, N, 1) and (T, B, 1, 1), of which all pairs come by themselves.
        views = {"pre": (2,), "post": (3,), "reward": (2, 3)}
        spikes = []
        for name, x in given.items():
            for axis in views[name]:
                x = x.unsqueeze(axis)
            spikes.append(x)
        state = self.rule.start if state is None else state
        if not isinstance(state, type(self.rule.start)):
            needed, found = type(self.rule.start).__name__, type(state).__name__
            raise TypeError(f"state: {needed} is needed, got {found}")

        def step(x, now):
            w, traces = now
            dw, traces = self.rule.step(*x, traces, self.params, self.dt)
            return None, (w + self.bounds_step(dw.mean(0), w, self.bounds), traces)

        before = self.weight
        _, (self.weight, state) = scan(step, tuple(spikes), (before, state))
        return self.weight - before, state

    def _checked(self, name: str, x: Tensor | None, shape: tuple) -> Tensor:
        """``x`` as numbers of the weight's dtype, if it may be used."""
        needed = f"({', '.join(map(str, shape))})"
        if x is None:
            raise ValueError(f"{name}: a tensor {needed} is needed by this rule, got None")
        sizes = [(a, b) for a, b in zip(shape, x.shape, strict=False) if isinstance(a, int)]
        if x.ndim != len(shape) or any(a != b for a, b in sizes):
            raise ValueError(f"{name}: shape {needed} is needed, got {tuple(x.shape)}")
        if not x.is_floating_point():
            x = x.to(self.weight.dtype)
        if x.dtype != self.weight.dtype:
            raise TypeError(f"{name}: {self.weight.dtype} is needed as in weight, got {x.dtype}")
        if not x.is_meta and not torch.isfinite(x).all():
            bad = int((~torch.isfinite(x)).sum())
            raise ValueError(f"{name}: finite numbers are needed, got {bad} nan or infinite")
        return x

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, {self.params}, dt={self.dt} ms"


def check_settings(params: object, bounds: BoundsParams, dt: float) -> None:
    """Refuse what no synapse can have, by name: times are positive, all is finite."""
    for name, x in [("dt", dt), *((f.name, getattr(params, f.name)) for f in fields(params))]:
        if not isinstance(x, int | float) or not math.isfinite(x):
            raise ValueError(f"{name}: a finite number is needed, got {x!r}")
        if (name == "dt" or name.startswith("tau")) and x <= 0:
            raise ValueError(f"{name}: a positive number of ms is needed, got {x!r}")
    if not -math.inf < bounds.low < bounds.high < math.inf:
        given = f"{bounds.low!r} and {bounds.high!r}"
        raise ValueError(f"bounds: low below high, both finite, are needed, got {given}")
