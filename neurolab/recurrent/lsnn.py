"""LSNN: a recurrent network of plain and adaptive spiking neurons with a leaky read-out.

    z(t), a(t) = alif_step(W_in x(t) + W z(t - 1)),     beta = 0 for the plain (LIF) neurons
    o(t) = kappa o(t - 1) + W_out z(t),   y(t) = o(t) + b,     kappa = exp(-dt / tau_out)

    symbol    meaning                                        shape       unit
    x         inputs, spikes or numbers                      (T, B, I)   -
    z         spikes, 0 or 1, LIF first, then ALIF           (T, B, N)   -
    a         trace of a neuron's own spikes                 (T, B, N)   -
    y         read-out                                       (T, B, K)   -
    tau_a     how long a threshold stays raised              () or (A,)  ms
    beta      rise of the threshold by one spike             () or (A,)  threshold distances
    f         rate of a neuron, mean over time and batch     (N,)        Hz

Rates are held near a target by a cost in the loss, mean_n (f_n - target)^2. The thresholds are what
the network remembers with: a spike raises one for tau_a, a hundred times longer than a potential
lasts, and its gradient comes back as far, since the trace is linear in the spikes.

What follows, and is tested: it is the layer and the read-out written as a loop, and may be cut
anywhere; a gradient reaches an input that lies many tau back through a threshold, and not without
ALIF neurons; a learned beta never turns a LIF neuron into an ALIF one; the cost of rates pulls them
to the target. The time loop is the fast core of ``kernels`` where the constants are fixed and there
is no refractory time.

Where it differs from the paper: the conventions are those of ``adaptive_lif``, and the read-out
does not scale with 1 - kappa. Weights start so that a spike moves a potential by a normal number
of variance 1 / I from the inputs and 1 / (4 N) from the neurons.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value
from neurolab.core.surrogate import Surrogate, Triangular
from neurolab.spiking import (
    NEURONS,
    ALIFParams,
    Delays,
    Neurons,
    Recurrent,
    RecurrentState,
    RefractoryALIFParams,
)

BLOCK = 64  # steps of the read-out that one product filters


@dataclass(frozen=True)
class LSNNParams:
    tau: float = 20.0  # ms, membranes
    tau_a: Value = 200.0  # ms, one number or one for each ALIF neuron
    beta: Value = 0.1  # threshold distances, likewise
    tau_out: float = 20.0  # ms, read-out
    t_ref: float = 0.0  # ms, refractory time; above 0 there is no fast core


class LSNNState(NamedTuple):
    layer: RecurrentState
    o: Tensor  # (B, K) read-out without its bias
    past: Tensor | None  # (longest, B, I) inputs still on their way, with delays


def leaky(x: Tensor, start: Tensor, tau: float, dt: float) -> Tensor:
    """o(t) = kappa o(t - 1) + x(t) for x (T, ...), from ``start`` (...), a block at a time."""
    kappa, found = math.exp(-dt / tau), []
    steps = torch.arange(min(BLOCK, max(len(x), 1)), device=x.device)
    apart = (steps[:, None] - steps).to(x.dtype)
    matrix = torch.where(apart < 0, 0.0, kappa**apart)
    fade = (kappa ** (steps + 1).to(x.dtype)).reshape(-1, *[1] * start.ndim)
    for part in x.split(BLOCK) if len(x) else ():
        n = len(part)
        made = (matrix[:n, :n] @ part.flatten(1)).reshape(part.shape) + fade[:n] * start
        found.append(made)
        start = made[-1]
    return torch.cat(found) if found else x


def rate_cost(z: Tensor, target: float, dt: float) -> Tensor:
    """mean_n (f_n - target)^2 in Hz^2, of spikes (T, B, N); 0 where there is nothing to measure."""
    if not 0 <= target < math.inf:
        raise ValueError(f"target: a rate in Hz from 0 is needed, got {target!r}")
    if z.numel() == 0:
        return z.sum()
    return (z.mean((0, 1)) * (1000 / dt) - target).square().mean()


class _Cells(Neurons):
    """ALIF neurons of which the first never adapt, whatever is learned."""

    def __init__(self, adaptive: Tensor, *args, **options):
        super().__init__(*args, **options)
        self.register_buffer("adaptive", adaptive)

    @property
    def params(self) -> object:
        now = super().params
        return replace(now, beta=now.beta * self.adaptive) if "beta" in self.learned else now


class LSNN(nn.Module):
    """LIF and ALIF neurons, recurrent, with a leaky read-out.

    Args:
        inputs, lif, alif, outputs: sizes I, N - A, A, K; one of ``lif`` and ``alif`` may be 0.
        params: the constants.
        dt: time step in ms.
        surrogate: see ``core.surrogate``; None means ``Triangular()``, that of the paper.
        learn: which of ("tau", "tau_a", "beta") are learned; then there is no fast core.
        mask, signs: of the recurrent weights, see ``spiking.Recurrent``.
        longest: if above 0, each input connection has a delay of 0 to so many steps.
    """

    def __init__(
        self,
        inputs: int,
        lif: int,
        alif: int,
        outputs: int,
        params: LSNNParams = LSNNParams(),
        dt: float = 1.0,
        surrogate: Surrogate | None = None,
        learn: Sequence[str] = (),
        mask: Tensor | None = None,
        signs: Tensor | None = None,
        longest: int = 0,
    ):
        super().__init__()
        sizes = {"inputs": (inputs, 1), "lif": (lif, 0), "alif": (alif, 0), "outputs": (outputs, 1)}
        for name, (size, least) in (*sizes.items(), ("longest", (longest, 0))):
            if isinstance(size, bool) or not isinstance(size, int) or size < least:
                raise ValueError(f"{name}: a whole number from {least} is needed, got {size!r}")
        if lif + alif == 0:
            raise ValueError("alif: with lif = 0 at least 1 is needed, got 0")
        if not 0 < params.tau_out < math.inf:
            raise ValueError(f"tau_out: a positive number of ms, got {params.tau_out!r}")
        adaptive = (torch.arange(lif + alif) >= lif).float()
        constants = {"tau": params.tau, "tau_a": params.tau_a, "beta": params.beta}
        for name in ("tau_a", "beta"):
            constants[name] = _of_all(name, constants[name], lif, alif)
        kind, made = NEURONS["alif"], ALIFParams(**constants)
        if params.t_ref:
            kind = NEURONS["refractory_alif"]
            made = RefractoryALIFParams(**constants, t_ref=params.t_ref)
        surrogate = Triangular() if surrogate is None else surrogate
        neurons = _Cells(adaptive, kind, made, dt, surrogate, learn)
        units, full = lif + alif, 1 / -math.expm1(-dt / params.tau)
        self.delays = Delays(inputs, units, longest) if longest else None
        self.layer = Recurrent(units if longest else inputs, units, neurons, mask, signs)
        self.output = nn.Parameter(torch.randn(outputs, units) / math.sqrt(units))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.params = params
        with torch.no_grad():
            first = self.layer.weight if self.delays is None else self.delays.weight
            first.mul_(full)
            self.layer.raw.mul_(full / 2)
            if longest:  # the delayed current goes in as it is
                self.layer.weight.copy_(torch.eye(units))
                self.layer.weight.requires_grad_(False)

    @property
    def dt(self) -> float:
        return self.layer.neurons.dt

    def forward(self, x: Tensor, state: LSNNState | None = None, keep: Sequence[str] = ()) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, I).
            keep: fields of the neurons' state to record, "v", "a" or "u".

        Returns:
            y (T, B, K), spikes (T, B, N), the last state; with ``keep`` also {field: (T, B, N)}.
        """
        layer, o, past = (None, None, None) if state is None else state
        if self.delays is not None:
            x, past = self.delays(x, past)
        z, layer, *kept = self.layer(x, layer, keep)
        o = z.new_zeros(z.shape[1], len(self.output)) if o is None else o
        if o.shape != (z.shape[1], len(self.output)):
            needed = (z.shape[1], len(self.output))
            raise ValueError(f"state: o of shape (B, K) = {needed} needed, got {tuple(o.shape)}")
        out = leaky(z @ self.output.T, o, self.params.tau_out, self.dt)
        after = LSNNState(layer, out[-1] if len(out) else o, past)
        return out + self.bias, z, after, *kept

    def rate_cost(self, z: Tensor, target: float = 10.0) -> Tensor:
        """What the rates of spikes (T, B, N) cost, ``mean_n (f_n - target)^2``, in Hz^2."""
        return rate_cost(z, target, self.dt)


def _of_all(name: str, value: Value, lif: int, alif: int) -> Tensor:
    """(N,), of the ALIF neurons what is given; LIF neurons have beta 0 and some tau_a."""
    value = torch.as_tensor(value, dtype=torch.get_default_dtype())
    if value.shape not in ((), (alif,)):
        needed, given = f"a number or shape (A = {alif},)", tuple(value.shape)
        raise ValueError(f"{name}: {needed} is needed, got {given}")
    plain = torch.full((lif,), 0.0 if name == "beta" else 200.0, dtype=value.dtype)
    return torch.cat([plain, value.expand(alif)])
