"""Oja's neuron finds the first principal component of real handwritten digits.

One neuron, started in a random direction with length 1, sees the 1797 digits of scikit-learn (8 x
8 pixels, 0 to 1, mean removed) in a new order in every pass and learns by ``oja_step`` from one
digit at a time. The component it should find comes from linear algebra, on the same digits.

Metrics: ``cosine_pc1`` (|cos| between w and the first component), ``length`` (of w),
``variance_fraction`` (variance along w over the largest there is; 1 at the component itself).

What to expect: cosine_pc1 above 0.99. The rate stays constant, so w hovers around the component,
the closer the lower the rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab import tasks
from neurolab.hebbian import oja_step

from .contract import Progress, within

DATA = ("digits",)


@dataclass(frozen=True)
class Config:
    rate: float = 0.001  # learning rate
    passes: int = 60  # over the digits
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, rate=(1e-6, 0.05), passes=(1, 10**5), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(rate=0.003, passes=15), "full": Config()}


def digits() -> Tensor:
    """(1797, 64), pixels from 0 to 1, mean removed."""
    x = tasks.load("digits", split="all").x.flatten(1).double()
    return x - x.mean(0)


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    x = digits()
    covariance = x.T @ x / len(x)
    variances, components = torch.linalg.eigh(covariance)  # ascending

    chance = torch.Generator()
    if state is None:
        chance.manual_seed(config.seed)
        w = torch.randn(x.shape[1], generator=chance, dtype=x.dtype)
        w, done = w / w.norm(), 0
    else:
        chance.set_state(state["chance"])
        w, done = state["w"], state["done"]

    while done < config.passes:
        for x_i in x[torch.randperm(len(x), generator=chance)].unbind():
            w = w + oja_step(x_i, x_i @ w, w, config.rate)
        done += 1
        metrics = {
            "cosine_pc1": (abs(w @ components[:, -1]) / w.norm()).item(),
            "length": w.norm().item(),
            "variance_fraction": (w @ covariance @ w / (w @ w) / variances[-1]).item(),
        }
        kept = {"chance": chance.get_state(), "w": w, "done": done}
        yield Progress(done, config.passes, metrics, kept)
