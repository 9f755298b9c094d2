"""How a network is told its task: what differs between tasks, and what does not."""

import pytest
import torch
from torch import nn

from neurolab.dendrites import DendriticNetwork
from neurolab.reward import Told


def test_by_context_it_is_the_network_with_one_hot_contexts():
    torch.manual_seed(0)
    net = DendriticNetwork(5, [16, 16], 2, 4, 3, 0.25)
    told, s, task = Told(net, 3, True), torch.randn(6, 5), torch.tensor([0, 1, 2, 2, 1, 0])
    one_by_one = [net(x[None], torch.eye(3)[k])[0] for x, k in zip(s, task, strict=True)]
    torch.testing.assert_close(told(s, task), torch.stack(one_by_one))
    sums = []
    net.sums[0].register_forward_hook(lambda module, given, found: sums.append(found))
    told(s, task)
    told(s, task.flip(0).roll(1))
    assert torch.equal(*sums), "what comes from below does not know the task"
    assert not torch.equal(told(s, task), told(s, task.flip(0).roll(1)))


def test_beside_a_task_is_a_bias():
    torch.manual_seed(0)
    net = nn.Linear(5 + 3, 2)
    told, s = Told(net, 3, False), torch.randn(6, 5)
    by_task = [told(s, torch.full((6,), k)) for k in range(3)]
    apart = by_task[1] - by_task[0]
    torch.testing.assert_close(apart, (net.weight[:, 6] - net.weight[:, 5]).expand(6, 2))


def test_bad_input():
    told = Told(nn.Linear(8, 2), 3, False)
    with pytest.raises(ValueError, match="task"):
        told(torch.zeros(4, 5), torch.zeros(3, dtype=torch.int64))
    with pytest.raises(ValueError, match="tasks"):
        Told(nn.Linear(8, 2), 0, False)
