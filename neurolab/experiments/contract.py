"""What an experiment promises, and what the runner may therefore do.

An experiment is one file in this folder and one row in the table ``EXPERIMENTS``. It holds

    docstring   its first line is what ``neurolab list`` shows
    Config      frozen dataclass: every field has a plain default, a comment that the help shows,
                and a range kept by ``within`` in __post_init__; one field is ``seed``
    PRESETS     {"quick": Config, "full": Config}: at most 10 s on two cores; the stated protocol
    DATA        names of the data it reads, () if it makes its own; or a function of the Config
                that answers them, where the presets read different data
    run         run(config, state=None), a generator of Progress

``run`` draws all its chance from generators seeded with ``config.seed``, never from the global
ones. Every Progress carries a ``state`` from which ``run(config, state)`` yields the Progress
that would have come next, number for number: weights, states of generators, counters. So the
runner may stop after any of them. Tensors come back on the CPU. An experiment saves nothing,
prints nothing and draws nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import ModuleType
from typing import Any

PRESETS = ("quick", "full")
OPTIONS = ("preset", "seeds", "json", "resume", "save_every")  # no Config may have these fields


class Refused(ValueError):
    """What was asked for cannot be run: an unknown name, a wrong type, a value out of range."""


def unknown_field(name: str, field: str, known: Sequence[str]) -> Refused:
    """The error for a field that the experiment ``name`` does not have."""
    near = get_close_matches(field, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Refused(f"{name} has no field {field!r}; it has {', '.join(known)}{hint}")


def reads(module: ModuleType, config: Any) -> tuple[str, ...]:
    """Names of the data that an experiment reads with these settings."""
    return module.DATA(config) if callable(module.DATA) else module.DATA


@dataclass(frozen=True)
class Progress:
    """A moment between two steps of an experiment; the last one has ``done == total``."""

    done: int  # units finished, growing
    total: int  # units in all, the same in every Progress of a run
    metrics: Mapping[str, float]  # by name; those of the last Progress are the result
    state: Mapping[str, Any] = field(default_factory=dict)  # tensors, and what JSON can hold


def within(config: Any, **ranges: tuple[float, float]) -> None:
    """Refuse a field of ``config`` that has the wrong type or lies outside its range.

    Args:
        config: a dataclass whose annotations are the types themselves (int, float).
        ranges: field name -> (smallest, largest) allowed.

    Raises:
        Refused: names the field, what was given and what is allowed.
    """
    for name, (low, high) in ranges.items():
        value, kind = getattr(config, name), config.__dataclass_fields__[name].type
        right = isinstance(value, int if kind is int else int | float)
        if not right or isinstance(value, bool) or not low <= value <= high:  # nan, too
            what = "a whole number" if kind is int else "a number"
            raise Refused(f"{name} must be {what} from {low:,} to {high:,}, got {value!r}")
