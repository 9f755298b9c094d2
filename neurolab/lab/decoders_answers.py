"""Questions 1 to 3 of lab decoders: rates, decoders, and how their error falls.

    a = 1000 / (t_ref + tau log(1 + 1 / (J - 1))),   J = gain e x + bias
    (A^T A + M sigma^2 1) D = A^T Y
    error ~ 1 / sqrt(N), where noise on the rates decides

    symbol     meaning                                          shape
    e          encoders, 1 or -1                                (N,)
    A, Y       rates at M points, and what is wanted there      (M, N), (M,)
    D          decoders                                         (N,)

Rates are held against the time that a potential takes to its threshold, step by step; decoders
against the equation that they must solve. A miss is compared with known slips.

Reference: Eliasmith & Anderson (2003), Neural Engineering; in short: Stewart & Eliasmith (2014),
doi:10.1109/JPROC.2014.2306061
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from neurolab.nef import Ensemble

from .values import Blank, Wrong, array, call, is_blank, number

TAU, T_REF = 20.0, 2.0  # ms
FIRST, MANY = 50, 800  # neurons of question 3


class Cells(NamedTuple):
    e: np.ndarray  # (N,) encoders
    gain: np.ndarray  # (N,)
    bias: np.ndarray  # (N,)


def cells(count: int, seed: int = 0) -> Cells:
    """Neurons for one value from -1 to 1, drawn as Nengo draws them."""
    made = Ensemble(count, seed=seed).double()
    return Cells(made.encoders[:, 0].numpy(), made.gain.numpy(), made.bias.numpy())


def parts(value: Any, names: tuple[str, ...]) -> tuple:
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Wrong(f"Pass {len(names)} things: ({', '.join(names)}).")
    if is_blank(value):
        raise Blank
    return tuple(value)


def by_name(found: np.ndarray, slips: dict[str, Callable], *given: Any) -> None:
    """Raise the reason whose slip gives the same."""
    for reason, slip in slips.items():
        with np.errstate(all="ignore"):
            other = np.asarray(slip(*given), dtype=float)
        if found.shape == other.shape and np.allclose(found, other, rtol=1e-5, equal_nan=True):
            raise Wrong(reason)


# Question 1


def rate_by_steps(current: float, dt: float = 1e-3) -> float:
    """Hz, from the time in which a potential climbs from 0 to 1, in small steps."""
    if current <= 1:
        return 0.0
    v, steps = 0.0, 0
    while v < 1:
        v += dt / TAU * (current - v - dt / (2 * TAU) * (current - v))
        steps += 1
    return 1000 / (T_REF + steps * dt)


def _rates(factor: float = 1000.0, hold: float = T_REF, along: bool = True) -> Callable:
    def slip(x, e, gain, bias):
        j = gain * (e if along else 1.0) * x + bias
        safe = np.where(j > 1, j, 2.0)
        return np.where(j > 1, factor / (hold + TAU * np.log1p(1 / (safe - 1))), 0.0)

    return slip


def _raw(x, e, gain, bias):
    j = gain * e * x + bias
    return 1000 / (T_REF + TAU * np.log(1 + 1 / (j - 1)))


RATE_SLIPS: dict[str, Callable] = {
    "That is spikes in a ms. Rates are in Hz: 1000 in the numerator.": _rates(1.0),
    "The refractory time of 2 ms is missing.": _rates(hold=0.0),
    "The encoder is missing: half of the neurons prefer negative values.": _rates(along=False),
    "Below the threshold the formula means nothing. The rate is 0 where J is not above 1.": _raw,
}


def judge_rates(rates: Any) -> str:
    group, fastest = cells(12, seed=3), 0.0
    for x in (-0.7, 0.1, 0.8):
        found = array(call(rates, x, group.e.copy(), group.gain.copy(), group.bias.copy()))
        right = np.array([rate_by_steps(j) for j in group.gain * group.e * x + group.bias])
        if found.shape != right.shape or not np.allclose(found, right, rtol=2e-3, atol=0.05):
            by_name(found, RATE_SLIPS, x, *group)
            if found.shape != right.shape:
                raise Wrong(f"The shape is {found.shape}; it must be {right.shape}.")
            n = int(np.abs(np.nan_to_num(found, nan=1e9) - right).argmax())
            raise Wrong(
                f"At x = {x} a neuron should fire at {right[n]:.1f} Hz; yours says {found[n]:.4g}."
            )
        fastest = max(fastest, right.max())
    return f"{len(right)} neurons fire as fast as their potentials climb, up to {fastest:.0f} Hz."


# Question 2


def left_over(a: np.ndarray, y: np.ndarray, sigma: float, d: np.ndarray) -> float:
    """Slope of the cost at d, in parts of its slope at 0."""
    slope = a.T @ (a @ d - y) + len(a) * sigma**2 * d
    return float(np.abs(slope).max() / np.abs(a.T @ y).max())


def _ridge(weight: Callable[[int, float], float]) -> Callable:
    def slip(a, y, sigma):
        return np.linalg.solve(a.T @ a + weight(len(a), sigma) * np.eye(a.shape[1]), a.T @ y)

    return slip


DECODER_SLIPS: dict[str, Callable] = {
    "The noise is missing: decoders may grow as they like.": (
        lambda a, y, s: np.linalg.lstsq(a, y, rcond=None)[0]
    ),
    "The points are missing: noise counts at each of the M points.": _ridge(lambda m, s: s**2),
    "Square sigma: what noise costs is a variance.": _ridge(lambda m, s: m * s),
    "The sign of the noise is turned.": _ridge(lambda m, s: -m * s**2),
}


def judge_decoders(decoders: Any) -> str:
    chance, worst = np.random.default_rng(5), 0.0
    for m, n in ((30, 8), (60, 20)):
        a, y = chance.uniform(0, 4, (m, n)), chance.normal(size=m)
        sigma = 0.7
        found = array(call(decoders, a.copy(), y.copy(), sigma))
        if found.shape != (n,):
            raise Wrong(f"The shape is {found.shape}; one decoder a neuron is asked, {(n,)}.")
        left = left_over(a, y, sigma, found)
        if not left < 1e-6:
            by_name(found, DECODER_SLIPS, a, y, sigma)
            raise Wrong(f"The cost still falls from there: its slope is {left:.2g} of that at 0.")
        worst = max(worst, left)
    return "Nothing near your decoders costs less."


# Question 3


def judge_law(value: Any) -> str:
    predicted, measured = parts(value, ("predicted", "errors of 50, 200 and 800 neurons"))
    guess = number(predicted)
    if abs(guess - MANY) > 0.02 * MANY:
        known = {
            200: "The error falls with the root of N: four times the neurons give half of it.",
            FIRST * 256: "You squared too often: 4 squared is 16.",
        }
        for slip, reason in known.items():
            if abs(guess - slip) < 0.02 * slip:
                raise Wrong(reason)
        raise Wrong(f"{guess:g} is too {'few' if guess < MANY else 'many'}.")
    errors = array(measured, shape=(3,))
    if not (errors > 0).all():
        raise Wrong("Errors are above 0.")
    power = np.polyfit(np.log([FIRST, 200, MANY]), np.log(errors), 1)[0]
    if not -0.75 < power < -0.35:
        raise Wrong(
            f"Your errors fall with a power of {power:.2f}. Is the noise on the rates, and are "
            "the decoders solved for it?"
        )
    return f"{MANY} neurons. Measured: the error falls with a power of {power:.2f}."
