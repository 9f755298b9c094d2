"""Spoken digits told by a dense network, by its spikes, and in a chip's whole numbers.

A recording becomes a picture of ``channels`` of a cochlea and ``frames`` windows. A network of two
layers of rectified units learns it; each unit then becomes an integrate-and-fire neuron
(``neuromorphic.convert``); and that network goes into Loihi's whole numbers (``ChipNet``: weights
of ``bits`` bits, resets to 0), and learns on in them for ``tuning`` epochs. To the last two the
picture is shown as spikes: an input of x fires x T times in T steps, evenly.

Metrics, on the test recordings: ``accuracy_ann``, ``accuracy_snn`` (converted), ``accuracy_loihi``
(whole numbers, tuned), ``accuracy_rounded`` (whole numbers, before tuning); ``emulator_mismatch``
(spikes of nengo-loihi's emulator against ours, for ``checked`` recordings); of one recording
``macs_ann``, ``synops_snn``, ``synops_loihi``, ``spikes_loihi``; estimates of energy in nJ:
``energy_ann``, ``energy_snn`` (float32, 8 KB SRAM), ``energy_loihi`` (23.6 pJ a synaptic operation,
Davies et al., 2018). All 0 until measured.

The published numbers that this is set beside, 92.7 and 93.8 %, are true positives on 96 items each:
one item apart. Here 300 recordings are tested, so a third of a point is one recording.

References: Blouw et al. (2018), arXiv:1812.01739; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy

from neurolab import tasks
from neurolab.coding import CochleaParams, cochlea
from neurolab.core import FastSigmoid
from neurolab.neuromorphic import Operations, convert, costs_of, energy_step, to_nir
from neurolab.neuromorphic.chip_net import ChipNet, Whole
from neurolab.neuromorphic.chips import chip_energy
from neurolab.neuromorphic.compare import mismatch, on_torch

from .contract import Progress, Refused, within
from .spoken_digits import GROUP, HELD, sweeps

STAGES = ("ann", "tuned")


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return () if config.data == "sweeps" else (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "spoken-digits"  # or "sweeps": sounds made here
    held_out: int = 0  # 1: test on recordings held out of the training split
    channels: int = 32  # of the cochlea
    frames: int = 24  # windows of a recording
    units: int = 256  # of each of two layers
    epochs: int = 40  # of the rectified network
    tuning: int = 5  # epochs in whole numbers
    batch: int = 50  # recordings between two changes of the weights
    learning: float = 0.001  # rate of Adam; a tenth of it while tuning
    drop: float = 0.3  # part of the inputs and units left out while learning
    percentile: float = 99.5  # of activities, for lambda
    steps: int = 64  # T
    bits: int = 8  # of a weight
    checked: int = 5  # recordings that the emulator is shown
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in ("spoken-digits", "sweeps"):
            raise Refused(f"data must be spoken-digits or sweeps, got {self.data!r}")
        within(self, held_out=(0, 1), channels=(4, 200), frames=(1, 200), units=(2, 5000))
        within(self, epochs=(1, 1000), tuning=(1, 1000), batch=(1, 10**4), learning=(0, 1))
        within(self, drop=(0, 0.9), percentile=(50, 100), steps=(2, 1000), bits=(2, 8))
        within(self, checked=(1, 1000), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"data": "sweeps", "channels": 16, "frames": 8, "units": 32, "epochs": 15, "tuning": 2},
        **{"learning": 0.005, "drop": 0.1, "steps": 24, "checked": 2},
    ),
    "full": Config(),
}


@cache
def heard(data: str, split: str, channels: int, frames: int) -> tuple[Tensor, Tensor]:
    """Pictures (M, C F) from 0 to 1 and digits (M,)."""
    found = sweeps(split) if data == "sweeps" else tasks.load(data, split=split)
    rows = []
    for sound in found.x:
        level = cochlea(
            (sound / sound.abs().max().clamp(min=1e-6))[:, None], CochleaParams(channels=channels)
        )[:, 0]
        picture = adaptive_avg_pool2d(level.T[None, None], (channels, frames))[0, 0]
        rows.append((picture / picture.max().clamp(min=1e-6)).flatten())
    return torch.stack(rows), found.y


def parts(config: Config) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """What is learned from, and what is tested on."""
    size = (config.channels, config.frames)
    x, y = heard(config.data, "train", *size)
    if not config.held_out:
        return (x, y), heard(config.data, "test", *size)
    held = torch.arange(len(y)) % GROUP < HELD
    return (x[~held], y[~held]), (x[held], y[held])


def spikes(x: Tensor, steps: int) -> Tensor:
    """Spikes (T, B, I): after t steps t x of them, x (B, I)."""
    t = torch.arange(steps + 1)[:, None, None]
    return torch.floor(t * x.clamp(0, 1) + 1e-6).diff(dim=0)


def network(config: Config) -> nn.Sequential:
    drop, units = config.drop, config.units
    return nn.Sequential(
        *(nn.Dropout(drop), nn.Linear(config.channels * config.frames, units), nn.ReLU()),
        *(nn.Dropout(drop), nn.Linear(units, units), nn.ReLU(), nn.Dropout(drop)),
        nn.Linear(units, 10),
    )


def whole(config: Config, net: nn.Sequential, x: Tensor) -> ChipNet:
    """The network in whole numbers."""
    made, _ = convert(net.eval(), x, config.percentile)
    return ChipNet(to_nir(made), bits=config.bits, surrogate=FastSigmoid())


@torch.no_grad()
def right(answer, x: Tensor, y: Tensor) -> float:
    """Part of the recordings whose largest answer is theirs."""
    found = torch.cat([answer(some).argmax(1) for some in x.split(100)])
    return float((found == y).double().mean())


def learn(
    config: Config, answer, net: nn.Module, rate: float, x: Tensor, y: Tensor, chance
) -> None:
    """One pass by Adam, whose means begin anew with it."""
    adam = torch.optim.Adam(net.parameters(), rate)
    for at in torch.randperm(len(x), generator=chance).split(config.batch):
        loss = cross_entropy(answer(x[at]), y[at])
        adam.zero_grad()
        loss.backward()
        adam.step()


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    (x, y), (x_test, y_test) = parts(config)
    names = ["accuracy_ann", "accuracy_snn", "accuracy_rounded", "accuracy_loihi"]
    names += ["emulator_mismatch", "macs_ann", "synops_snn", "synops_loihi", "spikes_loihi"]
    names += ["energy_ann", "energy_snn", "energy_loihi"]
    metrics, done, total = dict.fromkeys(names, 0.0), 0, config.epochs + config.tuning
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = network(config)
    chip = None
    if state is not None:
        done = state["done"]
        metrics = dict(zip(names, state["measured"].tolist(), strict=True))
        held = {n.removeprefix("ann."): v for n, v in state.items() if n.startswith("ann.")}
        net.load_state_dict(held)
        if done >= config.epochs:
            chip = whole(config, net, x)
            held = {n.removeprefix("chip."): v for n, v in state.items() if n.startswith("chip.")}
            chip.load_state_dict(held)
    while done < total:
        chance = torch.Generator().manual_seed(1000 * config.seed + done)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1000 * config.seed + done)  # of what is left out
            if done < config.epochs:
                rate = config.learning * (1 - done / config.epochs)
                learn(config, net.train(), net, rate, x, y, chance)
            else:
                rate = config.learning / 10
                learn(config, partial(answer, chip, config), chip, rate, x, y, chance)
        done += 1
        if done == config.epochs:
            metrics |= of_rates(config, net.eval(), x, x_test, y_test)
            chip = whole(config, net, x)
            metrics["accuracy_rounded"] = right(partial(answer, chip, config), x_test, y_test)
        if done == total:
            metrics |= of_chip(config, chip, x_test, y_test)
        kept = {f"ann.{n}": v.clone() for n, v in net.state_dict().items()}
        if chip is not None:
            kept |= {f"chip.{n}": v.clone() for n, v in chip.state_dict().items()}
        values = torch.tensor([metrics[n] for n in names], dtype=torch.float64)
        yield Progress(done, total, dict(metrics), kept | {"done": done, "measured": values})


def answer(net: nn.Module, config: Config, x: Tensor) -> Tensor:
    """Mean read-out (B, C) of a spiking network."""
    return net(spikes(x, config.steps))[0].mean(0)


def of_rates(config: Config, net: nn.Sequential, x: Tensor, x_test: Tensor, y_test: Tensor) -> dict:
    """The rectified network and what it becomes in spikes."""
    made, _ = convert(net, x, config.percentile)
    sizes = [layer.weight.numel() for layer in net if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        _, _, seen = made(spikes(x_test, config.steps), record=True)
    fired = [float(spikes(x_test, config.steps).sum()), *(float(seen[k].sum()) for k in (1, 3))]
    fanout = [layer.out_features for layer in net if isinstance(layer, nn.Linear)]
    synops = sum(n * to for n, to in zip(fired, fanout, strict=True)) / len(x_test)
    updates = float(config.steps * 2 * config.units)
    costs = costs_of("float32", "SRAM")
    return {
        "accuracy_ann": right(net, x_test, y_test),
        "accuracy_snn": right(partial(answer, made, config), x_test, y_test),
        "macs_ann": float(sum(sizes)),
        "synops_snn": synops,
        "energy_ann": float(energy_step(Operations(sum(sizes), 0, 0), costs)) / 1000,
        "energy_snn": float(energy_step(Operations(0, synops, updates), costs)) / 1000,
    }


@torch.no_grad()
def of_chip(config: Config, chip: ChipNet, x: Tensor, y: Tensor) -> dict:
    """The network in whole numbers, and the emulator beside it."""
    from neurolab.neuromorphic import loihi

    z = spikes(x, config.steps)
    fired = on_torch(chip, z)
    synops = float(z.sum()) * config.units
    synops += sum(
        float(s.sum()) * to for s, to in zip(fired.values(), (config.units, 10), strict=True)
    )
    worst = 0.0
    weights = [layer for layer in chip.layers if isinstance(layer, Whole)]
    for layer in weights:
        layer.late = True  # a step from layer to layer, as the emulator has it
    for k in range(min(config.checked, len(x))):
        ours = {n: s[:, 0] for n, s in on_torch(chip, z[:, k : k + 1]).items()}
        worst = max(worst, mismatch(ours, loihi.run(chip, z[:, k])))
    for layer in weights:
        layer.late = False
    return {
        "accuracy_loihi": right(partial(answer, chip, config), x, y),
        "emulator_mismatch": worst,
        "synops_loihi": synops / len(x),
        "spikes_loihi": sum(float(s.sum()) for s in fired.values()) / len(x),
        "energy_loihi": chip_energy(synops / len(x), "Loihi"),
    }
