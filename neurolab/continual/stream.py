"""Streams of tasks: the same pictures, their pixels shuffled in another way for each task.

    x^(k) = x[:, pi_k],     pi_0, ..., pi_{K-1} permutations drawn once

    symbol   meaning                                              shape
    x        examples, flat                                       (M, I)
    y        labels, the same for all tasks                       (M,)
    pi       which pixel stands at each place                     (K, I)

A permutation keeps every statistic of a single pixel and every distance between pictures, so all
tasks are equally hard for a network without convolution, and what is learned for one does not help
with another. A stream holds the pictures once and shuffles a task when it is asked for.

Reference: Goodfellow, Mirza, Xiao, Courville & Bengio (2013), arXiv:1312.6211
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor


class Task(NamedTuple):
    """Examples of one task; ``name`` is its number in the stream, that no learner is shown."""

    name: int
    x: Tensor  # (M, I)
    y: Tensor  # (M,)


class Permuted:
    """Tasks of permuted pixels.

    Args:
        x: examples (M, ...), flattened.
        y: labels (M,).
        tasks: K.
        seed: of the permutations. The same seed gives the same ones for other examples, so that
            training and test sets fit together.
        first_plain: whether the first task is the pictures as they are.

    ``len`` is K, ``stream[k]`` is a ``Task``, and iteration goes through all.
    """

    def __init__(self, x: Tensor, y: Tensor, tasks: int, seed: int, first_plain: bool = False):
        if not isinstance(tasks, int) or tasks < 1:
            raise ValueError(f"tasks: a whole number of at least 1 is needed, got {tasks!r}")
        if len(x) != len(y):
            raise ValueError(f"y: one label for each of {len(x)} examples, got {len(y)}")
        self.x, self.y = x.flatten(1), y
        chance, size = torch.Generator().manual_seed(seed), self.x.shape[1]
        drawn = [torch.randperm(size, generator=chance) for _ in range(tasks)]
        if first_plain:
            drawn[0] = torch.arange(size)
        self.order = torch.stack(drawn)

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, k: int) -> Task:
        if not -len(self) <= k < len(self):
            raise IndexError(f"k: tasks 0 to {len(self) - 1}, got {k}")
        return Task(k % len(self), self.x[:, self.order[k]], self.y)

    def __iter__(self) -> Iterator[Task]:
        return (self[k] for k in range(len(self)))
