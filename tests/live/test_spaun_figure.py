"""The replay shows what was recorded and what the page says of it."""

from itertools import pairwise

import numpy as np
import pytest

from neurolab.live import spaun_run as record
from neurolab.live.digits import pictures
from neurolab.live.figures import spaun as figure


def shown(**moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def held(task: int) -> list[int]:
    """The digits that the register held, one after the other."""
    rows = np.array([figure.levels(x) for x in record.HELD[task - 1]])
    best = [int(row.argmax()) for row in rows if row.max() > 0.5]
    return [a for a, b in zip(best, [*best[1:], -1], strict=True) if a != b]


def actions(task: int) -> list[str]:
    """Actions in order, without repetitions."""
    names = [record.ACTIONS[a] for a in record.ACTION[task - 1] if a >= 0]
    return [a for a, b in zip(names, [*names[1:], ""], strict=True) if a != b]


def test_levels_are_the_digits_of_base_eight():
    assert figure.levels(7 * 8**9 + 3) == [1, *[0] * 8, 3 / 7]
    assert figure.levels(0) == [0] * 10


@pytest.mark.parametrize("task", [1, 2, 3, 4])
def test_the_picture_is_the_one_on_the_retina(task):
    """In the middle of each picture, and nothing in the middle of each pause."""
    for k, image in enumerate(pictures(record.PICTURES[task - 1])):
        data = shown(task=task, time=0.4 * k + 0.15)
        assert data["dark"] == image
        assert shown(task=task, time=0.4 * k + 0.35)["dark"] == [0] * 64


def test_the_pen_is_drawn_only_where_there_is_ink():
    data = shown(task=1, time=2.2)
    inked = [(x / 100, y / 100) for x, y, ink in record.PEN[0] if ink]
    assert set(zip(data["path_x"], data["path_y"], strict=True)) <= set(inked)
    assert len(data["path_x"]) > 40 and data["drawn"] == [1]
    assert shown(task=1, time=1.0)["path_x"] == [0] and shown(task=1, time=1.0)["drawn"] == [0]


def test_uses_of_what_is_held():
    """By hand: FOUR is seen, the task is COUNT, place P1, steps ZERO, phase LISTEN."""
    use = dict(zip(record.ACTIONS, figure.uses_of([4, 3, 0, 1, 0], 1), strict=True))
    assert use == {
        **{"task": 0, "ask": 0, "see to copy": 0, "see to read": 0, "see to list": 0},
        **{"see start": 1, "see steps": 0, "draw": -2, "recall": -2, "count": -2},
        **{"reply": -1, "wait": figure.WAIT},
    }
    answering = dict(zip(record.ACTIONS, figure.uses_of([-1, 3, 1, 0, 0], 0), strict=True))
    assert answering["reply"] == 1 and answering["count"] == 0 and answering["draw"] == 0


@pytest.mark.parametrize("task", [1, 2, 3, 4])
def test_the_action_that_is_let_through_is_that_of_the_largest_use(task):
    """Where use and action have been the same for 0.1 s: the ganglia need their time."""
    frames = range(3, len(record.ACTION[task - 1]))
    largest = [shown(task=task, time=figure.FRAME * (j + 1))["largest"][0] for j in frames]
    actions_ = [record.ACTION[task - 1][j] for j in frames]
    steady = [j for j in range(2, len(largest)) if largest[j - 2] == largest[j - 1] == largest[j]]
    same = np.mean([largest[j] == actions_[j] for j in steady])
    assert len(steady) > 10 and same > 0.9


def test_answer_of_spaun():
    before, after = actions(3), actions(3)
    before = before[: before.index("ask")]
    after = after[after.index("ask") + 1 :]
    assert before[0] == "task" and set(before[1:]) == {"see to list", "wait"}
    assert set(after) == {"recall"}
    listing = record.ACTIONS.index("see to list")
    moments = [figure.FRAME * (j + 1) for j, a in enumerate(record.ACTION[2]) if a == listing]
    period = figure.SHOWN + figure.GAP  # of a picture and a pause, the letter first
    turns = [int(t / period - 0.25) for t in moments]  # the eye needs its time
    assert [turns.count(k) for k in range(7)] == pytest.approx([0, 6, 6, 6, 6, 6, 0], abs=1)
    assert shown(task=3, time=figure.LONGEST)["drawn"][0] >= 5, "nobody tells the hand to stop"
    pause, lit = (
        dict(zip(record.ACTIONS, shown(task=3, time=t)["use"], strict=True)) for t in (1.2, 0.6)
    )
    assert max(pause, key=pause.get) == "wait" and pause["see to list"] == 0
    assert lit["see to list"] == 1
    counted = held(4)
    assert [b - a for a, b in pairwise(counted)] == [1] * (len(counted) - 1)
    assert actions(4)[-1] == "reply" and "count" in actions(4)
    assert set(actions(1)) - set(actions(2)) == {"see to copy"}
    assert set(actions(2)) - set(actions(1)) == {"see to read"}
