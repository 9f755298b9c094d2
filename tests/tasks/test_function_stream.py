"""A stream of examples: the functions told again, and what the spikes say of them."""

import math

import pytest
import torch

from neurolab import tasks

SMALL = {"samples": 12, "sample": 10, "population": 8}


def by_centre_of_mass(found, samples, population):
    """The three numbers (S, B, 3) that the spikes tell; not a number where none is there."""
    counts = found.x.reshape(samples, -1, found.x.shape[1], 3, population).sum(1)
    preferred = torch.linspace(-1, 1, population)
    return (counts * preferred).sum(-1) / counts.sum(-1)


def test_the_spikes_tell_the_point_and_the_answer_before():
    found = tasks.function_stream(200, **SMALL, rate=1000.0, seed=1)
    told = by_centre_of_mass(found, 12, 8)
    inner = found.point.abs() < 0.7  # at the ends the curve is cut off
    assert (told[..., :2] - found.point)[inner].abs().mean() < 0.1
    before = 2 * found.y[:-1] - 1
    inner = before.abs() < 0.7
    assert (told[1:, :, 2] - before)[inner].abs().mean() < 0.1
    assert told[0, :, 2].isnan().all(), "nothing is known before the first answer"


def test_each_episode_has_one_function_and_every_episode_another():
    """Smooth in the point within an episode: near points have near answers; across, they do not."""
    found = tasks.function_stream(50, samples=200, sample=1, population=2, seed=2)
    within, across = [], []
    for b in range(50):
        apart = torch.cdist(found.point[:, b], found.point[:, b]).fill_diagonal_(9.0)
        nearest = apart.argmin(1)
        within.append((found.y[:, b] - found.y[nearest, b]).square().mean())
        other = torch.cdist(found.point[:, b], found.point[:, b - 1]).argmin(1)
        across.append((found.y[:, b] - found.y[other, b - 1]).square().mean())
    assert torch.stack(within).mean() < 0.1 * torch.stack(across).mean()
    assert found.y.min() >= 0 and found.y.max() <= 1


def test_functions_are_odd_about_one_half_on_average():
    """Signs of v are fair, so no answer can be known before the first example."""
    y = tasks.function_stream(20000, samples=1, sample=1, population=2, seed=3).y
    assert abs(y.mean().item() - 0.5) < 4 * y.std().item() / math.sqrt(y.numel())


def test_the_seed_alone_decides():
    one, two = (tasks.function_stream(3, **SMALL, seed=4) for _ in range(2))
    other = tasks.function_stream(3, **SMALL, seed=5)
    for a, b in zip(one, two, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.y, other.y)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"samples": 0}, "samples: a whole number from 1"),
        ({"population": 1}, "population: a whole number from 2"),
        ({"sample": 1.5}, "sample: a whole number from 1 is needed, got 1.5"),
        ({"rate": -1.0}, "rate: a number above 0 is needed, got -1.0"),
        ({"strength": 0}, "strength: a number above 0"),
    ],
)
def test_wrong_settings_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        tasks.function_stream(2, **{**SMALL, **changed})
