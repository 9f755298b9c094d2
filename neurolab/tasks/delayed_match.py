"""Delayed match to sample: was the second pattern the same as the first?

    trial    sample for ``shown`` ms; ``delay`` ms of nothing; test for ``shown`` ms;
             ``recall`` ms in which the answer is asked
    answer   1 if the test was the sample, 0 if it was another of the P patterns; each in half of
             the trials

    symbol   meaning                                                      shape       unit
    x        spikes: a population for each pattern, one for the question  (T, B, I)   -
    sample   which pattern came first                                     (B,)        -
    test     which came second                                            (B,)        -
    y        answer                                                       (B,)        -
    recall   1 in the steps in which the answer is asked                  (T,)        -

Populations of ``population`` inputs fire at ``rate`` while they are on. Neither the sample nor the
test tells the answer, each is as likely with both; it takes the two, apart in time.

Reference: Wang (2001), doi:10.1016/S0166-2236(00)01868-3 (delay tasks and persistent activity)
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Match(NamedTuple):
    x: Tensor  # (T, B, I) float32, 0 or 1
    sample: Tensor  # (B,) int64
    test: Tensor  # (B,) int64
    y: Tensor  # (B,) int64
    recall: Tensor  # (T,) float32, 0 or 1


def delayed_match(
    count: int,
    patterns: int = 4,
    shown: int = 100,
    delay: int = 500,
    recall: int = 100,
    population: int = 10,
    rate: float = 100.0,
    seed: int = 0,
) -> Match:
    """``count`` trials in steps of 1 ms, with (``patterns`` + 1) ``population`` inputs.

    Raises:
        ValueError: a size is not a whole number of at least 1 (``patterns``: 2, ``delay``: 0), or
            ``rate`` is not above 0.
    """
    sizes = {"count": count, "patterns": patterns, "shown": shown, "delay": delay}
    for name, value in (*sizes.items(), ("recall", recall), ("population", population)):
        least = {"patterns": 2, "delay": 0}.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")
    if not 0 < rate < float("inf"):
        raise ValueError(f"rate: a positive number of Hz is needed, got {rate!r}")
    chance = torch.Generator().manual_seed(seed)
    sample = torch.randint(patterns, (count,), generator=chance)
    same = torch.rand(count, generator=chance) < 0.5
    away = torch.randint(1, patterns, (count,), generator=chance)
    test = torch.where(same, sample, (sample + away) % patterns)
    second = shown + delay
    on = torch.zeros(second + shown + recall, count, patterns + 1)
    each = torch.arange(count)
    on[:shown, each, sample] = 1
    on[second : second + shown, each, test] = 1
    on[second + shown :, :, -1] = 1
    chances = -torch.expm1(-rate / 1000 * on).repeat_interleave(population, -1)
    x = (torch.rand(chances.shape, generator=chance) < chances).float()
    return Match(x, sample, test, same.long(), on[:, 0, -1])
