"""Questions 5 and 6 of lab temporal: a loss of spike times, and another unit of time.

    loss = mean over the batch of -log p(y),      p = softmax(-t)
    t -> c t     where t_in -> c t_in,  decay -> decay / c,  w -> w / c,  pulses -> c pulses

    symbol    meaning                                            shape
    t         when the outputs fire                              (B, C)
    y         labels                                             (B,)
    c         the window in which the pixels fire, in ms         ()

The loss is compared with its formula on random times, in numpy, and must have a gradient. A
``stretch`` is tried on a small neuron: by the search of ``temporal_search.py`` it must fire c times
later.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .temporal_search import search
from .values import Blank, Wrong, array, call, is_blank, number

CLASSES, BATCH = 3, 5
GUESSES = "loud", "silent with the push", "silent without"


# Question 5


@functools.cache
def outputs() -> tuple[Tensor, Tensor]:
    chance = np.random.default_rng(1)
    t = torch.tensor(chance.uniform(0.5, 3.0, (BATCH, CLASSES)))
    return t, torch.tensor(chance.integers(0, CLASSES, BATCH))


def log_chances(t: np.ndarray) -> np.ndarray:
    """log softmax(-t)."""
    return -t - np.log(np.exp(-t).sum(1, keepdims=True))


def judge_xor(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (loss, guesses, solved).")
    loss, guesses, solved = value
    _judge_loss(loss)
    if isinstance(solved, list | tuple) and any(is_blank(part) for part in solved):
        raise Blank
    guesses, solved = array(guesses).ravel(), array(solved).ravel()
    if guesses.size != 3 or solved.size != 3:
        raise Wrong("Guesses and solved are three each: " + ", ".join(GUESSES) + ".")
    for name, part in (("Guesses", guesses), ("Solved", solved)):
        if not ((part >= 0) & (part <= 1)).all():
            raise Wrong(f"{name} are fractions from 0 to 1.")
    if guesses[2] > 0:
        raise Wrong(
            "Guess again for the third: no output fires, so the loss does not hang on any weight, "
            "and nothing pushes."
        )
    if guesses[0] < guesses[2] + 0.1:
        raise Wrong("Guess again for the first: its outputs fire, so their times can be moved.")
    listed = ", ".join(f"{part:.2f}" for part in solved)
    return f"Solved {listed}: {', '.join(GUESSES)}. Without a spike there is nothing to move."


def _judge_loss(loss: Any) -> None:
    t, y = outputs()
    moving = t.clone().requires_grad_()
    answer = call(loss, moving, y.clone())
    if hasattr(answer, "shape") and tuple(answer.shape) == (BATCH,):
        raise Wrong("One loss for each example: take the mean over the batch.")
    found, times, labels = number(answer, what="For the loss, one number"), t.numpy(), y.numpy()
    if abs(found + _mean(log_chances(times), labels)) > 1e-4:
        for reason, slip in LOSS_SLIPS.items():
            if abs(found - slip(times, labels)) < 1e-4:
                raise Wrong(reason)
        right = -_mean(log_chances(times), labels)
        raise Wrong(
            f"On random times -log softmax(-t)[y] has the mean {right:.4f}; yours {found:.4g}."
        )
    if not (isinstance(answer, Tensor) and answer.requires_grad):
        raise Wrong("No gradient leads back to the times: compute with torch, and detach nothing.")
    (slope,) = torch.autograd.grad(answer, moving, allow_unused=True)
    if slope is None or not torch.isfinite(slope).all() or not slope.abs().max() > 0:
        raise Wrong("No gradient leads back to the times: compute with torch, and detach nothing.")


def _mean(log_p: np.ndarray, y: np.ndarray) -> float:
    return float(log_p[np.arange(len(y)), y].mean())


LOSS_SLIPS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "Softmax of t favours the last to spike; the first is right: softmax of -t.": (
        lambda t, y: -_mean(log_chances(-t), y)
    ),
    "The sign: a loss is -log p, so that smaller is better.": (
        lambda t, y: _mean(log_chances(t), y)
    ),
    "The sum over the batch; the mean is asked.": lambda t, y: -len(y) * _mean(log_chances(t), y),
    "The chance itself; -log of it is asked.": lambda t, y: _mean(np.exp(log_chances(t)), y),
    "Minus the chance; -log of it is asked.": lambda t, y: -_mean(np.exp(log_chances(t)), y),
    "1 minus the chance; -log of it is asked.": lambda t, y: 1 - _mean(np.exp(log_chances(t)), y),
    "The time of the right output alone: the others must come later than it.": _mean,
    "Softmax runs over the batch; it runs over the outputs, dim 1.": (
        lambda t, y: -_mean(log_chances(t.T).T, y)
    ),
}


# Question 6

NEURON = ((0.1, 0.3, 0.8, 0.9), (0.5, 0.2), (1.0, -0.4, 1.4, 0.8, 0.7, 0.3))  # t_in, pulses, w
OLD = (0.6, 0.5)  # decay, threshold


def judge_stretch(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Wrong("Pass four things: (stretch, window, predicted, medians).")
    stretch, window, predicted, medians = value
    window = number(window, what="For window, one number")
    if not 5 <= window <= 50:
        raise Wrong(f"Take a window from 5 to 50 ms, got {window:g}.")
    _judge_stretched(stretch)
    if isinstance(medians, list | tuple) and any(is_blank(part) for part in medians):
        raise Blank
    before, after = array(medians, (2,))
    predicted = number(predicted, what="For predicted, one number")
    right = window * before
    if abs(predicted - right) > 0.02 * right:
        known = {
            "This is still in windows; ms are asked.": before,
            "This is when the last pixel comes; the decision is asked.": window,
            "Times, not rates: multiply by the window.": before / window,
            "Multiply by the window, and add nothing.": window + before,
        }
        for reason, slip in known.items():
            if abs(predicted - slip) < 0.01 * abs(slip):
                raise Wrong(reason)
        raise Wrong(f"{predicted:.4g} ms are too {'few' if predicted < right else 'many'}.")
    if abs(after - right) > 0.02 * right:
        raise Wrong(f"The stretched network decides at {after:.4g} ms; {right:.4g} is expected.")
    return (
        f"A window of {window:g} ms: the median decision comes at {after:.2f} ms, {window:g} times "
        f"{before:.3f}. No digit changes its answer."
    )


def _judge_stretched(stretch: Any) -> None:
    t_in, pulses, w = (np.array(part) for part in NEURON)
    for window in (5.0, 20.0):
        given = OLD[0], torch.tensor(w)[None], torch.tensor(pulses), window
        decay, new_w, new_pulses = _three(call(stretch, *given), w.shape, pulses.shape)
        old = _fires(t_in, pulses, w, OLD[0])
        if decay > 0 and abs(_fires(window * t_in, new_pulses, new_w, decay) / old - window) < 0.01:
            continue
        for reason, slip in STRETCH_SLIPS.items():
            if all(
                np.allclose(one, other)
                for one, other in zip(
                    (decay, new_w, new_pulses), slip(OLD[0], w, pulses, window), strict=True
                )
            ):
                raise Wrong(reason)
        if decay <= 0:
            raise Wrong(f"The decay must be above 0, got {decay:g}.")
        there = _fires(window * t_in, new_pulses, new_w, decay)
        raise Wrong(
            f"With a window of {window:g} ms a neuron should fire {window:g} times later, at "
            f"{window * old:.3g}; stretched your way it fires at {there:.3g}."
        )


def _three(answer: Any, *shapes: tuple[int, ...]) -> tuple[float, np.ndarray, np.ndarray]:
    if isinstance(answer, list | tuple) and any(is_blank(part) for part in answer):
        raise Blank
    if not isinstance(answer, list | tuple) or len(answer) != 3:
        raise Wrong("Return three things: decay, weight and pulses.")
    decay = number(answer[0], what="For the decay, one number")
    w, pulses = (array(part) for part in answer[1:])
    if w.size != shapes[0][0] or pulses.size != shapes[1][0]:
        raise Wrong("Weight and pulses keep their shapes.")
    return decay, w.ravel(), pulses.ravel()


def _fires(t_in: np.ndarray, pulses: np.ndarray, w: np.ndarray, decay: float) -> float:
    both = np.concatenate([t_in, pulses])
    if not (np.isfinite(both).all() and np.isfinite(w).all()):
        return math.nan
    return search(both, w, decay, OLD[1])


STRETCH_SLIPS: dict[str, Callable] = {
    "The weights stay as they are: what an input adds to v grows with time, so divide them.": (
        lambda d, w, p, c: (d / c, w, p * c)
    ),
    "The weights grow; an input has c times as long to lift v, so divide them.": (
        lambda d, w, p, c: (d / c, w * c, p * c)
    ),
    "The decay stays as it is: it is 1 / tau_s, and tau_s grows.": (
        lambda d, w, p, c: (d, w / c, p * c)
    ),
    "The decay grows; it is 1 / tau_s, and tau_s grows.": lambda d, w, p, c: (d * c, w / c, p * c),
    "The pulses stay as they are: they are times, too.": lambda d, w, p, c: (d / c, w / c, p),
    "The pulses shrink; they are times, and grow with the window.": (
        lambda d, w, p, c: (d / c, w / c, p / c)
    ),
    "Nothing has changed.": lambda d, w, p, c: (d, w, p),
    "Everything is multiplied; decay and weights are per ms, so divide them.": (
        lambda d, w, p, c: (d * c, w * c, p * c)
    ),
}
