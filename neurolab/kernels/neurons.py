"""A layer of LIF, ALIF or current-based LIF neurons over time, in one call.

    total(t) = weight x(t) + W z(t - 1)              (without weight: x(t) is the current itself)
    z(t), state = step(total(t), state)

    symbol      meaning                                             shape
    x           inputs, or the current                              (T, B, I), (T, B, N)
    weight      from the inputs (to, from), or None                 (N, I)
    W           among the neurons (to, from), or None               (N, N)
    z           spikes; before the first step too, where W is       (T, B, N), (B, N)
    v, s, u     state: potential, trace or current, distance        (B, N)
    constants   of the step, one row each, see ``CELLS``            (C, N)

The equations, and what they mean, stand in ``spiking``: this file computes the same, and the tests
hold it to that, values and gradients. Nothing is kept for the gradient but z and u. Second
derivatives are those of scan: if one is asked for, the backward pass runs the layer again, by
``reference``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.scan import scan
from neurolab.core.surrogate import DEFAULT, Surrogate

from . import gpu
from .blocks import Found, Said, Work, back_rows, room, run_rows
from .switch import for_gpu, note, obstacle
from .workers import each, shares

CELLS = {  # name: number in ``forward``, rows of the constants
    "lif": (0, ("decay", "gain")),
    "alif": (1, ("decay", "gain", "keep_a", "beta")),
    "current_lif": (2, ("decay", "gain", "keep_i")),
}


@dataclass(frozen=True)
class Job:
    """What is no tensor to be differentiated by."""

    name: str
    step: Callable  # step(current, state) -> (z, state), for the second derivative
    state: type  # NamedTuple of the state
    constants: Tensor  # (C, N)
    surrogate: Surrogate
    keep: tuple[str, ...]
    save: bool  # whether a gradient may be asked for
    gpu: bool = False  # whether the kernels for a GPU run it

    @property
    def middle(self) -> bool:
        return len(self.state._fields) == 3

    @property
    def cell(self) -> tuple[int, Tensor]:
        return CELLS[self.name][0], self.constants

    @property
    def whole(self) -> tuple[bool, bool, bool]:
        """Which histories are wanted: u, v and the field between them."""
        first, *middle, last = (name in self.keep for name in self.state._fields)
        return self.save or last, first, any(middle)


def reference(job: Job, x, weight, recurrent, z, v, s) -> tuple:
    """The same outputs by scan."""
    current = x if weight is None else x @ weight.T
    parts = (v, s, v) if job.middle else (v, v)  # a step does not look at u

    def one(current, now):
        z, state = now
        z, state = job.step(current if recurrent is None else current + z @ recurrent.T, state)
        return (z, state), (z, state)

    start = (v if z is None else z, job.state(*parts))
    (spikes, history), (z, state) = scan(one, current, start)
    s, all_s = (state[1], history[1]) if job.middle else (None, None)
    fields = job.state._fields
    all_v = history[0] if fields[0] in job.keep else None
    all_s = all_s if job.middle and fields[1] in job.keep else None
    return spikes, z, state[0], s, state[-1], history[-1], all_v, all_s


class Over(torch.autograd.Function):
    """The layer over time: (x, weight, W, z, v, s) to the outputs in the order of ``Said``."""

    @staticmethod
    def forward(x, weight, recurrent, z, v, s, job):
        if job.gpu:
            return gpu.forward(*job.cell, x, weight, recurrent, z, v, s, job.whole)
        work = work_of(job, x, weight, recurrent, z)
        (steps, batch), size = x.shape[:2], v.shape[1]
        v = v.clone(memory_format=torch.contiguous_format)
        s = torch.zeros_like(v) if s is None else s.clone(memory_format=torch.contiguous_format)
        whole, *some = job.whole
        spikes = room(steps, batch, size, like=v)
        u = room(steps if whole else 1, batch, size, like=v)
        kept = [room(steps if yes else 0, batch, size, like=v) for yes in some]
        parts = shares(batch, steps * batch * size)
        each(lambda *part: run_rows(work, v, s, spikes, u, kept, part), parts)
        histories = (u if whole else None, *(h if len(h) else None for h in kept))
        return spikes, spikes[-1].clone(), v, s if job.middle else None, u[-1].clone(), *histories

    @staticmethod
    def setup_context(ctx, inputs, output):
        *tensors, ctx.job = inputs
        ctx.save_for_backward(*tensors, output[0], output[5])
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx, *said):
        *tensors, spikes, u = ctx.saved_tensors
        job, asked = ctx.job, ctx.needs_input_grad
        if torch.is_grad_enabled():
            return *by_scan(job, tensors, asked, said), None
        if job.gpu:
            given = tensors, spikes, u, Said(*said), asked
            return *gpu.backward(*job.cell, job.surrogate, *given), None
        x, weight, recurrent, z, v, _ = tensors
        work, said = work_of(job, x, weight, recurrent, z), Said(*said)
        found = Found(
            room(*x.shape, like=v) if asked[0] else None,
            torch.empty_like(v) if z is not None and asked[3] else None,
            *(v.new_empty(v.shape) for _ in range(2)),
        )
        parts = shares(x.shape[1], x.shape[0] * v.numel())
        wants = asked[1:3]
        back = each(lambda *part: back_rows(work, spikes, u, said, found, wants, part), parts)
        d_weight, d_recurrent = (
            sum(rest, first) if (first := of[0]) is not None and (rest := of[1:]) else of[0]
            for of in zip(*back, strict=True)
        )
        d_s = found.s if job.middle and asked[5] else None
        return found.x, d_weight, d_recurrent, found.before, found.v, d_s, None

    @staticmethod
    def vmap(info, in_dims, *inputs):
        """One by one; ``run`` leaves torch.func to scan, which does better."""
        out = []
        for k in range(info.batch_size):
            pairs = zip(inputs, in_dims, strict=True)
            out.append(Over.apply(*(x if d is None else x.select(d, k) for x, d in pairs)))
        out = tuple(None if x[0] is None else torch.stack(x) for x in zip(*out, strict=True))
        return out, tuple(None if x is None else 0 for x in out)


def work_of(job: Job, x, weight, recurrent, z) -> Work:
    x, weight, recurrent, z = (t if t is None else t.detach() for t in (x, weight, recurrent, z))
    w = x.new_empty(0, 0) if recurrent is None else recurrent
    before = x.new_empty(1, 0, 0) if z is None else z[None].contiguous()
    columns = w.T.contiguous()
    return Work(*job.cell, x, weight, recurrent, columns, before, job.surrogate)


def by_scan(job: Job, tensors: list, asked: Sequence[bool], said: Sequence) -> list:
    """Gradients that can be differentiated again."""
    with torch.enable_grad():
        out = zip(reference(job, *tensors), said, strict=True)
        out, said = zip(*((o, g) for o, g in out if g is not None), strict=True)
        wanted = [x for x, yes in zip(tensors, asked, strict=False) if yes]
        got = iter(torch.autograd.grad(out, wanted, said, create_graph=True, allow_unused=True))
    return [next(got) if yes else None for yes in asked[: len(tensors)]]


def refuse(**tensors: Tensor | None) -> None:
    """By name, if not finite. Numbers that are not finite stay in v, so that only its end is
    looked at as a rule, and this is called to find out where they came from."""
    for name, x in tensors.items():
        if x is not None and (bad := int((~torch.isfinite(x)).sum())):
            raise ValueError(
                f"{name}: finite numbers are needed, got {bad} that are nan or infinite"
            )


def run(
    name: str,
    step: Callable,
    constants: Tensor,
    state: tuple,
    x: Tensor,
    weight: Tensor | None = None,
    recurrent: Tensor | None = None,
    z: Tensor | None = None,
    surrogate: Surrogate | None = None,
    keep: Sequence[str] = (),
) -> tuple | None:
    """Run a layer by the fast core, if there is a way; else None, and scan shall do it.

    Args:
        name: a row of ``CELLS``.
        step: ``step(current, state) -> (z, state)``, what scan would run.
        constants: (C, N) as ``CELLS`` says.
        state: the NamedTuple of the step, before the first step.
        keep: fields of the state to record.

    Returns:
        spikes (T, B, N), the last spikes (B, N), the last state, and {field: (T, B, N)}.
    """
    given = [t for t in (x, weight, recurrent, z, *state) if t is not None]
    on_gpu = for_gpu(x)
    reason = obstacle([*given, constants.to(x.dtype)], gpu=True)
    if reason is None and constants.requires_grad:
        reason = "a constant is learned"
    if reason is None and 0 in (*x.shape[:2], state[0].shape[1]):
        reason = "there is nothing to run"
    if reason is None and on_gpu:
        reason = gpu.obstacle(recurrent, constants, x.shape[1])
    note(name, reason, on_gpu)
    if reason is not None:
        return None
    fields, before = state._fields, state
    middle = state[1] if len(fields) == 3 else None
    save = torch.is_grad_enabled() and any(t.requires_grad for t in given)
    surrogate = DEFAULT if surrogate is None else surrogate
    constants = constants.contiguous()
    job = Job(name, step, type(state), constants, surrogate, tuple(keep), save, on_gpu)
    spikes, last, v, s, u, *histories = Over.apply(x, weight, recurrent, z, state[0], middle, job)
    state = type(state)(v, s, u) if len(fields) == 3 else type(state)(v, u)
    if not all(torch.isfinite(part).all() for part in (v, s) if part is not None):
        refuse(
            **{"current" if weight is None else "x": x, "weight": weight, "recurrent": recurrent}
        )
        refuse(**dict(zip([f"state: {name}" for name in fields], before, strict=True)), z=z)
    kept = dict(zip((fields[1], fields[0], fields[-1]), reversed(histories), strict=True))
    return spikes, last, state, {name: kept[name] for name in keep}
