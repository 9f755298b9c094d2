"""Question 6 of lab permuted-digits: how much each weight helped, for synaptic intelligence.

    Omega = max(sum_t -g_t Delta_t, 0) / ((sum_t Delta_t)^2 + xi)

    symbol     meaning                                          shape
    g, Delta   gradients and changes of weights, step by step   (T, P)
    xi         keeps the quotient finite                        ()

The function is tried on drawn numbers, against a loop; a miss is compared with known slips.

Reference: Zenke et al. (2017), arXiv:1703.04200
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .permuted_digits_answers import by_name, parts
from .permuted_digits_network import KINDS
from .values import Wrong, array, call


def importance_by_loop(g: np.ndarray, moved: np.ndarray, xi: float) -> np.ndarray:
    found = []
    for i in range(g.shape[1]):
        helped = sum(-g[t][i] * moved[t][i] for t in range(len(g)))
        way = sum(moved[t][i] for t in range(len(g)))
        found.append(max(helped, 0.0) / (way * way + xi))
    return np.array(found)


IMPORTANCE_SLIPS: dict[str, Callable] = {
    "The sign is turned: a step against the gradient helps.": (
        lambda g, d, xi: np.maximum((g * d).sum(0), 0) / (d.sum(0) ** 2 + xi)
    ),
    "A weight that moved against the task counts as zero, not below.": (
        lambda g, d, xi: -(g * d).sum(0) / (d.sum(0) ** 2 + xi)
    ),
    "Square the whole way of a weight, not its steps one by one.": (
        lambda g, d, xi: np.maximum(-(g * d).sum(0), 0) / ((d**2).sum(0) + xi)
    ),
    "The way is not squared.": (
        lambda g, d, xi: np.maximum(-(g * d).sum(0), 0) / (np.abs(d.sum(0)) + xi)
    ),
    "xi is missing: a weight that came back to its place would be infinitely important.": (
        lambda g, d, xi: np.maximum(-(g * d).sum(0), 0) / d.sum(0) ** 2
    ),
    "Clip the sum, not each step.": (
        lambda g, d, xi: np.maximum(-g * d, 0).sum(0) / (d.sum(0) ** 2 + xi)
    ),
    "Add up over the steps: one number a weight stays.": (
        lambda g, d, xi: np.maximum(-g * d, 0) / (d.sum(0) ** 2 + xi)
    ),
}


def judge_importance(value: Any) -> str:
    importance, guesses, measured = parts(value, ("importance", "guesses", "measured"))
    chance = np.random.default_rng(13)
    for steps, xi in ((6, 0.1), (20, 0.01)):
        g, moved = chance.normal(size=(2, steps, 8))
        found = array(call(importance, g.copy(), moved.copy(), xi))
        right = importance_by_loop(g, moved, xi)
        if found.shape != right.shape or not np.allclose(found, right, atol=1e-6):
            by_name(found, IMPORTANCE_SLIPS, g, moved, xi)
            raise Wrong("Your numbers are not those of a loop over weights and steps.")
    guessed, there = array(guesses, shape=(3,)), array(measured, shape=(3, 2))
    if not ((there > 0.05) & (there <= 1)).all():
        raise Wrong("Pass what each network reaches (without SI, with SI), from 0 to 1.")
    gain = there[:, 1] - there[:, 0]
    listed = ", ".join(
        f"{kind} {x:+.2f} (guess {g:+.2f})" for kind, x, g in zip(KINDS, gain, guessed, strict=True)
    )
    return f"SI adds: {listed}."
