"""Reward-based e-prop: an actor-critic that learns from reward alone, while it acts.

    p(t) = softmax(y_1 .. y_K),     V(t) = y_{K+1}           one read-out for both
    a(t) ~ p(t)                     earns r(t), known at t + 1
    delta(t) = r(t) + gamma V(t + 1) - V(t)                  how much better than expected
    L_j(t)   = sum_k B_jk (p_k(t) - [a(t) = k]) - c B_j,K+1
    F_ji(t)  = gamma F_ji(t - 1) + L_j(t) e_bar_ji(t)
    gradient = sum_t delta(t) F_ji(t)                        to descend

    symbol   meaning                                              shape          unit
    y        read-out of the network, see ``eprop``               (B, K + 1)     reward
    p, V     policy, and value: the reward expected from now on   (B, K), (B,)   -, reward
    a        action, drawn                                        (B,)           -
    r        reward                                               (B,)           reward
    delta    reward-prediction error, the signal of dopamine      (B,)           reward
    e_bar    filtered eligibility                                 (B, N, I + N)  1 / threshold
    B        feedback weights                                     (N, K + 1)     -
    F        what was done, waiting for its reward                (B, N, I + N)  -
    gamma    how much of the next step's reward counts now        ()             -
    c        weight of the value's error                          ()             -

The read-out learns likewise, with the filtered spikes in place of L e_bar. Two factors meet that
come at different times: F tells what the network did, delta, one number for all synapses,
whether that was good. Where no action is asked for (``acting`` 0) only the value learns.

What follows: over an episode the sum of gamma^n delta is the return minus V, so the whole gradient
is that of
    - sum_t (R(t) - V(t)) log p_a(t) + c/2 sum_t (R(t) - V(t))^2,   R the discounted return,
with R - V held fixed in the first sum: REINFORCE with V as baseline. Tested to 1e-6 against
autograd through that, which knows the future, without and with (cut) recurrence. A choice whose cue
is gone and whose reward comes later is learned; without reward, or with its cue hidden, it is not.

Where it differs from the paper: no entropy term; means over the batch.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y, reward-based e-prop
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .eprop import EProp
from .state import EPropState, Gradients


class RewardState(NamedTuple):
    network: EPropState
    value: Tensor  # (B,) V of the last step
    weights: Tensor  # (B, N, I + N) F of the weights
    output: Tensor  # (B, K + 1, N) F of the read-out
    bias: Tensor  # (B, K + 1) F of its bias


class ActorCritic:
    """Lets an ``EProp`` network with one output an action, and one more, act and learn.

    Args:
        network: its loss is not used; its feedback and its rates are.
        gamma: 0 to 1, per step.
        critic: c.

    At each step: ``action, gradients, state = agent.step(x, reward, state, chance)``, where
    ``reward`` is what the step before earned; after the last one ``finish``.
    """

    def __init__(self, network: EProp, gamma: float = 0.99, critic: float = 0.5):
        if len(network.bias) < 2:
            raise ValueError(
                f"network: an output for each action and one for the value are needed, "
                f"got {len(network.bias)}"
            )
        for name, value, high in (("gamma", gamma, 1.0), ("critic", critic, float("inf"))):
            if not isinstance(value, int | float) or not 0 <= value <= high:
                raise ValueError(f"{name}: a number from 0 to {high:g} is needed, got {value!r}")
        self.network, self.gamma, self.critic = network, gamma, critic

    def start(self, batch: int) -> RewardState:
        """Rest, with nothing done."""
        state, zeros = self.network.start(batch), self.network.output.new_zeros
        sizes = self.network.output.shape
        return RewardState(
            state, zeros(batch), state.e_bar, zeros(batch, *sizes), zeros(batch, sizes[0])
        )

    @torch.no_grad()
    def step(
        self,
        x: Tensor,
        reward: Tensor,
        state: RewardState,
        chance: torch.Generator,
        acting: float | Tensor = 1.0,
    ) -> tuple[Tensor, Gradients, RewardState]:
        """Learn from the ``reward`` (B,) of the step before, see ``x`` (B, I), and act.

        ``acting`` is 0 where the action is not asked for, a number or (B,).

        Returns:
            actions (B,), what this step adds to the gradient, and the state.
        """
        if reward.shape != state.value.shape:
            needed, given = tuple(state.value.shape), tuple(reward.shape)
            raise ValueError(f"reward: shape (B,) = {needed} is needed, got {given}")
        y, e, network = self.network.advance(x, state.network)
        value = y[:, -1]
        gradients = self._learned(reward + self.gamma * value - state.value, state)
        gradients, _, network = self.network.regularised(gradients, e, network)

        policy = y[:, :-1].softmax(-1)
        action = torch.multinomial(policy, 1, generator=chance)[:, 0]
        chosen = torch.nn.functional.one_hot(action, policy.shape[1])
        acting = torch.as_tensor(acting, dtype=y.dtype)[..., None]
        critic = torch.full_like(value, -self.critic)[:, None]
        error = torch.cat([acting * (policy - chosen), critic], -1)  # (B, K + 1)
        signal = error @ self.network.feedback.matrix(self.network.output).T
        g, now = self.gamma, network
        return (
            action,
            gradients,
            RewardState(
                network,
                value,
                g * state.weights + signal[..., None] * now.e_bar,
                g * state.output + error[..., None] * now.z_bar[:, None],
                g * state.bias + error,
            ),
        )

    @torch.no_grad()
    def finish(self, reward: Tensor, state: RewardState) -> Gradients:
        """What the last reward (B,) adds: nothing is expected after the end."""
        return self._learned(reward - state.value, state)

    def _learned(self, delta: Tensor, state: RewardState) -> Gradients:
        delta = delta / len(delta)
        weights = self.network.split(torch.einsum("b,bni->ni", delta, state.weights))
        output = torch.einsum("b,bkn->kn", delta, state.output)
        return Gradients(*weights, output, delta @ state.bias)
