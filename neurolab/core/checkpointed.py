"""The time loop with less memory: steps are run again when the gradient asks for them.

It keeps the state at the start of each of about sqrt(T) segments; the backward pass runs the
segments again, the last one first, through ``torch.utils.checkpoint``:

    scan                what T steps save for the backward pass                   O(T)
    checkpointed_scan   S states, and what T / S steps save, S about sqrt(T)      O(sqrt(T))

    symbol   meaning                     shape
    T        length of the sequence      ()
    S        number of segments          ()

The price is that every step runs twice. Inputs and outputs, where there are any, have T rows
either way, and autograd keeps a node for every operation, whose size does not depend on the arrays.
What the process gets back is up to its allocator: that of Linux (glibc) does not fill the holes
between the nodes, and the process is no smaller, unless the environment says
MALLOC_MMAP_THRESHOLD_=4096 before it starts (measured in benchmarks/scan_memory.py).

Tested: values, gradients and second derivatives equal those of ``scan`` to the last bit; the peak
bytes of tensors grow as T to the power 0.5, where those of ``scan`` grow as T.

Reference: Chen, Xu, Zhang & Guestrin (2016), arXiv:1604.06174
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

from .scan import fields_of, length_of, scan
from .tree import Tree, filled, joined, leaves_of, split_up


def checkpointed_scan(
    step: Callable,
    inputs: Tree,
    state: Tree,
    keep: Sequence[str] = (),
    segments: int | None = None,
) -> tuple:
    """``scan`` that saves only the states between segments and runs the steps again for gradients.

    Args:
        keep: as for ``scan``.
        segments: how many, of lengths that differ by at most 1; None means about sqrt(T), and more
            than T means T. 1 saves nothing inside and runs all of it again.

    What a step draws from torch's global generators it draws again in the backward pass. A step
    with a generator of its own, or any other memory, would give a gradient of another run: that is
    refused when the run again does not end in the same state. Give draws as inputs instead.
    Of torch.func jvp and jacfwd work, and vmap as long as nothing is differentiated outside of it
    (vmap the step instead); grad, vjp and jacrev refuse saved tensor hooks: use ``scan`` there.

    Returns:
        what ``scan`` returns.

    Raises:
        ValueError, TypeError: as ``scan``; segments that are not a whole number from 1.
        RuntimeError: inside torch.func.grad, vjp or jacrev; in the backward pass, a step that is
            not the same function the second time.
    """
    keep = fields_of(keep, state)
    length = length_of(inputs)
    if segments is None:
        segments = max(1, round(math.sqrt(length)))
    if isinstance(segments, bool) or not isinstance(segments, int) or segments < 1:
        raise ValueError(f"segments: a whole number from 1 is needed, got {segments!r}")
    if length == 0:
        return scan(step, inputs, state, keep)
    try:
        with saved_tensors_hooks(lambda x: x, lambda x: x):
            pass
    except RuntimeError as error:
        raise RuntimeError(
            "checkpointed_scan: torch.func.grad, vjp and jacrev do not take saved tensor hooks, on "
            "which it rests; use scan there, or torch.autograd.grad"
        ) from error
    short, longer = divmod(length, min(segments, length))
    sizes = [short + (k < longer) for k in range(min(segments, length))]
    pieces = []
    for part in split_up(inputs, sizes):
        piece, state = _segment(step, part, state, keep)
        pieces.append(piece)
    outputs, history = joined(pieces)
    if not keep:
        return outputs, state
    return outputs, state, dict(zip(keep, history, strict=True))


def _segment(step: Callable, inputs: Tree, state: Tree, keep: tuple[str, ...]) -> tuple[Tree, Tree]:
    """((outputs, histories), last state) of one segment, whose inside autograd does not keep."""
    ends: list[list] = []  # what the first run ended in

    def run(*leaves: Any) -> tuple[Tree, Tree]:
        rest = iter(leaves)
        x, start = filled(inputs, rest), filled(state, rest)
        outputs, last, *histories = scan(step, x, start, keep)
        end = [leaf.detach() for leaf in leaves_of(last) if isinstance(leaf, Tensor)]
        if not ends:
            ends.append(end)
        elif not all(map(_same, ends[0], end)):
            raise RuntimeError(
                "step: it must be the same function when it is run again for the gradient; it "
                "ended in another state. Give its random draws as inputs"
            )
        return (outputs, tuple(histories[0].values()) if keep else ()), last

    with set_checkpoint_early_stop(False):  # else the second run stops before its end
        return checkpoint(run, *leaves_of(inputs), *leaves_of(state), use_reentrant=False)


def _same(a: Tensor, b: Tensor) -> bool:
    return torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all())  # nan is nan
