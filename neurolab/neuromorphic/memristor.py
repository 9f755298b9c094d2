"""A crossbar of memristors: a matrix times a vector in one step of physics, with its faults.

    i_j = sum_i G_ij v_i            Ohm's law at each crossing, Kirchhoff's along each column
    W = (G_plus - G_minus) / S      two columns for each output, since a conductance is positive

    what is asked for      G_min .. G_max in ``levels`` steps
    what is written        G (1 + write e_1), cut to the range
    what it becomes        G (t / t_0)^(-drift (1 + spread e_2)),  t_0 = 1 s
    what is read           G (1 + read e_3), e_3 anew each time
    what wires do          each piece of wire between two crossings has the resistance r: voltages
                           fall along rows and columns ("IR drop"), by Kirchhoff's law at each node

    symbol     meaning                                               shape          unit
    v          voltages on the rows                                  (B, I)         V
    i          currents out of the columns, held at 0 V              (B, 2 N)       A
    G          conductances                                          (I, 2 N)       S
    e_1, e_2   of each device, normal                                (I, 2 N)       -
    S          conductance of a weight of 1                          ()             S
    r          of one piece of wire                                  ()             Ohm

What follows, and is tested: without faults it is the product; a single device with its two pieces
of wire is a series circuit, two on a row are solved by hand, and currents of two inputs add up;
noise of 5 % on each device makes an output wrong by 5 % of the root of the sum of squares.

References: Xia & Yang (2019), doi:10.1038/s41563-019-0291-x (crossbars); drift: Le Gallo &
Sebastian (2020), doi:10.1088/1361-6463/ab7794
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class CrossbarParams:
    g_min: float = 1e-6  # S
    g_max: float = 1e-4  # S
    levels: int = 64  # conductances that can be written
    write: float = 0.0  # deviation of what is written, relative
    read: float = 0.0  # deviation of each reading, relative
    drift: float = 0.0  # exponent
    spread: float = 0.1  # of the exponent, relative
    wire: float = 0.0  # Ohm, of a piece of wire

    def __post_init__(self):
        if not 0 <= self.g_min < self.g_max:
            raise ValueError(f"g_min: from 0 to below g_max = {self.g_max}, got {self.g_min!r}")
        if not isinstance(self.levels, int) or self.levels < 2:
            raise ValueError(f"levels: a whole number of at least 2, got {self.levels!r}")
        for name in ("write", "read", "drift", "spread", "wire"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: a number from 0, got {getattr(self, name)!r}")


class Crossbar(nn.Module):
    """A matrix in conductances.

    Args:
        weight: W (N, I).
        params: the devices.
        seed: of their faults and of the noise of reading.
    """

    def __init__(
        self, weight: Tensor, params: CrossbarParams | None = None, seed: int = 0, age: float = 1.0
    ):
        super().__init__()
        if weight.ndim != 2 or not weight.numel():
            raise ValueError(f"weight: shape (N, I) is needed, got {tuple(weight.shape)}")
        if not age >= 1:
            raise ValueError(f"age: seconds since writing, from 1, are needed, got {age!r}")
        self.params = p = CrossbarParams() if params is None else params
        self.chance = torch.Generator().manual_seed(seed)
        weight = weight.detach().double()
        most = float(weight.abs().max()) or 1.0
        self.unit = (p.g_max - p.g_min) / most  # S
        pair = torch.stack([weight.clamp(min=0), (-weight).clamp(min=0)], 1)  # (N, 2, I)
        step = (p.g_max - p.g_min) / (p.levels - 1)
        wanted = torch.round(pair * self.unit / step) * step + p.g_min
        faults = torch.randn(2, *wanted.shape, generator=self.chance, dtype=torch.float64)
        written = (wanted * (1 + p.write * faults[0])).clamp(p.g_min, p.g_max)
        aged = written * age ** (-p.drift * (1 + p.spread * faults[1]))
        self.register_buffer("g", aged.flatten(0, 1).T)  # (I, 2 N)

    def reading(self) -> Tensor:
        """Conductances as they are read now, (I, 2 N)."""
        if not self.params.read:
            return self.g
        noise = torch.randn(self.g.shape, generator=self.chance, dtype=torch.float64)
        return (self.g * (1 + self.params.read * noise)).clamp(min=0)

    def currents(self, v: Tensor) -> Tensor:
        """i (B, 2 N) for voltages (B, I)."""
        g = self.reading()
        if v.ndim != 2 or v.shape[1] != len(g):
            raise ValueError(f"v: shape (B, I = {len(g)}) is needed, got {tuple(v.shape)}")
        v = v.double()
        return v @ g if not self.params.wire else solve(g, v, self.params.wire)

    def forward(self, x: Tensor) -> Tensor:
        """W x (B, N) for x (B, I), given as voltages."""
        return paired_step(self.currents(x), self.unit).to(x.dtype)

    def extra_repr(self) -> str:
        return f"inputs={len(self.g)}, outputs={self.g.shape[1] // 2}"


def paired_step(currents: Tensor, unit: float) -> Tensor:
    """W x (B, N) out of the currents of its columns (B, 2 N)."""
    plus, minus = currents.unflatten(1, (-1, 2)).unbind(-1)
    return (plus - minus) / unit


def in_devices(matrix: Tensor, params: CrossbarParams, seeds: range) -> Tensor:
    """A small matrix (N, I) in as many crossbars as seeds, two columns an output: (D, I, 2 N).

    Each row has an amplifier that brings its largest entry to the largest conductance, so that
    small rows are not lost among the levels.
    """
    rows = matrix.abs().amax(1)
    bars = [Crossbar(matrix / rows[:, None], params, seed) for seed in seeds]
    return torch.stack([bar.g / bar.unit * rows.repeat_interleave(2) for bar in bars])


def solve(g: Tensor, v: Tensor, wire: float) -> Tensor:
    """Currents (B, C) out of the columns of a crossbar with wires, by Kirchhoff's law.

    A row is driven at its left end, a column held at 0 V at its lower end; each crossing has a node
    on its row and one on its column.
    """
    rows, columns = g.shape
    count, w = rows * columns, 1 / wire
    at = torch.arange(count).view(rows, columns)
    matrix = torch.zeros(2 * count, 2 * count, dtype=torch.float64)

    def join(a: Tensor, b: Tensor, conductance) -> None:
        a, b = a.flatten(), b.flatten()
        c = torch.as_tensor(conductance, dtype=torch.float64).expand(len(a)).flatten()
        matrix.index_put_((a, a), c, accumulate=True)
        matrix.index_put_((b, b), c, accumulate=True)
        matrix.index_put_((a, b), -c, accumulate=True)
        matrix.index_put_((b, a), -c, accumulate=True)

    join(at, at + count, g.flatten())
    join(at[:, :-1], at[:, 1:], w)
    join(at[:-1] + count, at[1:] + count, w)
    first, last = at[:, 0], at[-1] + count
    matrix[first, first] += w
    matrix[last, last] += w
    driven = torch.zeros(2 * count, len(v), dtype=torch.float64)
    driven[first] = w * v.T
    potential = torch.linalg.solve(matrix, driven)
    return (w * potential[last]).T
