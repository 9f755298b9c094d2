"""Sums of sines to be produced, as a task for recurrent networks.

    y*_k(t) = sum_f A_kf sin(2 pi f t + phi_kf)

    symbol   meaning                                   shape     unit
    y*       target, mean 0 over whole periods         (T, K)    -
    f        frequencies                               (F,)      Hz
    A, phi   amplitude, 0.5 to 2, and phase, 0 to 2 pi (K, F)    -, rad

Each target is divided by its standard deviation if all amplitudes were 1, sqrt(F / 2), so that
sizes do not depend on how many sines there are.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y, pattern generation
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def sums_of_sines(
    steps: int,
    outputs: int = 3,
    frequencies: Sequence[float] = (1.0, 2.0, 3.0, 5.0),
    dt: float = 1.0,
    seed: int = 0,
) -> Tensor:
    """Targets (steps, outputs) float32, with amplitudes and phases drawn once.

    Raises:
        ValueError: an argument is not positive, or there is no frequency.
    """
    for name, value in (("steps", steps), ("outputs", outputs), ("dt", dt)):
        if not value > 0:
            raise ValueError(f"{name}: got {value}, must be above 0")
    if not frequencies or not all(f > 0 for f in frequencies):
        raise ValueError(f"frequencies: some above 0 are needed, got {frequencies!r}")
    chance = torch.Generator().manual_seed(seed)
    size, phase = torch.rand(2, outputs, len(frequencies), generator=chance, dtype=torch.float64)
    f = torch.tensor(frequencies, dtype=torch.float64)
    time = torch.arange(steps, dtype=torch.float64)[:, None, None] * dt / 1000  # s
    waves = (0.5 + 1.5 * size) * torch.sin(2 * math.pi * (f * time + phase))
    return (waves.sum(-1) / math.sqrt(len(frequencies) / 2)).float()
