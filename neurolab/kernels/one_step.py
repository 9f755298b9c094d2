"""One step at a time, where several layers hear each other and none can run through time alone.

    Cells     z(t), state = step(current(t), state)          neurons of a row of ``neurons.CELLS``
    Sums      y_b = bias + sum over i with z_bi != 0 of z_bi columns_i

    symbol     meaning                                     shape
    current    of one step                                 (B, N)
    z          spikes                                      (B, N)
    columns    weights turned over: from, to               (I, N)
    y          sums                                        (B, N)

The loops are those of ``forward``. What a layer over time does once for a sequence (checks, room
for the spikes) is done once here, too, before the first step; a step then is one compiled call.
Without gradients, on the CPU; one step in the thread that calls, ``Sums.over`` many steps at once.

Tested in tests/neuromorphic/test_loop_steps.py: spikes, sums and state are those of torch.
"""

import torch
from torch import Tensor

from .blocks import room
from .connected import add, entries
from .neurons import CELLS
from .switch import note, obstacle

DENSE = 3  # inputs, of which more than one is not zero: then a product with all of them is quicker


class Cells:
    """Neurons that are given one current after the other.

    Args:
        name: row of ``CELLS``.
        constants: (C, N) as it says.
        state: NamedTuple of the step, before the first one; stays as it is.
        rows: how many steps are kept in ``spikes``, which then starts again from its first row.

    Attributes:
        spikes: (rows, B, N).
        state: after the last step, changed in place.
    """

    def __init__(self, name: str, constants: Tensor, state: tuple, rows: int):
        from . import forward as loops

        self.step, self.t, self.rows = loops.forward, 0, rows
        parts = [x.clone(memory_format=torch.contiguous_format) for x in state]
        self.state = type(state)(*parts)
        v, u = parts[0], parts[-1]
        s = parts[1] if len(parts) == 3 else torch.empty_like(v)
        self.spikes = room(rows, *v.shape, like=v)
        nothing = v.new_empty(0, 0, 0).numpy()
        constants = constants.contiguous().numpy()
        self.before = (v.new_empty(0, 0).numpy(), nothing, v.numpy(), s.numpy())
        self.behind = (u[None].numpy(), 0, nothing, nothing, 0)
        self.cell = (CELLS[name][0], constants)
        self.out, self.each = self.spikes.numpy(), self.spikes.unbind(0)

    def __call__(self, current: Tensor) -> Tensor:
        k = self.t % self.rows
        self.t += 1
        given = current.contiguous()[None].numpy()
        self.step(*self.cell, given, *self.before, self.out[k : k + 1], *self.behind)
        return self.each[k]


class Sums:
    """A dense layer that is given spikes: only the columns of those that fired are read."""

    def __init__(self, weight: Tensor, bias: Tensor | None):
        from . import connected_loops as loops

        self.step, self.bias = loops.few_columns, bias
        self.columns = weight.detach().t().contiguous()
        self.start = weight.new_empty(0) if bias is None else bias.detach()
        self.given = self.columns.numpy(), self.start.numpy()
        self.y: Tensor | None = None

    def __call__(self, z: Tensor) -> Tensor:
        """y of z (B, I).

        Raises:
            ValueError: another number of inputs.
        """
        self._fits(z)
        y = z.new_empty(len(z), self.columns.shape[1])
        given = *self.given, z.contiguous()[None].numpy(), y.numpy(), DENSE
        if self.step(*given):
            return y
        y = z @ self.columns
        return y if self.bias is None else y + self.bias

    def over(self, z: Tensor) -> Tensor | None:
        """y of many z (R, I), rows shared among threads; None if many are not 0.

        The next call with as many rows writes into the same y: fresh memory costs as much as sums.
        """
        self._fits(z)
        few = entries(z.contiguous())
        if few is None:
            return None
        if self.y is None or len(self.y) != len(z):
            self.y = room(len(z), self.columns.shape[1], like=z)
        add(few, self.columns, self.start, self.y)
        return self.y

    def _fits(self, z: Tensor) -> None:
        """The compiled loops would read beyond the end."""
        if z.shape[-1] != len(self.columns):
            needed, given = len(self.columns), tuple(z.shape)
            raise ValueError(f"z: spikes of {needed} inputs are needed, got shape {given}")


def cells(name: str, constants: Tensor, state: tuple, current: Tensor, rows: int) -> Cells | None:
    """``Cells`` for currents like this one (B, N); None where torch shall run the step."""
    reason = obstacle([current, *state, constants])
    if reason is None and 0 in current.shape:
        reason = "there is nothing to run"
    note(name, reason)
    return None if reason is not None else Cells(name, constants, state, rows)


def sums(weight: Tensor, bias: Tensor | None, z: Tensor) -> Sums | None:
    """``Sums`` for spikes like these (B, I); None where torch shall do it."""
    reason = obstacle([x for x in (z, weight, bias) if x is not None])
    note("sums", reason)
    return None if reason is not None else Sums(weight, bias)
