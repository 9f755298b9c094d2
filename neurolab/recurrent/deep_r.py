"""DEEP R: learning weights and wiring together, with as many connections at any time.

    w = s theta   of an active connection, 0 of a dormant one
    d theta = -rate (s dE/dw + l1) + sqrt(2 rate temperature) nu        active ones, theta >= 0
    theta < 0:  it falls dormant, and a dormant one drawn by chance is active with theta = 0

    symbol        meaning                                       shape       unit
    w             weights (to, from)                            (N, I)      that of w
    s             sign of a connection, +1 or -1, fixed         (N, I)      -
    theta         size of its weight                            (N, I)      that of w
    active        which connections exist                       (N, I)      -
    nu            normal draws of variance 1                    (N, I)      -
    l1            pulls all sizes to zero                       ()          E / w
    temperature   how far chance may lead uphill                ()          E

A connection that turns against its sign is given up, and another is tried in its place: so learning
walks through wirings as well as through weights, and memory never holds more than K of them.

What follows, and is tested: the number of active connections stays K exactly, none changes its sign
and dormant ones weigh nothing; without a gradient sizes are distributed as the Boltzmann factor
exp(-l1 theta / temperature), mean temperature / l1, and every connection exists equally often; the
wiring of a sparse linear teacher is found again.

Where it differs from the paper: all connections of a matrix are drawn from alike; with K fixed
there is no upper bound on w. The gradient comes from autograd, of dormant connections too, where
it is not used.

Reference: Bellec, Kappel, Maass & Legenstein (2018), arXiv:1711.05136
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, sqrt


@dataclass(frozen=True)
class DeepRParams:
    rate: float = 0.05
    l1: float = 1e-4
    temperature: float = 0.0

    def __post_init__(self):
        for name in ("rate", "l1", "temperature"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ValueError(f"{name}: a number of at least 0 is needed, got {value!r}")


def deep_r_step(
    slope: Value,
    sign: Value,
    nu: Value,
    params: DeepRParams,
) -> Value:
    """Change of theta of an active connection, from dE/dw.

    Elementwise.
    """
    walk = sqrt(2 * params.rate * params.temperature) * nu
    return walk - params.rate * (sign * slope + params.l1)


def rewire(
    theta: Tensor, active: Tensor, allowed: Tensor, chance: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Theta and active after those below zero fell dormant and others were drawn in their place."""
    lost = active & (theta < 0)
    count = int(lost.sum())
    if not count:
        return torch.where(active, theta, 0.0), active
    active = active & ~lost
    theta = torch.where(active, theta, 0.0)
    active.view(-1)[drawn(allowed & ~active, count, chance)] = True
    return theta, active


def drawn(free: Tensor, count: int, chance: torch.Generator | None = None) -> Tensor:
    """So many different places that are free, each of them as likely: numbers in the flat matrix.

    Where few are wanted, places are tried until enough are free: the whole matrix is not sorted.
    """
    free = free.flatten()
    if 8 * count < int(free.sum()) and 2 * int(free.sum()) > len(free):
        tried = torch.randint(len(free), (4 * count + 16,), generator=chance)
        found = list(dict.fromkeys(tried[free[tried]].tolist()))
        if len(found) >= count:
            return torch.tensor(found[:count])
    places = free.nonzero()[:, 0]
    return places[torch.randperm(len(places), generator=chance)[:count]]


class DeepR:
    """Rewires one weight matrix; used as an optimizer, after ``backward``.

    Args:
        weight: a parameter (N, I); its first values give the first sizes.
        connections: K, the number of active ones.
        params: the constants.
        signs: (N, I) of +1 and -1; None draws them.
        allowed: (N, I) booleans, connections that may exist; None means all.
        seed: of the first wiring, and of all that is drawn later.

    The first sizes are made larger by the root of how many times fewer connections there are, so
    that a neuron gets as much input as with all of them.
    """

    def __init__(
        self,
        weight: nn.Parameter,
        connections: int,
        params: DeepRParams = DeepRParams(),
        signs: Tensor | None = None,
        allowed: Tensor | None = None,
        seed: int = 0,
    ):
        shape = weight.shape
        allowed = torch.ones(shape, dtype=torch.bool) if allowed is None else allowed
        if allowed.dtype != torch.bool or allowed.shape != shape:
            given = f"{tuple(allowed.shape)} of {allowed.dtype}"
            raise ValueError(f"allowed: booleans of shape {tuple(shape)} needed, got {given}")
        most = int(allowed.sum())
        whole = isinstance(connections, int) and not isinstance(connections, bool)
        if not whole or not 0 <= connections <= most:
            raise ValueError(f"connections: 0 to {most} are possible, got {connections!r}")
        self.chance = torch.Generator().manual_seed(seed)
        if signs is None:
            signs = torch.where(torch.rand(shape, generator=self.chance) < 0.5, -1.0, 1.0)
        if signs.shape != shape or not bool((signs.abs() == 1).all()):
            raise ValueError(f"signs: +1 or -1 in shape {tuple(shape)} is needed, got {signs}")
        self.weight, self.params, self.connections = weight, params, connections
        self.allowed, self.signs = allowed.clone(), signs.to(weight.dtype)
        none = torch.zeros(shape, dtype=torch.bool)
        fewer = math.sqrt(most / connections) if connections else 1.0
        self.theta, self.active = weight.detach().abs() * fewer, none
        self.active.view(-1)[drawn(self.allowed, connections, self.chance)] = True
        self._write()

    @torch.no_grad()
    def step(self) -> int:
        """One change of weights and wiring by ``weight.grad``; how many connections moved."""
        slope = self.weight.grad
        if slope is None:
            raise ValueError("weight: a gradient is needed, call backward first")
        if not bool(torch.isfinite(slope).all()):
            raise ValueError("weight: its gradient must be finite, got nan or infinite values")
        nu = 0.0
        if self.params.temperature:
            nu = torch.randn(slope.shape, dtype=slope.dtype, generator=self.chance)
        change = deep_r_step(slope, self.signs, nu, self.params)
        theta = torch.where(self.active, self.theta + change, 0.0)
        before = self.active
        self.theta, self.active = rewire(theta, self.active, self.allowed, self.chance)
        self._write()
        return int((before & ~self.active).sum())

    @torch.no_grad()
    def _write(self) -> None:
        self.theta = torch.where(self.active, self.theta, 0.0)
        self.weight.copy_(self.signs * self.theta)

    def state(self) -> dict[str, Tensor]:
        """All that changes, by name."""
        kept = {"theta": self.theta, "active": self.active, "signs": self.signs}
        return {k: v.clone() for k, v in kept.items()} | {"chance": self.chance.get_state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from a ``state``."""
        self.theta, self.active = state["theta"].clone(), state["active"].clone()
        self.signs = state["signs"].clone()
        self.chance.set_state(state["chance"])
        self._write()
