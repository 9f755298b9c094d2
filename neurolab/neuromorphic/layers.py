"""Layers over time that only graphs have: factors, thresholds, leaky sums, waiting lines.

    Scale       y = s x + b
    Threshold   y = 1 where x > threshold
    Leaky       i <- keep i + x,  v <- decay v + gain i,  y = v
    Wait        y(t) = sum_k hat(d - k) x(t - k),  hat(s) = max(0, 1 - |s|)

    symbol    meaning                                shape          unit
    x, y      what comes in, what leaves             (T, B, ...)    any
    d         delay of a channel                     (...)          steps

Each is called as ``layer(x, state)`` and answers (y, state).

Tested: against loops, and cut anywhere.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

import torch
from torch import Tensor, nn

from neurolab.spiking.delays import hat


class Scale(nn.Module):
    """s x + b, over time."""

    def __init__(self, scale: Tensor, shift: Tensor | None = None):
        super().__init__()
        self.register_buffer("scale", scale)
        self.register_buffer("shift", torch.zeros_like(scale) if shift is None else shift)

    def forward(self, x: Tensor, state: None = None) -> tuple[Tensor, None]:
        return self.scale * x + self.shift, None


class Threshold(nn.Module):
    """1 where x is above the threshold."""

    def __init__(self, threshold: Tensor):
        super().__init__()
        self.register_buffer("threshold", threshold)

    def forward(self, x: Tensor, state: None = None) -> tuple[Tensor, None]:
        return (x > self.threshold).to(x.dtype), None


class Leaky(nn.Module):
    """v <- decay v + gain i,  i <- keep i + x before; v (T, B, ...) of x (T, B, ...)."""

    def __init__(self, decay: Tensor, gain: Tensor, keep: Tensor | None = None):
        super().__init__()
        self.register_buffer("decay", decay)
        self.register_buffer("gain", gain)
        self.register_buffer("keep", keep)

    def forward(self, x: Tensor, state: tuple | None = None) -> tuple[Tensor, tuple]:
        v, i = (torch.zeros_like(x[0]),) * 2 if state is None else state
        seen = []
        for now in x.unbind():
            i = now if self.keep is None else self.keep * i + now
            v = self.decay * v + self.gain * i
            seen.append(v)
        return torch.stack(seen) if seen else x, (v, i)


class Wait(nn.Module):
    """x(t - d) for x (T, B, ...), d in steps for each channel."""

    def __init__(self, delay: Tensor):
        super().__init__()
        self.register_buffer("delay", delay)
        self.longest = int(delay.max().ceil()) if delay.numel() else 0

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        k = self.longest
        past = x.new_zeros(k, *x.shape[1:]) if state is None else state
        whole, late = torch.cat([past, x]), torch.zeros_like(x)
        for shift in range(k + 1):
            late = late + hat(self.delay - shift) * whole[k - shift : k - shift + len(x)]
        return late, whole[len(whole) - k :]
