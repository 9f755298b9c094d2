"""Context-dependent gating (XdG): in each task another random part of the units is off.

    y_l = y_l * m_l^(k),     m_l^(k) has round((1 - gated) N_l) ones, drawn once for task k

    symbol   meaning                                          shape
    m        one mask for each task                           (K, N)
    gated    part of the units that are off                   ()

The gate is told the task; nothing about it is learned. Two masks share the part 1 - gated of their
units, on average: (1 - gated)^2 N.

Reference: Masse, Grant & Freedman (2018), arXiv:1802.01569
"""

import torch
from torch import Tensor


def xdg_masks(tasks: int, units: int, gated: float = 0.8, seed: int = 0) -> Tensor:
    """(tasks, units) of 0 and 1: each row has round((1 - gated) units) ones, at least one."""
    if not isinstance(gated, int | float) or not 0 <= gated < 1:
        raise ValueError(f"gated: a number in [0, 1) is needed, got {gated!r}")
    for name, value in (("tasks", tasks), ("units", units)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: a whole number of at least 1 is needed, got {value!r}")
    on = max(1, round((1 - gated) * units))
    chance = torch.Generator().manual_seed(seed)
    drawn = torch.rand(tasks, units, generator=chance).topk(on, dim=1).indices
    return torch.zeros(tasks, units).scatter_(1, drawn, 1.0)
