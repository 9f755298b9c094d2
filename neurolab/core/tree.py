"""Trees: what a loop over time is given and gives back, a tensor or a (named) tuple of trees.

    Tree = tensor | None | tuple of trees | NamedTuple of trees

Every function keeps the kinds of the tuples. Tested through ``scan`` and ``checkpointed_scan``.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

Tree = Any  # a tensor, None, or a (named) tuple of trees


def leaves_of(tree: Tree) -> list:
    if not isinstance(tree, tuple):
        return [tree]
    return [leaf for part in tree for leaf in leaves_of(part)]


def rebuilt(like: tuple, parts: list) -> tuple:
    return type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)


def mapped(function: Callable, tree: Tree) -> Tree:
    if isinstance(tree, tuple):
        return rebuilt(tree, [mapped(function, part) for part in tree])
    return function(tree)


def filled(like: Tree, leaves: Iterator) -> Tree:
    """A tree built as ``like``, with other leaves."""
    return mapped(lambda _: next(leaves), like)


def split_up(tree: Tree, sizes: list[int]) -> list:
    """One tree for each segment; by one ``split``, since slices would each write a whole row."""
    if not isinstance(tree, tuple):
        return list(tree.split(sizes))
    parts = [split_up(part, sizes) for part in tree]
    return [rebuilt(tree, [part[k] for part in parts]) for k in range(len(sizes))]


def joined(trees: list) -> Tree:
    """The pieces of trees with a time axis, put one behind the other."""
    first = trees[0]
    if isinstance(first, tuple):
        return rebuilt(first, [joined([tree[k] for tree in trees]) for k in range(len(first))])
    return None if first is None else torch.cat(trees)


def unbound(tree: Tree, length: int) -> list:
    """One tree of x_t for each t."""
    if not isinstance(tree, tuple):
        return list(tree.unbind(0))
    parts = [unbound(part, length) for part in tree]
    return [rebuilt(tree, [part[t] for part in parts]) for t in range(length)]


def stacked(trees: list, length: int) -> Tree:
    """One tree with a time axis in front; ``length`` 0 keeps the shapes and drops the values."""
    first = trees[0]
    if isinstance(first, tuple):
        columns = [[tree[k] for tree in trees] for k in range(len(first))]
        return rebuilt(first, [stacked(column, length) for column in columns])
    return None if first is None else torch.stack(trees)[:length]
