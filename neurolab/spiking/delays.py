"""Delayed connections: a spike arrives later, by a time of each connection that can be learned.

    current_n(t) = sum_i w_ni y_ni(t)
    y_ni(t) = sum_k hat(d_ni - k) x_i(t - k),     hat(s) = max(0, 1 - |s|),   k = 0 .. K

    symbol    meaning                         shape             unit
    x         spikes that come in             (T, B, I)         -
    w         weights (to, from)              (N, I)            that of the current
    d         delays, between 0 and K         (N, I) or (I,)    steps
    K         ``longest``                     ()                steps
    current   what arrives                    (T, B, N)         that of w

A whole delay shifts x; one in between shares a spike between the two steps around it (linear
interpolation), so the output has a derivative in d: x(t - k - 1) - x(t - k), for k < d < k + 1. At
whole d both sides are added, x(t - d - 1) - x(t - d + 1), so that no delay is stuck there. It takes
K + 1 products with w * hat(d - k); none is made for a k that no connection uses.

What follows: a ramp comes out shifted by exactly d, and a learned delay finds its target. Tested,
with the gradient against finite differences; and that a sequence may be cut anywhere.

Where it differs from the source: there the hat is a Gaussian that narrows while it learns, so that
it sees further than one step.

Reference: Hammouamri, Khalfaoui-Hassani & Masquelier (2023), arXiv:2306.17670
"""

import math

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, abs, maximum

from .neurons import refuse_nan


def hat(s: Value) -> Value:
    """1 at 0, falling to 0 at a distance of 1. Elementwise."""
    return maximum(1 - abs(s), 0.0)


class Delays(nn.Module):
    """Weights with a delay each.

    Args:
        inputs, units: sizes I and N.
        longest: K, the longest delay, in steps.
        delays: in steps, (N, I), or (I,) for one of each input; None draws them evenly.
        learn: whether the delays are learned.

    The weight (N, I) starts normal with variance 1 / I.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        longest: int,
        delays: Tensor | None = None,
        learn: bool = False,
    ):
        super().__init__()
        for name, size, least in (
            ("inputs", inputs, 1),
            ("units", units, 1),
            ("longest", longest, 0),
        ):
            if isinstance(size, bool) or not isinstance(size, int) or size < least:
                raise ValueError(f"{name}: a whole number from {least} is needed, got {size!r}")
        if delays is None:
            delays = longest * torch.rand(units, inputs)
        if delays.shape not in ((units, inputs), (inputs,)):
            needed = f"(N, I) = {(units, inputs)} or (I,) = {(inputs,)}"
            raise ValueError(f"delays: shape {needed} is needed, got {tuple(delays.shape)}")
        if not ((delays >= 0) & (delays <= longest)).all():
            raise ValueError(
                f"delays: steps from 0 to longest = {longest} are needed, got {delays}"
            )
        self.weight = nn.Parameter(torch.randn(units, inputs) / math.sqrt(inputs))
        self.delays = nn.Parameter(delays.to(self.weight.dtype).clone(), requires_grad=learn)
        self.longest = longest

    def forward(self, x: Tensor, past: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The delayed current, from silence or from the ``past`` an earlier call gave back.

        Args:
            x: (T, B, I); whole numbers and booleans are taken as numbers of the weight's dtype.

        Returns:
            current (T, B, N) and the last K inputs (K, B, I). Delays that were learned beyond
            0 .. K count as 0 or K.
        """
        inputs, k = self.weight.shape[1], self.longest
        if x.ndim != 3 or x.shape[2] != inputs:
            needed, given = f"(T, B, I = {inputs})", tuple(x.shape)
            raise ValueError(f"x: shape {needed} is needed, got {given}")
        x = x if x.is_floating_point() else x.to(self.weight.dtype)
        refuse_nan("x", x)
        past = x.new_zeros(k, *x.shape[1:]) if past is None else past
        if past.shape != (k, *x.shape[1:]):
            needed, given = (k, *x.shape[1:]), tuple(past.shape)
            raise ValueError(f"past: shape (K, B, I) = {needed} is needed, got {given}")
        whole = torch.cat([past, x])
        delays = self.delays.clamp(0, k)
        current = x.new_zeros(*x.shape[:2], len(self.weight))
        for shift in range(k + 1):
            share = hat(delays - shift)
            if share.is_meta or share.requires_grad or share.any():
                seen = whole[k - shift : k - shift + len(x)]
                current = current + seen @ (self.weight * share).T
        return current, whole[len(whole) - k :]

    def extra_repr(self) -> str:
        units, inputs = self.weight.shape
        return f"inputs={inputs}, units={units}, longest={self.longest} steps"
