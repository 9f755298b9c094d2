"""A layer on a GPU: what ``blocks`` does on the CPU, by the kernels of ``gpu_loops``.

Without recurrence a pass reads the current once and writes spikes (and u, for the gradient) once,
whatever T is; the current and the gradient of the weights are torch's products over all steps.
With recurrence time runs inside the kernel too. Weights that fit into registers (``WEIGHTS`` bytes,
128 neurons in float32 and bfloat16, 64 in float64) stay there; more are read from the GPU's cache
in each step, by every row of the batch, up to ``TRAFFIC`` bytes a step. A larger layer goes by
scan, whose products share the weights among the rows.

bfloat16 is in memory only: the arithmetic is in float32, so the state is not rounded at every step
as it is by scan.

The kernels are tested under Triton's interpreter and compiled for GPUs. They have not been run or
timed on one, so ``trial`` asks them for a known answer on a device before a layer uses them there.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from torch import Tensor

from neurolab.core.surrogate import ArcTan, FastSigmoid, Gaussian, Surrogate, Triangular

from . import switch
from .blocks import Said

WEIGHTS = 2**16  # a quarter of the registers of a multiprocessor
A_WARP = 2**13  # bytes of weights a warp holds: 64 registers of each of its 32 threads
TRAFFIC = 2**27  # bytes of weights that all rows read in a step; a guess, not measured
HELD = 2**13  # weights that a program reads at a time
WIDEST = 2**12  # neurons
LANES = 128  # of a program without recurrence


@contextmanager
def interpreted() -> Iterator[None]:
    """Send tensors on the CPU through these kernels, too, by Triton's interpreter: slow, for tests.

    The environment needs TRITON_INTERPRET=1 before triton is first imported.
    """
    from . import gpu_loops as loops

    if isinstance(loops.forward, loops.triton.JITFunction):
        raise RuntimeError("triton compiles: set TRITON_INTERPRET=1 before it is first imported")
    token = switch.interpreting.set(True)
    try:
        yield
    finally:
        switch.interpreting.reset(token)


def obstacle(recurrent: Tensor | None, constants: Tensor, rows: int) -> str | None:
    """Why a layer with these weights and a batch of ``rows`` cannot go through the kernels."""
    size, item = constants.shape[1], constants.element_size()
    if recurrent is not None and not held(size, item):
        if size > WIDEST:
            return f"{size} neurons are too many for a kernel (at most {WIDEST})"
        traffic = rows * size**2 * item
        if traffic > TRAFFIC:
            return f"its rows would read {traffic / 2**20:.0f} MiB of weights in each step"
    few = recurrent is None or held(size, item)
    return trial(constants.device, 1 if few else int(math.sqrt(WEIGHTS // 8)))


@cache
def trial(device: torch.device, size: int = 1) -> str | None:
    """None if the kernels give here what pen and paper give; else what they do.

    ``size`` neurons that each stop themselves, with decay and gain 1/2: they fire at the first two
    of three steps.
    """
    row = torch.tensor([3.0, 3.0, 1.0], device=device, dtype=torch.float64)
    row = row.view(3, 1, 1).repeat(1, 1, size)
    half, rest, back = (
        row.new_full((2, size), 0.5),
        row.new_zeros(1, size),
        -row.new_ones(size).diag(),
    )
    said = Said(torch.ones_like(row), *[None] * 7)
    try:
        tensors, asked = (row, None, back, rest, rest, None), (True, False, False)
        spikes, *_, u, _, _ = forward(0, half, *tensors, asked)
        delta, *_ = backward(0, half, Triangular(1.0), tensors, spikes, u, said, (*asked, False))
        found = torch.cat([spikes, u, delta], 1).permute(2, 1, 0).cpu()
    except Exception as error:  # of a compiler or driver, which may raise whatever they like
        return f"Triton fails here ({type(error).__name__}: {error})"
    wanted = [[1, 1, 0], [0.5, 0.25, -0.875], [0.345703125, 0.3828125, 0.0625]]
    wrong = [x.tolist() for x in found if not torch.allclose(x, x.new_tensor(wanted))]
    return f"Triton computes {wrong[0]} here in place of {wanted}" if wrong else None


def padded(size: int) -> int:
    return 1 << (size - 1).bit_length()


def held(size: int, item: int) -> bool:
    """Whether the weights among so many neurons fit into registers."""
    return padded(size) ** 2 * item <= WEIGHTS


def plan(v: Tensor, recurrent: Tensor | None, constants: Tensor) -> tuple[int, int, int, int]:
    """Programs, lanes of each, its warps, and the weights of a lane that it reads at a time."""
    if recurrent is None:
        return -(-v.numel() // LANES), LANES, LANES // 32, 0
    item, block = constants.element_size(), max(16, padded(v.shape[1]))
    if held(v.shape[1], item):
        return len(v), block, max(1, block * block * item // A_WARP), 0
    return len(v), block, min(16, max(4, block // 64)), max(1, HELD // block)


def by_steps(x: Tensor) -> tuple[Tensor, int]:
    """``x`` (T, B, N) with each step contiguous, copied if need be; how far apart steps are."""
    x = x if x[0].is_contiguous() else x.contiguous()
    return x, x.stride(0)


def forward(
    cell: int, constants: Tensor, x: Tensor, weight: Tensor | None, recurrent: Tensor | None,
    z: Tensor | None, v: Tensor, s: Tensor | None, whole: tuple[bool, bool, bool],
) -> tuple:  # fmt: skip
    """Outputs in the order of ``neurons.Over``; ``whole`` tells which histories: u, v, s."""
    from . import gpu_loops as loops

    current = x if weight is None else x @ weight.T
    (steps, batch, size), middle = current.shape, s is not None
    v = v.clone(memory_format=torch.contiguous_format)
    s = s.clone(memory_format=torch.contiguous_format) if middle else None
    spikes, last_u = v.new_empty(steps, batch, size), torch.empty_like(v)
    u, kept_v, kept_s = (torch.empty_like(spikes) if yes else None for yes in whole)
    programs, block, warps, tile = plan(v, recurrent, constants)
    sent = torch.empty_like(v, dtype=constants.dtype) if tile else None
    columns = None if recurrent is None else recurrent.T
    w, before = (None if t is None else t.contiguous() for t in (columns, z))
    with torch.cuda.device_of(x):
        loops.forward[(programs,)](
            *by_steps(current), constants, w, before, sent,
            v, s, spikes, u, kept_v, kept_s, last_u, steps, batch * size, size,
            CELL=cell, BLOCK=block, TILE=tile, num_warps=warps, enable_fp_fusion=False,
        )  # fmt: skip
    return spikes, spikes[-1].clone(), v, s, last_u, u, kept_v, kept_s


def backward(
    cell: int, constants: Tensor, surrogate: Surrogate, tensors: tuple, spikes: Tensor, u: Tensor,
    said: Said, asked: tuple,
) -> tuple:  # fmt: skip
    """Gradients by x, weight, recurrent, z, v and s."""
    from . import gpu_loops as loops

    x, weight, recurrent, z, _, s = tensors
    steps, batch, size = u.shape
    kind, shape = surrogate_numbers(surrogate)
    at = u if shape else surrogate.derivative(u)
    shape = constants.new_tensor(shape or (0.0, 0.0))
    past_v, past_s = (
        torch.zeros_like(u[0]) if g is None else g.clone(memory_format=torch.contiguous_format)
        for g in (said.v, said.s)
    )
    dz = (None, 0) if said.spikes is None else by_steps(said.spikes)
    delta = torch.empty_like(u)
    ends = (None if g is None else g.contiguous() for g in (said.last, said.u))
    histories = (None if g is None else g.contiguous() for g in said[5:])
    programs, block, warps, tile = plan(past_v, recurrent, constants)
    sent = torch.empty_like(past_v, dtype=constants.dtype) if tile else None
    w = None if recurrent is None else recurrent.contiguous()
    with torch.cuda.device_of(u):
        loops.backward[(programs,)](
            at, shape, constants, w, sent, *dz, *ends,
            *histories, past_v, past_s, delta, steps, batch * size, size,
            CELL=cell, SURROGATE=kind, BLOCK=block, TILE=tile, num_warps=warps,
            enable_fp_fusion=False,
        )  # fmt: skip
    flat = delta.flatten(0, 1)
    d_x = d_weight = d_recurrent = d_z = None
    if asked[0]:
        d_x = delta if weight is None else delta @ weight
    if asked[1]:
        d_weight = flat.T @ x.flatten(0, 1)
    if asked[2]:
        d_recurrent = torch.addmm(delta[0].T @ z, flat[batch:].T, spikes[:-1].flatten(0, 1))
    if asked[3]:
        d_z = delta[0] @ recurrent
    return d_x, d_weight, d_recurrent, d_z, past_v, None if s is None else past_s


def surrogate_numbers(surrogate: Surrogate) -> tuple[int, tuple[float, float] | None]:
    """Its number in ``gpu_loops`` and its two numbers there; None for one not known there."""
    match surrogate:
        case Triangular(height, width):
            return 0, (height, width)
        case FastSigmoid(sharpness):
            return 1, (sharpness, 0.0)
        case ArcTan(sharpness):
            return 2, (sharpness / 2, math.pi / 2 * sharpness)
        case Gaussian(width):
            return 3, (1 / (width * math.sqrt(2 * math.pi)), width)
    return 4, None
