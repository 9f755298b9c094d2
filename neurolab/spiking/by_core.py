"""The way from a layer to its fast core in ``kernels``, and what both ways refuse.

``by_core`` gives the answer of the fast core, or None where ``core.scan`` has to run the step: for
neurons without a fast core, constants that are learned, and what ``kernels.switch`` lists. For
loops through several layers ``cells_by_core`` and ``sums_by_core`` give what runs them step by
step.

Tested in tests/kernels: both ways give the same values and gradients.

Reference for the equations of the cores: Gerstner et al. (2014), Neuronal Dynamics, ch. 1.3,
doi:10.1017/CBO9781107447615
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from neurolab import kernels
from neurolab.core.ops import Value
from neurolab.core.scan import fields_of
from neurolab.kernels import room as room


def by_core(
    core: tuple[str, tuple[Value, ...]] | None,
    step: partial,
    state: tuple,
    x: Tensor,
    weight: Tensor | None = None,
    recurrent: Tensor | None = None,
    z: Tensor | None = None,
    keep: Sequence[str] = (),
) -> tuple | None:
    """Spikes, last spikes, last state and histories; or None.

    Args:
        core: a row of ``kernels.neurons.CELLS`` and its constants, numbers or tensors (N,).
        step: the bound step, with its surrogate among the keywords.
        x: inputs (T, B, I), or the current (T, B, N) if there is no weight.
        recurrent: (N, N) to, from; with ``z``, the spikes (B, N) before the first step.
    """
    if core is None:
        kernels.note(step.func.__name__, "this step has no fast core")
        return None
    name, constants = core
    constants = of_each(constants, state[0].shape[-1], x)
    surrogate, keep = step.keywords["surrogate"], fields_of(keep, state)
    return kernels.run(
        name, step, constants, state, x, weight, recurrent, z, surrogate=surrogate, keep=keep
    )


def cells_by_core(
    core: tuple[str, tuple[Value, ...]] | None, state: tuple, current: Tensor, rows: int
) -> kernels.Cells | None:
    """Neurons that are given one current (B, N) after the other, see ``kernels.one_step``."""
    if core is None:
        return None
    name, constants = core
    return kernels.cells(name, of_each(constants, current.shape[1], current), state, current, rows)


def sums_by_core(weight: Tensor, bias: Tensor | None, z: Tensor) -> kernels.Sums | None:
    """A dense layer that is given spikes (B, I), see ``kernels.one_step``."""
    return kernels.sums(weight, bias, z)


def of_each(constants: tuple[Value, ...], size: int, x: Tensor) -> Tensor:
    """Constants, numbers or tensors (N,), as (C, N) of the kind of ``x``."""
    like = x.new_empty((), dtype=torch.promote_types(x.dtype, torch.float32))
    return torch.stack(
        [
            c.to(like.dtype).expand(size) if isinstance(c, Tensor) else like.new_full((size,), c)
            for c in constants
        ]
    )


def refuse_nan(name: str, x: Tensor) -> None:
    """Not on the meta device and not inside vmap, where no value may be looked at."""
    if x.is_meta:
        return
    try:
        fine = bool(torch.isfinite(x).all())
    except RuntimeError:
        return
    if not fine:
        bad = int((~torch.isfinite(x)).sum())
        raise ValueError(f"{name}: finite numbers are needed, got {bad} that are nan or infinite")
