"""Lab pca: right answers of different make pass, known slips are answered by name."""

import functools
import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.hebbian import oja_step
from neurolab.lab import pca
from neurolab.lab.digits import digits
from neurolab.lab.pca_challenge import our_rate, score


def says(name, value):
    result = neurolab.check(f"pca.{name}", value)
    return result.status, result.message


# Question 1


def in_a_loop(x, y, w, rate):
    return [rate * y * (x[i] - y * w[i]) for i in range(len(x))]


def expanded_without_y(x, y, w, rate):
    return rate * (w @ x) * x - rate * (w @ x) ** 2 * w


def with_torch_alone(x, y, w, rate):
    return torch.sub(x.mul(y), w, alpha=float(y.pow(2))).mul(rate)


def with_numpy_alone(x, y, w, rate):
    return rate * np.asarray(y).astype(float) * (np.subtract(x, np.multiply(y, w)))


def normalised_hebb(x, y, w, rate):
    new = w + rate * y * x
    return new / (new @ new) ** 0.5 - w


def in_32_bits(x, y, w, rate):
    x, y, w = x.float(), y.float(), w.float()
    return rate * y * (x - y * w)


def projected(x, y, w, rate):
    return rate * y * (x - (w @ x) / (w @ w) * w)


def in_place(x, y, w, rate):
    old = w.clone() if isinstance(w, torch.Tensor) else w.copy()
    w += rate * y * (x - y * w)
    return w - old


@pytest.mark.parametrize(
    "change",
    [oja_step, in_a_loop, expanded_without_y, with_torch_alone, with_numpy_alone, normalised_hebb,
     in_32_bits, projected, in_place],
)  # fmt: skip
def test_q1_any_rule_that_is_normalised_hebb_to_first_order(change):
    status, message = says("q1", change)
    assert status == "right", message


SLIPS = {
    "where is the brake": lambda x, y, w, rate: rate * y * x,
    "One y too few": lambda x, y, w, rate: rate * y * (x - w),
    "A plus where a minus": lambda x, y, w, rate: rate * y * (x + y * w),
    "All signs are turned": lambda x, y, w, rate: -rate * y * (x - y * w),
    "brake alone": lambda x, y, w, rate: -rate * y * y * w,
    "brake lacks w": lambda x, y, w, rate: rate * y * (x - y),
    "growth lacks y": lambda x, y, w, rate: rate * (x - y * w),
    "brake lacks the rate": lambda x, y, w, rate: rate * y * x - y * y * w,
    "The rate is missing": lambda x, y, w, rate: y * (x - y * w),
    "does not change at all": lambda x, y, w, rate: 0 * w,
    "return the new weight; return its change alone.": lambda x, y, w, rate: (
        w + rate * y * (x - y * w)
    ),
    "And: This is plain Hebb": lambda x, y, w, rate: w + rate * y * x,
    "falls 2.0-fold": lambda x, y, w, rate: rate * y * (x - 0.9 * y * w),
    "falls 1.0-fold": lambda x, y, w, rate: x,
    "shape is (6, 6); it must be (6,)": lambda x, y, w, rate: torch.outer(x, w),
    "shape is (); it must be (6,)": lambda x, y, w, rate: y,
    "holds inf or nan": lambda x, y, w, rate: x / 0,
    "NameError: name 'eta' is not defined": lambda x, y, w, rate: eta * x,  # noqa: F821
    "takes 2 positional arguments": lambda x, w: x,
    "without brackets": 0.5,
    "this is of type str": lambda x, y, w, rate: "dw",
}


@pytest.mark.parametrize("reason", SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("change", [lambda x, y, w, rate: None, lambda x, y, w, rate: ...])
def test_q1_a_function_that_returns_nothing_is_blank(change):
    assert says("q1", change)[0] == "not yet"


# Questions 2 and 3


@functools.cache
def path(seed, most=45):
    """Parts of w along and across PC1 after each pass at rate 0.001, from 80° towards PC2."""
    x, _, axes = digits()
    start = math.radians(80)
    w = math.cos(start) * axes[:, -1] + math.sin(start) * axes[:, -2]
    chance, parts = np.random.default_rng(seed), []
    for _ in range(most):
        along = w @ axes[:, -1]
        parts.append((abs(along), np.linalg.norm(w - along * axes[:, -1])))
        for i in chance.permutation(len(x)):
            y = x[i] @ w
            w = w + 0.001 * y * (x[i] - y * w)
    return np.array(parts).T


def measured(size, seed=0, fall=10):
    sizes = size(*path(seed))
    return int(np.argmax(sizes <= sizes[0] / fall))


def tangent(along, across):
    return across / along


def test_the_digits_keep_to_the_prediction():
    tan = tangent(*path(0))
    k = measured(tangent)
    between = math.log(tan[0] / 10 / tan[k - 1]) / math.log(tan[k] / tan[k - 1])
    assert k - 1 + between == pytest.approx(pca.expected_passes(), rel=0.02)


GAP = 0.0597  # variance 1 - variance 2, as the notebook prints them, rounded


@pytest.mark.parametrize("value", [21.5, 21, 22, np.float32(21.4), torch.tensor(21.47), [20.0], 23])
def test_q2_right(value):
    assert says("q2", value)[0] == "right"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1 / (0.001 * GAP * 1797), "natural logarithm of 10"),
        (math.log10(10) / (0.001 * GAP * 1797), "natural logarithm of 10"),
        (10 / (0.001 * GAP * 1797), "10 where its natural logarithm"),
        (math.log(10) / (0.001 * GAP), "counts digits. One pass"),
        (1 / (0.001 * GAP), "two steps are left"),
        (math.log(10) / (0.001 * 0.6989 * 1797), "gap to the second"),
        (math.log(10) / (GAP * 1797), "rate is missing"),
        (math.log(0.1) / (0.001 * GAP * 1797), "sign is turned"),
        (15, "too few"),
        (28, "too many"),
        (0, "too few"),
        ("21.5", "quotation marks"),
        (lambda: 21.5, "function: call it"),
        (math.inf, "overflow"),
        ([21, 22], "a list of 2"),
    ],
)
def test_q2_slips_are_answered_by_name(value, reason):
    status, message = says("q2", value)
    assert status == "wrong" and reason in message


def test_q3_right():
    assert says("q3", [measured(tangent, seed) for seed in range(3)])[0] == "right"
    assert says("q3", measured(tangent))[0] == "right"
    assert says("q3", torch.tensor([22, 22]))[0] == "right"
    assert says("q3", [21.4, 21.5, 21.6])[0] == "right"  # read off between two passes


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (lambda along, across: (across / along) ** 2, "tangent squared"),
        (lambda along, across: np.arctan2(across, along), "angle has fallen tenfold"),
        (lambda along, across: across / np.hypot(along, across), "fits the sine"),
        (lambda along, across: 1 - along / np.hypot(along, across), "1 minus the cosine"),
    ],
)
def test_q3_a_wrong_measure_is_named(size, reason):
    """The number that the wrong measure really gives on the digits."""
    for seed in range(2):
        status, message = says("q3", [measured(size, seed)])
        assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([measured(tangent, fall=math.e)], "fall to 1/e"),
        ([math.inf] * 5, "cosine"),
        ([22 * 1797] * 5, "divide by 1797"),
        ([pca.expected_passes()] * 5, "prediction of question 2"),
        ([0, 0], "too few"),
        ([58], "too many"),
        (["22"], "text"),
    ],
)
def test_q3_slips_are_answered_by_name(value, reason):
    status, message = says("q3", value)
    assert status == "wrong" and reason in message


# Question 4


@pytest.mark.parametrize("value", [(0.3, 0.5), [0.25, 0.5], (torch.tensor(0.3), 0.55)])
def test_q4_right(value):
    status, message = says("q4", value)
    assert status == "right" and "0.43 is inside" in message


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ((0.5, 0.3), "swapped"),
        ((0.2, 0.5), "2.5 times low"),
        ((0.45, 0.6), "of our 5 runs overflow. Take low lower"),
        ((0.1, 0.2), "5 of our 5 runs survive. Take high higher"),
        ((0.0, 0.5), "above 0"),
        ((0.4, 0.4), "above low"),
        ((-0.5, -0.4), "above 0"),
        (0.43, "two rates"),
        ((0.3, 0.4, 0.5), "two rates"),
        (("0.3", 0.5), "text"),
        ((1e300, 1.5e300), "Take low lower"),
    ],
)
def test_q4_slips_are_answered_by_name(value, reason):
    status, message = says("q4", value)
    assert status == "wrong" and reason in message


# The sentence and the challenge


def test_the_sentence_is_compared_and_not_graded():
    for sentence in ("The brake is the same for all directions.", "I have no idea at all."):
        status, message = says("explain", sentence)
        assert status == "compared" and "Not graded. Ours:" in message
    assert says("explain", "variance")[0] == says("explain", 7)[0] == "wrong"


def test_the_score_is_the_angle_that_a_plain_loop_finds():
    x, _, axes = digits()
    chance = np.random.default_rng(3)
    w = chance.standard_normal(64)
    w /= np.linalg.norm(w)
    seen = 0
    for _ in range(5):
        for i in chance.permutation(len(x)):
            y = x[i] @ w
            w = w + our_rate(seen) * y * (x[i] - y * w)
            seen += 1
    cosine = abs(w @ axes[:, -1]) / np.linalg.norm(w)
    found = score(our_rate, seeds=[7, 3])
    assert found.angles[1] == pytest.approx(math.degrees(math.acos(cosine)), rel=1e-6)
    assert found.mean == pytest.approx(sum(found.angles) / 2)
    assert found.seconds > 0


def test_the_challenge_shows_both_scores():
    status, message = says("challenge", lambda seen: 0.01)
    yours, ours = score(lambda seen: 0.01).mean, score(our_rate).mean
    assert status == "score" and f"{yours:.2f}°" in message and f"Ours: {ours:.2f}°" in message
    assert neurolab.check("pca.challenge", lambda seen: 0.01).value == yours
    assert says("challenge", our_rate)[1].count(f"{ours:.2f}°") == 2


def test_the_challenge_names_what_is_wrong():
    assert "5 of 5 runs overflow" in says("challenge", lambda seen: 1.0)[1]
    assert "ZeroDivisionError" in says("challenge", lambda seen: 0.1 / seen)[1]
    assert "finite" in says("challenge", lambda seen: 0.1 if seen == 0 else math.inf)[1]
    assert says("challenge", lambda seen: None)[0] == "not yet"


@pytest.mark.parametrize("seeds", [[], ()])
def test_the_score_needs_a_seed(seeds):
    with pytest.raises(ValueError, match="at least one seed"):
        score(our_rate, seeds)


@pytest.mark.slow
def test_our_schedule_is_the_best_of_its_grid_on_other_seeds():
    """And no constant rate comes near it on the seeds that count."""

    def falling(first, power):
        return lambda seen: first * math.exp(-power * seen / 8985)

    grid = [(a, b) for a in (0.03, 0.04, 0.05, 0.06, 0.08, 0.1) for b in (3.5, 4, 4.5, 5)]
    others = range(100, 120)
    best = min(grid, key=lambda pair: score(falling(*pair), others).mean)
    assert our_rate(1000) == falling(*best)(1000)
    constant = min(score(lambda seen, r=r: r).mean for r in (0.003, 0.005, 0.007, 0.01, 0.015))
    assert score(our_rate).mean < constant / 2
