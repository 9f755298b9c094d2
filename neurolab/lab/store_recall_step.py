"""Question 1 of lab store-recall: does an adaptive neuron settle at the period that theory says?

    (i - beta E / (1 - E)) (1 - exp(-T / TAU)) = 1,     E = exp(-T / tau_a)

    symbol    meaning                                          shape    unit
    i         current, as the potential it would settle at     ()       threshold distances
    beta      rise of the threshold by one spike               ()       threshold distances
    tau_a     how long it stays raised                         ()       ms
    T         from spike to spike, after many of them          ()       ms

What a learner writes runs in steps of 0.05 ms; its last periods are compared with the root of this
equation. Without current, potential and trace must fade as exponentials. A step that misses is
compared with known slips, which run likewise.

Reference: Bellec et al. (2018), arXiv:1803.09574; the equation: docstring of
``spiking.adaptive_lif``
"""

import functools
import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from .values import Blank, Wrong, call, is_blank, number

TAU, DT, STEPS = 20.0, 0.05, 8000
CASES = ((2.0, 0.3, 60.0), (3.0, 0.1, 100.0), (1.5, 0.0, 60.0))  # i, beta, tau_a
NAMES = "spike z", "potential v", "trace a"


def period(i: float, beta: float, tau_a: float) -> float:
    """The root, by halving."""

    def over(T: float) -> float:
        E = math.exp(-T / tau_a)
        return (i - beta * E / (1 - E)) * (1 - math.exp(-T / TAU)) - 1

    low, high = 0.01, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if over(middle) < 0 else (low, middle)
    return low


def judge_step(step: Any) -> str:
    try:
        made = [_run(step, case) for case in CASES]
    except Wrong:
        _name_order(step)
        raise
    if all(map(_right, made, CASES)) and _fades(step):
        listed = ", ".join(f"{_found(one):.2f}" for one in made)
        said = ", ".join(f"{period(*case):.2f}" for case in CASES)
        return f"Three neurons settle at periods of {listed} ms; theory says {said} ms."
    for reason in SLIPS:
        if all(_same(one, ran) for one, ran in zip(made, _slipped(reason), strict=True)):
            raise Wrong(reason)
    _name_order(step)
    for one, case in zip(made, CASES, strict=True):
        if not _right(one, case):
            i, beta, tau_a = case
            raise Wrong(
                f"With current {i}, beta {beta} and tau_a {tau_a:.0f} ms a neuron settles at a "
                f"period of {period(*case):.2f} ms; yours at {_found(one):.4g} ms."
            )
    raise Wrong("Without current v must fall by the factor alpha in a step, and a by rho.")


def _name_order(step: Any) -> None:
    """The three things in another order."""
    for order in list(permutations(range(3)))[1:]:
        turned = _turned(step, order)
        try:
            right = _right(_run(turned, CASES[0]), CASES[0]) and _fades(turned)
        except (Blank, Wrong):
            continue
        if right:
            raise Wrong("These are the right three in another order: z, v, a.")


def _run(step: Any, case: tuple[float, ...]) -> np.ndarray:
    """z, v and a after each step, (STEPS, 3)."""
    i, beta, tau_a = case
    constants = math.exp(-DT / TAU), math.exp(-DT / tau_a), beta
    v, a, found = 0.0, 0.0, np.zeros((STEPS, 3))
    for k in range(STEPS):
        found[k] = z, v, a = _three(call(step, i, v, a, *constants))
        if z not in (0, 1):
            raise Wrong(f"A spike z is 0 or 1, not {z:g}.")
        if not abs(v) + abs(a) < 1e6:
            raise Wrong("Potential or trace grows without bounds.")
    return found


def _three(answer: Any) -> tuple[float, ...]:
    if isinstance(answer, tuple) and len(answer) == 3 and all(type(p) is float for p in answer):
        return answer  # the way most go, 24,000 times
    if isinstance(answer, list | tuple) and any(is_blank(part) for part in answer):
        raise Blank
    try:
        parts = tuple(answer)
    except TypeError:
        parts = (answer,)
    if len(parts) != 3:
        raise Wrong(f"Return three things, (z, new v, new a); these are {len(parts)}.")
    return tuple(
        float(part)
        if isinstance(part, bool | np.bool_)
        else number(part, what=f"For the {name}, one number")
        for part, name in zip(parts, NAMES, strict=True)
    )


def _turned(step: Any, order: tuple[int, ...]) -> Callable:
    return lambda *given: tuple(_three(call(step, *given))[k] for k in order)


def _found(ran: np.ndarray) -> float:
    """The mean of the last periods, in ms; inf without them."""
    at = np.flatnonzero(ran[:, 0])
    return float(np.diff(at[-4:]).mean() * DT) if len(at) > 4 else math.inf


def _right(ran: np.ndarray, case: tuple[float, ...]) -> bool:
    return abs(_found(ran) / period(*case) - 1) < 0.01


def _fades(step: Any) -> bool:
    found = _three(call(step, 0.0, 0.5, 2.0, 0.9, 0.99, 0.3))
    return bool(np.allclose(found, (0, 0.45, 1.98), rtol=1e-4))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one[:3000], other[:3000], rtol=1e-6, atol=1e-9))


def _slip(**changed: Callable) -> Callable:
    """The step with lines changed: leak(i, v, alpha), limit(a, beta), reset(v, z, limit),
    trace(a, z, rho, alpha)."""
    leak = changed.get("leak", lambda i, v, alpha: alpha * v + (1 - alpha) * i)
    limit = changed.get("limit", lambda a, beta: 1 + beta * a)
    reset = changed.get("reset", lambda v, z, A: v - z)
    trace = changed.get("trace", lambda a, z, rho, alpha: rho * a + z)

    def step(i, v, a, alpha, rho, beta):
        v, A = leak(i, v, alpha), limit(a, beta)
        z = float(v > A)
        return z, reset(v, z, A), trace(a, z, rho, alpha)

    return step


@functools.cache
def _slipped(reason: str) -> list[np.ndarray]:
    found = []
    for case in CASES:
        try:
            found.append(_run(SLIPS[reason], case))
        except Wrong:  # it grows without bounds
            found.append(np.full((STEPS, 3), np.nan))
    return found


SLIPS = {
    "The reset sets v to 0. It takes off the resting threshold, 1: what was above stays.": _slip(
        reset=lambda v, z, A: v * (1 - z)
    ),
    "The reset takes off the raised threshold; it takes off the resting one, 1.": _slip(
        reset=lambda v, z, A: v - z * A
    ),
    "There is no reset: a spike takes 1 off the potential.": _slip(reset=lambda v, z, A: v),
    "This is a LIF neuron: the threshold is 1 + beta a.": _slip(limit=lambda a, beta: 1.0),
    "Your spikes lower the threshold; it is 1 + beta a.": _slip(limit=lambda a, beta: 1 - beta * a),
    "beta is missing: the threshold is 1 + beta a.": _slip(limit=lambda a, beta: 1 + a),
    "The threshold is beta a; at rest it is 1.": _slip(limit=lambda a, beta: beta * a),
    "Your trace does not fade: multiply it by rho.": _slip(trace=lambda a, z, rho, alpha: a + z),
    "Your trace fades by alpha, as fast as the potential; it fades by rho.": _slip(
        trace=lambda a, z, rho, alpha: alpha * a + z
    ),
    "Your trace gains (1 - rho) z; here a spike adds 1.": _slip(
        trace=lambda a, z, rho, alpha: rho * a + (1 - rho) * z
    ),
    "Your trace gains nothing from a spike: add z.": _slip(trace=lambda a, z, rho, alpha: rho * a),
    "The current lacks 1 - alpha: in a step v comes nearer to i by that share.": _slip(
        leak=lambda i, v, alpha: alpha * v + i
    ),
    "Your potential does not leak: multiply it by alpha.": _slip(
        leak=lambda i, v, alpha: v + (1 - alpha) * i
    ),
}
