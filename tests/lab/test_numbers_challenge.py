"""What the challenges of numbers share: reading them, refusing them, and the line."""

import pytest

from neurolab.lab.numbers_challenge import judge_numbers
from neurolab.lab.values import Blank, Wrong


def score(a, b):
    if not 0 <= a <= 1:
        raise ValueError(f"a must be from 0 to 1, got {a:g}")
    return 10 * a + b


def judged(value, ours=lambda: 7.0, asked=()):
    return judge_numbers(value, ("a", "b"), score, ours, lambda x: f"{x:.1f}", "in all", asked)


def test_a_score_is_told_beside_ours():
    assert judged([0.5, 2]) == ("7.0. Ours: 7.0. Both: in all.", 7.0)
    assert judged((1, 0), lambda: 3.0) == ("10.0. Ours: 3.0. Both: in all.", 10.0)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (3, r"^Pass two numbers: \(a, b\)\.$"),
        ([1, 2, 3], "Pass two numbers"),
        ((0.5, "2"), "For b, one number is asked, and this is text"),
        ((2, 0), r"^a must be from 0 to 1, got 2\.$"),
    ],
)
def test_what_is_no_choice_is_refused_before_ours_is_computed(value, reason):
    with pytest.raises(Wrong, match=reason):
        judged(value, ours=lambda: pytest.fail("ours was asked for"))


def test_names_can_be_put_in_words_and_what_is_missing_is_no_mistake():
    with pytest.raises(Wrong, match=r"\(part, strength\)"):
        judged(3, asked=("part", "strength"))
    with pytest.raises(Blank):
        judged((0.5, ...))
