"""The loops of ``eprop`` on a GPU: filters over time, sums for spikes, and a step of the traces.

The pass backward in time is that of ``gpu_loops``, without weights; the sums over time that follow
are torch's products. A step of the traces reads and writes each trace once. As in ``gpu``: tested
under Triton's interpreter and compiled for graphics cards, not run or timed on one, and asked for a
known answer on a device before it is used there.
"""

from functools import cache

import torch
import triton
import triton.language as tl
from torch import Tensor

from . import gpu_loops as loops
from .gpu import LANES, by_steps, surrogate_numbers

BLOCK = 256  # synapses of a neuron, or columns of a filter, that a program takes


@triton.jit(do_not_specialize=["steps"])
def decay(x, keep, steps, size, BACK: tl.constexpr, BLOCK: tl.constexpr):
    """x[t] += keep x[t - 1], or, if BACK, keep x[t + 1]; in place, over (T, M)."""
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside, factor = at < size, tl.load(keep)
    total = tl.zeros([BLOCK], x.dtype.element_ty)
    if BACK:
        at += (steps - 1).to(tl.int64) * size
    for _ in range(steps):
        total = factor * total + tl.load(x + at, inside, 0.0)
        tl.store(x + at, total, inside)
        if BACK:
            at -= size
        else:
            at += size


@triton.jit
def online(
    psi, beta, keep_a, numbers, eps_v, eps_a, e_bar, new_a, new_bar, signal, g, mean,
    batch, units, size, ALIKE: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """One step of the traces of a neuron; kappa and 1 / B come as ``numbers``."""
    n = tl.program_id(0).to(tl.int64)
    i = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside, kappa, share = i < size, tl.load(numbers), tl.load(numbers + 1)
    total = tl.zeros([BLOCK], e_bar.dtype.element_ty)
    average = total
    for b in range(batch):
        at = (b * units + n) * size + i
        e = tl.load(eps_v + (b * size + i if ALIKE else at), inside, 0.0)
        if eps_a is not None:
            a = tl.load(eps_a + at, inside, 0.0)
            e -= tl.load(beta + n) * a
        e *= tl.load(psi + b * units + n)
        if eps_a is not None:
            tl.store(new_a + at, tl.load(keep_a + n) * a + e, inside)
        bar = kappa * tl.load(e_bar + at, inside, 0.0) + e
        tl.store(new_bar + at, bar, inside)
        if signal is not None:
            total += tl.load(signal + b * units + n) * bar
        average += share * e
    tl.store(g + n * size + i, total, inside)
    if mean is not None:
        tl.store(mean + n * size + i, average, inside)


def filtered(y: Tensor, keep: float, back: bool) -> Tensor:
    """``eprop.filtered`` in place, over y (T, ...)."""
    size = y[0].numel()
    with torch.cuda.device_of(y):
        programs = (triton.cdiv(size, BLOCK),)
        decay[programs](y, y.new_tensor([keep]), len(y), size, BACK=back, BLOCK=BLOCK)
    return y


def sums(ran, m, after_s: float, apart: bool) -> tuple:
    """As ``eprop.sums``."""
    steps, batch, units = ran.u.shape
    kind, shape = surrogate_numbers(ran.surrogate)
    at = ran.u if shape else ran.surrogate.derivative(ran.u)
    mu = torch.zeros_like(ran.u) if m.signal is None else m.signal @ m.feedback.T
    if m.shared is not None:
        mu = mu + m.shared[:, None]
    past_v, past_s = ran.u.new_zeros(batch, units), ran.u.new_full((batch, units), after_s)
    delta, lanes = torch.empty_like(ran.u), batch * units
    with torch.cuda.device_of(ran.u):
        loops.backward[(triton.cdiv(lanes, LANES),)](
            at.contiguous(), ran.u.new_tensor(shape or (0.0, 0.0)), ran.constants, None, None,
            *by_steps(mu), None, None, None, None, None, past_v, past_s, delta,
            steps, lanes, units, CELL=ran.cell, SURROGATE=kind, BLOCK=LANES, TILE=0,
            num_warps=LANES // 32, enable_fp_fusion=False,
        )  # fmt: skip
    z = torch.cat([ran.before[None], ran.z[:-1]])
    if apart:
        parts = [torch.einsum("tbn,tbs->bns", delta, source) for source in (ran.x, z)]
    else:
        flat = delta.flatten(0, 1).T
        parts = [flat @ source.flatten(0, 1) for source in (ran.x, z)]
    return torch.cat(parts, -1), past_v, past_s


def online_step(psi, traces, beta, keep_a, kappa, signal, mean) -> tuple:
    """As ``eprop.online_step``."""
    batch, units, size = traces.e_bar.shape
    eps_v, e_bar, psi, beta, keep_a = (
        x.contiguous() for x in (traces.eps_v, traces.e_bar, psi, beta, keep_a)
    )
    eps_a, told = (None if x is None else x.contiguous() for x in (traces.eps_a, signal))
    new_a, new_bar = None if eps_a is None else torch.empty_like(eps_a), torch.empty_like(e_bar)
    g = e_bar.new_empty(units, size)
    average = torch.empty_like(g) if mean else None
    numbers = e_bar.new_tensor([kappa, 1 / batch])
    with torch.cuda.device_of(e_bar):
        online[(units, triton.cdiv(size, BLOCK))](
            psi, beta, keep_a, numbers, eps_v, eps_a, e_bar, new_a, new_bar, told, g, average,
            batch, units, size, ALIKE=eps_v.shape[1] == 1, BLOCK=BLOCK,
        )  # fmt: skip
    return new_a, new_bar, g, average


@cache
def trial(device: torch.device) -> str | None:
    """None if the kernels give here what pen and paper give; else what they do."""
    from .eprop import Traces

    one = torch.ones(1, 1, 1, device=device)
    try:
        kept = filtered(torch.eye(3, device=device)[:, :1].clone(), 0.5, False)
        row = one[0, 0]
        given = 2 * one[0], Traces(3 * one, one, 4 * one), 0.5 * row, 0.5 * row, 0.5, 2 * one[0]
        a, bar, g, mean = online_step(*given, True)
        found = [*kept.flatten().tolist(), *(x.item() for x in (a, bar, g, mean))]
    except Exception as error:  # of a compiler or driver, which may raise whatever they like
        return f"Triton fails here ({type(error).__name__}: {error})"
    wanted = [1.0, 0.5, 0.25, 5.5, 7.0, 14.0, 5.0]
    return None if found == wanted else f"Triton computes {found} here in place of {wanted}"
