"""Wang's spiking network decides between left and right, by the coherence of what it is shown.

At each of six coherences a batch of trials is run until the rate of one group of pyramidal cells,
over 50 ms, is above ``threshold``; where time runs out the larger rate decides.

    right = 1 - exp(-(c / alpha)^beta) / 2      fitted by maximum likelihood, c in percent

Metrics: ``accuracy_c0`` .. ``accuracy_c512`` (right answers; at coherence 0 the share of answers
for the first group), ``time_c0`` .. ``time_c512`` (mean decision time in ms of the trials that
reached the threshold), ``undecided`` (share of all trials that did not), ``alpha`` (percent, where
82 % are right) and ``beta`` of the fit.

What to expect: about one half at coherence 0, above 0.95 at 25.6 and 51.2 %; times that fall with
coherence, from more than half a second. Nothing was tuned: constants are those of the paper.

Where it differs from the paper: longer steps (see ``neurolab.recurrent.wang``), fewer trials, and
psychometric curves from trials that end at the threshold; there from stimuli of 2 s, after which
the larger rate counts.

Reference: Wang (2002), doi:10.1016/S0896-6273(02)01092-9
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.recurrent import Wang, WangParams, wang_trials

from .contract import Progress, Refused, within

DATA = ()
COHERENCES = (0.0, 3.2, 6.4, 12.8, 25.6, 51.2)  # percent, as in the experiments with monkeys


@dataclass(frozen=True)
class Config:
    neurons: int = 2000  # of them a fifth interneurons
    trials: int = 50  # at each coherence
    threshold: float = 15.0  # Hz, of a group's rate over 50 ms
    before: float = 200.0  # ms of rest, in pieces of 50
    longest: float = 2000.0  # ms of stimulus, in pieces of 50
    potentiated: float = 1.7  # weight within a group, others are 1 or a little less
    mu: float = 40.0  # Hz, stimulus at coherence 0
    dt: float = 0.2  # ms
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, neurons=(40, 10**5), trials=(1, 10**5), threshold=(1.0, 1000.0))
        within(self, before=(50.0, 1e5), longest=(50.0, 1e5), potentiated=(1.0, 6.0))
        within(self, mu=(0.0, 1000.0), dt=(0.01, 0.5), seed=(0, 2**31 - 1))
        for name in ("before", "longest"):
            if getattr(self, name) % 50:
                raise Refused(f"{name} must be in pieces of 50 ms, got {getattr(self, name)!r}")


PRESETS = {
    "quick": Config(neurons=200, trials=10, longest=400.0, before=50.0, dt=0.5),
    "full": Config(),
}


def label(coherence: float) -> str:
    """12.8 percent as ``c128``."""
    return f"c{coherence * 10:.0f}"


def weibull(right: list[int], trials: int) -> tuple[float, float]:
    """alpha (percent) and beta of the likeliest curve, out of a grid; ``right`` by COHERENCES."""
    told = torch.tensor(right, dtype=torch.float64)[1:]
    c = torch.tensor(COHERENCES, dtype=torch.float64)[1:]
    alpha = torch.exp(torch.linspace(math.log(1), math.log(100), 461, dtype=torch.float64))
    beta = torch.linspace(0.3, 5, 95, dtype=torch.float64)
    curve = 1 - torch.exp(-((c / alpha[:, None, None]) ** beta[:, None])) / 2
    curve = curve.clamp(max=1 - 1e-9)
    chance = (told * curve.log() + (trials - told) * (1 - curve).log()).sum(-1)
    best = int(chance.argmax())
    return float(alpha[best // len(beta)]), float(beta[best % len(beta)])


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    c = config
    net = Wang(WangParams(c.neurons, potentiated=c.potentiated, mu=c.mu, dt=c.dt))
    right, times, late = (
        ([], [], 0)
        if state is None
        else (state["right"].tolist(), state["times"].tolist(), state["late"])
    )
    while len(right) < len(COHERENCES):
        done = len(right)
        chance = torch.Generator().manual_seed(c.seed * 1000 + done)
        shown = torch.full((c.trials,), COHERENCES[done] / 100)
        told = wang_trials(net, shown, chance, c.threshold, c.before, c.longest)
        reached = told.time.isfinite()
        right.append(int((told.choice == 1).sum()))
        late += int((~reached).sum())
        times.append(mean_of(told.time[reached], c.longest))
        yield Progress(
            len(right),
            len(COHERENCES),
            measured(right, times, late, c),
            {
                "right": torch.tensor(right),
                "times": torch.tensor(times, dtype=torch.float64),
                "late": late,
            },
        )


def mean_of(times: Tensor, longest: float) -> float:
    """The mean; ``longest`` where no trial reached the threshold."""
    return float(times.double().mean()) if len(times) else longest


def measured(right: list[int], times: list[float], late: int, config: Config) -> dict[str, float]:
    """All metrics; those of coherences that are not done yet, and the fit until then, are 0."""
    told, done = {}, len(right)
    for k, coherence in enumerate(COHERENCES):
        told[f"accuracy_{label(coherence)}"] = right[k] / config.trials if k < done else 0.0
        told[f"time_{label(coherence)}"] = times[k] if k < done else 0.0
    alpha, beta = weibull(right, config.trials) if done == len(COHERENCES) else (0.0, 0.0)
    return told | {"undecided": late / (config.trials * done), "alpha": alpha, "beta": beta}
