"""What the mini-Spaun may do next: actions, their conditions, and the use of each.

    use_a = sum over the conditions of a (similarity of what is held to what is needed)
            - (number of conditions - 1) - what forbids it

is 1 when all conditions hold, 0 or less when one is missing. ``wait`` has a use of 0.4 at all
times, so it goes on when nothing else fits.

    symbol       meaning                                                 unit
    use          of an action now                                        -
    alike        sum of the similarities                                 -
    against      how far anything that forbids it holds                  -
    condition    register -> words, of which one must be held            -

What follows, and is tested: with unit pointers the use is that of the network's connections.

Reference: Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling
"""

from collections.abc import Sequence
from typing import NamedTuple

from neurolab.core.ops import Value

from .spaun_vision import DIGITS, TASKS

WAIT = 0.4  # use of doing nothing


def use_step(alike: Value, conditions: int, against: Value) -> Value:
    """Use of an action. Elementwise."""
    return alike - (conditions - 1) - against


class Action(NamedTuple):
    """What must hold, of each register one of the words; what must not; for which tasks it is."""

    needs: dict[str, Sequence[str]]
    unless: dict[str, Sequence[str]] = {}
    tasks: Sequence[str] = TASKS


LISTEN, ANSWER = ("LISTEN",), ("ANSWER",)
ACTIONS: dict[str, Action] = {
    "task": Action({"symbol": TASKS}),
    "ask": Action({"symbol": ("ASK",)}),
    "see to copy": Action({"symbol": DIGITS, "task": ("COPY",), "phase": LISTEN}, tasks=("COPY",)),
    "see to read": Action({"symbol": DIGITS, "task": ("READ",), "phase": LISTEN}, tasks=("READ",)),
    "see to list": Action({"symbol": DIGITS, "task": ("LIST",), "phase": LISTEN}, tasks=("LIST",)),
    "see start": Action({"symbol": DIGITS, "task": ("COUNT",), "place": ("P1",)}, tasks=("COUNT",)),
    "see steps": Action({"symbol": DIGITS, "task": ("COUNT",), "place": ("P2",)}, tasks=("COUNT",)),
    "draw": Action({"task": ("COPY", "READ"), "phase": ANSWER}, tasks=("COPY", "READ")),
    "recall": Action({"task": ("LIST",), "phase": ANSWER}, tasks=("LIST",)),
    "count": Action({"task": ("COUNT",), "phase": ANSWER}, {"steps": ("ZERO",)}, tasks=("COUNT",)),
    "reply": Action({"task": ("COUNT",), "phase": ANSWER, "steps": ("ZERO",)}, tasks=("COUNT",)),
}


def possible(tasks: Sequence[str]) -> list[str]:
    """Names of the actions that some of the tasks need, ``wait`` last."""
    return [name for name, action in ACTIONS.items() if {*action.tasks} & {*tasks}] + ["wait"]
