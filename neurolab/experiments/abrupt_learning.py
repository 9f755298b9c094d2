"""Abrupt learning: a delayed match stays at chance, then drops; a price on change in the delay.

A tanh network with strong random recurrent weights sees a sample, a delay, a test, and is asked
whether the two were the same. Two copies of it see the same trials. One learns from the answers
alone, the other pays also for hidden activity that changes in the delay (temporal consistency,
times ``factor``). The plateau is counted until the running accuracy first exceeds ``leave``.

Metrics: ``plateau_plain``, ``plateau_consistent`` (changes of the weights until the plateau is
left; ``iterations`` if it never is), ``left_*`` (1 if it was left), ``accuracy_*`` (in the end,
fresh trials), ``change_*`` (mean squared change of a neuron in a step of the delay), ``points_*``
(stable fixed points without input to which a search from states of the delay leads).

The factor was chosen with seed 10 from 0.03 and 0.3, by the shorter plateau; the rate of learning
was set beforehand and is the same for both. So only the priced network had a choice made for it.

Where it differs from the paper: its tasks, networks and form of the price; see
``neurolab/recurrent/temporal_consistency.py``.

Reference: Haputhanthri et al. (2025), arXiv:2502.07256
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from neurolab.recurrent import VanillaRNN, fixed_points, temporal_consistency
from neurolab.tasks import delayed_match

from .by_bptt import side_by_side
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("plain", "consistent")
SURE = 1e4  # Hz: an input that is on fires in every step


@dataclass(frozen=True)
class Config:
    units: int = 48  # neurons
    gain: float = 3.0  # spectral radius of the first recurrent weights, about
    delay: int = 20  # steps
    batch: int = 32  # trials between two changes of the weights
    iterations: int = 3000  # changes of the weights, of each network
    learning: float = 0.001  # rate of Adam
    factor: float = 0.3  # on the price of change
    clip: float = 1.0  # longest gradient
    leave: float = 0.75  # running accuracy at which the plateau is left
    memory: float = 0.95  # of the running accuracy, a batch
    tested: int = 500  # fresh trials
    starts: int = 40  # of the search for fixed points
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 2000), gain=(0, 100), delay=(2, 10**4), batch=(1, 10**4))
        within(self, iterations=(PARTS, 10**7), learning=(0, 1), factor=(0, 1e6), clip=(1e-9, 1e9))
        within(self, leave=(0.5, 1), memory=(0, 0.9999), tested=(1, 10**6), starts=(1, 10**4))
        within(self, seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(units=32, gain=1.5, delay=10, iterations=300, tested=200, starts=10),
    "full": Config(),
}


class Learner:
    """A network on its way down from the plateau."""

    def __init__(self, config: Config, way: str):
        self.config, self.way = config, way
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)  # both ways begin alike
            self.net, self.head = VanillaRNN(3, config.units), nn.Linear(config.units, 1)
            with torch.no_grad():
                self.net.weight_hh.normal_(0, config.gain / config.units**0.5)
        self.named = dict(
            [(f"net.{n}", p) for n, p in self.net.named_parameters()]
            + [(f"head.{n}", p) for n, p in self.head.named_parameters()]
        )
        self.adam = torch.optim.Adam(self.named.values(), lr=config.learning)
        self.running, self.plateau = 0.5, 0  # 0: not left yet

    def answers(self, count: int, draw: int) -> tuple[Tensor, Tensor, Tensor]:
        """Read-outs (B,), hidden states and the right answers of fresh trials."""
        config = self.config
        seed = config.seed * 10**8 + draw
        seen = delayed_match(count, 2, 2, config.delay, 1, 1, SURE, seed)
        h, _ = self.net(seen.x)
        return self.head(h[-1])[:, 0], h, seen.y

    def change(self, h: Tensor) -> Tensor:
        return temporal_consistency(h[2 : 2 + self.config.delay])

    def learn(self, k: int) -> None:
        """The batch number ``k``."""
        config = self.config
        out, h, y = self.answers(config.batch, 1 + k)
        loss = binary_cross_entropy_with_logits(out, y.float())
        if self.way == "consistent":
            loss = loss + config.factor * self.change(h)
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(list(self.named.values()), config.clip)
        self.adam.step()
        right = ((out > 0) == (y > 0)).float().mean().item()
        self.running = config.memory * self.running + (1 - config.memory) * right
        if not self.plateau and self.running > config.leave:
            self.plateau = k + 1

    def still(self, h: Tensor) -> Tensor:
        """One step without input, from states (..., N)."""
        net = self.net
        return torch.tanh(h @ net.weight_hh.T + net.bias_hh + net.bias_ih)

    def starts(self, h: Tensor) -> Tensor:
        """States of the delay (S, N), evenly over its steps and the trials."""
        states = h[2 : 2 + self.config.delay].flatten(0, 1)
        return states[torch.linspace(0, len(states) - 1, self.config.starts).long()]

    @torch.no_grad()
    def measured(self) -> dict[str, float]:
        out, h, y = self.answers(self.config.tested, 0)
        found = fixed_points(self.still, self.starts(h))
        named = {
            "plateau": float(self.plateau or self.config.iterations),
            "left": float(self.plateau > 0),
            "accuracy": ((out > 0) == (y > 0)).double().mean().item(),
            "change": self.change(h).item(),
            "points": float((found.radius < 1).sum()),
        }
        return {f"{name}_{self.way}": value for name, value in named.items()}

    def state(self) -> dict:
        kept = {f"{self.way}.running": self.running, f"{self.way}.plateau": self.plateau}
        for name, p in self.named.items():
            kept[f"{self.way}.{name}"] = p.detach().clone()
            for field, value in self.adam.state.get(p, {}).items():
                kept[f"{self.way}.{name}.{field}"] = value.clone()
        return kept

    @torch.no_grad()
    def restore(self, state: dict) -> None:
        self.running = state[f"{self.way}.running"]
        self.plateau = state[f"{self.way}.plateau"]
        for name, p in self.named.items():
            p.copy_(state[f"{self.way}.{name}"])
            fields = ("step", "exp_avg", "exp_avg_sq")
            self.adam.state[p] = {f: state[f"{self.way}.{name}.{f}"].clone() for f in fields}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    both = [Learner(config, way) for way in WAYS]
    yield from side_by_side(both, config.iterations, PARTS, state)
