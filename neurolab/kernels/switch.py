"""Fast or by scan: the switch, the conditions, and an account of what was chosen.

The fast cores are left for scan, without a word unless ``explain`` asks, where
    - they are switched off, or numba is missing,
    - a tensor is not on the CPU, neither float32 nor float64, or of another kind (meta, fake),
    - the tensors differ in dtype,
    - torch.func, torch.compile, autocast or forward-mode derivatives look at the layer.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from importlib import import_module

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

_on = True
_notes: ContextVar[list | None] = ContextVar("notes", default=None)


class Setting:
    """What ``disable`` and ``enable`` give back: a ``with`` ends with the old setting."""

    def __init__(self, on: bool):
        global _on
        self.before, _on = _on, on

    def __enter__(self) -> "Setting":
        return self

    def __exit__(self, *error) -> None:
        global _on
        _on = self.before


def disable() -> Setting:
    """Run everything by ``core.scan``, from now on or for the length of a ``with``."""
    return Setting(False)


def enable() -> Setting:
    """Run by the fast cores where there is one, from now on or for the length of a ``with``."""
    return Setting(True)


def enabled() -> bool:
    return _on


def note(name: str, reason: str | None) -> None:
    """Tell ``explain`` which way ``name`` goes: by the fast core, or by scan for a ``reason``."""
    notes = _notes.get()
    if notes is not None:
        notes.append(f"{name}: " + ("fast core" if reason is None else f"scan, since {reason}"))


def explain(layer: Callable, *inputs) -> list[str]:
    """Run ``layer(*inputs)`` and say which way each of its parts went, in order."""
    token = _notes.set(notes := [])
    try:
        layer(*inputs)
    finally:
        _notes.reset(token)
    return notes


@cache
def compiler() -> str | None:
    """None if the loops can be compiled, else why not."""
    try:
        import_module("numba")
    except ImportError as error:
        return f"numba cannot be imported ({error})"
    return None


def obstacle(tensors: list[Tensor]) -> str | None:
    """Why these tensors cannot go through a fast core; None if they can."""
    if not _on:
        return "the fast cores are switched off"
    if torch.compiler.is_compiling():
        return "torch.compile is tracing"
    if getattr(torch._C, "_are_functorch_transforms_active", bool)():
        return "torch.func is at work"
    if torch.is_autocast_enabled("cpu"):
        return "autocast is on"
    first = tensors[0]
    for x in tensors:
        if type(x) not in (Tensor, nn.Parameter):
            return f"a tensor is a {type(x).__name__}"
        if x.device.type != "cpu":
            return f"a tensor is on {x.device.type}"
        if x.dtype not in (torch.float32, torch.float64):
            return f"a tensor is of {x.dtype}"
        if x.dtype != first.dtype:
            return f"dtypes differ: {first.dtype} and {x.dtype}"
        if x.layout != torch.strided or x.is_conj() or x.is_neg():
            return "a tensor is not laid out plainly"
        if forward_ad.unpack_dual(x).tangent is not None:
            return "a forward-mode derivative is asked for"
    return compiler()
