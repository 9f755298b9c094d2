"""N-parity by two curricula: one N after the other, or all N at once with a read-out each.

A stream of bits comes in. After its last bit the network is asked for the parity of the last N.
Weights and time constants are learned together by backpropagation through time. Both curricula
begin at N = 2 and go on to N + 1 once the running accuracy at the present N reaches ``enough``:

    single-head   only the present N is asked for, by a read-out of its own
    multi-head    every N from 2 to the present one is asked for, each by its own read-out

A stream is N + 2 to 2 N + 2 bits long, drawn anew for each batch. So a bit of memory for "odd so
far" is not enough: bits older than N must be taken out again. Both see the same number of batches.

Metrics, for each curriculum: ``reached_*`` (largest N at which ``enough`` was reached; 1 if none),
``tau_*`` (mean time constant of the neurons at the end, in steps), ``tau_max_*`` (the largest),
``first_*`` (accuracy at N = 2 in the end: what was not forgotten). Of the network as it was when it
reached N = ``probe`` (or the largest N below, if it never did), on fresh streams of that N:
``accuracy_*``, ``ablated_*`` (``ablate`` of the neurons silenced, mean over draws) and ``shaken_*``
(noise of relative size ``shake`` on W, mean over draws).

The rate of learning was chosen with seed 10 for each curriculum from the same two, 0.001 and
0.003, by the N reached after 1,500 changes; for both it was the larger.

Where it differs from the paper: far fewer neurons, Adam in place of stochastic gradient descent, a
budget of batches in place of training until N no longer grows.

Reference: Khajehabdollahi et al. (2023), arXiv:2309.12927
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from neurolab.recurrent import TrainableTau
from neurolab.tasks import parity

from .by_bptt import side_by_side
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("single", "multi")


@dataclass(frozen=True)
class Config:
    units: int = 48  # neurons
    tau: float = 1.5  # time constant to begin with, steps
    longest: int = 60  # N at which a curriculum ends
    batch: int = 64  # streams between two changes of the weights
    iterations: int = 5000  # changes of the weights, of each curriculum
    learning: float = 0.003  # rate of Adam
    clip: float = 1.0  # longest gradient
    enough: float = 0.98  # running accuracy at which N grows
    memory: float = 0.9  # of the running accuracy, a batch
    probe: int = 8  # N at which networks are kept, to be silenced and shaken
    tested: int = 1000  # fresh streams
    ablate: float = 0.05  # part of the neurons that is silenced, at least one
    shake: float = 0.1  # relative size of noise on the recurrent weights
    draws: int = 10  # of neurons to silence, and of noise
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 5000), tau=(1.001, 1e4), longest=(2, 1000), batch=(1, 10**4))
        within(self, probe=(2, 1000), iterations=(PARTS, 10**7), learning=(0, 1), clip=(1e-9, 1e9))
        within(self, enough=(0.5, 1), memory=(0, 0.9999), tested=(1, 10**6), ablate=(0, 1))
        within(self, shake=(0, 100), draws=(1, 10**4), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(units=24, batch=32, iterations=600, tested=200, draws=3),
    "full": Config(),
}


def streams(count: int, bits: int, n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Bits as -1 and 1 (T, B, 1), and the parities of the last 2, ..., n of them (B, n - 1)."""
    x = parity(count, bits, seed)[0]
    last = x[..., 0].flip(0).cumsum(0)[1:n]  # ones among the last 2, ..., n
    return 2 * x - 1, (last % 2).T


class Curriculum:
    """A network on its way through growing N."""

    def __init__(self, config: Config, way: str):
        self.config, self.way = config, way
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)  # both ways begin alike
            self.net = TrainableTau(1, config.units, config.tau)
            self.heads = nn.Linear(config.units, config.longest - 1)  # N = 2, ..., longest
        self.named = dict(
            [(f"net.{n}", p) for n, p in self.net.named_parameters()]
            + [(f"heads.{n}", p) for n, p in self.heads.named_parameters()]
        )
        self.adam = torch.optim.Adam(self.named.values(), lr=config.learning)
        self.n, self.reached, self.running = 2, 1, 0.0
        self.kept = {name: p.detach().clone() for name, p in self.named.items()}

    def answers(self, x: Tensor) -> Tensor:
        """(B, longest - 1), above 0 for odd."""
        return self.heads(self.net(x)[0][-1])

    def learn(self, k: int) -> None:
        """The batch number ``k``."""
        config = self.config
        chance = torch.Generator().manual_seed(config.seed * 10**8 + k)
        bits = self.n + 2 + int(torch.randint(0, self.n + 1, (), generator=chance))
        x, y = streams(config.batch, bits, self.n, config.seed * 10**8 + k)
        first = 0 if self.way == "multi" else self.n - 2
        out = self.answers(x)[:, first : self.n - 1]
        loss = binary_cross_entropy_with_logits(out, y[:, first:])
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(list(self.named.values()), config.clip)
        self.adam.step()
        right = ((out[:, -1] > 0) == (y[:, -1] > 0)).float().mean().item()
        self.running = config.memory * self.running + (1 - config.memory) * right
        if self.running >= config.enough:
            self.reached, self.running = self.n, 0.0
            if self.n <= config.probe:
                self.kept = {name: p.detach().clone() for name, p in self.named.items()}
            self.n = min(self.n + 1, config.longest)

    @torch.no_grad()
    def right(self, n: int, **changed: Tensor) -> float:
        """Accuracy at N on fresh streams, with some parameters (``net_weight``) of the kept
        network; without any, of the network as it is.
        """
        x, y = streams(self.config.tested, 2 * n + 2, n, self.config.seed * 10**8 + 10**7)
        now = {name: p.detach().clone() for name, p in self.named.items()}
        if changed:
            self.put(self.kept | {name.replace("_", ".", 1): p for name, p in changed.items()})
        told = self.answers(x)[:, n - 2] > 0
        self.put(now)
        return (told == (y[:, -1] > 0)).double().mean().item()

    @torch.no_grad()
    def put(self, values: dict[str, Tensor]) -> None:
        for name, p in self.named.items():
            p.copy_(values[name])

    def measured(self) -> dict[str, float]:
        config, w, out = self.config, self.kept["net.weight"], self.kept["heads.weight"]
        n = max(2, min(self.reached, config.probe))
        chance = torch.Generator().manual_seed(config.seed)
        ablated, shaken = [], []
        for _ in range(config.draws):
            order = torch.randperm(config.units, generator=chance)
            heard = torch.ones(config.units)
            if config.ablate:
                heard[order[: max(1, round(config.ablate * config.units))]] = 0
            ablated.append(self.right(n, net_weight=w * heard, heads_weight=out * heard))
            noise = torch.randn(w.shape, generator=chance)
            noise = noise * (config.shake * w.norm() / noise.norm())
            shaken.append(self.right(n, net_weight=w + noise))
        found = {
            "reached": float(self.reached),
            "tau": self.net.tau.mean().item(),
            "tau_max": self.net.tau.max().item(),
            "first": self.right(2),
            "accuracy": self.right(n, net_weight=w),
            "ablated": sum(ablated) / len(ablated),
            "shaken": sum(shaken) / len(shaken),
        }
        return {f"{name}_{self.way}": value for name, value in found.items()}

    def state(self) -> dict:
        kept = {f"{self.way}.{f}": getattr(self, f) for f in ("n", "reached", "running")}
        for name, p in self.named.items():
            kept[f"{self.way}.kept.{name}"] = self.kept[name].clone()
            kept[f"{self.way}.{name}"] = p.detach().clone()
            for field, value in self.adam.state.get(p, {}).items():
                kept[f"{self.way}.{name}.{field}"] = value.clone()
        return kept

    @torch.no_grad()
    def restore(self, state: dict) -> None:
        for field in ("n", "reached", "running"):
            setattr(self, field, state[f"{self.way}.{field}"])
        for name, p in self.named.items():
            self.kept[name] = state[f"{self.way}.kept.{name}"].clone()
            p.copy_(state[f"{self.way}.{name}"])
            fields = ("step", "exp_avg", "exp_avg_sq")
            self.adam.state[p] = {f: state[f"{self.way}.{name}.{f}"].clone() for f in fields}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    both = [Curriculum(config, way) for way in WAYS]
    yield from side_by_side(both, config.iterations, PARTS, state)
