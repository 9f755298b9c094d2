"""What the potential of a neuron tells of a stimulus beyond what its spikes tell.

Twelve synapses are reached at once: all on one branch of the neuron (``dendrites.star``), or dealt
evenly among two, four or all eight. The stimulus is which of these four; the number is the same.
Besides, single synapses are reached at random on all branches, more of them at each of three
levels. The neuron fires at 9 mV above rest. For 100 ms from the volley on, in ten bins, a linear
reader is given the counts of spikes, or the mean potential with each spike and the 2 ms before and
8 ms after it cut out and held over; it learns on half of the trials and is tried on the other half.

    gap        bits by potential - bits by spikes, of 2 bits in all
    fraction   gap / bits of the stimulus

Metrics: at each level (``_low``, ``_middle``, ``_high``) ``spikes``, their mean number in a trial;
``bits_potential``, ``bits_spikes`` and ``fraction``, with ``from`` and ``to``, the interval of the
fraction that holds 95 % of 300 draws of trials; and ``bits_whole``, by the potential with nothing
cut out.

The levels were chosen on seeds 10 and 11, so that a trial has next to no spikes, less than one, and
several. With several the potential, cut and held so often, tells no more than they do.

What it does not show: that anything outside the neuron can use what its potential tells.

Reference: London & Hausser (2005), doi:10.1146/annurev.neuro.28.061604.135703
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.dendrites import (
    Compartmental,
    Soma,
    binned,
    decoded_bits,
    information_gap,
    linear_readout,
    star,
    without_spikes,
)

from .contract import Progress, within

DATA = ()
BRANCHES = 8
TIPS = tuple(2 * (b + 1) for b in range(BRANCHES))  # compartments at the ends
SPREADS = (1, 2, 4, 8)  # branches, of the four stimuli
LEVELS = {"_low": 0.015, "_middle": 0.03, "_high": 0.06}  # single synapses a ms, of each branch
DT = 1.0  # ms
BEFORE, AFTER = 50, 100  # steps, of background alone, and of the answer
BINS = 10


@dataclass(frozen=True)
class Config:
    trials: int = 2000  # at each level, half of them to learn from
    synapses: int = 12  # of a volley
    threshold: float = 9.0  # mV above rest
    draws: int = 300  # of trials, for the interval
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, trials=(40, 10**6), synapses=(1, 1000), threshold=(0.1, 1e6))
        within(self, draws=(2, 10**5), seed=(0, 2**31 - 1))


PRESETS = {"quick": Config(trials=400, draws=100), "full": Config()}


def trials(config: Config, level: int) -> tuple[Tensor, Soma]:
    """Stimuli (n,) and the soma's answer (T, n) from the volley on, at one level."""
    chance = torch.Generator().manual_seed(10 * config.seed + level)
    s = torch.arange(config.trials) % len(SPREADS)
    size = (BEFORE + AFTER, config.trials, BRANCHES)
    rate = list(LEVELS.values())[level]
    x = (torch.rand(size, generator=chance) < rate * DT).float()
    first = torch.randint(BRANCHES, (config.trials,), generator=chance)
    spread = torch.tensor(SPREADS)[s]
    for k in range(config.synapses):
        branch = (first + k % spread) % BRANCHES
        x[BEFORE, torch.arange(config.trials), branch] += 1
    tree = star()
    neuron = Compartmental(tree, TIPS, threshold=tree.e_leak + config.threshold, dt=DT)
    with torch.no_grad():
        soma, _ = neuron(x)
    return s, Soma(soma.v[BEFORE:], soma.z[BEFORE:])


def measured(config: Config, level: int) -> dict[str, float]:
    s, soma = trials(config, level)
    n = len(s) // 2
    below = without_spikes(soma.v, soma.z, 2, 8)
    told = {}
    for name, x in (("potential", below), ("spikes", soma.z), ("whole", soma.v)):
        f = binned(x, BINS).double()
        told[name] = linear_readout(f[:n], s[:n], f[n:])
    bits = {f"bits_{name}": decoded_bits(s[n:], read) for name, read in told.items()}
    chance = torch.Generator().manual_seed(10 * config.seed + 5 + level)
    gap = information_gap(s[n:], told["potential"], told["spikes"], chance, config.draws)
    in_all = decoded_bits(s[n:], s[n:])
    found = bits | {"spikes": soma.z.sum(0).mean().item()}
    return found | {
        name: x / in_all for name, x in zip(("fraction", "from", "to"), gap, strict=True)
    }


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    found = dict(state["found"]) if state else {}
    names = ("bits_potential", "bits_spikes", "bits_whole", "spikes", "fraction", "from", "to")
    for level, end in enumerate(LEVELS):
        if "spikes" + end in found:
            continue
        found |= {name + end: x for name, x in measured(config, level).items()}
        metrics = {name + other: found.get(name + other, 0.0) for other in LEVELS for name in names}
        kept = {"found": dict(found), "metrics": torch.tensor(list(metrics.values()))}
        yield Progress(level + 1, len(LEVELS), metrics, kept)
