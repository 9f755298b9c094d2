"""Questions 2 to 5 of lab store-recall: what a raised threshold still says, and when it is asked.

    left(t)  = exp(-t / TAU_A)                 of the lead in the trace of the neurons of a bit
    share(k) = (1 - 1 / delay)^(k - 1)         of the bits are kept for k symbols or longer

    symbol    meaning                                                  shape       unit
    lead      spikes that one group of neurons fires less, mean        ()          -
    delay     mean number of symbols for which a bit is kept           ()          -
    state     of the LSNN, whose fields v and a question 4 erases      see LSNN    -

When it is asked, every neuron is driven until its threshold stops it. One whose trace starts d
higher has d spikes fewer to go, so the lead in spikes is the lead in the traces. The formulas judge
the predictions; an ``erase`` is tried on a state of random numbers.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

import math
from typing import Any

import numpy as np
import torch

from neurolab.recurrent import LSNNState
from neurolab.spiking import ALIFState, RecurrentState

from .store_recall_network import SYMBOL, TAU_A
from .values import Blank, Wrong, array, call, is_blank, number

LEAD = 5.0  # spikes, of question 2
EARLY, LATE = 2, 6  # symbols, of question 3
FIELDS = "v", "a"


def judge_time(value: Any) -> str:
    ms, right = number(value), TAU_A * math.log(LEAD)
    if abs(ms - right) < 0.03 * right:
        return f"Theory says {right:.0f} ms, {right / SYMBOL:.1f} symbols. Potentials keep 20 ms."
    known = {
        "This is in symbols; ms are asked.": right / SYMBOL,
        "This is in s; ms are asked.": right / 1000,
        "After one tau_a 1/e of 5 is left, 1.8 spikes.": TAU_A,
        "A trace does not fall in proportion to time: it falls to 1/e in each tau_a.": TAU_A * LEAD,
        "This halves the lead; it falls from 5 to 1.": TAU_A * math.log(2),
        "This is how the potential fades, with 20 ms. The lead is in the threshold's trace.": (
            20 * math.log(LEAD)
        ),
        "This is log10; an exponential wants the natural logarithm.": TAU_A * math.log10(LEAD),
        "The sign is turned: a time is above 0.": -right,
    }
    _named(ms, known)
    raise Wrong(f"{ms:.4g} ms are too {'few' if ms < right else 'many'}.")


def expected_left() -> float:
    """Of the lead at a wait of ``EARLY`` symbols, at ``LATE``."""
    return math.exp(-(LATE - EARLY) * SYMBOL / TAU_A)


def judge_left(value: Any) -> str:
    left, right = number(value), expected_left()
    if left == right:
        raise Wrong("This is the prediction. What did the networks say?")
    if abs(left - right) < 0.12:
        return (
            f"Between {EARLY} and {LATE} symbols the lead falls to {left:.2f}; theory says "
            f"{right:.2f}."
        )
    if abs(left - 1 / right) < 0.4:
        raise Wrong("Upside down: the lead at 6 symbols over the lead at 2.")
    if abs(left) < 0.15 or abs(left) > 3:
        raise Wrong(
            f"{left:.2f} is not what is left. The lead is the mean of the other group's spikes "
            "minus those of the kept bit's own: turn the sign where the bit is 0 or 1."
        )
    much = "little" if left < right else "much"
    raise Wrong(f"{left:.2f} is too {much}: compare waits of {LATE} and {EARLY} symbols.")


# Question 4


def random_state(seed: int = 0) -> LSNNState:
    chance = torch.Generator().manual_seed(seed)
    v, a, u, z, o = (torch.randn(3, n, generator=chance) for n in (4, 4, 4, 4, 2))
    return LSNNState(RecurrentState(ALIFState(v, a, u), z), o, None)


def judge_erase(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (erase, guesses, measured).")
    function, guesses, measured = value
    for name in FIELDS:
        _judge_erased(call(function, random_state(), name), name)
    if isinstance(measured, list | tuple) and any(is_blank(part) for part in measured):
        raise Blank
    guesses, measured = array(guesses).ravel(), array(measured).ravel()
    if guesses.size != 3 or measured.size != 3:
        raise Wrong("Guesses and measured are three each: v erased, a erased, no adaptation.")
    if not ((measured >= 0) & (measured <= 1)).all():
        raise Wrong("Errors are fractions from 0 to 1.")
    _judge_guesses(guesses)
    listed = ", ".join(f"{error:.2f}" for error in measured)
    return f"Errors {listed}: the bit is in the thresholds, not in the potentials."


def _judge_erased(found: Any, name: str) -> None:
    before = random_state()
    if not isinstance(found, LSNNState):
        raise Wrong("Return the whole state: `state._replace(layer=...)`.")
    try:
        neurons = {f: getattr(found.layer.neurons, f) for f in ("v", "a", "u")}
    except AttributeError as problem:
        raise Wrong("The layer of what you return has no neurons: replace those, too.") from problem
    changed = [f for f in neurons if not torch.equal(neurons[f], getattr(before.layer.neurons, f))]
    if not changed:
        raise Wrong(f"Nothing is erased: field {name!r} is as before. `_replace` makes a new one.")
    if changed != [name]:
        raise Wrong(f"Asked to erase {name!r}, you change {', '.join(map(repr, changed))}.")
    if neurons[name].shape != before.layer.neurons.v.shape or neurons[name].any():
        raise Wrong(f"Field {name!r} must be zeros of the same shape.")
    if not torch.equal(found.layer.z, before.layer.z) or not torch.equal(found.o, before.o):
        raise Wrong("Leave spikes and read-out as they are.")


def _judge_guesses(guesses: np.ndarray) -> None:
    if (guesses > 1).any():
        raise Wrong("Guesses are fractions, not per cent.")
    if guesses[0] > 0.2:
        raise Wrong("Potentials keep nothing for longer than 20 ms: what is lost without them?")
    if (abs(guesses[1:] - 0.5) > 0.1).any():
        raise Wrong("Two groups that nothing tells apart: how often is a coin wrong?")


# Question 5


def share(k: float, delay: float) -> float:
    """Of the bits that are kept for ``k`` symbols or longer."""
    return (1 - 1 / delay) ** (k - 1)


def judge_share(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Wrong("Pass four things: (delay, k, predicted, measured).")
    names = "delay", "k", "predicted", "measured"
    delay, k, predicted, measured = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, names, strict=True)
    )
    if not 2 <= delay <= 6:
        raise Wrong(f"Take a delay from 2 to 6 symbols, got {delay:g}.")
    if k != round(k) or not 3 <= k <= 8:
        raise Wrong(f"Take a whole number k from 3 to 8, got {k:g}.")
    right = share(k, delay)
    if abs(predicted - right) > 0.01:
        known = {
            "From store to recall are k - 1 symbols without a command, not k.": share(k + 1, delay),
            "Of k - 1 symbols none may be a recall; this leaves out k - 2.": share(k - 1, delay),
            "This is how often a bit is kept for exactly k symbols.": right / delay,
            "This is how often a bit is kept for less.": 1 - right,
            "In each symbol a recall comes with the chance 1 / delay.": (1 / delay) ** (k - 1),
            "This is in per cent; a fraction is asked.": 100 * right,
            "This is the error, half of it. The share is asked.": right / 2,
            "This is an exponential; symbols come one by one.": math.exp(-(k - 1) / delay),
        }
        _named(predicted, known)
        raise Wrong(f"{predicted:.3f} is too {'small' if predicted < right else 'large'}.")
    if measured == predicted:
        raise Wrong("The measured share is your prediction. What did the trials say?")
    if abs(measured - right) > 0.03:
        raise Wrong(
            f"You measured {measured:.3f} where theory says {right:.3f}: among the recalls alone?"
        )
    return (
        f"{100 * right:.1f} % of the bits are kept for {k:.0f} symbols or longer; you measured "
        f"{100 * measured:.1f} %. A network that forgets sooner errs in half of them."
    )


def _named(given: float, known: dict[str, float]) -> None:
    """Raise the reason whose slip is nearest, if one is within 2 %."""

    def off(reason: str) -> float:
        return abs(given - known[reason]) / max(abs(known[reason]), 1e-9)

    reason = min(known, key=off)
    if off(reason) < 0.02:
        raise Wrong(reason)
