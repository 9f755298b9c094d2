"""k winners: against a stable sort, with ties; what boosting does to the duty cycles."""

import math

import pytest
import torch

from neurolab.dendrites import (
    KWinners,
    KWinners2d,
    KWinnersParams,
    boost_step,
    kwinners,
    kwinners_2d,
    kwinners_local,
    winners,
)


def by_sorting(x, k):
    """Python's sort is stable, so of equal values the first wins."""
    rows = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        order = sorted(range(len(row)), key=lambda n: -row[n])
        rows.append([n in order[:k] for n in range(len(row))])
    return torch.tensor(rows, dtype=torch.bool).view(x.shape)


@pytest.mark.parametrize("shape", [(1,), (7,), (5, 9), (3, 4, 11)])
@pytest.mark.parametrize("ties", [False, True])
def test_winners_are_those_of_a_stable_sort(shape, ties):
    torch.manual_seed(0)
    for k in range(shape[-1] + 1):
        x = torch.randint(-2, 3, shape).float() if ties else torch.randn(shape)
        found = winners(x, k)
        assert torch.equal(found, by_sorting(x, k))
        assert (found.sum(-1) == k).all()


def test_gradient_passes_through_winners_alone():
    x = torch.randn(4, 10).double().requires_grad_()
    y = kwinners(x, 3)
    slope = torch.randn(4, 10).double()
    (y * slope).sum().backward()
    assert torch.equal(x.grad, slope * by_sorting(x.detach(), 3))
    assert torch.equal(y, x * by_sorting(x.detach(), 3))


def test_pictures_compete_as_a_whole_or_at_each_place():
    x = torch.randn(2, 5, 3, 4)
    whole, local = kwinners_2d(x, 7), kwinners_local(x, 2)
    assert ((whole != 0).sum((1, 2, 3)) == 7).all() and ((local != 0).sum(1) == 2).all()
    assert torch.equal(whole.flatten(1), kwinners(x.flatten(1), 7))
    for h in range(3):
        for w in range(4):
            assert torch.equal(local[:, :, h, w], kwinners(x[:, :, h, w], 2))


def test_a_batch_is_its_rows_and_an_empty_one_stays_empty():
    x = torch.randn(6, 20)
    layer = KWinners(20, 0.25)
    assert torch.equal(layer(x), torch.stack([layer(row[None])[0] for row in x]))
    assert layer(x[:0]).shape == (0, 20)


def test_while_tested_more_may_win():
    layer, x = KWinners(20, 0.25, KWinnersParams(k_test=1.5)), torch.rand(3, 20) + 1
    assert ((layer(x) != 0).sum(1) == 5).all()
    assert ((layer.eval()(x) != 0).sum(1) == 8).all()


def entropy(duty):
    p = duty / duty.sum()
    return -(p * (p + 1e-12).log()).sum().item()


def test_boosting_brings_all_units_into_play():
    """Units of unlike means: without boosting the same few win for ever."""
    torch.manual_seed(1)
    means = torch.linspace(0.5, 2, 40)
    found = {}
    for boost in (0.0, 2.0, 20.0):
        layer = KWinners(40, 0.1, KWinnersParams(boost=boost, period=200))
        wins = torch.zeros(40)
        for _ in range(300):
            y = layer(means + 0.1 * torch.randn(20, 40))
            assert ((y != 0).sum(1) == 4).all()
            wins += (y != 0).sum(0)
        found[boost] = entropy(wins)
        if boost:
            assert layer.duty.mean().item() == pytest.approx(0.1, abs=1e-6)
    assert found[0.0] < 0.6 * math.log(40)
    assert found[0.0] < found[2.0] < found[20.0]
    assert found[20.0] > 0.97 * math.log(40)


def test_the_duty_cycle_is_a_running_mean():
    layer = KWinners(6, 0.5, KWinnersParams(boost=1e-9, period=40))
    seen = []
    for _ in range(4):  # 40 examples: a plain mean of all
        seen.append((layer(torch.randn(10, 6)) != 0).float())
    torch.testing.assert_close(layer.duty, torch.cat(seen).mean(0))
    before, last = layer.duty.clone(), (layer(torch.randn(10, 6)) != 0).float().mean(0)
    torch.testing.assert_close(layer.duty, before + 0.25 * (last - before))
    layer.eval()(torch.randn(10, 6))
    torch.testing.assert_close(layer.duty, before + 0.25 * (last - before))


def test_channels_of_a_picture_share_a_duty_cycle():
    layer = KWinners2d(3, 0.2, KWinnersParams(boost=1.0))
    y = layer(torch.rand(8, 3, 5, 5) + 0.1)
    torch.testing.assert_close(layer.duty, (y != 0).float().mean((0, 2, 3)))


def test_boosting_decides_and_does_not_change_values_and_fades():
    assert boost_step(2.0, 0.3, 0.1, 5.0) == pytest.approx(2 * math.exp(-1))
    layer = KWinners(4, 0.25, KWinnersParams(boost=50.0, boost_decay=0.5))
    layer.duty.copy_(torch.tensor([1.0, 0.0, 0.5, 0.5]))
    y = layer(torch.tensor([[1.0, 0.9, 0.8, 0.7]]))
    assert y[0].tolist() == pytest.approx([0, 0.9, 0, 0])
    layer.fade()
    assert layer.strength.item() == 25


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: winners(torch.rand(3, 5), 6), "k: a whole number from 0 to 5"),
        (lambda: winners(torch.rand(3, 5), 2.0), "k: a whole number"),
        (lambda: winners(torch.tensor([1.0, math.nan]), 1), "x: finite numbers"),
        (lambda: winners(torch.tensor(1.0), 0), "x: at least one dimension"),
        (lambda: kwinners_2d(torch.rand(3, 5), 1), "shape \\(B, C, H, W\\)"),
        (lambda: KWinners(5, 0.0), "density"),
        (lambda: KWinners(5, 0.5)(torch.rand(2, 6)), "x: shape"),
        (lambda: KWinnersParams(period=0), "period"),
        (lambda: KWinnersParams(boost=-1), "boost"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
