"""Fast or by scan: the switch, the conditions, and an account of what was chosen.

The fast cores are left for scan, without a word unless ``explain`` asks, where
    - they are switched off, or what compiles them is missing: numba for the CPU, triton for a GPU,
    - a tensor is of another kind (meta, fake), neither float32 nor float64 (nor bfloat16 on a GPU),
      or on a GPU where the core has no loops for one,
    - the tensors differ in dtype or device,
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
# Whether the kernels for a GPU run tensors on the CPU, see ``gpu.interpreted``.
interpreting: ContextVar[bool] = ContextVar("interpreting", default=False)


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


def note(name: str, reason: str | None, gpu: bool = False) -> None:
    """Tell ``explain`` which way ``name`` goes: by the fast core, or by scan for a ``reason``."""
    notes = _notes.get()
    if notes is not None:
        core = "fast core of the GPU" if gpu else "fast core"
        notes.append(f"{name}: " + (core if reason is None else f"scan, since {reason}"))


def explain(layer: Callable, *inputs) -> list[str]:
    """Run ``layer(*inputs)`` and say which way each of its parts went, in order."""
    token = _notes.set(notes := [])
    try:
        layer(*inputs)
    finally:
        _notes.reset(token)
    return notes


@cache
def compiler(package: str = "numba") -> str | None:
    """None if the loops can be compiled, else why not."""
    try:
        import_module(package)
    except ImportError as error:
        return f"{package} cannot be imported ({error})"
    return None


def for_gpu(x: Tensor) -> bool:
    """Whether the kernels for a GPU are meant for ``x``."""
    return x.is_cuda or interpreting.get()


def by_torch(gradient: Tensor) -> bool:
    """Whether a backward pass is asked for its own gradient, or for many gradients at once."""
    asked = getattr(torch._C, "_functorch", None)
    names = ("is_batchedtensor", "is_legacy_batchedtensor")
    many = any(getattr(asked, name, lambda _: False)(gradient) for name in names)
    return torch.is_grad_enabled() or many


def obstacle(tensors: list[Tensor], gpu: bool = False) -> str | None:
    """Why these tensors cannot go through a fast core; None if they can.

    ``gpu`` tells that there is a core for a GPU, too.
    """
    if not _on:
        return "the fast cores are switched off"
    if torch.compiler.is_compiling():
        return "torch.compile is tracing"
    if getattr(torch._C, "_are_functorch_transforms_active", bool)():
        return "torch.func is at work"
    first = tensors[0]
    if torch.is_autocast_enabled("cuda" if first.is_cuda else "cpu"):
        return "autocast is on"
    gpu = gpu and for_gpu(first)
    for x in tensors:
        if type(x) not in (Tensor, nn.Parameter):
            return f"a tensor is a {type(x).__name__}"
        if x.device.type != "cpu" and not gpu:
            return f"a tensor is on {x.device.type}"
        if x.device != first.device:
            return f"devices differ: {first.device} and {x.device}"
        if x.dtype not in (torch.float32, torch.float64, *([torch.bfloat16] if gpu else [])):
            return f"a tensor is of {x.dtype}"
        if x.dtype != first.dtype:
            return f"dtypes differ: {first.dtype} and {x.dtype}"
        if x.layout != torch.strided or x.is_conj() or x.is_neg():
            return "a tensor is not laid out plainly"
        if forward_ad.unpack_dual(x).tangent is not None:
            return "a forward-mode derivative is asked for"
    return compiler("triton" if gpu else "numba")
