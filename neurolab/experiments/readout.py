"""A linear read-out: softmax regression on features that learned without labels.

    p(class | f) = softmax(V f / size + b),     size = root mean square of all training features

V and b start at zero and descend the cross-entropy by Adam, in a new order in every epoch, at a
rate that falls linearly to zero. Stops after any epoch and goes on to the same numbers.

Reference: Kingma & Ba (2015), arXiv:1412.6980
"""

import torch
from torch import Tensor, nn


class Readout:
    """Fits labels y (B,) from 0 to ``classes`` - 1 to features f (B, F).

    Args:
        rate: of the first step.
        batch: images a step.
        epochs: after which the rate is zero.
        chance: draws the orders.
    """

    def __init__(
        self,
        f: Tensor,
        y: Tensor,
        *,
        rate: float,
        batch: int,
        epochs: int,
        chance: torch.Generator,
    ):
        self.f, self.y, self.chance = f, y, chance
        self.rate, self.batch, self.epochs, self.done = rate, batch, epochs, 0
        self.size = f.square().mean().sqrt().clamp(min=1e-30)
        self.v = torch.zeros(int(y.max()) + 1, f.shape[1], dtype=f.dtype)
        self.b = torch.zeros(len(self.v), dtype=f.dtype)
        self.adam = torch.optim.Adam([self.v, self.b], rate)

    def epoch(self) -> None:
        """One pass over the features."""
        batches = torch.randperm(len(self.f), generator=self.chance).split(self.batch)
        for k, rows in enumerate(batches):
            self.adam.param_groups[0]["lr"] = self.rate * (
                1 - (self.done + k / len(batches)) / self.epochs
            )
            f = self.f[rows] / self.size
            wrong = self.scores(f).softmax(1)  # p - t, the derivative by the scores
            wrong[torch.arange(len(rows)), self.y[rows]] -= 1
            self.v.grad, self.b.grad = wrong.T @ f / len(f), wrong.mean(0)
            self.adam.step()
        self.done += 1

    def scores(self, f: Tensor) -> Tensor:
        """(B, classes), of features that are divided by ``size``."""
        return nn.functional.linear(f, self.v, self.b)

    def accuracy(self, f: Tensor, y: Tensor) -> float:
        """Fraction of f (B, F) whose largest score is that of their label."""
        return (self.scores(f / self.size).argmax(1) == y).double().mean().item()

    def state(self) -> dict:
        """All that changes: tensors, by name."""
        kept = {"epoch": self.done, "v": self.v.clone(), "b": self.b.clone()}
        for name, weight in (("v", self.v), ("b", self.b)):
            for what, value in self.adam.state[weight].items():
                kept[f"{name} {what}"] = value.clone()
        return kept

    def restore(self, state: dict) -> None:
        """Go on from a ``state``."""
        self.done = state["epoch"]
        for name, weight in (("v", self.v), ("b", self.b)):
            weight.copy_(state[name])
            moments = ("step", "exp_avg", "exp_avg_sq")
            self.adam.state[weight] = {what: state[f"{name} {what}"].clone() for what in moments}
