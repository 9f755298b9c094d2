"""Learning to learn: a spiking network learns a new function from examples, its weights at rest.

An episode is a stream of samples of one unknown function; with each the network hears the right
answer to the one before, and says what it takes the function to be at the present point. Weights
are changed between episodes only, by backpropagation through time, on fresh functions. In the test
they rest; what falls from sample to sample then is learned by the state alone, in potentials and
thresholds.

Metrics: ``error_first`` (mean squared error of samples 2 to 4 of an episode), ``error_last`` (of
the last ten, or the last half of fewer than twenty; so too below), ``error_misled_last`` (the same,
when the answers told are those of another function: what is left without learning within the
episode), ``error_mean`` (of a reader that knows the family but no answer: the mean of 4000 other
functions at that point, by a cubic),
``error_average`` (of the last ten: the mean of the answers told before, points not heeded),
``error_least_squares`` (of the last ten: a linear fit of the logit to the exact numbers told
before, with a ridge), ``rate`` (spikes of a neuron in a second), ``error_at_1`` to
``error_at_10``, by tenths of an episode.

All times are a fourth of the usual ones or less: a change of the weights then costs so little that
ten thousand are at hand. With points of 20 ms, a membrane of 20 ms and 5000 changes the network
stopped at what the mean of the answers gives. Settings were chosen with seed 20.

Reference: Bellec et al. (2018), arXiv:1803.09574
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core import Triangular
from neurolab.recurrent import LSNN, LSNNParams
from neurolab.tasks import FunctionStream, function_stream

from .by_bptt import Learner, in_parts
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often, and an episode is told in so many parts
OTHERS = 4000  # functions whose mean a reader knows


@dataclass(frozen=True)
class Config:
    lif: int = 60  # plain neurons
    alif: int = 60  # adaptive ones
    samples: int = 15  # of an episode
    sample: int = 8  # ms
    population: int = 8  # input neurons for each number
    input_rate: float = 600.0  # Hz, at the top of a tuning curve
    tau: float = 5.0  # ms, membrane
    tau_a: float = 100.0  # ms, adaptation
    beta: float = 0.1  # threshold distances
    tau_out: float = 5.0  # ms, read-out
    coupling: float = 1.0  # factor on the first recurrent weights
    height: float = 0.2  # of the triangle that stands in for the derivative of a spike
    batch: int = 64  # episodes between two changes of the weights
    iterations: int = 10000  # changes of the weights
    learning: float = 0.005  # rate of Adam at first, of the read-out; falls to 0 as a cosine
    clip: float = 1.0  # longest gradient
    rate: float = 20.0  # Hz, that firing is pulled to
    cost: float = 1e-5  # of firing rates beside it
    tested: int = 512  # episodes
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, lif=(0, 5000), alif=(1, 5000), samples=(10, 10**4), sample=(1, 10**4))
        within(self, population=(2, 1000), input_rate=(0.1, 1000), tau=(0.1, 1e4))
        within(self, tau_a=(0.1, 1e5), beta=(0, 100), tau_out=(0.1, 1e4), coupling=(0, 10))
        within(self, height=(0.001, 10), batch=(1, 10**4), iterations=(PARTS, 10**6))
        within(self, learning=(0, 1), clip=(1e-9, 1e9), rate=(0, 1000), cost=(0, 1e3))
        within(self, tested=(2, 10**5), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"lif": 15, "alif": 15, "samples": 10, "sample": 5, "population": 5, "batch": 16},
        **{"iterations": 60, "learning": 0.01, "tested": 64},
    ),
    "full": Config(),
}


def episodes(config: Config, count: int, draw: int) -> FunctionStream:
    """Fresh episodes, others for every ``draw``; the seed alone decides which."""
    same = ("samples", "sample", "population")
    settings = {name: getattr(config, name) for name in same}
    seed = config.seed * 10**7 + draw
    return function_stream(count, **settings, rate=config.input_rate, seed=seed)


def network(config: Config) -> LSNN:
    params = LSNNParams(config.tau, config.tau_a, config.beta, config.tau_out)
    sizes = 3 * config.population, config.lif, config.alif, 1
    net = LSNN(*sizes, params, surrogate=Triangular(config.height))
    with torch.no_grad():
        net.layer.raw.mul_(config.coupling)
        net.bias.fill_(0.5)
        net.output.mul_(1 / config.tau_out)
    return net


def said(net: LSNN, x: Tensor, samples: int) -> tuple[Tensor, Tensor]:
    """The mean read-out over the second half of each sample (S, B), and the spikes."""
    y, z, _ = net(x)
    within_sample = y[..., 0].reshape(samples, -1, y.shape[1])
    return within_sample[:, within_sample.shape[1] // 2 :].mean(1), z


def misled(seen: FunctionStream) -> Tensor:
    """The spikes (T, B, I), with the answers of the next episode of the batch."""
    third = seen.x.shape[2] // 3
    return torch.cat([seen.x[..., : 2 * third], seen.x[..., 2 * third :].roll(1, 1)], -1)


def by_least_squares(seen: FunctionStream, ridge: float = 0.1) -> Tensor:
    """What a linear fit of the logit to all samples before says (S, B); the first says 1/2."""
    one = torch.cat([seen.point, torch.ones_like(seen.point[..., :1])], -1).double()
    logit = torch.logit(seen.y.double().clamp(1e-4, 1 - 1e-4))
    products = torch.einsum("sbi,sbj->sbij", one, one).cumsum(0)
    answers = (one * logit[..., None]).cumsum(0)
    eye = ridge * torch.eye(3, dtype=torch.float64)
    weights = torch.linalg.solve(products[:-1] + eye, answers[:-1])
    fitted = torch.sigmoid((weights * one[1:]).sum(-1))
    return torch.cat([torch.full_like(logit[:1], 0.5), fitted]).float()


def of_the_family(config: Config, seen: FunctionStream) -> Tensor:
    """Mean (S, B) of other functions at the same points, by a cubic fitted to all of them."""
    other = function_stream(
        OTHERS, samples=20, sample=1, population=2, seed=config.seed * 10**7 + 2
    )
    design = _polynomial(other.point.flatten(0, 1))
    weights = torch.linalg.lstsq(design, other.y.flatten()[:, None].double()).solution
    return (_polynomial(seen.point.flatten(0, 1)) @ weights).reshape(seen.y.shape).float()


def _polynomial(point: Tensor) -> Tensor:
    """Products of powers (n, 10) of points (n, 2), up to degree 3."""
    a, b = point.double().T
    return torch.stack([a**i * b**j for i in range(4) for j in range(4 - i)], -1)


@torch.no_grad()
def tested(net: LSNN, config: Config) -> dict[str, float]:
    """Errors and rate in episodes that nobody learns from."""
    seen = episodes(config, config.tested, 1)
    y, z = said(net, seen.x, config.samples)
    off = (y - seen.y).square().mean(1)
    wrong = (said(net, misled(seen), config.samples)[0] - seen.y).square().mean(1)
    average = seen.y[:-1].cumsum(0) / torch.arange(1, config.samples)[:, None]
    fit = (by_least_squares(seen) - seen.y).square().mean(1)
    last = -min(10, config.samples // 2)
    found = {
        "error_first": off[1:4].mean().item(),
        "error_last": off[last:].mean().item(),
        "error_misled_last": wrong[last:].mean().item(),
        "error_mean": (of_the_family(config, seen) - seen.y).square().mean().item(),
        "error_average": (average - seen.y[1:])[last:].square().mean().item(),
        "error_least_squares": fit[last:].mean().item(),
        "rate": z.mean().item() * 1000 / net.dt,
    }
    parts = off.tensor_split(PARTS)
    return found | {f"error_at_{k + 1}": part.mean().item() for k, part in enumerate(parts)}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = network(config)
    faster = {"layer": config.tau}  # weights of spikes are larger, and learn as much faster
    one = Learner("net", net, faster, config.learning, config.iterations, config.clip)

    def once(k: int) -> None:
        seen = episodes(config, config.batch, 10 + k)
        y, z = said(net, seen.x, config.samples)
        loss = (y - seen.y).square().mean()
        one.step(loss + config.cost * net.rate_cost(z, config.rate))

    def measured(_: int) -> dict[str, float]:
        return tested(net, config)

    yield from in_parts([one], config.iterations, PARTS, once, measured, state)
