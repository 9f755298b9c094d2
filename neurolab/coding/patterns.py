"""Two patterns with equal counts: nothing tells them apart but when their spikes come.

    pattern   each afferent fires ``each`` spikes at fixed times, drawn evenly over the length
    trial     the pattern, every spike moved by a Gaussian jitter, and Poisson spikes besides

    symbol    meaning                                             shape            unit
    times     of a pattern                                        (each, N)        ms
    length    of a trial                                          ()               ms
    jitter    standard deviation                                  ()               ms
    rate      of the spikes besides                               ()               1 / s
    z         spikes of trials, 0, 1, 2, ...                      (T, B, N)        -

Both patterns have the same number of spikes in every afferent, and a spike that jitter moves past
an end of the trial comes in at the other, so counts are distributed alike in both: no reader of
counts can do better than chance. Tested; a tempotron (``tempotron``) separates the two.

Where it differs from the sources: patterns are drawn, not learned or grown from delays.

References: Gutig & Sompolinsky (2006), doi:10.1038/nn1643; that order alone may carry a picture:
Thorpe, Fize & Marlot (1996), doi:10.1038/381520a0; groups held by delays: Izhikevich (2006),
doi:10.1162/089976606775093882
"""

import torch
from torch import Tensor

from .spikes import check_from_zero, check_positive, uniform


def pattern(afferents: int, each: int, length: float, generator: torch.Generator) -> Tensor:
    """Times (each, afferents) in ms, 0 to ``length``."""
    check_positive(length=length)
    like = torch.zeros((), dtype=torch.float64)
    return uniform((each, afferents), like, generator) * length


def pattern_trials(
    times: Tensor,
    trials: int,
    length: float,
    generator: torch.Generator,
    jitter: float = 1.0,
    rate: float = 5.0,
    dt: float = 1.0,
) -> Tensor:
    """Spikes (T, trials, N) of a pattern (each, N), T = length / dt; several may share a step.

    Raises:
        ValueError: a length, jitter, rate or dt that makes no sense, or times outside the trial.
    """
    check_positive(length=length, dt=dt)
    check_from_zero(jitter=jitter, rate=rate)
    if not bool(((times >= 0) & (times <= length)).all()):
        raise ValueError(f"times: 0 to length = {length!r} ms is needed, got {times.aminmax()}")
    steps, (each, afferents) = round(length / dt), times.shape
    shape = each, trials, afferents
    noise = torch.randn(shape, generator=generator, dtype=times.dtype, device=times.device)
    moved = torch.remainder(times[:, None] + jitter * noise, length)
    bins = (moved / dt).long().clamp(max=steps - 1)
    besides = times.new_full((steps, trials, afferents), rate * dt / 1000)
    z = torch.poisson(besides, generator=generator)
    return z.scatter_add_(0, bins, torch.ones_like(moved))
