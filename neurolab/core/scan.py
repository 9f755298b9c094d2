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
pass quadratic in T.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Tree = Any  # a tensor, None, or a (named) tuple of trees


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
    keep = _fields(keep, state)
    length = _length(inputs)
    outputs, history = [], []
    for x in _unbind(inputs, length):
        out, state = step(x, state)
        outputs.append(out)
        history.append(tuple(getattr(state, name) for name in keep))
    if length == 0:
        with torch.no_grad():
            out, after = step(_map(lambda x: x.new_zeros(x.shape[1:]), inputs), state)
        outputs, history = [out], [tuple(getattr(after, name) for name in keep)]
    outputs = _stack(outputs, length)
    if not keep:
        return outputs, state
    return outputs, state, dict(zip(keep, _stack(history, length), strict=True))


def _fields(keep: Sequence[str], state: Tree) -> tuple[str, ...]:
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    known = getattr(state, "_fields", ())
    for name in keep:
        if name not in known:
            raise ValueError(f"keep: {name!r} is not a field of the state; it has {list(known)}")
    return keep


def _length(inputs: Tree) -> int:
    lengths = []
    for x in _leaves(inputs):
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


def _leaves(tree: Tree) -> list:
    return [leaf for part in tree for leaf in _leaves(part)] if isinstance(tree, tuple) else [tree]


def _rebuild(like: tuple, parts: list) -> tuple:
    return type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)


def _map(function: Callable, tree: Tree) -> Tree:
    if isinstance(tree, tuple):
        return _rebuild(tree, [_map(function, part) for part in tree])
    return function(tree)


def _unbind(tree: Tree, length: int) -> list:
    """One tree of x_t for each t."""
    if not isinstance(tree, tuple):
        return list(tree.unbind(0))
    parts = [_unbind(part, length) for part in tree]
    return [_rebuild(tree, [part[t] for part in parts]) for t in range(length)]


def _stack(trees: list, length: int) -> Tree:
    """One tree with a time axis in front; ``length`` 0 keeps the shapes and drops the values."""
    first = trees[0]
    if isinstance(first, tuple):
        columns = [[tree[k] for tree in trees] for k in range(len(first))]
        return _rebuild(first, [_stack(column, length) for column in columns])
    return None if first is None else torch.stack(trees)[:length]
