"""Firing rates against theory: LIF's curve, two neurons that adapt, and the clock against events.

    LIF       f = 1 / (tau log(i / (i - 1)))
    ALIF      f = g(i - B f),  B = beta tau_a,  g the curve of LIF
    AdEx      f = g(i - B f),  B = b tau_w,     g = 1 / integral of C dv / (inward current), w = 0
    adapted   slope g' / (1 + B g'),   time constant tau_a / (1 + B g')

A current is held until the neuron has adapted, then raised by ``step`` of itself. The rates before
and after give the slope. The time constant is that of the exponential which fits the rate after the
step best (least squares). The integral is taken by Simpson's rule over the potential, from the
reset to the peak, so it knows nothing of the neuron's step. ``currents`` of each kind are drawn at
random. Last, a network of LIF neurons is run by the clock at four steps and from spike to spike.

Metrics: ``lif_error``, ``alif_slope_error``, ``alif_tau_error``, ``adex_slope_error``,
``adex_tau_error`` (relative, the largest over the currents); ``clock_order`` (slope of log mean gap
between the spike times over log dt); ``clock_gap`` (the largest gap, in steps).

What to expect: the theory of slow adaptation drops a share of about the step of one spike. A period
is a whole number of steps, which blurs the small change that is fitted: dt must be small.

References: Gerstner et al. (2014), Neuronal Dynamics, doi:10.1017/CBO9781107447615; the two
formulas: Benda & Herz (2003), doi:10.1162/089976603322385063
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from neurolab.spiking import (
    AdExParams,
    ALIFParams,
    LIFParams,
    adex_start,
    adex_step,
    alif_start,
    alif_step,
    lif_start,
    lif_step,
)

from .clock import clock_against_events
from .contract import Progress, within

DATA = ()
LIF = LIFParams(tau=20.0)
ALIF = ALIFParams(tau=5.0, tau_a=400.0, beta=0.01)  # slow: the theory errs by a share beta
ADEX = AdExParams(a=0.0, b=5.0, tau_w=500.0)
RANGES = {"lif": (1.05, 4.0), "alif": (3.0, 8.0), "adex": (1200.0, 2000.0)}
NAMES = ("lif_error", "alif_slope_error", "alif_tau_error", "adex_slope_error", "adex_tau_error")


@dataclass(frozen=True)
class Config:
    currents: int = 8  # of each kind of neuron
    duration: float = 3000.0  # of the LIF neuron, and before the current is raised, ms
    step: float = 0.1  # by which part of itself the current is raised
    dt: float = 0.004  # ms
    units: int = 100  # neurons of the network
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, currents=(1, 1000), duration=(200.0, 1e5), step=(0.001, 1.0))
        within(self, dt=(0.001, 0.1), units=(2, 1000), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(currents=3, duration=2000.0, dt=0.05, units=40), "full": Config()}


def trains(step: Callable, rest: tuple, params: object, currents, dt: float) -> list[np.ndarray]:
    """Spike times of neurons that each get ``currents``: (current (N,), duration) in turn."""
    state, found, now = type(rest)(*(x + 0 * currents[0][0] for x in rest)), [], 0
    for current, duration in currents:
        for _ in range(round(duration / dt)):
            z, state = step(current, state, params, dt)
            now += 1
            if z.any():
                found += [(now * dt, int(n)) for n in np.flatnonzero(z)]
    times, who = np.array(found).T
    return [times[who == n] for n in range(len(currents[0][0]))]


def lif_curve(i: float) -> float:
    """Rate of the LIF neuron with the membrane of ``ALIF``, in 1 / ms."""
    return 1 / (ALIF.tau * np.log(i / (i - 1)))


def adex_curve(i: float, parts: int = 20_000) -> float:
    """Rate of the AdEx neuron with w = 0, in 1 / ms, by Simpson's rule."""
    v = np.linspace(ADEX.v_reset, ADEX.v_peak, 2 * parts + 1)
    sharp = ADEX.delta_t * np.exp((v - ADEX.v_t) / ADEX.delta_t)
    slow = ADEX.capacitance / (ADEX.g_leak * (sharp - v + ADEX.e_leak) + i)
    weight = np.ones(len(v))
    weight[1:-1:2], weight[2:-1:2] = 4, 2
    return 3 / float(weight @ slow * (v[1] - v[0]))


def adapted(curve: Callable, i: float, gain: float) -> tuple[float, float]:
    """The rate f = curve(i - gain f), by halving, and 1 + gain g' there."""
    low, high = 0.0, curve(i)
    for _ in range(60):
        f = (low + high) / 2
        x = i - gain * f
        above = x > 1 and curve(x) > f
        low, high = (f, high) if above else (low, f)
    x, small = i - gain * low, 1e-4 * i
    return low, 1 + gain * (curve(x + small) - curve(x - small)) / (2 * small)


def relaxation(times: np.ndarray, moved: float) -> tuple[float, float, float]:
    """Rate before and after ``moved``, and the time constant of what lies between."""
    rate, middle = 1 / np.diff(times), (times[1:] + times[:-1]) / 2
    before = len(times[times <= moved]) - 1
    tail = len(rate) // 10
    first = 1 / np.diff(times[times <= moved])[-tail:].mean()
    last = 1 / np.diff(times)[-tail:].mean()
    rate, middle = rate[before + 1 :], middle[before + 1 :] - moved

    def fit(tau: float) -> float:
        """Squares that are left of the best ``steady + more exp(-t / tau)``."""
        shape = np.stack([np.ones(len(middle)), np.exp(-middle / tau)], 1)
        return float(((rate - shape @ np.linalg.lstsq(shape, rate, rcond=None)[0]) ** 2).sum())

    low, high = np.log(middle[-1] / 100), np.log(middle[-1])
    for _ in range(6):
        tried = np.linspace(low, high, 21)
        best = tried[int(np.argmin([fit(np.exp(x)) for x in tried]))]
        low, high = best - (high - low) / 20, best + (high - low) / 20
    return first, last, float(np.exp(best))


def adapting(name: str, config: Config, current: np.ndarray) -> dict[str, float]:
    """Largest relative errors of slope and time constant, of ALIF or AdEx."""
    if name == "alif":
        step, rest, params, curve = alif_step, alif_start(ALIF), ALIF, lif_curve
        gain, tau = ALIF.beta * ALIF.tau_a, ALIF.tau_a
    else:
        step, rest, params, curve = adex_step, adex_start(ADEX), ADEX, adex_curve
        gain, tau = ADEX.b * ADEX.tau_w, ADEX.tau_w
    after = (1 + config.step) * current
    protocol = [(current, config.duration), (after, config.duration)]
    slopes, taus = [], []
    for n, times in enumerate(trains(step, rest, params, protocol, config.dt)):
        first, last, found = relaxation(times, config.duration)
        middle = (current[n] + after[n]) / 2
        factor = adapted(curve, middle, gain)[1]
        slopes.append((last - first) / (after[n] - current[n]) / ((factor - 1) / gain / factor) - 1)
        taus.append(found / (tau / adapted(curve, after[n], gain)[1]) - 1)
    return {
        f"{name}_slope_error": float(np.abs(slopes).max()),
        f"{name}_tau_error": float(np.abs(taus).max()),
    }


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    chance = torch.Generator().manual_seed(config.seed)
    share = torch.rand(3, config.currents, generator=chance, dtype=torch.float64)
    found, done = dict.fromkeys((*NAMES, "clock_order", "clock_gap"), 0.0), 0
    if state is not None:
        found, done = dict(state["found"]), state["done"]
    current = {
        name: low + (high - low) * part.numpy()
        for part, (name, (low, high)) in zip(share, RANGES.items(), strict=True)
    }
    while done < 4:
        if done == 0:
            i = current["lif"]
            protocol = [(i, config.duration)]
            times = trains(lif_step, lif_start(LIF), LIF, protocol, config.dt)
            rate = np.array([1 / np.diff(t).mean() for t in times])
            found["lif_error"] = float(np.abs(rate * LIF.tau * np.log(i / (i - 1)) - 1).max())
        elif done < 3:
            name = ("alif", "adex")[done - 1]
            found |= adapting(name, config, current[name])
        else:
            found |= clock_against_events(config.seed, config.units)
        done += 1
        kept = {"found": dict(found), "done": done, "share": share}
        yield Progress(done, 4, dict(found), kept)
