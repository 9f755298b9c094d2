"""The contract of the rate-based rules: a layer that answers, and learns from what it is shown.

    y = layer(x)           answer; nothing changes
    y = layer.learn(x)     the same answer, then w <- limit(w + mean over the batch of dw)

    symbol      meaning                                           shape    unit
    x           input, one example a row                          (B, I)   -
    y           output                                            (B, N)   -
    w           weight, (to, from)                                (N, I)   weight
    dw          change by one example, from the rule's own step   (N, I)   weight
    rate        learning rate of one call of ``learn``            ()       -
    low, high   bounds of w                                       ()       weight

Minibatches: every example of a batch is answered with the weights at its start, the changes are
averaged (not added up), and applied once. So a batch of one is the online rule, and with rate r
a batch of B moves as far as B single examples at rate r / B would, to first order in r. An empty
batch changes nothing. What a rule remembers (thresholds, averages) moves once a call, too, by the
mean over the batch: its time constants count calls.

Bounds: hard ones clip w + dw. Soft ones first multiply the mean change by what is left, (high - w)
/ (high - low) where it is positive and (w - low) / (high - low) where it is negative. So a weight
slows as it nears its bound and never passes it.

What is tested of every rule in the table ``RULES``: ``changes``, written with matrix products,
equals the mean of ``each``, which calls the rule's step; bounds hold; a batch in another order
gives the same change; a saved state continues alike; nothing of autograd is left; and what is
refused (nan, a wrong shape or dtype, a rate at which the weights overflow) leaves every buffer as
it was.

Reference: Gerstner & Kistler (2002), Mathematical formulations of Hebbian learning,
doi:10.1007/s00422-002-0353-y (a general form of local rules; soft and hard bounds)
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, maximum, minimum

from .bounds import soft_bounds_step


def need(name: str, given: float, low: float = -math.inf, high: float = math.inf) -> None:
    """Refuse what is not a number from ``low`` to ``high``."""
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if not number or not low <= given <= high:
        raise ValueError(f"{name}: a number from {low} to {high} is needed, got {given!r}")


@dataclass(frozen=True)
class LayerParams:
    rate: float = 0.01  # learning rate, per call of learn
    low: float = -math.inf  # weight
    high: float = math.inf  # weight
    soft: bool = False  # changes shrink toward the bounds; both must be finite

    def __post_init__(self):
        need("rate", self.rate, 0, 1e300)
        need("low", self.low)
        need("high", self.high)
        if not self.low < self.high:
            raise ValueError(f"low: less than high={self.high} is needed, got {self.low}")
        if self.soft and not math.isfinite(self.high - self.low):
            raise ValueError(f"soft: finite bounds are needed, got {self.low} and {self.high}")


def bounded(w: Value, dw: Value, bounds: LayerParams) -> Value:
    """The weight after the change ``dw``, kept from ``low`` to ``high``. Elementwise."""
    w = w + (soft_bounds_step(dw, w, bounds) if bounds.soft else dw)
    if bounds.low > -math.inf:
        w = maximum(w, bounds.low)
    return minimum(w, bounds.high) if bounds.high < math.inf else w


class Rows(NamedTuple):
    """A change of some rows of a buffer; the others stay."""

    rows: Tensor  # (R,) which ones, each once
    change: Tensor  # (R, ...)


class Layer(nn.Module):
    """Base of the rules. One of them gives ``respond``, ``each`` and, for speed, ``changes``.

    Args:
        inputs, units: sizes I and N.
        params: the rule's ``Params``; None means its defaults.

    ``weight`` (N, I) and whatever else learns are buffers: saved with the state, moved by ``.to``,
    unknown to optimizers. The weight starts normal with variance 1 / I unless the rule says else.
    """

    Params = LayerParams
    bounds_on = "weight"  # the buffer that low, high and soft hold for

    def __init__(self, inputs: int, units: int, params: LayerParams | None = None):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if params is not None and not isinstance(params, self.Params):
            needed, given = self.Params.__name__, type(params).__name__
            raise ValueError(f"params: {needed} is needed, got {given}")
        self.params = self.Params() if params is None else params
        self.register_buffer("weight", self.start(units, inputs))
        if self.bounds_on == "weight":
            self.weight.clamp_(self.params.low, self.params.high)

    def start(self, units: int, inputs: int) -> Tensor:
        """The weight (N, I) to begin with."""
        return torch.randn(units, inputs) / math.sqrt(inputs)

    def respond(self, x: Tensor) -> Tensor:
        """The output (B, N) to inputs (B, I); linear unless the rule says else."""
        return x @ self.weight.T

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        """{buffer: its change by every example (B, ...)}, through the rule's step: the definition.

        Memory grows with B N I; ``changes`` is for use.
        """
        raise TypeError(f"{type(self).__name__} is a contract, use one of the rules in RULES")

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor | Rows]:
        """{buffer: the mean of ``each`` over the batch}; a rule with a fast form overrides this."""
        return {name: change.mean(0) for name, change in self.each(x, y, rate).items()}

    def limit(self, name: str, before: Tensor, change: Tensor) -> Tensor:
        """The buffer after the change, within what the rule allows."""
        return bounded(before, change, self.params) if name == self.bounds_on else before + change

    def forward(self, x: Tensor) -> Tensor:
        """The output (B, N) to inputs (B, I).

        Raises:
            ValueError: shape, dtype or device do not fit the weight, or x is not finite.
        """
        return self.respond(self._checked(x))

    @torch.no_grad()
    def learn(self, x: Tensor, rate: float | None = None) -> Tensor:
        """Answer a batch (B, I), then learn from it; ``rate`` of this call, None means that of
        ``params``.

        Returns:
            the output (B, N) before the change.

        Raises:
            ValueError: as ``forward``, or the change would leave the finite numbers. Then nothing
                has changed.
        """
        rate = self.params.rate if rate is None else rate
        need("rate", rate, 0, 1e300)
        x = self._checked(x)
        y = self.respond(x)
        if len(x) == 0:
            return y
        after = {}
        for name, change in self.changes(x, y, rate).items():
            rows, change = change if isinstance(change, Rows) else (..., change)
            after[name] = rows, self.limit(name, getattr(self, name)[rows], change)
            if not _finite(after[name][1]):
                raise ValueError(
                    f"rate: a smaller one, or bounds, are needed: at {rate} {name} "
                    f"would not be finite in {x.dtype}"
                )
        for name, (rows, value) in after.items():
            getattr(self, name)[rows] = value
        return y

    def _checked(self, x: Tensor) -> Tensor:
        w = self.weight
        if not isinstance(x, Tensor):
            raise ValueError(f"x: a torch tensor (B, I) is needed, got {type(x).__name__}")
        if x.ndim != 2 or x.shape[1] != w.shape[1]:
            raise ValueError(f"x: shape (B, {w.shape[1]}) is needed, got {tuple(x.shape)}")
        if x.device != w.device:
            raise ValueError(f"x: it is on {x.device}, the layer on {w.device}; use .to() on one")
        if not x.is_floating_point() and not x.is_complex():
            return x.to(w.dtype)  # whole numbers and booleans have no precision of their own
        if x.dtype != w.dtype:
            raise ValueError(f"x: it is {x.dtype}, the layer {w.dtype}; use .to({x.dtype}) on it")
        if not _finite(x):
            bad = (~torch.isfinite(x)).nonzero()
            first = tuple(bad[0].tolist())
            raise ValueError(
                f"x: finite numbers are needed, got {len(bad)} that are not, first at {first}"
            )
        return x

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, {self.params}"


def mean_product(y: Tensor, x: Tensor) -> Tensor:
    """<y_n x_i> (N, I), the mean over the batch of (B, N) times (B, I)."""
    return y.T @ x / len(x)


def without_diagonal(square: Tensor) -> Tensor:
    """A copy of (N, N) with zeros where a neuron would act on itself."""
    return square - torch.diag(square.diagonal())


def _finite(x: Tensor) -> bool:
    """No nan, no infinity: one pass in the usual case, since a sum keeps either."""
    return bool(torch.isfinite(x.sum())) or bool(torch.isfinite(x).all())
