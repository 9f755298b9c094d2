"""A dendrite that learns to predict the spikes of its soma.

    v_j   = sum_i w_ji p_i                                            dendrite
    du/dt = -g_l u + g_d (v - u) + g_e (e_e - u) + g_i (e_i - u)      soma, C = 1
    v*    = g_d / (g_d + g_l) v                                       what v alone makes of u
    z     = 1 with chance phi(u) dt in a step,      phi(u) = most / (1 + k exp(beta (theta - u)))
    tau d_ji' = -d_ji + (z_j / dt - phi(v*_j)) h(v*_j) p_i,      h = phi' / phi,      w' = rate d

    symbol     meaning                                                     shape       unit
    x          spikes of the inputs                                        (T, B, I)   -
    p          their potentials, (exp(-t/10) - exp(-t/3)) / 7 a spike      (B, I)      1/ms
    u          potential of the soma, rest at 0, threshold about 1         (B, N)      -
    v, v*      potential of the dendrite, and its prediction of u          (B, N)      -
    g_e, g_i   conductances of a teacher at the soma                       (T, B, N)   1/ms
    g_l, g_d   leak, and coupling of dendrite to soma                      ()          1/ms
    z          spikes of the soma                                          (B, N)      -
    phi        rate                                                        (B, N)      1/ms
    d          low-passed induction                                        (B, N, I)   -
    w          weights (to, from)                                          (N, I)      ms

The dendrite compares each spike with the rate it would have chosen itself. Where no teacher is,
z and phi(v*) agree on average, and nothing is learned; a teacher makes the soma fire otherwise,
until the dendrite predicts it. The error is local: what crosses from soma to dendrite is the spike.

What follows, and is tested: summed over time the induction, times g_d / (g_d + g_l), is the
gradient by w of the log-likelihood of the spikes, sum log phi(v*) over spikes less phi(v*) dt, by
autograd; without a teacher u settles at v* and the mean induction is nothing; with one that holds u
on a curve in time the error (phi(u) - phi(v*))^2 falls to a small part, and without it afterwards
the soma goes on along that curve.

Where it differs from the paper: time goes in steps (the soma is exact for conductances held during
a step), one spike a step at most.

Reference: Urbanczik & Senn (2014), doi:10.1016/j.neuron.2013.11.030
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp
from neurolab.core.scan import scan


@dataclass(frozen=True)
class UrbanczikSennParams:
    g_l: float = 0.1  # 1/ms
    g_d: float = 2.0  # 1/ms
    e_e: float = 14 / 3
    e_i: float = -1 / 3
    most: float = 0.15  # 1/ms, highest rate
    k: float = 0.5
    beta: float = 5.0
    theta: float = 1.0
    tau_l: float = 10.0  # ms, of an input's potential: its fall
    tau_s: float = 3.0  # ms, its rise
    tau: float = 100.0  # ms, of the induction


class UrbanczikSennState(NamedTuple):
    fall: Tensor  # (B, I) trace with tau_l
    rise: Tensor  # (B, I) trace with tau_s
    u: Tensor  # (B, N) soma
    d: Tensor  # (B, N, I) low-passed induction


class Moment(NamedTuple):
    """What is recorded of a step."""

    z: Tensor  # (B, N) spikes of the soma
    u: Tensor  # (B, N) potential of the soma
    v: Tensor  # (B, N) v*, the dendrite's prediction of it
    dw: Tensor  # (N, I) change of the weights for a rate of 1, mean over B


def predicted_rate(u: Value, params: UrbanczikSennParams) -> Value:
    """phi(u) in 1/ms. Elementwise."""
    p = params
    return p.most / (1 + p.k * exp(p.beta * (p.theta - u)))


def log_slope(u: Value, params: UrbanczikSennParams) -> Value:
    """h(u), the derivative of log phi. Elementwise."""
    p = params
    return p.beta / (1 + exp(p.beta * (u - p.theta)) / p.k)


def predicted_soma_step(
    v: Value,
    g_e: Value,
    g_i: Value,
    u: Value,
    params: UrbanczikSennParams,
    dt: float,
) -> Value:
    """The soma ``dt`` ms later, exact for what is held meanwhile.

    Elementwise; ``v`` is the potential of the dendrite.
    """
    p = params
    total = p.g_l + p.g_d + g_e + g_i
    held = (p.g_d * v + g_e * p.e_e + g_i * p.e_i) / total
    return held + exp(-dt * total) * (u - held)


def urbanczik_senn_step(
    z: Value,
    predicted: Value,
    psp: Value,
    d: Value,
    params: UrbanczikSennParams,
    dt: float,
) -> tuple[Value, Value]:
    """The change of w for a rate of 1, and d, ``dt`` ms later.

    Elementwise; ``predicted`` is v*. For a layer z and v* are
    (B, N, 1), psp is (B, 1, I), d (B, N, I).
    """
    error = z / dt - predicted_rate(predicted, params)
    induction = error * log_slope(predicted, params) * psp
    fade = exp(-dt / params.tau)
    d = fade * d + (1 - fade) * induction
    return dt * d, d


class UrbanczikSenn(nn.Module):
    """Neurons with one dendrite each, that get spikes and, at the soma, a teacher.

    Args:
        inputs, units: sizes I and N.
        dt: time step in ms.

    The weight (N, I) is normal with standard deviation ``spread`` / sqrt(I), in ms.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        params: UrbanczikSennParams = UrbanczikSennParams(),
        dt: float = 1.0,
        spread: float = 1.0,
    ):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if not 0 < dt * params.most <= 1:
            allowed = f"above 0 and up to 1 / most = {1 / params.most:.2f}"
            raise ValueError(f"dt: a number of ms {allowed} is needed, got {dt!r}")
        self.weight = nn.Parameter(spread * torch.randn(units, inputs) / inputs**0.5)
        self.params, self.dt = params, dt

    def start(self, batch: int) -> UrbanczikSennState:
        """At rest."""
        units, inputs = self.weight.shape
        zero = self.weight.new_zeros(batch, inputs)
        soma = self.weight.new_zeros(batch, units)
        return UrbanczikSennState(zero, zero, soma, soma[:, :, None] * zero[:, None])

    def forward(
        self,
        x: Tensor,
        g_e: Tensor,
        g_i: Tensor,
        draws: Tensor,
        state: UrbanczikSennState | None = None,
        rate: float = 0.0,
    ) -> tuple[Moment, UrbanczikSennState]:
        """Run over time; with a ``rate`` the weights learn at each step.

        Args:
            x: spikes (T, B, I).
            g_e, g_i: conductances of the teacher (T, B, N) in 1/ms; zeros for none.
            draws: uniform numbers (T, B, N), which decide the spikes.

        Returns:
            all moments (T, ...) and the last state.
        """
        units, inputs = self.weight.shape
        if x.ndim != 3 or x.shape[2] != inputs:
            needed, given = f"(T, B, I = {inputs})", tuple(x.shape)
            raise ValueError(f"x: a shape {needed} is needed, got {given}")
        needed = (*x.shape[:2], units)
        for name, given in (("g_e", g_e), ("g_i", g_i), ("draws", draws)):
            if given.shape != needed:
                raise ValueError(f"{name}: shape {needed} is needed, got {tuple(given.shape)}")
        p, dt = self.params, self.dt

        def step(now, s):
            x_t, e, i, draw = now
            fall = exp(-dt / p.tau_l) * s.fall + x_t
            rise = exp(-dt / p.tau_s) * s.rise + x_t
            psp = (fall - rise) / (p.tau_l - p.tau_s)
            v = psp @ self.weight.T
            u = predicted_soma_step(v, e, i, s.u, p, dt)
            z = (draw < dt * predicted_rate(u, p)).to(u.dtype)
            told = p.g_d / (p.g_d + p.g_l) * v
            dw, d = urbanczik_senn_step(z[..., None], told[..., None], psp[:, None], s.d, p, dt)
            dw = dw.mean(0)
            if rate:
                with torch.no_grad():
                    self.weight += rate * dw
            return Moment(z, u, told, dw), UrbanczikSennState(fall, rise, u, d)

        state = self.start(x.shape[1]) if state is None else state
        return scan(step, (x.to(self.weight.dtype), g_e, g_i, draws), state)
