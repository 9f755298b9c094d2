"""Two learners that see one symbol after another, and guess the next: HTM and an LSTM.

    htm     each symbol turns on some columns of a temporal memory; the guess is the symbol whose
            columns are most often among the predicted ones, -1 where none is predicted
    lstm    symbols one-hot; after every symbol, or some, one step of Adam on the cross-entropy of
            the last ``window`` transitions, from the state stored before them; the guess is the
            symbol with the largest score

Both promise ``see`` (guess and learn), ``ask`` (guess only, from nothing; no trace is left),
``changed`` (synapses or weights changed so far, as a part of all, summed over the symbols seen),
``state`` and ``restore``.

References: Cui, Ahmad & Hawkins (2016), doi:10.1162/NECO_a_00893; truncation of the gradient:
Williams & Peng (1990), doi:10.1162/neco.1990.2.4.490
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from neurolab.dendrites import TemporalMemory, TemporalParams, patterns_of, subsets
from neurolab.recurrent import LSTM, LSTMState


class Htm:
    """A temporal memory behind fixed codes: ``active`` of ``columns`` for each symbol."""

    def __init__(
        self,
        symbols: int,
        columns: int,
        active: int,
        cells: int,
        segments: int,
        room: int,
        params: TemporalParams,
        seed: int,
    ):
        chance = torch.Generator().manual_seed(seed)
        self.codes = patterns_of(subsets(symbols, active, columns, chance), columns)
        self.memory = TemporalMemory(columns, cells, segments, room, params, chance)
        self.changed = 0.0

    def _guess(self, symbols: Tensor) -> Tensor:
        on = self.memory(self.codes[symbols]) > 0
        most, which = (on.float() @ self.codes.float().T).max(1)
        return torch.where(most > 0, which, -1)

    def see(self, symbols: Tensor) -> Tensor:
        """Guesses (T,), each made after the symbol at its place (T,) was seen."""
        guesses = self._guess(symbols)
        self.changed += self.memory.changed / max(1, self.memory.synapses)
        return guesses

    def ask(self, symbols: Tensor) -> Tensor:
        memory = self.memory
        kept = {k: getattr(memory, k).clone() for k in ("active", "winners", "step")}
        memory.eval().reset()
        guesses = self._guess(symbols)
        memory.train()
        for name, value in kept.items():
            getattr(memory, name).copy_(value)
        return guesses

    def state(self) -> dict:
        kept = {f"htm.{k}": v.clone() for k, v in self.memory.state_dict().items()}
        return kept | {"htm.chance": self.memory.chance.get_state(), "htm.changed": self.changed}

    def restore(self, state: dict) -> None:
        names = self.memory.state_dict()
        self.memory.load_state_dict({k: state[f"htm.{k}"] for k in names})
        self.memory.chance.set_state(state["htm.chance"])
        self.changed = state["htm.changed"]


class OnlineLSTM:
    """An LSTM that learns while it reads, ``every`` so many symbols."""

    def __init__(self, symbols: int, units: int, rate: float, window: int, every: int, seed: int):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.cell, self.out = LSTM(symbols, units), nn.Linear(units, symbols)
        self.net = nn.ModuleList([self.cell, self.out])
        self.adam = torch.optim.Adam(self.net.parameters(), rate)
        self.symbols, self.window, self.every = symbols, window, every
        self.seen, self.changed = 0, 0.0
        self.past = torch.zeros(0, dtype=torch.long)  # the last symbols
        self.before = torch.zeros(0, 2, units)  # h and c before each of them
        self.now = torch.zeros(2, units)  # after the last

    def _run(self, symbols: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
        x = one_hot(symbols, self.symbols).float()[:, None]
        h, last = self.cell(x, LSTMState(*start[:, None]))
        return self.out(h[:, 0]), torch.cat([last.h, last.c])

    def _learn(self) -> None:
        scores, _ = self._run(self.past[:-1], self.before[0])
        self.adam.zero_grad()
        cross_entropy(scores, self.past[1:]).backward()
        self.adam.step()
        self.changed += 1.0

    def see(self, symbols: Tensor) -> Tensor:
        guesses = []
        for one in symbols[:, None]:
            self.past = torch.cat([self.past, one])[-self.window - 1 :]
            self.before = torch.cat([self.before, self.now[None]])[-self.window - 1 :]
            self.seen += 1
            if self.seen % self.every == 0 and len(self.past) > 1:
                self._learn()
            with torch.no_grad():
                scores, self.now = self._run(one, self.now)
            guesses.append(scores.argmax(1))
        return torch.cat(guesses)

    @torch.no_grad()
    def ask(self, symbols: Tensor) -> Tensor:
        return self._run(symbols, torch.zeros_like(self.now))[0].argmax(1)

    def state(self) -> dict:
        kept = {"lstm.past": self.past, "lstm.before": self.before, "lstm.now": self.now}
        kept |= {"lstm.seen": self.seen, "lstm.changed": self.changed}
        for name, p in self.net.named_parameters():
            kept[f"lstm.{name}"] = p.detach().clone()
            for what, value in self.adam.state.get(p, {}).items():
                kept[f"lstm.{name}.{what}"] = value.clone()
        return kept

    @torch.no_grad()
    def restore(self, state: dict) -> None:
        for name in ("past", "before", "now"):
            setattr(self, name, state[f"lstm.{name}"].clone())
        self.seen, self.changed = state["lstm.seen"], state["lstm.changed"]
        for name, p in self.net.named_parameters():
            p.copy_(state[f"lstm.{name}"])
            if f"lstm.{name}.step" in state:
                known = ("step", "exp_avg", "exp_avg_sq")
                self.adam.state[p] = {k: state[f"lstm.{name}.{k}"].clone() for k in known}
