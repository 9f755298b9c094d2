"""Evidence accumulation: count the cues on the left and on the right, wait, then say which won.

    trial    n cues, each on for ``cue`` ms and off for ``gap`` ms; ``delay`` ms; ``recall`` ms
    side     of a trial's cues: one side with the chance ``likely``, the other with 1 - likely
    answer   the side of most cues; n is odd, so there is one

    symbol   meaning                                               shape       unit
    x        spikes: left, right, recall and noise, a quarter each (T, B, I)   -
    side     of each cue: 0 left, 1 right                          (B, n)      -
    y        answer: 0 left, 1 right                               (B,)        -
    recall   1 in the steps in which the answer is asked           (T,)        -

A channel's neurons fire at ``rate`` while it is on, noise all the time at a quarter of it. No cue
tells the answer alone, and none is left when it is asked: it must be counted and kept.

References: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y; the task of mice: Morcos & Harvey
(2016), doi:10.1038/nn.4403
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Cues(NamedTuple):
    x: Tensor  # (T, B, I) float32, 0 or 1
    side: Tensor  # (B, n) int64
    y: Tensor  # (B,) int64
    recall: Tensor  # (T,) float32, 0 or 1


def evidence_cues(
    count: int,
    cues: int = 7,
    cue: int = 100,
    gap: int = 50,
    delay: int = 1050,
    recall: int = 150,
    channel: int = 10,
    rate: float = 40.0,
    likely: float = 0.7,
    seed: int = 0,
) -> Cues:
    """``count`` trials in steps of 1 ms, with 4 ``channel`` inputs.

    Raises:
        ValueError: a length or size is not positive (gap and delay: is negative), ``cues`` is even,
            or ``likely`` is not from 0.5 to 1.
    """
    sizes = {"count": count, "cues": cues, "cue": cue, "recall": recall, "channel": channel}
    for name, value in (*sizes.items(), ("rate", rate)):
        if not value > 0:
            raise ValueError(f"{name}: got {value}, must be above 0")
    for name, value in (("gap", gap), ("delay", delay)):
        if value < 0:
            raise ValueError(f"{name}: got {value}, must be at least 0")
    if cues % 2 == 0:
        raise ValueError(f"cues: got {cues}, an odd number is needed for one side to win")
    if not 0.5 <= likely <= 1:
        raise ValueError(f"likely: got {likely}, 0.5 to 1 is allowed")
    chance = torch.Generator().manual_seed(seed)
    right = torch.where(torch.rand(count, 1, generator=chance) < 0.5, likely, 1 - likely)
    side = (torch.rand(count, cues, generator=chance) < right).long()
    steps = cues * (cue + gap) + delay + recall
    on = torch.zeros(steps, count, 4)
    for k in range(cues):
        start = k * (cue + gap)
        shown = torch.nn.functional.one_hot(side[:, k], 2).float()
        on[start : start + cue, :, :2] = shown
    asked = (torch.arange(steps) >= steps - recall).float()
    on[..., 2], on[..., 3] = asked[:, None], 0.25
    spikes_at = -torch.expm1(-rate * on / 1000).repeat_interleave(channel, -1)
    x = (torch.rand(spikes_at.shape, generator=chance) < spikes_at).float()
    return Cues(x, side, (2 * side.sum(1) > cues).long(), asked)
