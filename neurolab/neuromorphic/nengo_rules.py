"""Our rules of learning as learning rules of Nengo.

    dw(t) = change(pre, post, w, error, state)       each step, added to the weights in the next one

    symbol   meaning                                                     shape    unit
    pre      of the neurons before: filtered spikes, or spikes (0, 1)    (I,)     Hz, or -
    post     the same of the neurons behind                              (N,)     Hz, or -
    w        weights, or decoders                                        (N, I)   weight
    error    of a rule that is told one                                  (N,)     -

    row      pre, post   told an error   changes of w
    oja      rates       no              oja_step, rate per Hz^2 s
    bcm      rates       no              bcm_step, rate per Hz^3 s (times the weight); tau in s
    stdp     spikes      no              stdp_step
    pes      rates       yes             pes_step, kappa per Hz^2 s

Rates are seen through a synapse (``synapse``, s); its weights may be held between two bounds, as
those of Nengo's own rules cannot be.

What follows, and is tested: weights under ``oja`` and decoders under ``pes`` are those of Nengo's
own rules, step for step; those under ``bcm`` and ``stdp`` are those of the steps in a loop of
torch, over the spikes that Nengo's neurons fired.

Where it differs: Nengo's BCM takes the filtered output itself for its threshold, ours its square.

References: the rules', in ``hebbian.oja``, ``hebbian.bcm``, ``hebbian.stdp``, ``nef.pes``; Nengo's
learning rules: Bekolay et al. (2014), doi:10.3389/fninf.2013.00048
"""

from collections.abc import Callable
from typing import NamedTuple

import nengo
import numpy as np
from nengo.builder import Builder, Operator, Signal
from nengo.builder.learning_rules import build_or_passthrough, get_post_ens
from nengo.builder.operator import Reset
from nengo.learning_rules import LearningRuleType
from nengo.params import Parameter

from neurolab.hebbian.bcm import BCMState, bcm_step
from neurolab.hebbian.oja import oja_step
from neurolab.hebbian.stdp import STDPParams, STDPState, stdp_step
from neurolab.nef.pes import pes_step


class Rule(NamedTuple):
    change: Callable  # (pre, post, w, error, state, dt in ms) -> change (N, I), state
    start: Callable  # (I, N) -> state
    spikes: bool = False  # it reads spikes, not rates
    told: bool = False  # it is told an error


def oja(rate: float) -> Rule:
    """Oja's rule; ``rate`` is per Hz^2 s."""

    def change(pre, post, w, error, state, dt):
        return oja_step(pre[None], post[:, None], w, rate * dt / 1000), state

    return Rule(change, lambda inputs, units: ())


def bcm(rate: float, tau: float = 1.0) -> Rule:
    """BCM; ``rate`` is for changes in (weight) / (Hz^3 s), ``tau`` of the threshold in s."""

    def change(pre, post, w, error, state, dt):
        return bcm_step(pre[None], post[:, None], state, rate * dt / 1000, 1000 * tau / dt)

    return Rule(change, lambda inputs, units: BCMState(np.zeros((units, 1))))


def stdp(params: STDPParams | None = None) -> Rule:
    """STDP of pairs."""
    params = STDPParams() if params is None else params

    def change(pre, post, w, error, state, dt):
        return stdp_step(pre[None], post[:, None], state, params, dt)

    return Rule(
        change,
        lambda inputs, units: STDPState(np.zeros((1, inputs)), np.zeros((units, 1))),
        spikes=True,
    )


def pes(kappa: float) -> Rule:
    """PES; ``kappa`` is per Hz^2 s, for decoders, or for weights behind decoded errors."""

    def change(pre, post, w, error, state, dt):
        return pes_step(pre[None], error[:, None], kappa, len(pre), dt), state

    return Rule(change, lambda inputs, units: (), told=True)


RULES = {"oja": oja, "bcm": bcm, "stdp": stdp, "pes": pes}


class StepRule(LearningRuleType):
    """A learning rule of Nengo that calls one of ours; for a connection between ``neurons``.

    A rule that is told an error has decoders to change: it is for a connection from neurons to a
    Node or an Ensemble, and the error comes over a connection to ``connection.learning_rule``.

    Args:
        rule: as a function of ``RULES`` makes it.
        synapse: through which rates are seen, s; a rule of spikes has none.
        bounds: smallest and largest weight.

    Raises:
        ValueError: on bounds that do not rise, or a rule of spikes with a synapse.
    """

    probeable = ("delta",)
    rule = Parameter("rule", readonly=True)
    synapse = Parameter("synapse", optional=True, readonly=True)
    bounds = Parameter("bounds", readonly=True)

    def __init__(
        self,
        rule: Rule,
        synapse: float | None = None,
        bounds: tuple[float, float] = (-np.inf, np.inf),
    ):
        super().__init__(size_in="post" if rule.told else 0)
        if not bounds[0] < bounds[1]:
            raise ValueError(f"bounds: the first must be the smaller one, got {bounds}")
        if rule.spikes and synapse is not None:
            raise ValueError(f"synapse: this rule reads spikes, so None is allowed, got {synapse}")
        if not rule.spikes and synapse is None:
            synapse = 0.005
        self.rule, self.bounds = rule, bounds
        self.synapse = None if synapse is None else nengo.Lowpass(synapse)

    @property
    def modifies(self) -> str:
        return "decoders" if self.rule.told else "weights"


class _Change(Operator):
    """The step of a rule, once a step of the simulator."""

    def __init__(self, kind: StepRule, read: dict[str, Signal], delta: Signal):
        super().__init__(tag="StepRule")
        self.kind, self.names = kind, tuple(read)
        self.sets, self.incs, self.reads, self.updates = [], [], list(read.values()), [delta]

    def make_step(self, signals, dt, rng):
        given = {name: signals[s] for name, s in zip(self.names, self.reads, strict=True)}
        delta, rule, (low, high) = signals[self.updates[0]], self.kind.rule, self.kind.bounds
        height = dt if rule.spikes else 1.0
        units, inputs = delta.shape
        state = rule.start(inputs, units)

        def step():
            nonlocal state
            pre, w = height * given["pre"], given["w"]
            post = height * given["post"] if "post" in given else None
            change, state = rule.change(pre, post, w, given.get("error"), state, 1000 * dt)
            delta[...] = np.clip(w + change, low, high) - w

        return step


@Builder.register(StepRule)
def _build(model, kind: StepRule, rule) -> None:
    connection = rule.connection
    pre = model.sig[connection.pre_obj]["out"]
    read = {
        "pre": build_or_passthrough(model, kind.synapse, pre),
        "w": model.sig[connection]["weights"],
    }
    if kind.rule.told:
        read["error"] = Signal(shape=(rule.size_in,), name="StepRule:error")
        model.add_op(Reset(read["error"]))
        model.sig[rule]["in"] = read["error"]
    else:
        post = model.sig[get_post_ens(connection).neurons]["out"]
        read["post"] = build_or_passthrough(model, kind.synapse, post)
    model.add_op(_Change(kind, read, model.sig[rule]["delta"]))
