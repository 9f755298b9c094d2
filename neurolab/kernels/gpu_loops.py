"""The loops over time as Triton kernels: ``forward`` and ``backward`` of this room for a GPU.

A program runs BLOCK lanes, a neuron of a row of the batch each, through all of time. The state
stays in registers, so memory is read and written once: the current in, spikes (and u, and histories
that are asked for) out. With recurrence the lanes are the neurons of one row. Few weights (TILE 0)
the program holds in registers, too; of many it reads TILE columns at a time in each step, from the
GPU's cache, and the row's own spikes from ``sent``. ``gpu.obstacle`` tells where that ends.

The equations, and their order of operations, are those of ``forward`` and ``backward``. Whatever
the dtype in memory, the arithmetic is in that of ``constants`` (float32 for bfloat16).

    symbol           meaning                                            shape
    current, dz      from step to step by_t apart, each contiguous      (T, B, N)
    weights          W (to, from), for ``forward`` transposed; or None  (N, N)
    before           spikes before the first step, or None              (B, N)
    sent             where a row keeps what it sends itself, or None    (B, N)
    v, s             state, first before and then after all steps       (B, N)
    u, kept_v, _s    histories, or None                                 (T, B, N)
    last_u           u of the last step                                 (B, N)
    past_v, past_s   dL/dv, dL/ds after all steps, then before them     (B, N)
    end_z, end_u     dL/d(spikes, u of the last step), or None          (B, N)
    du, dv, ds       dL/d(histories), or None                           (T, B, N)
    delta            output, dL/d(total current)                        (T, B, N)
    shape            the numbers of the surrogate                       (2,)
    steps, lanes     T, and B N
"""

import triton
import triton.language as tl

LIF, ALIF, CURRENT_LIF = (tl.constexpr(k) for k in range(3))
TRIANGULAR, FAST_SIGMOID, ARCTAN, GAUSSIAN, GIVEN = (tl.constexpr(k) for k in range(5))
STAGES = tl.constexpr(4)  # steps ahead at which a GPU fetches what it reads


@triton.jit
def derivative(u, a, b, KIND: tl.constexpr):
    """psi(u), or u where the caller gave psi in its place."""
    psi = u
    if KIND == TRIANGULAR:
        psi = a * tl.maximum(1 - tl.abs(u) / b, 0.0)
    if KIND == FAST_SIGMOID:
        far = 1 + a * tl.abs(u)
        psi = 1 / (far * far)
    if KIND == ARCTAN:
        far = b * u
        psi = a / (1 + far * far)
    if KIND == GAUSSIAN:
        far = u / b
        psi = a * tl.exp(-far * far / 2)
    return psi


@triton.jit
def square(weights, n, size, kind: tl.constexpr):
    """All weights, with zeros beyond ``size``."""
    inside = (n[:, None] < size) & (n[None, :] < size)
    return tl.load(weights + n[:, None] * size + n[None, :], inside, 0.0).to(kind)


@triton.jit
def streamed(weights, sent, x, at, n, real, size, BLOCK: tl.constexpr, TILE: tl.constexpr):
    """The sum over m of weights[m, n] x[m]; x goes by ``sent``, since lanes cannot be looked up."""
    tl.debug_barrier()  # the step before has been read
    tl.store(sent + at, x, real)
    tl.debug_barrier()
    row, total = sent + tl.program_id(0).to(tl.int64) * size, x * 0
    for first in range(0, size, TILE):
        m = first + tl.arange(0, TILE)
        here = tl.load(row + m, m < size, 0.0)
        inside = (m[:, None] < size) & real[None, :]
        w = tl.load(weights + m[:, None] * size + n[None, :], inside, 0.0).to(x.dtype)
        total += tl.sum(w * here[:, None], 0)
    return total


@triton.jit
def places(lanes, size, alone: tl.constexpr, BLOCK: tl.constexpr):
    """Of a program's lanes: where in (B, N), which neuron, and whether there is one."""
    program, lane = tl.program_id(0).to(tl.int64), tl.arange(0, BLOCK)
    if alone:
        at = program * BLOCK + lane
        n, real = at % size, at < lanes
    else:
        at = program * size + lane
        n, real = lane, lane < size
    return at, n, real


@triton.jit(do_not_specialize=["steps"])
def forward(
    current, by_t, constants, weights, before, sent,
    v, s, spikes, u, kept_v, kept_s, last_u, steps, lanes, size,
    CELL: tl.constexpr, BLOCK: tl.constexpr, TILE: tl.constexpr,
):  # fmt: skip
    """All steps of BLOCK lanes."""
    kind: tl.constexpr = constants.dtype.element_ty
    at, n, real = places(lanes, size, weights is None, BLOCK)
    decay = tl.load(constants + n, real, 0.0)
    gain = tl.load(constants + size + n, real, 0.0)
    now_v = tl.load(v + at, real, 0.0).to(kind)
    if CELL != LIF:
        keep = tl.load(constants + 2 * size + n, real, 0.0)
        now_s = tl.load(s + at, real, 0.0).to(kind)
    if CELL == ALIF:
        beta = tl.load(constants + 3 * size + n, real, 0.0)
    if weights is not None:
        z = tl.load(before + at, real, 0.0).to(kind)
        if TILE == 0:
            w = square(weights, n, size, kind)
    far, out, source = now_v, at, at
    for _ in tl.range(0, steps, num_stages=STAGES):
        total = tl.load(current + source, real, 0.0).to(kind)
        if weights is not None:
            if TILE == 0:
                total += tl.sum(w * z[:, None], 0)
            else:
                total += streamed(weights, sent, z, at, n, real, size, BLOCK, TILE)
        if CELL == CURRENT_LIF:
            now_s += total
            now_v = decay * (now_v + gain * now_s)
            now_s *= keep
        else:
            now_v = decay * now_v + gain * total
        far = now_v - 1
        if CELL == ALIF:
            far -= beta * now_s
        z = (far > 0).to(kind)
        now_v -= z
        if CELL == ALIF:
            now_s = keep * now_s + z
        tl.store(spikes + out, z, real)
        if u is not None:
            tl.store(u + out, far, real)
        if kept_v is not None:
            tl.store(kept_v + out, now_v, real)
        if kept_s is not None:
            tl.store(kept_s + out, now_s, real)
        out += lanes
        source += by_t
    tl.store(v + at, now_v, real)
    tl.store(last_u + at, far, real)
    if CELL != LIF:
        tl.store(s + at, now_s, real)


@triton.jit(do_not_specialize=["steps"])
def backward(
    u, shape, constants, weights, sent, dz, by_t, end_z, end_u,
    du, dv, ds, past_v, past_s, delta, steps, lanes, size,
    CELL: tl.constexpr, SURROGATE: tl.constexpr, BLOCK: tl.constexpr, TILE: tl.constexpr,
):  # fmt: skip
    """All steps of BLOCK lanes, from the last to the first."""
    kind: tl.constexpr = constants.dtype.element_ty
    at, n, real = places(lanes, size, weights is None, BLOCK)
    a, b = tl.load(shape), tl.load(shape + 1)
    decay = tl.load(constants + n, real, 0.0)
    gain = tl.load(constants + size + n, real, 0.0)
    now_v = tl.load(past_v + at, real, 0.0).to(kind)
    if CELL != LIF:
        keep = tl.load(constants + 2 * size + n, real, 0.0)
        now_s = tl.load(past_s + at, real, 0.0).to(kind)
    if CELL == ALIF:
        beta = tl.load(constants + 3 * size + n, real, 0.0)
    nothing = tl.zeros([BLOCK], kind)
    more_z, more_u, ahead = nothing, nothing, nothing
    if end_z is not None:
        more_z = tl.load(end_z + at, real, 0.0).to(kind)
    if end_u is not None:
        more_u = tl.load(end_u + at, real, 0.0).to(kind)
    if weights is not None and TILE == 0:
        w = square(weights, n, size, kind)
    before_last = (steps - 1).to(tl.int64)
    out, source = at + before_last * lanes, at + before_last * by_t
    for _ in tl.range(0, steps, num_stages=STAGES):
        g = more_z
        more_z = nothing
        if dz is not None:
            g += tl.load(dz + source, real, 0.0).to(kind)
        if weights is not None:
            if TILE == 0:
                g += tl.sum(w * ahead[:, None], 0)
            else:
                g += streamed(weights, sent, ahead, at, n, real, size, BLOCK, TILE)
        if dv is not None:
            now_v += tl.load(dv + out, real, 0.0).to(kind)
        if ds is not None:
            now_s += tl.load(ds + out, real, 0.0).to(kind)
        if CELL == ALIF:
            g += now_s
        g *= derivative(tl.load(u + out, real, 0.0).to(kind), a, b, SURROGATE)
        g += more_u
        more_u = nothing
        if du is not None:
            g += tl.load(du + out, real, 0.0).to(kind)  # from here on mu, dL/du
        now_v += g
        ahead = gain * now_v
        now_v *= decay
        if CELL == ALIF:
            now_s = keep * now_s - beta * g
        if CELL == CURRENT_LIF:
            ahead = decay * ahead + keep * now_s
            now_s = ahead
        tl.store(delta + out, ahead, real)
        out -= lanes
        source -= by_t
    tl.store(past_v + at, now_v, real)
    if CELL != LIF:
        tl.store(past_s + at, now_s, real)
