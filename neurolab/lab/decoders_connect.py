"""Questions 4 and 5 of lab decoders: weights from decoders, and feedback that moves a value.

    w_nm = gain_n e_n d_m;      tau dx/dt = -x + A' x + B' u   for   dx/dt = A x + B u

    symbol     meaning                                          shape
    d          decoders of the neurons before                   (M,)
    e, gain    encoders and gains of the neurons behind         (N,)
    A', B'     feedback and input of a network, one value       ()

Weights are tried on drawn rates, in loops; feedback by a run in small steps beside the solution of
the wanted equation.

References: Eliasmith & Anderson (2003), Neural Engineering, ch. 8; in short: Stewart & Eliasmith
(2014), doi:10.1109/JPROC.2014.2306061
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .decoders_answers import by_name, parts
from .values import Wrong, array, call, number

WEAK, SYNAPSE = 0.02, 0.1  # of the feedback; s

WEIGHT_SLIPS: dict[str, Callable] = {
    "Turn it round: rows are the neurons behind, columns those before.": (
        lambda d, e, g: np.outer(d, g * e)
    ),
    "The gain is missing: a neuron turns the value into its own current.": (
        lambda d, e, g: np.outer(e, d)
    ),
    "The encoder is missing: half of the neurons behind prefer negative values.": (
        lambda d, e, g: np.outer(g, d)
    ),
}


def judge_weights(value: Any) -> str:
    weights, differ = parts(value, ("weights", "largest difference from Nengo"))
    chance = np.random.default_rng(8)
    d, e, gain = chance.normal(size=7), chance.choice([-1.0, 1.0], 5), chance.uniform(1, 9, 5)
    found = array(call(weights, d.copy(), e.copy(), gain.copy()))
    if found.shape != (5, 7) or not np.allclose(
        [sum(found[n][m] * d[m] for m in range(7)) for n in range(5)],
        [gain[n] * e[n] * sum(x * x for x in d) for n in range(5)],
    ):
        by_name(found, WEIGHT_SLIPS, d, e, gain)
        if found.shape != (5, 7):
            raise Wrong(f"The shape is {found.shape}; it must be (behind, before), (5, 7).")
        raise Wrong("The currents are not those of the decoded value along each encoder.")
    if np.linalg.matrix_rank(found) != 1:
        raise Wrong("One value passes, so the rank must be 1.")
    off = number(differ)
    if not 0 <= off < 1e-6:
        raise Wrong(f"Nengo's decoders are others: they differ by {off:.2g} of the largest.")
    return f"One value, rank 1. Nengo's decoders differ by less than {max(off, 1e-12):.0e}."


def run(feedback: float, into: float, tau: float, u: float, seconds: float) -> float:
    """A value behind a synapse from 0.4 on, in small steps."""
    x, dt = 0.4, 1e-4
    for _ in range(round(seconds / dt)):
        x += dt / tau * (feedback * x + into * u - x)
    return x


FEEDBACK_SLIPS: dict[str, Callable] = {
    "The leak is not undone: add 1.": lambda a, b, tau: (tau * a, tau * b),
    "The input needs the synapse too: B' = tau B.": lambda a, b, tau: (tau * a + 1, b),
    "Multiply by tau, do not divide by it.": lambda a, b, tau: (a / tau + 1, b / tau),
    "A' is tau A plus 1: the leak takes x away, so give it back.": (
        lambda a, b, tau: (tau * a - 1, tau * b)
    ),
}


def judge_feedback(value: Any) -> str:
    feedback, predicted = parts(value, ("feedback", "predicted"))
    for a, b, tau in ((-2.0, 3.0, 0.1), (0.5, 1.0, 0.02), (0.0, 4.0, 0.2)):
        found = array(call(feedback, a, b, tau), shape=(2,))
        steady = 0.4 * math.exp(0.5 * a)
        driven = b * 0.3 * (0.5 if a == 0 else (math.exp(0.5 * a) - 1) / a)
        right, got = steady + driven, run(*found.tolist(), tau, 0.3, 0.5)
        if not abs(got - right) < 0.01:
            by_name(found, FEEDBACK_SLIPS, a, b, tau)
            raise Wrong(
                f"With A = {a}, B = {b}, tau = {tau} s the value should be {right:.3f} after half "
                f"a second; yours is {got:.4g}."
            )
    guess, right = number(predicted), SYNAPSE / WEAK
    if abs(guess - right) > 0.02 * right:
        known = {
            SYNAPSE: "That is the synapse alone, without feedback.",
            SYNAPSE * WEAK: "Divide by the part that is missing, do not multiply.",
        }
        for slip, reason in known.items():
            if abs(guess - slip) < 0.02 * slip:
                raise Wrong(reason)
        raise Wrong(f"{guess:.4g} s is too {'short' if guess < right else 'long'}.")
    return f"Three equations run as they should. 2 % too weak leaks with {right:.0f} s."
