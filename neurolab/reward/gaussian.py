"""A policy that draws its action from a normal distribution around what a network says.

    a = mu(s) + sigma xi
    log pi(a | s) = sum_i -((a_i - mu_i) / sigma_i)^2 / 2 - log sigma_i - log(2 pi) / 2

    symbol    meaning                                             shape
    mu        what the network says                               (B, A)
    sigma     deviation, one for each action whatever the state   (A,)
    xi        independent standard normal numbers                 (B, A)
    a         action, not limited                                 (B, A)

What follows, and is tested: the density is torch.distributions'; the mean over draws of
grad log pi is 0; drawn actions have the mean and deviation asked for.

Reference: Williams (1992), doi:10.1007/BF00992696
"""

import math

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp


def log_density(a: Value, mean: Value, log_sigma: Value) -> Value:
    """Logarithm of the normal density at a. Elementwise."""
    off = (a - mean) * exp(-log_sigma)
    return -0.5 * off * off - log_sigma - 0.5 * math.log(2 * math.pi)


class GaussianPolicy(nn.Module):
    """mu from a network, sigma learned beside it.

    Args:
        net: from whatever it is given to mu (B, A).
        actions: A.
        log_sigma: the first one.
    """

    def __init__(self, net: nn.Module, actions: int, log_sigma: float = -0.5):
        super().__init__()
        if not isinstance(actions, int) or actions < 1:
            raise ValueError(f"actions: a whole number of at least 1 is needed, got {actions!r}")
        self.net = net
        self.log_sigma = nn.Parameter(torch.full((actions,), float(log_sigma)))

    def forward(self, *given: Tensor) -> Tensor:
        """mu (B, A)."""
        return self.net(*given)

    def draw(self, chance: torch.Generator, *given: Tensor) -> tuple[Tensor, Tensor]:
        """An action (B, A) and the logarithm of its density (B,), without a gradient."""
        with torch.no_grad():
            mean = self.net(*given)
            xi = torch.randn(mean.shape, generator=chance, dtype=mean.dtype)
            action = mean + self.log_sigma.exp() * xi
            return action, log_density(action, mean, self.log_sigma).sum(-1)

    def log_prob(self, action: Tensor, *given: Tensor) -> Tensor:
        """log pi (B,) of actions (B, A)."""
        return log_density(action, self.net(*given), self.log_sigma).sum(-1)
