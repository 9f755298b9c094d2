"""Questions 2 and 3 of lab information: what an answer that knows nothing seems to tell.

    about      (S - 1) (A - 1) / (2 n ln 2)                        to first order in 1 / n
    exactly    E H(n) - E H(n / S)                                 the mean over all draws
    E H(m)     -A sum_k C(m, k) (1/A)^k (1 - 1/A)^(m - k) (k / m) log2 (k / m)

    symbol   meaning                                               shape    unit
    S, A     pieces; answers, all equally likely                   ()       -
    n        trials, of all pieces                                 ()       -
    H(m)     entropy of the frequencies of m draws                 ()       bits

Reference: Panzeri et al. (2007), doi:10.1152/jn.00559.2007
"""

import functools
import math
from typing import Any

import numpy as np

from .information_cell import PIECES
from .values import Blank, Wrong, array, is_blank, number

ANSWERS, CLAIM = 16, 0.1  # bits, of question 2
TRIALS = 10, 30, 95  # of each piece, in question 3


def claimed(trials: float, pieces: int = PIECES, answers: int = ANSWERS) -> float:
    """Bits that unrelated answers seem to tell, to first order."""
    return (pieces - 1) * (answers - 1) / (2 * pieces * trials * math.log(2))


@functools.cache
def claimed_exactly(trials: int, pieces: int = PIECES, answers: int = ANSWERS) -> float:
    """The mean over all draws of the answers."""
    return _mean_entropy(pieces * trials, answers) - _mean_entropy(trials, answers)


def _mean_entropy(m: int, answers: int) -> float:
    """Of the frequencies of m draws; its terms are those of a binomial distribution."""
    logs, q = [math.lgamma(k + 1) for k in range(m + 1)], 1 / answers
    chance = (
        math.exp(logs[m] - logs[k] - logs[m - k] + k * math.log(q) + (m - k) * math.log1p(-q))
        for k in range(1, m + 1)
    )
    return -answers * sum(p * (k / m) * math.log2(k / m) for k, p in enumerate(chance, 1))


def judge_trials(value: Any) -> str:
    trials = number(value)
    right, top = PIECES * claimed(PIECES) / CLAIM, (ANSWERS - 1) * (PIECES - 1)
    if abs(trials - right) < 0.04 * right:
        return f"Theory says {right:.0f} trials of each piece, {PIECES * right:.0f} in all."
    known = {
        f"These are all trials; there are {PIECES} pieces.": right * PIECES,
        "This takes bits for nats: ln 2 is missing below the bar.": right * math.log(2),
        "The 2 below the bar is missing.": 2 * right,
        "One less of each: (S - 1) (A - 1) above the bar.": right * PIECES * ANSWERS / top,
        "You leave out that the pieces are compared with one another: A - 1 is taken off once.": (
            right * PIECES / (PIECES - 1)
        ),
        "This has the answers alone; each of the pieces but one adds as many.": right
        / (PIECES - 1),
        "This has the pieces alone; each of the answers but one adds as many.": right
        / (ANSWERS - 1),
        "Upside down: the trials are above 1.": 1 / right,
        "This is for 0.01 bits.": 10 * right,
        "This is for 1 bit.": right / 10,
    }
    named(trials, known)
    raise Wrong(f"{trials:.4g} trials of each are too {'few' if trials < right else 'many'}.")


def judge_claims(value: Any) -> str:
    if isinstance(value, list | tuple) and any(is_blank(part) for part in value):
        raise Blank
    found = array(value).ravel()
    if found.size != len(TRIALS):
        raise Wrong(f"Three means are asked, for {', '.join(map(str, TRIALS))} trials a piece.")
    right = np.array([claimed_exactly(m) for m in TRIALS])
    if (abs(found / right - 1) < 0.13).all():
        if np.allclose(found, [claimed(m) for m in TRIALS], rtol=1e-6):
            raise Wrong("These are the predictions. What did drawn answers say?")
        listed = ", ".join(f"{bits:.3f}" for bits in found)
        said = ", ".join(f"{bits:.3f}" for bits in right)
        return f"Answers that know nothing seem to tell {listed} bits; exact theory says {said}."
    known = {
        "The order is turned: 10 trials of each piece come first.": right[::-1],
        "This is in nats; bits take log2.": right * math.log(2),
        "These trials are of all pieces together; each piece gets as many.": np.array(
            [claimed_exactly(max(m // PIECES, 1)) for m in TRIALS]
        ),
        "Your answers are 8, not 16: they are drawn like the pieces.": np.array(
            [claimed_exactly(m, answers=PIECES) for m in TRIALS]
        ),
        "Your answers know all about the piece: draw them without it.": np.full(3, 3.0),
    }
    for reason, slip in known.items():
        if (abs(found / slip - 1) < 0.13).all():
            raise Wrong(reason)
    if (abs(found) < 0.2 * right).all():
        raise Wrong("The excess is gone: take plug_in, not an estimate that is corrected.")
    k = int(abs(found / right - 1).argmax())
    raise Wrong(
        f"With {TRIALS[k]} trials of each piece such answers seem to tell {right[k]:.3f} bits; "
        f"yours {found[k]:.3f}: sixteen equally likely answers, drawn without looking?"
    )


def named(given: float, known: dict[str, float]) -> None:
    """Raise the reason whose slip is nearest, if one is within 2 %."""

    def off(reason: str) -> float:
        return abs(given - known[reason]) / max(abs(known[reason]), 1e-9)

    reason = min(known, key=off)
    if off(reason) < 0.02:
        raise Wrong(reason)
