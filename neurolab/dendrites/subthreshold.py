"""What a neuron's potential tells of a stimulus that its spikes do not.

    features   means of the potential, or counts of spikes, in bins of time      (n, F)
    told       argmax_c of (f - mean) W + b,    W by least squares with a ridge  (n,)
    bits       information of the table of stimulus and told, on other trials
    gap        bits by potential - bits by spikes

    symbol   meaning                                                   shape    unit
    v        potential of the soma, before a reset                     (T, n)   mV
    z        spikes of the soma                                        (T, n)   -
    s        number of the stimulus                                    (n,)     -
    W, b     linear read-out, one column a stimulus                    (F, C)   -

The spikes are read off the potential, so the whole potential never tells less (for the best of all
readers). To ask of what lies below threshold, each spike is cut out with its surroundings
(``without_spikes``), and the potential held over the gap. Both are read by the same reader in the
same bins. What is found bounds the information from below: another reader may find more.

What follows, and is tested: a table of a channel that errs with chance p has 1 - H(p) bits; the
read-out is that of least squares; where potential and spikes are the same the gap is nothing; the
interval for the gap, by drawing trials again, is as wide as repeated experiments spread.

It does not follow that other neurons have what the potential tells: most hear the spikes alone. The
potential acts on the branches it spreads to, on plasticity, and on the next spike.

References: London & Hausser (2005), doi:10.1146/annurev.neuro.28.061604.135703; Efron (1979),
doi:10.1214/aos/1176344552 (drawing trials again)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.coding.information import joint, plug_in


class Gap(NamedTuple):
    """Bits by potential minus bits by spikes."""

    bits: float
    low: float  # of the interval that holds 95 % of the draws
    high: float


def without_spikes(v: Tensor, z: Tensor, before: int, after: int) -> Tensor:
    """The potential (T, n), held from ``before`` steps ahead of a spike to ``after`` behind it.

    What it is held at is the last value in front of the gap; where the gap is there from the start,
    the first one behind it, or the mean of all that is left where there is none.
    """
    if v.shape != z.shape or v.ndim != 2:
        shapes = f"{tuple(v.shape)} and {tuple(z.shape)}"
        raise ValueError(f"v, z: one shape (T, n) is needed, got {shapes}")
    time = len(v)
    cut = torch.zeros_like(z, dtype=torch.bool)
    for shift in range(-before, after + 1):
        low, high = max(0, shift), min(time, time + shift)
        cut[low:high] |= z[low - shift : high - shift] > 0
    place = torch.arange(time)[:, None].expand_as(v)
    last = torch.where(cut, -1, place).cummax(0).values
    ahead = torch.where(cut, time, place).flip(0).cummin(0).values.flip(0)
    source = torch.where(last >= 0, last, ahead)
    rest = v[~cut].mean() if bool((~cut).any()) else v.mean()
    held = v.gather(0, source.clamp(max=time - 1))
    return torch.where(source < time, held, rest)


def binned(x: Tensor, bins: int) -> Tensor:
    """Means (n, bins) of x (T, n) in equal bins of time; a rest at the end is dropped."""
    steps = len(x) // bins
    if steps < 1:
        raise ValueError(f"bins: from 1 to {len(x)} are needed, got {bins}")
    return x[: steps * bins].reshape(bins, steps, -1).mean(1).T


def linear_readout(f: Tensor, s: Tensor, fresh: Tensor, ridge: float = 1e-3) -> Tensor:
    """What a linear reader of features f (n, F) with stimuli s (n,) tells of fresh ones (m, F)."""
    middle, size = f.mean(0), f.std(0).clamp(min=1e-9)
    f, fresh = (f - middle) / size, (fresh - middle) / size
    target = torch.nn.functional.one_hot(s, int(s.max()) + 1).to(f.dtype)
    mean = target.mean(0)
    square = f.T @ f + ridge * len(f) * torch.eye(f.shape[1], dtype=f.dtype)
    w = torch.linalg.solve(square, f.T @ (target - mean))
    return (fresh @ w + mean).argmax(1)


def decoded_bits(s: Tensor, told: Tensor) -> float:
    """Information of stimuli (n,) and of what was told of them (n,), by their frequencies."""
    return plug_in(joint(s, told))


def information_gap(
    s: Tensor, by_potential: Tensor, by_spikes: Tensor, chance: torch.Generator, draws: int = 500
) -> Gap:
    """The difference of bits of two readers told of the same trials (n,), and its interval."""

    def difference(rows: Tensor) -> float:
        bits = [decoded_bits(s[rows], told[rows]) for told in (by_potential, by_spikes)]
        return bits[0] - bits[1]

    n = len(s)
    again = torch.tensor(
        [difference(torch.randint(n, (n,), generator=chance)) for _ in range(draws)]
    )
    low, high = again.quantile(torch.tensor([0.025, 0.975])).tolist()
    return Gap(difference(torch.arange(n)), low, high)
