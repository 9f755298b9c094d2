"""The policy's density, the clipped gain, and both on a bandit whose best action is known."""

import pytest
import torch
from torch import nn

from neurolab.reward import GaussianPolicy, PPOParams, clipped_gain, log_density, ppo_loss


class Fixed(nn.Module):
    """mu whatever is seen."""

    def __init__(self, *mu):
        super().__init__()
        self.mu = nn.Parameter(torch.tensor(mu))

    def forward(self, s):
        return self.mu.expand(len(s), -1)


def test_density_is_torch_s():
    chance = torch.Generator().manual_seed(0)
    a, mean, log_sigma = torch.randn(3, 50, generator=chance, dtype=torch.float64)
    theirs = torch.distributions.Normal(mean, log_sigma.exp()).log_prob(a)
    torch.testing.assert_close(log_density(a, mean, log_sigma), theirs)
    assert log_density(a[0].item(), mean[0].item(), log_sigma[0].item()) == pytest.approx(
        theirs[0].item(), rel=1e-12
    )


def test_draws_have_the_mean_and_deviation_and_no_score_on_average():
    policy, seen = GaussianPolicy(Fixed(0.3, -0.7), 2), torch.zeros(40_000, 1)
    action, old = policy.draw(torch.Generator().manual_seed(1), seen)
    sigma = policy.log_sigma.exp().detach()
    torch.testing.assert_close(action.mean(0), policy.net.mu.detach(), atol=0.015, rtol=0)
    torch.testing.assert_close(action.std(0), sigma, atol=0.015, rtol=0)
    torch.testing.assert_close(policy.log_prob(action, seen), old)
    policy.log_prob(action, seen).mean().backward()
    assert policy.net.mu.grad.abs().max() < 0.03
    assert policy.log_sigma.grad.abs().max() < 0.03


def test_at_first_it_is_the_policy_gradient():
    policy, seen = GaussianPolicy(Fixed(0.3, -0.7), 2), torch.zeros(20, 1)
    chance = torch.Generator().manual_seed(2)
    action, old = policy.draw(chance, seen)
    better, zero = torch.randn(20, generator=chance), torch.zeros(20)
    ppo_loss(policy.log_prob(action, seen), old, better, zero, zero).backward()
    by_hand = -(better[:, None] * (action - policy.net.mu) / policy.log_sigma.exp() ** 2).mean(0)
    torch.testing.assert_close(policy.net.mu.grad, by_hand.detach())


@pytest.mark.parametrize(
    ("rho", "advantage", "slope"),
    [(1.1, 2.0, 2.0), (1.3, 2.0, 0.0), (0.7, 2.0, 2.0), (0.7, -2.0, 0.0), (1.3, -2.0, -2.0)],
)
def test_the_gain_is_flat_on_the_favoured_side_alone(rho, advantage, slope):
    x = torch.tensor(rho, requires_grad=True)
    clipped_gain(x, torch.tensor(advantage), 0.2).backward()
    assert x.grad == slope
    by_hand = min(rho * advantage, min(max(rho, 0.8), 1.2) * advantage)
    assert clipped_gain(rho, advantage, 0.2) == pytest.approx(by_hand)


def test_finds_the_best_action_of_a_bandit():
    """Reward -(a - 0.6)^2: the mean goes to 0.6, and the deviation falls."""
    policy, chance = GaussianPolicy(Fixed(-0.5), 1), torch.Generator().manual_seed(3)
    adam, seen = torch.optim.Adam(policy.parameters(), 0.02), torch.zeros(256, 1)
    for _ in range(60):
        action, old = policy.draw(chance, seen)
        reward = -(action[:, 0] - 0.6).square()
        better = (reward - reward.mean()) / reward.std()
        for _ in range(4):
            said = policy.log_prob(action, seen)
            loss = ppo_loss(said, old, better, torch.zeros(256), torch.zeros(256))
            adam.zero_grad()
            loss.backward()
            adam.step()
    assert policy.net.mu.item() == pytest.approx(0.6, abs=0.05)
    assert policy.log_sigma.item() < -1.2


def test_values_are_pulled_to_their_targets():
    value = torch.tensor([1.0, 2.0], requires_grad=True)
    zero = torch.zeros(2)
    ppo_loss(zero, zero, zero, value, zero, PPOParams(value_cost=0.5)).backward()
    torch.testing.assert_close(value.grad, torch.tensor([0.5, 1.0]))


def test_bad_input():
    zero = torch.zeros(2)
    with pytest.raises(ValueError, match="one shape"):
        ppo_loss(zero, zero, zero, zero[:, None], zero)
    with pytest.raises(ValueError, match="eps"):
        PPOParams(eps=0)
    with pytest.raises(ValueError, match="actions"):
        GaussianPolicy(Fixed(0.0), 0)
