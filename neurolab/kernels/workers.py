"""Threads that share the rows of a batch, each with its own rows and one core for its products.

Rows of a batch never meet within a layer, so each thread runs its rows through all of time and
nobody waits at a step. The loops and torch's products leave the interpreter's lock free meanwhile.
A thread of the pool does its products alone: ``torch.set_num_threads`` there counts for that thread
(OpenMP keeps the number for each thread), and the caller's number is set again at once.

As many threads as ``torch.get_num_threads()`` says. Plain threads and not numba's: those end the
process when two callers meet or after a fork.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import torch

SMALL = 2**17  # neurons times steps, below which the caller's thread does it alone
_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}


def shares(rows: int, work: int) -> list[tuple[int, int]]:
    """Rows [from, to) of each thread, as even as can be."""
    count = max(1, min(torch.get_num_threads(), rows if work >= SMALL else 1))
    edges = [rows * k // count for k in range(count + 1)]
    return list(pairwise(edges))


def each(task: Callable, parts: list[tuple[int, int]]) -> list:
    """``task(from, to)`` for every part, at once; the answers in order."""
    if len(parts) == 1:
        return [task(*parts[0])]
    futures = [_pool(len(parts)).submit(task, *part) for part in parts]
    return [future.result() for future in futures]


def _pool(count: int) -> ThreadPoolExecutor:
    key = (os.getpid(), count)  # threads do not live on in a forked process
    if key not in _pools:
        ours = torch.get_num_threads()
        _pools[key] = pool = ThreadPoolExecutor(count, "neurolab", torch.set_num_threads, (1,))
        everybody = Barrier(count)  # so that each thread has begun
        for future in [pool.submit(everybody.wait) for _ in range(count)]:
            future.result()
        torch.set_num_threads(ours)
    return _pools[key]
