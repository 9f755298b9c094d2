"""Synaptic sampling: weights and wiring wander as samples of the posterior, by data and a prior.

    d theta = rate (d log prior / d theta + d log likelihood / d theta) dt
              + sqrt(2 rate temperature) dW
    prior     normal with mean mu and standard deviation sigma
    w         s exp(theta - offset)  where theta > 0: there is a synapse;  else 0: there is none

    symbol        meaning                                             shape      unit
    theta         one number for the synapse and for its wiring       (N, I)     -
    w             weight (to, from)                                   (N, I)     that of w
    s             sign of a synapse, +1 or -1, fixed                  (N, I)     -
    slope         d log likelihood / d theta; 0 without a synapse     (N, I)     -
    nu            normal draws of variance 1                          (N, I)     -
    temperature   1 samples the posterior, 0 climbs to its maximum    ()         -

A network that learns in this way never rests: it goes on trying connections, yet at any time it is
a sample of the posterior, so that what it computes stays while synapses come and go.

What follows, and is tested: without data theta is distributed as the prior, so that a synapse
exists with the chance Phi(mu / sigma); steps of dt make its variance larger by the factor
1 / (1 - rate dt / (2 sigma^2)) when temperature is 1; with the likelihood of a linear model with
normal noise, in theta itself, samples have the mean and the covariance of the known posterior;
slopes by w are turned into slopes by theta as the chain rule has it.

Where it differs from the paper: signs are given, the likelihood comes from autograd, of a batch,
times how many examples it is to stand for.

Reference: Kappel, Habenschuss, Legenstein & Maass (2015), doi:10.1371/journal.pcbi.1004485
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp, sqrt, where


@dataclass(frozen=True)
class SamplingParams:
    rate: float = 0.01  # theta^2 per unit of time
    temperature: float = 1.0
    mu: float = 0.5  # mean of the prior
    sigma: float = 1.0  # its standard deviation
    offset: float = 3.0  # theta of a synapse of weight 1

    def __post_init__(self):
        for name in ("rate", "temperature", "mu", "sigma", "offset"):
            value = getattr(self, name)
            least = -math.inf if name in ("mu", "offset") else 0
            if not isinstance(value, int | float) or not least <= value < math.inf:
                raise ValueError(f"{name}: a finite number is needed, got {value!r}")
            if value == -math.inf or (name == "sigma" and value == 0):
                raise ValueError(f"{name}: a number above that is needed, got {value!r}")


def sampling_step(
    theta: Value,
    slope: Value,
    nu: Value,
    params: SamplingParams,
    dt: float,
) -> Value:
    """The change of theta in ``dt``, from the slope of the log
    likelihood. Elementwise.
    """
    prior = (params.mu - theta) / (params.sigma * params.sigma)
    walk = sqrt(2 * params.rate * params.temperature * dt) * nu
    return params.rate * dt * (prior + slope) + walk


def sampled_weight(theta: Value, sign: Value, params: SamplingParams) -> Value:
    """w of theta. Elementwise."""
    return where(theta > 0, sign * exp(theta - params.offset), 0.0)


class SynapticSampling:
    """Samples one weight matrix; used as an optimizer, after ``backward`` of -log likelihood.

    Args:
        weight: a parameter (N, I); it is written to.
        params: the prior, and how fast and how hot.
        dt: time of a step.
        examples: factor on the gradient: how many batches of that size the data hold.
        signs: (N, I) of +1 and -1; None draws them.
        seed: of signs, of the first theta, drawn from the prior, and of the walk.
    """

    def __init__(
        self,
        weight: nn.Parameter,
        params: SamplingParams = SamplingParams(),
        dt: float = 1.0,
        examples: float = 1.0,
        signs: Tensor | None = None,
        seed: int = 0,
    ):
        for name, value in (("dt", dt), ("examples", examples)):
            if not isinstance(value, int | float) or not 0 < value < math.inf:
                raise ValueError(f"{name}: a positive number is needed, got {value!r}")
        self.chance = torch.Generator().manual_seed(seed)
        shape, kind = weight.shape, weight.dtype
        if signs is None:
            signs = torch.where(torch.rand(shape, generator=self.chance) < 0.5, -1.0, 1.0)
        if signs.shape != shape or not bool((signs.abs() == 1).all()):
            given = tuple(signs.shape)
            raise ValueError(f"signs: +1 or -1 in shape {tuple(shape)} is needed, got {given}")
        self.weight, self.params, self.dt, self.examples = weight, params, dt, examples
        self.signs = signs.to(kind)
        first = torch.randn(shape, generator=self.chance, dtype=kind)
        self.theta = params.mu + params.sigma * first
        self._write()

    @property
    def exists(self) -> Tensor:
        """Which synapses there are (N, I)."""
        return self.theta > 0

    @torch.no_grad()
    def step(self) -> int:
        """One step by ``weight.grad``, 0 if there is none; how many synapses came or went."""
        slope = torch.zeros_like(self.theta)
        if self.weight.grad is not None:
            if not bool(torch.isfinite(self.weight.grad).all()):
                raise ValueError("weight: its gradient must be finite, got nan or infinite values")
            slope = -self.examples * self.weight.grad * self.weight  # dw / d theta = w
        nu = torch.randn(slope.shape, generator=self.chance, dtype=slope.dtype)
        before = self.exists
        self.theta = self.theta + sampling_step(self.theta, slope, nu, self.params, self.dt)
        self._write()
        return int((before != self.exists).sum())

    @torch.no_grad()
    def _write(self) -> None:
        self.weight.copy_(sampled_weight(self.theta, self.signs, self.params))

    def state(self) -> dict[str, Tensor]:
        """All that changes, by name."""
        kept = {"theta": self.theta.clone(), "signs": self.signs.clone()}
        return kept | {"chance": self.chance.get_state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from a ``state``."""
        self.theta, self.signs = state["theta"].clone(), state["signs"].clone()
        self.chance.set_state(state["chance"])
        self._write()
