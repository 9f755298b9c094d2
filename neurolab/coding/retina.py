"""A ganglion cell of the retina: linear filter, threshold, and a rest after each spike.

    drive(t) = sum_k h(k) light(t - k)
    h(t)     = alpha(t, tau_fast) - undershoot alpha(t, tau_slow)
    rate(t)  = gain max(drive - threshold, 0)
    P(spike in dt) = 1 - exp(-rate recovery dt),    recovery = 0 for ``absolute`` ms after a spike,
                                                    then 1 - exp(-(since - absolute) / relative)

    symbol     meaning                                              shape    unit
    light      stimulus over time                                   (T, S)   -
    alpha      t / tau^2 exp(-t / tau), area 1                      (T,)     1 / ms
    rate       what a cell without a rest would fire at             (T, S)   1 / s
    since      time since the last spike                            (B,)     ms
    absolute   time without any spike                               ()       ms
    relative   time constant of the recovery after it               ()       ms

What follows, and is tested: at a constant rate r with an absolute rest alone, intervals have the
mean absolute + 1 / r and the coefficient of variation cv = 1 / (1 + r absolute), and the Fano
factor of long counts is cv^2: well below the 1 of Poisson, the more so the faster the cell fires.
Under flicker the cell fires in short events, at times that repeat within a few ms, while the number
of their spikes hardly varies: so the time of the first spike tells more about the piece of flicker
than the number, until the times jitter by tens of ms (experiment ``information-in-times``).

Where it differs from the sources: one linear stage, no adaptation of contrast, and numbers of the
order found in the retina rather than fitted to a cell.

References: Berry, Warland & Meister (1997), doi:10.1073/pnas.94.10.5411; the recovery: Berry &
Meister (1998), doi:10.1523/JNEUROSCI.18-06-02200.1998
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurolab.core.ops import Value, exp, maximum, where

from .spikes import check_from_zero, check_positive, uniform


@dataclass(frozen=True)
class GanglionParams:
    tau_fast: float = 15.0  # ms
    tau_slow: float = 25.0  # ms
    undershoot: float = 1.0
    gain: float = 1000.0  # 1 / s for each unit of drive
    threshold: float = 0.1  # of the drive
    absolute: float = 3.0  # ms
    relative: float = 5.0  # ms

    def __post_init__(self):
        check_positive(tau_fast=self.tau_fast, tau_slow=self.tau_slow, gain=self.gain)
        check_positive(relative=self.relative)
        check_from_zero(undershoot=self.undershoot, threshold=self.threshold)
        check_from_zero(absolute=self.absolute)


def kernel(t: Value, params: GanglionParams) -> Value:
    """The filter h at time t in ms after a short flash. Elementwise."""
    fast = t / params.tau_fast**2 * exp(-t / params.tau_fast)
    return fast - params.undershoot * t / params.tau_slow**2 * exp(-t / params.tau_slow)


def free_rate(light: Tensor, params: GanglionParams, dt: float) -> Tensor:
    """Rates (T, S) in 1 / s that stimuli (T, S) would cause without a rest after spikes."""
    t = torch.arange(len(light), dtype=light.dtype, device=light.device) * dt
    h, size = kernel(t, params) * dt, 2 * len(light)
    drive = torch.fft.irfft(
        torch.fft.rfft(h, n=size)[:, None] * torch.fft.rfft(light, n=size, dim=0), n=size, dim=0
    )[: len(light)]
    return params.gain * (drive - params.threshold).clamp(min=0)


def ganglion_step(
    rate: Value, since: Value, u: Value, params: GanglionParams, dt: float
) -> tuple[Value, Value]:
    """The spike of this step for a draw ``u``, and the time since the last one. Elementwise."""
    recovery = 1 - exp(-maximum(since - params.absolute, 0.0) / params.relative)
    z = where(u < 1 - exp(-rate * recovery * (dt / 1000)), 1.0, 0.0 * u)
    return z, where(z > 0, 0.0 * since, since) + dt


def ganglion(
    rate: Tensor,
    trials: int,
    generator: torch.Generator,
    params: GanglionParams = GanglionParams(),
    dt: float = 0.5,
) -> Tensor:
    """Spikes (T, S, trials) of a cell at free rates (T, S), rested at the start.

    Raises:
        ValueError: rates that are not (T, S), below 0 or not finite.
    """
    if rate.ndim != 2 or not bool(((rate >= 0) & (rate < math.inf)).all()):
        raise ValueError(
            f"rate: numbers from 0 of shape (T, S) are needed, got {tuple(rate.shape)} "
            f"with {int((~((rate >= 0) & (rate < math.inf))).sum())} that are not"
        )
    check_positive(dt=dt)
    z = np.zeros((*rate.shape, trials))  # arrays: their small steps start no threads
    since = np.full((rate.shape[1], trials), 1e6)
    for k, now in enumerate(rate.cpu().double().numpy()):
        u = uniform((rate.shape[1], trials), rate, generator).cpu().numpy()
        z[k], since = ganglion_step(now[:, None], since, u, params, dt)
    return torch.from_numpy(z).to(rate)


def fano_factor(n: Tensor) -> float:
    """Variance over mean of counts (S, trials), both averaged over the stimuli."""
    return float(n.var(-1).mean() / n.mean())


def jittered(z: Tensor, jitter: float, generator: torch.Generator, dt: float) -> Tensor:
    """Times (T, ...) of the spikes of trains (T, ...), each moved by a Gaussian; inf for none."""
    when = (torch.arange(len(z), dtype=z.dtype, device=z.device) + 0.5) * dt
    noise = torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)
    return torch.where(z > 0, when.view(-1, *[1] * (z.ndim - 1)) + jitter * noise, math.inf)
