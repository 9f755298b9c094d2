"""Digits learned by spike timing: cells compete for pictures, the winner's synapses learn.

Every pixel is a Poisson input. All inputs excite all N excitatory cells; each of those drives an
inhibitory cell of its own, which inhibits all excitatory cells but that one.

    tau dv/dt = rest - v - g_exc v + g_inh (e_inh - v)       synapses excite toward 0 mV
    z = 1 if v > threshold + theta,   v <- reset at a spike, held there for a refractory time
    g_exc decays with tau_exc, + gain sum_i w_ni x_i;   g_inh with tau_inh, + inhibition (K - k_n)
    theta <- theta + theta_plus z,    decays with tau_theta
    dw_ni = rate (trace_i - target) (w_max - w_ni) z_n,      trace_i = exp(-since_i dt / tau_trace)
    after each picture   w_ni <- mean_weight I w_ni / sum_j w_nj

    symbol     meaning                                                    shape     unit
    x, since   input spikes; steps since the last one of each             (I,)      -
    w          weights, from 0 to w_max                                   (N, I)    weight
    v, h       potentials of excitatory, of inhibitory cells              (N,)      mV
    g_exc, g_inh   open synapses of excitatory cells, unit: the leak      (N,)      -
    f          open synapses of inhibitory cells, as g_exc                (N,)      -
    theta      what a cell's own spikes have added to its threshold       (N,)      mV
    k, K       spikes of the inhibitory cells a step before, their sum    (N,), ()  -

A picture lasts ``picture`` ms, then ``rest`` ms are silent. Where it caused fewer than ``least``
spikes it is shown again, brighter by ``raise_by``. Input i fires in step t if a hash of (seed,
number of the presentation, attempt, i, t) is below its rate, so spikes do not depend on what was
computed before.

Steps: conductances decay exactly; potentials by the linearly implicit Euler step, stable for any
conductance and the same to the last bit wherever it is computed (it has no exponential). A
synapse acts one step after the spike. A conductance below QUIET, which no float32 step could see,
is 0; once all are 0, what is left of a silence is one factor, (1 + dt / tau)^-steps.

Tested: the potential converges to that of ``conductance_step`` with order 1 in dt; the jump over
silence equals the steps it spares; a cell that learns one picture comes to its shape; input counts
are binomial; the fast core in ``neurolab.kernels`` is equal spike for spike, weight for weight.

A spike counts fully in its own step, so a synapse passes on dt / (1 - exp(-dt / tau)) of it in
all, where continuous time has tau: 1.27 ms for tau_exc = 1 ms. The strengths are meant for that.

Where it differs from the paper: its first rule with exponent 1 and the last input spike alone
remembered; no delays (there up to 10 ms from the inputs); theta decays once a picture; ``target``
and ``rate`` are ours, as the paper does not name them.

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099; hash: Steele, Lea & Flood (2014),
doi:10.1145/2660193.2660195
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neurolab.core.ops import Value, exp, maximum, where
from neurolab.core.surrogate import spike
from neurolab.core.trace import trace_step

QUIET = 1 / 33554432  # 2^-25: no float32 step can see it beside 1, and times 100 mV beside 60
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WORD = 2**64 - 1


@dataclass(frozen=True)
class CellParams:
    tau: float  # ms
    rest: float  # mV
    reset: float  # mV
    threshold: float  # mV
    refractory: float  # ms
    e_inh: float  # mV


@dataclass(frozen=True)
class DigitsParams:
    excitatory: CellParams = CellParams(100.0, -65.0, -65.0, -52.0, 5.0, -100.0)
    inhibitory: CellParams = CellParams(10.0, -60.0, -45.0, -40.0, 2.0, -85.0)
    tau_exc: float = 1.0  # ms
    tau_inh: float = 2.0  # ms
    gain: float = 1.0  # of input synapses
    relay: float = 10.4  # from an excitatory to its inhibitory cell
    inhibition: float = 17.0  # from an inhibitory cell to all others
    theta_plus: float = 0.05  # mV
    tau_theta: float = 1e7  # ms
    rate: float = 0.01  # of learning
    target: float = 0.05  # trace at which a weight stays
    tau_trace: float = 20.0  # ms
    w_max: float = 1.0  # weight
    mean_weight: float = 0.1  # weight
    keep_mean: bool = True  # scale to it after each picture; else only before the first
    peak: float = 63.75  # 1 / s of a white pixel
    raise_by: float = 31.875  # 1 / s more of a white pixel in every further attempt
    least: int = 5  # spikes that a picture has to cause
    attempts: int = 8  # at most
    picture: float = 350.0  # ms
    rest: float = 150.0  # ms
    dt: float = 0.5  # ms


def steps_in(time: float, p: DigitsParams) -> int:
    """Steps of ``dt`` ms in ``time`` ms."""
    return round(time / p.dt)


class Cells(NamedTuple):
    """The state of the cells; every entry is (N,)."""

    v: Value  # excitatory: potential
    g_exc: Value
    g_inh: Value
    wait: Value  # steps it is still held at the reset
    z: Value  # spikes of the last step
    h: Value  # inhibitory: potential
    f: Value
    wait_h: Value
    k: Value


def cell_step(
    v: Value,
    g_exc: Value,
    g_inh: Value,
    wait: Value,
    theta: Value,
    p: CellParams,
    dt: float,
) -> tuple:
    """Spikes, potential, steps still to be held; ``dt`` ms later.

    Elementwise.
    """
    a = dt / p.tau
    drive = p.rest + g_inh * p.e_inh
    free = (v + a * drive) / ((1 + a) + a * (g_exc + g_inh))
    v = where(wait > 0, p.reset, free)
    z = spike(v - theta - p.threshold)
    wait = maximum(wait - 1, 0.0) + int(p.refractory / dt + 0.5) * z
    return z, where(z > 0, p.reset, v), wait


def open_step(x: Value, g: Value, tau: float, dt: float) -> Value:
    """The conductance ``dt`` ms later, with x added; too little to be seen is 0. Elementwise."""
    g = trace_step(x, g, tau, dt)
    return where(g < QUIET, 0.0, g)


def network_step(drive, s: Cells, others, theta, p: DigitsParams) -> Cells:
    """All cells one step later. Elementwise: sums over cells and inputs come in as arguments.

    Args:
        drive: sum_i w_ni x_i of the inputs that fire in this step.
        others: inhibitory cells that fired in the last step, but for the cell's own: K - k.
    """
    g_exc = open_step(p.gain * drive, s.g_exc, p.tau_exc, p.dt)
    g_inh = open_step(p.inhibition * others, s.g_inh, p.tau_inh, p.dt)
    f = open_step(p.relay * s.z, s.f, p.tau_exc, p.dt)
    z, v, wait = cell_step(s.v, g_exc, g_inh, s.wait, theta, p.excitatory, p.dt)
    k, h, wait_h = cell_step(s.h, f, 0.0 * f, s.wait_h, 0.0, p.inhibitory, p.dt)
    return Cells(v, g_exc, g_inh, wait, z, h, f, wait_h, k)


def digits_stdp_step(trace: Value, w: Value, p: DigitsParams) -> Value:
    """The change of w by a spike of its cell; none falls below 0.

    Elementwise.
    """
    return maximum(p.rate * (trace - p.target) * (p.w_max - w), -w)


def silent_step(v: Value, steps: Value, p: CellParams, dt: float) -> Value:
    """The potential after ``steps`` steps without conductances. Elementwise."""
    return p.rest + (v - p.rest) * exp(-steps * math.log1p(dt / p.tau))


def mixed(z: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64: 64 bits (uint64) that look drawn."""
    z = (z ^ (z >> 30)) * np.uint64(FIRST)
    z = (z ^ (z >> 27)) * np.uint64(SECOND)
    return z ^ (z >> 31)


def thresholds(x: np.ndarray, attempt: int, p: DigitsParams) -> np.ndarray:
    """(I,) of pixels x from 0 to 1: 2^32 times the chance of a spike in a step, uint64."""
    chance = x.astype(np.float64) * ((p.peak + attempt * p.raise_by) * p.dt / 1000)
    return (np.minimum(chance, 1.0) * 2.0**32).astype(np.uint64)


def input_spikes(x: np.ndarray, seed: int, number: int, attempt: int, p: DigitsParams):
    """(T, I) booleans: the input spikes of a picture's presentation."""
    steps = steps_in(p.picture, p)
    key = np.array([seed], np.uint64)
    for part in (number, attempt):
        key = mixed(key + np.uint64(GOLDEN)) ^ np.uint64(part)
    places = np.arange(1, len(x) + 1, dtype=np.uint64)
    keys = mixed(mixed(key + np.uint64(GOLDEN)) + places * np.uint64(GOLDEN))
    pairs = np.arange(1, steps // 2 + 2, dtype=np.uint64)[:, None] * np.uint64(GOLDEN)
    drawn = mixed(keys + pairs)  # two steps from each
    halves = np.stack([drawn & np.uint64(2**32 - 1), drawn >> np.uint64(32)], 1)
    return halves.reshape(-1, len(x))[:steps] < thresholds(x, attempt, p)


def trace_table(p: DigitsParams) -> np.ndarray:
    """float32 (M,): the trace of an input by the steps since its last spike; the last is 0."""
    table = np.exp(-np.arange(math.ceil(25 * p.tau_trace / p.dt)) * p.dt / p.tau_trace)
    return np.append(table, 0.0).astype(np.float32)


def scaled(w: np.ndarray, p: DigitsParams) -> np.ndarray:
    """(N,) factors that bring the mean weight of each cell to ``mean_weight``."""
    sums = np.cumsum(w.T, axis=0, dtype=np.float64)[-1]  # in the order of the inputs
    return (p.mean_weight * w.shape[1] / np.maximum(sums, 1e-30)).astype(np.float32)
