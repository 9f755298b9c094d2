"""The table at a lab's end: what you predicted beside what you measured."""

from typing import Any

import numpy as np

from .values import is_blank


def compare(*rows: tuple[Any, Any, Any]) -> None:
    """Print rows of (what, predicted, measured) as a table; what is blank shows as "-".

    A list of numbers shows as its range, what is no number as "?", so a lab runs to its end.
    """
    cells = [("", "predicted", "measured"), *((_text(a), _text(b), _text(c)) for a, b, c in rows)]
    wide = [max(len(row[k]) for row in cells) for k in range(3)]
    for row in cells:
        print(f"{row[0]:<{wide[0]}}  {row[1]:>{wide[1]}}  {row[2]:>{wide[2]}}")


def _text(value: Any) -> str:
    try:
        if is_blank(value):
            return "-"
        if isinstance(value, str):
            return value
        found = np.asarray([float(v) for v in np.ravel(value)])
        low, high = (f"{v:.4g}" for v in (found.min(), found.max()))
        return low if low == high else f"{low} to {high}"
    except Exception:
        return "?"
