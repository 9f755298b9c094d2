"""A learner of one task after another: a model, its optimizer, and parts that forget less.

One change of the weights, in this order and no other:

    1. the loss of the batch, and its gradient
    2. loss terms are told that gradient, and add the gradient of their penalty
    3. the transform changes the gradient as a whole
    4. the optimizer changes the weights
    5. loss terms are told that it has

What a learner may know of the task reaches it through ``context`` alone, tensors that the model
takes beside its input; what is hidden at test time is left out there.

What follows, and is tested: without parts this is a plain training loop; a term's penalty acts and
is not part of what ``observe`` reports; the optimizer can begin anew with each task.

Reference: van de Ven, Tuytelaars & Tolias (2022), doi:10.1038/s42256-022-00568-3, of what a
learner may be told
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

Named = dict[str, Tensor]  # parameter name -> its gradient
Context = Sequence[Tensor]


class LossTerm(Protocol):
    """What forgetting costs, added to the loss."""

    def penalty(self) -> Tensor | float: ...

    def before_step(self, gradient: Named) -> None: ...

    def after_step(self) -> None: ...

    def end_task(self) -> None: ...


class Learner:
    """Learns batch by batch.

    Args:
        model: called as ``model(x, *context)``.
        optimizer: makes an optimizer of the model's parameters.
        loss: of what the model answers and the labels.
        terms: loss terms, see ``LossTerm``.
        transform: changes all gradients at once, given by name, and answers them.
        anew: whether a new optimizer begins with each task.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy,
        terms: Sequence[LossTerm] = (),
        transform: Callable[[Named], Named] | None = None,
        anew: bool = True,
    ):
        self.model, self.loss, self.terms, self.transform = model, loss, list(terms), transform
        self.make, self.anew = optimizer, anew
        self.named = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self.optimizer = optimizer(self.named.values())

    def observe(self, x: Tensor, y: Tensor, context: Context = ()) -> float:
        """One change of the weights; the loss of the batch before it, without penalties."""
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x, *context), y)
        loss.backward()
        if self.terms:
            first = {n: p.grad.clone() for n, p in self.named.items() if p.grad is not None}
            for term in self.terms:
                term.before_step(first)
                cost = term.penalty()
                if isinstance(cost, Tensor):
                    cost.backward()
        if self.transform is not None:
            given = {n: p.grad for n, p in self.named.items() if p.grad is not None}
            for n, g in self.transform(given).items():
                self.named[n].grad = g
        self.optimizer.step()
        for term in self.terms:
            term.after_step()
        return loss.item()

    def end_task(self) -> None:
        """A task has ended."""
        for term in self.terms:
            term.end_task()
        if self.anew:
            self.optimizer = self.make(self.named.values())

    @torch.no_grad()
    def predict(self, x: Tensor, context: Context = ()) -> Tensor:
        """What the model answers."""
        before = self.model.training
        try:
            return self.model.eval()(x, *context)
        finally:
            self.model.train(before)


def learn(
    learner: Learner,
    x: Tensor,
    y: Tensor,
    batch: int,
    context: Context = (),
    chance: torch.Generator | None = None,
) -> Iterator[float]:
    """One pass over a task in an order drawn by chance; yields the loss of each batch.

    ``context`` is the same for all batches. The last batch may be smaller.
    """
    if not isinstance(batch, int) or batch < 1:
        raise ValueError(f"batch: a whole number of at least 1 is needed, got {batch!r}")
    for at in torch.randperm(len(x), generator=chance).split(batch):
        yield learner.observe(x[at], y[at], context)
