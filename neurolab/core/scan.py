"""The time loop: a pure step run over a sequence. The definition that fast paths must equal.

    out[t], state[t + 1] = step(inputs[t], state[t]),     t = 0 .. T - 1

    symbol   meaning                                               shape
    inputs   tensor, or a (nested, named) tuple of tensors         (T, ...) each
    state    whatever the step takes and gives back                as the step likes
    out      tensor, tuple of tensors or None                      (T, ...) each, stacked

An empty sequence (T = 0) gives the state back unchanged and outputs of shape (0, ...): the step is
run once on zeros, without gradient, to learn the shapes, and its answer is thrown away. So a
sequence cut anywhere, even at its ends, equals one run.

Tested: equals a loop written by hand, values and gradients, cut anywhere; under vmap and
torch.compile. Inputs are unbound once, not indexed in the loop: indexing x[t] makes the backward
pass quadratic in T. ``checkpointed_scan`` is the same loop with less memory.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .tree import Tree, leaves_of, mapped, stacked, unbound


def scan(step: Callable, inputs: Tree, state: Tree, keep: Sequence[str] = ()) -> tuple:
    """Run ``step(x_t, state) -> (out, state)`` along the first axis of ``inputs``.

    Args:
        keep: names of fields of the state (a NamedTuple) whose histories to return.

    Returns:
        (outputs, last state), and if ``keep`` is not empty (outputs, last state, histories), where
        histories[name] is (T, ...): the field after each step.

    Raises:
        ValueError: inputs of unequal length, without a time axis or without a tensor; a name in
            ``keep`` that the state does not have.
        TypeError: inputs that are neither tensors nor tuples of tensors.
    """
    keep = fields_of(keep, state)
    length = length_of(inputs)
    outputs, history = [], []
    for x in unbound(inputs, length):
        out, state = step(x, state)
        outputs.append(out)
        history.append(tuple(getattr(state, name) for name in keep))
    if length == 0:
        with torch.no_grad():
            out, after = step(mapped(lambda x: x.new_zeros(x.shape[1:]), inputs), state)
        outputs, history = [out], [tuple(getattr(after, name) for name in keep)]
    outputs = stacked(outputs, length)
    if not keep:
        return outputs, state
    return outputs, state, dict(zip(keep, stacked(history, length), strict=True))


def fields_of(keep: Sequence[str], state: Tree) -> tuple[str, ...]:
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    known = getattr(state, "_fields", ())
    for name in keep:
        if name not in known:
            raise ValueError(f"keep: {name!r} is not a field of the state; it has {list(known)}")
    return keep


def length_of(inputs: Tree) -> int:
    lengths = []
    for x in leaves_of(inputs):
        if not isinstance(x, Tensor):
            kind = type(x).__name__
            raise TypeError(f"inputs: tensors or tuples of tensors are needed, got {kind}")
        if x.ndim == 0:
            raise ValueError("inputs: a time axis is needed, got a tensor without axes")
        lengths.append(x.shape[0])
    if not lengths:
        raise ValueError("inputs: at least one tensor is needed, to know how long to run")
    if len(set(lengths)) > 1:
        raise ValueError(f"inputs: all need the same length (first axis), got {lengths}")
    return lengths[0]
