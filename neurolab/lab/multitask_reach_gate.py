"""Question 1 of lab multitask-reach: what a task lets through of each unit.

    d_s    = u_s . c = u_sk          of a one-hot context c of task k
    factor = sigmoid(d of the segment with the largest |d|)

    symbol    meaning                          shape
    u         weights of the segments          (N, S, K)
    k         the task                         ()
    factor    of each unit                     (N,)

The judge goes through units and segments one by one.

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

import math
from typing import Any

import numpy as np
import torch

from .values import Wrong, array, call

UNITS, SEGMENTS, TASKS = 6, 3, 4


def _by_hand(u: np.ndarray, k: int) -> np.ndarray:
    found = []
    for unit in u:
        chosen = 0.0
        for segment in unit:
            if abs(segment[k]) > abs(chosen):
                chosen = float(segment[k])
        found.append(1 / (1 + math.exp(-chosen)))
    return np.array(found)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _largest(u: np.ndarray, k: int) -> np.ndarray:
    d = u[:, :, k]
    return np.take_along_axis(d, np.abs(d).argmax(1)[:, None], 1)[:, 0]


SLIPS = {
    "This takes the largest d. The largest in size may be negative, and then it shuts the unit.": (
        lambda u, k: _sigmoid(u[:, :, k].max(1))
    ),
    "The sign is lost: choose by the size, but keep the sign of the one you chose.": (
        lambda u, k: _sigmoid(np.abs(u[:, :, k]).max(1))
    ),
    "This is d itself; a sigmoid makes a factor of it.": _largest,
    "One segment decides; this adds them up.": lambda u, k: _sigmoid(u[:, :, k].sum(1)),
    "One segment decides; this is their mean.": lambda u, k: _sigmoid(u[:, :, k].mean(1)),
    "This is 1 minus the factor: a large d lets through.": lambda u, k: 1 - _by_hand(u, k),
    "This adds over all tasks; a one-hot context picks the column of one.": (
        lambda u, k: _sigmoid(_largest(u.sum(2, keepdims=True), 0))
    ),
}


def judge_gate(gate: Any) -> str:
    chance = np.random.default_rng(0)
    cases = [(chance.standard_normal((UNITS, SEGMENTS, TASKS)) * 2, k) for k in (0, 2, 3)]
    made = [array(call(gate, torch.tensor(u), k)) for u, k in cases]
    for found in made:
        if found.shape != (UNITS,):
            raise Wrong(f"One factor for each of {UNITS} units is asked, this has {found.shape}.")
    right = [_by_hand(u, k) for u, k in cases]
    if all(np.allclose(m, r, atol=1e-6) for m, r in zip(made, right, strict=True)):
        return f"The factors of {UNITS} units in three tasks are those of a walk through segments."
    for reason, slip in SLIPS.items():
        slips = [slip(u, k) for u, k in cases]
        if all(np.allclose(m, s, atol=1e-6) for m, s in zip(made, slips, strict=True)):
            raise Wrong(reason)
    off = max(np.abs(m - r).max() for m, r in zip(made, right, strict=True))
    raise Wrong(f"A factor is off by up to {off:.2g}.")
