"""``neurolab.check``: tells a learner right, wrong or not yet, in one line, and never raises."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from .values import Blank, Wrong, is_blank, quote


@dataclass(frozen=True)
class Question:
    """One question of a lab.

    ``judge`` takes what the learner passed and returns the line that a right answer gets, or the
    line and the number it measured; it raises ``Blank`` where nothing is filled in and
    ``Wrong(reason)`` otherwise. ``hints`` help more and more: the idea, the line, all but one
    token. ``passed`` is the word for an answer that went through: "right", or "score" and
    "compared" where nothing is graded.
    """

    title: str
    judge: Callable[[Any], str | tuple[str, float]]
    hints: tuple[str, str, str]
    passed: str = "right"


@dataclass(frozen=True)
class Result:
    """What a check found: ``status`` is "right", "wrong", "not yet", "score", "compared" or
    "unknown" (no such question); ``value`` the number it measured, if any. True if the answer
    went through."""

    status: str
    message: str
    value: float | None = None

    def __bool__(self) -> bool:
        return self.status in ("right", "score", "compared")

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"Result({self.status!r})"

    def _ipython_display_(self) -> None:
        """Nothing: the line was printed, and a notebook would show it a second time."""


_found: dict[str, Result] = {}  # question -> the last result in this kernel


def check(question: Any = None, value: Any = ..., hint: Any = 0) -> Result | None:
    """Check an answer: prints one line and returns its ``Result``.

    It never raises, whatever the answer is or does; only your own interrupt goes through.

    Args:
        question: lab and question, as in ``"pca.q1"``; without it, or with a lab's name alone,
            the questions are listed with what was found so far.
        value: the answer; left out, None or ``...`` counts as "not yet".
        hint: 1, 2 or 3 adds a hint, each helping more than the one before.
    """
    from neurolab.lab import LABS

    if question is None:
        return _list(LABS)
    name = question.strip().lower() if isinstance(question, str) else ""
    if name in LABS:
        return _list((name,))
    lab = name.split(".")[0]
    questions = _questions((lab,) if lab in LABS else LABS)
    if name not in questions:
        line = f"There is no question {_short(question)}. There are {', '.join(questions)}."
        return _say(Result("unknown", line))
    asked = questions[name]
    status, line, measured = _judge(asked, value)
    line = f"{name}: {status}. {line}{_hint(asked, status, hint)}"
    result = Result(status, line, measured)
    _found[name] = result
    return _say(result)


def _judge(asked: Question, value: Any) -> tuple[str, str, float | None]:
    try:
        if is_blank(value):
            raise Blank
        said = asked.judge(value)
        line, measured = (said, None) if isinstance(said, str) else said
        return asked.passed, line, measured
    except KeyboardInterrupt:
        raise
    except Blank:
        return "not yet", "Put your answer where the ... stands.", None
    except Wrong as reason:
        return "wrong", str(reason), None
    except ModuleNotFoundError as problem:
        line = f"The check needs {problem.name}: install it and run this cell again."
        return "not yet", line, None
    except BaseException as problem:
        return "wrong", f"The check cannot read this answer ({quote(problem)}).", None


def _hint(asked: Question, status: str, hint: Any) -> str:
    if status not in ("wrong", "not yet"):
        return ""
    if not isinstance(hint, int) or not 0 <= hint <= len(asked.hints):
        return f" (hint takes 1 to {len(asked.hints)}.)"
    if hint:
        return f" Hint {int(hint)} of {len(asked.hints)}: {asked.hints[hint - 1]}"
    return " Stuck? Add hint=1, 2 or 3." if status == "not yet" else ""


def _lab(name: str) -> ModuleType:
    return import_module(f"neurolab.lab.{name.replace('-', '_')}")


def _questions(labs: tuple[str, ...]) -> dict[str, Question]:
    return {f"{lab}.{key}": asked for lab in labs for key, asked in _lab(lab).QUESTIONS.items()}


def _list(labs: tuple[str, ...]) -> None:
    for lab in labs:
        questions = _questions((lab,))
        wide = max(map(len, questions))
        _print(f"Lab {lab}: {_lab(lab).TITLE}")
        for name, asked in questions.items():
            status = _found[name].status if name in _found else "not tried"
            _print(f"  {name:<{wide}}  {status:<9}  {asked.title}")


def _say(result: Result) -> Result:
    _print(result.message)
    return result


def _print(line: str) -> None:
    try:
        print(line)
    except UnicodeEncodeError:  # a terminal that knows ASCII alone
        print(line.encode("ascii", "replace").decode())


def _short(value: Any) -> str:
    return repr(value[:40]) if isinstance(value, str) else f"of type {type(value).__name__}"
