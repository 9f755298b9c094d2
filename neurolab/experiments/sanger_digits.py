"""Sanger's layer finds the first eight principal components of real handwritten digits, in order.

Eight units, started at random, see the 1797 digits of scikit-learn (8 x 8 pixels, 0 to 1, mean
removed) in batches, in a new order in every pass. The rate falls from ``rate`` to ``rate`` times
``fall`` over the run. The components they should find come from linear algebra, on the same digits.

Metrics: ``subspace_overlap`` (of the units' span with that of the components; 1 where they are the
same, an eighth by chance), ``cosine_worst`` (the least |cos| between a unit and its own component),
``orthonormal_error`` (largest entry of |W W^T - 1|).

What to expect: subspace_overlap above 0.98. The order comes late: a unit settles after those
before it. The rates were chosen on seeds 10 to 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.hebbian import Sanger

from .contract import Progress, within
from .oja_digits import digits

DATA = ("digits",)


@dataclass(frozen=True)
class Config:
    units: int = 8  # components to find
    rate: float = 0.1  # first learning rate, per batch
    fall: float = 0.1  # the last rate over the first
    batch: int = 10  # digits
    passes: int = 40  # over the digits
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(1, 64), rate=(1e-6, 1), fall=(1e-6, 1), batch=(1, 1797))
        within(self, passes=(1, 10**5), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(passes=20), "full": Config()}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    x = digits()
    components = torch.linalg.eigh(x.T @ x / len(x))[1].flip(1)[:, : config.units]  # (I, N)

    chance = torch.Generator()
    with torch.random.fork_rng(devices=[]):  # its own first weight is not used
        layer = Sanger(x.shape[1], config.units).to(x.dtype)
    if state is None:
        chance.manual_seed(config.seed)
        start = torch.randn(layer.weight.shape, generator=chance, dtype=x.dtype)
        layer.weight.copy_(start / x.shape[1] ** 0.5)
        done = 0
    else:
        chance.set_state(state["chance"])
        layer.weight.copy_(state["weight"])
        done = state["done"]

    while done < config.passes:
        rate = config.rate * config.fall ** (done / config.passes)
        for batch in x[torch.randperm(len(x), generator=chance)].split(config.batch):
            layer.learn(batch, rate=rate)
        done += 1
        w = layer.weight
        span = torch.linalg.qr(w.T)[0]
        gram = w @ w.T - torch.eye(config.units, dtype=x.dtype)
        metrics = {
            "subspace_overlap": ((components.T @ span) ** 2).sum().item() / config.units,
            "cosine_worst": torch.cosine_similarity(w, components.T).abs().min().item(),
            "orthonormal_error": gram.abs().max().item(),
        }
        kept = {"chance": chance.get_state(), "weight": w.clone(), "done": done}
        yield Progress(done, config.passes, metrics, kept)
