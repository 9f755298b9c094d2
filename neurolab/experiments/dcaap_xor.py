"""XOR by one neuron: a dendrite whose spike shrinks as its input grows, and a threshold unit.

Both neurons learn by gradient from the same noisy examples of XOR: two inputs of 0 or 1, each with
normal noise, and the answer of the inputs without it. One is ``dendrites.DCaAP``, the other a
threshold unit. For each of four sizes of noise each learns from ``starts`` first weights at once,
by Adam on the mean chance of a wrong answer, sigmoid of slope times the distance to threshold on
the wrong side; the start that answers most held-out examples rightly is kept. (Cross-entropy would
drive the weights of the point neuron to zero, and its accuracy to a half.) The rate of each was
chosen from 0.01, 0.03 and 0.1 on seeds 10 and 11.

    accuracy   mean over the four patterns of the chance of a right answer, over all noise (exact)
    bound      the largest that any neuron of this kind has: over all lines, or parallel pairs
    best       that of the best of all classifiers, which is XOR of the two inputs cut at 1/2

The chance of a threshold unit is a normal distribution function, that of the dCaAP a difference of
two (``DCaAP.chance``). Without noise ``best_linear`` has enumerated all threshold units: 0.75.

Metrics: ``accuracy_`` and ``bound_`` of ``dcaap`` and ``point``, and ``best``, at the smallest
noise, 0.1, and the same with ``_at_2``, ``_at_3``, ``_at_4`` at 0.2, 0.3 and 0.4; ``clean_dcaap``
and ``clean_point``, of the four patterns without noise, by those that learned at 0.1;
``clean_bound``, by enumeration; ``solved_dcaap``, part of the starts at 0.1 that have all four
right; and for each noise ``margin``, the least move of an input that turns an answer of the dCaAP
neuron that learned there (at most 0.354, see ``DCaAP``).

Reference: Gidon et al. (2020), doi:10.1126/science.aax6239
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab.dendrites import DCaAP, DCaAPParams, best_linear

from .by_bptt import Learner, in_parts
from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
NOISE = (0.1, 0.2, 0.3, 0.4)  # of each input, standard deviation
AT = ("", "_at_2", "_at_3", "_at_4")  # how their metrics end
WAYS = ("dcaap", "point")
CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
XOR = torch.tensor([False, True, True, False])


@dataclass(frozen=True)
class Config:
    iterations: int = 1000  # changes of the weights
    starts: int = 20  # first weights tried side by side, of which the best is kept
    shown: int = 100  # noisy examples of each pattern to learn from
    held_out: int = 100  # and to choose the start by
    learning_dcaap: float = 0.01  # first rate of Adam
    learning_point: float = 0.01  # first rate of Adam
    slope: float = 10.0  # of the log odds of an answer, by the distance to threshold
    fall: float = 0.3  # threshold distances, of the dCaAP above its threshold
    rise: float = 0.3  # threshold distances, of the dCaAP below it
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, iterations=(PARTS, 10**6), starts=(1, 10**4), shown=(1, 10**5))
        within(self, held_out=(1, 10**5), learning_dcaap=(1e-6, 10), learning_point=(1e-6, 10))
        within(self, slope=(1e-3, 1e3), fall=(1e-3, 100), rise=(1e-3, 100), seed=(0, 2**31 - 1))


PRESETS = {"quick": Config(iterations=120), "full": Config()}


class Point(nn.Module):
    """N threshold units, that give their distances to threshold (B, N); starts as ``DCaAP``."""

    def __init__(self, units: int):
        super().__init__()
        self.weight = nn.Parameter(2 * torch.rand(units, 2) - 1)
        self.bias = nn.Parameter(torch.rand(units))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias

    def chance(self, x: Tensor, noise: float) -> Tensor:
        """The chance (B, N) to fire where each input has normal noise of this size added."""
        return torch.special.ndtr(self(x) / (noise * self.weight.norm(dim=1)))


def accuracy(chance: Tensor) -> Tensor:
    """Mean over the corners (4, N) of the chance of a right answer."""
    return torch.where(XOR[:, None], chance, 1 - chance).mean(0)


def bounds(noise: float, fine: int = 721) -> tuple[float, float]:
    """The largest accuracies of one line and of two parallel ones; on a grid, low by under 1e-4.

    ``gained(c)`` is what is right if everything before c along a direction fires; a band from a to
    b has gained(b) - gained(a) beyond the half that firing nowhere has.
    """
    angle = torch.linspace(0, 2 * math.pi, fine, dtype=torch.float64)
    offset = torch.linspace(-4, 4, 801, dtype=torch.float64)
    along = CORNERS @ torch.stack([angle.cos(), angle.sin()])  # (4, angles)
    before = torch.special.ndtr((offset - along[:, :, None]) / noise)
    gained = torch.where(XOR[:, None, None], before, -before).mean(0)  # (angles, offsets)
    silent = (~XOR).double().mean()
    band = gained - gained.cummin(1).values
    return (silent + gained.max()).item(), (silent + band.max()).item()


def best(noise: float) -> float:
    """The accuracy of the best classifier: both inputs are cut rightly, or both wrongly."""
    right = torch.special.ndtr(torch.tensor(0.5 / noise, dtype=torch.float64)).item()
    return right**2 + (1 - right) ** 2


def examples(count: int, noise: float, seed: int) -> tuple[Tensor, Tensor]:
    """Noisy inputs (4 count, 2) and their answers."""
    chance = torch.Generator().manual_seed(seed)
    x = CORNERS.repeat(count, 1)
    return x + noise * torch.randn(x.shape, generator=chance, dtype=x.dtype), XOR.repeat(count)


class Starts:
    """One kind of neuron at one size of noise, from many first weights."""

    def __init__(self, config: Config, way: str, level: int):
        self.config, self.way, self.noise = config, way, NOISE[level]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            if way == "dcaap":
                net = DCaAP(2, config.starts, DCaAPParams(config.fall, config.rise))
            else:
                net = Point(config.starts)
        self.x, self.y = examples(config.shown, self.noise, 1000 * config.seed + level)
        rate = getattr(config, f"learning_{way}")
        name, clip = f"{way}{AT[level]}", math.inf
        self.learner = Learner(name, net.double(), {}, rate, config.iterations, clip)
        self.level = level

    def learn(self) -> None:
        """One change of all starts; Adam changes each by its own gradient."""
        wrong = torch.where(self.y[:, None], -1.0, 1.0) * self.learner.net(self.x)
        self.learner.step(torch.sigmoid(self.config.slope * wrong).mean(0).sum())
        if self.way == "dcaap":  # a soma beyond these never or always fires
            with torch.no_grad():
                self.learner.net.soma.clamp_(0.02, 0.98)

    @torch.no_grad()
    def measured(self) -> dict[str, float]:
        net, end = self.learner.net, AT[self.level]
        x, y = examples(
            self.config.held_out, self.noise, 1000 * self.config.seed + 500 + self.level
        )
        kept = ((net(x) > 0) == y[:, None]).double().mean(0).argmax()
        found = {
            f"accuracy_{self.way}{end}": accuracy(net.chance(CORNERS, self.noise))[kept].item()
        }
        if self.way == "dcaap":
            found[f"margin{end}"] = net.margin(CORNERS, XOR)[kept].item()
        if self.level == 0:
            clean = ((net(CORNERS) > 0) == XOR[:, None]).double().mean(0)
            found[f"clean_{self.way}"] = clean[kept].item()
            if self.way == "dcaap":
                found["solved_dcaap"] = (clean == 1).double().mean().item()
        return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    all_of_them = [Starts(config, way, level) for way in WAYS for level in range(len(NOISE))]
    fixed = {"clean_bound": best_linear(CORNERS, XOR)}
    for noise, end in zip(NOISE, AT, strict=True):
        line, band = bounds(noise)
        fixed |= {f"bound_point{end}": line, f"bound_dcaap{end}": band, f"best{end}": best(noise)}

    def once(_: int) -> None:
        for one in all_of_them:
            one.learn()

    def measured(_: int) -> dict[str, float]:
        return fixed | {k: v for one in all_of_them for k, v in one.measured().items()}

    learners = [one.learner for one in all_of_them]
    yield from in_parts(learners, config.iterations, PARTS, once, measured, state)
