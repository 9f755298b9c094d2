"""The referee of lab temporal: spike times without Lambert's function.

    v(t) = sum over inputs with t_i < t of  w_i (t - t_i) exp(-decay (t - t_i))
    t    = the first time at which v(t) = level

    symbol    meaning                                    shape    unit
    t_in      when the inputs fire, in order             (I,)     ms
    w         weights                                    (I,)     thresholds / ms
    decay     1 / tau_s, of the synapses                 ()       1 / ms
    level     the threshold, 1 where none is named       ()       thresholds

A fine grid finds between which of its points v first reaches the level; halving finds where.
``neurons`` draws some at random and leaves out those whose potential only just touches the
threshold, so that a grid may judge them.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import functools
import math
from typing import NamedTuple

import numpy as np

from neurolab.spiking.temporal import crossing_time

POINTS, HALVINGS = 4000, 50
INPUTS, SPAN, DECAY = 6, 12.0, 0.2  # of the neurons that are drawn
FIRING, SILENT = 12, 2
# Fires late: the sums up to the second input would have reached the threshold before it came.
DAMPED = (0.0, 10.0, 13.0, 14.0, 19.0, 20.0), (0.45, -0.03, 0.3, 0.4, 0.2, 0.1)


class Neuron(NamedTuple):
    t_in: np.ndarray  # (I,) ms, in order
    w: np.ndarray  # (I,) thresholds / ms
    t: float  # ms, when it fires; inf: never


def potential(t: np.ndarray, t_in: np.ndarray, w: np.ndarray, decay: float) -> np.ndarray:
    """v at each of the times t."""
    since = np.maximum(np.subtract.outer(t, t_in), 0.0)
    return (w * since * np.exp(-decay * since)).sum(-1)


def search(t_in: np.ndarray, w: np.ndarray, decay: float, level: float = 1.0) -> float:
    """When v first reaches ``level``; inf: never."""
    grid = np.linspace(t_in.min(), t_in.max() + 10 / decay, POINTS)
    over = potential(grid, t_in, w, decay) >= level
    if not over.any():
        return math.inf
    low, high = grid[over.argmax() - 1], grid[over.argmax()]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = potential(middle, t_in, w, decay) >= level
        low, high = (low, middle) if above else (middle, high)
    return float(high)


@functools.cache
def neurons() -> tuple[Neuron, ...]:
    """``FIRING`` neurons that fire, the first one damped, then ``SILENT`` that never do."""
    chance = np.random.default_rng(0)
    t_in, w = map(np.array, DAMPED)
    fire = [Neuron(t_in, w, search(t_in, w, DECAY))]
    never: list[Neuron] = []
    while len(fire) < FIRING or len(never) < SILENT:
        t_in = np.sort(chance.uniform(0.0, SPAN, INPUTS))
        w = chance.normal(0.15, 0.35, INPUTS)
        early, t, late = (search(t_in, w, DECAY, level) for level in (0.95, 1.0, 1.05))
        if early == math.inf:
            never.append(Neuron(t_in, w, t))
        elif late - early < 1.0:
            fire.append(Neuron(t_in, w, t))
    return *fire[:FIRING], *never[:SILENT]


def crossing(a: float, b: float, decay: float) -> float:
    """When (a t - b) exp(-decay t) rises to 1; inf: never. Ours, for question 2."""
    if a <= 0 or math.log(a / decay) < decay * b / a + 1:
        return math.inf
    return float(crossing_time(a, b, decay, 1.0))
