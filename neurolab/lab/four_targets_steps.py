"""Questions 1, 2 and 4 of lab four-targets: a step, the mismatch of trains, weights in few bits.

    Euler      v <- (1 - dt / tau) v + (dt / tau) I;  a spike at v > 1, then v <- 0
    mismatch   steps at which one of two trains has a spike alone / steps at which any has one
    chip       w_chip = u round(w S / u),  S = 254 * 64 / max |w|,  u = 64 * 2^(9 - bits),
               cut to -256 * 64 and 256 * 64 - u

    symbol     meaning                                          shape
    v, I       potential and current                            ()
    a, b       trains, 0 or 1                                   (T, N)
    w          weights of a layer                               (N, I)

Functions are tried on drawn numbers against loops; a miss is compared with known slips.

References: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .values import Wrong, array, call, number

TAU, DT, STEPS = 5.0, 1.0, 60


def train(step: Callable, currents: np.ndarray) -> list[int]:
    """Spikes of a neuron that is stepped so: ``step(v, current, tau, dt)`` gives z and v."""
    v, found = 0.0, []
    for current in currents.tolist():
        answer = array(call(step, v, current, TAU, DT), shape=(2,))
        z, v = answer.tolist()
        if z not in (0.0, 1.0):
            raise Wrong("Return z and v, in this order; z is 0 or 1.")
        found.append(int(z))
    return found


def euler(v: float, current: float, tau: float, dt: float) -> tuple[float, float]:
    v = v + dt / tau * (current - v)
    return (1.0, 0.0) if v > 1 else (0.0, v)


def _step(left: float, gain: float, after: Callable) -> Callable:
    def step(v, current, tau, dt):
        v = left * v + gain * current
        return (1.0, after(v)) if v > 1 else (0.0, v)

    return step


_E, _X = 1 - DT / TAU, math.exp(-DT / TAU)
STEP_SLIPS: dict[str, Callable] = {
    "This decays by exp(-dt / tau), the exact solution. Euler's method takes dt / tau of v.": (
        _step(_X, 1 - _X, lambda v: 0.0)
    ),
    "The potential is right; at a spike it goes to 0, you subtract the threshold.": (
        _step(_E, 1 - _E, lambda v: v - 1)
    ),
    "The current is not scaled: a constant current of 1 should end at v = 1.": (
        _step(_E, 1.0, lambda v: 0.0)
    ),
    "The potential stays where it was at a spike. Put it to 0.": _step(_E, 1 - _E, lambda v: v),
    "Nothing leaks here: take dt / tau of v away.": _step(1.0, 1 - _E, lambda v: 0.0),
}


def judge_step(step: Any) -> str:
    currents = np.random.default_rng(2).uniform(0, 4, STEPS)
    found, right = train(step, currents), train(euler, currents)
    if found == right:
        return f"{sum(right)} spikes in {STEPS} steps, each where Euler's method puts it."
    for reason, slip in STEP_SLIPS.items():
        if found == train(slip, currents):
            raise Wrong(reason)
    at = next(k for k in range(STEPS) if found[k] != right[k])
    raise Wrong(f"In step {at + 1} the neuron should fire {right[at]} times, yours {found[at]}.")


# Question 2


def apart(a: np.ndarray, b: np.ndarray) -> float:
    alone = together = 0
    for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
        alone += x != y
        together += x > 0 or y > 0
    return alone / together if together else 0.0


MISMATCH_SLIPS: dict[str, Callable] = {
    "Divide by the steps at which any spike is, not by all steps.": lambda a, b: (a != b).mean(),
    "Spikes that both have are counted twice below: take the steps at which any is.": (
        lambda a, b: (a != b).sum() / (a.sum() + b.sum())
    ),
    "Counts may agree where no spike does: compare step by step.": (
        lambda a, b: abs(a.sum() - b.sum()) / ((a + b) > 0).sum()
    ),
    "This is how far they agree; asked is how far they do not.": (
        lambda a, b: 1 - (a != b).sum() / ((a + b) > 0).sum()
    ),
    "Divide by the spikes of either, not of the first alone.": (
        lambda a, b: (a != b).sum() / a.sum()
    ),
}


def judge_mismatch(function: Any) -> str:
    chance, worst = np.random.default_rng(5), 0.0
    for part in (0.1, 0.3, 0.5):
        a, b = (chance.random((2, 20, 3)) < part).astype(float)
        found, right = number(call(function, a.copy(), b.copy())), apart(a, b)
        if abs(found - right) > 1e-9:
            for reason, slip in MISMATCH_SLIPS.items():
                if abs(found - float(slip(a, b))) < 1e-9:
                    raise Wrong(reason)
            raise Wrong(f"Two trains have a mismatch of {right:.3f}; yours says {found:.4g}.")
        worst = max(worst, right)
    silent = np.zeros((4, 2))
    if number(call(function, silent, silent.copy())) != 0:
        raise Wrong("Where nobody fires the mismatch is 0.")
    return f"Three pairs of trains as a loop counts them, the farthest {worst:.2f} apart."


# Question 4


def whole(w: np.ndarray, bits: int) -> np.ndarray:
    most = max(abs(x) for x in w.ravel().tolist())
    scale, unit = 254 * 64 / most, 64 * 2.0 ** (9 - bits)
    found = [math.floor(x * scale / unit + 0.5) for x in w.ravel().tolist()]
    low, high = -256 * 64 / unit, 256 * 64 / unit - 1
    return unit * np.array([min(max(x, low), high) for x in found]).reshape(w.shape)


def _whole(w, bits, scale=None, unit=None, cut=np.round, top=True):
    unit = 64 * 2.0 ** (9 - bits) if unit is None else unit
    scale = 254 * 64 / np.abs(w).max() if scale is None else scale
    x = cut(w * scale / unit)
    return unit * np.clip(x, -256 * 64 / unit, 256 * 64 / unit - 1 if top else np.inf)


WHOLE_SLIPS: dict[str, Callable] = {
    "You cut toward 0: take the nearest whole number.": lambda w, b: _whole(w, b, cut=np.trunc),
    "You round down: take the nearest whole number.": lambda w, b: _whole(w, b, cut=np.floor),
    "The largest weight is that in size, with either sign.": (
        lambda w, b: _whole(w, b, scale=254 * 64 / w.max())
    ),
    "These are 9 bits: the grid is 64 * 2**(9 - bits).": lambda w, b: _whole(w, b, unit=64.0),
    "The largest weight leaves the range: cut at 256 * 64 - u.": lambda w, b: _whole(w, b, top=0),
    "These are thresholds again; leave the weights in the chip's whole numbers.": (
        lambda w, b: whole(w, b) * np.abs(w).max() / (254 * 64)
    ),
}


def judge_whole(function: Any) -> str:
    chance = np.random.default_rng(4)
    for bits in (8, 5, 3, 2):
        w = chance.normal(size=(4, 6))
        w[0, 0] = -1.05 * np.abs(w).max() if bits in (8, 3) else 1.05 * np.abs(w).max()
        found, right = array(call(function, w.copy(), bits), shape=w.shape), whole(w, bits)
        if not np.allclose(found, right, atol=1e-6):
            for reason, slip in WHOLE_SLIPS.items():
                if np.allclose(found, slip(w, bits), atol=1e-6):
                    raise Wrong(reason)
            at = np.unravel_index(np.abs(found - right).argmax(), w.shape)
            raise Wrong(
                f"With {bits} bits a weight of {w[at]:.3f}, the largest being "
                f"{np.abs(w).max():.3f}, becomes {right[at]:.0f}; yours {found[at]:.6g}."
            )
    return "Four layers in 8, 5, 3 and 2 bits, as a loop rounds them."
