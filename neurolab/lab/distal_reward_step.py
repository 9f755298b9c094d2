"""Question 1 of lab distal-reward: does one step make the integral of mark times dopamine?

    dz/dt = -z / tau_z,     dM/dt = -M / tau_M,     dw/dt = z M,     for dt ms

    symbol          meaning                            shape    unit
    z, M            mark and dopamine                  ()       weight, 1 / ms
    tau_z, tau_M    how long they stay                 ()       ms
    dt              length of the step                 ()       ms

The judge takes the integral by Gauss-Legendre quadrature and knows no formula for it. What a
learner returns may come from a formula or from many small steps: it must be right to 1 % in steps
of 1 to 100 ms. Steps that miss this are compared with known slips.
"""

from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from .values import Blank, Wrong, call, is_blank, number

NEAR = 0.01
CASES = (  # z, M, tau_z, tau_M, dt
    (0.7, 0.005, 1000.0, 200.0, 100.0),
    (-0.4, 0.003, 6000.0, 150.0, 10.0),
    (1.3, -0.002, 400.0, 300.0, 100.0),
    (0.5, 0.004, 800.0, 900.0, 1.0),
)
NAMES = "change of w", "mark after the step", "dopamine after the step"


class Made(NamedTuple):
    """What a step returns in each case."""

    dw: np.ndarray  # (4,)
    z: np.ndarray  # (4,)
    M: np.ndarray  # (4,)


def judge_step(step: Any) -> str:
    made = Made(*np.array([_one(step, case) for case in CASES]).T)
    z, M, tau_z, tau_M, dt = np.array(CASES).T
    right = Made(
        _integral(z, M, tau_z, tau_M, dt), z * np.exp(-dt / tau_z), M * np.exp(-dt / tau_M)
    )
    off = [np.abs(got / want - 1).max() for got, want in zip(made, right, strict=True)]
    if max(off) < NEAR:
        return (
            f"Steps of 1 to 100 ms make what the integral says: at most {100 * off[0]:.2f} % off, "
            "so results do not depend on dt."
        )
    _name_order(made, right)
    _name_traces(made, right)
    _name_change(made, right.dw)
    k = int(np.argmax(off))
    raise Wrong(f"The {NAMES[k]} is off by up to {100 * off[k]:.3g} %; 1 % is asked.")


def _one(step: Any, case: tuple[float, ...]) -> tuple[float, ...]:
    """What the learner's step makes of floats, or of tensors if it stops on floats."""
    try:
        answer = call(step, *case)
    except Wrong as reason:
        try:
            import torch

            answer = call(step, *(torch.tensor(part, dtype=torch.float64) for part in case))
        except Wrong:
            raise reason from None
    if isinstance(answer, list | tuple) and any(is_blank(part) for part in answer):
        raise Blank
    try:
        parts = tuple(islice(answer, 9))
    except Exception:
        parts = (answer,)
    if len(parts) != 3:
        raise Wrong(f"Return three things, (change of w, new z, new M); these are {len(parts)}.")
    return tuple(
        number(part, what=f"For the {name}, one number")
        for part, name in zip(parts, NAMES, strict=True)
    )


def _integral(z, M, tau_z, tau_M, dt) -> np.ndarray:
    """Of z M over the step, by 12 nodes of Gauss and Legendre."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    at = dt[:, None] * (nodes + 1) / 2
    both = z[:, None] * np.exp(-at / tau_z[:, None]) * M[:, None] * np.exp(-at / tau_M[:, None])
    return (both @ weights) * dt / 2


def _same(made: np.ndarray, slip: np.ndarray, near: float = 1e-4) -> bool:
    return bool(np.allclose(made, slip, rtol=near, atol=1e-12))


def _name_order(made: Made, right: Made) -> None:
    """The three things in another order."""
    for order in ((1, 2, 0), (2, 1, 0), (0, 2, 1), (1, 0, 2), (2, 0, 1)):
        if all(_same(made[k], right[j], NEAR) for k, j in enumerate(order)):
            raise Wrong("These are the right three in another order: (change of w, new z, new M).")


def _name_traces(made: Made, right: Made) -> None:
    z, M, tau_z, tau_M, dt = np.array(CASES).T
    for name, symbol, start, tau, got, want in (
        ("mark", "z", z, tau_z, made.z, right.z),
        ("dopamine", "M", M, tau_M, made.M, right.M),
    ):
        if _same(got, want, NEAR):
            continue
        other = tau_M if symbol == "z" else tau_z
        known = {
            f"Your {name} does not fade.": start,
            f"Your {name} grows: the exponent lacks its minus.": start * np.exp(dt / tau),
            f"This is the change of the {name}; return its new value.": want - start,
            f"Your {name} fades with the other time constant.": start * np.exp(-dt / other),
            f"Your {name} fades by 1 - dt / tau, near only where dt is short beside tau. "
            "Its equation has an exact solution.": start * (1 - dt / tau),
            f"Your {name} fades by 1 / (1 + dt / tau), near only where dt is short beside tau. "
            "Its equation has an exact solution.": start / (1 + dt / tau),
            f"Your {name} is the factor alone: multiply {symbol} by it.": np.exp(-dt / tau),
            f"Your {name} fades by 1 / e in every step: dt is missing.": start * np.exp(-1 / tau),
        }
        for reason, slip in known.items():
            if _same(got, slip):
                raise Wrong(reason)


def _name_change(made: Made, right: np.ndarray) -> None:
    z, M, tau_z, tau_M, dt = np.array(CASES).T
    fade_z, fade_M = np.exp(-dt / tau_z), np.exp(-dt / tau_M)
    both = tau_z * tau_M / (tau_z + tau_M)
    first, last = z * M, z * M * fade_z * fade_M
    plain, end = first * dt, last * dt
    after = f"up to {100 * (plain / right - 1).max():.0f} % too much here"
    known = {
        f"This takes z M at the start for the whole step: {after}. Both fade meanwhile.": plain,
        "This takes z M at the end for the whole step. It was larger before.": end,
        "This takes the mean of start and end for the whole step. The product bends; "
        "1 % is asked at 100 ms.": (plain + end) / 2,
        "This takes z M at the middle for the whole step. The product bends; "
        "1 % is asked at 100 ms.": plain * np.sqrt(fade_z * fade_M),
        "dt is missing: z M is the change in 1 ms.": first,
        "This is z M at the end of the step, a rate. What has it summed up to?": last,
        "Only the mark fades in your product; the dopamine does, too.": first
        * tau_z
        * (1 - fade_z),
        "Only the dopamine fades in your product; the mark does, too.": first
        * tau_M
        * (1 - fade_M),
        "The product fades with the rate 1/tau_z + 1/tau_M. One over that rate is the time "
        "constant, not tau_z + tau_M.": first
        * (tau_z + tau_M)
        * (1 - np.exp(-dt / (tau_z + tau_M))),
        "The integral of an exponential brings its time constant as a factor: it is missing.": right
        / both,
        "This runs to infinity; the step ends after dt.": first * both,
        "The sign is turned: mark times dopamine, both above 0, makes the weight rise.": -right,
        "You multiply the two integrals; integrate the product.": z
        * tau_z
        * (1 - fade_z)
        * M
        * tau_M
        * (1 - fade_M),
        "The weight does not change at all.": 0 * right,
    }
    for reason, slip in known.items():
        if _same(made.dw, slip):
            raise Wrong(reason)
