"""Spiking cells learn digits by spike timing alone; labels only say what each has come to mean.

The network of ``hebbian.digit_network``: pixels as Poisson inputs, cells that compete through
inhibitory ones, synapses that learn at the spikes of their cell. Labels are used once learning is
over: each cell gets the class of training pictures to which it fired most, and a picture the class
whose cells fire most on average.

    stage          pictures                                    mnist     digits
    1  learn       ``passes`` over those to learn              50,000    the first 1,000
    2  label       those to learn, weights frozen              50,000    the first 1,000
    3  held out    ``held_out_accuracy``                       10,000    the next 347
    4  learn       ``passes`` over those held out              10,000    the next 347
    5  label       all of them, weights frozen                 60,000    the first 1,347
    6  test        ``test_accuracy``, once                     10,000    the last 450

So the cells that are tested have seen every training picture ``passes`` times. Settings were chosen
by ``held_out_accuracy`` with seeds from 10.

Metrics: the two accuracies, fractions that are right, each 0 until its stage is over;
``spikes_per_image``, the mean number of spikes of all excitatory cells during a picture of the
stage at hand (its last attempt; the last stage is the test), ``active_neurons``, how many cells
fired in the newest finished stage of labels.

Pictures to learn from are shown in an order of the seed's own. In the order of the file, what is
shown last moves the weights most, and the cells lose some of what they could tell apart before.

What to expect of "full": test_accuracy above 0.80.

Where it differs from the paper: one pass; settings named there as ours in
``hebbian.stdp_digits``. On ``digits``, with fewer and denser pixels, synapses are stronger and
thresholds rise faster, since pictures are fewer.

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from neurolab import tasks
from neurolab.hebbian.digit_network import DigitNetwork, assign, tally, vote
from neurolab.hebbian.stdp_digits import DigitsParams

from .contract import Progress, Refused, within

SETS = {"digits": (("train", 0, 1000), ("train", 1000, 1347), ("test", 0, 450))}
SETS["mnist"] = (("fit", 0, 50_000), ("held-out", 0, 10_000), ("test", 0, 10_000))
CHOSEN = ("theta_plus", "gain", "rate", "target", "mean_weight", "peak", "picture", "rest")


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or digits, which come with scikit-learn
    units: int = 100  # excitatory cells, and as many inhibitory ones
    passes: int = 1  # over the training pictures
    rate: float = 0.01  # of learning
    target: float = 0.05  # trace of an input at which a weight stays as it is
    theta_plus: float = 0.05  # mV, what a spike adds to its cell's threshold
    gain: float = 1.0  # of input synapses, in units of the leak
    mean_weight: float = 0.1  # of a cell, kept by scaling; the largest weight is 1
    peak: float = 63.75  # 1 / s, rate of a white pixel
    picture: float = 350.0  # ms
    rest: float = 150.0  # ms of silence after it
    step: int = 100  # pictures between two moments at which the run may stop
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        within(self, units=(1, 10**4), passes=(1, 1000), rate=(0, 1), target=(0, 1))
        within(self, theta_plus=(0, 100), gain=(0, 1000), mean_weight=(1e-4, 0.9))
        within(self, peak=(0, 2000), picture=(1, 10**4), rest=(0, 10**4), step=(1, 10**5))
        within(self, seed=(0, 2**32 - 1))


SMALL = {"data": "digits", "passes": 2, "theta_plus": 0.1, "target": 0.3}
SMALL |= {"gain": 2.0, "mean_weight": 0.3}
PRESETS = {"quick": Config(**SMALL), "full": Config()}


def images(name: str, part: int) -> tuple[Tensor, Tensor]:
    """x (B, I) from 0 to 1 and labels (B,) of part 0 (to learn), 1 (held out) or 2 (test)."""
    split, first, last = SETS[name][part]
    x, y = tasks.load(name, split=split)
    return x[first:last].flatten(1), y[first:last]


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    parts = [images(config.data, part) for part in range(3)]
    x, y = (torch.cat([part[n] for part in parts]).numpy() for n in range(2))
    a, b, c = np.cumsum([len(part[1]) for part in parts]).tolist()
    learn, held = range(a), range(a, b)
    chance = np.random.default_rng([config.seed, 3])
    order = np.concatenate([chance.permutation(learn), a + chance.permutation(b - a)])
    x[:b], y[:b] = x[order], y[order]
    stages = [("learn", learn)] * config.passes + [("label", learn), ("held_out", held)]
    stages += [("learn", held)] * config.passes + [("label", range(b)), ("test", range(b, c))]
    starts = [0, *accumulate(len(rows) for _, rows in stages)]
    params = DigitsParams(**{name: getattr(config, name) for name in CHOSEN})
    network = DigitNetwork(x.shape[1], config.units, params, config.seed)
    kept = {"done": 0, "spikes": 0, "right": 0, "active": 0, "held_out": 0.0, "test": 0.0}
    tallied = np.zeros((10, config.units + 1), np.int64)
    if state is not None:
        network.restore(state)
        kept, tallied = {name: state[name] for name in kept}, state["tallied"].numpy().copy()

    while kept["done"] < starts[-1]:
        stage = sum(kept["done"] >= start for start in starts) - 1
        name, rows = stages[stage]
        place = kept["done"] - starts[stage]
        if place == 0:
            kept |= {"spikes": 0, "right": 0}
            tallied[:] = 0 if name == "label" else tallied
        now = rows[place : place + config.step]
        counts = network.present(x[now.start : now.stop], learn=name == "learn")
        shown, over = place + len(now), now.stop == rows.stop
        kept["done"] += len(now)
        kept["spikes"] += int(counts.sum())
        if name == "label":
            tallied += tally(counts, y[now.start : now.stop])
            if over:
                kept["active"] = int(tallied[:, :-1].any(0).sum())
        elif name != "learn":
            said = vote(counts, assign(tallied))
            kept["right"] += int((said == y[now.start : now.stop]).sum())
            if over:
                kept[name] = kept["right"] / shown
        metrics = {f"{name}_accuracy": kept[name] for name in ("test", "held_out")}
        metrics |= {"spikes_per_image": kept["spikes"] / shown, "active_neurons": kept["active"]}
        whole = {**network.state(), **kept, "tallied": torch.from_numpy(tallied.copy())}
        yield Progress(kept["done"], starts[-1], metrics, whole)
