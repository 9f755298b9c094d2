"""Reward-based e-prop against REINFORCE that knows the future, and on a delayed choice."""

import pytest
import torch

from neurolab.eprop import ActorCritic, EProp
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent
from tests.eprop.networks import KINDS, B, T, equal, inputs, learned, network, unrolled, weights

GAMMA, CRITIC, ACTIONS = 0.95, 0.3, 3


def episode(agent, x, rewards, acting):
    """Actions (T, B); gradients are accumulated."""
    state, chance, actions = agent.start(B), torch.Generator().manual_seed(3), []
    earned = torch.zeros(B).double()
    for x_t, reward, acts in zip(x, rewards, acting, strict=True):
        action, gradients, state = agent.step(x_t, earned, state, chance, acts)
        agent.network.accumulate(gradients)
        actions.append(action)
        earned = reward[torch.arange(B), action]
    agent.network.accumulate(agent.finish(earned, state))
    return torch.stack(actions)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("recurrent", [False, True])
def test_is_reinforce_with_a_baseline(kind, recurrent):
    net, x = network(kind, recurrent, ACTIONS + 1), inputs()
    rewards = torch.randn(T, B, ACTIONS).double()
    acting = (torch.rand(T, B) < 0.5).double()
    actions = episode(ActorCritic(net, GAMMA, CRITIC), x, rewards, acting)

    y, z = unrolled(net, x)
    assert z.sum((0, 1)).min() > 2, "a silent neuron would make this test empty"
    log_p, value, returns, rest = y[..., :-1].log_softmax(-1), y[..., -1], [], 0.0
    for reward, action in zip(rewards.flip(0), actions.flip(0), strict=True):
        rest = reward.gather(1, action[:, None])[:, 0] + GAMMA * rest
        returns.append(rest)
    surprise = torch.stack(returns[::-1]) - value
    chosen = log_p.gather(-1, actions[..., None])[..., 0]
    loss = -(surprise.detach() * chosen * acting) + CRITIC / 2 * surprise.square()
    wanted = torch.autograd.grad(loss.mean(1).sum(), weights(net), allow_unused=True)
    found = learned(net)
    names = ["weight", "raw", "output", "bias"]
    for k in range(4) if recurrent else (0, 2, 3):
        equal([found[k]], [wanted[k]], [names[k]])


def delayed_choice(updates, seed, hidden=False, rewarded=True, batch=32):
    """Mean reward of the last quarter: a cue of 20 ms, 30 ms of delay, a choice, 5 ms, reward."""
    torch.manual_seed(seed)
    neurons = Neurons(NEURONS["alif"], ALIFParams(tau=20.0, tau_a=100.0, beta=0.3))
    net = EProp(Recurrent(9, 20, neurons), 3)
    agent, chance = ActorCritic(net, 0.98, 0.5), torch.Generator().manual_seed(seed)
    optimizer, earned = torch.optim.Adam(net.parameters(), 0.01), []
    with torch.no_grad():
        net.layer.weight.mul_(4.0)
        net.output.mul_(0.2)
    for _ in range(updates):
        arm = torch.randint(2, (batch,), generator=chance)
        state, reward = agent.start(batch), torch.zeros(batch)
        optimizer.zero_grad()
        for t in range(56):
            x = torch.zeros(batch, 9)
            if t < 20 and not hidden:
                x[:, :4], x[:, 4:8] = (arm == 0)[:, None], (arm == 1)[:, None]
            x[:, 8] = t >= 45
            x = (torch.rand(batch, 9, generator=chance) < 0.3 * x).float()
            action, gradients, state = agent.step(x, reward, state, chance, float(t == 50))
            net.accumulate(gradients)
            if t == 50:
                right = (action == arm).float()
            reward = right * rewarded if t == 54 else torch.zeros(batch)
        earned.append(right.mean())
        optimizer.step()
    return float(torch.stack(earned[-updates // 4 :]).mean())


@pytest.mark.slow
def test_a_delayed_choice_is_learned_from_reward():
    assert delayed_choice(200, seed=0) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("control", [{"hidden": True}, {"rewarded": False}])
def test_without_cue_or_reward_it_is_chance(control):
    assert 0.4 < delayed_choice(80, seed=0, **control) < 0.6


def test_wrong_settings_and_rewards_are_refused():
    net = network("lif")
    with pytest.raises(ValueError, match="gamma: a number from 0 to 1"):
        ActorCritic(net, gamma=1.1)
    with pytest.raises(ValueError, match="critic: a number"):
        ActorCritic(net, critic=-1.0)
    with pytest.raises(ValueError, match="network: an output for each action"):
        ActorCritic(EProp(Recurrent(2, 3), 1))
    agent = ActorCritic(net)
    with pytest.raises(ValueError, match="reward: shape"):
        agent.step(inputs()[0], torch.zeros(B, 1), agent.start(B), torch.Generator())
