"""What the mini-Spaun may do next, and how its basal ganglia choose.

    use_a = sum over the conditions of a (similarity of what is held to what is needed)
            - (number of conditions - 1) - what forbids it

is 1 when all conditions hold, 0 or less when one is missing. The basal ganglia let the action of
largest use through; ``wait`` has a use of 0.4 at all times, so it goes on when nothing else fits.

    symbol       meaning                                                 unit
    use          of an action now                                        -
    condition    register -> words, of which one must be held            -

What follows, and is tested: the action whose conditions hold is the one that is let through, and
``wait`` when none does.

References: Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling; Gurney,
Prescott & Redgrave (2001), doi:10.1007/PL00007984
"""

from collections.abc import Sequence
from typing import NamedTuple

import nengo
import nengo_spa as spa
from nengo_spa import sym

from .spaun_vision import DIGITS, TASKS

WAIT = 0.4  # use of doing nothing


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


def choose(names: Sequence[str], registers: dict, bright, neurons: int) -> spa.ActionSelection:
    """Basal ganglia and thalamus over the named actions; ``thalamus.output`` is in their order.

    Args:
        registers: name -> associative memory whose output the conditions are compared with.
        bright: active while something is shown, when nothing is to be drawn.
    """

    def alike(conditions):
        return sum(
            (spa.dot(registers[r], sym("+".join(words))) for r, words in conditions.items()), 0
        )

    one = nengo.Node(1.0, label="uses.bias")
    for kind, size in (
        (spa.modules.BasalGanglia, "n_neurons_per_ensemble"),
        (spa.modules.Thalamus, "neurons_action"),
    ):
        config = nengo.Network.context[-1].config
        config.configures(kind)
        setattr(config[kind], size, neurons)
    with spa.ActionSelection() as choice:
        for name in names[:-1]:
            use = alike(ACTIONS[name].needs)
            if ACTIONS[name].unless:
                use = use + -1 * alike(ACTIONS[name].unless)
            spa.ifmax(name, use)
        spa.ifmax("wait", spa.dot(registers["phase"], 0 * sym.LISTEN))
    for name in names[:-1]:
        less = 1.0 - len(ACTIONS[name].needs)
        if less:
            nengo.Connection(one, choice[name], transform=less, synapse=None)
        if ACTIONS[name].needs.get("phase") == ANSWER:
            nengo.Connection(bright, choice[name], transform=-1, synapse=0.01)
    nengo.Connection(one, choice["wait"], transform=WAIT, synapse=None)
    return choice
