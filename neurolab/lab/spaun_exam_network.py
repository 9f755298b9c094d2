"""The network of lab spaun-exam, small: copy and recognise, in spikes; and question 6.

    stream    letter, pause, digit, pause, ?, pause
    drawn     ink of the pen while it is down

One eye, learned from some of the training digits; one network for the two tasks; digits that the
eye never saw. The stream is shorter than in the exam of 25 trials, eye and hand are smaller and the
hand is quicker, so these trials show how an exam works, and not how good the network of the book
is. Needs nengo and nengo-spa.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

import functools
from typing import Any, NamedTuple

import numpy as np
import torch

from neurolab import tasks
from neurolab.neuromorphic.spaun_strokes import (
    LETTERS,
    correlation,
    fit,
    glyphs,
    ink,
    pen,
    pen_width,
    templates,
)
from neurolab.neuromorphic.spaun_vision import Eye, EyeParams, learn

from .start import fast
from .values import Blank, Wrong, array, is_blank

SIDE, FINE = 8, 0.7  # pixels; width of the network's pen, in widths of the digits' lines
SHOWN, GAP, ANSWER, SHORTEST = 0.2, 0.1, 1.1, 0.25  # s
TASKS = {"C": "COPY", "R": "READ"}
DIGITS = (2, 7)


class Shown(NamedTuple):
    """A trial: what was shown, what was drawn, None where the pen never was down for long."""

    digit: int
    picture: np.ndarray  # (64,)
    mean: np.ndarray  # (64,), the mean drawing of that digit
    drawn: np.ndarray | None  # (64,)
    path: np.ndarray  # (T, 2) of the pen while it was down


@functools.cache
def eye() -> tuple[Eye, float]:
    """The eye, and the largest style in its training pictures."""
    x, y = tasks.load("digits", split="train")
    many, epochs, neurons = (200, 15, 150) if fast() else (500, 30, 300)
    x, y = x[:many], y[:many]
    via = fit(x, templates()[y], pen_width(SIDE), 20)
    chance = torch.Generator().manual_seed(0)
    shapes = [glyphs(s, 60, SIDE, pen_width(SIDE), chance) for s in LETTERS]
    symbols = torch.arange(10, 15).repeat_interleave(60)
    pictures = torch.cat([x, *shapes]).flatten(1)
    params = EyeParams(neurons=neurons, style=6, epochs=epochs, moves=4.0)
    made = learn(pictures, torch.cat([y, symbols]), via, params)
    return made, float(made(x.flatten(1))[1].abs().max())


def reads() -> float:
    """Part of the test digits that the eye reads, without spikes."""
    x, y = tasks.load("digits", split="test")
    return float((eye()[0](x.flatten(1))[0].argmax(1) == y).double().mean())


@functools.cache
def network():
    """The spiking network, built when it is first asked for."""
    from neurolab.neuromorphic.spaun import MiniSpaun, SpaunParams
    from neurolab.neuromorphic.spaun_hand import HandParams

    hand = HandParams(draw=0.8, product_neurons=50, class_neurons=50, phase_neurons=300)
    params = SpaunParams(tasks=("COPY", "READ"), dimensions=16, symbol_neurons=25, hand=hand)
    return MiniSpaun(*eye(), params)


@functools.cache
def letters() -> dict[str, np.ndarray]:
    """One picture of each letter, not those that the eye learned from."""
    chance = torch.Generator().manual_seed(1)
    return {s: glyphs(s, 1, SIDE, pen_width(SIDE), chance).flatten().numpy() for s in LETTERS}


@functools.cache
def trial(letter: str, digit: int) -> Shown:
    """Show a letter ("" for none), the first such digit of the test set and ?."""
    from neurolab.neuromorphic.spaun_words import Seen

    x, y = tasks.load("digits", split="test")
    picture = x[int((y == digit).nonzero()[0])].flatten().numpy()
    shown = [letters()[letter]] if letter else []
    stream = []
    for one in (*shown, picture, letters()["?"]):
        stream += [Seen(one, SHOWN), Seen(None, GAP)]
    made, width = network(), FINE * pen_width(SIDE)
    seen = made.run(stream, ANSWER)
    path = torch.as_tensor(seen.pen[seen.ink > 0.3]).float()
    drawn = None
    if len(path) * made.every >= SHORTEST:
        drawn = ink(path[None], SIDE, width).flatten().double().numpy()
    mean = ink(pen(eye()[0].means[digit].view(1, -1, 2)), SIDE, width)
    return Shown(digit, picture, mean.flatten().double().numpy(), drawn, path.numpy())


def exam(letter: str) -> list[Shown]:
    """The trials of a letter: C copies, R recognises, "" is no letter at all.

    Raises:
        ValueError: another letter.
    """
    if letter not in (*TASKS, ""):
        raise ValueError(f"letter must be C, R or empty, got {letter!r}")
    digits = DIGITS[-1:] if fast() or not letter else DIGITS
    return [trial(letter, digit) for digit in digits]


def likeness(rows: list[Shown]) -> float:
    """Mean correlation of drawings with their pictures; 0 where nothing was drawn."""

    def one(row):
        if row.drawn is None:
            return 0.0
        pair = [torch.as_tensor(v).float().view(1, SIDE, SIDE) for v in (row.drawn, row.picture)]
        return float(correlation(*pair))

    return sum(map(one, rows)) / len(rows)


# Question 6


def judge_exam(value: Any) -> str:
    """The likenesses are computed again from the trials that ran."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your guesses and what you measured: (guesses, measured).")
    if any(is_blank(part) for part in value):
        raise Blank
    guessed, found = (array(part, shape=(3,)) for part in value)
    if (np.abs(guessed[:2]) > 1).any():
        raise Wrong("A correlation is at most 1.")
    wanted = [likeness(exam(letter)) for letter in TASKS]
    none = sum(row.drawn is not None for row in exam(""))
    if np.allclose(found[:2], wanted[::-1], atol=1e-3) and abs(wanted[0] - wanted[1]) > 2e-3:
        raise Wrong("C comes first, then R.")
    for letter, got, right in zip(TASKS, found, wanted, strict=False):
        if abs(got - right) > 0.005:
            raise Wrong(
                f"The drawings of {letter} are {right:.2f} like their pictures, yours says "
                f"{got:.4g}: the correlation of row.drawn with row.picture, and their mean."
            )
    if found[2] != none:
        raise Wrong(
            f"Without a letter there were {none} drawings, yours says {found[2]:g}: count the rows "
            "whose drawn is not None."
        )
    return (
        f"C {wanted[0]:.2f} (guess {guessed[0]:.2f}), R {wanted[1]:.2f} (guess {guessed[1]:.2f}), "
        f"without a letter {none} drawings (guess {guessed[2]:g})."
    )
