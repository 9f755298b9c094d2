"""What experiments share that learn by backpropagation through time: one trainer for any network,
and the loop that trains several side by side, a part of the iterations after the other.

The rate of Adam falls from its first value to zero as half a cosine. A gradient longer than
``clip`` is shortened; one that is not finite (an exploded one) is thrown away, and counted. While
gradients are computed, denormal numbers count as zero: gradients that fade over hundreds of steps
pass through them, and each costs a processor a hundred times a normal product.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import Tensor, nn

from .contract import Progress


@contextmanager
def no_denormals() -> Iterator[None]:
    """Denormal numbers are zero for a while, in this thread."""
    before = bool(torch.tensor(1e-310, dtype=torch.float64) * 0.5 == 0)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


class Learner:
    """Adam on a network, in parts that learn at rates of their own.

    Args:
        name: its values in a state begin with it.
        net: what learns.
        faster: beginnings of the names of parameters, and how many times faster they learn.
        learning: first rate of the others.
        steps: after which the rate is zero.
        clip: longest gradient.
    """

    def __init__(
        self,
        name: str,
        net: nn.Module,
        faster: dict[str, float],
        learning: float,
        steps: int,
        clip: float,
    ):
        self.name, self.net, self.steps, self.clip = name, net, steps, clip
        self.named = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
        groups = []
        for n, p in self.named:
            times = next((t for start, t in faster.items() if n.startswith(start)), 1.0)
            groups.append({"params": [p], "lr": learning * times, "first": learning * times})
        self.adam, self.done, self.thrown = torch.optim.Adam(groups), 0, 0

    def step(self, loss: Tensor) -> None:
        """One change of the weights."""
        for group in self.adam.param_groups:
            group["lr"] = group["first"] * (1 + math.cos(math.pi * self.done / self.steps)) / 2
        self.net.zero_grad()
        with no_denormals():
            loss.backward()
        length = nn.utils.clip_grad_norm_([p for _, p in self.named], self.clip)
        if bool(torch.isfinite(length)):
            self.adam.step()
        else:
            self.thrown += 1
        self.done += 1

    def state(self) -> dict:
        """All that changes, by name."""
        kept = {f"{self.name}.done": self.done, f"{self.name}.thrown": self.thrown}
        for n, p in self.named:
            kept[f"{self.name}.{n}"] = p.detach().clone()
            for field, value in self.adam.state.get(p, {}).items():
                kept[f"{self.name}.{n}.{field}"] = value.clone()
        return kept | {f"{self.name}.{n}": b.clone() for n, b in self.net.named_buffers()}

    @torch.no_grad()
    def restore(self, state: dict, fields: Sequence[str] = ("step", "exp_avg", "exp_avg_sq")):
        """Go on from a ``state``."""
        self.done, self.thrown = state[f"{self.name}.done"], state[f"{self.name}.thrown"]
        for n, p in self.named:
            p.copy_(state[f"{self.name}.{n}"])
            if f"{self.name}.{n}.step" in state:
                self.adam.state[p] = {f: state[f"{self.name}.{n}.{f}"].clone() for f in fields}
        for n, buffer in self.net.named_buffers():
            buffer.copy_(state[f"{self.name}.{n}"])


class Resumable(Protocol):
    """What the loop below asks of a learner: all that changes, and to go on from there."""

    def state(self) -> dict: ...

    def restore(self, state: dict) -> None: ...


def in_parts(
    learners: Iterable[Resumable],
    iterations: int,
    parts: int,
    once: Callable[[int], None],
    measured: Callable[[int], dict[str, float]],
    state: dict | None = None,
) -> Iterator[Progress]:
    """Train learners side by side and yield after each part; goes on from the ``state`` of one.

    Args:
        learners: they are saved and restored.
        iterations: in all.
        parts: into how many the iterations are divided.
        once: iteration k of all learners.
        measured: the metrics when so many parts are done.
    """
    learners, done = list(learners), 0
    if state is not None:
        done = state["done"]
        for one in learners:
            one.restore(state)
    while done < parts:
        for k in range(iterations * done // parts, iterations * (done + 1) // parts):
            once(k)
        done += 1
        metrics, kept = measured(done), {"done": done}  # measuring may move what a net remembers
        for one in learners:
            kept |= one.state()
        yield Progress(done, parts, metrics, kept)


class Trained(Resumable, Protocol):
    """A learner that knows its own iteration and metrics."""

    def learn(self, k: int) -> None: ...

    def measured(self) -> dict[str, float]: ...


def side_by_side(
    learners: Sequence[Trained], iterations: int, parts: int, state: dict | None = None
) -> Iterator[Progress]:
    """``in_parts`` for learners that know what an iteration is."""

    def once(k: int) -> None:
        for one in learners:
            one.learn(k)

    def measured(_: int) -> dict[str, float]:
        return {name: value for one in learners for name, value in one.measured().items()}

    yield from in_parts(learners, iterations, parts, once, measured, state)
