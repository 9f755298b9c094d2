"""Random programs: what Python computes, node computes, to the last bit and letter."""

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


def check(node, text, seen):
    """Python's errors stop the checked program; all else is the same in both programs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        expected = [outcome(python(text), row) for row in ROWS]
    checked = node.answers(program(text, checked=True), ROWS)
    unchecked = node.answers(program(text), ROWS)
    for wanted, guarded, found in zip(expected, checked, unchecked, strict=True):
        if isinstance(guarded, Stopped) and RANGE in str(guarded):
            seen["too large"] += 1
        elif isinstance(wanted, Exception):
            assert isinstance(guarded, Stopped), f"{wanted!r} in Python, checked: {guarded}"
            seen["error"] += 1
        else:
            assert same(guarded, wanted), f"checked: {guarded} is not {wanted}"
            assert same(found, wanted), f"plain: {found} is not {wanted}"
            seen["same"] += 1


def run(node, examples):
    seen = dict.fromkeys(("same", "error", "too large"), 0)
    quick = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

    @settings(max_examples=examples, deadline=None, suppress_health_check=quick)
    @given(programs())
    def every(text):
        check(node, text, seen)

    every()
    return seen


def test_random_programs(node):
    seen = run(node, 400)
    assert seen["same"] > 600 and seen["error"] > 20, f"too little was compared: {seen}"


@pytest.mark.slow
def test_many_random_programs(node):
    seen = run(node, 8000)
    assert seen["same"] > 12000 and seen["error"] > 400, f"too little was compared: {seen}"
