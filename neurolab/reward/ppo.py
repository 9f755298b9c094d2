"""Proximal policy optimisation: go where actions were good, but not far from who took them.

    rho  = pi(a | s) / pi_old(a | s)
    gain = min(rho A, clip(rho, 1 - eps, 1 + eps) A)
    loss = -mean gain + value_cost mean (V - target)^2

    symbol    meaning                                                     shape
    rho       how much likelier the action is now than when it was taken  (B,)
    A         advantage, see ``advantages``                               (B,)
    eps       how far rho may move with a gain                            ()
    target    A + V_old                                                   (B,)

Where rho has left the interval in the direction that A favours, the gain is flat: the example
moves the policy no further. One batch may therefore be learned from several times.

What follows, and is tested: at rho = 1 the gradient is that of the policy gradient, A grad log pi;
outside the interval it is 0 on the favoured side and not on the other; on a bandit of one
continuous action it finds the best one.

Where it differs from the paper: no bonus for entropy.

Reference: Schulman, Wolski, Dhariwal, Radford & Klimov (2017), arXiv:1707.06347
"""

from dataclasses import dataclass

from torch import Tensor

from neurolab.core.ops import Value, maximum, minimum


@dataclass(frozen=True)
class PPOParams:
    eps: float = 0.2
    value_cost: float = 0.5

    def __post_init__(self):
        if not 0 < self.eps < 1:
            raise ValueError(f"eps: a number between 0 and 1 is needed, got {self.eps!r}")
        if not 0 <= self.value_cost < float("inf"):
            raise ValueError(f"value_cost: at least 0 is needed, got {self.value_cost!r}")


def clipped_gain(rho: Value, advantage: Value, eps: Value) -> Value:
    """min(rho A, clip(rho) A). Elementwise."""
    kept = minimum(maximum(rho, 1 - eps), 1 + eps)
    return minimum(rho * advantage, kept * advantage)


def ppo_loss(
    log_prob: Tensor,
    old: Tensor,
    advantage: Tensor,
    value: Tensor,
    target: Tensor,
    params: PPOParams = PPOParams(),
) -> Tensor:
    """The loss of a batch (B,): log densities now and then, advantages, values, targets."""
    shapes = {tuple(x.shape) for x in (log_prob, old, advantage, value, target)}
    if len(shapes) > 1:
        raise ValueError(f"ppo_loss: five tensors of one shape are needed, got {sorted(shapes)}")
    gain = clipped_gain((log_prob - old).exp(), advantage, params.eps)
    return params.value_cost * (value - target).square().mean() - gain.mean()
