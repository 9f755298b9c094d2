"""A temporal memory and an online LSTM guess the next symbol, learn a change, and keep the old.

Both see the same stream once, one symbol after another (``tasks.melodies``): pairs of sequences
that share their middle, so that an end follows only from the start, ``order`` symbols before; a
stray symbol behind each sequence. At element ``change`` the ends of each pair are exchanged. After
``steps`` elements come others: ``new`` pairs of sequences of the same middle symbols in other
orders, with starts of their own, for ``new_steps`` elements. Then all sequences are asked for
without learning, each from nothing and behind a stray symbol.

Metrics, for each of ``htm`` and ``lstm``:

    accuracy    right guesses before the change, of the elements that can be foreseen
    ends        of these the ends of the sequences
    learned     elements until 90 % of the last ``recent`` ends were guessed; ``change`` if never
    recovery    elements from the change until it is so again; all that are left if never
    recovered   1 if it was, else 0
    old         right guesses when the old sequences are asked for, before the new ones come
    kept        the same, after them
    new         right guesses when the new sequences are asked for
    changed     part of the synapses or weights that an element changes, on average; of the first
                stream

``accuracy`` and ``ends`` are of the last quarter before the change.

What to expect: the memory learns the ends in fewer elements and keeps old sequences, since a
pattern has segments of its own; the LSTM changes every weight in each step.

Reference: Cui, Ahmad & Hawkins (2016), doi:10.1162/NECO_a_00893
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.dendrites import TemporalParams
from neurolab.tasks.melodies import Stream, changing, exchanged, high_order, stream

from .contract import Progress, Refused, within
from .sequence_learners import Htm, OnlineLSTM

DATA = ()
ENOUGH = 0.9  # of the last ends, right


@dataclass(frozen=True)
class Config:
    pairs: int = 4  # of sequences
    order: int = 4  # symbols from the start, which decides, to the end
    pool: int = 12  # symbols for middles and ends
    strays: int = 100  # symbols that stand between sequences
    steps: int = 7000  # elements of the first stream
    change: int = 4000  # element at which the ends are exchanged
    new: int = 10  # pairs of new sequences
    new_steps: int = 4000  # elements of the second stream
    recent: int = 20  # ends, over which learning and recovery are judged
    columns: int = 400  # of the temporal memory
    active: int = 16  # columns that a symbol turns on
    cells: int = 12  # in a column
    segments: int = 60_000  # of all cells
    room: int = 20  # places for synapses on a segment
    threshold: int = 8  # active synapses that predict a cell
    sample: int = 14  # active synapses that a learning segment wants
    initial: float = 0.4  # permanence of a new synapse, 0.5 connects
    punish: float = 0.02  # taken from synapses that predicted wrongly
    units: int = 40  # of the LSTM
    rate: float = 0.01  # of its steps of Adam
    window: int = 12  # transitions that each of them is taken on
    every: int = 1  # symbols between two of them
    block: int = 500  # elements between two reports
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, pairs=(1, 100), order=(1, 100), pool=(2, 1000), strays=(1, 1000))
        within(self, steps=(10, 10**6), change=(4, 10**6), new=(1, 100), new_steps=(1, 10**6))
        within(self, recent=(1, 1000), columns=(1, 10**5), active=(1, 10**4), cells=(1, 1000))
        within(self, segments=(1, 10**6), room=(1, 1000), threshold=(1, 1000), sample=(1, 1000))
        within(self, initial=(0.01, 1), punish=(0, 1), units=(1, 10**4), rate=(1e-6, 1))
        within(self, window=(1, 1000), every=(1, 10**4), block=(1, 10**6), seed=(0, 2**31 - 1))
        for name, most in (("active", "columns"), ("sample", "room"), ("change", "steps")):
            if getattr(self, name) > getattr(self, most):
                raise Refused(f"{name} must be at most {most}, got {getattr(self, name)}")
        if self.pool <= self.order:
            raise Refused(f"pool must be more than order, got {self.pool}")


PRESETS = {
    "quick": Config(
        **{"pairs": 1, "pool": 6, "strays": 60, "steps": 720, "change": 420, "new": 2},
        **{"new_steps": 240, "recent": 10, "columns": 120, "active": 10, "cells": 6},
        **{"segments": 5000, "room": 14, "threshold": 6, "sample": 10, "punish": 0.05},
        **{"every": 3, "block": 60},
    ),
    "full": Config(),
}


class Study:
    """The streams, both learners, and which guesses were right so far."""

    def __init__(self, config: Config, state: dict | None):
        c = self.config = config
        seed = 10 * c.seed
        starts = 2 * (c.pairs + c.new)
        first = c.pool + starts
        stray, symbols = range(first, first + c.strays), first + c.strays
        made = high_order(c.pairs, c.order, c.pool, 0, seed)
        self.old = exchanged(made)
        self.fresh = high_order(c.new, c.order, c.pool, 2 * c.pairs, seed + 1)
        chance = torch.Generator().manual_seed(seed + 2)
        second = stream(self.fresh, c.new_steps, stray, chance)
        self.streams = changing(made, c.steps, c.change, stray, seed + 3), second
        params = TemporalParams(
            threshold=c.threshold,
            matching=max(1, round(0.75 * c.threshold)),
            sample=c.sample,
            initial=c.initial,
            punish=c.punish,
        )
        size = (symbols, c.columns, c.active, c.cells, c.segments, c.room)
        self.learners = {
            "htm": Htm(*size, params, seed + 4),
            "lstm": OnlineLSTM(symbols, c.units, c.rate, c.window, c.every, seed + 5),
        }
        self.blocks = [math.ceil(len(s.symbols) / c.block) for s in self.streams]
        self.done, self.asked = 0, {}
        self.guesses = {name: torch.zeros(0, dtype=torch.long) for name in self.learners}
        if state is not None:
            self.done, self.asked = state["done"], dict(state["asked"])
            for name, learner in self.learners.items():
                self.guesses[name] = state[f"guesses.{name}"].clone()
                learner.restore(state)

    @property
    def total(self) -> int:
        return sum(self.blocks)

    def block(self) -> None:
        """The next elements; at the end of a stream, the questions."""
        first = self.done < self.blocks[0]
        at = (self.done if first else self.done - self.blocks[0]) * self.config.block
        symbols = self.streams[not first].symbols[at : at + self.config.block]
        for name, learner in self.learners.items():
            guesses = learner.see(symbols)
            if first:
                self.guesses[name] = torch.cat([self.guesses[name], guesses])
        self.done += 1
        for name, learner in self.learners.items():
            if self.done == self.blocks[0]:
                self.asked[f"old_{name}"] = self.ask(learner, self.old)
                self.asked[f"changed_{name}"] = learner.changed / self.config.steps
            if self.done == self.total:
                self.asked[f"kept_{name}"] = self.ask(learner, self.old)
                self.asked[f"new_{name}"] = self.ask(learner, self.fresh)

    def ask(self, learner: Htm | OnlineLSTM, sequences: list) -> float:
        """Part of the elements behind the first that are guessed."""
        right, stray = [], int(self.streams[0].symbols.max())
        for s in sequences:
            guesses = learner.ask(torch.tensor([stray, *s]))
            right.append((guesses[1:-1] == torch.tensor(s[1:])).double().mean())
        return float(torch.stack(right).mean())

    def metrics(self) -> dict[str, float]:
        c, told, found = self.config, self.streams[0], {}
        for name, guesses in self.guesses.items():
            right = torch.zeros(len(guesses), dtype=torch.bool)
            right[1:] = guesses[:-1] == told.symbols[1 : len(guesses)]
            found |= {f"{k}_{name}": v for k, v in judged(right, told, c).items()}
            for k in ("old", "kept", "new", "changed"):
                found[f"{k}_{name}"] = self.asked.get(f"{k}_{name}", 0.0)
        return found

    def state(self) -> dict:
        kept = {"done": self.done, "asked": dict(self.asked)}
        for name, learner in self.learners.items():
            kept |= {f"guesses.{name}": self.guesses[name]} | learner.state()
        return kept


def judged(right: Tensor, told: Stream, config: Config) -> dict[str, float]:
    """From which elements of the first stream were guessed, (T,) or as far as it went."""
    time = torch.arange(len(right))
    late = (time >= 0.75 * config.change) & (time < config.change)
    foreseeable, last = told.foreseeable[: len(right)], told.last[: len(right)]

    def until(first: int, end: int) -> tuple[int, bool]:
        ends = time[last & (time >= first) & (time < end)]
        runs = (
            right[ends].double().unfold(0, config.recent, 1) if len(ends) >= config.recent else None
        )
        good = [] if runs is None else (runs.mean(1) >= ENOUGH).nonzero()[:, 0]
        if not len(good):
            return max(0, end - first), False
        return int(ends[int(good[0]) + config.recent - 1]) + 1 - first, True

    learned, _ = until(0, config.change)
    recovery, again = until(config.change, config.steps)
    return {
        "accuracy": _mean(right[late & foreseeable]),
        "ends": _mean(right[late & last]),
        "learned": float(learned),
        "recovery": float(recovery),
        "recovered": float(again),
    }


def _mean(x: Tensor) -> float:
    return float(x.double().mean()) if len(x) else 0.0


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    study = Study(config, state)
    while study.done < study.total:
        study.block()
        yield Progress(study.done, study.total, study.metrics(), study.state())
