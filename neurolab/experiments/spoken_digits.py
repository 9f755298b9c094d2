"""Spoken digits as spikes of a cochlea, told by a recurrent network, half of it adaptive.

A sound, scaled to a largest amplitude of 1, goes through the filters of ``coding.cochlea`` in
frames of 5 ms; every level that a channel passes, up or down, is a spike. A recurrent layer of LIF
and ALIF neurons with a leaky read-out learns by backpropagation through time which digit it was,
from the mean read-out over the frames of the recording. Seven networks learn, one after the other:
one on the usual split (same speakers, other recordings), and for each of the six speakers one that
never heard this voice, tested on all of its recordings. Channels are shifted at random while
learning, a little, as if the speaker's throat were shorter or longer.

``held_out`` tests on the first five recordings of each digit and speaker of the training split
in place of the test split, and leaves them out of learning: settings were chosen that way.

Metrics: ``accuracy_usual_split``, ``accuracy_new_speakers`` (mean of the six), ``worst_speaker``
(least of the six), ``rate`` (spikes of a neuron in a second, in the test of the usual split). Each
is 0 until the networks that it needs are done.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from neurolab import tasks
from neurolab.coding import CochleaParams, cochlea, level_crossings
from neurolab.core import Triangular
from neurolab.eprop import EProp
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent
from neurolab.tasks.speech import Recordings

from .contract import Progress, Refused, within
from .eprop_beside import restore, saved

SPEAKERS, GROUP, HELD = 6, 45, 5  # recordings of a digit and speaker in the training split
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True)
class Config:
    data: str = "spoken-digits"  # or "sweeps": sounds made here
    held_out: int = 0  # 1: test on recordings held out of the training split
    units: int = 128  # neurons, half of them adaptive
    channels: int = 32  # of the cochlea
    longest: int = 160  # frames that are heard of a recording
    tau: float = 20.0  # ms, membrane
    tau_a: float = 200.0  # ms, adaptation
    beta: float = 0.1  # threshold distances, of half of the neurons
    tau_out: float = 50.0  # ms, read-out
    shift: int = 2  # channels, at most, while learning
    epochs: int = 30  # of each network
    batch: int = 50  # recordings between two changes of the weights
    learning: float = 0.005  # rate of Adam at the start; it falls to 0 along half a cosine
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in ("spoken-digits", "sweeps"):
            raise Refused(f"data must be spoken-digits or sweeps, got {self.data!r}")
        within(self, held_out=(0, 1), units=(2, 5000), channels=(4, 200), longest=(5, 1000))
        within(self, tau=(0.1, 1e4), tau_a=(0.1, 1e5), beta=(0, 100), tau_out=(0.1, 1e4))
        within(self, shift=(0, 20), epochs=(1, 1000), batch=(1, 10**4), learning=(0, 1))
        within(self, seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config("sweeps", 0, units=16, channels=8, longest=20, epochs=2, batch=40, shift=0),
    "full": Config(),
}


def DATA(config: Config) -> tuple[str, ...]:
    return () if config.data == "sweeps" else (config.data,)


def sweeps(split: str) -> Recordings:
    """Ten sounds that rise or fall from one of five pitches, by six voices of other pitch."""
    made, numbers = [], range(4) if split == "train" else range(4, 6)
    time, chance = torch.arange(800) / 8000, torch.Generator().manual_seed(len(numbers))
    for digit in range(10):
        for voice in range(SPEAKERS):
            for _ in numbers:
                start = 300 * 1.5 ** (digit % 5) * (1 + 0.04 * voice)
                rate = (1, -1)[digit // 5] * 3 * start
                sound = torch.sin(2 * math.pi * (start * time + rate / 2 * time**2))
                noise = 0.05 * torch.randn(800, generator=chance)
                made.append((sound + noise, digit, voice))
    x, y, speaker = zip(*made, strict=True)
    return Recordings(x, torch.tensor(y), torch.tensor(speaker))


@cache
def heard(data: str, split: str, channels: int, longest: int) -> tuple[Tensor, Tensor, tuple]:
    """Spikes (T, M, 2 L C) as booleans, number of frames (M,), and (digits, speakers)."""
    found = sweeps(split) if data == "sweeps" else tasks.load(data, split=split)
    params, z = CochleaParams(channels=channels), []
    for sound in found.x:
        level = cochlea((sound / sound.abs().max().clamp(min=1e-6))[:, None], params)[:longest]
        z.append(level_crossings(level, LEVELS)[:, 0] > 0)
    frames = torch.tensor([len(part) for part in z])
    return torch.nn.utils.rnn.pad_sequence(z), frames, (found.y, found.speaker)


class Part:
    """Recordings to learn from or to be tested on."""

    def __init__(self, config: Config, split: str, chosen: Tensor | None = None):
        z, frames, (y, speaker) = heard(config.data, split, config.channels, config.longest)
        chosen = torch.arange(len(y)) if chosen is None else chosen
        self.z, self.frames, self.y = z[:, chosen], frames[chosen], y[chosen]
        self.speaker, self.channels = speaker[chosen], config.channels

    def of(self, chosen: Tensor, shift: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes (T, B, I) and weights of frames (T, B) that make a mean of their sum."""
        frames = self.frames[chosen]
        z = self.z[: int(frames.max()), chosen].float()
        if shift is not None:
            rows = z.unflatten(2, (-1, self.channels))
            place = torch.arange(self.channels) + shift[:, None]
            inside = ((place >= 0) & (place < self.channels)).float()
            place = place.clamp(0, self.channels - 1)[None, :, None].expand(rows.shape)
            z = (rows.gather(3, place) * inside[:, None]).flatten(2)
        when = (torch.arange(len(z))[:, None] < frames).float()
        return z, when / frames


def split(config: Config, network: int) -> tuple[list[Part], list[Part]]:
    """What a network learns from, and what it is tested on; 0 has the usual split."""
    train, test = Part(config, "train"), Part(config, "test")
    if network:
        own = train.speaker == network - 1
        theirs = (test.speaker == network - 1).nonzero()[:, 0]
        mine = [Part(config, "train", own.nonzero()[:, 0]), Part(config, "test", theirs)]
        return [Part(config, "train", (~own).nonzero()[:, 0])], mine[: 2 - config.held_out]
    if not config.held_out:
        return [train], [test]
    held = torch.arange(len(train.y)) % GROUP < HELD
    parts = (Part(config, "train", which.nonzero()[:, 0]) for which in (~held, held))
    return tuple([part] for part in parts)


def network(config: Config) -> EProp:
    beta = torch.zeros(config.units)
    beta[: config.units // 2] = config.beta
    neurons = Neurons(
        NEURONS["alif"],
        ALIFParams(config.tau, config.tau_a, beta),
        dt=5.0,
        surrogate=Triangular(),
    )
    layer = Recurrent(2 * len(LEVELS) * config.channels, config.units, neurons)
    net = EProp(layer, 10, loss="classification", tau_out=config.tau_out)
    with torch.no_grad():  # few inputs spike at a time
        layer.weight.mul_(12.0)
        layer.raw.mul_(2.0)
    return net


@torch.no_grad()
def tested(net: EProp, parts: list[Part]) -> tuple[float, float]:
    """Fraction of right answers, and the rate in Hz."""
    right, spikes, time = 0, 0.0, 0.0
    for part in parts:
        for chosen in torch.arange(len(part.y)).split(100):
            z, when = part.of(chosen)
            y, fired = net(z)
            right += int(((y * when[..., None]).sum(0).argmax(-1) == part.y[chosen]).sum())
            spikes += float((fired * (when > 0)[..., None]).sum())
            time += float((when > 0).sum()) * fired.shape[2] * net.layer.neurons.dt / 1000
    return right / sum(len(part.y) for part in parts), spikes / time


def epoch(net: EProp, adam: torch.optim.Adam, part: Part, config: Config, chance) -> None:
    order = torch.randperm(len(part.y), generator=chance)
    for chosen in order.split(config.batch):
        span = 2 * config.shift + 1
        shift = torch.randint(span, (len(chosen),), generator=chance) - config.shift
        z, when = part.of(chosen, shift)
        y, _ = net(z)
        loss = torch.nn.functional.cross_entropy((y * when[..., None]).sum(0), part.y[chosen])
        adam.zero_grad()
        loss.backward()
        adam.step()


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    total = (1 + SPEAKERS) * config.epochs
    done, found = (0, []) if state is None else (state["done"], list(state["found"]))
    rate = 0.0 if state is None else state["rate"]
    while done < total:
        number, k = divmod(done, config.epochs)
        if k == 0 or state is not None:
            chance = torch.Generator().manual_seed(config.seed * 10 + number)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(config.seed * 10 + number)
                net = network(config)
            adam = torch.optim.Adam(net.parameters(), config.learning)
            (learned,), test = split(config, number)
        if k and state is not None:
            restore("net", net, adam, state)
            chance.set_state(state["chance"])
        state = None
        for group in adam.param_groups:
            group["lr"] = config.learning * (1 + math.cos(math.pi * k / config.epochs)) / 2
        epoch(net, adam, learned, config, chance)
        done += 1
        if k + 1 == config.epochs:
            accuracy, fired = tested(net, test)
            found.append(accuracy)
            rate = rate or fired
        others = found[1:]
        metrics = {
            "accuracy_usual_split": found[0] if found else 0.0,
            "accuracy_new_speakers": sum(others) / SPEAKERS if len(others) == SPEAKERS else 0.0,
            "worst_speaker": min(others) if len(others) == SPEAKERS else 0.0,
            "rate": rate,
        }
        kept = {"done": done, "found": list(found), "rate": rate, "chance": chance.get_state()}
        yield Progress(done, total, metrics, kept | saved("net", net, adam))
