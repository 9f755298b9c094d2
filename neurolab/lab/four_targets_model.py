"""The networks of lab four-targets, and what targets do with them.

    network()      64-48-10, rectified units, learned the digits of scikit-learn
    on_targets()   the same converted to spikes, pictures as spikes, on every target: mismatch
    on_chip()      in whole numbers: right answers of 0 to 1

Nengo, Brian2 and nengo-loihi are asked where they are installed.

References: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

import functools
import warnings

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab import tasks
from neurolab.neuromorphic import ChipNet, convert, to_nir
from neurolab.neuromorphic.compare import Row, compare
from neurolab.spiking import Chain

from .spikes_choice import as_spikes
from .start import fast

UNITS, STEPS = 48, 24


@functools.cache
def digits(split: str) -> tuple[Tensor, Tensor]:
    """x (B, 64) from 0 to 1 and labels; the last 347 to learn from are "held-out"."""
    x, y = tasks.load("digits", split="test" if split == "test" else "train")
    part = {"train": slice(0, 1000), "held-out": slice(1000, None), "test": slice(None)}[split]
    return x[part].flatten(1), y[part]


@functools.cache
def network(seed: int = 0) -> nn.Sequential:
    """Rectified units that have learned the digits."""
    x, y = digits("train")
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(64, UNITS), nn.ReLU(), nn.Linear(UNITS, 10))
        adam = torch.optim.Adam(net.parameters(), 0.005)
        for _ in range(5 if fast() else 20):
            for rows in torch.randperm(len(x)).split(50):
                adam.zero_grad()
                cross_entropy(net(x[rows]), y[rows]).backward()
                adam.step()
    return net.eval()


def spiking(percentile: float = 99.0) -> Chain:
    return convert(network(), digits("train")[0], percentile)[0]


def on_targets(examples: int = 3, steps: int = STEPS) -> list[Row]:
    """A row for torch and for each target: accuracy, mismatch, operations; nan where it cannot."""
    x, y = digits("test")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nengo-loihi tells which Nengo it knows
        return compare(to_nir(spiking()), as_spikes(x[:examples], steps), y[:examples])


@functools.cache
@torch.no_grad()
def on_chip(
    bits: int, steps: int = STEPS, percentile: float = 99.0, split: str = "held-out"
) -> float:
    """Part of the digits that are read rightly in whole numbers of so many bits."""
    x, y = digits(split)
    net = ChipNet(to_nir(spiking(percentile)), bits=bits)
    return float((net(as_spikes(x, steps))[0].mean(0).argmax(1) == y).double().mean())


@torch.no_grad()
def operations(steps: int, percentile: float, split: str = "held-out") -> float:
    """Synaptic operations of a digit: spikes times the synapses that each reaches."""
    x, _ = digits(split)
    z = as_spikes(x, steps)
    _, _, seen = spiking(percentile)(z, record=True)
    return (float(z.sum()) * UNITS + float(seen[1].sum()) * 10) / len(x)
