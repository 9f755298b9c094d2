"""K-winners: of many units exactly k stay on, the others are silent.

    winners      the k largest of boosted_n = x_n exp(strength (target - duty_n))
    y_n          x_n of a winner, 0 of the others
    dL/dx_n      dL/dy_n of a winner, 0 of the others

    symbol      meaning                                            shape              unit
    x           activity                                           (..., N)           -
    k           winners among the N                                ()                 -
    duty        how often a unit has won, a running mean           (N,)               -
    target      k / N, how often it would win if all won alike     ()                 -
    strength    of boosting; 0 is none                             ()                 -

Of equal values the unit that comes first wins, so that exactly k stay whatever the input. Boosting
changes who wins, never the value that is passed on: units that won too often are held back, units
that never win come into play, and the code uses all of its units.

In a picture (C, H, W) all C H W units compete, and a channel has one duty cycle; ``kwinners_local``
lets the channels of each place compete.

What follows, and is tested: exactly k stay, with ties too; values and gradients are those of a
sort; a batch is its rows; with boosting the entropy of the duty cycles rises towards its largest
value, log N.

Where it differs from the paper: the released network keeps a fraction of the winners' ties by
chance of the sorting; here the rule above. While a network is tested, ``k_test`` may be larger than
k, as there (1.5 times).

Reference: Ahmad & Scheinkman (2019), arXiv:1903.11257
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp
from neurolab.kernels import gated_winners


def _possible(x: Tensor, k: int) -> None:
    if x.ndim == 0:
        raise ValueError("x: at least one dimension is needed, got a single number")
    n = x.shape[-1]
    if not isinstance(k, int) or isinstance(k, bool) or not 0 <= k <= n:
        raise ValueError(f"k: a whole number from 0 to {n} is needed, got {k!r}")


def winners(x: Tensor, k: int) -> Tensor:
    """Which units of the last dimension are among the k largest: booleans of the shape of x.

    Raises:
        ValueError: k is no whole number from 0 to N, or x has numbers that are not finite.
    """
    _possible(x, k)
    n = x.shape[-1]
    if k == 0 or x.numel() == 0:
        return torch.zeros_like(x, dtype=torch.bool)
    x = x.detach()
    least = x.topk(k, dim=-1, sorted=False).values.amin(-1, keepdim=True)
    if not bool(torch.isfinite(x.sum())):
        bad = int((~torch.isfinite(x)).sum())
        if bad:
            raise ValueError(f"x: finite numbers are needed, got {bad} that are nan or infinite")
    found = x >= least
    if int(found.sum()) != k * (x.numel() // n):  # ties at the edge: the first of them win
        above = x > least
        tied = found & ~above
        found = above | (tied & (tied.cumsum(-1) <= k - above.sum(-1, keepdim=True)))
    return found


def kwinners(
    x: Tensor, k: int, factor: Tensor | None = None, which: Tensor | None = None
) -> Tensor:
    """x (..., N) where it is among the k largest of its row, 0 elsewhere.

    With a ``factor`` x (B, N) is multiplied before: by (N,), by (B, N), or, with ``which`` (B,), by
    rows of a table (K, N).
    """
    _possible(x, k)
    if factor is not None:
        factor = factor[None] if factor.ndim == 1 else factor
    flat = x if x.ndim == 2 else x.reshape(-1, x.shape[-1])
    fast = gated_winners(flat, factor, which, k)
    if fast is not None:
        return fast.view(x.shape)
    if factor is not None:
        x = x * (factor if which is None else factor[which])
    return torch.where(winners(x, k), x, torch.zeros_like(x))


def kwinners_2d(x: Tensor, k: int) -> Tensor:
    """x (B, C, H, W) where it is among the k largest of its picture, 0 elsewhere."""
    _picture(x)
    return kwinners(x.flatten(1), k).view_as(x)


def kwinners_local(x: Tensor, k: int) -> Tensor:
    """x (B, C, H, W) where it is among the k largest channels of its place, 0 elsewhere."""
    _picture(x)
    return kwinners(x.movedim(1, -1), k).movedim(-1, 1)


def boost_step(
    x: Value,
    duty: Value,
    target: Value,
    strength: Value,
) -> Value:
    """What decides who wins, from activity and duty cycle.

    Elementwise.
    """
    return x * exp(strength * (target - duty))


def _picture(x: Tensor) -> None:
    if x.ndim != 4:
        raise ValueError(f"x: shape (B, C, H, W) is needed, got {tuple(x.shape)}")


@dataclass(frozen=True)
class KWinnersParams:
    boost: float = 0.0  # strength of boosting
    boost_decay: float = 1.0  # factor on it, each time ``fade`` is called (the paper: an epoch)
    period: int = 1000  # examples over which the duty cycle is a mean
    k_test: float = 1.0  # k is so many times larger while nothing is learned

    def __post_init__(self):
        for name, low, high in (("boost", 0, 1e3), ("boost_decay", 0, 1), ("k_test", 0, 1e3)):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ValueError(f"{name}: {low} to {high:g} is allowed, got {value!r}")
        if not isinstance(self.period, int) or self.period < 1:
            raise ValueError(f"period: a whole number of at least 1 is needed, got {self.period!r}")


class KWinners(nn.Module):
    """The k largest of N units stay.

    Args:
        units: N; of pictures (``KWinners2d``) the channels C.
        density: k as a part of all units that compete; at least one wins.
        params: boosting, and k while nothing is learned.

    Shapes: x (..., N), y alike. Buffers: ``duty`` (N,), ``seen`` examples, ``strength`` of
    boosting now.
    """

    def __init__(self, units: int, density: float, params: KWinnersParams = KWinnersParams()):
        super().__init__()
        if not isinstance(density, int | float) or not 0 < density <= 1:
            raise ValueError(f"density: a number in (0, 1] is needed, got {density!r}")
        self.units, self.density, self.params = units, density, params
        self.register_buffer("duty", torch.zeros(units))
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))
        self.register_buffer("strength", torch.tensor(float(params.boost)))

    def extra_repr(self) -> str:
        return f"{self.units}, density={self.density}"

    def k(self, units: int) -> int:
        """How many of so many units win, now."""
        density = self.density * (1 if self.training else self.params.k_test)
        return min(units, max(1, round(density * units)))

    def forward(
        self, x: Tensor, factor: Tensor | None = None, which: Tensor | None = None
    ) -> Tensor:
        """The winners of x, or of x times ``factor``, see ``kwinners``."""
        if x.ndim == 0 or x.shape[-1] != self.units:
            given = tuple(x.shape)
            raise ValueError(f"x: shape (..., {self.units}) is needed, got {given}")
        if self.params.boost == 0:
            return kwinners(x, self.k(self.units), factor, which)
        if factor is not None:
            x = x * (factor if which is None else factor[which])
        return self.compete(x, self.duty, self.units)

    def compete(self, x: Tensor, duty: Tensor, each: int) -> Tensor:
        """The winners of (..., N), by the duty cycle (N,) of each; ``each`` channels of a row."""
        k = self.k(x.shape[-1])
        if self.params.boost == 0:
            return kwinners(x, k)
        target = k / x.shape[-1]
        found = winners(boost_step(x.detach(), duty, target, self.strength), k)
        if self.training:
            places = x.shape[-1] // each
            self._count(found.view(-1, each, places).to(self.duty.dtype))
        return torch.where(found, x, torch.zeros_like(x))

    @torch.no_grad()
    def _count(self, found: Tensor) -> None:
        """The duty cycle from (B, N, places): of all examples at first, later of ``period``."""
        self.seen += len(found)
        share = len(found) / min(max(self.params.period, len(found)), max(1, int(self.seen)))
        if len(found):
            self.duty += share * (found.mean((0, 2)) - self.duty)

    def fade(self) -> None:
        """Boost less from here on, by the factor ``boost_decay``."""
        self.strength *= self.params.boost_decay


class KWinners2d(KWinners):
    """The k largest of the C H W units of a picture stay; a channel has one duty cycle.

    Args and buffers as ``KWinners``. Shapes: x (B, C, H, W), y alike.
    """

    def forward(self, x: Tensor) -> Tensor:
        _picture(x)
        if x.shape[1] != self.units:
            raise ValueError(f"x: {self.units} channels are needed, got shape {tuple(x.shape)}")
        duty = self.duty[:, None, None].expand(x.shape[1:]).flatten()
        return self.compete(x.flatten(1), duty, self.units).view_as(x)
