"""Question 5 of lab pca: theory and the digits agree, right answers pass, slips have names."""

import functools
import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

import neurolab
from neurolab.lab import pca_data
from neurolab.lab.digits import digits


def says(value):
    result = neurolab.check("pca.q5", value)
    return result.status, result.message


@functools.cache
def raw_path(seed, direction, rate=0.001):
    """Tangent to a direction after each digit with the mean left in, from 80° towards PC1."""
    raw, axes = load_digits().data / 16, digits().components
    goal = {"mean": raw.mean(0), "PC2": axes[:, -2]}[direction]
    goal = goal / np.linalg.norm(goal)
    side = axes[:, -1] - (axes[:, -1] @ goal) * goal
    w = math.cos(math.radians(80)) * goal
    w = w + math.sin(math.radians(80)) * side / np.linalg.norm(side)
    tangents = []
    for i in np.random.default_rng(seed).permutation(len(raw)):
        along = w @ goal
        tangents.append(np.linalg.norm(w - along * goal) / abs(along))
        y = raw[i] @ w
        w = w + rate * y * (raw[i] - y * w)
    return np.array(tangents)


def digits_to(seed, fall=10):
    tangents = raw_path(seed, "mean")
    return int(np.argmax(tangents <= tangents[0] / fall))


def mean():
    return load_digits().data.mean(0) / 16


M2, RIVAL = 10.32, 0.699  # squared length of the mean, and variance along PC1, rounded
RIGHT = math.log(10) / (0.001 * (M2 - RIVAL))
RUNS = (237, 245, 224, 238, 247)  # of a learner; the next test finds such numbers by itself


def test_the_digits_keep_to_the_prediction_with_the_mean_left_in():
    runs = [digits_to(seed) for seed in range(5)]
    assert np.median(runs) == pytest.approx(pca_data.raw().count, rel=0.1)
    assert np.median(runs) == pytest.approx(RIGHT, rel=0.1)
    assert raw_path(0, "PC2").min() > raw_path(0, "PC2")[0] / 10  # no fall towards PC2
    assert says((mean(), RIGHT, runs))[0] == "right"


def test_theory_is_that_of_the_power_method():
    """Largest two variances of <x x^T> by repeated products, no eigh."""
    raw = load_digits().data / 16
    moment, w, sizes = raw.T @ raw / len(raw), np.ones(64), []
    for _ in range(2):
        for _ in range(3000):
            w = moment @ w
            w = w / np.linalg.norm(w)
        sizes.append(w @ moment @ w)
        if len(sizes) == 1:
            assert abs(w @ pca_data.raw().direction) == pytest.approx(1)
        moment, w = moment - sizes[-1] * np.outer(w, w), np.arange(64.0)
    right = math.log(10) / (0.001 * (sizes[0] - sizes[1]))
    assert pca_data.raw().count == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: (mean(), RIGHT, RUNS),
        lambda: [-7 * mean().reshape(8, 8), round(RIGHT), list(RUNS)],
        lambda: (torch.tensor(mean()).float(), torch.tensor(RIGHT), torch.tensor(RUNS)),
        lambda: (mean().tolist(), math.log(10) / (0.001 * M2), [236]),  # the rival forgotten: near
        lambda: (pca_data.raw().direction, 236, 239.5),
        lambda: (raw_end(), 230, RUNS),
    ],
)
def test_right(answer):
    status, message = says(answer())
    assert status == "right" and "theory says 236" in message


def raw_end():
    """What a neuron has learned from the raw digits after one pass at a lower rate."""
    raw, w = load_digits().data / 16, np.ones(64) / 8
    for x in raw:
        w = w + 0.001 * (x @ w) * (x - (x @ w) * w)
    return w


@pytest.mark.parametrize(
    ("direction", "reason"),
    [
        (lambda: digits().components[:, -1], "PC1 is what it finds when the mean is gone"),
        (lambda: -digits().components[:, -2], "This is PC2"),
        (lambda: np.ones((8, 8)), "All pixels alike"),
        (lambda: digits().x.mean(0), "Did you average x?"),
        (lambda: load_digits().data[0], "What do all digits share?"),
        (lambda: "the mean image", "64 numbers, no text"),
        (lambda: mean()[:63], "yours has 63"),
        (lambda: mean() * math.nan, "inf or nan"),
        (lambda: 0.5, "yours has 1"),
        (lambda: mean, "this is of type function"),
    ],
)
def test_a_wrong_direction_is_named(direction, reason):
    status, message = says((direction(), RIGHT, [math.inf, math.inf]))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        (1 / (0.001 * M2), "natural logarithm of 10"),
        (1 / (0.001 * (M2 - RIVAL)), "natural logarithm of 10"),
        (math.log(2) / (0.001 * M2), "fall to a half"),
        (10 / (0.001 * (M2 - RIVAL)), "10 where its natural logarithm"),
        (RIGHT / 1797, "counts passes; here digits"),
        (math.log(10) / (0.001 * 0.0597), "gap of question 2"),
        (math.log(10) / (0.001 * 0.0597 * 1797), "passes of question 2"),
        (math.log(10) / (0.001 * M2**0.5), "its square is a variance"),
        (math.log(10) / (0.001 * 15.01), "mean of the squared lengths"),
        (math.log(10) / (M2 - RIVAL), "rate is missing"),
        (-RIGHT, "sign is turned"),
        (200, "too few"),
        (300, "too many"),
        ("236", "quotation marks"),
        (math.inf, "overflow"),
    ],
)
def test_slips_are_answered_by_name(count, reason):
    status, message = says((mean(), count, RUNS))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: (mean(), RIGHT, [RIGHT, RIGHT]), "The runs are your prediction"),
        (lambda: (mean(), RIGHT, [240, math.inf]), "never fell to a tenth"),
        (lambda: (mean(), RIGHT, [digits_to(s, math.e) for s in range(2)]), "far from 236"),
        (lambda: (mean(), RIGHT, ["a"]), "Numbers are asked"),
        (lambda: (mean(), RIGHT), "three things"),
        (lambda: mean(), "three things"),
    ],
)
def test_what_was_measured_is_looked_at(answer, reason):
    status, message = says(answer())
    assert status == "wrong" and reason in message
