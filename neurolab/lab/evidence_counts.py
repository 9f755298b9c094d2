"""Questions 4 and 5 of lab evidence: right answers, and what the last cue alone is worth.

    accuracy = mean over trials of [argmax over sides of the mean y while asked = the answer]
    worth    = p P(k >= m) + (1 - p) P(k <= m),      k binomial of n - 1 cues with p,  m = (n - 1)/2

    symbol    meaning                                                    shape       unit
    y         read-out for left and right                                (T, B, 2)   -
    asked     1 in the steps in which the answer is asked                (T,)        -
    n, p      cues of a trial, chance that one is on the likely side     ()          -
    worth     how often the last cue is on the side of most cues         ()          -

An accuracy is judged on read-outs made so that the right number is known by how they were made, and
that changing them where nothing is asked changes nothing. The worth is summed by going through all
sequences of cues, with no formula.

Reference of the task: Morcos & Harvey (2016), doi:10.1038/nn.4403
"""

import functools
import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import torch

from .values import Blank, Wrong, array, call, is_blank, number

ARMS = ("adaptive", "no adaptation", "frozen traces")
MOST_CUES, LIKELY = 15, (0.55, 0.95)


@functools.cache
def made_up(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
    """y (T, B, 2), asked (T,), answer (B,) and the accuracy they were made to have."""
    chance = torch.Generator().manual_seed(seed)
    answer = torch.tensor([0, 1, 1, 0, 1, 1, 1, 0])
    right = torch.tensor([True, True, False, True, True, False, False, True])
    said = torch.where(right, answer, 1 - answer)
    asked = torch.zeros(12)
    asked[8:11] = 1
    y = torch.randn(12, 8, 2, generator=chance).clamp(-1.4, 1.4)
    y += 3 * _sides(said) * asked[:, None, None]
    y[9:11] += 3 * _sides(said)  # one step of three says the other side, two outweigh it
    y[8] += 5.4 * _sides(1 - said)
    before, after = answer.clone(), answer.clone()  # where nothing is asked: others, strongly
    before[1:], after[2:4] = 1 - answer[1:], 1 - answer[2:4]
    y[:8] += 12 * _sides(before)
    y[11] += 12 * _sides(after)
    return y, asked, answer, float(right.float().mean())


def _sides(said: torch.Tensor) -> torch.Tensor:
    """1 for the side said, (B, 2)."""
    return torch.nn.functional.one_hot(said, 2).float()


def judge_accuracy(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three things: (accuracy, guess, measured).")
    function, guess = value[0], number(value[1], what="For the guess, one number")
    for seed in (0, 1):
        y, asked, answer, right = made_up(seed)
        found = number(call(function, y.clone(), asked.clone(), answer.clone()))
        _judge_function(found, right, y, asked, answer)
    if isinstance(value[2], list | tuple) and any(is_blank(part) for part in value[2]):
        raise Blank
    measured = array(value[2]).ravel()
    _judge_guess(guess)
    if measured.size != 3 or not ((measured >= 0) & (measured <= 1)).all():
        raise Wrong(f"Measured are three accuracies from 0 to 1: {', '.join(ARMS)}.")
    if (measured == guess).all():
        raise Wrong("All three are your guess. What did the networks say?")
    listed = ", ".join(f"{a} {m:.2f}" for a, m in zip(ARMS, measured, strict=True))
    return f"Networks: {listed}. A coin says 0.50."


def _judge_function(found: float, right: float, y: Any, asked: Any, answer: Any) -> None:
    if abs(found - right) < 1e-6:
        return
    by = (y * asked[:, None, None]).sum(0)
    each = (y[asked > 0].argmax(-1) == answer).float().mean()
    known: dict[str, Any] = {
        "This is the fraction of wrong answers.": 1 - right,
        "This counts right answers; divide by how many there are.": right * len(answer),
        "This is in per cent; a fraction is asked.": 100 * right,
        "This averages over all steps; only those count in which the answer is asked.": (
            y.mean(0).argmax(-1) == answer
        )
        .float()
        .mean(),
        "This takes the last step of all; nothing is asked there any more.": (
            y[-1].argmax(-1) == answer
        )
        .float()
        .mean(),
        "This judges each step by itself; average the read-out over them first.": each,
        "This is how often the network says right, not how often it is right.": by.argmax(-1)
        .float()
        .mean(),
    }
    for reason, slip in known.items():
        if abs(found - float(slip)) < 1e-6:
            raise Wrong(reason)
    raise Wrong(f"On read-outs of ours your accuracy is {found:.4g}; it must be {right:.4g}.")


def _judge_guess(guess: float) -> None:
    if abs(guess - 0.5) <= 0.05:
        return
    if 5 < guess <= 100:
        raise Wrong("The guess is a fraction, not per cent.")
    if guess < 0.45:
        raise Wrong("A network that knows nothing is right by chance in half of the trials.")
    raise Wrong(
        f"A guess of {guess:g} without adaptation: what in the network has kept a cue for 200 ms, "
        "ten times as long as a potential lasts?"
    )


# Question 5: the last cue alone


@functools.cache
def worth(n: int, p: float) -> float:
    """How often the last of n cues is on the side of most, over all 2^n sequences."""
    ways = np.array(list(product((0, 1), repeat=n)))
    ones = ways.sum(1)
    chance = p**ones * (1 - p) ** (n - ones)
    return float(chance[ways[:, -1] == (2 * ones > n)].sum())


def judge_last_cue(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Wrong("Pass four things: (cues, likely, predicted, measured).")
    names = "cues", "likely", "predicted", "measured"
    n, p, predicted, measured = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, names, strict=True)
    )
    if n != round(n) or n % 2 == 0 or not 5 <= n <= MOST_CUES:
        raise Wrong(f"Take an odd number of cues from 5 to {MOST_CUES}, got {n:g}.")
    if not LIKELY[0] <= p <= LIKELY[1]:
        raise Wrong(f"Take likely from {LIKELY[0]} to {LIKELY[1]}, got {p:g}.")
    n, right = int(n), worth(int(n), p)
    _judge_worth(predicted, n, p)
    if abs(measured - predicted) < 1e-12:
        raise Wrong("The measured number is your prediction. What did the trials say?")
    if abs(measured - right) > 0.02:
        raise Wrong(
            f"You measured {measured:.3f} where all sequences of cues together say {right:.3f}: "
            "from 20,000 trials, with your cues and likely?"
        )
    return (
        f"The last of {n} cues is on the side of most in {100 * right:.1f} % of trials; you "
        f"measured {100 * measured:.1f} %. More than that takes more than the last cue."
    )


def _judge_worth(predicted: float, n: int, p: float) -> None:
    right = worth(n, p)
    if abs(predicted - right) < 0.005:
        return
    m = (n - 1) // 2
    at = [math.comb(n - 1, k) * p**k * (1 - p) ** (n - 1 - k) for k in range(n)]
    most = sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(m + 1, n + 1))
    known: dict[str, float] = {
        "This is in per cent; a fraction is asked.": 100 * right,
        "This is how often the last cue is on the likely side. The side of most cues is not "
        "always the likely one, and the last cue is one of them.": p,
        "This is how often most cues are on the likely side. How often is the last among them?": (
            most
        ),
        "This takes the last cue and the side of most as independent; the last is one of them.": (
            p * most + (1 - p) * (1 - most)
        ),
        "The case is missing in which the last cue is on the other side, and wins with it.": (
            p * sum(at[m:])
        ),
        "With the last cue there, half of the others are enough: k >= (n - 1)/2.": (
            p * sum(at[m + 1 :]) + (1 - p) * sum(at[:m])
        ),
        "This is how often the last cue is on the side of fewer.": 1 - right,
        "This is right for fair coins, likely 0.5.": worth(n, 0.5),
    }
    near: Callable[[str], float] = lambda reason: abs(known[reason] - predicted)  # noqa: E731
    reason = min(known, key=near)
    if near(reason) < 0.003 * max(1, known[reason]):
        raise Wrong(reason)
    raise Wrong(f"{predicted:.3f} is too {'small' if predicted < right else 'large'}.")
