"""Questions 4 and 5 of lab information: answers that come once, and a spike in a rhythm.

    answers that come once, dealt at random    log2 S for each trial that has a spike
    rhythm, about                              log2 (L / (sigma sqrt(2 pi e)))

    symbol   meaning                                                 shape    unit
    S        pieces                                                  ()       -
    L        length of a cycle                                       ()       ms
    sigma    standard deviation of a spike's time, its jitter        ()       ms

A dealing is judged by what is left of a relation that was put in. The rhythm's information is also
computed exactly, from the mass of a wrapped Gaussian in each bin.

Reference: spikes told by their phase: O'Keefe & Recce (1993), doi:10.1002/hipo.450030307
"""

import functools
import math
from typing import Any

import numpy as np
import torch

from .information_bits import by_entropies
from .information_cell import PIECES, count, recorded
from .information_excess import named
from .values import Wrong, array, call, number

CYCLE, BIN = 100.0, 2.0  # ms, of question 5

# Question 4


@functools.cache
def silent() -> float:
    """Share of the cell's trials that have no spike."""
    return float((count(recorded(400, seed=1)[1]) == 0).double().mean())


def judge_deal(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (deal, guess, measured).")
    function, guess, measured = value
    _judge_dealt(function)
    guess = number(guess, "For the guess, one number")
    measured = number(measured, "For what was measured, one number")
    right = (1 - silent()) * math.log2(PIECES)
    if abs(guess - right) > 0.35:
        if guess > 2.9:
            raise Wrong(
                "Nearly: an answer that comes once seems to tell its piece wholly, 3 bits. But "
                f"{100 * silent():.0f} % of the trials have no spike, and share one answer."
            )
        raise Wrong(
            f"You guess {guess:.2f} bits. Of which pieces can an answer be that came only once? "
            "The formula does not know that it was dealt out."
        )
    if measured == guess:
        raise Wrong("What you measured is your guess.")
    if abs(measured - right) > 0.15:
        raise Wrong(f"You measured {measured:.2f} bits: plug_in, at 0.001 ms, of dealt answers?")
    return (
        f"Dealt at random, answers of 0.001 ms seem to tell {measured:.2f} bits, about "
        f"{100 * (1 - silent()):.0f} % of 3. There is nothing in them."
    )


def _judge_dealt(function: Any) -> None:
    answer = torch.arange(PIECES).repeat_interleave(100) * 3 + torch.arange(800) % 3
    given = answer.clone()
    found = array(call(function, given))
    if not torch.equal(given, answer):
        raise Wrong("Your function changes the answers it is given: copy them first.")
    if found.shape != (800,):
        raise Wrong(f"As many answers as came in: shape (800,), and yours is {found.shape}.")
    old = answer.numpy()
    if (found == old).all():
        raise Wrong("Every trial still has its own answer: nothing was dealt.")
    if not (np.sort(found) == np.sort(old)).all():
        if set(found) <= set(old):
            raise Wrong("Some answers come twice and some never: each must be dealt once.")
        raise Wrong("These are other answers: deal the ones that came in.")
    piece = old // 3
    table = np.zeros((PIECES, 3 * PIECES))
    np.add.at(table, (piece, found.astype(int)), 1)
    if by_entropies(table) > 0.4:  # expected: 0.15, scattered by 0.01
        raise Wrong("The order is new, but answers still tell the piece: deal them at random.")


# Question 5


def rhythm(jitter: float) -> float:
    """Bits that a spike at a Gaussian time in a cycle tells, when all times are equally likely."""
    return math.log2(CYCLE / (jitter * math.sqrt(2 * math.pi * math.e)))


@functools.cache
def rhythm_exactly(jitter: float, wrapped: bool = True) -> float:
    """The same from the mass of each bin, for eight even times."""
    around = range(-3, 4) if wrapped else (0,)
    edges = np.arange(0 if wrapped else -200, (CYCLE if wrapped else 300) + BIN / 2, BIN)
    table = np.zeros((PIECES, len(edges) - 1))
    for k in range(PIECES):
        for turn in around:
            off = edges + turn * CYCLE - (k + 0.5) * CYCLE / PIECES
            below = [math.erf(x / jitter / math.sqrt(2)) / 2 for x in off]
            table[k] += np.diff(below)
    return by_entropies(table)


def judge_rhythm(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (jitter, predicted, measured).")
    names = "the jitter", "the prediction", "what was measured"
    jitter, predicted, measured = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, names, strict=True)
    )
    if not 8 <= jitter <= 16:
        raise Wrong(f"Take a jitter from 8 to 16 ms, got {jitter:g}.")
    right, exactly = rhythm(jitter), rhythm_exactly(jitter)
    if abs(predicted - right) > 0.05:
        known = {
            "This is in nats; bits take log2.": right * math.log(2),
            "You leave out e: the width of a Gaussian is sigma sqrt(2 pi e).": right
            + math.log2(math.sqrt(math.e)),
            "The width of a Gaussian is sigma sqrt(2 pi e), not sigma.": math.log2(CYCLE / jitter),
            "The width of a Gaussian is sigma sqrt(2 pi e), not 2 sigma.": math.log2(
                CYCLE / jitter / 2
            ),
            "The root is missing: sigma sqrt(2 pi e).": right
            - math.log2(math.sqrt(2 * math.pi * math.e)),
            "This is how many times fit. The bits are its log2.": 2**right,
            "This is what is lost. The bits are what is left of the cycle.": math.log2(
                jitter * math.sqrt(2 * math.pi * math.e)
            ),
            "Upside down: the cycle over the width.": -right,
            "Without jitter, that.": math.log2(PIECES),
        }
        named(predicted, known)
        raise Wrong(f"{predicted:.2f} bits are too {'few' if predicted < right else 'many'}.")
    if measured == predicted:
        raise Wrong("The measured number is your prediction. What did the spikes say?")
    if abs(measured - exactly) > 0.1:
        known = {
            "Your spikes leave the cycle: what goes past its end comes in at the start.": (
                rhythm_exactly(jitter, wrapped=False)
            ),
            "Your jitter is a variance, or its root: it is the standard deviation.": (
                rhythm_exactly(jitter**0.5)
            ),
            "Your spikes all come at the same time: where is the jitter?": math.log2(PIECES),
            "Your spikes do not know the piece.": 0.0,
        }
        reason = min(known, key=lambda name: abs(measured - known[name]))
        if abs(measured - known[reason]) < 0.1:
            raise Wrong(reason)
        raise Wrong(f"You measured {measured:.2f} bits where theory says {exactly:.2f}.")
    return (
        f"With {jitter:g} ms of jitter theory says {right:.2f} bits; you measured {measured:.2f}. "
        "The count, always 1, tells none."
    )
