"""Advantages against the sum written out, and where their value is known."""

import pytest
import torch

from neurolab.reward import advantages


def some(steps=7, batch=3, seed=0):
    chance = torch.Generator().manual_seed(seed)
    draw = (torch.randn(steps, batch, generator=chance, dtype=torch.float64) for _ in range(2))
    return *draw, torch.randn(batch, generator=chance, dtype=torch.float64)


@pytest.mark.parametrize(("gamma", "trace"), [(0.9, 0.8), (1.0, 1.0), (0.5, 0.0), (0.0, 0.7)])
def test_equals_the_sum_written_out(gamma, trace):
    reward, value, last = some()
    follows = torch.cat([value[1:], last[None]])
    by_hand = torch.zeros_like(reward)
    for t in range(len(reward)):
        for k in range(t, len(reward)):
            surprise = reward[k] + gamma * follows[k] - value[k]
            by_hand[t] += (gamma * trace) ** (k - t) * surprise
    torch.testing.assert_close(advantages(reward, value, last, gamma, trace), by_hand)


def test_with_lambda_1_values_in_between_cancel():
    reward, value, last = some()
    gamma, steps = 0.9, len(reward)
    came = last * gamma**steps + sum(gamma**k * reward[k] for k in range(steps))
    torch.testing.assert_close(advantages(reward, value, last, gamma, 1.0)[0], came - value[0])
    other = value.clone()
    other[3] += 5
    found = advantages(reward, other, last, gamma, 1.0)
    torch.testing.assert_close(found[0], came - value[0])


def test_exact_values_leave_no_surprise():
    reward, _, last = some()
    value, ahead = torch.empty_like(reward), last
    for t in reversed(range(len(reward))):
        ahead = reward[t] + 0.9 * ahead
        value[t] = ahead
    found = advantages(reward, value, last, 0.9, 0.5)
    torch.testing.assert_close(found, torch.zeros_like(found))


def test_nothing_lasted_and_bad_input():
    empty = torch.zeros(0, 3)
    assert advantages(empty, empty, torch.zeros(3)).shape == (0, 3)
    reward, value, last = some()
    with pytest.raises(ValueError, match="reward, value, last"):
        advantages(reward, value[1:], last)
    with pytest.raises(ValueError, match="trace"):
        advantages(reward, value, last, trace=1.5)
