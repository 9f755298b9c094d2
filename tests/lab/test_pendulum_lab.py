"""Lab pendulum: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import pendulum as lab
from neurolab.lab import pendulum_world as world


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setenv("NEUROLAB_FAST", "1")
    world.upright.cache_clear()
    lab.breaking.cache_clear()
    yield
    world.upright.cache_clear()
    lab.breaking.cache_clear()


def says(name, value):
    result = neurolab.check(f"pendulum.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 18)[0] == "right" and "two devices for each" in says("warmup", 9)[1]


# Question 1


def by_cases(w):
    span = lab.MOST - lab.LEAST
    return (lab.LEAST + span * w, lab.LEAST) if w > 0 else (lab.LEAST, lab.LEAST - span * w)


def by_clamp(w):
    both = torch.tensor([w, -w], dtype=torch.float64).clamp(min=0)
    return lab.LEAST + both * (lab.MOST - lab.LEAST)


@pytest.mark.parametrize("make", [by_cases, by_clamp])
def test_q1_right_pairs(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda w: by_cases(-w), "the wrong way round"),
        (lambda w: (max(w, 0) * lab.MOST, max(-w, 0) * lab.MOST), "below the smallest"),
        (lambda w: (2 * lab.MOST, lab.LEAST), "above the largest"),
        (lambda w: (lab.LEAST, lab.LEAST), "is needed"),
        (lambda w: np.array(by_cases(0.3 * w)), "is needed"),
        (lambda w: lab.MOST, "Two conductances"),
        (lambda w: ((lab.LEAST + lab.MOST) / 2 + w * (lab.MOST - lab.LEAST) / 2,
                    (lab.LEAST + lab.MOST) / 2 - w * (lab.MOST - lab.LEAST) / 2), "both devices"),
    ],
)  # fmt: skip
def test_q1_slips(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message, message


# The others


def test_q2_right_and_slips():
    assert says("q2", (0.05 / 8, lab.error(64, 0.05)))[0] == "right"
    for predicted, reason in ((0.05, "same direction"), (0.05 / 64, "squares"), (0.4, "64 of")):
        assert reason in says("q2", (predicted, 0.006))[1]
    assert "measured 0.1" in says("q2", (0.05 / 8, 0.1))[1]
    assert says("q2", (0.05 / 8, ...))[0] == "not yet"


def test_q3_right_and_slips():
    law = math.acosh(500) / math.sqrt(9.81 / 0.5)
    assert world.fall_law(0.001) == pytest.approx(law)
    assert abs(lab.fall(0.001) - law) < 0.1  # friction slows it a little
    assert says("q3", (law, lab.fall(0.001)))[0] == "right"
    assert "In seconds" in says("q3", (1560, 1.5))[1]
    assert "square root" in says("q3", (math.acosh(500) / (9.81 / 0.5), 1.5))[1]
    assert "too long" in says("q3", (3, 1.5))[1] and "measures it" in says("q3", (law, 3))[1]


@pytest.mark.slow
def test_q4_and_q5():
    wanted = lab.breaking()
    assert lab.upright(wanted) < 0.5 <= lab.upright(0.05)
    assert says("q4", (0.1, wanted))[0] == "right"
    assert "not per cent" in says("q4", (10, 50))[1] and "Try" in says("q4", (0.1, 0.03))[1]
    long = lab.upright(0.2, length=2.0)
    assert long <= lab.upright(0.2)
    assert says("q5", (0.9, long))[0] == "right" and says("q5", (..., long))[0] == "not yet"
    assert "from 0 to 1" in says("q5", (0.9, 50))[1]


@pytest.mark.slow
def test_copies_are_like_less_noise():
    assert world.upright(0.0, many=4) == 1
    even = world.upright(0.5, copies=(4, 4, 4), many=40)
    assert abs(even - world.upright(0.25, many=40)) < 0.25 and even > world.upright(0.5, many=40)


@pytest.mark.slow
def test_challenge_and_sentence():
    result = neurolab.check("pendulum.challenge", (4, 4, 4))
    assert result.status == "score" and 0 <= result.value <= 100 and "Ours" in result.message
    assert "at most 12" in says("challenge", (10, 10, 1))[1]
    assert "whole numbers" in says("challenge", (0.5, 1, 1))[1]
    assert says("explain", "A loop measures what it did.")[0] == "compared"
    assert says("explain", "loop")[0] == "wrong"
