"""The most bytes alive at once: counted on a CPU, asked of the allocator on a GPU.

    peak(run, ...) = most bytes of tensors at once while run() runs, beyond those alive before

    way              keeps                                       bytes, of B examples in float32
    BPTT             all T states                                4 B N T
    RTRL             influence (B, N, N (N + I + 1)), old, new   8 B N^2 (N + I + 1)
    segments S       S states, and those of one segment          4 B N (S + T / S)

    symbol     meaning                               shape
    T, B       length of the sequence, examples      ()
    N, I       units, inputs                         ()

All ways make the gradient of the loss |h(T)|^2 / 2 of the last state alone. What is not in the
formulas: the gradient itself and a few arrays of its size.

References: Werbos (1990), doi:10.1109/5.58337; Williams & Zipser (1989),
doi:10.1162/neco.1989.1.2.270; Chen, Xu, Zhang & Guestrin (2016), arXiv:1604.06174
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from neurolab.core.live_bytes import LiveBytes
from neurolab.recurrent import (
    VanillaWeights,
    bptt_gradient,
    bptt_step,
    rtrl_gradient,
    rtrl_start,
    rtrl_step,
    truncated_gradient,
    truncated_start,
    truncated_step,
    vanilla_cell,
)

INPUTS = 4


def peak(run: Callable[[], object], *before: Tensor) -> int:
    """The most bytes alive at once while ``run()`` runs.

    Args:
        before: tensors made earlier, which do not count. If one is on a GPU, the peak is that of
            CUDA's allocator, which gives out blocks of 512 bytes; else operations are watched.
    """
    if any(x.is_cuda for x in before):
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        start = torch.cuda.memory_allocated()
        run()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - start
    with LiveBytes().before(*before) as counted:
        run()
    return counted.peak


def network(
    steps: int, units: int, batch: int = 1, seed: int = 0, device: str = "cpu"
) -> tuple[Tensor, Tensor, VanillaWeights]:
    """Inputs (T, B, I), a first state (B, N) and weights."""
    for name, value in (("steps", steps), ("units", units), ("batch", batch)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: a whole number from 1 is needed, got {value!r}")
    chance = torch.Generator().manual_seed(seed)
    x = torch.randn(steps, batch, INPUTS, generator=chance)
    weights = (
        torch.randn(units, INPUTS, generator=chance) / math.sqrt(INPUTS),
        torch.randn(units, units, generator=chance) / math.sqrt(units),
        torch.zeros(units),
    )
    moved = VanillaWeights(*(w.to(device) for w in weights))
    return x.to(device), torch.zeros(batch, units, device=device), moved


def by_bptt(x: Tensor, start: Tensor, weights: VanillaWeights) -> VanillaWeights:
    """All states kept, then back."""
    last = len(x) - 1
    return bptt_gradient(x, start, weights, lambda t, h: h if t == last else 0 * h)[0]


def by_rtrl(x: Tensor, start: Tensor, weights: VanillaWeights) -> VanillaWeights:
    """Forward, with the influence of each weight on each unit."""
    state = rtrl_start(start, weights)
    for now in x:
        state = rtrl_step(now, state, weights)
    return rtrl_gradient(state.h, state, weights)


def by_truncated(
    x: Tensor, start: Tensor, weights: VanillaWeights, window: int = 100
) -> VanillaWeights:
    """Back over the last ``window`` steps alone."""
    state = truncated_start(start)
    for now in x:
        state = truncated_step(now, state, weights, window)
    return truncated_gradient(state.h, state, weights)


@torch.no_grad()
def by_segments(x: Tensor, start: Tensor, weights: VanillaWeights, segments: int) -> VanillaWeights:
    """The state before each segment kept; segments are run again, the last one first."""
    size = math.ceil(len(x) / segments)
    pieces, kept, h = list(x.split(size)), [], start
    for piece in pieces:
        kept.append(h)
        for now in piece:
            h = vanilla_cell(now, h, weights)
    owed, total = h, [torch.zeros_like(w) for w in weights]
    while pieces:
        piece, states = pieces.pop(), [kept.pop()]
        for now in piece[:-1]:
            states.append(vanilla_cell(now, states[-1], weights))
        zero = torch.zeros_like(owed)
        for now in reversed(piece.unbind()):
            part, owed = bptt_step(zero, owed, now, states.pop(), weights)
            for whole, more in zip(total, part, strict=True):
                whole += more
    return VanillaWeights(*total)
