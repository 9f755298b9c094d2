"""Sequences of symbols for memories of sequences: old tunes, and made ones that share their middle.

    tune       notes as steps of a major scale above its tonic: 0 the tonic, 4 the fifth, 7 the
               octave, -3 the fifth below
    high order sequences come in pairs, start + middle + end; the two of a pair share a middle of
               ``order`` - 1 symbols, so an end follows only from the start, ``order`` steps before
    stream     sequences in random order, behind each a stray symbol, drawn at random
    change     from some element on the ends of a pair are exchanged

    symbol        meaning                                                       shape
    symbols       numbers of the elements                                       (T,)
    sequence      which sequence an element is of; -1: a stray one              (T,)
    position      place in it, from 0; -1: a stray one                          (T,)
    foreseeable   whether it follows from the elements before: position > 0     (T,)
    last          whether it is the end of its sequence                         (T,)

The tunes are traditional or by composers long dead; the durations of notes are left out.

Reference: the kind of task, and the change: Cui, Ahmad & Hawkins (2016), doi:10.1162/NECO_a_00893
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

_TWINKLE = "0 0 4 4 5 5 4 3 3 2 2 1 1 0"
_BRIGHT = "4 4 3 3 2 2 1"
_JOY = "2 2 3 4 4 3 2 1 0 0 1 2"
_CLAIR = "0 0 0 1 2 1 0 2 1 1 0"
_NOTES = {
    "ah vous dirai-je": f"{_TWINKLE} {_BRIGHT} {_BRIGHT} {_TWINKLE}",
    "frere jacques": "0 1 2 0 0 1 2 0 2 3 4 2 3 4 4 5 4 3 2 0 4 5 4 3 2 0 0 -3 0 0 -3 0",
    "ode to joy": f"{_JOY} 2 1 1 {_JOY} 1 0 0",
    "au clair de la lune": f"{_CLAIR} {_CLAIR} 1 1 1 1 -2 -2 1 0 -1 -2 -3 {_CLAIR}",
    "mary had a little lamb": "2 1 0 1 2 2 2 1 1 1 2 4 4 2 1 0 1 2 2 2 2 1 1 2 1 0",
    "london bridge": "4 5 4 3 2 3 4 1 2 3 2 3 4 4 5 4 3 2 3 4 1 4 2 0",
}
MELODIES: dict[str, tuple[int, ...]] = {
    name: tuple(int(note) for note in notes.split()) for name, notes in _NOTES.items()
}


class Stream(NamedTuple):
    symbols: Tensor  # (T,) int64
    sequence: Tensor  # (T,) int64, -1 for a stray symbol
    position: Tensor  # (T,) int64, -1 for a stray symbol
    foreseeable: Tensor  # (T,) booleans
    last: Tensor  # (T,) booleans


def _whole(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: a whole number from {least} is needed, got {value!r}")


def high_order(
    pairs: int, order: int = 4, pool: int = 12, first: int = 0, seed: int = 0
) -> list[tuple[int, ...]]:
    """2 ``pairs`` sequences of ``order`` + 1 symbols; the two of a pair stand side by side.

    Middles and ends are drawn from the symbols below ``pool``, all different within a pair; no two
    sequences begin alike: with ``pool + first``, ``pool + first + 1``, and so on.

    Raises:
        ValueError: a size is not a whole number in range, or ``pool`` is below ``order`` + 1.
    """
    for name, value, least in (("pairs", pairs, 1), ("order", order, 1), ("first", first, 0)):
        _whole(name, value, least)
    _whole("pool", pool, order + 1)
    chance, made = torch.Generator().manual_seed(seed), []
    for pair in range(pairs):
        *middle, one, other = torch.randperm(pool, generator=chance)[: order + 1].tolist()
        start = pool + first + 2 * pair
        made += [(start, *middle, one), (start + 1, *middle, other)]
    return made


def exchanged(sequences: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The sequences with the ends of each pair, the ones that stand side by side, exchanged."""
    if len(sequences) % 2:
        raise ValueError(f"sequences: pairs are needed, got {len(sequences)} of them")
    return [(*s[:-1], sequences[k ^ 1][-1]) for k, s in enumerate(sequences)]


def stream(
    sequences: Sequence[Sequence[int]],
    steps: int,
    stray: Sequence[int] = (),
    chance: torch.Generator | None = None,
) -> Stream:
    """``steps`` elements of sequences drawn with equal chance, each with a stray symbol behind it.

    Without ``stray`` one follows upon the other. The last sequence may be cut short.

    Raises:
        ValueError: there are no sequences, one is empty, or ``steps`` is negative.
    """
    if not sequences or not all(len(s) for s in sequences):
        raise ValueError(f"sequences: some that are not empty are needed, got {sequences!r}")
    _whole("steps", steps, 0)
    rows = []
    while len(rows) < steps:
        k = int(torch.randint(len(sequences), (1,), generator=chance))
        end = len(sequences[k]) - 1
        rows += [(s, k, i, i > 0, i == end) for i, s in enumerate(sequences[k])]
        if len(stray):
            which = int(torch.randint(len(stray), (1,), generator=chance))
            rows.append((stray[which], -1, -1, False, False))
    columns = torch.tensor(rows[:steps], dtype=torch.long).view(-1, 5).unbind(1)
    return Stream(*columns[:3], columns[3].bool(), columns[4].bool())


def changing(
    sequences: Sequence[Sequence[int]],
    steps: int,
    change: int,
    stray: Sequence[int] = (),
    seed: int = 0,
) -> Stream:
    """A stream in which the ends of each pair are exchanged from element ``change`` on.

    The sequence that the change falls into is cut short there.
    """
    if not isinstance(change, int) or not 0 <= change <= steps:
        raise ValueError(f"change: 0 to steps = {steps} is needed, got {change!r}")
    chance = torch.Generator().manual_seed(seed)
    before = stream(sequences, change, stray, chance)
    after = stream(exchanged(sequences), steps - change, stray, chance)
    return Stream(*(torch.cat(both) for both in zip(before, after, strict=True)))
