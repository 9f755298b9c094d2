"""Spatial pooler: columns compete for inputs, and learn codes in which exactly k of them are on.

    o_i = sum_j c_ij x_j                              c_ij = 1 if p_ij >= connected, within the pool
    on        the k columns with the largest  o_i exp(boost (<duty> - duty_i))
    dp_ij = gain if x_j = 1, else -loss               columns that are on, within the pool, so cut
                                                      that 0 <= p <= 1
    duty_i <- duty_i + (on_i - duty_i) / period       <duty> its mean over the columns

    symbol    meaning                                            shape     unit
    x         input, 0 or 1                                      (B, I)    -
    pool      inputs on which a column may have synapses         (M, I)    -
    p         permanence of a synapse                            (M, I)    -
    o         active connected synapses: the overlap             (B, M)    synapses
    on        the code, 0 or 1                                   (B, M)    -
    duty      how often a column was on, a running mean          (M,)      -

All columns compete (global inhibition); of equal ones the first wins. Learning goes example by
example, in training mode alone; then overlaps of many inputs are one product.

What follows, and is tested: exactly k columns are on, whatever the input; one step equals a loop
over single synapses; after learning the code of a noisy input is nearer to the clean one's than
before; boosting raises the entropy of the duty cycles.

Where it differs from the paper: columns do not inhibit neighbors alone, no overlap is too small to
win, and permanences of columns that rarely have any overlap are not raised.

Reference: Cui, Ahmad & Hawkins (2017), doi:10.3389/fncom.2017.00111
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, maximum, minimum

from .kwinners import boost_step, winners
from .multi_segment import need


@dataclass(frozen=True)
class PoolerParams:
    connected: float = 0.5  # permanence from which a synapse counts
    gain: float = 0.1  # of a synapse whose input is on
    loss: float = 0.02  # of one whose input is off
    boost: float = 0.0  # strength of boosting; 0 is none
    period: float = 1000.0  # examples over which a duty cycle is a mean

    def __post_init__(self):
        highest = {"connected": 1, "gain": 1, "loss": 1, "boost": 1e4, "period": 1e9}
        for name, high in highest.items():
            value, low = getattr(self, name), 1 if name == "period" else 0
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ValueError(f"{name}: {low} to {high:g} is allowed, got {value!r}")


def pooler_step(x: Value, p: Value, on: Value, params: PoolerParams) -> Value:
    """The change of a permanence within the pool, from its input and
    its column, each 0 or 1. Elementwise.
    """
    moved = p + params.gain * x - params.loss * (1 - x)
    return on * (minimum(maximum(moved, 0.0), 1.0) - p)


def duty_entropy(duty: Tensor) -> Tensor:
    """Mean over the columns of -d log2 d - (1 - d) log2 (1 - d), in bits."""
    both = torch.stack([duty, 1 - duty]).double()
    return -torch.special.xlogy(both, both).sum(0).mean() / torch.tensor(2.0).log()


class SpatialPooler(nn.Module):
    """Codes of k columns for binary inputs.

    Args:
        inputs, columns: I and M.
        k: columns that are on.
        params: sizes of steps, and boosting.
        potential: part of the inputs in the pool of a column, drawn by chance.
        chance: draws pools and first permanences, uniform from 0 to 1.

    Shapes: x (B, I) or (I,), booleans or numbers 0 and 1; the code (B, M) or (M,), booleans.
    """

    def __init__(
        self,
        inputs: int,
        columns: int,
        k: int,
        params: PoolerParams = PoolerParams(),
        potential: float = 0.75,
        chance: torch.Generator | None = None,
    ):
        super().__init__()
        need("inputs", inputs, 1)
        need("columns", columns, 1)
        need("k", k, 1)
        if k > columns:
            raise ValueError(f"k: at most columns = {columns} is needed, got {k}")
        if not isinstance(potential, int | float) or not 0 < potential <= 1:
            raise ValueError(f"potential: a number in (0, 1] is needed, got {potential!r}")
        self.inputs, self.k, self.params = inputs, k, params
        pool = torch.rand(columns, inputs, generator=chance) < potential
        self.register_buffer("pool", pool)
        first = torch.rand(columns, inputs, generator=chance, dtype=torch.float64)
        self.register_buffer("permanence", first * pool)
        self.register_buffer("duty", torch.full((columns,), k / columns, dtype=torch.float64))

    @property
    def connected(self) -> Tensor:
        """Which synapses count (M, I)."""
        return self.pool & (self.permanence >= self.params.connected)

    def overlap(self, x: Tensor) -> Tensor:
        """o (B, M) of inputs (B, I)."""
        return x.double() @ self.connected.double().T

    def code(self, x: Tensor) -> Tensor:
        """Which columns win, (B, M), for inputs (B, I). Nothing changes."""
        mean = float(self.duty.mean())
        return winners(boost_step(self.overlap(x), self.duty, mean, self.params.boost), self.k)

    def learn(self, x: Tensor) -> Tensor:
        """The code (M,) of one input (I,), from which the winners then learn."""
        on = self.code(x)
        rows = on.nonzero()[:, 0]
        p = self.permanence[rows]
        change = pooler_step(x.double(), p, self.pool[rows].double(), self.params)
        self.permanence[rows] = p + change
        self.duty += (on.double() - self.duty) / self.params.period
        return on

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        if x.ndim not in (1, 2) or x.shape[-1] != self.inputs:
            given = tuple(x.shape)
            raise ValueError(f"x: shape (B, {self.inputs}) is needed, got {given}")
        if not self.training:
            return self.code(x)
        if x.ndim == 1:
            return self.learn(x)
        return torch.stack([self.learn(one) for one in x]) if len(x) else self.code(x)
