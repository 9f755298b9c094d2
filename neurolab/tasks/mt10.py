"""Meta-World's MT10: ten tasks of a robot arm, behind the same few words as our own ten.

    world = mt10(seed=0)                          ten simulations, one a task
    seen, task = world.start(), world.task        (10, 39) and (10,)
    seen, reward, met = world.step(policy(seen, task))

    symbol    meaning                                              shape
    seen      the arm's hand, objects, both a step ago, and goal   (10, 39) float32
    action    where the hand is to go, and the gripper's effort    (10, 4), kept in -1 to 1
    reward    Meta-World's own, shaped                             (10,)
    met       its mark of success, in this step                    (10,)

The package ``metaworld`` brings a simulator of its own and is imported by ``mt10`` alone; nothing
else here needs it. The simulations run one after the other on the processor: an action takes about
a millisecond, a hundred times as long as one of ``reach``.

What follows, and is tested where the package is installed: shapes, the order of the tasks, one seed
gives one start, and a policy of its authors meets its task through the adapter.

References: Yu et al. (2019), arXiv:1910.10897; McLean et al. (2025), arXiv:2505.11289 (the version
of the package)
"""

from typing import Any

import torch
from torch import Tensor

SEEN, ACTIONS, STEPS = 39, 4, 500  # of an episode


class MT10:
    """Ten simulations, in the order of their ``names``; ``task`` (10,) tells which is which."""

    def __init__(self, names: list[str], simulations: list[Any]):
        self.names, self.simulations = names, simulations
        self.task, self.left = torch.arange(len(names)), 0

    def start(self) -> Tensor:
        """All back to their first state: what is seen, (10, 39)."""
        self.left = STEPS
        return self._seen([one.reset()[0] for one in self.simulations])

    def step(self, action: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One action (10, 4) each: what is seen, the reward, and whether it is done (booleans)."""
        if action.shape != (len(self.names), ACTIONS):
            needed, got = (len(self.names), ACTIONS), tuple(action.shape)
            raise ValueError(f"action: shape {needed} is needed, got {got}")
        if self.left < 1:
            raise ValueError(f"step: call start first; an episode ends after {STEPS} actions")
        self.left -= 1
        pushes = action.detach().clamp(-1, 1).double().numpy()
        found = [one.step(push) for one, push in zip(self.simulations, pushes, strict=True)]
        reward = torch.tensor([float(f[1]) for f in found])
        met = torch.tensor([bool(f[4]["success"]) for f in found])
        return self._seen([f[0] for f in found]), reward, met

    def _seen(self, rows: list[Any]) -> Tensor:
        return torch.stack([torch.as_tensor(row).float() for row in rows])

    def close(self) -> None:
        for one in self.simulations:
            one.close()


def mt10(seed: int = 0) -> MT10:
    """Ten simulations; the seed decides where objects and goals are.

    Raises:
        ModuleNotFoundError: the package ``metaworld`` is not installed.
    """
    try:
        import metaworld
    except ModuleNotFoundError as problem:
        if problem.name != "metaworld":
            raise
        text = "mt10 needs the package metaworld (3.0 or newer): pip install metaworld"
        raise ModuleNotFoundError(text, name="metaworld") from problem
    benchmark = metaworld.MT10(seed=seed)
    names, simulations = list(benchmark.train_classes), []
    for name in names:
        one = benchmark.train_classes[name]()
        one.set_task(next(t for t in benchmark.train_tasks if t.env_name == name))
        simulations.append(one)
    return MT10(names, simulations)
