"""Generalised advantage estimation: how much better an action was than expected.

    delta_t = r_t + gamma V(s_t+1) - V(s_t)                       a surprise
    A_t     = delta_t + gamma lambda A_t+1                        = sum_k (gamma lambda)^k delta_t+k

    symbol    meaning                                             shape
    r         reward of step t                                    (T, B)
    V         value expected of the state before step t           (T, B), after the last (B,)
    A         advantage                                           (T, B)
    gamma     what a reward one step later is worth               ()
    lambda    0: one surprise alone; 1: all that came             ()

A + V is the target of the value. Where an episode ends with step T, the value after it is 0.

What follows, and is tested: equal to the sum written out; with lambda 1 it is the discounted sum
of rewards minus V, whatever V is in between; with lambda 0 one surprise; with exact values of a
chain all advantages are 0.

Reference: Schulman, Moritz, Levine, Jordan & Abbeel (2015), arXiv:1506.02438
"""

import torch
from torch import Tensor

from neurolab.core.ops import Value


def surprise_step(reward: Value, value: Value, following: Value, gamma: Value) -> Value:
    """What came beyond what was expected, of one step."""
    return reward + gamma * following - value


def advantages(
    reward: Tensor, value: Tensor, last: Tensor, gamma: float = 0.99, trace: float = 0.95
) -> Tensor:
    """A (T, B) of rewards and values (T, B), and the value (B,) after the last step.

    Args:
        reward, value, last: as above.
        gamma: 0 to 1.
        trace: lambda, 0 to 1.
    """
    if reward.shape != value.shape or reward.ndim != 2 or last.shape != reward.shape[1:]:
        given = f"{tuple(reward.shape)}, {tuple(value.shape)} and {tuple(last.shape)}"
        raise ValueError(f"reward, value, last: (T, B), (T, B) and (B,) are needed, got {given}")
    for name, number in (("gamma", gamma), ("trace", trace)):
        if not 0 <= number <= 1:
            raise ValueError(f"{name}: 0 to 1 is allowed, got {number}")
    found, follows, ahead = [], last, torch.zeros_like(last)
    for r, v in zip(reversed(reward.unbind()), reversed(value.unbind()), strict=True):
        ahead = surprise_step(r, v, follows, gamma) + gamma * trace * ahead
        found.append(ahead)
        follows = v
    return torch.stack(found[::-1]) if found else torch.zeros_like(reward)
