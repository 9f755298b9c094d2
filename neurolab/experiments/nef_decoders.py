"""How well do N neurons stand for a value, a function of it, and a state that moves by itself?

Four tests of the neural engineering framework, each over ``repeats`` drawn ensembles:

    representation   a value from rates that fluctuate by a tenth of the largest one, for each N
    channel          a signal of up to ``cutoff`` Hz through ``neurons`` spiking neurons; its square
    integrator       a value held for a second after its input has ended, with Nengo beside
    oscillator       a turn of ``hertz`` a second, with Nengo beside

Metrics: ``rmse_N`` for each of ``sizes``, ``slope`` (of log rmse against log N: -1/2 is the law),
``channel`` and ``square`` (root mean square of the error), ``drift`` and ``drift_nengo`` (change of
the held value in a second, root mean square), ``period`` and ``period_nengo`` (s, mean).

Nengo's ensembles are drawn by Nengo from the same ranges; its network has the same number of
neurons, synapses and time step.

Reference: Eliasmith & Anderson (2003), Neural Engineering
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurolab.nef import Ensemble, Population, dynamics

from .contract import Progress, Refused, within

DATA = ()
NOISE, TAU = 0.1, 100.0  # of the largest rate; ms, synapses of the feedback
MOVING = ("channel", "square", "drift", "drift_nengo", "period", "period_nengo")


@dataclass(frozen=True)
class Config:
    sizes: tuple[int, ...] = (25, 50, 100, 200, 400, 800, 1600)  # neurons, rising
    repeats: int = 10  # ensembles drawn for each number
    neurons: int = 200  # of the spiking tests
    cutoff: float = 5.0  # Hz
    hertz: float = 1.0  # turns of the oscillator in a second
    seconds: float = 4.0  # of each spiking test
    seed: int = 0  # the first seed

    def __post_init__(self):
        if len(self.sizes) < 2 or list(self.sizes) != sorted({n for n in self.sizes if n > 0}):
            raise Refused(f"sizes must be two numbers or more, rising, got {self.sizes}")
        within(self, repeats=(1, 1000), neurons=(1, 10**5), cutoff=(0.1, 100), hertz=(0.1, 20))
        within(self, seconds=(2, 100), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(sizes=(25, 100), repeats=2, neurons=100, seconds=2.5),
    "full": Config(),
}


def signal(config: Config, chance: torch.Generator) -> Tensor:
    """A random signal (T, 1) without parts above the cutoff, of deviation 0.4, within +-1."""
    steps = round(1000 * config.seconds)
    spectrum = torch.fft.rfft(torch.randn(steps, generator=chance, dtype=torch.float64))
    spectrum[torch.fft.rfftfreq(steps, 0.001) > config.cutoff] = 0
    x = torch.fft.irfft(spectrum, n=steps)
    return (0.4 * x / x.std()).clamp(-1, 1)[:, None]


def representation(n: int, seed: int) -> float:
    """Error of the decoded value with noise on the rates."""
    ensemble, chance = Ensemble(n, seed=seed).double(), torch.Generator().manual_seed(seed)
    x = torch.linspace(-1, 1, 400, dtype=torch.float64)[:, None]
    rates = ensemble.rates(x)
    noisy = rates + NOISE * rates.max() * torch.randn(
        rates.shape, generator=chance, dtype=torch.float64
    )
    return float((noisy @ ensemble.decoders(noise=NOISE).weights - x).square().mean().sqrt())


def channel(config: Config, seed: int) -> tuple[float, float]:
    """Errors of a signal and of its square behind spikes and a synapse of 20 ms."""
    ensemble, chance = Ensemble(config.neurons, seed=seed).double(), torch.Generator()
    x = signal(config, chance.manual_seed(seed))
    found = []
    for function in (None, torch.square):
        wanted = x if function is None else function(x)
        slow, keep = torch.zeros_like(wanted), math.exp(-1 / 20)
        for t in range(1, len(x)):  # what a perfect channel would give, behind the same synapse
            slow[t] = keep * slow[t - 1] + (1 - keep) * wanted[t]
        value, _, _ = Population(ensemble, function, tau_syn=20.0)(x[:, None])
        found.append(float((value[200:, 0] - slow[200:]).square().mean().sqrt()))
    return found[0], found[1]


def held(config: Config) -> tuple[Tensor, Tensor]:
    """Feedback, and an input (T, 1) that brings the integral to 0.5 in half a second."""
    feedback, into = dynamics(torch.zeros(1, 1), torch.eye(1), TAU)
    x = torch.zeros(round(1000 * config.seconds), 1, dtype=torch.float64)
    x[:500] = float(into)
    return feedback.double(), x


def turning(config: Config) -> tuple[Tensor, Tensor]:
    """Feedback of the oscillator, and a kick (T, 2)."""
    omega = 2 * math.pi * config.hertz
    feedback, _ = dynamics(torch.tensor([[0.0, -omega], [omega, 0.0]]), torch.eye(2), TAU)
    x = torch.zeros(round(1000 * config.seconds), 2, dtype=torch.float64)
    x[:100, 0] = 1.0
    return feedback.double(), x


def drift(value: Tensor) -> float:
    return float(value[1800, 0] - value[800, 0])


def period(value: Tensor) -> float:
    """Seconds of a turn, from its angle behind the first second."""
    angle = np.unwrap(torch.atan2(value[:, 1], value[:, 0]).numpy()[1000:])
    turns = (angle[-1] - angle[0]) / (2 * math.pi)
    return float(len(angle) / 1000 / turns) if abs(turns) > 0.05 else 0.0


def spiking(config: Config, seed: int) -> dict[str, float]:
    """All tests of spiking neurons with one draw."""
    found = dict(zip(("channel", "square"), channel(config, seed), strict=True))
    for name, (feedback, x), measure in (
        ("drift", held(config), drift),
        ("period", turning(config), period),
    ):
        ensemble = Ensemble(config.neurons * x.shape[1], x.shape[1], seed=seed).double()
        value, _, _ = Population(ensemble, feedback=feedback, tau_syn=TAU)(x[:, None])
        found[name] = measure(value[:, 0])
        from neurolab.neuromorphic.nengo_nef import in_nengo

        theirs = in_nengo(ensemble.shape, feedback, x, TAU, seed)
        found[f"{name}_nengo"] = measure(theirs)
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    names = [*(f"rmse_{n}" for n in config.sizes), "slope", *MOVING]
    metrics, done = dict.fromkeys(names, 0.0), 0
    seeds = range(1000 * config.seed, 1000 * config.seed + config.repeats)
    total = len(config.sizes) + config.repeats
    seen = torch.zeros(config.repeats, len(MOVING), dtype=torch.float64)
    if state is not None:
        done, seen = state["done"], state["seen"].clone()
        metrics = dict(zip(names, state["measured"].tolist(), strict=True))
    while done < total:
        if done < len(config.sizes):
            n = config.sizes[done]
            metrics[f"rmse_{n}"] = float(np.mean([representation(n, seed) for seed in seeds]))
        else:
            k = done - len(config.sizes)
            found = spiking(config, seeds[k])
            seen[k] = torch.tensor([found[name] for name in MOVING])
            for at, name in enumerate(MOVING):
                some = seen[: k + 1, at]
                squared = name.startswith("drift")
                metrics[name] = float(some.square().mean().sqrt() if squared else some.mean())
        done += 1
        if done == len(config.sizes):
            errors = [metrics[f"rmse_{n}"] for n in config.sizes]
            metrics["slope"] = float(np.polyfit(np.log(config.sizes), np.log(errors), 1)[0])
        kept = torch.tensor([metrics[name] for name in names], dtype=torch.float64)
        yield Progress(done, total, dict(metrics), {"done": done, "measured": kept, "seen": seen})
