"""The adapter to MT10; all but the first two need the package and skip where it is missing."""

import sys

import pytest
import torch

from neurolab.dendrites import DendriticNetwork
from neurolab.reward import GaussianPolicy, Told
from neurolab.tasks.mt10 import ACTIONS, MT10, SEEN, mt10


@pytest.fixture(scope="module")
def world():
    pytest.importorskip("metaworld")
    found = mt10(seed=0)
    yield found
    found.close()


def test_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "metaworld", None)
    with pytest.raises(ModuleNotFoundError, match="metaworld"):
        mt10()


class Sliding:
    """A simulation that adds up its actions."""

    def reset(self):
        self.at = torch.zeros(4, dtype=torch.float64)
        return torch.zeros(SEEN).numpy(), {}

    def step(self, action):
        self.at += torch.as_tensor(action)
        seen = torch.zeros(SEEN, dtype=torch.float64)
        seen[:4] = self.at
        return seen.numpy(), float(self.at[0]), False, False, {"success": float(self.at[1] > 0)}


def test_hands_on_actions_and_answers():
    """With stand-ins for the simulations, so that it is tested without the package too."""
    world = MT10(["a", "b"], [Sliding(), Sliding()])
    with pytest.raises(ValueError, match="start first"):
        world.step(torch.zeros(2, ACTIONS))
    assert torch.equal(world.start(), torch.zeros(2, SEEN))
    action = torch.tensor([[0.5, 0.25, 0, 0], [9.0, -9, 0, 0]])
    seen, reward, met = world.step(action)
    assert torch.equal(seen[:, :2], torch.tensor([[0.5, 0.25], [1.0, -1.0]])), "kept in -1 to 1"
    assert reward.tolist() == [0.5, 1.0] and met.tolist() == [True, False]
    with pytest.raises(ValueError, match="action"):
        world.step(torch.zeros(3, ACTIONS))


def test_the_policy_of_our_own_tasks_acts_in_it(world):
    net = DendriticNetwork(SEEN, [32, 32], ACTIONS, 10, 10, 0.25)
    policy, chance = GaussianPolicy(Told(net, 10, True), ACTIONS), torch.Generator().manual_seed(0)
    seen = world.start()
    for _ in range(3):
        action, _ = policy.draw(chance, seen, world.task)
        seen, reward, met = world.step(action)
    assert seen.shape == (10, SEEN) and seen.isfinite().all() and reward.isfinite().all()
    assert met.dtype == torch.bool and not met.any()
    assert len(world.names) == 10 and world.names[0] == "reach-v3"


def test_one_seed_one_start(world):
    first = world.start()
    other = mt10(seed=0)
    torch.testing.assert_close(first, other.start())
    other.close()


def test_a_policy_of_its_authors_meets_its_task(world):
    policies = pytest.importorskip("metaworld.policies")
    reach, seen = policies.SawyerReachV3Policy(), world.start()
    done = False
    for _ in range(150):
        action = torch.zeros(10, ACTIONS)
        action[0] = torch.as_tensor(reach.get_action(seen[0].double().numpy()))
        seen, _, met = world.step(action)
        done = done or bool(met[0])
    assert done and not met[1:].all()
