"""Random programs: what Python computes, node computes, to the last bit and letter."""

import re
import warnings

import pytest
from hypothesis import HealthCheck, given, settings

from tests.live.javascript import Stopped
from tests.live.programs import plain, program, python, same
from tests.live.random_programs import programs

ROWS = [[0.5, 3, 2, -0.25], [-2.5, 0, 0.125, 4], [0.0, -7, 1.5, 10]]
RANGE = "a whole number above 2**53"  # the one thing the page cannot hold


def outcome(run, row):
    """The answer as JSON would have it, or the error."""
    try:
        return plain(run(*row))
    except (ArithmeticError, ValueError) as error:
        return error


def unsigned(x):
    """Without the sign of zeros: the plain program cannot know it where it cannot tell a whole
    number from a float (what it can tell is in ``programs.py``)."""
    if isinstance(x, dict):
        return {k: unsigned(v) for k, v in x.items()}
    if isinstance(x, list):
        return [unsigned(v) for v in x]
    if isinstance(x, str):
        return re.sub(r"-(?=0(\.0*)?(?![.\d]))", "", x)
    return abs(x) if isinstance(x, int | float) and x == 0 and not isinstance(x, bool) else x


def check(node, text, seen):
    """Python's errors stop the checked program; all else is the same in both programs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        expected = [outcome(python(text), row) for row in ROWS]
    checked = node.answers(program(text, checked=True), ROWS)
    unchecked = node.answers(program(text), ROWS)
    seen["programs"] += 1
    for wanted, guarded, found in zip(expected, checked, unchecked, strict=True):
        if isinstance(guarded, Stopped) and RANGE in str(guarded):
            seen["too large"] += 1
        elif isinstance(wanted, Exception):
            assert isinstance(guarded, Stopped), f"{wanted!r} in Python, checked: {guarded}"
            seen["error"] += 1
        else:
            assert same(guarded, wanted), f"checked: {guarded} is not {wanted}"
            assert same(unsigned(found), unsigned(wanted)), f"plain: {found} is not {wanted}"
            seen["same"] += 1


def run(node, examples):
    seen = dict.fromkeys(("programs", "same", "error", "too large"), 0)
    quick = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

    @settings(max_examples=examples, deadline=None, suppress_health_check=quick)
    @given(programs)
    def every(text):
        check(node, text, seen)

    every()
    return seen


def test_random_programs(node):
    seen = run(node, 800)
    assert seen["same"] > 1500 and seen["error"] > 100, f"too little was compared: {seen}"


@pytest.mark.slow
def test_ten_thousand_random_programs(node):
    """In one run; each program answers three rows: the same in both languages, or refused."""
    seen = run(node, 10_000)
    refused = seen["error"] + seen["too large"]
    print(f"{seen['programs']} programs: {seen['same']} answers equal, {refused} refused: {seen}")
    assert seen["programs"] >= 10_000 and seen["same"] + refused == 3 * seen["programs"], seen
    assert seen["same"] > 20000 and seen["error"] > 1500, f"too little was compared: {seen}"
