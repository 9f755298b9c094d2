"""A challenge whose answer is a few numbers: they are read, scored, and told beside ours."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .values import Wrong, number

Score = TypeVar("Score")
WORDS = {2: "two", 3: "three", 4: "four", 5: "five"}


def judge_numbers(
    value: Any,
    names: Sequence[str],
    score: Callable[..., Score],
    ours: Callable[[], Score],
    text: Callable[[Score], str],
    both: str,
    asked: Sequence[str] = (),
) -> tuple[str, Score]:
    """The line that a learner's numbers get, and their score.

    Args:
        value: what was handed in.
        names: of the numbers, in the order of ``score``'s arguments.
        score: of the numbers; it raises ``ValueError`` where one is out of its range.
        ours: the score of our numbers, not asked for before the learner's is there.
        text: a score in words.
        both: what both scores are, the end of the line.
        asked: the names in words, where ``names`` do not say enough.

    Raises:
        Wrong: not so many numbers, or one that is none or out of its range.
        Blank: one is still missing.
    """
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Wrong(f"Pass {WORDS[len(names)]} numbers: ({', '.join(asked or names)}).")
    chosen = [
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, names, strict=True)
    ]
    try:
        yours = score(*chosen)
    except ValueError as problem:
        raise Wrong(f"{problem}.") from problem
    return f"{text(yours)}. Ours: {text(ours())}. Both: {both}.", yours
