"""Lab spaun-exam: right answers of different make pass, known slips are answered by name."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import spaun_exam as lab
from neurolab.lab import spaun_exam_list as lists
from neurolab.lab import spaun_exam_task as fifth
from neurolab.lab import spaun_exam_use as uses
from neurolab.nef import bind, unbind
from neurolab.nef.serial_order import recalled, serial_trace
from neurolab.neuromorphic.spaun_use import ACTIONS, use_step


def says(name, value):
    result = neurolab.check(f"spaun-exam.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module", autouse=True)
def short_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEUROLAB_FAST", "1")
        yield


def test_warmup():
    assert says("warmup", 0)[0] == "right" and says("warmup", 4)[0] == "wrong"


# Question 1

NAMES = ["see to read", "wait", "see steps", "reply", "wait"]


def by_the_package(held, needs):
    return use_step(sum(held[r] @ w for r, w in needs.items()), len(needs), 0.0)


def by_stacks(held, needs):
    x, w = (np.stack([one[r] for r in needs]) for one in (held, needs))
    return torch.tensor((x * w).sum() - len(x) + 1)


@pytest.mark.parametrize("make", [by_the_package, by_stacks, uses.use_of])
def test_q1_whatever_sums_them_passes(make):
    status, message = says("q1", (make, NAMES))
    assert status == "right", message


@pytest.mark.parametrize("reason", uses.USE_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", (uses.USE_SLIPS[reason], NAMES))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("at", "name", "reason"),
    [
        (0, "see to copy", "lacks a condition (task)"),
        (0, "wait", "some action has all"),
        (1, "see to list", "lacks a condition (symbol)"),
        (2, "see start", "lacks a condition (place)"),
        (3, "count", "lacks a condition (not steps)"),
        (4, "draw", "nothing is drawn while"),
        (4, "see to read", "lacks a condition (phase)"),
        (1, "sleep", "There is no action"),
    ],
)
def test_q1_names_are_answered_moment_by_moment(at, name, reason):
    status, message = says("q1", (uses.use_of, [*NAMES[:at], name, *NAMES[at + 1 :]]))
    assert status == "wrong" and reason in message, message


def test_q1_other_mistakes():
    assert "make a use of" in says("q1", (lambda h, n: 0.3, NAMES))[1]
    assert "(use, names)" in says("q1", uses.use_of)[1]
    assert "five names" in says("q1", (uses.use_of, NAMES[:3]))[1]
    assert says("q1", (uses.use_of, ["..."] * 5))[0] == "not yet"


def test_words_run_what_pointers_would():
    """Of all actions the one with the largest use in pointers, for each moment."""
    words = np.linalg.qr(np.random.default_rng(0).normal(size=(64, 64)))[0]
    every = sorted({w for kind in fifth.WORDS.values() for w in kind})
    vector = dict(zip(every, words, strict=False))
    for moment in uses.MOMENTS:
        held = {r: vector.get(moment.held.get(r), np.zeros(64)) for r in uses.REGISTERS}
        found = {"wait": 0.4}
        for name, action in ACTIONS.items():
            needs = {r: sum(vector[w] for w in some) for r, some in action.needs.items()}
            found[name] = uses.use_of(held, needs)
            for r, some in action.unless.items():
                found[name] -= held[r] @ sum(vector[w] for w in some)
            found[name] -= action.needs.get("phase") == ("ANSWER",) and "symbol" in moment.held
        assert max(found, key=found.get) == uses.runs(moment.held)


# Questions 2 and 3


def by_trace(items, places, fade, grow):
    return recalled(serial_trace(items, places, fade, grow), places)


def by_strengths(items, places, fade, grow):
    c = torch.tensor(lists.strength(len(items), fade, grow))[:, None]
    return [unbind((c * bind(items, places)).sum(0), place).tolist() for place in places]


@pytest.mark.parametrize("make", [by_trace, by_strengths])
def test_q2_whatever_recalls_passes(make):
    status, message = says("q2", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", lists.LIST_SLIPS)
def test_q2_slips_are_answered_by_name(reason):
    def slip(items, places, fade, grow):
        c = lists.LIST_SLIPS[reason](len(items), fade, grow)
        return lists.by_sums(items.numpy(), places.numpy(), c)

    status, message = says("q2", slip)
    assert status == "wrong" and reason in message


def test_q2_other_mistakes():
    trace = says("q2", lambda x, a, f, g: serial_trace(x, a, f, g))
    assert "unbind each place" in trace[1]
    assert "has the strength" in says("q2", lambda x, a, f, g: 0 * x)[1]
    assert "The shape is" in says("q2", lambda x, a, f, g: x[:2])[1]


def test_q3_place_and_shares():
    shares = lab.told()
    assert lab.told(by_trace) == shares
    status, message = says("q3", (4, shares))
    assert status == "right" and "Place 4" in message, message
    assert "Is there none below it" in says("q3", (3, shares))[1]
    assert "lost nothing" in says("q3", (5, shares))[1]
    assert "take the smallest" in says("q3", (1, shares))[1]
    assert "from 0 to 1" in says("q3", (4, [100 * s for s in shares]))[1]
    assert "should be told rightly" in says("q3", (4, lab.told(None, 1.0, 1.0)))[1]
    assert says("q3", (4, ...))[0] == "not yet"


# The sentence, the challenge


def test_explain_is_compared():
    assert says("explain", "A word is held, and it is a condition.")[0] == "compared"
    assert says("explain", "gates")[0] == says("explain", 7)[0] == "wrong"


def test_without_noise_the_machine_passes_all_tasks(monkeypatch):
    monkeypatch.setattr(fifth, "NOISE", 0.0)
    assert fifth.score(*fifth.OURS) == dict.fromkeys((*fifth.ALL, "all"), 100.0)
    monkeypatch.setattr(fifth, "NOISE", 0.01)  # a tie goes either way
    early = {**fifth.OURS[0], "go back": {"phase": "ANSWER", "steps": "ONE"}}
    spoiled = fifth.score(early, 0.4)
    assert spoiled["BACK"] == 100 and spoiled["COUNT"] < 90  # it runs in counts, too


def test_the_challenge_gives_a_score():
    status, message = says("challenge", fifth.OURS)
    assert status == "score" and "Ours" in message
    mine = {**fifth.OURS[0], "reply back": {"phase": "ANSWER"}}
    status, message = says("challenge", ({**mine, "go back": {"steps": "NINE"}}, 0.4))
    assert status == "score" and "Without noise a 7 makes these run" in message
    assert "no register" in says("challenge", ({**mine, "go back": {"hand": "ONE"}}, 0.4))[1]
    assert "steps holds" in says("challenge", ({**mine, "go back": {"steps": "UNO"}}, 0.4))[1]
    assert "Three actions" in says("challenge", ({"go back": {"steps": "ONE"}}, 0.4))[1]
    assert "(mine, wait)" in says("challenge", mine)[1]
    assert says("challenge", (mine, ...))[0] == "not yet"
