"""Question 1 of lab evidence: is it the derivative of a neuron's output by one of its weights?

    v(t) = alpha v(t - 1) + (1 - alpha) w x(t),     u = v - 1 - beta a(t - 1)
    z(t) = 1 / (1 + exp(-STEEP u)),                 a(t) = rho a(t - 1) + z(t)

    symbol        meaning                                            shape    unit
    x             input spikes                                       (T,)     -
    w             the weight                                         ()       threshold distances
    v, a          potential, trace of the neuron's own output        (T,)     threshold distances, -
    psi           derivative of z by u                               (T,)     1 / threshold distance
    alpha, rho    what is left of v and of a after a step            ()       -
    e             dz / dw, the eligibility                           (T,)     1 / threshold distance

Here the output is smooth, so dz / dw, dv / dw and da / dw are differences of two runs with weights
a little apart. The judge knows no formula for them. What a learner writes runs with its own traces
over all steps; what misses is compared with known slips, which run likewise.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from .values import Blank, Wrong, call, is_blank, number

STEEP, APART, NEAR = 3.0, 1e-5, 1e-5
SPIKES = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0], dtype=float)
PLAIN = (2.5, 0.8, 0.9, 0.0)  # w, alpha, rho, beta: a plain LIF neuron
ADAPTIVE = ((2.5, 0.8, 0.9, 0.4), (4.0, 0.6, 0.97, 0.2))
NAMES = "eligibility e", "trace epsilon_v", "trace epsilon_a"


def judge_trace(trace: Any) -> str:
    cases = (PLAIN, *ADAPTIVE)
    made = [_run(trace, case) for case in cases]
    right = [moved(case) for case in cases]
    off = [_off(got, want) for got, want in zip(made, right, strict=True)]
    if max(map(max, off)) < NEAR:
        return (
            "In a LIF and two ALIF neurons e is what a spike moves with its weight: "
            f"at most {100 * max(o[0] for o in off):.0e} % off."
        )
    for order in list(permutations(range(3)))[1:]:
        if all(_same(_run(_turned(trace, order), c), r) for c, r in zip(cases, right, strict=True)):
            raise Wrong("These are the right three in another order: e, epsilon_v, epsilon_a.")
    for reason, slip in SLIPS.items():
        if all(_same(got, _run(slip, c)) for got, c in zip(made, cases, strict=True)):
            raise Wrong(reason)
    if max(off[0]) < NEAR:
        raise Wrong("Right for the LIF neuron, beta = 0. With beta above 0 it is not.")
    k = int(np.argmax([max(o[j] for o in off) for j in range(3)]))
    raise Wrong(f"The {NAMES[k]} is off by up to {max(o[k] for o in off):.2g} of its largest.")


def states(case: tuple[float, ...]) -> np.ndarray:
    """z, v and a of the smooth neuron after each step, (T, 3)."""
    w, alpha, rho, beta = case
    v, a, found = 0.0, 0.0, []
    for x in SPIKES:
        v = alpha * v + (1 - alpha) * w * x
        z = 1 / (1 + np.exp(-STEEP * (v - 1 - beta * a)))
        a = rho * a + z
        found.append((z, v, a))
    return np.array(found)


def moved(case: tuple[float, ...]) -> np.ndarray:
    """What a change of the weight did to z, v and a, (T, 3)."""
    w, *rest = case
    return (states((w + APART, *rest)) - states((w - APART, *rest))) / (2 * APART)


def _run(trace: Any, case: tuple[float, ...]) -> np.ndarray:
    """e, epsilon_v and epsilon_a that it makes, step by step, (T, 3)."""
    z = states(case)[:, 0]
    psi, found = STEEP * z * (1 - z), []
    epsilon_v, epsilon_a = 0.0, 0.0
    for x, slope in zip(SPIKES, psi, strict=True):
        given = float(x), float(slope), epsilon_v, epsilon_a, *case[1:]
        parts = _three(call(trace, *given))
        found.append(parts)
        _, epsilon_v, epsilon_a = parts
    return np.array(found)


def _three(answer: Any) -> tuple[float, ...]:
    if isinstance(answer, list | tuple) and any(is_blank(part) for part in answer):
        raise Blank
    try:
        parts = tuple(answer)
    except TypeError:
        parts = (answer,)
    if len(parts) != 3:
        raise Wrong(
            f"Return three things, (e, new epsilon_v, new epsilon_a); these are {len(parts)}."
        )
    return tuple(
        number(part, what=f"For the {name}, one number")
        for part, name in zip(parts, NAMES, strict=True)
    )


def _turned(trace: Any, order: tuple[int, ...]) -> Callable:
    """The same function with its answers in another order."""
    return lambda *given: tuple(_three(trace(*given))[k] for k in order)


def _off(made: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The largest distance of each of the three, over the largest right value."""
    return np.abs(made - right).max(0) / np.abs(right).max(0)


def _same(made: np.ndarray, other: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(made - other).max(0) <= NEAR * np.abs(other).max(0) + 1e-12).all())


def _slip(
    v: Callable | None = None, e: Callable | None = None, a: Callable | None = None
) -> Callable:
    """The rule with another line for epsilon_v, for e or for epsilon_a."""

    def trace(x, psi, epsilon_v, epsilon_a, alpha, rho, beta):
        new = alpha * epsilon_v + (1 - alpha) * x if v is None else v(x, epsilon_v, alpha)
        made = psi * (new - beta * epsilon_a)
        if e is not None:
            made = e(psi, new, epsilon_a, beta, epsilon_v, rho)
        later = rho * epsilon_a + made
        if a is not None:
            later = a(epsilon_a, made, rho, psi, new, alpha)
        return made, new, later

    return trace


def _a_first(x, psi, epsilon_v, epsilon_a, alpha, rho, beta):
    new = alpha * epsilon_v + (1 - alpha) * x
    later = rho * epsilon_a + psi * new
    return psi * (new - beta * later), new, later


SLIPS = {
    "The input lacks 1 - alpha: a spike moves the potential by (1 - alpha) w.": _slip(
        v=lambda x, v, alpha: alpha * v + x
    ),
    "Your epsilon_v does not fade: multiply what was there by alpha.": _slip(
        v=lambda x, v, alpha: v + (1 - alpha) * x
    ),
    "Your epsilon_v holds this step's input alone: add what was there, times alpha.": _slip(
        v=lambda x, v, alpha: (1 - alpha) * x
    ),
    "alpha and 1 - alpha are swapped.": _slip(v=lambda x, v, alpha: (1 - alpha) * v + alpha * x),
    "The sign is turned: a raised threshold makes a spike less likely, so beta epsilon_a is "
    "taken off.": _slip(e=lambda psi, v, a, beta, *_: psi * (v + beta * a)),
    "psi is missing in e: far from its threshold a neuron cannot be moved to a spike.": _slip(
        e=lambda psi, v, a, beta, *_: v - beta * a
    ),
    "This is the LIF neuron's e. With beta above 0 the threshold moves, too: take off "
    "beta epsilon_a.": _slip(e=lambda psi, v, a, beta, *_: psi * v),
    "beta is missing before epsilon_a.": _slip(e=lambda psi, v, a, beta, *_: psi * (v - a)),
    "psi stands before epsilon_v alone; it multiplies the bracket.": _slip(
        e=lambda psi, v, a, beta, *_: psi * v - beta * a
    ),
    "Your e takes epsilon_v of the step before: a spike that comes in acts at once.": _slip(
        e=lambda psi, v, a, beta, old, rho: psi * (old - beta * a)
    ),
    "Your e takes rho epsilon_a. The trace that the threshold holds now is epsilon_a itself.": (
        _slip(e=lambda psi, v, a, beta, old, rho: psi * (v - beta * rho * a))
    ),
    "Your epsilon_a is updated before e uses it: a spike raises the threshold from the next step "
    "on.": _a_first,
    "Your epsilon_a adds psi epsilon_v. A spike is what raises the threshold, and e is what a "
    "spike moves: add e.": _slip(a=lambda a, e, rho, psi, v, alpha: rho * a + psi * v),
    "Your epsilon_a adds epsilon_v. Spikes raise the threshold, not the potential: add e.": _slip(
        a=lambda a, e, rho, psi, v, alpha: rho * a + v
    ),
    "Your epsilon_a does not fade: multiply what was there by rho.": _slip(
        a=lambda a, e, rho, psi, v, alpha: a + e
    ),
    "Your epsilon_a fades by alpha, as fast as the potential; it fades by rho.": _slip(
        a=lambda a, e, rho, psi, v, alpha: alpha * a + e
    ),
    "Your epsilon_a gains (1 - rho) e; here a spike adds 1 to the trace.": _slip(
        a=lambda a, e, rho, psi, v, alpha: rho * a + (1 - rho) * e
    ),
    "Your epsilon_a never changes: nothing is kept of earlier spikes.": _slip(
        a=lambda a, e, rho, psi, v, alpha: a
    ),
}
