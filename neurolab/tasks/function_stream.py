"""A stream of examples of an unknown function, as spikes: whoever reads it must learn as it goes.

    f(x) = sigmoid(v . tanh(W x + b))              another W, b, v for every episode
    a sample shows x(s) and the answer f(x(s - 1)) to the one before, for ``sample`` ms

    symbol   meaning                                                    shape        unit
    x        spikes: first number, second, the answer before            (T, B, I)    -
    point    the numbers shown, uniform in [-1, 1]                       (S, B, 2)    -
    y        f(point), what should be said in that sample               (S, B)       -

Each of the three numbers is told by ``population`` neurons, which prefer values evenly spread over
its range and fire by a Gaussian tuning curve as wide as their distance, at ``rate`` at its top. In
the first sample the population of the answer is silent. W, b and v are uniform in
[-strength, strength].

No two episodes have the same function, so an answer cannot be known by heart: it must be taken from
the samples before. The best that a reader without memory can do is to say the family's mean at x.

Where it differs from the paper: three hidden units, not ten, and they are centred (tanh) with no
bias behind them. Without that a function differs from another mostly by its mean, and whoever
remembers the mean answer has solved the task.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from typing import NamedTuple

import torch
from torch import Tensor


class FunctionStream(NamedTuple):
    x: Tensor  # (T, B, I) float32, 0 or 1
    point: Tensor  # (S, B, 2) float32
    y: Tensor  # (S, B) float32


def function_stream(
    count: int,
    samples: int = 30,
    sample: int = 20,
    population: int = 10,
    rate: float = 300.0,
    hidden: int = 3,
    strength: float = 3.0,
    seed: int = 0,
) -> FunctionStream:
    """``count`` episodes of ``samples`` samples in steps of 1 ms, with 3 ``population`` inputs.

    Raises:
        ValueError: a size is not a whole number of at least 1 (``population``: 2), or ``rate`` or
            ``strength`` is not above 0.
    """
    sizes = {"count": count, "samples": samples, "sample": sample, "hidden": hidden}
    for name, value in (*sizes.items(), ("population", population)):
        least = 2 if name == "population" else 1
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")
    for name, value in (("rate", rate), ("strength", strength)):
        if not 0 < value < float("inf"):
            raise ValueError(f"{name}: a number above 0 is needed, got {value!r}")
    chance = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> Tensor:
        return 2 * torch.rand(*shape, generator=chance) - 1

    first, base = strength * drawn(count, hidden, 2), strength * drawn(count, hidden)
    second = strength * drawn(count, hidden)
    point = drawn(samples, count, 2)
    between = torch.tanh(torch.einsum("bhk,sbk->sbh", first, point) + base)
    y = torch.sigmoid((between * second).sum(-1))
    told = torch.cat([torch.zeros(1, count), 2 * y[:-1] - 1])
    numbers = torch.cat([point, told[..., None]], -1)  # (S, B, 3), from -1 to 1
    preferred = torch.linspace(-1, 1, population)
    apart = (numbers[..., None] - preferred) / (preferred[1] - preferred[0])
    rates = rate * torch.exp(-apart.square() / 2)
    rates[0, :, 2] = 0.0
    chances = -torch.expm1(-rates.flatten(2) / 1000)
    spikes = torch.rand(samples, sample, *chances.shape[1:], generator=chance) < chances[:, None]
    return FunctionStream(spikes.float().flatten(0, 1), point, y)
