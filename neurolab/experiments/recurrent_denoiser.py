"""A denoiser of films that learned on short ones: does it still work after thousands of frames?

Films of one bar that stands still for ``hold`` frames and moves on by a pixel, with noise of
standard deviation ``noise`` added to each pixel. Three recurrent denoisers of the same size learn
on films of ``frames`` frames: ``free``; ``spectral``, whose convolution from state to state has a
spectral norm of at most ``bound``; ``ranked``, with a spectral norm of at most ``bound_ranked`` and
a stable rank of at most ``share`` of the full rank, which promises nothing but leaves more room.
The convolution starts near the identity (``start``); from random kernels (0), with seed 10 and
three settings, no free network ran away. Then each runs on films of ``long`` frames, and on
films that begin with ``frames`` frames made by gradient ascent to drive its state up, followed by
``after`` ordinary ones. A network has run away when its state is ``limit`` times longer than in any
film as long as those it learned on.

Metrics, each for free, spectral, ranked: ``psnr_`` (dB, in fresh films of ``frames`` frames),
``psnr_late_`` (dB, in the last ``frames`` of the long films, not below -99), ``diverged_``
(fraction of the ``films`` long films in which it ran away), ``found_`` (fraction of the ``starts``
made starts after which it did), ``norm_`` (spectral norm of the convolution from state to state);
``psnr_noisy`` (of the films themselves).

The rate of learning, the same for all, was chosen with seed 10 out of 0.003 and 0.01, by the error
of the free network while it learns; ``share`` out of 0.1, 0.3 and 0.6, by the PSNR.

Where it differs from the paper: synthetic films, one convolution in the loop.

Reference: Tanay et al. (2020), arXiv:2010.05099
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from neurolab.recurrent import (
    RecurrentDenoiser,
    drive,
    length_of_state,
    runs_away,
    settle,
)
from neurolab.tasks.synthetic import moving_bars

from .by_bptt import Learner, in_parts
from .contract import Progress, within

DATA = ()
PARTS = 4  # a run yields so often
WAYS = ("free", "spectral", "ranked")


@dataclass(frozen=True)
class Config:
    size: int = 8  # pixels, height and width of a frame
    channels: int = 6  # of the state
    start: float = 0.9  # part of the identity in the first convolution of the state
    frames: int = 8  # of a film to learn from
    hold: int = 8  # frames for which the bar stands still before it moves on
    noise: float = 1.0  # standard deviation; the bar is 1, the rest 0
    batch: int = 16  # films between two changes of the weights
    iterations: int = 600  # changes of the weights
    learning_free: float = 0.01  # rate of Adam at first; falls to 0 as a cosine
    learning_spectral: float = 0.01  # the same for the second network
    learning_ranked: float = 0.01  # and for the third
    clip: float = 1.0  # longest gradient
    bound: float = 0.95  # spectral norm of the second network, at most
    bound_ranked: float = 1.5  # and of the third
    share: float = 0.3  # of the full rank: stable rank of the third, at most
    long: int = 2000  # frames of a long film
    films: int = 16  # long films
    starts: int = 16  # that are made to drive the state up
    rounds: int = 40  # of gradient ascent
    after: int = 500  # frames that follow such a start
    limit: float = 100.0  # times longer than ever: it ran away
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, size=(3, 200), channels=(1, 500), frames=(2, 1000), noise=(0, 100))
        within(self, hold=(1, 10**4), start=(0, 1))
        within(self, batch=(1, 1000), iterations=(PARTS, 10**6), learning_free=(0, 1))
        within(self, learning_spectral=(0, 1), learning_ranked=(0, 1), clip=(1e-9, 1e9))
        within(self, bound=(0.01, 0.999), bound_ranked=(0.01, 100), share=(0.001, 1))
        within(self, long=(10, 10**6), films=(1, 1000), starts=(1, 1000), rounds=(1, 10**4))
        within(self, after=(1, 10**6), limit=(2, 1e9), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        channels=3, batch=4, iterations=40, long=100, films=4, starts=4, rounds=5, after=50
    ),
    "full": Config(),
}


def films(config: Config, count: int, frames: int, draw: int) -> tuple[Tensor, Tensor]:
    """Noisy and clean films (T, B, 1, H, W), others for every ``draw``."""
    seed = config.seed * 10**6 + draw
    places, late = frames // config.hold + 2, draw % config.hold
    bars = moving_bars(count, config.size, places, seed=seed).x[:, :, None]
    clean = bars.repeat_interleave(config.hold, 0)[late : late + frames]
    chance = torch.Generator().manual_seed(seed + 500_000)
    return clean + config.noise * torch.randn(clean.shape, generator=chance), clean


def network(config: Config, way: str) -> RecurrentDenoiser:
    full = config.channels * config.size**2
    holds = {
        "free": {},
        "spectral": {"bound": config.bound},
        "ranked": {"bound": config.bound_ranked, "rank": max(1.0, config.share * full)},
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return RecurrentDenoiser(
            config.channels, (config.size, config.size), start=config.start, **holds[way]
        )


def learner(config: Config, way: str) -> Learner:
    rate = getattr(config, f"learning_{way}")
    return Learner(way, network(config, way), {}, rate, config.iterations, config.clip)


def psnr(y: Tensor, clean: Tensor) -> float:
    """Of films between 0 and 1, in dB; of one that ran away -99."""
    error = mse_loss(y, clean).double()
    return float(-10 * error.log10()) if bool(error < 10**9.9) else -99.0


def norm(net: RecurrentDenoiser) -> float:
    """Of the convolution from state to state: the largest over all spatial frequencies."""
    waves = torch.fft.fft2(net.of_state.weight.detach(), s=net.size).permute(2, 3, 0, 1)
    return torch.linalg.matrix_norm(waves, 2).max().item()


def tested(learners: dict[str, Learner], config: Config) -> dict[str, float]:
    found, count = {}, 4 * config.batch
    short, clean = films(config, count, config.frames, 0)
    long, long_clean = films(config, config.films, config.long, 1)
    guess = films(config, config.starts, config.frames, 2)[0]
    rest = films(config, config.starts, config.after, 3)[0]
    found["psnr_noisy"] = psnr(short, clean)
    for way, one in learners.items():
        net = one.net
        settle(net)
        with torch.no_grad():
            y, state = net(short)
            found[f"psnr_{way}"] = psnr(y, clean)
            limit = config.limit * max(length_of_state(state).max().item(), 1e-6)
            state, away = None, torch.zeros(config.films, dtype=torch.bool)
            for part in long.split(50):
                y, state = net(part, state)
                away = away | ~(length_of_state(state) <= limit)  # nan, too
            y = y[-config.frames :]
            found[f"diverged_{way}"] = away.double().mean().item()
            found[f"psnr_late_{way}"] = psnr(y, long_clean[-len(y) :])
            found[f"norm_{way}"] = norm(net)
        net.eval()
        made = drive(net, guess, config.rounds, 0.1, (-1.0, 2.0))
        net.train()
        away = runs_away(net, rest, made.state, limit)
        found[f"found_{way}"] = away.double().mean().item()
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    learners = {way: learner(config, way) for way in WAYS}

    def once(k: int) -> None:
        noisy, clean = films(config, config.batch, config.frames, 10 + k)
        for one in learners.values():
            one.step(mse_loss(one.net(noisy)[0], clean))

    def measured(_: int) -> dict[str, float]:
        return tested(learners, config)

    yield from in_parts(learners.values(), config.iterations, PARTS, once, measured, state)
