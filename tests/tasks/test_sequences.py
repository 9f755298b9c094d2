"""Sequences: pictures as pixels and crossings, delayed match, parity, adding."""

import math

import pytest
import torch

from neurolab import tasks

# ---- pictures ------------------------------------------------------------------------------------


def test_pixels_come_row_by_row():
    x, _ = tasks.load("digits", split="test")
    found = tasks.pixel_sequence(x)
    assert found.shape == (64, 450, 1)
    for t in (0, 9, 63):
        assert torch.equal(found[t, :, 0], x[:, t // 8, t % 8])


def test_halved_pictures_are_means_of_four_pixels():
    x = torch.rand(5, 8, 6)
    found = tasks.halved(x)
    assert found.shape == (5, 4, 3)
    for i in range(4):
        for j in range(3):
            wanted = sum(x[:, 2 * i + a, 2 * j + b] for a in (0, 1) for b in (0, 1)) / 4
            torch.testing.assert_close(found[:, i, j], wanted)


def test_crossings_tell_the_pixel_to_half_a_threshold():
    """Rises minus falls, added up, is the number of thresholds below the pixel."""
    x, _ = tasks.load("digits", split="test")
    spikes = tasks.pixel_sequence(x, "crossings", 20)
    up, down = spikes.split(20, -1)
    assert spikes.shape == (64, 450, 40) and set(spikes.unique().tolist()) == {0, 1}
    level = (up - down).cumsum(0)
    assert set(level.unique().tolist()) == {0, 1}, "nothing is crossed twice in the same direction"
    p = tasks.pixel_sequence(x)[..., 0]
    assert (level.sum(-1) / 20 - p).abs().max() <= 1 / 40 + 1e-6
    for k in range(20):  # and each threshold for itself, by its definition
        over = p > (k + 0.5) / 20
        before = torch.cat([torch.zeros(1, 450, dtype=torch.bool), over[:-1]])
        assert torch.equal(up[..., k].bool(), over & ~before)
        assert torch.equal(down[..., k].bool(), ~over & before)


def test_no_picture_gives_no_sequence():
    assert tasks.pixel_sequence(torch.zeros(0, 4, 4), "crossings", 3).shape == (16, 0, 6)
    assert tasks.halved(torch.zeros(0, 4, 4)).shape == (0, 2, 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"x": torch.zeros(4, 4)}, "x: "),
        ({"x": torch.full((1, 2, 2), 1.5)}, "x: pixels"),
        ({"x": torch.full((1, 2, 2), math.nan)}, "x: pixels"),
        ({"encoding": "rate"}, "encoding"),
        ({"thresholds": 0}, "thresholds"),
    ],
    ids=["axes", "large", "nan", "encoding", "thresholds"],
)
def test_wrong_pictures_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        tasks.pixel_sequence(**{"x": torch.zeros(1, 2, 2), **wrong})


@pytest.mark.parametrize("shape", [(1, 3, 4), (1, 4, 3), (4, 4)], ids=str)
def test_only_even_pictures_are_halved(shape):
    with pytest.raises(ValueError, match="even"):
        tasks.halved(torch.zeros(shape))


# ---- delayed match -------------------------------------------------------------------------------

MATCH = {"patterns": 3, "shown": 20, "delay": 30, "recall": 10, "population": 4}


def test_the_answer_of_a_match_is_told_by_the_spikes():
    found = tasks.delayed_match(300, **MATCH, rate=300.0)
    assert found.x.shape == (80, 300, 16)
    counts = found.x.reshape(80, 300, 4, 4).sum(-1)
    first, second = counts[:20].sum(0), counts[50:70].sum(0)
    assert counts[20:50].sum() == 0 and first[:, 3].sum() == 0 and second[:, 3].sum() == 0
    assert ((first > 0).sum(1) == 1).all() and ((second > 0).sum(1) == 1).all()
    same = (first > 0).int().argmax(1) == (second > 0).int().argmax(1)
    assert torch.equal(same.long(), found.y)
    assert counts[70:, :, :3].sum() == 0 and (counts[70:, :, 3].sum(0) > 0).all()
    assert found.recall.tolist() == [0.0] * 70 + [1.0] * 10


def test_neither_pattern_of_a_match_tells_the_answer():
    found = tasks.delayed_match(30_000, **{**MATCH, "shown": 1, "delay": 0, "population": 1})
    assert abs(found.y.double().mean().item() - 0.5) < 0.01
    for pattern in (found.sample, found.test):
        for k in range(3):
            some = found.y[pattern == k].double()
            assert abs(len(some) / 30_000 - 1 / 3) < 0.01 and abs(some.mean().item() - 0.5) < 0.02
    other = found.test[(found.y == 0) & (found.sample == 0)].double()
    assert abs((other == 1).double().mean().item() - 0.5) < 0.03


def test_patterns_of_a_match_fire_at_their_rate():
    found = tasks.delayed_match(3000, **MATCH, rate=80.0, seed=2)
    each, spikes = torch.arange(3000), found.x.reshape(80, 3000, 4, 4)
    fired = spikes[:20, each, found.sample].mean().item()
    assert abs(fired + math.expm1(-0.08)) < 0.002


# ---- parity and adding ---------------------------------------------------------------------------


def test_parity_is_the_product_of_signs():
    x, y = tasks.parity(500, bits=9)
    assert x.shape == (9, 500, 1)
    assert torch.equal((1 - 2 * x).prod(0)[:, 0], 1 - 2 * y.float())
    assert abs(y.double().mean().item() - 0.5) < 0.1


def test_no_bit_of_a_parity_tells_it():
    x, y = tasks.parity(20_000, bits=5, seed=1)
    signs, answer = 1 - 2 * x[..., 0], (1 - 2 * y).float()
    for some in ([0], [4], [0, 1], [1, 2, 3], [0, 1, 2, 3]):
        assert abs((signs[some].prod(0) * answer).mean().item()) < 0.03


def test_adding_asks_for_the_marked_numbers():
    x, y = tasks.adding(400, steps=31)
    assert x.shape == (31, 400, 2)
    for trial in range(400):
        first, second = (x[:, trial, 1] == 1).nonzero()[:, 0].tolist()
        assert first < 15 <= second
        assert y[trial].item() == pytest.approx((x[first, trial, 0] + x[second, trial, 0]).item())


def test_who_answers_the_mean_of_adding_has_an_error_of_a_sixth():
    _, y = tasks.adding(40_000, steps=10)
    assert abs((y - 1).square().mean().item() - tasks.long_memory.GUESS) < 0.004


def test_markers_of_adding_fall_everywhere():
    x, _ = tasks.adding(20_000, steps=7, seed=2)
    wanted = torch.tensor([1 / 3] * 3 + [1 / 4] * 4)
    torch.testing.assert_close(x[..., 1].mean(1), wanted, atol=0.015, rtol=0)


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (tasks.parity, {"count": 0}),
        (tasks.parity, {"bits": 0}),
        (tasks.adding, {"count": 1.5}),
        (tasks.adding, {"steps": 1}),
        (tasks.delayed_match, {"patterns": 1}),
        (tasks.delayed_match, {"delay": -1}),
        (tasks.delayed_match, {"shown": 0}),
        (tasks.delayed_match, {"rate": math.inf}),
    ],
)
def test_wrong_sizes_are_refused(make, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        make(**{"count": 2, **wrong})
