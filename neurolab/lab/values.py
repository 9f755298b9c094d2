"""Reading what a learner hands in: a value, or ``Blank`` (nothing there yet), or ``Wrong``."""

import math
import warnings
from typing import Any

import numpy as np

BLANK_TEXT = {"", "...", "…"}
LONGEST = 100_000  # of a list: a slip like range(10**9) must not fill the memory


class Blank(Exception):
    """Nothing has been filled in yet."""


class Wrong(Exception):
    """The answer is wrong; the message says why, by name where the mistake is known."""


def is_blank(value: Any, depth: int = 3) -> bool:
    """True for None, ``...``, empty text, an empty list, and a list that holds one of these."""
    if value is None or value is Ellipsis:
        return True
    if isinstance(value, str):
        return value.strip() in BLANK_TEXT
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple) and depth:
        return not value or any(is_blank(part, depth - 1) for part in value)
    return False


def quote(problem: BaseException) -> str:
    """An exception in one short line, whatever it holds."""
    try:
        text = " ".join(str(problem).split())
    except Exception:
        text = ""
    text = text if len(text) <= 120 else text[:117] + "..."
    return type(problem).__name__ + (f": {text}" if text else "")


def call(function: Any, *arguments: Any) -> Any:
    """What the learner's function returns.

    Raises:
        Wrong: it is no function, or it stopped with an exception, which is quoted.
        Blank: it returned nothing.
    """
    if not callable(function):
        raise Wrong("A function is asked: pass its name, without brackets.")
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            answer = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        raise Wrong(f"Your function stopped with {quote(problem)}.") from problem
    if answer is None or answer is Ellipsis:
        raise Blank
    return answer


def number(value: Any, what: str = "One number") -> float:
    """``value`` as a finite float: Python, numpy or torch; not text, not True or False.

    Raises:
        Wrong: it is no number, or not a finite one.
        Blank: it is nothing yet.
    """
    if is_blank(value):
        raise Blank
    if isinstance(value, str | bytes):
        raise Wrong(f"{what} is asked, and this is text: leave out the quotation marks.")
    if isinstance(value, bool | np.bool_):
        raise Wrong(f"{what} is asked, and this is {bool(value)}.")
    if callable(value):
        raise Wrong(f"{what} is asked, and this is a function: call it, and pass what it returns.")
    try:
        found = array(value)
    except Wrong:
        found = None
    if found is None or found.size != 1:
        raise Wrong(f"{what} is asked, and this is {describe(value)}.")
    single = float(found.reshape(()))
    if not math.isfinite(single):
        raise Wrong(f"{what} is asked, and this is {single}: did something overflow?")
    return single


def array(value: Any, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """``value`` as a float64 array of ``shape`` (any, if None): lists, numpy, torch on any device.

    Raises:
        Wrong: not numbers, complex, or of another shape.
    """
    try:
        if hasattr(value, "__len__") and not hasattr(value, "shape") and len(value) > LONGEST:
            raise ValueError(len(value))
        if isinstance(value, list | tuple):
            value = [_off_torch(part) for part in value]
        if np.ma.is_masked(value):  # its data would be taken for an answer
            raise TypeError(np.ma)
        found = np.asarray(_off_torch(value))
        if found.dtype.kind not in "biufO":
            raise TypeError(found.dtype)
        found = found.astype(float)
    except Exception as problem:
        raise Wrong(f"Numbers are asked, and this is {describe(value)}.") from problem
    if shape is not None and found.shape != shape:
        raise Wrong(f"The shape is {found.shape}; it must be {shape}.")
    return found


def _off_torch(value: Any) -> Any:
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def describe(value: Any) -> str:
    """A few words on a value, without asking it to print itself."""
    kind = type(value).__name__
    if isinstance(value, list | tuple):
        return f"a {kind} of {len(value)}"
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        return f"an array of shape {tuple(value.shape)}"
    return f"of type {kind}"
