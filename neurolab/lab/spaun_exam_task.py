"""The challenge of lab spaun-exam: a fifth task, as conditions of actions, in a machine of words.

    use = sum of (1 if the register holds a word that will do, else 0, + noise)
          - (number of conditions - 1) - (the same sum for what forbids it);   wait has its own use

The machine has the registers and the actions of the mini-Spaun, but words in place of spikes, and
one moment in place of a stretch of time: a picture, or a pause. In each moment the action of the
largest use does what it does. New is the task BACK, the digit before. Its letter puts ONE into
steps; three actions are there, and the learner says when each is to run:

    see to go back    the digit that is seen enters the digit register
    go back           digit and steps both become their predecessor
    reply back        the digit held is drawn

The score is the part of trials of all five tasks that end with the right drawings, in per cent,
with a noise of 0.2 on each comparison. What an earlier trial left in steps is there when one
starts. Ours is the best of 48 sets of conditions, and of 3 uses of waiting for the best 6 of them,
tried on other noise.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from neurolab.neuromorphic.spaun_use import ACTIONS, WAIT, use_step
from neurolab.neuromorphic.spaun_vision import DIGITS, TASKS

from .spaun_exam_use import REGISTERS
from .start import fast
from .values import Blank, Wrong, is_blank, number

NEW = ("see to go back", "go back", "reply back")
ALL = (*TASKS, "BACK")
WORDS = {
    "symbol": (*DIGITS, *ALL, "ASK"),
    "task": ALL,
    "phase": ("LISTEN", "ANSWER"),
    "place": tuple(f"P{k}" for k in range(7)),
    "steps": DIGITS,
}
NOISE, TURNS = 0.2, 8  # on a comparison; moments after the question mark


class Rule(NamedTuple):
    """When an action runs, and for which tasks it opens its gate."""

    needs: Mapping[str, Sequence[str]]
    unless: Mapping[str, Sequence[str]]


def use(rule: Rule, held: Mapping[str, str], noise: np.ndarray) -> float:
    """Of an action now; ``noise`` (10,) is drawn for each comparison."""
    alike = against = 0.0
    for k, (register, words) in enumerate(rule.needs.items()):
        alike += (held.get(register) in words) + noise[k]
    for k, (register, words) in enumerate(rule.unless.items()):
        against += (held.get(register) in words) + noise[5 + k]
    if tuple(rule.needs.get("phase", ())) == ("ANSWER",) and "symbol" in held:
        against += 1
    return use_step(alike, len(rule.needs), against)


def before(digit: str) -> str:
    return DIGITS[max(0, DIGITS.index(digit) - 1)]


def after(digit: str) -> str:
    return DIGITS[(DIGITS.index(digit) + 1) % 10]


class Machine:
    """Registers of words, and what each action does to them."""

    def __init__(self, rules: Mapping[str, Rule], wait: float, chance: np.random.Generator):
        self.rules, self.wait, self.chance = rules, wait, chance
        self.held: dict[str, str] = {}
        self.digit, self.items, self.drawn = "", {}, []

    def moment(self, symbol: str | None = None) -> str:
        """One picture or pause; the action that ran."""
        held = self.held
        held.pop("symbol", None)
        if symbol is not None:
            held["symbol"] = symbol
            if symbol in DIGITS:
                self._on()
        noise = NOISE * self.chance.normal(size=(len(self.rules), 10))
        uses = {n: use(r, held, e) for (n, r), e in zip(self.rules.items(), noise, strict=True)}
        name = max(uses, key=uses.__getitem__)
        name = name if uses[name] > self.wait else "wait"
        self._do(name, symbol)
        return name

    def _on(self) -> None:
        place = self.held.get("place", "P0")
        self.held["place"] = f"P{min(6, int(place[1]) + 1)}"

    def _do(self, name: str, symbol: str | None) -> None:
        held, seen = self.held, symbol in DIGITS
        if name == "task" and symbol in ALL:
            held |= {"task": symbol, "phase": "LISTEN", "place": "P0"}
            if symbol == "BACK":
                held["steps"] = "ONE"
        elif name == "ask":
            held |= {"phase": "ANSWER", "place": "P0"}
        elif name in ("see to copy", "see to read", "see start", NEW[0]) and seen:
            self.digit = symbol
        elif name == "see steps" and seen:
            held["steps"] = symbol
        elif name == "see to list" and seen:
            self.items[held["place"]] = symbol
        elif name == "recall":
            self._on()
            if held["place"] in self.items:
                self.digit = self.items[held["place"]]
                self.drawn.append(self.digit)
        elif name in ("count", NEW[1]) and self.digit and "steps" in held:
            self.digit = (after if name == "count" else before)(self.digit)
            held["steps"] = before(held["steps"])
        elif name in ("draw", "reply", NEW[2]) and not self.drawn and self.digit:
            self.drawn.append(self.digit)


def exam(task: str, chance: np.random.Generator) -> tuple[list[str], list[str]]:
    """Symbols that are shown, and the digits that are to be drawn."""
    digits = [DIGITS[k] for k in chance.permutation(10)]
    if task == "LIST":
        return digits[:3], digits[:3]
    if task == "COUNT":
        steps, start = int(chance.integers(1, 5)), int(chance.integers(0, 5))
        return [DIGITS[start], DIGITS[steps]], [DIGITS[start + steps]]
    if task == "BACK":
        start = int(chance.integers(1, 10))
        return [DIGITS[start]], [DIGITS[start - 1]]
    return digits[:1], digits[:1]


def passes(rules: Mapping[str, Rule], wait: float, task: str, seed: int, many: int) -> float:
    """Part of so many trials of a task that end with the right drawings."""
    right = 0
    for k in range(many):
        chance = np.random.default_rng((seed, ALL.index(task), k))
        shown, wanted = exam(task, chance)
        machine = Machine(rules, wait, chance)
        machine.held["steps"] = DIGITS[chance.integers(10)]  # of an earlier trial
        for symbol in (task, *shown, "ASK"):
            machine.moment(symbol)
            machine.moment()
        for _ in range(TURNS):
            machine.moment()
        right += machine.drawn == wanted
    return right / many


def checked(value: Any) -> tuple[dict[str, Rule], float]:
    """All rules, the learner's three among them, and the use of waiting.

    Raises:
        Wrong: a name, a register or a word that there is not.
        Blank: something is missing yet.
    """
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your three actions and the use of waiting: (mine, wait).")
    mine, wait = value
    if is_blank(mine) or is_blank(wait):
        raise Blank
    if not isinstance(mine, Mapping) or set(mine) != set(NEW):
        raise Wrong(f"Three actions are there: a dict with {', '.join(NEW)}.")
    rules = {n: Rule({**a.needs}, {**a.unless}) for n, a in ACTIONS.items()}
    rules["task"] = Rule({"symbol": ALL}, {})
    for name, given in mine.items():
        if not isinstance(given, Mapping) or not given:
            raise Wrong(f"'{name}' needs a dict: register to the words that will do.")
        needs = {}
        for register, words in given.items():
            if register not in REGISTERS:
                raise Wrong(f"There is no register {str(register)[:20]!r}. There are {', '.join(REGISTERS)}.")  # fmt: skip  # noqa: E501
            needs[register] = (words,) if isinstance(words, str) else tuple(words)
            unknown = [str(w) for w in needs[register] if w not in WORDS[register]]
            if unknown or not needs[register]:
                raise Wrong(f"{register} holds {', '.join(WORDS[register])}; not {unknown}.")
        rules[name] = Rule(needs, {})
    return rules, number(wait, "For the use of waiting, one number")


def score(mine: Mapping, wait: float = WAIT, seed: int = 0) -> dict[str, float]:
    """Right trials of each task and of all, in per cent. Choose by seed=10."""
    rules, wait = checked((mine, wait))
    many = 20 if fast() else 100
    found = {task: 100 * passes(rules, wait, task, seed, many) for task in ALL}
    return found | {"all": sum(found.values()) / len(ALL)}


OURS = (
    {
        "see to go back": {"symbol": DIGITS, "task": "BACK", "place": "P1"},
        "go back": {"task": "BACK", "phase": "ANSWER", "steps": "ONE"},
        "reply back": {"task": "BACK", "phase": "ANSWER", "steps": "ZERO"},
    },
    WAIT,
)
_ours = cache(lambda: score(*OURS)["all"])


def judge_task(value: Any) -> tuple[str, float]:
    checked(value)
    found = score(*value)
    listed = ", ".join(f"{task} {found[task]:.0f}" for task in ALL)
    line = f"{found['all']:.1f} % of trials right ({listed}). Ours: {_ours():.1f} %."
    if found["BACK"] < 20:
        line += f" {why(value)}"
    return line, found["all"]


def why(value: Any) -> str:
    """What runs in a trial of BACK without noise."""
    rules, wait = checked(value)

    class Still(np.random.Generator):
        def normal(self, size=None):
            return np.zeros(size)

    machine = Machine(rules, wait, Still(np.random.PCG64(0)))
    ran = []
    for symbol in ("BACK", "SEVEN", "ASK"):
        ran += [machine.moment(symbol), machine.moment()]
    ran += [machine.moment() for _ in range(3)]
    return f"Without noise a 7 makes these run: {', '.join(ran)}; drawn: {machine.drawn}."
