"""Binding by spiking neurons: circular convolution as two matrices and many small products.

    a * b = O ((A a) . (B b))                    A, B to the spectrum, . entry by entry, O back
    p q = ((p + q)^2 - (p - q)^2) / 4            a product is a difference of two squares
    each square by an ensemble for one number, s = (p + q) / sqrt 2 or (p - q) / sqrt 2

    symbol    meaning                                              shape
    a, b      pointers                                             (..., d)
    A, B      rows: real and imaginary parts of the spectrum       (P, d)
    O         from the products back to a pointer                  (d, P)
    P         products: 2 d - 2 for even d, 2 d - 1 for odd        ()
    N         neurons of a square; 2 N for a product               ()

Of the spectrum of a real vector half is enough. A frequency takes four products,
    re re', im im', re im', im re',
the lowest and, for even d, the highest one product alone. A multiplication of two numbers cannot be
decoded from neurons that stand for one of them each; a square can, from neurons that stand for the
sum. So each product takes two ensembles for one number, not one for two.

What follows, and is tested: A, B and O are Nengo's, and together they are ``bind``; without
neurons the result is exact; put into Nengo's network, the same neurons give the same output; the
error falls as 1 / sqrt(N).

References: Plate (1995), doi:10.1109/72.377968; in neurons: Eliasmith et al. (2012),
doi:10.1126/science.1225266
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.spiking.refractory import RefractoryLIFState

from .array import EnsembleArray
from .ensemble import Ensemble


def half_spectrum(dimensions: int) -> tuple[Tensor, Tensor, Tensor]:
    """Real and imaginary rows (d // 2 + 1, d) of the transform, and which of four products stay."""
    k = torch.arange(dimensions // 2 + 1, dtype=torch.float64)
    angle = -2 * math.pi * k[:, None] * torch.arange(dimensions) / dimensions
    kept = torch.ones(len(k), 4, dtype=torch.bool)
    kept[0, 1:] = False  # no imaginary part
    if dimensions % 2 == 0:
        kept[-1, 1:] = False
    return torch.cos(angle), torch.sin(angle), kept.flatten()


def to_spectrum(
    dimensions: int,
    second: bool = False,
    inverted: bool = False,
) -> Tensor:
    """A (P, d), or B (``second``); ``inverted`` takes ~a for a."""
    re, im, kept = half_spectrum(dimensions)
    im = -im if inverted else im
    rows = (re, im, im, re) if second else (re, im, re, im)
    return torch.stack(rows, 1).flatten(0, 1)[kept]


def from_spectrum(dimensions: int) -> Tensor:
    """O (d, P)."""
    re, im, kept = half_spectrum(dimensions)
    twice = torch.full_like(re[:, :1], 2.0)  # for the other half
    twice[0] = 1.0
    if dimensions % 2 == 0:
        twice[-1] = 1.0
    rows = torch.stack((re, -re, im, im), 1) * twice[:, None]
    rows = rows / dimensions
    return rows.flatten(0, 1)[kept].T


class ConvolutionState(NamedTuple):
    cells: RefractoryLIFState  # (B, 2 P, N) each
    x: Tensor  # (B, d) filtered output


class Convolution(nn.Module):
    """a * b in neurons, with a synapse behind.

    Args:
        dimensions: d.
        neurons: of each square, N.
        invert_a, invert_b: take ~a for a, ~b for b; with one of them it unbinds.
        radius: of the squares' values; 2 holds pointers of length 1.
        tau_syn: of the synapse behind, ms.
        dt: time step, ms.
        seed: of the neurons.
    """

    def __init__(
        self,
        dimensions: int,
        neurons: int = 100,
        invert_a: bool = False,
        invert_b: bool = False,
        radius: float = 2.0,
        tau_syn: float = 5.0,
        dt: float = 1.0,
        seed: int = 0,
    ):
        super().__init__()
        if isinstance(dimensions, bool) or not isinstance(dimensions, int) or dimensions < 2:
            raise ValueError(f"dimensions: a whole number of at least 2, got {dimensions!r}")
        if not 0 < tau_syn < math.inf:
            raise ValueError(f"tau_syn: a number of ms above 0 is needed, got {tau_syn!r}")
        a, b = to_spectrum(dimensions, False, invert_a), to_spectrum(dimensions, True, invert_b)
        back, root = from_spectrum(dimensions), math.sqrt(0.5)
        for name, matrix in (
            ("of_a", root * torch.cat([a, a])),  # (2 P, d)
            ("of_b", root * torch.cat([b, -b])),
            ("back", 0.5 * torch.cat([back, -back], 1)),  # (d, 2 P)
        ):
            self.register_buffer(name, matrix.float())
        count, first = 2 * len(a), 10_000 * seed
        self.ensembles = [Ensemble(neurons, 1, radius, seed=first + k) for k in range(count)]
        self.squares = EnsembleArray(self.ensembles, torch.square, dt)
        self.keep = math.exp(-dt / tau_syn)

    @property
    def shape(self) -> tuple[int, int]:
        """d, and all neurons."""
        squares, neurons = self.squares.shape
        return len(self.back), squares * neurons

    def exact(self, a: Tensor, b: Tensor) -> Tensor:
        """What it would compute without neurons, (..., d)."""
        values = a @ self.of_a.T + b @ self.of_b.T
        return values.square() @ self.back.T

    def start(self, batch: int) -> ConvolutionState:
        """At rest."""
        return ConvolutionState(
            self.squares.start(batch), self.back.new_zeros(batch, self.shape[0])
        )

    def forward(self, a: Tensor, b: Tensor, state: ConvolutionState | None = None) -> tuple:
        """Run over time, for pointers a and b (T, B, d).

        Returns:
            filtered a * b (T, B, d), spikes of each square (T, B, 2 P) and the last state.
        """
        if a.shape != b.shape or a.ndim != 3 or a.shape[2] != self.shape[0]:
            needed, given = f"(T, B, {self.shape[0]})", f"{tuple(a.shape)} and {tuple(b.shape)}"
            raise ValueError(f"a, b: shape {needed} is needed, got {given}")
        state = self.start(a.shape[1]) if state is None else state
        values = a @ self.of_a.T + b @ self.of_b.T  # (T, B, 2 P)

        def step(x, now):
            squares, z, cells = self.squares.step(x, now.cells)
            x = self.keep * now.x + (1 - self.keep) * squares @ self.back.T
            return (x, z.sum(-1)), ConvolutionState(cells, x)

        (x, spikes), state = scan(step, values, state)
        return x, spikes, state
