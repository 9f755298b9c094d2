"""Numbers of a cell for the prose around it.

After ``quote(gap=x)`` in a cell, ``{glue:text}`` of ``gap:.3f`` in the text prints what the cell
computed. A name holds for its page.
"""

import re
from numbers import Integral, Real

_NAME = re.compile(r"[A-Za-z]\w*")


def quote(**values) -> None:
    """Hand each value to the page under its name; nothing is shown in the cell.

    Numbers, numpy scalars and tensors of one element become plain ints and floats, so that a format
    such as ``:.3f`` works on them. Strings stay as they are.

    Raises:
        TypeError: a value that is neither a number nor a string.
        ValueError: a tensor or array of more than one element, an empty string, no value at all.
    """
    from myst_nb import glue

    if not values:
        raise ValueError("quote: no value was given; call it as quote(name=value, ...)")
    plain = {name: as_plain(name, value) for name, value in values.items()}
    for name, value in plain.items():
        glue(name, value, display=False)


def as_plain(name: str, value) -> int | float | str:
    """The value as an int, float or string; what is wrong with it otherwise."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"quote: {name!r} is no name that a page can ask for; begin with a letter")
    if isinstance(value, str):
        if not value.strip():
            raise ValueError(f"quote: {name} is an empty string; the page would print nothing")
        return value
    if hasattr(value, "numel") or hasattr(value, "shape"):
        count = value.numel() if hasattr(value, "numel") else value.size
        if count != 1:
            shape = tuple(value.shape)
            raise ValueError(f"quote: {name} has shape {shape}; give one number, such as its mean")
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        kind = type(value).__name__
        raise TypeError(f"quote: {name} must be a number or a string, got {kind} {value!r}")
    return int(value) if isinstance(value, Integral) else float(value)
