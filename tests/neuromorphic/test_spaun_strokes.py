"""Strokes, ink and the reader against closed forms and real digits."""

import pytest
import torch

from neurolab import tasks
from neurolab.neuromorphic.spaun_strokes import (
    POINTS,
    correlation,
    fit,
    glyphs,
    ink,
    pen,
    read,
    templates,
    tents,
)

WIDTH = 0.17


def test_tents_sum_to_one_and_peak_at_their_points():
    phase = torch.linspace(0, 1, 101)
    torch.testing.assert_close(tents(phase).sum(1), torch.ones(101))
    at = torch.arange(POINTS) / (POINTS - 1)
    torch.testing.assert_close(tents(at), torch.eye(POINTS), atol=1e-5, rtol=0)


def test_the_pen_passes_its_points_in_straight_lines():
    via = torch.randn(1, 4, 2)
    path = pen(via, samples=7)[0]
    torch.testing.assert_close(path[::2], via[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(path[1], via[0, :2].mean(0), atol=1e-5, rtol=0)


def test_ink_of_an_upright_stroke_is_a_gaussian_of_the_distance():
    """On the left half, through all rows: column k is |x_k + 0.5| away."""
    upright = torch.stack([torch.full((200,), -0.5), torch.linspace(-1, 1, 200)], 1)[None]
    picture = ink(upright, 16, WIDTH)[0]
    x = (torch.arange(16) + 0.5) / 8 - 1
    wanted = (-(x + 0.5).square() / (2 * WIDTH**2)).exp()
    torch.testing.assert_close(picture, wanted.expand(16, 16), atol=1e-3, rtol=0)


def test_up_is_up():
    top = ink(torch.tensor([[[0.0, 0.9], [0.1, 0.9]]]), 8, WIDTH)[0]
    assert top[0].sum() > 10 * top[7].sum()


def test_a_fit_finds_what_was_drawn():
    start = templates()[[2, 7]]
    drawn = start * torch.tensor([0.7, 0.9]) + torch.tensor([0.12, -0.05])
    picture = ink(pen(drawn), 8, WIDTH)
    found = ink(pen(fit(picture, start, WIDTH)), 8, WIDTH)
    before = (ink(pen(start), 8, WIDTH) - picture).square().mean()
    assert (found - picture).square().mean() < before / 8


def test_the_reader_reads_digits_that_it_does_not_know_and_templates():
    x, y = tasks.load("digits", split="train")
    other, digit = tasks.load("digits", split="test")
    assert (read(other[:200], x, y) == digit[:200]).float().mean() > 0.93
    assert read(ink(pen(templates()), 8, WIDTH), x, y).tolist() == list(range(10))
    mixed = torch.randperm(len(y), generator=torch.Generator().manual_seed(0))
    assert (read(other[:200], x, y[mixed]) == digit[:200]).float().mean() < 0.3


def test_correlation_is_that_of_pixels():
    a, b = torch.rand(3, 8, 8), torch.rand(3, 8, 8)
    for k in range(3):
        wanted = torch.corrcoef(torch.stack([a[k].flatten(), b[k].flatten()]))[0, 1]
        torch.testing.assert_close(correlation(a, b)[k], wanted)


def test_letters_are_drawn_by_chance_that_is_given():
    once, again, other = (
        glyphs("R", 3, 8, WIDTH, torch.Generator().manual_seed(s)) for s in (0, 0, 1)
    )
    assert torch.equal(once, again) and not torch.equal(once, other)
    assert correlation(once[:1], once[1:2]) > 0.4


def test_a_fit_refuses_another_number_of_templates():
    with pytest.raises(ValueError, match=r"x: .*B = 3"):
        fit(torch.zeros(2, 8, 8), templates()[:3], WIDTH)
