"""The networks of lab permuted-digits, small enough to learn five tasks while you wait.

    task       the digits with their 64 pixels in another order, ten classes, one read-out for all
    network    64 pixels, two hidden layers of 128, 10 digits; tasks are learned one after another.
               Of segments the largest in size decides

    kind         segments   winners      weights
    dense        none       all (ReLU)   all
    winners      none       10 %         one half
    dendrites    5          10 %         one half

    symbol      meaning                                            shape
    context     mean picture of a task, less its own mean, over    (K, 64)
                its deviation
    table       accuracy after each task on each, from 0 to 1      (K, K)
    rates       how often a neuron of the second layer is on       (K, 128)

Seed 0 learns from 1347 digits and is tested on 450; other seeds learn from 1000 of the 1347 and are
tested on the other 347, for choices.

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

import functools
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from neurolab import tasks
from neurolab.continual import SI, Learner, Permuted, Task, learn
from neurolab.dendrites import DendriticNetwork

from .start import fast

KINDS = ("dense", "winners", "dendrites")
TASKS, WIDTH, SEGMENTS, DENSITY, BATCH, RATE = 5, 128, 5, 0.1, 32, 2e-3
WINNERS = 13  # of 128
STRENGTH = 10**0.5  # of the segments' first weights, as in the released networks


class Stream(NamedTuple):
    learn: list[Task]
    test: list[Task]
    contexts: Tensor  # (K, 64)


def passes() -> int:
    """Over each task."""
    return 1 if fast() else 2


@functools.cache
def digits(seed: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Examples to learn and to test, x (M, 64) of mean 0 and deviation 1, y (M,)."""
    x, y = tasks.load("digits", split="train")
    middle, spread = x.mean(), x.std()
    x = ((x - middle) / spread).flatten(1)
    if seed:
        return (x[:1000], y[:1000]), (x[1000:], y[1000:])
    x_test, y_test = tasks.load("digits", split="test")
    return (x, y), (((x_test - middle) / spread).flatten(1), y_test)


def contexts_of(means: Tensor) -> Tensor:
    """Prototypes (K, 64), each less its mean and over its deviation."""
    means = means - means.mean(1, keepdim=True)
    return means / means.square().mean(1, keepdim=True).sqrt().clamp_min(1e-9)


def stream(seed: int = 0, count: int = TASKS) -> Stream:
    """``count`` tasks, the same for the same seed."""
    learned, tested = (list(Permuted(x, y, count, seed)) for x, y in digits(min(seed, 1)))
    means = torch.stack([task.x.mean(0) for task in learned])
    return Stream(learned, tested, contexts_of(means))


def network(
    kind: str,
    seed: int = 0,
    density: float = DENSITY,
    strength: float = STRENGTH,
    shut: float = 0.0,
) -> DendriticNetwork:
    """One that has not learned yet.

    Args:
        kind: one of ``KINDS``.
        seed: of its first weights.
        density: part of each layer that wins; unused where it is dense.
        strength: factor on the first weights of segments.
        shut: taken from what the winning segment says, before the gate.

    Raises:
        ValueError: no such kind, or a number that no network can have.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: one of {list(KINDS)} is needed, got {kind!r}")
    part, connected = (1.0, 1.0) if kind == "dense" else (density, 0.5)
    segments = SEGMENTS if kind == "dendrites" else 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = DendriticNetwork(64, [WIDTH, WIDTH], 10, segments, 64, part, connected, shut=shut)
    for dendrites in net.dendrites:
        dendrites.segments.weight.data *= strength
    return net


def accuracy(net: DendriticNetwork, task: Task, context: Tensor) -> float:
    """Part of a task's examples that are answered rightly, from 0 to 1, under a context."""
    with torch.no_grad():
        found = net(task.x, *((context,) if net.dendrites else ())).argmax(1)
    return float((found == task.y).double().mean())


def learn_all(
    net: DendriticNetwork,
    tasks_: Stream,
    contexts: Tensor | None = None,
    si: float = 0.0,
    rate: float = RATE,
    seed: int = 0,
) -> np.ndarray:
    """Learn the tasks one after another; the table.

    Args:
        net: is changed.
        tasks_: from ``stream``.
        contexts: (K, 64) in place of those of the stream.
        si: strength of synaptic intelligence on the feed-forward weights; 0 for none.
        rate: of Adam, which begins anew with each task.
        seed: of the order of examples.
    """
    contexts = tasks_.contexts if contexts is None else contexts
    terms = [SI(net, si, leave=["dendrites"])] if si else []
    learner = Learner(net, lambda weights: torch.optim.Adam(weights, rate), terms=terms)
    chance = torch.Generator().manual_seed(seed)
    table = np.zeros((len(tasks_.learn), len(tasks_.learn)))
    for k, task in enumerate(tasks_.learn):
        given = (contexts[k],) if net.dendrites else ()
        for _ in range(passes()):
            for _ in learn(learner, task.x, task.y, BATCH, given, chance):
                pass
        learner.end_task()
        for j, tested in enumerate(tasks_.test):
            table[k, j] = accuracy(net, tested, contexts[j])
    return table


def rates(net: DendriticNetwork, tasks_: Stream) -> np.ndarray:
    """How often each neuron of the second hidden layer is on, (K, 128), from 0 to 1."""
    found = []
    with torch.no_grad():
        for task, c in zip(tasks_.test, tasks_.contexts, strict=True):
            y = net.layers(task.x, *((c,) if net.dendrites else ()))[-1]
            found.append((y != 0).double().mean(0).numpy())
    return np.stack(found)
