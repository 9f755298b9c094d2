"""Counts the bytes of all tensors that are alive at once, while some code runs.

    peak = max over time of the summed sizes of the storages made so far and not yet freed

    symbol   meaning                                          unit
    peak     the most at once                                 bytes
    now      alive at this moment                             bytes

It looks at every operation, of backward passes, too, and is the same on every machine. What it does
not see: nodes of autograd, arrays of numpy, and what an allocator keeps for later.

Tested: what was alive before does not count, and a view counts with what it looks at.
"""

import weakref

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveBytes(TorchDispatchMode):
    """Inside ``with``: ``peak`` bytes of storages made since, backward passes included."""

    def __init__(self):
        super().__init__()
        self.known, self.now, self.peak = weakref.WeakSet(), 0, 0

    def before(self, *tensors: Tensor) -> "LiveBytes":
        """These are not counted."""
        self.known.update(x.untyped_storage() for x in tensors)
        return self

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for x in tree_leaves(made):
            if isinstance(x, Tensor) and x.untyped_storage() not in self.known:
                self.count(x.untyped_storage())
        return made

    def count(self, storage) -> None:
        """A storage that has not been seen before."""
        size = storage.nbytes()
        self.known.add(storage)
        weakref.finalize(storage, self.forget, size)
        self.now += size
        self.peak = max(self.peak, self.now)

    def forget(self, size: int) -> None:
        """One that is gone."""
        self.now -= size
