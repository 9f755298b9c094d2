"""The sounds and networks of lab keywords: one word to be found, by rates, spikes, whole numbers.

    keyword    a tone that rises from 300 Hz times a voice's pitch, by three times that in a second
    others     nine tones that rise from other pitches or fall
    picture    16 channels of a cochlea by 8 windows, from 0 to 1

96 sounds of the test hold the keyword and 96 do not, each by another voice, as in the published
benchmark. A network 128-32-32-2 learns; ``three`` counts what it finds of the 96.

References: Blouw et al. (2018), arXiv:1812.01739; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

import functools
import math

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy

from neurolab.coding import CochleaParams, cochlea
from neurolab.neuromorphic import ChipNet, convert, to_nir
from neurolab.spiking import Chain

from .spikes_choice import as_spikes
from .start import fast

CHANNELS, WINDOWS, UNITS, STEPS, ITEMS = 16, 8, 32, 24, 96
NOISE = 2.5  # deviation, against an amplitude of 1


@functools.cache
def sounds(split: str) -> tuple[Tensor, Tensor]:
    """Pictures (M, 128) and 1 for the keyword, of "train", "held-out" or "test"."""
    seed = {"train": 1, "held-out": 2, "test": 3}[split]
    chance = torch.Generator().manual_seed(seed)
    count = 3 * ITEMS if split == "train" else ITEMS
    time, waves, labels = torch.arange(800) / 8000, [], []
    for item in range(2 * count):
        word = 0 if item < count else 1 + item % 9
        voice = 0.9 + 0.2 * float(torch.rand((), generator=chance))
        start = 300 * 1.5 ** (word % 5) * voice
        rate = (1, -1)[word // 5] * 3 * start
        wave = torch.sin(2 * math.pi * (start * time + rate / 2 * time**2))
        waves.append(wave + NOISE * torch.randn(800, generator=chance))
        labels.append(int(word == 0))
    level = cochlea(torch.stack(waves, 1) / 4, CochleaParams(channels=CHANNELS))
    rows = adaptive_avg_pool2d(level.permute(1, 2, 0)[:, None], (CHANNELS, WINDOWS)).flatten(1)
    low, high = rows.amin(1, keepdim=True), rows.amax(1, keepdim=True)
    return (rows - low) / (high - low), torch.tensor(labels)


@functools.cache
def network(seed: int = 0) -> nn.Sequential:
    """Rectified units that have learned the keyword."""
    x, y = sounds("train")
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        layers = (nn.Linear(CHANNELS * WINDOWS, UNITS), nn.ReLU(), nn.Linear(UNITS, UNITS))
        net = nn.Sequential(*layers, nn.ReLU(), nn.Linear(UNITS, 2))
        adam = torch.optim.Adam(net.parameters(), 0.003, weight_decay=1e-3)
        for _ in range(4 if fast() else 15):
            for rows in torch.randperm(len(x)).split(32):
                adam.zero_grad()
                cross_entropy(net(x[rows]), y[rows]).backward()
                adam.step()
    return net.eval()


def spiking(seed: int = 0, percentile: float = 99.0) -> Chain:
    return convert(network(seed), sounds("train")[0], percentile)[0]


def found(said: Tensor, y: Tensor) -> int:
    """True positives: sounds with the keyword in which it was found."""
    return int((said.argmax(1)[y == 1] == 1).sum())


@functools.cache
@torch.no_grad()
def three(seed: int = 0, split: str = "test") -> tuple[int, int, int]:
    """Keywords that are found of 96: by rectified units, by spikes, in whole numbers."""
    x, y = sounds(split)
    made, z = spiking(seed), as_spikes(x, STEPS)
    chip = ChipNet(to_nir(made))
    return found(network(seed)(x), y), found(made(z)[0].mean(0), y), found(chip(z)[0].mean(0), y)


@functools.cache
@torch.no_grad()
def cost(steps: int, percentile: float, bits: int, split: str) -> tuple[float, float]:
    """Right answers (%) in whole numbers, and synaptic operations of a sound."""
    x, y = sounds(split)
    made, z = spiking(0, percentile), as_spikes(x, steps)
    said = ChipNet(to_nir(made), bits=bits)(z)[0].mean(0)
    _, _, seen = made(z, record=True)
    fired = float(z.sum()) * UNITS + float(seen[1].sum()) * UNITS + float(seen[3].sum()) * 2
    return 100 * float((said.argmax(1) == y).double().mean()), fired / len(x)
