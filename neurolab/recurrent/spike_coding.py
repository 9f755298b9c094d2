"""Spike-coding (predictive) network: a neuron fires when its spike makes the decoded signal better.

    x_hat = D r,   dr/dt = -r / tau + z          the decoder: filtered spikes, weighted
    v = D' (x - x_hat) - mu r                    a potential is an error, seen along one direction
    fires where v > (|D_n|^2 + mu) / 2           one spike lowers |x - x_hat|^2 + mu |r|^2

    symbol   meaning                                             shape       unit
    x        signal to be told                                   (T, B, K)   of the signal
    x_hat    what a reader makes of the spikes                   (T, B, K)   of the signal
    D        decoder; D_n is the column of neuron n              (K, N)      of the signal
    v        potential                                           (B, N)      signal squared
    r        trace of a neuron's own spikes                      (B, N)      -
    z        spikes of a step, 0, 1 or (rarely) more             (T, B, N)   -
    tau      time constant of the reader                         ()          ms
    mu       price of a spike, quadratic                         ()          signal squared
    A, c     system dx/dt = A x + c that the network may hold    (K, K)      1/ms; signal/ms

No neuron knows x_hat. Written out, v decays, is driven by D' (dx/dt + x / tau), and each spike of m
takes D_n . D_m from the potential of n at once: fast recurrent weights do the subtraction. Within a
step the neuron farthest above its threshold fires first, and the others hear it before the next.

What follows, and is tested: the simulated v equals D' (x - x_hat) - mu r in every step, though the
network never computes x_hat; with |D_n| in proportion to 1/N the error falls as 1/N, where
independent Poisson neurons of the same mean code reach 1/sqrt(N); neurons that fall silent are
stood in for at once; with slow weights D' (A + 1/tau) D in place of the signal the network
integrates a linear system by itself.

Where it differs from the paper: spikes act without delay and one after the other, and there is no
noise; the linear price of a spike is left out.

References: Boerlin, Machens & Deneve (2013), doi:10.1371/journal.pcbi.1003258; Deneve & Machens
(2016), doi:10.1038/nn.4243
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp


class SpikeCodingState(NamedTuple):
    v: Tensor  # (B, N)
    r: Tensor  # (B, N)
    x: Tensor  # (B, K) signal of the last step


def coding_step(v: Value, drive: Value, tau: float, dt: float) -> Value:
    """The potentials ``dt`` ms later, ahead of any spike.

    Elementwise.
    """
    return exp(-dt / tau) * v + drive


def farthest(v: Tensor, threshold: Tensor) -> Tensor:
    """One spike (B, N), of whoever is farthest above its threshold;
    none where none is above.
    """
    above = v - threshold
    best = above.argmax(-1, keepdim=True)
    fires = (above.gather(-1, best) > 0).to(v.dtype)
    return torch.zeros_like(v).scatter(-1, best, fires)


class SpikeCoding(nn.Module):
    """A network that tells a signal by as few spikes as its decoder allows.

    Args:
        decoder: D (K, N), floats; no column may be zero.
        tau: time constant of the reader in ms.
        price: mu, at least 0.
        dt: time step in ms, shorter than tau.
        system: A (K, K) per ms. Then ``forward`` takes c in place of x.
    """

    def __init__(
        self,
        decoder: Tensor,
        tau: float = 20.0,
        price: float = 0.0,
        dt: float = 0.1,
        system: Tensor | None = None,
    ):
        super().__init__()
        if decoder.ndim != 2 or not decoder.is_floating_point() or not decoder.isfinite().all():
            raise ValueError(f"decoder: finite floats (K, N) are needed, got {decoder!r:.80}")
        if not decoder.numel() or not decoder.square().sum(0).all():
            raise ValueError("decoder: each neuron needs a column that is not zero")
        if not 0 < tau < math.inf or not 0 < dt < tau:
            raise ValueError(f"dt: 0 < dt < tau is needed, got dt = {dt!r}, tau = {tau!r} ms")
        if not 0 <= price < math.inf:
            raise ValueError(f"price: a number of at least 0 is needed, got {price!r}")
        size = (len(decoder), len(decoder))
        if system is not None and system.shape != size:
            raise ValueError(f"system: shape {size} is needed, got {tuple(system.shape)}")
        self.tau, self.price, self.dt = tau, price, dt
        self.register_buffer("decoder", decoder)
        self.register_buffer("system", system)
        unit = torch.eye(decoder.shape[1], dtype=decoder.dtype)
        self.register_buffer("fast", decoder.T @ decoder + price * unit)
        self.register_buffer("threshold", self.fast.diagonal() / 2)

    def start(self, batch: int) -> SpikeCodingState:
        """At rest: nothing told, signal 0."""
        zeros = self.decoder.new_zeros
        n = self.decoder.shape[1]
        return SpikeCodingState(zeros(batch, n), zeros(batch, n), zeros(batch, len(self.decoder)))

    def drive(self, x: Tensor, state: SpikeCodingState) -> Tensor:
        """What a step adds to the potentials (B, N): from the signal, or from the system."""
        if self.system is None:
            return (x - math.exp(-self.dt / self.tau) * state.x) @ self.decoder
        told = state.r @ self.decoder.T
        return self.dt * (told @ self.system.T + told / self.tau + x) @ self.decoder

    def forward(
        self, x: Tensor, state: SpikeCodingState | None = None, alive: Tensor | None = None
    ) -> tuple[Tensor, Tensor, SpikeCodingState]:
        """Run over time.

        Args:
            x: signal (T, B, K), or with a ``system`` its input c.
            alive: booleans (T, N); a neuron does not fire where it is False. None: all may.

        Returns:
            spikes (T, B, N), decoded signal (T, B, K), the last state.
        """
        k, n = self.decoder.shape
        if x.ndim != 3 or x.shape[2] != k:
            raise ValueError(f"x: shape (T, B, K = {k}) is needed, got {tuple(x.shape)}")
        if x.dtype != self.decoder.dtype or not x.isfinite().all():
            raise ValueError(f"x: finite numbers of {self.decoder.dtype} are needed, got {x.dtype}")
        if alive is not None and (alive.shape != (len(x), n) or alive.dtype != torch.bool):
            given = f"{tuple(alive.shape)} of {alive.dtype}"
            raise ValueError(f"alive: booleans (T, N) = {(len(x), n)} are needed, got {given}")
        state = self.start(x.shape[1]) if state is None else state
        spikes, told = x.new_zeros(*x.shape[:2], n), torch.zeros_like(x)
        for t in range(len(x)):
            v = coding_step(state.v, self.drive(x[t], state), self.tau, self.dt)
            r = math.exp(-self.dt / self.tau) * state.r
            bar = self.threshold
            if alive is not None:
                bar = torch.where(alive[t], bar, torch.full_like(bar, math.inf))
            for _ in range(n):  # at most N spikes a step
                z = farthest(v, bar)
                if not z.any():
                    break
                v, r = v - z @ self.fast, r + z
                spikes[t] += z
            told[t] = r @ self.decoder.T
            state = SpikeCodingState(v, r, x[t])
        return spikes, told, state


def around(count: int, length: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """A decoder (2, N) whose columns have this length and point evenly around the circle."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 3:
        raise ValueError(f"count: at least 3 neurons surround a plane, got {count!r}")
    angle = 2 * math.pi * torch.arange(count, dtype=dtype) / count
    return length * torch.stack([angle.cos(), angle.sin()])
