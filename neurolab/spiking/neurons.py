"""Any neuron of the family over time: current in, spikes out, each neuron with its own constants.

    z, state = step(current, state)     at every t, with the step of a row of ``NEURONS``

    symbol    meaning                                           shape       unit
    current   what the row's docstring calls i or x             (T, B, N)   that of the row
    z         spikes, 0 or 1                                    (T, B, N)   -
    params    the row's constants                               () or (N,)  that of the row

Any field of the params may be a tensor (N,), one value for each neuron, and may be learned. Where
only positive numbers make sense its logarithm is learned, so it stays positive. Weights stand
before it: ``layers`` and ``delays``.

Tested: it is the step in a loop; the gradient of a time constant is that of finite differences;
time constants are found again from the potentials of the neurons that have them.

Reference: Perez-Nieves et al. (2021), doi:10.1038/s41467-021-26022-3
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.core.surrogate import Surrogate

from .adaptive_lif import alif_constants, alif_step
from .by_core import by_core, refuse_nan
from .current_lif import current_lif_constants, current_lif_step
from .family import NEURONS, Neuron
from .lif import lif_constants, lif_step

CORES = {
    lif_step: ("lif", lif_constants),
    alif_step: ("alif", alif_constants),
    current_lif_step: ("current_lif", current_lif_constants),
}


class Neurons(nn.Module):
    """Neurons of one kind under a given current.

    Args:
        kind: a row of ``NEURONS`` or ``CONVENTIONS``.
        params: of that row, each a number or a tensor (N,); None means its defaults.
        dt: time step in ms; None means the row's own.
        surrogate: see ``core.surrogate``; None means ``FastSigmoid()``.
        learn: names of fields of the params to learn.
    """

    def __init__(
        self,
        kind: Neuron = NEURONS["lif"],
        params: object | None = None,
        dt: float | None = None,
        surrogate: Surrogate | None = None,
        learn: Sequence[str] = (),
    ):
        super().__init__()
        params = kind.params() if params is None else params
        dt = kind.dt if dt is None else dt
        check(kind, params, dt)
        self.kind, self.given, self.dt, self.surrogate = kind, params, dt, surrogate
        names = [field.name for field in fields(params)]
        self.learned = nn.ParameterDict()
        for name in (learn,) if isinstance(learn, str) else learn:
            if name not in names:
                raise ValueError(f"learn: {name!r} is not a field of the params; it has {names}")
            x = getattr(params, name)
            x = x.detach().clone() if isinstance(x, Tensor) else torch.tensor(float(x))
            self.learned[name] = nn.Parameter(x.log() if name in kind.positive else x)
        self.vectors = [n for n in names if isinstance(getattr(params, n), Tensor)]
        self.vectors = [name for name in self.vectors if name not in self.learned]
        for name in self.vectors:
            self.register_buffer(f"fixed_{name}", getattr(params, name).detach().clone())

    @property
    def params(self) -> object:
        """The constants as they stand now."""
        now = {name: getattr(self, f"fixed_{name}") for name in self.vectors}
        for name, x in self.learned.items():
            now[name] = x.exp() if name in self.kind.positive else x
        return replace(self.given, **now)

    def start(self, like: Tensor) -> tuple:
        """The state at rest for a current ``like`` (..., B, N)."""
        with torch.no_grad():
            state = self.kind.start(self.params)
            return type(state)(*(like.new_zeros(like.shape[-2:]) + x for x in state))

    def stepper(self) -> Callable:
        """``step(current, state)`` with the constants as they stand now."""
        return partial(self.kind.step, params=self.params, dt=self.dt, surrogate=self.surrogate)

    def forward(self, current: Tensor, state: tuple | None = None, keep: Sequence[str] = ()):
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            current: (T, B, N).
            keep: fields of the state to record, see ``core.scan``.

        Returns:
            spikes (T, B, N) and the last state; with ``keep`` also {field: (T, B, N)}.
        """
        self.accept(current, state)
        state = self.start(current) if state is None else state
        step = self.stepper()
        found = by_core(self.core(), step, state, current, keep=keep)
        if found is not None:
            z, _, state, kept = found
            return (z, state, kept) if keep else (z, state)
        refuse_nan("current", current)
        return scan(step, current, state, keep=keep)

    def core(self) -> tuple | None:
        """The row of ``kernels`` that runs these neurons, and its constants as they stand now."""
        if self.kind.step not in CORES:
            return None
        name, constants = CORES[self.kind.step]
        return name, constants(self.params, self.dt)

    def accept(self, current: Tensor, state: tuple | None = None) -> None:
        """Refuse what cannot be run, by name; whether it is finite is for others to see."""
        if current.ndim != 3 or not current.is_floating_point():
            given = f"{tuple(current.shape)} of {current.dtype}"
            raise ValueError(f"current: floats of shape (T, B, N) are needed, got {given}")
        own = {**self.learned, **{name: getattr(self, f"fixed_{name}") for name in self.vectors}}
        for name, x in own.items():
            if x.ndim and len(x) != current.shape[2]:
                given = f"{current.shape[2]}, but {name} has {len(x)}"
                raise ValueError(f"current: as many neurons as constants are needed, got {given}")
            if x.dtype != current.dtype:
                given = f"{current.dtype}; use .to({current.dtype})"
                raise ValueError(f"current: {x.dtype} is needed, as {name} has it, got {given}")
        for part in () if state is None else state:
            if part.shape != current.shape[1:]:
                needed, given = tuple(current.shape[1:]), tuple(part.shape)
                raise ValueError(f"state: fields of shape (B, N) = {needed} needed, got {given}")

    def extra_repr(self) -> str:
        return f"{self.kind.step.__name__}, dt={self.dt} ms"


def check(kind: Neuron, params: object, dt: float) -> None:
    """Refuse settings that no neuron of this kind can have, by name."""
    if not isinstance(params, kind.params):
        given = type(params).__name__
        raise TypeError(f"params: {kind.params.__name__} is needed, got {given}")
    for field in fields(params):
        x = getattr(params, field.name)
        number = isinstance(x, int | float) and not isinstance(x, bool)
        vector = isinstance(x, Tensor) and x.ndim < 2 and x.is_floating_point()
        if not (number or vector) or not torch.as_tensor(x).isfinite().all():
            raise ValueError(f"{field.name}: a finite number or tensor (N,) is needed, got {x!r}")
        if field.name in kind.positive and (torch.as_tensor(x) <= 0).any():
            raise ValueError(f"{field.name}: a number above 0 is needed, got {x!r}")
        if field.name == "t_ref" and (torch.as_tensor(x) < 0).any():
            raise ValueError(f"t_ref: a number of ms from 0 is needed, got {x!r}")
    for low, high in pairwise(kind.ordered):
        if not torch.as_tensor(getattr(params, low) < getattr(params, high)).all():
            given = f"{getattr(params, low)!r} and {getattr(params, high)!r}"
            raise ValueError(f"{low}: less than {high} is needed, got {given}")
    if isinstance(dt, bool) or not isinstance(dt, int | float) or not 0 < dt < math.inf:
        raise ValueError(f"dt: a positive number of ms is needed, got {dt!r}")
    if kind.largest is not None and dt > (
        most := float(torch.as_tensor(kind.largest(params)).min())
    ):
        raise ValueError(f"dt: at most {most:.4g} ms, beyond the step is unstable; got {dt!r}")
    if not all(torch.as_tensor(x).isfinite().all() for x in kind.start(params)):
        raise ValueError(f"params: with these it has no rest without current: {params}")
