"""Trials of Wang's network: a while of rest, then a stimulus, until one group wins.

    decided when the mean rate of A or of B over the last 50 ms is above a threshold

    symbol    meaning                                             shape   unit
    c         coherence, from -1 to 1; above 0 speaks for A       (B,)    -
    choice    1: A, 2: B; where time ran out the larger rate      (B,)    -
    time      from the onset of the stimulus to the threshold     (B,)    ms

Trials that have decided leave the batch, so a batch takes as long as its slow trials alone. Rates
are looked at every 5 ms.

Reference: Wang (2002), doi:10.1016/S0896-6273(02)01092-9 (a fixed threshold of the population
rate; ours is that of Wong & Wang (2006), doi:10.1523/JNEUROSCI.3733-05.2006)
"""

import math

import torch
from torch import Tensor

from .decision import Decisions
from .wang import Wang, WangState

WINDOW = 10  # bins of 5 ms


def wang_trials(
    net: Wang,
    coherence: Tensor,
    generator: torch.Generator,
    threshold: float = 15.0,
    before: float = 200.0,
    longest: float = 2000.0,
) -> Decisions:
    """One trial for each coherence (B,).

    Args:
        threshold: Hz.
        before: ms of rest ahead of the stimulus, as ``longest`` a positive multiple of 50.
        longest: ms of stimulus after which the larger rate decides.
    """
    if coherence.ndim != 1 or not (coherence.abs() <= 1).all():
        raise ValueError(f"coherence: (B,) from -1 to 1 is needed, got {coherence!r:.80}")
    if not 0 < threshold < math.inf:
        raise ValueError(f"threshold: a positive number of Hz is needed, got {threshold!r}")
    for name, time in (("before", before), ("longest", longest)):
        if not 50 <= time < math.inf or time % 50:
            raise ValueError(f"{name}: a positive multiple of 50 ms is needed, got {time!r}")
    coherence = coherence.to(torch.get_default_dtype())
    told, state = net(before, generator, trials=len(coherence))
    told = told[-WINDOW:, :, :2]
    choice = torch.zeros(len(coherence), dtype=torch.long)
    time = torch.full((len(coherence),), math.inf)
    going = torch.arange(len(coherence))
    for piece in range(round(longest / 50)):
        if not len(going):
            break
        new, state = net(50, generator, coherence[going], state)
        told = torch.cat([told, new[:, :, :2]])
        means = torch.stack([told[k + 1 : k + 1 + WINDOW].mean(0) for k in range(WINDOW)])
        above = means.amax(2) > threshold  # (10, B)
        done, bin_ = above.any(0), above.int().argmax(0)  # the first bin above
        at = means[torch.where(done, bin_, WINDOW - 1), torch.arange(len(going))]
        choice[going] = 1 + (at[:, 1] > at[:, 0]).long()
        time[going[done]] = 50.0 * piece + 5.0 * (bin_[done] + 1)
        stay = ~done
        going, told = going[stay], told[WINDOW:, stay]
        state = WangState(*(part[stay] for part in state))
    return Decisions(choice, time)
