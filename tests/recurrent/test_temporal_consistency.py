"""The price of change: closed forms of states that stand, move evenly, or fade."""

import pytest
import torch

from neurolab.recurrent import temporal_consistency


def test_what_stands_still_is_free_and_what_moves_pays_its_speed_squared():
    still = torch.randn(1, 3, 5, dtype=torch.float64).expand(8, 3, 5)
    assert temporal_consistency(still) == 0
    t = torch.arange(8, dtype=torch.float64)[:, None, None]
    moving = 0.3 * t * torch.tensor([1.0, -1.0], dtype=torch.float64) + torch.ones(1, 4, 2)
    assert temporal_consistency(moving).item() == pytest.approx(0.09)


def test_a_fading_state_pays_by_the_closed_form_and_is_pulled_to_hold():
    a = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    t = torch.arange(6, dtype=torch.float64)
    price = temporal_consistency((a**t)[:, None, None])
    expected = (1 - 0.8) ** 2 * (0.8 ** (2 * t[:-1])).mean()
    assert price.item() == pytest.approx(expected.item())
    (slope,) = torch.autograd.grad(price, a)
    assert slope < 0  # a larger a is cheaper


def test_only_changes_inside_the_delay_count():
    h = torch.zeros(6, 2, 3)
    h[0], h[5] = 100.0, -100.0
    h[3] = 1.0  # the changes 2 -> 3 and 3 -> 4 lie in the delay
    rest = torch.tensor([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    assert temporal_consistency(h, rest).item() == pytest.approx(2 / 3)
    apart = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    assert temporal_consistency(h, apart).item() == pytest.approx(1.0)


def test_wrong_arguments_are_refused_by_name():
    for h in (torch.zeros(4, 3), torch.zeros(1, 2, 3)):
        with pytest.raises(ValueError, match="h:"):
            temporal_consistency(h)
    h = torch.zeros(4, 2, 3)
    with pytest.raises(ValueError, match="rest"):
        temporal_consistency(h, torch.ones(5))
    with pytest.raises(ValueError, match="rest"):
        temporal_consistency(h, torch.tensor([1.0, 0.0, 1.0, 0.0]))
