"""Uses of the mini-Spaun's actions, from pointers that registers hold."""

import pytest
import torch

from neurolab.nef import Vocabulary
from neurolab.neuromorphic.spaun_use import ACTIONS, WAIT, possible, use_step
from neurolab.neuromorphic.spaun_vision import SYMBOLS, TASKS

WORDS = [*SYMBOLS, "LISTEN", "ANSWER", *(f"P{k}" for k in range(7))]
MOMENTS = [
    ({"symbol": "COUNT"}, "task"),
    ({"symbol": "FOUR", "task": "COPY", "phase": "LISTEN"}, "see to copy"),
    ({"symbol": "FOUR", "task": "COUNT", "phase": "LISTEN", "place": "P1"}, "see start"),
    ({"task": "COUNT", "phase": "ANSWER", "steps": "THREE"}, "count"),
    ({"task": "COUNT", "phase": "ANSWER", "steps": "ZERO"}, "reply"),
    ({"task": "LIST", "phase": "ANSWER"}, "recall"),
    ({"task": "READ", "phase": "LISTEN"}, "wait"),
]


def uses(held: dict[str, str]) -> dict[str, float]:
    """By inner products of pointers of 512 dimensions, as connections would compute them."""
    vectors = dict(zip(WORDS, Vocabulary(512, WORDS, seed=0).vectors, strict=True))

    def alike(conditions):
        total = 0.0
        for register, words in conditions.items():
            if register in held:
                needed = torch.stack([vectors[w] for w in words]).sum(0)
                total += float(vectors[held[register]] @ needed)
        return total

    found = {
        name: use_step(alike(action.needs), len(action.needs), alike(action.unless))
        for name, action in ACTIONS.items()
    }
    return found | {"wait": WAIT}


@pytest.mark.parametrize(("held", "expected"), MOMENTS)
def test_the_largest_use_is_that_of_the_action_whose_conditions_hold(held, expected):
    found = uses(held)
    assert max(found, key=found.get) == expected
    others = [value for name, value in found.items() if name not in (expected, "wait")]
    assert found[expected] == pytest.approx(WAIT if expected == "wait" else 1.0, abs=0.25)
    assert max(others) < 0.3


def test_actions_of_some_tasks_and_wait_last():
    assert possible(["READ"]) == ["task", "ask", "see to read", "draw", "wait"]
    assert possible(TASKS) == [*ACTIONS, "wait"]
