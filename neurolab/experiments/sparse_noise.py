"""Sparse and dense networks under noise: who still reads a digit when the input is bad?

Two convolutional networks of the same sizes learn the same pictures in the same order:

    dense     5 x 5 filters, the largest of 2 x 2, rectified; a rectified layer; a read-out
    sparse    the same, but of the filters' answers and of the layer only k win (with boosting), and
              the layer has 30 % of its weights

Noise of level q: that part of the pixels is set to the mean and two standard deviations. Spoken
digits are pictures of 32 channels of ``coding.cochlea`` and 32 frames; there q is the part of
white noise in the sound, of the same energy.

Metrics: ``accuracy_dense``, ``accuracy_sparse`` (test, without noise), ``score_dense``,
``score_sparse`` (right answers, summed over all noise levels), ``ahead`` (1 where the sparse score
is the higher one), and ``dense_at_PERCENT``, ``sparse_at_PERCENT`` for each level.

Sizes and settings are those of the paper's one-layer networks: 30 filters of which 9.3 % win, 150
units of which 33.3 %, rate 0.01 of plain gradient descent that falls by 0.8 each epoch, 15 epochs,
batches of 64 (of 4 in the first epoch), boosting 1.5 that falls by 0.85 each epoch, 1.5 times as
many winners in the test. Nothing was tuned.

Where it differs from the paper: spoken digits in place of speech commands.

Reference: Ahmad & Scheinkman (2019), arXiv:1903.11257
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy, relu

from neurolab import tasks
from neurolab.coding import CochleaParams, cochlea
from neurolab.dendrites import KWinners, KWinners2d, KWinnersParams, SparseLinear

from .contract import Progress, Refused, within

WAYS = ("dense", "sparse")
LEVELS = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50)  # percent
CLASSES, SIDE = 10, 32  # of pictures of sounds
AT_ONCE = 1000  # examples, where nothing is learned
DATA_SETS = ("mnist", "spoken-digits", "digits")


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or spoken-digits, or digits, which come with scikit-learn
    filters: int = 30  # of the first layer
    kernel: int = 5  # pixels of a side of a filter
    units: int = 150  # of the second layer
    filters_on: float = 0.093  # part of the filters' answers that win
    units_on: float = 0.333  # part of the units that win
    connected: float = 0.3  # part of the units' weights that exist
    boost: float = 1.5  # strength of boosting, at first
    boost_decay: float = 0.85  # each epoch
    k_test: float = 1.5  # times as many win in the test
    rate: float = 0.01  # of learning, at first
    rate_decay: float = 0.8  # each epoch
    epochs: int = 15  # passes over the pictures
    batch: int = 64  # pictures between two changes of the weights
    first_batch: int = 4  # in the first epoch
    examples: int = 60_000  # to learn from, at most
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in DATA_SETS:
            raise Refused(f"data must be one of {', '.join(DATA_SETS)}, got {self.data!r}")
        within(self, filters=(1, 1000), kernel=(1, 9), units=(1, 10**5), filters_on=(1e-6, 1))
        within(self, units_on=(1e-6, 1), connected=(1e-6, 1), boost=(0, 100), boost_decay=(0, 1))
        within(self, k_test=(1, 10), rate=(0, 10), rate_decay=(0, 1), epochs=(1, 1000))
        within(self, batch=(1, 10**5), first_batch=(1, 10**5), examples=(1, 10**6))
        within(self, seed=(0, 2**31 - 1))
        if self.kernel > 5 and self.data == "digits":
            raise Refused(f"kernel must be at most 5 for pictures of 8 x 8, got {self.kernel}")


PRESETS = {
    "quick": Config(
        **{"data": "digits", "filters": 12, "kernel": 3, "units": 60, "epochs": 4},
        **{"batch": 16, "filters_on": 0.2, "units_on": 0.4, "connected": 0.5, "rate": 0.06},
        **{"rate_decay": 0.9, "examples": 1000},
    ),
    "full": Config(),
}


class Net(nn.Module):
    """Filters, a layer and a read-out; with winners where ``sparse``."""

    def __init__(self, config: Config, sparse: bool, side: int):
        super().__init__()
        params = KWinnersParams(config.boost, config.boost_decay, k_test=config.k_test)
        self.filters = nn.Conv2d(1, config.filters, config.kernel)
        self.pool = nn.MaxPool2d(2)
        size = config.filters * ((side - config.kernel + 1) // 2) ** 2
        if sparse:
            self.first = KWinners2d(config.filters, config.filters_on, params)
            self.layer = SparseLinear(size, config.units, config.connected)
            self.second = KWinners(config.units, config.units_on, params)
        else:
            self.first = self.second = relu
            self.layer = nn.Linear(size, config.units)
        self.out = nn.Linear(config.units, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, H, W) to logits (B, classes)."""
        y = self.first(self.pool(self.filters(x[:, None])))
        return self.out(self.second(self.layer(y.flatten(1))))

    def fade(self) -> None:
        for part in (self.first, self.second):
            if isinstance(part, KWinners):
                part.fade()


def heard(sound: Tensor, level: float, chance: torch.Generator) -> Tensor:
    """The picture (SIDE, SIDE) of a sound (T,) that is partly noise."""
    sound = sound / sound.square().mean().sqrt().clamp_min(1e-9)
    noise = torch.randn(len(sound), generator=chance)
    mixed = (1 - level) * sound + level * noise
    mixed = mixed / mixed.abs().max().clamp_min(1e-9)
    picture = cochlea(mixed[:, None], CochleaParams(channels=SIDE))[:, 0]  # (frames, channels)
    return adaptive_avg_pool2d(picture[None, None], (SIDE, SIDE))[0, 0]


@cache
def spoken(split: str, percent: int) -> tuple[Tensor, Tensor]:
    found, chance = tasks.load("spoken-digits", split=split), torch.Generator().manual_seed(percent)
    return torch.stack([heard(sound, percent / 100, chance) for sound in found.x]), found.y


def pictures(config: Config, split: str, percent: int = 0) -> tuple[Tensor, Tensor]:
    """x (M, H, W) of mean 0 and deviation 1 over the training set, noise in it; y (M,)."""
    if config.data == "spoken-digits":
        plain, _ = spoken("train", 0)
        x, y = spoken(split, percent)
        return (x - plain.mean()) / plain.std(), y
    plain, _ = tasks.load(config.data, split="train")
    x, y = tasks.load(config.data, split=split)
    x = (x - plain.mean()) / plain.std()
    chance = torch.Generator().manual_seed(percent)
    noisy = torch.rand(x.shape, generator=chance) < percent / 100
    return torch.where(noisy, torch.full_like(x, 2.0), x), y


class Learner:
    """One of the two networks."""

    def __init__(self, config: Config, way: str):
        self.config, self.way = config, way
        self.x, self.y = (part[: config.examples] for part in pictures(config, "train"))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.net = Net(config, way == "sparse", self.x.shape[-1])
        self.score, self.accuracy = 0.0, {}

    def epoch(self, k: int) -> None:
        """All pictures once, in an order that both networks share."""
        config = self.config
        batch = config.batch if k else config.first_batch
        rate = config.rate * config.rate_decay**k
        descent = torch.optim.SGD(self.net.parameters(), rate)
        chance = torch.Generator().manual_seed(1000 * config.seed + k)
        self.net.train()
        for at in torch.randperm(len(self.x), generator=chance).split(batch):
            descent.zero_grad()
            cross_entropy(self.net(self.x[at]), self.y[at]).backward()
            descent.step()
        self.net.fade()

    @torch.no_grad()
    def test(self) -> None:
        """Right answers under every level of noise."""
        self.net.eval()
        for percent in LEVELS:
            x, y = pictures(self.config, "test", percent)
            answers = torch.cat([self.net(part).argmax(1) for part in x.split(AT_ONCE)])
            right = int((answers == y).sum())
            self.score += right
            self.accuracy[percent] = right / len(y)

    def state(self) -> dict:
        """All that changes between two epochs, by name."""
        return {f"{self.way}.{n}": x.clone() for n, x in self.net.state_dict().items()}

    def restore(self, state: dict) -> None:
        start = f"{self.way}."
        found = {n.removeprefix(start): x for n, x in state.items() if n.startswith(start)}
        self.net.load_state_dict(found)


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners, done = [Learner(config, way) for way in WAYS], 0
    if state is not None:
        done = state["done"]
        for one in learners:
            one.restore(state)
    metrics = {f"{name}_{way}": 0.0 for name in ("accuracy", "score") for way in WAYS}
    metrics |= {f"{way}_at_{q}": 0.0 for way in WAYS for q in LEVELS} | {"ahead": 0.0}
    while done < config.epochs:
        for one in learners:
            one.epoch(done)
        done += 1
        if done == config.epochs:
            for one in learners:
                one.test()
                metrics[f"accuracy_{one.way}"] = one.accuracy[0]
                metrics[f"score_{one.way}"] = one.score
                metrics |= {f"{one.way}_at_{q}": one.accuracy[q] for q in LEVELS}
            metrics["ahead"] = float(metrics["score_sparse"] > metrics["score_dense"])
        kept = {"done": done}
        for one in learners:
            kept |= one.state()
        yield Progress(done, config.epochs, dict(metrics), kept)
