"""Plain Hebbian weights grow at the rate of the largest eigenvalue of their input.

    log |w(t)| ~ rate lambda_max t,     lambda_max = 1 + |correlation|

``streams`` neurons, each with two inputs of unit variance drawn anew in every step (Gaussian),
learn by ``hebb_step``. The slope of log |w| is measured over the second half of the steps, after
the turn toward the first principal component. The rule is linear in w, so w is brought back to
length 1 after every unit and the logarithms are summed: nothing overflows.

Metrics: ``growth`` (measured, per step), ``predicted`` (rate lambda_max), ``relative_error``
(|growth / predicted - 1|), ``cosine_pc1`` (mean of |cos| between w and the first component).

What to expect: for single inputs the mean of log(1 + rate x^2) lies below rate lambda by 3/2 rate
lambda of it, here 0.24 %; the rest is chance, about sqrt(4 / (steps streams)) of the growth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.hebbian import hebb_step

from .contract import Progress, within

DATA = ()
UNIT = 500  # steps in one unit of progress


@dataclass(frozen=True)
class Config:
    correlation: float = 0.6  # of the two inputs
    rate: float = 0.001  # learning rate
    units: int = 100  # length of the run, in units of 500 steps
    streams: int = 64  # neurons, each with inputs of its own
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, correlation=(-0.99, 0.99), rate=(1e-6, 0.1), units=(2, 10**6))
        within(self, streams=(1, 10**6), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(units=20), "full": Config()}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    chance = torch.Generator()
    if state is None:
        chance.manual_seed(config.seed)
        w = torch.randn(config.streams, 2, generator=chance, dtype=torch.float64)
        w, growth, done = w / w.norm(dim=1, keepdim=True), 0.0, 0
    else:
        chance.set_state(state["chance"])
        w, growth, done = state["w"], state["growth"], state["done"]

    sign = 1.0 if config.correlation >= 0 else -1.0
    pc1 = torch.tensor([1.0, sign], dtype=torch.float64) / 2**0.5
    own = (1 - config.correlation**2) ** 0.5
    predicted = config.rate * (1 + abs(config.correlation))
    half = config.units // 2  # units before the measurement

    while done < config.units:
        a, b = torch.randn(2, UNIT, config.streams, generator=chance, dtype=torch.float64)
        inputs = torch.stack([a, config.correlation * a + own * b], dim=-1)
        for x in inputs.unbind():  # (streams, 2)
            w = w + hebb_step(x, (x * w).sum(1, keepdim=True), config.rate)
        length = w.norm(dim=1, keepdim=True)
        w, done = w / length, done + 1
        if done > half:
            growth += length.log().mean().item()
        measured = growth / (UNIT * max(1, done - half))
        metrics = {
            "growth": measured,
            "predicted": predicted,
            "relative_error": abs(measured / predicted - 1),
            "cosine_pc1": (w @ pc1).abs().mean().item(),
        }
        kept = {"chance": chance.get_state(), "w": w, "growth": growth, "done": done}
        yield Progress(done, config.units, metrics, kept)
