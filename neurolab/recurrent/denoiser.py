"""A recurrent denoiser of films: what it has seen of the frames before helps with this one.

    h' = max(0, C_h h + C_x x + b),      y = x + C_y h'

    symbol          meaning                                           shape              unit
    x               noisy frames                                      (T, B, 1, H, W)    -
    h               state: C pictures that are handed on              (B, C, H, W)       -
    y               frames without noise, as far as it knows          (T, B, 1, H, W)    -
    C_h, C_x, C_y   convolutions; opposite borders of a frame are joined

The state goes round through C_h alone. The rectifier brings no two numbers further apart, so where
the spectral norm of C_h is at most s < 1, two states under the same film come closer by s in every
frame, and no state is longer than the longest |C_x x + b| / (1 - s). Trained on short films alone,
nothing holds C_h there: the network is never asked what it will do later.

What follows, and is tested: the constrained network forgets its start by s a frame and stays
within the bound for any film; a film may be cut anywhere.

C_h starts near the identity, so that the state keeps what it has from the first step of learning.

Where it differs from the paper: one convolution in the loop in place of a deep network, so that the
condition is on one operator.

References: Tanay et al. (2020), arXiv:2010.05099; Le, Jaitly & Hinton (2015), arXiv:1504.00941
(the start at the identity)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, maximum
from neurolab.core.scan import scan

from .stable_rank import constrain


class DenoiserState(NamedTuple):
    h: Value  # (B, C, H, W)


def denoiser_step(of_state: Value, of_frame: Value) -> DenoiserState:
    """The state one frame later, from C_h h and C_x x + b.

    Elementwise.
    """
    return DenoiserState(maximum(of_state + of_frame, 0.0))


class RecurrentDenoiser(nn.Module):
    """Convolutions, and the loop over frames.

    Args:
        channels: C.
        size: (H, W) of the frames.
        bound: largest spectral norm of C_h; none: free.
        rank: largest stable rank of C_h, with a ``bound``; none: free.
        kernel: odd width of the three kernels.
        start: part of the identity in the first C_h, from 0 to 1; the rest is random.
    """

    def __init__(
        self,
        channels: int,
        size: tuple[int, int],
        bound: float | None = None,
        rank: float | None = None,
        kernel: int = 3,
        start: float = 0.9,
    ):
        super().__init__()
        if isinstance(channels, bool) or not isinstance(channels, int) or channels < 1:
            raise ValueError(f"channels: a whole number of at least 1 is needed, got {channels!r}")
        if bound is None and rank is not None:
            raise ValueError("rank: needs a bound too, got bound None")

        if not 0 <= start <= 1:
            raise ValueError(f"start: a number from 0 to 1 is needed, got {start}")

        def convolution(source: int, to: int, bias: bool = False) -> nn.Conv2d:
            options = {"padding": "same", "padding_mode": "circular", "bias": bias}
            return nn.Conv2d(source, to, kernel, **options)

        self.channels, self.size = channels, tuple(size)
        self.of_state = convolution(channels, channels)
        self.of_frame = convolution(1, channels, bias=True)
        self.to_frame = convolution(channels, 1)
        with torch.no_grad():
            first = self.of_state.weight
            first.mul_(1 - start).add_(start * nn.init.dirac_(torch.empty_like(first)))
        if bound is not None:
            constrain(self.of_state, self.size, bound, rank)

    def forward(self, x: Tensor, state: DenoiserState | None = None):
        """Run over a film, from zeros or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, 1, H, W).

        Returns:
            y (T, B, 1, H, W) and the last state.
        """
        if x.ndim != 5 or x.shape[2:] != (1, *self.size):
            needed = f"(T, B, 1, {self.size[0]}, {self.size[1]})"
            raise ValueError(f"x: shape {needed} is needed, got {tuple(x.shape)}")
        if state is None:
            state = DenoiserState(x.new_zeros(x.shape[1], self.channels, *self.size))

        def step(seen: Tensor, now: DenoiserState) -> tuple[Tensor, DenoiserState]:
            after = denoiser_step(self.of_state(now.h), seen)
            return after.h, after

        with torch.nn.utils.parametrize.cached():
            h, state = scan(step, self.of_frame(x.flatten(0, 1)).unflatten(0, x.shape[:2]), state)
            out = self.to_frame(h.flatten(0, 1)).unflatten(0, x.shape[:2])
        return x + out, state
