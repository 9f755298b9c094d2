"""How the basal ganglia of the mini-Spaun choose among its actions.

    input of action a = its use, from connections out of the registers and a bias
    output            = 1 for the action of largest use, 0 for all others

Actions, their conditions and ``use`` are those of ``spaun_use``.

What follows, and is tested: the action whose conditions hold is the one that is let through, and
``wait`` when none does.

References: Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling; Gurney,
Prescott & Redgrave (2001), doi:10.1007/PL00007984
"""

from collections.abc import Sequence

import nengo
import nengo_spa as spa
from nengo_spa import sym

from .spaun_use import ACTIONS, ANSWER, WAIT, use_step


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
        less = use_step(0.0, len(ACTIONS[name].needs), 0.0)
        if less:
            nengo.Connection(one, choice[name], transform=less, synapse=None)
        if ACTIONS[name].needs.get("phase") == ANSWER:
            nengo.Connection(bright, choice[name], transform=-1, synapse=0.01)
    nengo.Connection(one, choice["wait"], transform=WAIT, synapse=None)
    return choice
