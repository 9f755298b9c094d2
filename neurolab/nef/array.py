"""Many ensembles side by side, each for one number: what networks of pointers are made of.

    J = gain e x / radius + bias - h        currents of ensemble m at its value x_m
    y_m = z D_m                             decoded from the spikes z of ensemble m alone
    D_m solves the least squares of ``decoders``; with ``one_sign`` it does so with D_m >= 0

    symbol    meaning                                              shape        unit
    x         values                                               (B, M)       that of the model
    z         spikes, 0 or 1                                       (B, M, N)    -
    D         decoders                                             (M, N)       1 / Hz
    y         decoded, not yet filtered                            (B, M)       that of the model
    h         current taken from all neurons of an ensemble        (B, M)       threshold distances

A vector of d entries held by d small ensembles costs each entry the same error; one ensemble for
all of them would need neurons for each direction. Neurons with encoder +1 alone stay silent
below their intercepts, so an ensemble of them cuts off what is small: ``thresholding`` and
``one_sided`` draw such.

What follows, and is tested: an array does what its ensembles do alone; decoders of one sign are
those of scipy's non-negative least squares, and Nengo's ``NnlsL2nz`` where none is held at 0
(elsewhere Nengo's, from the normal equations, miss the least error); below its threshold a
thresholding ensemble fires no spike.

References: Stewart & Eliasmith (2014), doi:10.1109/JPROC.2014.2306061; least squares with a sign:
Lawson & Hanson (1995), doi:10.1137/1.9781611971217, ch. 23
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from neurolab.spiking import RefractoryLIFParams
from neurolab.spiking.conventions import lif_nengo_step
from neurolab.spiking.refractory import RefractoryLIFState

from .decoders import Decoders, solve_decoders
from .ensemble import Ensemble, Function
from .tuning import gain_bias, lif_rate_step

Solver = Callable[[Tensor, Tensor, float], Decoders]


def one_sided(neurons: int, start: float, radius: float = 1.0, seed: int = 0) -> Ensemble:
    """An ensemble for one number, all encoders +1, intercepts evenly from ``start`` to 1."""
    ensemble = Ensemble(neurons, 1, radius, intercepts=(start, 0.999), seed=seed)
    ensemble.encoders.abs_()
    return ensemble


def thresholding(neurons: int, width: float = 0.15, seed: int = 0) -> Ensemble:
    """One that is silent below 0; intercepts crowd above it, exponentially with this width."""
    ensemble = Ensemble(neurons, 1, seed=seed)
    ensemble.encoders.abs_()
    chance = torch.Generator().manual_seed(seed + 1)
    starts = (-width * torch.rand(neurons, generator=chance).log()).clamp_max(0.99)
    rates = lif_rate_step(ensemble.gain + ensemble.bias, ensemble.tau, ensemble.t_ref)
    ensemble.gain, ensemble.bias = gain_bias(rates, starts, ensemble.tau, ensemble.t_ref)
    ensemble.points = torch.linspace(0, 1, len(ensemble.points))[:, None]
    return ensemble


def one_sign(rates: Tensor, wanted: Tensor, noise: float = 0.1) -> Decoders:
    """Decoders that are never negative, as for synapses of one kind; noise while a neuron fires."""
    a, y = rates.double(), wanted.double()
    firing = (a > 0).double().mean(0)
    sigma = noise * a.max() * torch.where(firing > 0, firing, torch.ones_like(firing)).sqrt()
    gram = a.T @ a + torch.diag(len(a) * sigma.square())
    d = torch.stack([active_set(gram, column) for column in (a.T @ y).T], 1)
    error = (a @ d - y).square().sum(1).mean().sqrt()
    return Decoders(d.to(rates), float(error))


def active_set(gram: Tensor, target: Tensor) -> Tensor:
    """min d^T gram d / 2 - target^T d over d >= 0, (N,), as Lawson and Hanson do it."""
    d, used = torch.zeros_like(target), torch.zeros_like(target, dtype=torch.bool)
    least = 1e-10 * target.abs().max()
    for _ in range(3 * len(target)):
        pull = torch.where(used, -torch.inf, target - gram @ d)
        if pull.max() <= least:
            break
        used[pull.argmax()] = True
        while True:
            best = torch.zeros_like(d)
            best[used] = torch.linalg.solve(gram[used][:, used], target[used])
            below = used & (best <= 0)
            if not below.any():
                break
            part = (d[below] / (d[below] - best[below])).min()
            d = d + part * (best - d)
            used = used & (d > 0)
            d = torch.where(used, d, torch.zeros_like(d))
        d = best
    return d


class EnsembleArray(nn.Module):
    """Ensembles for one number each, stepped together.

    Args:
        ensembles: M of them, of equally many neurons.
        functions: one for all, or one each; None means the value itself.
        dt: time step in ms.
        noise: that decoders are solved for.
        solver: ``solve_decoders`` or ``one_sign``.
    """

    def __init__(
        self,
        ensembles: Sequence[Ensemble],
        functions: Function | Sequence[Function | None] | None = None,
        dt: float = 1.0,
        noise: float = 0.1,
        solver: Solver = solve_decoders,
    ):
        super().__init__()
        shapes = {e.shape for e in ensembles}
        if len(shapes) != 1 or next(iter(shapes))[1] != 1:
            needed = "equally many neurons in each, for one number"
            raise ValueError(f"ensembles: {needed}, got shapes {sorted(shapes)}")
        if functions is None or callable(functions):
            functions = [functions] * len(ensembles)
        if len(functions) != len(ensembles):
            given = f"{len(functions)} for {len(ensembles)} ensembles"
            raise ValueError(f"functions: one for all or one each, got {given}")
        first = ensembles[0]
        self.dt, self.params = dt, RefractoryLIFParams(first.tau, first.t_ref)
        slope = [e.gain * e.encoders[:, 0] / e.radius for e in ensembles]
        self.register_buffer("slope", torch.stack(slope))  # (M, N) current by value
        self.register_buffer("bias", torch.stack([e.bias for e in ensembles]))
        pairs = zip(ensembles, functions, strict=True)
        weights = [self.decoders(e, f, noise, solver) for e, f in pairs]
        self.register_buffer("weights", torch.stack(weights))  # (M, N)

    @staticmethod
    def decoders(ensemble: Ensemble, function: Function | None, noise, solver: Solver) -> Tensor:
        """D (N,) of one ensemble."""
        points = ensemble.points
        wanted = points if function is None else function(points)
        return solver(ensemble.rates(points), wanted, noise).weights[:, 0]

    @property
    def shape(self) -> tuple[int, int]:
        """M, N."""
        return tuple(self.slope.shape)

    def start(self, batch: int) -> RefractoryLIFState:
        """All neurons at rest."""
        rest = self.slope.new_zeros(batch, *self.shape)
        return RefractoryLIFState(v=rest, left=rest, u=rest - 1)

    def rates(self, x: Tensor) -> Tensor:
        """Rates (..., M, N) in Hz for values (..., M)."""
        current = self.slope * x[..., None] + self.bias
        return lif_rate_step(current, self.params.tau, self.params.t_ref)

    def step(
        self, x: Tensor, cells: RefractoryLIFState, hold: Tensor | None = None
    ) -> tuple[Tensor, Tensor, RefractoryLIFState]:
        """One step: decoded (B, M), spikes (B, M, N) and the state, for values x (B, M).

        Args:
            hold: h (B, M), a current taken from every neuron of an ensemble.
        """
        if x.shape[-1] != self.shape[0]:
            needed, given = f"values (B, {self.shape[0]})", tuple(x.shape)
            raise ValueError(f"x: {needed} are needed, got {given}")
        current = self.slope * x[..., None] + self.bias
        if hold is not None:
            current = current - hold[..., None]
        z, cells = lif_nengo_step(current, cells, self.params, self.dt)
        return 1000 / self.dt * (z * self.weights).sum(-1), z, cells
