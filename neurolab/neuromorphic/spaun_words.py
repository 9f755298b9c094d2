"""The words of the mini-Spaun, its sizes, and what goes in and out.

    digits      what is seen and what a register holds        ZERO .. NINE
    tasks       named by the letters C, R, M and N            COPY, READ, LIST, COUNT
    places      of a list, unitary so that ~P inverts P       P0 .. P6
    phase       LISTEN until the question mark ASK, then ANSWER

Each word is a random unit vector of d dimensions, a semantic pointer. No two symbols are more alike
than 1 / sqrt(d), no two places than half of that: others are drawn until that holds. Then the
phases of the places are turned, by gradient descent on

    mean of (D_a . (P_i * ~P_j * D_b))^2 over digits a, b and places i != j

so that what one place gives back holds less of the digits at other places. ``FOLLOWING`` is the
successor of a digit, ``EARLIER`` its predecessor, at ZERO it stops.

What follows, and is tested: the words are as unlike as stated; a place bound and unbound is gone;
digits at other places disturb less than two thirds as much as those of random pointers, 1 / d.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import nengo_spa as spa
import numpy as np
import torch

from .spaun_hand import HandParams
from .spaun_vision import DIGITS, SYMBOLS, TASKS

PLACES = tuple(f"P{k}" for k in range(7))
FOLLOWING = dict(zip(DIGITS, [*DIGITS[1:], DIGITS[0]], strict=True))
EARLIER = {"ZERO": "ZERO"} | dict(zip(DIGITS[1:], DIGITS[:-1], strict=True))
NEXT_PLACE = dict(zip(PLACES, [*PLACES[1:], PLACES[-1]], strict=True))

TRIES = 20_000  # draws of a word, at most


@dataclass(frozen=True)
class SpaunParams:
    tasks: tuple[str, ...] = TASKS  # parts that none of them needs are not built
    dimensions: int = 64
    symbol_neurons: int = 30  # of each symbol that is seen
    word_neurons: int = 25  # of each word in a register
    relay_neurons: int = 20
    gate_neurons: int = 30
    action_neurons: int = 26  # of each action in each nucleus
    memory_neurons: tuple[int, int, int] = (20, 24, 24)  # see SerialMemory
    tau_grow: float = 4.0  # s
    fade: float = 0.03
    hand: HandParams = field(default_factory=HandParams)
    lesion: bool = False  # cut what leaves the basal ganglia
    seed: int = 0


class Seen(NamedTuple):
    """A picture (P,) in the stream and how long it stays (s); None is an empty one."""

    picture: np.ndarray | None
    seconds: float


class Trial(NamedTuple):
    t: np.ndarray  # (T,) s
    pen: np.ndarray  # (T, 2)
    ink: np.ndarray  # (T,)
    more: dict  # name -> (T, ...)

    @staticmethod
    def length_of(stream: Sequence[Seen], seconds: float, every: float) -> float:
        """s of a trial: what is shown, and some seconds more.

        Raises:
            ValueError: nothing would be kept of it, with a row ``every`` so many seconds.
        """
        whole = sum(seen.seconds for seen in stream) + seconds
        if not whole >= every:
            raise ValueError(f"seconds: {every} or more with the stream are needed, got {whole}")
        return whole


def vocabulary(dimensions: int, seed: int) -> spa.Vocabulary:
    """All words of the network as pointers."""
    chance = np.random.RandomState(seed)
    vocab, found = spa.Vocabulary(dimensions), {}
    for words, turn, most in (
        ((*SYMBOLS, "LISTEN", "ANSWER"), False, 1.0),
        (PLACES, True, 0.5),
    ):
        kind: list[np.ndarray] = []
        for _ in words:
            for _try in range(TRIES):  # as unlike those of its kind as a search finds
                x = chance.randn(dimensions)
                if turn:
                    size = np.fft.rfft(x)
                    x = np.fft.irfft(size / np.abs(size), n=dimensions)
                x = x / np.linalg.norm(x)
                if not kind or np.abs(np.array(kind) @ x).max() <= most / np.sqrt(dimensions):
                    break
            kind.append(x)
        found[words] = np.array(kind)
    symbols, places = found.values()
    for words, vectors in zip(found, (symbols, apart(places, symbols[:10])), strict=True):
        for word, x in zip(words, vectors, strict=True):
            vocab.add(word, x)
    return vocab


def apart(places: np.ndarray, digits: np.ndarray, steps: int = 300) -> np.ndarray:
    """Unitary places (N, d), turned until digits (10, d) at other places disturb little."""
    d, other = places.shape[1], ~torch.eye(len(places), dtype=torch.bool)
    known, start = torch.as_tensor(digits), torch.fft.rfft(torch.as_tensor(places)).angle()
    turned = torch.ones(d // 2 + 1)
    turned[0] = 0  # which must stay real, as must the last where d is even
    if d % 2 == 0:
        turned[-1] = 0
    turn = torch.zeros_like(start, requires_grad=True)
    descent = torch.optim.Adam([turn], 0.05)
    for _ in range(steps):
        phase = start + turned * turn
        f = torch.polar(torch.ones_like(phase), phase)
        between = f[:, None] * f[None].conj()  # P_i * ~P_j
        back = torch.fft.irfft(between[:, :, None] * torch.fft.rfft(known), n=d) @ known.T
        alike = torch.fft.irfft(between, n=d)[..., 0]  # P_i . P_j
        descent.zero_grad()
        (back[other].square().mean() + alike[other].square().mean()).backward()
        descent.step()
    return torch.fft.irfft(f.detach(), n=d).numpy()
