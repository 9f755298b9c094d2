"""How sparse are the codes of this book? The same digits in one model after another.

Each model answers to the same 450 test digits of scikit-learn (the population to as many angles,
the temporal memory to the notes of a melody), and ``metrics.sparsity`` measures the answers:

    pixels       the pictures themselves
    dense        a layer of ReLUs, trained with a read-out
    winners      the same with k winners, boosting, and ``connected`` of its weights
    hopfield     the layer of Krotov and Hopfield, as its read-out sees it
    stdp         spike counts of a hundred cells that learned by spike times
    spiking      spike counts of a layer trained through surrogate gradients
    population   rates of cells that are tuned to angles
    pooler       the columns of a spatial pooler that learned
    memory       the cells of a temporal memory that knows the melody

Metrics, for each: ``active``, the part of the units that answer at all; ``treves_rolls``, <r>^2 /
<r^2> over the units; ``hoyer`` over the units; ``lifetime``, the sparsity of a unit over the
stimuli, of those that answer to some. The first three are means over the stimuli that get an
answer.

What to expect: where winners are counted, ``active`` is what was set. The others show what learning
and thresholds made of it; a population code by tuning curves is not sparse at all.

Reference: Willmore & Tolhurst (2001), doi:10.1080/net.12.3.255.270
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab import metrics
from neurolab.coding import VonMisesParams, von_mises_rate
from neurolab.dendrites import (
    KWinners,
    KWinnersParams,
    PoolerParams,
    SparseLinear,
    SpatialPooler,
    TemporalMemory,
    patterns_of,
    subsets,
)
from neurolab.hebbian.digit_network import DigitNetwork
from neurolab.hebbian.stdp_digits import DigitsParams
from neurolab.tasks.melodies import MELODIES

from . import krotov_hopfield
from .contract import Progress, Refused, within
from .two_nets import Fit, Spiking, images

TUNE = MELODIES["frere jacques"]
MEASURES = ("active", "treves_rolls", "hoyer", "lifetime")


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return ("digits",)


@dataclass(frozen=True)
class Config:
    units: int = 100  # of a layer that learns
    density: float = 0.1  # part of the units, and of the pooler's columns, that win
    connected: float = 0.3  # part of the weights of the layer with winners that exist
    epochs: int = 20  # of training, where there is a read-out
    passes: int = 20  # over the digits without one; a tenth of them by spike times
    columns: int = 200  # of the pooler and of the temporal memory
    cells: int = 16  # of a column of the memory
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(10, 10**4), density=(0.01, 1), connected=(1e-3, 1), epochs=(1, 1000))
        within(self, passes=(1, 1000), columns=(20, 10**4), cells=(1, 1000), seed=(0, 2**31 - 1))
        if round(self.density * self.columns) < 4:
            raise Refused(f"density must leave 4 winners or more, got {self.density}")


PRESETS = {
    "quick": Config(units=40, epochs=2, passes=3, columns=100),
    "full": Config(),
}


def learned(net: nn.Module, config: Config, rate: float = 0.005) -> nn.Module:
    """The network after all its epochs over the digits."""

    def loss(answer: Tensor, labels: Tensor) -> Tensor:
        return cross_entropy(answer.mean(0) if answer.ndim == 3 else answer, labels)

    fit = Fit(net, loss, rate, 25, config.epochs, 0, config.seed)
    for _ in range(config.epochs):
        fit.epoch(*images("digits", 0))
        for part in net.modules():
            if isinstance(part, KWinners):
                part.fade()
    return net.eval()


def shown(config: Config) -> Tensor:
    return images("digits", 2)[0].flatten(1)


def pixels(config: Config) -> Tensor:
    return shown(config)


def dense(config: Config) -> Tensor:
    layer = nn.Sequential(nn.Linear(64, config.units), nn.ReLU())
    learned(nn.Sequential(layer, nn.Linear(config.units, 10)), config)
    return layer(shown(config))


def with_winners(config: Config) -> Tensor:
    params = KWinnersParams(boost=1.5, boost_decay=0.85)
    win = KWinners(config.units, config.density, params)
    layer = nn.Sequential(SparseLinear(64, config.units, config.connected), win)
    learned(nn.Sequential(layer, nn.Linear(config.units, 10)), config)
    return layer(shown(config)).clamp(min=0)


def hopfield(config: Config) -> Tensor:
    """Weights after all passes, of a run that goes no further."""
    settings = krotov_hopfield.SMALL | {"units": config.units, "passes": config.passes}
    settings |= krotov_hopfield.READOUT | {"seed": config.seed}
    c = krotov_hopfield.Config(**settings)
    for progress in krotov_hopfield.run(c):
        if progress.done == c.passes:
            return krotov_hopfield.features(shown(config), progress.state["weight"], c.p, c.power)
    raise AssertionError("a run of krotov_hopfield reports each pass")


def stdp(config: Config) -> Tensor:
    params = DigitsParams(theta_plus=0.1, target=0.3, gain=2.0, mean_weight=0.3)
    net = DigitNetwork(64, config.units, params, config.seed)
    for _ in range(max(1, config.passes // 10)):
        net.present(images("digits", 0)[0].flatten(1).numpy(), learn=True)
    return torch.as_tensor(net.present(shown(config).numpy(), learn=False))[:, : config.units]


def spiking(config: Config) -> Tensor:
    net = learned(Spiking(64, config.units, 60, 0.5, 20.0, 0.1, 10.0, 1.0), config, 0.02)
    return net.spikes(shown(config))[1].sum(0)


def population(config: Config) -> Tensor:
    angles = 2 * torch.pi * torch.rand(450)
    preferred = torch.linspace(0, 2 * torch.pi, config.units + 1)[:-1]
    return von_mises_rate(angles[:, None], preferred, VonMisesParams())


def pooler(config: Config) -> Tensor:
    k = round(config.density * config.columns)
    chance = torch.Generator().manual_seed(config.seed)
    pool = SpatialPooler(64, config.columns, k, PoolerParams(boost=2.0), chance=chance)
    pool(images("digits", 0)[0].flatten(1) > 0.5)
    return pool.eval()(shown(config) > 0.5).double()


def memory(config: Config) -> Tensor:
    """Active cells at each note, on the last of six times."""
    k = round(config.density * config.columns)
    chance = torch.Generator().manual_seed(config.seed)
    codes = patterns_of(subsets(12, k, config.columns, chance), config.columns)
    told = TemporalMemory(config.columns, config.cells, 20_000, 32, chance=chance)
    heard = []
    for time in range(6):
        told.reset()
        for note in TUNE:
            told(codes[[note + 3]])
            if time == 5:
                heard.append(told.active.double())
    return torch.stack(heard)


MODELS: dict[str, Callable[[Config], Tensor]] = {
    "winners": with_winners,
    "pixels": pixels,
    "dense": dense,
    "hopfield": hopfield,
    "stdp": stdp,
    "spiking": spiking,
    "population": population,
    "pooler": pooler,
    "memory": memory,
}


def measured(r: Tensor) -> dict[str, float]:
    """All measures of answers (B, N), none below 0."""
    r = r.detach().double()
    some, used = r[r.sum(1) > 0], r[:, r.sum(0) > 0]
    return {
        "active": float(metrics.active_fraction(some).mean()),
        "treves_rolls": float(metrics.treves_rolls(some).mean()),
        "hoyer": float(metrics.hoyer(some).mean()),
        "lifetime": float(metrics.lifetime_sparsity(used).mean()),
    }


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    found = {f"{what}_{name}": 0.0 for name in MODELS for what in MEASURES}
    done = 0
    if state is not None:
        done, found = state["done"], dict(state["found"])
    for name, model in list(MODELS.items())[done:]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            r = model(config).detach()
        found |= {f"{what}_{name}": value for what, value in measured(r).items()}
        done += 1
        kept = {"done": done, "found": dict(found), "codes": r[:20].clone()}
        yield Progress(done, len(MODELS), dict(found), kept)
