"""Store and recall: keep one bit of a stream, through other bits, until it is asked for.

    symbol     lasts ``symbol`` ms: a bit is shown, 0 or 1, each by its own population of inputs
    store      a command, given with a symbol: keep its bit
    recall     a command, given alone, without a bit: say the bit kept; then nothing is kept

    symbol     meaning                                                   shape       unit
    x          spikes: bit 0, bit 1, store, recall, a quarter each       (T, B, I)   -
    bit        what each symbol shows                                    (S, B)      -
    command    of each symbol: 0 none, 1 store, 2 recall                 (S, B)      -
    y          the bit asked for; -1 where nothing is asked              (S, B)      -

A symbol without anything to keep is a store with the chance 1 / ``delay``; later ones are a recall
with the same chance, so a bit is kept for ``delay`` symbols on average. Trials in which nothing is
asked are drawn again. A population's inputs fire at ``rate`` while it is on.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from typing import NamedTuple

import torch
from torch import Tensor

NONE, STORE, RECALL = 0, 1, 2


class Recall(NamedTuple):
    x: Tensor  # (T, B, I) float32, 0 or 1
    bit: Tensor  # (S, B) int64
    command: Tensor  # (S, B) int64
    y: Tensor  # (S, B) int64, -1 where nothing is asked


def store_recall(
    count: int,
    symbols: int = 12,
    symbol: int = 200,
    delay: float = 6.0,
    population: int = 10,
    rate: float = 50.0,
    seed: int = 0,
) -> Recall:
    """``count`` trials of ``symbols`` symbols in steps of 1 ms, with 4 ``population`` inputs.

    Raises:
        ValueError: a size is not a whole number of at least 1 (``symbols``: 2), ``delay`` is not
            from 1 to ``symbols``, or ``rate`` is not above 0.
    """
    sizes = {"count": count, "symbols": symbols, "symbol": symbol, "population": population}
    for name, value in sizes.items():
        least = 2 if name == "symbols" else 1
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")
    if not 1 <= delay <= symbols:
        raise ValueError(f"delay: 1 to symbols = {symbols} is needed, got {delay!r}")
    if not 0 < rate < float("inf"):
        raise ValueError(f"rate: a positive number of Hz is needed, got {rate!r}")
    chance = torch.Generator().manual_seed(seed)
    bit = (torch.rand(symbols, count, generator=chance) < 0.5).long()
    command = _commands(symbols, count, delay, chance)
    todo = (command != RECALL).all(0)
    while todo.any():
        command[:, todo] = _commands(symbols, int(todo.sum()), delay, chance)
        todo = (command != RECALL).all(0)
    y, kept = torch.full((symbols, count), -1), torch.full((count,), -1)
    for s in range(symbols):
        kept = torch.where(command[s] == STORE, bit[s], kept)
        y[s] = torch.where(command[s] == RECALL, kept, -1)
    on = torch.stack([bit == 0, bit == 1, command == STORE, command == RECALL], -1).float()
    on[..., :2] *= (command != RECALL)[..., None]
    chances = -torch.expm1(-rate / 1000 * on).repeat_interleave(population, -1)
    drawn = torch.rand(symbols, symbol, *chances.shape[1:], generator=chance)
    x = (drawn < chances[:, None]).float().flatten(0, 1)
    return Recall(x, bit, command, y)


def _commands(symbols: int, count: int, delay: float, chance: torch.Generator) -> Tensor:
    """(S, B), store and recall in turn; the last symbol is no store."""
    given = torch.rand(symbols, count, generator=chance) < 1 / delay
    command, keeps = torch.zeros(symbols, count, dtype=torch.int64), torch.zeros(count) > 0
    for s in range(symbols):
        now = given[s] & (keeps | (s < symbols - 1))
        command[s] = torch.where(now, torch.where(keeps, RECALL, STORE), NONE)
        keeps = keeps ^ now
    return command
