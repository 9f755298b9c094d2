"""Synthetic tasks: counted moments, chances, speeds and rates against what they must be."""

import math

import pytest
import torch

from neurolab import tasks


def test_clouds_have_their_means_and_covariance():
    centres, covariance = [[-2.0, 1.0], [3.0, 0.0], [0.0, 5.0]], [[1.0, 0.6], [0.6, 0.5]]
    x, y = tasks.gaussian_clouds(30_000, centres, covariance, seed=1)
    for k, centre in enumerate(centres):
        some = x[y == k]
        assert abs(len(some) / 30_000 - 1 / 3) < 4 * math.sqrt(2 / 9 / 30_000)
        torch.testing.assert_close(some.mean(0), torch.tensor(centre), atol=0.04, rtol=0)
        torch.testing.assert_close(some.T.cov(), torch.tensor(covariance), atol=0.05, rtol=0)


def test_a_number_is_the_same_spread_in_every_direction():
    x, _ = tasks.gaussian_clouds(40_000, [[0.0, 0.0, 0.0]], 2.0)
    torch.testing.assert_close(x.T.cov(), 4 * torch.eye(3), atol=0.12, rtol=0)


def test_bars_are_the_union_of_what_is_there():
    x, y = tasks.bars(500, size=6, chance=0.3, seed=2)
    for picture, there in zip(x, y, strict=True):
        want = torch.zeros(6, 6)
        for k in range(6):
            if there[k]:
                want[k, :] = 1
            if there[6 + k]:
                want[:, k] = 1
        assert torch.equal(picture, want)


def test_bars_come_independently_with_their_chance():
    _, y = tasks.bars(20_000, size=4, chance=0.25)
    y = y.double()
    assert (y.mean(0) - 0.25).abs().max() < 4 * math.sqrt(0.25 * 0.75 / 20_000)
    together = y.T.corrcoef() - torch.eye(8)
    assert together.abs().max() < 4 / math.sqrt(20_000)


@pytest.mark.parametrize("speed", [1, 3])
def test_bars_move_at_their_speed(speed):
    films = tasks.moving_bars(200, size=7, steps=9, speed=speed, seed=3)
    assert films.x.shape == (9, 200, 7, 7)
    assert set(films.orientation.tolist()) == {0, 1} and set(films.direction.tolist()) == {-1, 1}
    for b in range(200):
        along = 0 if films.orientation[b] == 0 else 1  # the axis that the bar moves along
        for now, later in zip(films.x[:-1, b], films.x[1:, b], strict=True):
            assert now.sum() == 7 and now.sum(along).unique().tolist() == [1]
            assert torch.equal(torch.roll(now, speed * int(films.direction[b]), along), later)


def test_trains_have_the_rate_and_variance_of_a_poisson_process():
    """In a step of dt the chance is 1 - exp(-rate dt); counts of many steps are binomial."""
    rate = torch.tensor([0.0, 5.0, 40.0, 200.0, 5000.0])
    spikes = tasks.poisson_trains(rate, steps=100_000, dt=1.0, seed=4)
    chance = 1 - torch.exp(-rate / 1000)
    error = (chance * (1 - chance) / 100_000).sqrt()
    assert ((spikes.mean(0) - chance).abs() <= 4 * error).all()
    blocks = spikes[:, 3].reshape(1000, 100).sum(1)
    want = 100 * (chance[3] * (1 - chance[3])).item()
    assert blocks.var().item() == pytest.approx(want, rel=0.15)


def test_intervals_between_spikes_forget():
    """P(interval > k) falls by the same factor at every step."""
    times = tasks.poisson_trains(100.0, steps=400_000).nonzero()[:, 0]
    intervals = times.diff()
    for k in (1, 5, 20):
        survive = (intervals > k).float().mean().item()
        assert survive == pytest.approx(math.exp(-0.1 * k), abs=0.01)


@pytest.mark.parametrize(
    "draw",
    [
        lambda seed: tasks.gaussian_clouds(20, seed=seed).x,
        lambda seed: tasks.bars(20, seed=seed).x,
        lambda seed: tasks.moving_bars(20, seed=seed).x,
        lambda seed: tasks.poisson_trains(200.0, 100, seed=seed),
        lambda seed: tasks.patches((torch.rand(9, 9, generator=torch.Generator()),), 3, 20, seed),
    ],
)
def test_a_seed_fixes_the_draw_and_leaves_the_global_one_alone(draw):
    before = torch.get_rng_state()
    assert torch.equal(draw(5), draw(5)) and not torch.equal(draw(5), draw(6))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: tasks.gaussian_clouds(0), "count: got 0"),
        (lambda: tasks.gaussian_clouds(5, spread=-1), "spread: got -1"),
        (lambda: tasks.gaussian_clouds(5, spread=[[1.0]]), "must be \\(2, 2\\)"),
        (lambda: tasks.gaussian_clouds(5, spread=[[1.0, 2.0], [2.0, 1.0]]), "positive definite"),
        (lambda: tasks.gaussian_clouds(5, centres=[1.0, 2.0]), "centres: got shape"),
        (lambda: tasks.bars(5, chance=1.5), "chance: got 1.5"),
        (lambda: tasks.bars(5, size=0), "size: got 0"),
        (lambda: tasks.moving_bars(5, size=4, speed=4), "must be below size, 4"),
        (lambda: tasks.poisson_trains(-1.0, 5), "rate: must be finite and not negative"),
        (lambda: tasks.poisson_trains(float("nan"), 5), "rate: must be finite"),
        (lambda: tasks.poisson_trains(5.0, 5, dt=0), "dt: got 0"),
        (lambda: tasks.patches((torch.zeros(4, 6),), 5, 1), "got 5, the smallest image allows 1"),
        (lambda: tasks.windows(torch.zeros(5), 6, 1), "length, step: got 6, 1"),
    ],
)
def test_wrong_arguments_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_windows_are_slices():
    series = torch.randn(25, 3)
    cut = tasks.windows(series, 8, 5)
    assert cut.shape == (4, 8, 3)
    for k in range(4):
        assert torch.equal(cut[k], series[5 * k : 5 * k + 8])


def test_patches_are_cut_from_everywhere():
    """In an image whose pixels are their places, each place is a corner equally often."""
    image = torch.arange(30.0).reshape(5, 6)
    cut = tasks.patches((image,), 3, 6000)
    corners = cut[:, 0, 0]
    assert torch.equal(cut[:, 1, 2], corners + 8)
    places, counts = corners.unique(return_counts=True)
    assert places.tolist() == [0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15]
    assert (counts - 500).abs().max() < 4 * math.sqrt(500)
    colour = tasks.patches((torch.rand(3, 8, 9), torch.rand(3, 7, 7)), 4, 5)
    assert colour.shape == (5, 3, 4, 4)
