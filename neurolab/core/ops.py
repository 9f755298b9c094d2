"""The words every equation is written in.

A step uses plain operators and these words, so one source runs on

    Python floats   the live figure, and the JavaScript made from it
    numpy arrays    oracles in tests, plots
    torch tensors   autograd, torch.func, torch.compile, any device

The most capable argument decides: one tensor among the arguments makes the answer a tensor,
else one array makes it an array, else it is a number. Python ints and numpy scalars count as
floats. Nothing raises and nothing warns on floats and arrays: outside its domain a word answers
inf or nan, as torch and JavaScript do (``log(0)`` is -inf, ``sqrt(-1)`` is nan). Operators stay
Python's: on floats ``x / 0`` and an overflowing ``x ** 2`` raise, ``x * x`` does not.

Tested: float, numpy and torch agree to 1e-12 relative on every float64, infinities, nan,
subnormal numbers and -0.0 included, with two exceptions: ``maximum`` and ``minimum`` of 0.0 and
-0.0 may answer either zero, and below 1e-307 answers may differ by 1e-307 (``sigmoid`` of floats
and arrays is 0 there, torch's is not).
"""

import math
import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Value = float | np.ndarray | Tensor  # what a step may be given

_EXP_MAX = math.log(sys.float_info.max)  # exp overflows beyond


def _word(name: str, on_float: Callable[[float], float], meaning: str) -> Callable[[Value], Value]:
    """A function of one argument that torch, numpy and we know under the same name."""
    on_tensor, on_array = getattr(torch, name), getattr(np, name)

    def word(x: Value) -> Value:
        if isinstance(x, Tensor):
            return on_tensor(x)
        if isinstance(x, np.ndarray):
            with np.errstate(all="ignore"):
                return on_array(x)
        return on_float(x)

    word.__name__ = word.__qualname__ = name
    word.__doc__ = meaning
    return word


exp = _word(
    "exp",
    lambda x: math.exp(x) if x <= _EXP_MAX or x != x else math.inf,
    "e to the power x; inf where that overflows.",
)
log = _word(
    "log",
    lambda x: math.log(x) if x > 0 else -math.inf if x == 0 else math.nan,
    "The natural logarithm; -inf at 0, nan below.",
)
sqrt = _word("sqrt", lambda x: math.sqrt(x) if x >= 0 else math.nan, "The root; nan below 0.")
tanh = _word("tanh", math.tanh, "The hyperbolic tangent.")
sin = _word("sin", lambda x: math.sin(x) if math.isfinite(x) else math.nan, "Sine, x in radians.")
cos = _word("cos", lambda x: math.cos(x) if math.isfinite(x) else math.nan, "Cosine, x in radians.")
abs = _word("abs", math.fabs, "The distance from 0.")


def sigmoid(x: Value) -> Value:
    """1 / (1 + exp(-x))."""
    if isinstance(x, Tensor):
        return torch.sigmoid(x)
    return 1 / (1 + exp(-1.0 * x))  # the product, so that unsigned integers do not wrap around


def atan2(y: Value, x: Value) -> Value:
    """The angle of the point (x, y), in radians from -pi to pi."""
    if _any(Tensor, y, x):
        like = y if isinstance(y, Tensor) else x
        return torch.atan2(_tensor(y, like), _tensor(x, like))
    if _any(np.ndarray, y, x):
        return np.arctan2(_plain(y), _plain(x))
    return math.atan2(y, x)


def where(condition: Value, yes: Value, no: Value) -> Value:
    """``yes`` where the (boolean) condition holds, else ``no``. Both are computed.

    A gradient flows through both as well: keep the branch that is not taken finite. Two plain
    numbers chosen by a tensor have torch's default dtype, since nothing says another one.
    """
    if _any(Tensor, condition, yes, no):
        if not isinstance(condition, Tensor):
            like = yes if isinstance(yes, Tensor) else no
            condition = torch.as_tensor(condition, device=like.device)
        return torch.where(condition, _for_torch(yes, condition), _for_torch(no, condition))
    if _any(np.ndarray, condition, yes, no):
        return np.where(condition, _plain(yes), _plain(no))
    return yes if condition else no


def maximum(a: Value, b: Value) -> Value:
    """The larger one; nan if either is nan."""
    if _any(Tensor, a, b):
        return _clamp(a, b, torch.maximum, "min")
    if _any(np.ndarray, a, b):
        return np.maximum(_plain(a), _plain(b))
    return a if a >= b or a != a else b


def minimum(a: Value, b: Value) -> Value:
    """The smaller one; nan if either is nan."""
    if _any(Tensor, a, b):
        return _clamp(a, b, torch.minimum, "max")
    if _any(np.ndarray, a, b):
        return np.minimum(_plain(a), _plain(b))
    return a if a <= b or a != a else b


def constant(x: Value) -> Value:
    """``x``, hidden from the gradient."""
    return x.detach() if isinstance(x, Tensor) else x


def _any(kind: type, *values: Value) -> bool:
    return any(isinstance(x, kind) for x in values)


def _plain(x: Value) -> Value:
    """A numpy scalar as the number it is: numbers follow the dtype of the other argument."""
    return x.item() if isinstance(x, np.generic) else x


def _for_torch(x: Value, like: Tensor) -> float | Tensor:
    """Numbers stay numbers, arrays become tensors."""
    return torch.as_tensor(x, device=like.device) if isinstance(x, np.ndarray) else _plain(x)


def _tensor(x: Value, like: Tensor) -> Tensor:
    x = _for_torch(x, like)
    if isinstance(x, Tensor):
        return x
    return torch.as_tensor(x, dtype=torch.result_type(like, x), device=like.device)


def _clamp(a: Value, b: Value, both: Callable, side: str) -> Tensor:
    if not isinstance(a, Tensor):
        a, b = b, a
    b = _for_torch(b, a)
    return both(a, b) if isinstance(b, Tensor) else a.clamp(**{side: b})
