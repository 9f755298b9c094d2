"""The network of lab store-recall: an LSNN whose weights are set by hand, so that nothing is
trained and each spike can be explained.

    group 0 and group 1    ``SIZE`` adaptive neurons each, one group for each bit
    inputs                 own bit 1.2, other bit -1.2, store 2, recall 3: a command and its bit
                           together reach the threshold, a bit alone does not; a recall drives all
    answer                 the group that fires *less* while it is asked: its thresholds are raised

    symbol    meaning                                shape       unit
    tau_a     how long a threshold stays raised      ()          ms
    beta      its rise by one spike                  ()          threshold distances
    y         read-out, minus the rate of a group    (T, B, 2)   -

Weights are what a spike would move the potential by if it lasted; ten inputs at 50 Hz make half of
that. Each is multiplied by a number from 0 to 2, drawn once, so that the neurons of a group differ.
Nothing goes from neuron to neuron.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from collections.abc import Callable

import torch
from torch import Tensor

from neurolab.recurrent import LSNN, LSNNParams
from neurolab.tasks import Recall, store_recall

SIZE, POPULATION, SYMBOL = 5, 10, 200  # neurons of a group, inputs of a population, ms
OWN, OTHER, STORE, RECALL = 1.2, -1.2, 2.0, 3.0
TAU_A, BETA = 1200.0, 0.1


@torch.no_grad()
def wired(tau_a: float = TAU_A, beta: float = BETA) -> LSNN:
    """The network, with weights set by hand."""
    net = LSNN(4 * POPULATION, 0, 2 * SIZE, 2, LSNNParams(tau_a=tau_a, beta=beta))
    for group in (0, 1):
        of = slice(group * SIZE, (group + 1) * SIZE)
        weights = [OTHER, OTHER, STORE, RECALL]
        weights[group] = OWN
        row = torch.tensor(weights).repeat_interleave(POPULATION)
        net.layer.weight[of] = row
        net.output[:, of] = 0
        net.output[group, of] = -1 / SIZE
    net.layer.raw.zero_()
    chance = torch.Generator().manual_seed(0)
    net.layer.weight *= 2 * torch.rand(net.layer.weight.shape, generator=chance)
    return net


def trials(count: int, symbols: int = 12, delay: float = 6.0, seed: int = 0) -> Recall:
    """``count`` trials of the task; see ``tasks.store_recall``."""
    return store_recall(count, symbols, SYMBOL, delay, POPULATION, seed=seed)


@torch.no_grad()
def counts(net: LSNN, seen: Recall, erase: Callable | None = None) -> Tensor:
    """Spikes of a neuron in each symbol, mean of each group, (S, B, 2).

    ``erase(state)`` gives the state with which the next symbol begins.
    """
    found, state = [], None
    for piece in seen.x.split(SYMBOL):
        _, z, state = net(piece, state)
        found.append(z.reshape(*z.shape[:2], 2, SIZE).sum(0).mean(-1))
        state = state if erase is None else erase(state)
    return torch.stack(found)


def wrong(spikes: Tensor, seen: Recall) -> float:
    """Fraction of wrong answers: a bit is said whose group fires less; a tie is half wrong."""
    asked = seen.y >= 0
    kept = seen.y[asked][:, None]
    own, other = (spikes[asked].gather(-1, side)[:, 0] for side in (kept, 1 - kept))
    return float(((own > other).float() + (own == other).float() / 2).mean())


def waits(command: Tensor) -> Tensor:
    """Symbols (S, B) since the store of the bit that is asked for; 0 where nothing is asked."""
    since, found = torch.zeros_like(command[0]), torch.zeros_like(command)
    for s, now in enumerate(command):
        since = since + 1
        found[s] = torch.where(now == 2, since, 0)
        since = torch.where(now == 1, 0, since)
    return found
