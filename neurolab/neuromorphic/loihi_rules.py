"""Learning on Loihi: rules as sums of products of what a synapse can see.

    z <- z + sum_i S_i prod_j (V_ij + C_ij),     z one of w, t, d

    symbol        meaning                                                    bits
    w, d, t       weight, delay and tag of a synapse                         8, 6, 9
    x0, y0        1 where the neuron before, or behind, fired in this step   1
    x1, x2        traces of the spikes before                                7
    y1, y2, y3    traces of the spikes behind                                7
    r1            reward, one number for all synapses of a core              8, signed
    S             scale, a whole number times a power of 2                   -
    C             constants                                                  -

A rule is written as the chip's tools write it: "2^-2*x1*y0 - 2^-2*y1*x0". A factor is a variable, a
whole number, a power of 2 or (variable + number). A trace is whole: at a spike its impulse is
added, up to 127, and in each step it falls as exp(-dt / tau), cut toward 0; the weights are
rounded here at the end only, where the chip rounds by chance.

    RULES     w                                     t                       is
    stdp      2^-2*x1*y0 - 2^-2*y1*x0               -                       pairs of spikes
    reward    2^-4*r1*t                             2^-2*x1*y0 - 2^-2*y1*x0 - 2^-5*t    STDP that
                                                                            waits for a reward
    eprop     2^-4*r1*t                             2^-4*x1*y1 - 2^-4*t     e-prop, see below

E-prop needs, at each synapse, a trace of the input times the pseudo-derivative of the potential
behind. The trace is x1. The derivative no variable shows: y1, a trace of the spikes behind, stands
for it, large where the neuron has been near its threshold often; and one reward r1 for a core in
place of a signal for each neuron makes one core a neuron's neighbourhood. So it is a sketch.

What follows, and is tested: pairs of spikes change a weight as the window of STDP says; the rule
with reward changes nothing without one; operations a synapse are counted from the rule.

References: Davies et al. (2018), doi:10.1109/MM.2018.112130359; e-prop: Bellec et al. (2020),
doi:10.1038/s41467-020-17236-y
"""

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from .chip import toward_zero

VARIABLES = ("x0", "x1", "x2", "y0", "y1", "y2", "y3", "r1", "w", "t", "d")
TARGETS = ("w", "t", "d")
MOST_TRACE = 127.0
FACTOR = re.compile(r"2\^(-?\d+)|\(([a-z]\d?)([+-])(\d+)\)|(\d+)|([a-z]\d?)")


class Term(NamedTuple):
    """One product."""

    scale: float
    factors: tuple  # (variable, constant)


class Operations(NamedTuple):
    """Of one synapse, each time the rule is applied."""

    products: int
    sums: int


def parse(rule: str) -> list[Term]:
    """The terms of a rule.

    Raises:
        ValueError: names the rule and the part that cannot be read.
    """
    text = rule.replace(" ", "")
    terms, at, sign = [], 0, 1.0
    if not text:
        raise ValueError("rule: at least one term is needed, got nothing")
    while at < len(text):
        if text[at] in "+-":
            sign, at = (1.0 if text[at] == "+" else -1.0), at + 1
        scale, factors = sign, []
        while True:
            found = FACTOR.match(text, at)
            if found is None:
                raise ValueError(f"rule: {text[at:]!r} cannot be read in {rule!r}")
            power, inside, plus, constant, number, name = found.groups()
            for variable in filter(None, (inside, name)):
                if variable not in VARIABLES:
                    known = ", ".join(VARIABLES)
                    raise ValueError(f"rule: one of {known} is needed, got {variable!r}")
            if power is not None:
                scale *= 2.0 ** int(power)
            elif number is not None:
                scale *= int(number)
            elif name is not None:
                factors.append((name, 0.0))
            else:
                factors.append((inside, float(f"{plus}{constant}")))
            at = found.end()
            if at < len(text) and text[at] == "*":
                at += 1
                continue
            break
        terms.append(Term(scale, tuple(factors)))
        if at < len(text) and text[at] not in "+-":
            raise ValueError(f"rule: {text[at:]!r} cannot be read in {rule!r}")
    return terms


def change(terms: list[Term], seen: dict[str, Tensor]) -> Tensor:
    """What terms add up to, for variables that broadcast to (B, N, I)."""
    total = torch.zeros(())
    for term in terms:
        product = torch.tensor(term.scale)
        for variable, constant in term.factors:
            product = product * (seen[variable] + constant)
        total = total + product
    return total


def operations(rules: dict[str, str]) -> Operations:
    """Products and sums of one synapse, counted from the rules; a scale is a shift or a product."""
    products = sums = 0
    for rule in rules.values():
        for term in parse(rule):
            products += max(len(term.factors) - 1, 0) + (abs(term.scale) != 1)
            sums += 1 + sum(constant != 0 for _, constant in term.factors)
    return Operations(products, sums)


RULES = {
    "stdp": {"w": "2^-2*x1*y0 - 2^-2*y1*x0"},
    "reward": {"w": "2^-4*r1*t", "t": "2^-2*x1*y0 - 2^-2*y1*x0 - 2^-5*t"},
    "eprop": {"w": "2^-4*r1*t", "t": "2^-4*x1*y1 - 2^-4*t"},
}


@dataclass(frozen=True)
class RuleParams:
    tau_x: float = 20.0  # ms, of x1
    tau_y: float = 20.0  # ms, of y1
    impulse: float = 64.0  # of a spike on its trace, 0 to 127
    limits: dict = field(default_factory=lambda: {"w": 127.0, "t": 255.0, "d": 63.0})


def learn(
    rules: dict[str, str],
    x: Tensor,
    y: Tensor,
    weight: Tensor,
    reward: Tensor | None = None,
    params: RuleParams = RuleParams(),
    dt: float = 1.0,
) -> dict[str, Tensor]:
    """Weights, tags and delays after spikes, summed over the batch.

    Args:
        rules: target -> rule; one of ``RULES`` or your own.
        x, y: spikes before (T, B, I) and behind (T, B, N).
        weight: (N, I) at first.
        reward: r1 (T, B), whole from -128 to 127; None means 0.
        dt: time step in ms.

    Raises:
        ValueError: names what does not fit.
    """
    if not rules or not set(rules) <= set(TARGETS):
        raise ValueError(f"rules: for some of {', '.join(TARGETS)}, got {list(rules)}")
    if x.ndim != 3 or y.ndim != 3 or x.shape[:2] != y.shape[:2]:
        given = f"{tuple(x.shape)} and {tuple(y.shape)}"
        raise ValueError(f"y: spikes (T, B, I) and (T, B, N) are needed, got {given}")
    if weight.shape != (y.shape[2], x.shape[2]):
        needed, given = (y.shape[2], x.shape[2]), tuple(weight.shape)
        raise ValueError(f"weight: shape (N, I) = {needed} is needed, got {given}")
    parsed = {target: parse(rule) for target, rule in rules.items()}
    batch = (x.shape[1], *weight.shape)
    state = {"w": weight.double().expand(batch).clone()}
    state |= {name: torch.zeros(batch, dtype=torch.float64) for name in ("t", "d")}
    keep = {"x": math.exp(-dt / params.tau_x), "y": math.exp(-dt / params.tau_y)}
    traces = {"x": x.new_zeros(x.shape[1:]).double(), "y": y.new_zeros(y.shape[1:]).double()}
    for t in range(len(x)):
        now = {"x": x[t].double(), "y": y[t].double()}
        traces = {n: toward_zero(keep[n] * trace) for n, trace in traces.items()}
        seen = {"x0": now["x"][:, None], "y0": now["y"][..., None], **state}
        seen |= {"x1": traces["x"][:, None], "y1": traces["y"][..., None]}
        seen |= {"x2": seen["x1"], "y2": seen["y1"], "y3": seen["y1"]}
        r = torch.zeros(x.shape[1]) if reward is None else reward[t]
        seen["r1"] = r.double()[:, None, None]
        made = {target: change(terms, seen) for target, terms in parsed.items()}
        for target, delta in made.items():
            limit = params.limits[target]
            state[target] = (state[target] + delta).clamp(-limit, limit)
        traces = {
            n: (trace + params.impulse * now[n]).clamp(max=MOST_TRACE)
            for n, trace in traces.items()
        }
    start = weight.double()
    moved = (state["w"] - start).sum(0)
    limit = params.limits["w"]
    whole = torch.round((start + moved).clamp(-limit, limit))
    return {"w": whole, "t": state["t"].sum(0), "d": state["d"].sum(0), "dw": moved}
