"""Question 1 of lab spaun-exam: the use of an action, and which action runs.

    use = sum over the conditions of (what a register holds) . (what is needed there)
          - (number of conditions - 1)

    symbol     meaning                                              shape
    held       register -> pointer that it holds, zeros if none     name -> (d,)
    needs      register -> sum of the pointers that will do         name -> (d,)

The function is tried on drawn pointers against a loop. Which action runs at a moment follows from
words alone: all conditions hold, nothing forbids it; else the network waits.

Reference: Stewart, Choo & Eliasmith (2010), Proc. 10th Int. Conf. Cognitive Modeling
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from neurolab.neuromorphic.spaun_use import ACTIONS, Action
from neurolab.neuromorphic.spaun_vision import DIGITS

from .values import Blank, Wrong, call, is_blank, number

DIMENSIONS = 64
REGISTERS = ("symbol", "task", "phase", "place", "steps")


class Moment(NamedTuple):
    """What registers hold; a symbol is held while a picture is shown."""

    held: dict[str, str]
    told: str  # the same in words


MOMENTS = (
    Moment({"symbol": "SEVEN", "task": "READ", "phase": "LISTEN"}, "R, then a 7 is shown"),
    Moment({"task": "LIST", "phase": "LISTEN", "place": "P2"}, "M, two digits, a pause"),
    Moment(
        {"symbol": "FOUR", "task": "COUNT", "phase": "LISTEN", "place": "P2"},
        "N, a digit, then a 4 is shown",
    ),
    Moment(
        {"task": "COUNT", "phase": "ANSWER", "steps": "ZERO"}, "N, all asked and counted, a pause"
    ),
    Moment(
        {"symbol": "SEVEN", "task": "READ", "phase": "ANSWER"}, "R, a digit, ?, and a 7 is shown"
    ),
)


def missing(action: Action, held: Mapping[str, str]) -> list[str]:
    """Which conditions of an action do not hold, in words."""
    gaps = [r for r, words in action.needs.items() if held.get(r) not in words]
    gaps += [f"not {r}" for r, words in action.unless.items() if held.get(r) in words]
    if action.needs.get("phase") == ("ANSWER",) and "symbol" in held:
        gaps.append("no picture")
    return gaps


def runs(held: Mapping[str, str]) -> str:
    """The action whose conditions all hold, or wait."""
    return next((name for name, a in ACTIONS.items() if not missing(a, held)), "wait")


def use_of(held: Mapping[str, np.ndarray], needs: Mapping[str, np.ndarray]) -> float:
    total = 0.0
    for register, wanted in needs.items():
        total += sum(x * w for x, w in zip(held[register].tolist(), wanted.tolist(), strict=True))
    return total - (len(needs) - 1)


def _sum(held, needs):
    return sum(float(held[r] @ needs[r]) for r in needs)


def _cosines(held, needs):
    return sum(float(held[r] @ needs[r]) / np.linalg.norm(needs[r]) for r in needs)


USE_SLIPS: dict[str, Callable] = {
    "This is the mean. Two of three conditions would have 2/3, and beat wait: take n - 1 away.": (
        lambda held, needs: _sum(held, needs) / len(needs)
    ),
    "The sum alone grows with the number of conditions: take n - 1 away.": _sum,
    "You take n away, so an action whose n conditions hold has a use of 0, not 1.": (
        lambda held, needs: _sum(held, needs) - len(needs)
    ),
    "n counts the conditions of the action, not the registers that there are.": (
        lambda held, needs: _sum(held, needs) - (len(held) - 1)
    ),
    "A product is a fine idea, but neurons of striatum sum here: sum, and take n - 1 away.": (
        lambda held, needs: math.prod(float(held[r] @ needs[r]) for r in needs)
    ),
    "Do not divide by lengths: where one of ten words will do, that word alone must give 1.": (
        lambda held, needs: _cosines(held, needs) - (len(needs) - 1)
    ),
    "Leave it as it is where it falls below 0: the ganglia compare.": (
        lambda held, needs: max(0.0, use_of(held, needs))
    ),
}


def drawn(chance: np.random.Generator) -> tuple[dict, dict]:
    """Registers that hold pointers, more or less, and what an action needs of some of them."""
    words = chance.normal(size=(20, DIMENSIONS))
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    held = {r: words[k] * chance.uniform(-0.4, 1.1) for k, r in enumerate(REGISTERS)}
    wanted = chance.permutation(len(REGISTERS))[: chance.integers(1, 4)]
    needs = {REGISTERS[k]: words[k] for k in wanted}
    first = REGISTERS[wanted[0]]
    needs[first] = needs[first] + words[10:13].sum(0)
    return held, needs


def judge_use(value: Any) -> str:
    if callable(value) or not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your function and five names: (use, names).")
    function, names = value
    if is_blank(function):
        raise Blank
    chance = np.random.default_rng(3)
    cases = [drawn(chance) for _ in range(12)]
    found = [number(call(function, dict(h), dict(n))) for h, n in cases]
    right = [use_of(h, n) for h, n in cases]
    if not np.allclose(found, right, atol=1e-6):
        for reason, slip in USE_SLIPS.items():
            if np.allclose(found, [slip(h, n) for h, n in cases], atol=1e-6):
                raise Wrong(reason)
        at = int(np.abs(np.subtract(found, right)).argmax())
        given = [float(cases[at][0][r] @ w) for r, w in cases[at][1].items()]
        listed = ", ".join(f"{g:.2f}" for g in given)
        raise Wrong(f"Similarities of {listed} make a use of {right[at]:.2f}, not {found[at]:.4g}.")
    judge_names(names)
    return "12 uses as a loop sums them, and five moments, each with the action that runs."


def judge_names(names: Any) -> None:
    """Five names of actions, in the order of the moments."""
    if not isinstance(names, list | tuple) or len(names) != len(MOMENTS):
        raise Wrong("The function is right. Now five names, one for each moment.")
    if is_blank(names):
        raise Blank
    known = [*ACTIONS, "wait"]
    for k, (name, moment) in enumerate(zip(names, MOMENTS, strict=True)):
        said = str(name).strip().lower().replace("_", " ")
        if said not in known:
            raise Wrong(f"There is no action {str(name)[:30]!r}. There are {', '.join(known)}.")
        wanted = runs(moment.held)
        if said == wanted:
            continue
        if said == "wait":
            raise Wrong(f"Moment {k + 1}: some action has all its conditions, so none waits.")
        gap = ", ".join(missing(ACTIONS[said], moment.held))
        if gap == "no picture":
            raise Wrong(f"Moment {k + 1}: nothing is drawn while a picture is shown.")
        raise Wrong(f"Moment {k + 1}: '{said}' lacks a condition ({gap}), so its use is below 0.4.")


def table() -> None:
    """Print the actions and what they need, and the moments."""
    for name, action in ACTIONS.items():
        needs = ["a digit" if w == DIGITS else " or ".join(w) for w in action.needs.values()]
        needs += [f"not {r} {' or '.join(w)}" for r, w in action.unless.items()]
        print(f"{name:12}", ", ".join(needs))
    print()
    for k, moment in enumerate(MOMENTS, 1):
        print(f"moment {k}: {moment.told}")
        print("         ", ", ".join(f"{r} {w}" for r, w in moment.held.items()))
