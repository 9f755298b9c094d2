"""Balanced network: strong excitation and inhibition cancel on average, and what is left is noise.

    tau dv_n/dt = -v_n + tau sum_m w_nm z_m(t) + sqrt(K) J_x0 tau r_0,     fires at 1, reset to 0
    w_nm = J_xy / sqrt(K) where m of population y reaches n of population x, else 0
    sqrt(K) (J_xE r_E + J_xI r_I + J_x0 r_0) stays of order 1:     sum_y J_xy r_y = -J_x0 r_0

    symbol   meaning                                                 shape      unit
    v        potential                                               (B, N)     threshold
    z        spikes: excitatory neurons first, then inhibitory       (T, B, N)  -
    J        strength of the connections, J_EE, J_EI; J_IE, J_II     (2, 2)     threshold
    J_x0     strength of what comes from outside                     (2,)       threshold
    K        inputs a neuron gets from each population, on average   ()         -
    r_0      rate outside                                            ()         Hz
    r        population rates                                        (2,)       Hz
    tau      membrane time constant                                  ()         ms

One spike moves a potential by about 1 / sqrt(K), K inputs together by sqrt(K): each sum alone is
far above threshold. So the network can only settle where the sums cancel, and that is two linear
equations for two rates, in which the neuron does not appear. What is left over is of order 1: a
mean below threshold and fluctuations that reach it, at times that look random.

What follows, and is tested: rates come to the balance equations as K grows, with a gap that is the
net input over sqrt(K), about (the net input itself still drifts at the K that we can run); sums of
excitation and of inhibition grow as sqrt(K), their difference stays of order 1; intervals are
irregular, with a coefficient of variation near 1.

Where it differs from the paper: leaky integrate-and-fire neurons for binary ones; each neuron
reaches a fixed number of neurons drawn at random (with repeats), so what it gets is binomial as
there. A spike acts at once, in the next step or ``delay`` ms later.

Reference: van Vreeswijk & Sompolinsky (1996), doi:10.1126/science.274.5293.1724
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class BalancedParams:
    strength: tuple = ((1.0, -2.0), (2.0, -2.5))  # J, thresholds, (to, from) of E, I
    outside: tuple = (1.0, 0.8)  # J_E0, J_I0, thresholds
    rate: float = 20.0  # Hz, r_0
    tau: float = 20.0  # ms
    refractory: float = 0.0  # ms
    dt: float = 0.1  # ms


class BalancedState(NamedTuple):
    v: Tensor  # (B, N)
    left: Tensor  # (B, N) ms for which a neuron is still held at 0
    way: Tensor  # (D, B, N) spikes under way, the oldest first


class Inputs(NamedTuple):
    """What each neuron got, on average over time, as the potential it would hold."""

    excitation: Tensor  # (B, N) from E and from outside
    inhibition: Tensor  # (B, N)


def balanced_rates(params: BalancedParams) -> Tensor:
    """Rates (2,) in Hz at which excitation and inhibition cancel; K does not appear."""
    strength = torch.tensor(params.strength, dtype=torch.float64)
    outside = torch.tensor(params.outside, dtype=torch.float64)
    return torch.linalg.solve(strength, -outside * params.rate)


def balanced_step(
    v: Value,
    jump: Value,
    drive: Value,
    tau: float,
    dt: float,
) -> Value:
    """The potential ``dt`` ms later, ahead of any spike.

    Elementwise. ``jump`` is what spikes add, ``drive`` the potential
    that the steady input would hold.
    """
    fade = exp(-dt / tau)
    return fade * v + (1 - fade) * drive + jump


class Balanced(nn.Module):
    """Sparse network of E and I neurons; it learns nothing.

    Args:
        excitatory, inhibitory: numbers of neurons.
        inputs: K.
        params: see ``BalancedParams``; the balance must have positive rates.
        delay: ms on the way, rounded to whole steps; 0: the next step.
        generator: draws who reaches whom.
    """

    def __init__(
        self,
        excitatory: int,
        inhibitory: int,
        inputs: int,
        params: BalancedParams = BalancedParams(),
        delay: float = 0.0,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        self.sizes = (excitatory, inhibitory)
        for name, size in (
            ("excitatory", excitatory),
            ("inhibitory", inhibitory),
            ("inputs", inputs),
        ):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if inputs > min(self.sizes):
            raise ValueError(f"inputs: at most {min(self.sizes)} neurons, got {inputs}")
        for name in ("tau", "dt", "rate"):
            if not 0 < getattr(params, name) < math.inf:
                raise ValueError(f"{name}: a positive number, got {getattr(params, name)!r}")
        if not 0 <= delay < math.inf or not 0 <= params.refractory < math.inf:
            given = f"{delay!r} and {params.refractory!r}"
            raise ValueError(f"delay, refractory: ms from 0 are needed, got {given}")
        rates = balanced_rates(params)
        if not (rates > 0).all():
            raise ValueError(f"strength: the balance needs positive rates, got {rates.tolist()} Hz")
        self.inputs, self.params, self.wait = inputs, params, round(delay / params.dt)
        ends = [0, excitatory, excitatory + inhibitory]
        for y in range(2):  # from
            reached, weight = [], []
            for x in range(2):  # to
                exact = inputs * self.sizes[x] / self.sizes[y]  # so that K come in on average
                out = max(1, round(exact))
                shape = (self.sizes[y], out)
                reached.append(torch.randint(ends[x], ends[x + 1], shape, generator=generator))
                size = params.strength[x][y] / math.sqrt(inputs) * exact / out
                weight.append(torch.full((out,), size))
            self.register_buffer(f"reached{y}", torch.cat(reached, 1))
            self.register_buffer(f"weight{y}", torch.cat(weight))
        drive = math.sqrt(inputs) * params.tau * params.rate / 1000
        outside = [
            torch.full((n,), j * drive) for n, j in zip(self.sizes, params.outside, strict=True)
        ]
        self.register_buffer("drive", torch.cat(outside))

    def start(self, batch: int = 1, generator: torch.Generator | None = None) -> BalancedState:
        """Potentials at random between reset and threshold, no spikes under way."""
        v = torch.rand(batch, sum(self.sizes), generator=generator)
        return BalancedState(v, torch.zeros_like(v), v.new_zeros(max(1, self.wait), *v.shape))

    def heard(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """What spikes z (B, N) add to each potential (B, N): by excitation, and by inhibition."""
        told, n = [], z.shape[1]
        for y, part in enumerate(z.split(self.sizes, 1)):
            reached, weight = getattr(self, f"reached{y}"), getattr(self, f"weight{y}")
            trial, who = part.nonzero(as_tuple=True)
            places = (reached[who] + n * trial[:, None]).flatten()
            adds = weight.repeat(len(who))
            told.append(z.new_zeros(z.numel()).index_add_(0, places, adds).view_as(z))
        return told[0], told[1]

    @torch.no_grad()
    def forward(
        self, steps: int, state: BalancedState | None = None, batch: int = 1
    ) -> tuple[Tensor, Inputs, BalancedState]:
        """Run ``steps`` steps, from a ``state`` or from ``batch`` fresh ones.

        Returns:
            spikes (T, B, N) as booleans, mean ``Inputs``, the last state.
        """
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise ValueError(f"steps: a whole number of at least 1 is needed, got {steps!r}")
        state, p = self.start(batch) if state is None else state, self.params
        v, left, way = state
        spikes, up, down = [], torch.zeros_like(v), torch.zeros_like(v)
        for _ in range(steps):
            plus, minus = self.heard(way[0])
            up, down = up + plus, down + minus
            free = balanced_step(v, plus + minus, self.drive, p.tau, p.dt)
            v = free * (left < p.dt / 2)
            z = v > 1
            spikes.append(z)
            left = (left - p.dt).clamp(min=0) + z * p.refractory
            v = v * ~z
            way = torch.cat([way[1:], z.to(v.dtype)[None]])
        held = p.tau / (steps * p.dt)
        inputs = Inputs(held * up + self.drive, held * down)
        return torch.stack(spikes), inputs, BalancedState(v, left, way)


def irregularity(spikes: Tensor, dt: float, least: int = 5) -> Tensor:
    """Coefficient of variation of each neuron's intervals, of those with ``least`` or more.

    Args:
        spikes: (T, B, N); dt: ms.
    """
    found = []
    for train in spikes.flatten(1).T:
        gaps = train.nonzero()[:, 0].diff().to(torch.float64) * dt
        if len(gaps) >= least:
            found.append(gaps.std() / gaps.mean())
    return torch.stack(found) if found else torch.zeros(0, dtype=torch.float64)
