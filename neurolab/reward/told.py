"""One network for many tasks: how it is told which.

    by context    y = net(s, table, task)         the task's row of the table goes to the dendrites
    beside        y = net([s, table[task]])       the row is put beside what is seen

    symbol    meaning                              shape
    s         what is seen, of any task            (B, I)
    task      which one                            (B,)
    table     one code a task, here one-hot        (K, K)

What follows, and is tested: by context the first sums of all tasks are the same; beside they
differ by a bias of the task.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042 (by context, beside an
MLP that is told the other way)
"""

import torch
from torch import Tensor, nn


class Told(nn.Module):
    """A network told its task, from (s, task) to (B, O).

    Args:
        net: takes s, a table and rows of it (``DendriticNetwork`` does), or s with K more numbers.
        tasks: K.
        by_context: which of the two.
    """

    def __init__(self, net: nn.Module, tasks: int, by_context: bool):
        super().__init__()
        if not isinstance(tasks, int) or tasks < 1:
            raise ValueError(f"tasks: a whole number of at least 1 is needed, got {tasks!r}")
        self.net, self.by_context = net, by_context
        self.register_buffer("table", torch.eye(tasks), persistent=False)

    def forward(self, s: Tensor, task: Tensor) -> Tensor:
        if task.shape != s.shape[:1] or task.is_floating_point():
            given = f"{tuple(task.shape)} of {task.dtype}"
            raise ValueError(f"task: ({len(s)},) whole numbers are needed, got {given}")
        if self.by_context:
            return self.net(s, self.table, task)
        return self.net(torch.cat([s, self.table[task]], 1))
