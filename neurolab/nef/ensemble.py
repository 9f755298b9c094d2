"""An ensemble: many LIF neurons that together stand for a value of D dimensions.

    encoding    J(x) = gain e . x / radius + bias       each neuron by its tuning curve
    decoding    f(x) ~ a(x) D_f                         any function has decoders of its own

    symbol    meaning                                              shape     unit
    x         the value, of a length up to the radius              (B, D)    that of the model
    e         encoders, of length 1                                (N, D)    -
    a         rates                                                (B, N)    Hz
    D_f       decoders of a function f                             (N, K)    1 / Hz

Encoders are drawn evenly from the sphere, intercepts and maximal rates evenly from their ranges,
points to solve for evenly from the ball, as Nengo draws them.

What follows, and is tested: the error of the decoded value falls as 1 / sqrt(N) with noise; sums
and products of two values are decoded from neurons that stand for both.

References: Eliasmith & Anderson (2003), Neural Engineering, ch. 2; in short: Stewart & Eliasmith
(2014), doi:10.1109/JPROC.2014.2306061
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from .decoders import Decoders, solve_decoders
from .tuning import gain_bias, lif_rate_step

Function = Callable[[Tensor], Tensor]  # (M, D) -> (M, K)


def sample_sphere(count: int, dimensions: int, chance: torch.Generator | None = None) -> Tensor:
    """Directions, evenly from the sphere: (count, D)."""
    x = torch.randn(count, dimensions, generator=chance)
    return x / x.norm(dim=1, keepdim=True).clamp_min(1e-12)


def sample_ball(count: int, dimensions: int, chance: torch.Generator | None = None) -> Tensor:
    """Points, evenly from the ball of radius 1: (count, D)."""
    length = torch.rand(count, 1, generator=chance) ** (1 / dimensions)
    return length * sample_sphere(count, dimensions, chance)


class Ensemble(nn.Module):
    """Neurons that stand for a value.

    Args:
        neurons, dimensions: N and D.
        radius: of the values that are to be stood for.
        max_rates, intercepts: ranges to draw from, Hz and parts of the radius.
        tau, t_ref: membrane time constant and refractory time, ms.
        points: M, at which functions are met; None means max(500, 2 N).
        seed: of all that is drawn.
    """

    def __init__(
        self,
        neurons: int,
        dimensions: int = 1,
        radius: float = 1.0,
        max_rates: tuple[float, float] = (200.0, 400.0),
        intercepts: tuple[float, float] = (-1.0, 0.9),
        tau: float = 20.0,
        t_ref: float = 2.0,
        points: int | None = None,
        seed: int = 0,
    ):
        super().__init__()
        for name, size in (("neurons", neurons), ("dimensions", dimensions)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        for name, value in (("radius", radius), ("tau", tau)):
            if not 0 < value < math.inf:
                raise ValueError(f"{name}: a number above 0 is needed, got {value!r}")
        low, high = max_rates
        if not 0 < low <= high or (t_ref and high >= 1000 / t_ref):
            most = f"below {1000 / t_ref:g} Hz" if t_ref else "above 0"
            raise ValueError(f"max_rates: a range {most} is needed, got {max_rates}")
        if not -1 <= intercepts[0] <= intercepts[1] < 1:
            raise ValueError(f"intercepts: a range from -1 to below 1, got {intercepts}")
        chance = torch.Generator().manual_seed(seed)
        self.radius, self.tau, self.t_ref = radius, tau, t_ref
        encoders = sample_sphere(neurons, dimensions, chance)
        rates = low + (high - low) * torch.rand(neurons, generator=chance)
        start = torch.rand(neurons, generator=chance)
        start = intercepts[0] + (intercepts[1] - intercepts[0]) * start
        gain, bias = gain_bias(rates, start, tau, t_ref)
        count = max(500, 2 * neurons) if points is None else points
        points_ = radius * sample_ball(count, dimensions, chance)
        for name, x in (("encoders", encoders), ("gain", gain), ("bias", bias)):
            self.register_buffer(name, x)
        self.register_buffer("points", points_)

    @property
    def shape(self) -> tuple[int, int]:
        """N, D."""
        return tuple(self.encoders.shape)

    def current(self, x: Tensor) -> Tensor:
        """J (..., N) for values (..., D)."""
        if x.shape[-1] != self.shape[1]:
            given = tuple(x.shape)
            raise ValueError(f"x: values (..., {self.shape[1]}) are needed, got {given}")
        return self.gain * (x @ self.encoders.T) / self.radius + self.bias

    def rates(self, x: Tensor) -> Tensor:
        """a (..., N) in Hz for values (..., D)."""
        return lif_rate_step(self.current(x), self.tau, self.t_ref)

    def decoders(self, function: Function | None = None, noise: float = 0.1) -> Decoders:
        """Decoders of a function of the value; None means the value itself."""
        wanted = self.points if function is None else function(self.points)
        if wanted.ndim != 2 or len(wanted) != len(self.points):
            needed, given = f"({len(self.points)}, K)", tuple(wanted.shape)
            raise ValueError(f"function: values {needed} are needed, got {given}")
        return solve_decoders(self.rates(self.points), wanted, noise)

    def extra_repr(self) -> str:
        return f"neurons={self.shape[0]}, dimensions={self.shape[1]}, radius={self.radius}"
